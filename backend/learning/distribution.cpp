#include "learning/distribution.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace qd::learning {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 4> direction_names{"too_few", "no_clear_change", "shorter", "longer"};

milliseconds nearest_rank(const std::vector<milliseconds>& sorted, double share) {
    const auto rank = std::size_t(std::ceil(share * double(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace

std::optional<Distribution> distribution(std::vector<milliseconds> values) {
    if (values.empty()) return std::nullopt;
    std::ranges::sort(values);
    Distribution spread;
    spread.count = values.size();
    double sum = 0;
    for (const milliseconds value : values) sum += double(value.count());
    spread.mean = milliseconds(std::llround(sum / double(values.size())));
    spread.least = values.front();
    spread.quarter = nearest_rank(values, 0.25);
    spread.median = nearest_rank(values, 0.5);
    spread.three_quarters = nearest_rank(values, 0.75);
    spread.p90 = nearest_rank(values, 0.9);
    spread.most = values.back();
    return spread;
}

std::string_view to_string(Direction direction) {
    return direction_names[std::size_t(direction)];
}

std::optional<Direction> parse_direction(std::string_view text) {
    for (std::size_t i = 0; i < direction_names.size(); ++i)
        if (direction_names[i] == text) return Direction(i);
    return std::nullopt;
}

Trend trend(std::span<const Timed> values, core::WallTime middle) {
    struct Ranked {
        milliseconds value;
        bool later;
    };
    Trend found;
    std::vector<Ranked> all;
    all.reserve(values.size());
    for (const Timed& one : values) {
        const bool later = one.at >= middle;
        all.push_back({one.value, later});
        ++(later ? found.later : found.earlier);
    }
    if (found.earlier < least_for_trend || found.later < least_for_trend) return found;
    std::ranges::sort(all, {}, &Ranked::value);

    double rank_sum = 0, ties = 0;  // of the later ones; sum of t^3 - t
    for (std::size_t i = 0; i < all.size();) {
        std::size_t end = i, later = 0;
        for (; end < all.size() && all[end].value == all[i].value; ++end) later += all[end].later ? 1 : 0;
        const double alike = double(end - i);
        rank_sum += double(later) * (double(i) + (alike + 1) / 2);
        ties += alike * alike * alike - alike;
        i = end;
    }
    const double n = double(all.size()), a = double(found.earlier), b = double(found.later);
    const double u = rank_sum - b * (b + 1) / 2, mean = a * b / 2;
    const double variance = a * b / 12 * (n + 1 - ties / (n * (n - 1)));
    const double distance = std::max(0.0, std::abs(u - mean) - 0.5);
    found.p_value = variance > 0 ? std::erfc(distance / std::sqrt(2 * variance)) : 1.0;
    if (*found.p_value >= trend_significance)
        found.direction = Direction::no_clear_change;
    else
        found.direction = u < mean ? Direction::shorter : Direction::longer;
    return found;
}

}  // namespace qd::learning
