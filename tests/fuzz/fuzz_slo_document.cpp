// SLO files as people mistype them: refused with a line, or objectives that pass their own check.
#include <cstdlib>

#include "fuzz/target.hpp"
#include "slo/document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = qd::slo::parse_document(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
    if (!read) return read.error().message.empty() ? std::abort(), 1 : 0;
    for (const auto& objective : *read)
        if (!qd::slo::check(objective)) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {R"(slos:
  - id: a
    title: A
    objective_percent: 99.5
    window_s: 3600
    sla: {objective_percent: 99, consequence: credit}
    indicator:
      kind: ratio
      good: {metric: m, labels: {code: "!5*", route: "/a*|/b"}}
      total: {metric: m}
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 5, min_bad: 2, severity: 2}]
  - id: b
    title: B
    objective_percent: 99.5
    window_s: 600
    indicator: {kind: latency, metric: h_seconds, threshold_ms: 100}
    rows: [{short_s: 10, long_s: 60, factor: 2}]
  - id: c
    title: C
    objective_percent: 99.5
    window_s: 600
    indicator: {kind: time, good: {metric: w}, bad: {metric: s}}
    rows: [{short_s: 10, long_s: 60, factor: 2}]
  - id: d
    title: D
    objective_percent: 99
    window: {calendar: month, time_zone: Europe/Berlin}
    timeslices: {slice_s: 10, target_percent: 95}
    indicator: {kind: threshold, metric: q, op: lte, value: 5}
    rows: [{short_s: 60, long_s: 600, factor: 2, clear_share: 0.5, clear_s: 60}]
    absent: {after_s: 60}
    policy: {freeze_rollouts: true}
  - id: e
    title: E
    objective_percent: 99
    window_s: 600
    indicator: {kind: bool_gauge, metric: up}
    rows: [{short_s: 10, long_s: 60, factor: 2}]
    outage: {min_events: 5, severity: 1}
  - id: f
    title: F
    objective_percent: 99
    window_s: 600
    source: production
    group_by: [route, method]
    indicator: {kind: promql, good: 'sum(a)', total: 'sum(b)'}
    rows: [{short_s: 10, long_s: 60, factor: 2}]
)",
            "slos: []\n", "slos: 3\n"};
}

}  // namespace qd::fuzz
