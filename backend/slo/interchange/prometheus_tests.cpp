#include <algorithm>
#include <cmath>
#include <tuple>

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

constexpr std::int64_t samples = 10;  // a case looks after so many steps
constexpr std::int64_t unsure = 3;    // looks that may have come too early to see what they count
constexpr std::size_t most_gauges = 2'000;
constexpr std::int64_t longest_test_s = 2 * 3'600;

/// Input series with their values, after how many steps to look, and whether all rows fire then.
struct Case {
    std::string name;
    std::vector<std::pair<std::string, std::string>> input;
    std::int64_t steps = samples;
    bool fires = false;
};

/// How many good and bad events a step brings.
struct Traffic {
    std::string name;
    double good = 0, bad = 0;
    bool fires = false;
};

/// Five samples in the shortest window.
std::int64_t step_of(const Objective& objective) {
    const bool judged = objective.timeslices ||
                        std::holds_alternative<ThresholdIndicator>(objective.indicator) ||
                        std::holds_alternative<BoolGaugeIndicator>(objective.indicator);
    return judged ? 1 : std::max<std::int64_t>(shortest_window_s(objective) / 5, 1);
}

double most_needed(const Objective& objective) {
    std::uint64_t enough = 0;
    for (const BurnRow& row : objective.rows) enough = std::max({enough, row.min_events, row.min_bad});
    return double(enough);
}

/// Steps after which a slice has been judged at each of so many looks; beyond the longest test it is refused.
std::int64_t slices_needed(const Objective& objective) {
    return std::int64_t(std::min(most_needed(objective), double(longest_test_s) + 1)) + 2 * unsure;
}

double lowest_bound(const Objective& objective) {
    double least = 1;
    for (const BurnRow& row : objective.rows) least = std::min(least, bound_of(row, objective));
    return least;
}

std::vector<Traffic> traffic_of(const Objective& objective) {
    // Enough in one step for the row that asks for most, and in all steps too little for the one that asks
    // for least: an increase is stretched by less than a step.
    const double enough = most_needed(objective), share = lowest_bound(objective) / 2;
    double least_bad = 1e18;
    for (const BurnRow& row : objective.rows) least_bad = std::min(least_bad, double(row.min_bad));
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

core::Result<std::vector<Case>> counter_cases(const Objective& objective) {
    const auto series = sample_series(objective.indicator);
    if (!series) return core::Failure(series.error());
    std::vector<Case> cases;
    for (const Traffic& traffic : traffic_of(objective)) {
        Case one{traffic.name, {}, samples, traffic.fires};
        // Judged by the slice, few events and many are the same, and a share of bad ones is none or all.
        if (objective.timeslices) {
            if (traffic.good > 0 && traffic.bad > 0) break;
            one.steps = slices_needed(objective);
        }
        for (const SampleSeries& each : *series)
            one.input.emplace_back(
                each.text,
                fmt::format("0+{}x{}", number_text(each.per_good * traffic.good + each.per_bad * traffic.bad),
                            one.steps));
        cases.push_back(std::move(one));
    }
    return cases;
}

/// Gauges that stay as they are, `bad` of them bad.
core::Result<Case> gauge_case(const Objective& objective, std::string name, std::size_t count,
                              std::size_t bad, std::int64_t steps) {
    const auto gauges = sample_gauges(objective.indicator, count);
    if (!gauges) return core::Failure(gauges.error());
    Case one{std::move(name), {}, steps, bad == count};
    for (std::size_t i = 0; i < count; ++i)
        one.input.emplace_back(
            gauges->texts[i],
            fmt::format("{}+0x{}", number_text(i < bad ? gauges->bad : gauges->good), steps));
    return one;
}

core::Result<std::vector<Case>> gauge_cases(const Objective& objective) {
    // As many readings as the row that asks for most wants, within the shortest window.
    const std::int64_t looks =
        std::max<std::int64_t>(1, std::min(shortest_window_s(objective), samples) - unsure);
    const bool slices = objective.timeslices.has_value();
    const double needed = slices ? 1 : std::ceil(most_needed(objective) / double(looks));
    const std::int64_t steps = slices ? slices_needed(objective) : samples;
    const double half = std::ceil(2 / lowest_bound(objective));
    if (needed > double(most_gauges))
        return core::fail(core::Errc::unprocessable, "asks for more readings than {} series can give in {} s",
                          most_gauges, looks);
    std::vector<Case> cases;
    std::vector<std::tuple<const char*, std::size_t, std::size_t>> wanted{
        {"all good", std::size_t(needed), 0}, {"all bad", std::size_t(needed), std::size_t(needed)}};
    if (!slices && half <= double(most_gauges))
        wanted.emplace_back("half of the lowest bound", std::size_t(std::max(needed, half)), 1);
    for (const auto& [name, count, bad] : wanted) {
        auto one = gauge_case(objective, name, count, bad, steps);
        if (!one) return core::Failure(one.error());
        cases.push_back(std::move(*one));
    }
    return cases;
}

core::Result<std::vector<Case>> cases_of(const Objective& objective) {
    if (auto known = promql_can_say(objective); !known) return core::Failure(known.error());
    const bool gauge = std::holds_alternative<ThresholdIndicator>(objective.indicator) ||
                       std::holds_alternative<BoolGaugeIndicator>(objective.indicator);
    auto cases = gauge ? gauge_cases(objective) : counter_cases(objective);
    if (cases)
        for (const Case& one : *cases)
            if (one.steps * step_of(objective) > longest_test_s)
                cases = core::fail(core::Errc::unprocessable,
                                   "asks for more events than a test of {} s brings", longest_test_s);
    if (!cases)
        return core::fail_with_context(fmt::format("the SLO '{}'", objective.id.value), cases.error());
    return cases;
}

ordered traffic_test(const Objective& objective, const Case& one) {
    const std::int64_t step_s = step_of(objective);
    ordered input = ordered::array();
    for (const auto& [series, values] : one.input) input.push_back({{"series", series}, {"values", values}});
    ordered cases = ordered::array();
    for (const std::string_view name : {burn_alert, outage_alert})
        cases.push_back(firing_case(one.steps * step_s, objective, name,
                                    one.fires ? expected_rows(objective, name) : ordered::array()));
    cases.push_back(firing_case(one.steps * step_s, objective, absent_alert, ordered::array()));
    return {{"name", fmt::format("{}: {}", objective.id.value, one.name)},
            {"interval", prometheus_duration(step_s)},
            {"input_series", std::move(input)},
            {"promql_expr_test", std::move(cases)}};
}

ordered absence_test(const std::vector<Objective>& objectives) {
    ordered cases = ordered::array();
    for (const Objective& objective : objectives) {
        if (2 * absent_for_s(objective) > longest_test_s) continue;  // too long to play
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
        const auto cases = cases_of(objective);
        if (!cases) return core::Failure(cases.error());
        for (const Case& one : *cases) tests.push_back(traffic_test(objective, one));
        interval_s = std::min(interval_s, step_of(objective));
    }
    if (auto absence = absence_test(objectives); !absence["promql_expr_test"].empty())
        tests.push_back(std::move(absence));
    return to_yaml({{"rule_files", ordered::array({rules_file})},
                    {"evaluation_interval", prometheus_duration(interval_s)},
                    {"tests", std::move(tests)}});
}

}  // namespace qd::slo::interchange
