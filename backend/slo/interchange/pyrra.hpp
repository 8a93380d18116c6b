#pragma once
// Pyrra's ServiceLevelObjective (pyrra.dev/v1alpha1, https://github.com/pyrra-dev/pyrra), read only: ratio,
// latency and bool_gauge. Pyrra's rows come with it (row_sets.hpp); what it waits before an alert ("for") is
// replaced by the minimum of events. grouping is group_by. latencyNative and changed alerts are refused with
// their line.

#include "core/config.hpp"
#include "slo/interchange/reading.hpp"

namespace qd::slo::interchange {

/// One document, added to `into`. Errc::config with "file:line: 'key' reason".
core::Result<> read_pyrra(core::ConfigReader& document, Reading& into);

}  // namespace qd::slo::interchange
