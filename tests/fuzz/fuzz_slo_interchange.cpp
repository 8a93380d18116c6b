// Definitions of other tools, mistyped: refused with a reason, or objectives that pass their own check and
// can be written again.
#include <cstdlib>

#include "fuzz/target.hpp"
#include "slo/interchange/openslo.hpp"
#include "slo/interchange/prometheus.hpp"
#include "slo/interchange/promql.hpp"
#include "slo/interchange/read.hpp"

using namespace qd::slo;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto query = interchange::parse_query(text))
        if (!interchange::write_selector(query->selector)) std::abort();
    const auto read = interchange::read_text(text, "fuzz");
    if (!read) {
        if (read.error().message.empty()) std::abort();
        return 0;
    }
    for (const auto& held : read->objectives)
        if (!check(held.objective)) std::abort();
    const auto objectives = interchange::objectives_of(*read);
    (void)interchange::write_prometheus_rules(objectives);
    (void)interchange::write_prometheus_tests(objectives, "rules.yaml");
    if (text.find("slos") != std::string::npos) return 0;  // ours can say what PromQL cannot
    const auto written = interchange::write_openslo(objectives);
    if (!written) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {R"(apiVersion: openslo/v1
kind: SLO
metadata: {name: g, annotations: {quarterdeck.org/absent: '{"after_s":60,"severity":3}', quarterdeck.org/policy: '{"freeze_rollouts":true}', quarterdeck.org/timeslice-seconds: '30', quarterdeck.org/rows: '[{"short_s":3600,"long_s":7200,"factor":2,"min_events":5,"clear_s":9}]'}}
spec:
  indicator:
    metadata: {name: i, annotations: {quarterdeck.org/indicator: bool_gauge}}
    spec: {thresholdMetric: {metricSource: {spec: {query: 'up{a="b"}'}}}}
  timeWindow: [{duration: 1M, calendar: {startTime: "2024-01-01 00:00:00", timeZone: UTC}, isRolling: false}]
  budgetingMethod: Timeslices
  objectives: [{target: 0.99, op: gte, value: 1, timeSliceTarget: 0.9, timeSliceWindow: 1m}]
)",
            R"(apiVersion: openslo/v1
kind: SLO
metadata:
  name: a
  displayName: A
  annotations:
    quarterdeck.org/rows: '[{"short_s":10,"long_s":60,"factor":2,"min_events":5,"min_bad":2,"severity":2}]'
    quarterdeck.org/sla: '{"objective":0.9,"consequence":"credit"}'
    quarterdeck.org/window-seconds: '3601'
spec:
  service: s
  indicatorRef: i
  timeWindow: [{duration: 61m, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{targetPercent: 99.5}, {target: 0.9}]
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: i}
spec:
  ratioMetric:
    counter: true
    good: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(h_bucket{le="0.1",a!~"b|c.*"}[5m]))'}}}
    total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(h_count{a!~"b|c.*"}[5m]))'}}}
)",
            R"(apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: p, labels: {a: b}}
spec:
  target: "99.9"
  window: 4w
  indicator:
    ratio:
      errors: {metric: 'm_total{code=~"5.."}'}
      total: {metric: m_total}
)",
            R"(sum(rate(m{a="b",c!="d",e=~"f|g.*\\.",status!~"5.."}[1h30m])))",
            "slos:\n  - id: a\n    title: A\n    objective_percent: 99\n    window_s: 600\n    indicator: "
            "{kind: time, "
            "good: {metric: w}, bad: {metric: s}}\n    rows: [{short_s: 10, long_s: 60, factor: 2}]\n"};
}

}  // namespace qd::fuzz
