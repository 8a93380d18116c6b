#include <algorithm>
#include <set>

#include "slo/interchange/duration.hpp"
#include "slo/interchange/prometheus.hpp"
#include "slo/interchange/prometheus_alerts.hpp"
#include "slo/interchange/prometheus_counts.hpp"
#include "slo/interchange/promql.hpp"
#include "slo/interchange/yaml_text.hpp"

namespace qd::slo::interchange {
namespace {

using ordered = nlohmann::ordered_json;

std::string record_name(std::string_view name, std::int64_t window_s) {
    return fmt::format("{}{}", name, prometheus_duration(window_s));
}

ordered record(std::string name, std::string expression, const Objective& objective) {
    return {
        {"record", std::move(name)}, {"expr", std::move(expression)}, {"labels", series_labels(objective)}};
}

void record_window(ordered& rules, const EventCounts& counts, const Objective& objective,
                   std::int64_t window_s) {
    rules.push_back(record(record_name("slo:events:increase", window_s), counts.events(window_s), objective));
    rules.push_back(
        record(record_name("slo:bad_events:increase", window_s), counts.bad(window_s), objective));
    rules.push_back(
        record(record_name("slo:error_ratio:increase", window_s),
               fmt::format("{} / ({} > 0)", recorded("slo:bad_events:increase", window_s, objective),
                           recorded("slo:events:increase", window_s, objective)),
               objective));
    rules.push_back(record(record_name("slo:burn_rate:increase", window_s),
                           fmt::format("{} / {}", recorded("slo:error_ratio:increase", window_s, objective),
                                       number_text(1 - objective.target)),
                           objective));
}

/// Labels of alerts are templates, those of records are not.
ordered alert_labels(ordered labels) {
    for (auto& label : labels) label = untemplated(label.get<std::string>());
    return labels;
}

ordered row_alert(const BurnRow& row, const Objective& objective) {
    const std::string bound = number_text(bound_of(row, objective));
    const std::string expression =
        fmt::format("{} >= {} and {} >= {} and {} >= {} and {} >= {}",
                    recorded("slo:error_ratio:increase", row.long_s, objective), bound,
                    recorded("slo:error_ratio:increase", row.short_s, objective), bound,
                    recorded("slo:events:increase", row.short_s, objective), row.min_events,
                    recorded("slo:bad_events:increase", row.long_s, objective), row.min_bad);
    Objective shown = objective;
    shown.title = untemplated(objective.title);
    return {{"alert", alert_name(row, objective)},
            {"expr", expression},
            {"keep_firing_for", prometheus_duration(row.clears_after_s())},
            {"labels", alert_labels(row_labels(row, objective))},
            {"annotations", row_annotations(row, shown)}};
}

ordered absent_rule(const EventCounts& counts, const Objective& objective) {
    Objective shown = objective;
    shown.title = untemplated(objective.title);
    return {{"alert", absent_alert},
            {"expr", fmt::format("absent(sum({}))", counts.presence())},
            {"for", prometheus_duration(absent_for_s(objective))},
            {"labels", alert_labels(absent_labels(objective))},
            {"annotations", absent_annotations(shown)}};
}

std::int64_t interval_of(const Objective& objective) {
    return std::clamp<std::int64_t>(shortest_window_s(objective) / 5, 1, 30);
}

ordered fast_group(const EventCounts& counts, const Objective& objective) {
    std::set<std::int64_t> windows;
    for (const BurnRow& row : objective.rows) windows.insert({row.short_s, row.long_s});
    ordered rules = ordered::array();
    for (const std::int64_t window_s : windows) record_window(rules, counts, objective, window_s);
    for (const BurnRow& row : objective.rows) rules.push_back(row_alert(row, objective));
    rules.push_back(absent_rule(counts, objective));
    return {{"name", "slo-" + objective.id.value},
            {"interval", prometheus_duration(interval_of(objective))},
            {"rules", std::move(rules)}};
}

/// The whole window costs the most and changes the least: it is looked at a thousand times in its length.
ordered window_group(const EventCounts& counts, const Objective& objective) {
    ordered rules = ordered::array();
    const bool known = std::any_of(objective.rows.begin(), objective.rows.end(),
                                   [&](const BurnRow& row) { return row.long_s == objective.window_s; });
    if (!known) record_window(rules, counts, objective, objective.window_s);
    rules.push_back(
        record("slo:objective:ratio", fmt::format("vector({})", number_text(objective.target)), objective));
    rules.push_back(
        record("slo:sli:ratio",
               fmt::format("1 - {}", recorded("slo:error_ratio:increase", objective.window_s, objective)),
               objective));
    rules.push_back(record(
        "slo:error_budget:remaining_ratio",
        fmt::format("1 - {}", recorded("slo:burn_rate:increase", objective.window_s, objective)), objective));
    const std::int64_t interval = std::clamp<std::int64_t>(objective.window_s / 1'000, 1, 300);
    return {{"name", fmt::format("slo-{}-window", objective.id.value)},
            {"interval", prometheus_duration(std::max(interval, interval_of(objective)))},
            {"rules", std::move(rules)}};
}

}  // namespace

std::string recorded(std::string_view name, std::int64_t window_s, const Objective& objective) {
    return recorded(record_name(name, window_s), objective);
}

std::string recorded(std::string_view name, const Objective& objective) {
    return fmt::format("{}{{slo={}}}", name, promql_string(objective.id.value));
}

core::Result<std::string> write_prometheus_rules(const std::vector<Objective>& objectives) {
    ordered groups = ordered::array();
    std::int64_t shortest_s = 90 * 86'400;
    for (const Objective& objective : objectives) {
        const auto counts = EventCounts::of(objective);
        if (!counts) return core::Failure(counts.error());
        for (const ordered& group : counts->groups()) groups.push_back(group);
        groups.push_back(fast_group(*counts, objective));
        groups.push_back(window_group(*counts, objective));
        shortest_s = std::min(shortest_s, shortest_window_s(objective));
    }
    return fmt::format(
        "# The shortest window is {}: what it counts must be scraped at least every {}.\n"
        "# keep_firing_for needs Prometheus 2.42 or later.\n{}",
        prometheus_duration(shortest_s), prometheus_duration(std::max<std::int64_t>(shortest_s / 4, 1)),
        to_yaml({{"groups", std::move(groups)}}));
}

}  // namespace qd::slo::interchange
