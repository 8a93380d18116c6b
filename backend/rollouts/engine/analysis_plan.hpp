#pragma once
// Which runs of templates a specification asks for, and when. Pure.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "rollouts/analysis_run.hpp"
#include "rollouts/progress.hpp"

namespace qd::rollouts {

/// One run, of all the templates that are used together.
struct PlannedRun {
    std::string purpose;  // AnalysisRun::purpose
    std::vector<AnalysisUse> uses;

    bool operator==(const PlannedRun&) const = default;
};

/// Those that are to begin now: none of them is under way or has ended. None while the rollout is held.
std::vector<PlannedRun> runs_to_begin(const Progress& progress, const Specification& specification);

/// Whether a run of that purpose is under way by the audit.
bool is_under_way(const Progress& progress, const Specification& specification, const std::string& purpose);

/// Errc::invalid_argument as begin_run()'s, and for a template that is not there or an argument with two
/// values.
core::Result<AnalysisRun> begin_planned(const Specification& specification, const PlannedRun& planned,
                                        std::string name, core::WallTime now);

/// Why one of its runs could not begin, or asks the judge for what it does not know. Asked before the rollout
/// starts.
core::Result<> can_run(const Specification& specification);

}  // namespace qd::rollouts
