#pragma once

namespace qd::player {

/// SessionOptions::locked_level of who wants the highest there is without knowing how many there are.
inline constexpr int highest_level = 1'000'000;

}  // namespace qd::player
