#pragma once
// What other formats can say and an Objective cannot yet: the reasons that the readers give. Whoever teaches
// Objective one of these finds its readers by the name, and the other way in can_be_written().

#include <string_view>

#include "slo/objective.hpp"

namespace qd::slo::interchange {

/// Whether the writers of this room know everything that this objective says: nothing may be dropped in
/// silence. Errc::unprocessable, naming the objective and what it has.
core::Result<> can_be_written(const Objective& objective);
/// The same, and whether PromQL can say it: no range ends with a calendar's period. Errc::unprocessable.
core::Result<> promql_can_say(const Objective& objective);

}  // namespace qd::slo::interchange

namespace qd::slo::interchange::cannot_say {

inline constexpr std::string_view stray_threshold = "goes with a thresholdMetric alone, and this is none";
inline constexpr std::string_view summed_gauge =
    "sums a gauge's series or rates it; each reading of each series is judged by itself: give the gauge "
    "alone";
inline constexpr std::string_view raw_ratio =
    "is a ratio computed elsewhere; objectives need the counters that it is made of";
inline constexpr std::string_view native_histogram =
    "is a native histogram; objectives read histograms with buckets so far: give 'latency' with an le label";
inline constexpr std::string_view calendar =
    "is no whole calendar period: duration must be 1d, 1w, 1M or 1Q, and startTime the midnight with which "
    "such a one begins (weeks on Monday)";
inline constexpr std::string_view not_rolling =
    "is neither rolling nor a calendar's; say isRolling: true, or give a calendar";
inline constexpr std::string_view budgeting =
    "must be Occurrences or Timeslices: ratios of slices are not averaged";
inline constexpr std::string_view stray_slices = "goes with budgetingMethod: Timeslices alone";
inline constexpr std::string_view composite = "makes one objective of several, which objectives cannot";
inline constexpr std::string_view alert_policy =
    "cannot say an alert of two windows; put the rows into the annotation quarterdeck.org/rows, or leave it "
    "out "
    "for the built-in ones";
inline constexpr std::string_view alert_choice =
    "changes which alerts there are or how they are called, which objectives cannot: leave it out";

}  // namespace qd::slo::interchange::cannot_say
