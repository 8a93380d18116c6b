#pragma once
// What other formats can say and an Objective cannot yet: the reasons that the readers give. Whoever teaches
// Objective one of these finds its readers by the name, and the other way in can_be_written().

#include <string_view>

#include "slo/objective.hpp"

namespace qd::slo::interchange {

/// Whether the writers of this room know everything that this objective says: nothing may be dropped in
/// silence. Errc::unprocessable, naming the objective and what it has.
core::Result<> can_be_written(const Objective& objective);

}  // namespace qd::slo::interchange

namespace qd::slo::interchange::cannot_say {

inline constexpr std::string_view threshold =
    "is a threshold on a value; objectives count events so far: give a ratioMetric of good and total";
inline constexpr std::string_view raw_ratio =
    "is a ratio computed elsewhere; objectives need the counters that it is made of";
inline constexpr std::string_view native_histogram =
    "is a native histogram; objectives read histograms with buckets so far: give 'latency' with an le label";
inline constexpr std::string_view bool_gauge =
    "is a gauge of 0 and 1; objectives count events so far: give 'ratio' or 'latency'";
inline constexpr std::string_view grouping =
    "splits an objective by label, which objectives cannot yet: write one for each value";
inline constexpr std::string_view calendar =
    "is a calendar window; objectives have rolling windows so far: give {duration: 28d, isRolling: true}";
inline constexpr std::string_view not_rolling = "is neither rolling nor a calendar's; say isRolling: true";
inline constexpr std::string_view timeslices =
    "counts slices of time; objectives count events so far: budgetingMethod must be Occurrences";
inline constexpr std::string_view composite = "makes one objective of several, which objectives cannot";
inline constexpr std::string_view alert_policy =
    "cannot say an alert of two windows; put the rows into the annotation quarterdeck.org/rows, or leave it "
    "out "
    "for the built-in ones";
inline constexpr std::string_view alert_choice =
    "changes which alerts there are or how they are called, which objectives cannot: leave it out";

}  // namespace qd::slo::interchange::cannot_say
