#pragma once
// A small difference that lasts, in words. Pure; thread-safe.

#include <string>

#include "compare/lasting.hpp"

namespace qd::compare {

/// "in the lower right".
std::string place(const Area& area);

/// Without the time: "canary is 12 levels brighter in the lower right (2 % of the picture)".
std::string describe(const LastingDifference& difference, const std::string& a, const std::string& b);

}  // namespace qd::compare
