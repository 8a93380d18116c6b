// What an opsd answers about dashboards: refused with a field's name, or within what the console can draw.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "opsclient/dashboards.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = nlohmann::json::parse(data, data + size, nullptr, false);
    if (value.is_discarded()) return 0;
    const auto all = qd::opsclient::dashboards_from_json(value);
    if (all)
        for (const auto& board : all->items)
            if (board.columns < 1 || board.columns > 4 || board.panels.size() > 100) std::abort();
    const auto curves = qd::opsclient::panel_curves_from_json(value);
    if (curves && (curves->step_s < 1 || curves->lines.size() > 64)) std::abort();
    if (!all && all.error().message.empty()) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        R"json({"items":[{"id":"a","title":"A","role":"business","columns":3,"source":"a.yaml","error":null,
"panels":[{"title":"T","kind":"stat","unit":"percent","width":2,"height":1,"slo":"","text":"",
"series":[{"label":"x","function":"rate","query":"rate(m)"}]}]}],"next":null,"left_out":["more"]})json",
        R"json({"step_s":5,"unit":"seconds","lines":[{"label":"p95","split":"","covered_s":40,
"as_of":"2026-11-24T02:00:00.000Z","over_range":1.5,
"points":[{"at":"2026-11-24T01:59:00.000Z","value":2.5,"min":1,"max":4}]}]})json"};
}

}  // namespace qd::fuzz
