#pragma once
// Which runbooks apply to an incident, and why. Pure.

#include <string>
#include <vector>

#include "runbooks/runbook.hpp"

namespace qd::runbooks {

/// What is known of an incident.
struct Situation {
    std::string service;
    int severity = 3;                     // 1..4
    std::vector<std::string> alerts;      // ids of what fired
    std::vector<std::string> objectives;  // ids of what they are about
    std::vector<std::string> causes;      // kinds of its suspects
};

struct Match {
    bool applies = false;
    std::vector<std::string> reasons;  // why it applies, or (one) why not; in sentences
    int weight = 0;                    // how many of its conditions are met: more is more particular
};

Match match(const Applies& applies, const Situation& situation);

}  // namespace qd::runbooks
