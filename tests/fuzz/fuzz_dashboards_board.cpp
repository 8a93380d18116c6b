// Dashboard files as people mistype them: refused with a line, or within the limits.
#include <cstdlib>

#include "dashboards/board_file.hpp"
#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace qd::dashboards;
    const auto read = parse_board(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
    if (!read) return read.error().message.starts_with("fuzz:") ? 0 : (std::abort(), 1);
    if (read->panels.empty() || read->panels.size() > max_panels || read->id.empty()) std::abort();
    for (const Panel& panel : read->panels) {
        if (panel.series.size() > max_series || panel.width < 1 || panel.width > read->columns) std::abort();
        for (const PanelSeries& series : panel.series)
            if (series.query.of.metric.empty() || describe(series.query).empty()) std::abort();
    }
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {R"(id: a
title: A
role: business
columns: 3
panels:
  - title: T
    kind: chart
    unit: percent
    width: 2
    height: 3
    series:
      - {label: x, ratio: {part: {metric: p, where: {code: "5*"}}, of: {metric: o}}, by: arm}
      - {label: y, quantile: h, q: 0.5, where: {a: "b|c*", d: "!e"}}
  - {title: S, kind: stat, series: [{increase: m}]}
  - {title: O, kind: slo, slo: x}
  - {title: N, kind: text, text: words}
  - {title: L, kind: alerts}
)",
            "id: b\ntitle: B\npanels: [{title: R, kind: rollouts}]\n"};
}

}  // namespace qd::fuzz
