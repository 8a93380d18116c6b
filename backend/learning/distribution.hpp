#pragma once
// How durations are spread, and whether later ones differ from earlier ones. Pure.

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

namespace qd::learning {

/// Every quantile is the nearest rank: a duration that was measured, never one in between.
struct Distribution {
    std::size_t count = 0;             // at least 1
    std::chrono::milliseconds mean{};  // misleads on skewed durations: show the median beside it
    std::chrono::milliseconds least{}, quarter{}, median{}, three_quarters{}, p90{}, most{};

    bool operator==(const Distribution&) const = default;
};

/// Nothing for no values: an unknown time is not 0.
std::optional<Distribution> distribution(std::vector<std::chrono::milliseconds> values);

struct Timed {
    core::WallTime at;
    std::chrono::milliseconds value;
};

enum class Direction { too_few, no_clear_change, shorter, longer };

std::string_view to_string(Direction direction);
std::optional<Direction> parse_direction(std::string_view text);

/// No trend is claimed from fewer in either half.
inline constexpr std::size_t least_for_trend = 8;
/// A difference that chance alone makes more often than this is none.
inline constexpr double trend_significance = 0.05;

struct Trend {
    Direction direction = Direction::too_few;
    std::size_t earlier = 0, later = 0;  // how many in each half
    std::optional<double> p_value;       // two-sided; nothing for too few

    bool operator==(const Trend&) const = default;
};

/// Values before `middle` against those from it on, by ranks (Mann and Whitney's U in its normal
/// approximation, corrected for ties and continuity), so that one outlier makes no trend.
Trend trend(std::span<const Timed> values, core::WallTime middle);

}  // namespace qd::learning
