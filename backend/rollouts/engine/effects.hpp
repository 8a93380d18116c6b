#pragma once
// What an action brings about, in sentences for whoever is about to do it. Pure.

#include <string>
#include <vector>

#include "rollouts/desired.hpp"

namespace qd::rollouts {

/// `after` is the state that `action` leads to from `before`.
std::vector<std::string> effects_of(Action action, const Progress& before, const Progress& after,
                                    const Beginning& beginning);

}  // namespace qd::rollouts
