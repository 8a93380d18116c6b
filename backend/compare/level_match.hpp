#pragma once
// Which level of side b shows what a level of side a does. Pure.

#include <string>
#include <vector>

#include "player/session.hpp"

namespace qd::compare {

struct LevelMatch {
    int a = 0, b = 0;
    std::string notice;  // empty when they are alike
};

/// `wanted` is an index into a's levels, -1 or beyond the end: the highest. The level of b with equal index,
/// if its size is the same and its bandwidth within a factor of two; else the one nearest in size, then in
/// bandwidth, and a notice says so. Neither list is empty.
LevelMatch match_levels(const std::vector<player::LevelInfo>& a, const std::vector<player::LevelInfo>& b,
                        int wanted);

}  // namespace qd::compare
