#include "slo/interchange/prometheus_alerts.hpp"

#include <algorithm>

#include "slo/interchange/duration.hpp"

namespace qd::slo::interchange {
namespace {

constexpr double outage_share = 0.5;  // as slo/alert.cpp: half of all events are bad
constexpr std::int64_t least_absent_s = 60;

}  // namespace

std::string number_text(double value) {
    return fmt::format("{:.12g}", value);
}

std::string untemplated(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("{{")) {
            result += "{{\"{{\"}}";
            ++i;
        } else {
            result += text[i];
        }
    }
    return result;
}

std::int64_t shortest_window_s(const Objective& objective) {
    return std::ranges::min(objective.rows, {}, &BurnRow::short_s).short_s;
}

double bound_of(const BurnRow& row, const Objective& objective) {
    return row.factor * (1 - objective.target);
}

std::string_view alert_name(const BurnRow& row, const Objective& objective) {
    return bound_of(row, objective) >= outage_share ? outage_alert : burn_alert;
}

nlohmann::ordered_json series_labels(const Objective& objective) {
    nlohmann::ordered_json labels{{"slo", objective.id.value}};
    if (!objective.service.empty()) labels["service"] = objective.service;
    return labels;
}

nlohmann::ordered_json row_labels(const BurnRow& row, const Objective& objective) {
    nlohmann::ordered_json labels = series_labels(objective);
    labels["severity"] = fmt::format("sev{}", int(row.severity));
    labels["burn_row"] =
        fmt::format("{} & {}", prometheus_duration(row.short_s), prometheus_duration(row.long_s));
    return labels;
}

nlohmann::ordered_json row_annotations(const BurnRow& row, const Objective& objective) {
    return {{"summary", fmt::format("{} burns its error budget", objective.title)},
            {"description",
             fmt::format(
                 "{} of the events were bad in {}; with {} % in it and in {}, the budget of {} % burns {} "
                 "times too fast.",
                 "{{ $value | humanizePercentage }}", prometheus_duration(row.long_s),
                 number_text(bound_of(row, objective) * 100), prometheus_duration(row.short_s),
                 number_text((1 - objective.target) * 100), number_text(row.factor))}};
}

nlohmann::ordered_json absent_labels(const Objective& objective) {
    nlohmann::ordered_json labels = series_labels(objective);
    labels["severity"] = fmt::format("sev{}", int(objective.absent.value_or(AbsentRule{}).severity));
    return labels;
}

nlohmann::ordered_json absent_annotations(const Objective& objective) {
    return {{"summary", fmt::format("{} cannot be measured", objective.title)},
            {"description", fmt::format("There has been nothing to count for {}.",
                                        prometheus_duration(absent_for_s(objective)))}};
}

std::int64_t absent_for_s(const Objective& objective) {
    if (objective.absent) return objective.absent->after_s;
    return std::max(least_absent_s, objective.fastest_row().short_s);
}

}  // namespace qd::slo::interchange
