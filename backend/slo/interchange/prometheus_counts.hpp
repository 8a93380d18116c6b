#pragma once
// How an objective's events are counted in PromQL. For prometheus_*.cpp only.
//
// Counters are counted by their increase. What is judged one by one is recorded as 0 or 1 first and then
// counted: a gauge's readings as slo:reading:good once a second, slices of time as slo:slice:good once a
// slice.

#include <nlohmann/json.hpp>
#include <string>

#include "slo/objective.hpp"

namespace qd::slo::interchange {

inline constexpr std::string_view reading_record = "slo:reading:good", slice_record = "slo:slice:good";

class EventCounts {
public:
    /// Errc::invalid_argument for labels that PromQL cannot say, and the errors of promql_can_say().
    static core::Result<EventCounts> of(const Objective& objective);

    /// Expressions over a window; without anything counted they have no result.
    std::string events(std::int64_t window_s) const;
    std::string bad(std::int64_t window_s) const;
    /// A selector that has no series when there is nothing to count.
    const std::string& presence() const { return presence_; }
    /// Groups of rules that record what the expressions count; maybe none.
    const nlohmann::ordered_json& groups() const { return groups_; }

private:
    void record(std::string_view name, std::string expression, std::string_view group,
                std::int64_t interval_s, const Objective& objective);

    /// Counters, two of the three: the third follows from them. None once something is recorded.
    std::string good_, bad_, total_;
    double scale_ = 1;  // events in one of what is counted
    bool histogram_ = false;
    std::string recorded_;  // a series of 0 and 1
    std::string presence_;
    nlohmann::ordered_json groups_ = nlohmann::ordered_json::array();
};

}  // namespace qd::slo::interchange
