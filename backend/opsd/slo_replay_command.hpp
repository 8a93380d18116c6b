#pragma once
// `opsd slo replay`: the alerts that would have fired, by the definitions in files and the counters that an
// opsd has stored. Both are only read, also while that opsd runs.

#include <filesystem>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "slo/objective.hpp"

namespace qd::opsd {

struct ReplayOrder {
    std::string from, to;  // RFC 3339, "now", or back from now: "-2h", "-1h30m"
    int points = 300;
    std::filesystem::path data;  // of the site: <data>/db/counters.sqlite
};

/// {"from","to","items":[{as POST /slos/{id}/replay answers}]} and a newline. Errc::invalid_argument for
/// times, and for an objective of whose definition nothing is stored, which it names; Errc::unavailable
/// where no counters are.
core::Result<std::string> replay_text(const std::vector<slo::Objective>& objectives, const ReplayOrder& order,
                                      core::WallTime now);

/// "<XDG data>/quarterdeck/site": where `quarterdeck` keeps the local site.
std::filesystem::path default_site_folder();

}  // namespace qd::opsd
