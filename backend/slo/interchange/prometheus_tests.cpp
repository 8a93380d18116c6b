#include <algorithm>

#include "slo/interchange/duration.hpp"
#include "slo/interchange/prometheus.hpp"
#include "slo/interchange/prometheus_alerts.hpp"
#include "slo/interchange/promql.hpp"
#include "slo/interchange/refusals.hpp"
#include "slo/interchange/sample_series.hpp"
#include "slo/interchange/yaml_text.hpp"

namespace qd::slo::interchange {
namespace {

using ordered = nlohmann::ordered_json;

constexpr int samples = 10;  // a case looks after so many steps

/// How many good and bad events a step brings.
struct Traffic {
    std::string name;
    double good = 0, bad = 0;
    bool fires = false;
};

/// Five samples in the shortest window.
std::int64_t step_of(const Objective& objective) {
    return std::max<std::int64_t>(objective.fastest_row().short_s / 5, 1);
}

std::vector<Traffic> cases_of(const Objective& objective) {
    // Enough in one step for the row that asks for most, and in all steps too little for the one that asks
    // for least: an increase is stretched by less than a step.
    double enough = 0, least_bad = 1e18, least_bound = 1;
    for (const BurnRow& row : objective.rows) {
        enough = std::max(enough, double(std::max(row.min_events, row.min_bad)));
        least_bad = std::min(least_bad, double(row.min_bad));
        least_bound = std::min(least_bound, bound_of(row, objective));
    }
    const double share = least_bound / 2;
    return {{"all good", enough, 0, false},
            {"all bad", 0, enough, true},
            {"half of the lowest bound", enough * (1 - share), enough * share, false},
            {"fewer than the rows ask for", 0, least_bad / (2 * (samples + 1)), false}};
}

/// The alerts of this objective alone: others of the file may count the same series.
ordered firing_case(std::int64_t at_s, const Objective& objective, std::string_view name, ordered expected) {
    return {{"expr", fmt::format("ALERTS{{slo={},alertname={},alertstate=\"firing\"}}",
                                 promql_string(objective.id.value), promql_string(name))},
            {"eval_time", prometheus_duration(at_s)},
            {"exp_samples", std::move(expected)}};
}

ordered firing_sample(std::string_view name, ordered labels) {
    labels["alertname"] = name;
    labels["alertstate"] = "firing";
    std::string text;
    for (const auto& [label, value] : labels.items())
        text +=
            fmt::format("{}{}={}", text.empty() ? "" : ",", label, promql_string(value.get<std::string>()));
    return {{"labels", fmt::format("ALERTS{{{}}}", text)}, {"value", 1}};
}

ordered expected_rows(const Objective& objective, std::string_view name) {
    ordered alerts = ordered::array();
    for (const BurnRow& row : objective.rows) {
        if (alert_name(row, objective) != name) continue;
        alerts.push_back(firing_sample(name, row_labels(row, objective)));
    }
    return alerts;
}

ordered traffic_test(const Objective& objective, const std::vector<SampleSeries>& series,
                     const Traffic& traffic) {
    const std::int64_t step_s = step_of(objective);
    ordered input = ordered::array();
    for (const SampleSeries& one : series)
        input.push_back(
            {{"series", one.text},
             {"values",
              fmt::format("0+{}x{}", number_text(one.per_good * traffic.good + one.per_bad * traffic.bad),
                          samples)}});
    ordered cases = ordered::array();
    for (const std::string_view name : {burn_alert, outage_alert})
        cases.push_back(firing_case(samples * step_s, objective, name,
                                    traffic.fires ? expected_rows(objective, name) : ordered::array()));
    cases.push_back(firing_case(samples * step_s, objective, absent_alert, ordered::array()));
    return {{"name", fmt::format("{}: {}", objective.id.value, traffic.name)},
            {"interval", prometheus_duration(step_s)},
            {"input_series", std::move(input)},
            {"promql_expr_test", std::move(cases)}};
}

ordered absence_test(const std::vector<Objective>& objectives) {
    ordered cases = ordered::array();
    for (const Objective& objective : objectives) {
        cases.push_back(firing_case(absent_for_s(objective) / 2, objective, absent_alert, ordered::array()));
        cases.push_back(firing_case(2 * absent_for_s(objective), objective, absent_alert,
                                    ordered::array({firing_sample(absent_alert, absent_labels(objective))})));
    }
    return {{"name", "nothing to count"},
            {"interval", "1m"},
            {"input_series", ordered::array({{{"series", "something_else"}, {"values", "1+0x1"}}})},
            {"promql_expr_test", std::move(cases)}};
}

}  // namespace

core::Result<std::string> write_prometheus_tests(const std::vector<Objective>& objectives,
                                                 const std::string& rules_file) {
    ordered tests = ordered::array();
    std::int64_t interval_s = 30;
    for (const Objective& objective : objectives) {
        if (auto known = can_be_written(objective); !known) return core::Failure(known.error());
        auto series = sample_series(objective.indicator);
        if (!series)
            return core::fail_with_context(fmt::format("the SLO '{}'", objective.id.value), series.error());
        for (const Traffic& traffic : cases_of(objective))
            tests.push_back(traffic_test(objective, *series, traffic));
        interval_s = std::min(interval_s, step_of(objective));
    }
    if (!objectives.empty()) tests.push_back(absence_test(objectives));
    return to_yaml({{"rule_files", ordered::array({rules_file})},
                    {"evaluation_interval", prometheus_duration(interval_s)},
                    {"tests", std::move(tests)}});
}

}  // namespace qd::slo::interchange
