#pragma once
// What a file of SLO definitions held.

#include <string>
#include <vector>

#include "slo/objective.hpp"

namespace qd::slo::interchange {

struct Held {
    Objective objective;
    std::string place;  // "file:line" of its name; the file alone for our own documents
};

struct Reading {
    std::vector<Held> objectives;
    /// What was read over because it changes neither what is counted nor what alerts, such as labels:
    /// "file:line: 'labels' …".
    std::vector<std::string> notes;
};

inline constexpr std::size_t max_objectives_in_file = 200;

}  // namespace qd::slo::interchange
