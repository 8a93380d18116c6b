#include "compare/level_match.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace qd::compare {
namespace {

std::string level_text(const player::LevelInfo& level, int index) {
    std::string text = fmt::format("level {}", index);
    if (level.height > 0) text += fmt::format(", {}x{}", level.width, level.height);
    if (level.bandwidth_bps > 0) text += fmt::format(", {:.0f} kbit/s", level.bandwidth_bps / 1000);
    return text;
}

/// By how many doublings the bandwidths differ; 0 where one is not declared.
double doublings(const player::LevelInfo& one, const player::LevelInfo& two) {
    if (one.bandwidth_bps <= 0 || two.bandwidth_bps <= 0) return 0;
    return std::abs(std::log2(one.bandwidth_bps / two.bandwidth_bps));
}

int lines_apart(const player::LevelInfo& one, const player::LevelInfo& two) {
    return one.height > 0 && two.height > 0 ? std::abs(one.height - two.height) : 0;
}

}  // namespace

LevelMatch match_levels(const std::vector<player::LevelInfo>& a, const std::vector<player::LevelInfo>& b,
                        int wanted) {
    LevelMatch match;
    match.a = wanted < 0 || std::size_t(wanted) >= a.size() ? int(a.size()) - 1 : wanted;
    const player::LevelInfo& level = a[std::size_t(match.a)];
    if (std::size_t(match.a) < b.size() && lines_apart(level, b[std::size_t(match.a)]) == 0 &&
        doublings(level, b[std::size_t(match.a)]) <= 1) {
        match.b = match.a;
        return match;
    }
    const auto nearest = std::min_element(b.begin(), b.end(), [&](const auto& one, const auto& two) {
        const int apart_one = lines_apart(level, one), apart_two = lines_apart(level, two);
        return apart_one != apart_two ? apart_one < apart_two : doublings(level, one) < doublings(level, two);
    });
    match.b = int(nearest - b.begin());
    if (match.b != match.a || lines_apart(level, *nearest) != 0 || doublings(level, *nearest) > 1)
        match.notice = fmt::format("{} is compared with {}: there is none nearer", level_text(level, match.a),
                                   level_text(*nearest, match.b));
    return match;
}

}  // namespace qd::compare
