#pragma once
// The alerts of an objective as its rules and their tests agree on them. For prometheus_*.cpp
// only.

#include <nlohmann/json.hpp>

#include "slo/objective.hpp"

namespace qd::slo::interchange {

inline constexpr std::string_view burn_alert = "ErrorBudgetBurn", outage_alert = "SLOOutage",
                                  absent_alert = "SLOMetricAbsent";

/// The shortest window of all rows, outage rows too: what looks and steps are measured by.
std::int64_t shortest_window_s(const Objective& objective);
/// The error ratio at which a row fires.
double bound_of(const BurnRow& row, const Objective& objective);
std::string_view alert_name(const BurnRow& row, const Objective& objective);
/// slo and service, which every series of the objective carries.
nlohmann::ordered_json series_labels(const Objective& objective);
/// Those of a row's alert: they differ from every other rule's of the file.
nlohmann::ordered_json row_labels(const BurnRow& row, const Objective& objective);
/// For people; templates of Prometheus, so that the title must have been made harmless before.
nlohmann::ordered_json row_annotations(const BurnRow& row, const Objective& objective);
nlohmann::ordered_json absent_labels(const Objective& objective);
nlohmann::ordered_json absent_annotations(const Objective& objective);
/// How long there must be nothing.
std::int64_t absent_for_s(const Objective& objective);
/// Text without meaning to Prometheus' templates.
std::string untemplated(std::string_view text);
/// 12 digits: what is left of binary fractions is not shown.
std::string number_text(double value);

}  // namespace qd::slo::interchange
