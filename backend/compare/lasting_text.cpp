#include "compare/lasting_text.hpp"

#include <cmath>

#include <fmt/format.h>

namespace qd::compare {
namespace {

constexpr double noticeable = 0.5;  // levels of a plane, to be worth a word

std::string percent(double share) {
    return share < 0.01 ? "less than 1 %" : fmt::format("{:.0f} %", share * 100);
}

std::string levels(const std::array<double, planes>& levels) {
    static constexpr std::array names{"Y", "Cb", "Cr"};
    std::string text;
    for (std::size_t i = 0; i < planes; ++i)
        if (std::abs(levels[i]) >= noticeable)
            text += fmt::format("{}{} {:+.0f}", text.empty() ? "" : ", ", names[i], levels[i]);
    return text.empty() ? "by less than a level on average" : text;
}

std::string mark(const LastingDifference& mark, const std::string& b) {
    const std::string where =
        fmt::format("{} ({} of the picture)", place(mark.area), percent(mark.area.share));
    if (mark.structure) return fmt::format("{} shows something else {}", b, where);
    const double chroma = std::max(std::abs(mark.levels[1]), std::abs(mark.levels[2]));
    if (std::abs(mark.levels[0]) >= chroma)
        return fmt::format("{} is {:.0f} levels {} {}", b, std::abs(mark.levels[0]),
                           mark.levels[0] > 0 ? "brighter" : "darker", where);
    return fmt::format("{} has another colour {}: {}", b, where, levels(mark.levels));
}

std::string tint(const LastingDifference& tint, const std::string& a, const std::string& b) {
    switch (tint.cause) {
        case ColourCause::brightness:
            return fmt::format("{} is {:.1f} levels {} everywhere", b, std::abs(tint.amount),
                               tint.amount > 0 ? "brighter" : "darker");
        case ColourCause::contrast:
            return fmt::format("{} has {:.2f} times the contrast of {} everywhere: {} on average", b,
                               tint.amount, a, levels(tint.levels));
        case ColourCause::saturation:
            return fmt::format("{} has {:.2f} times the colour saturation of {} everywhere", b, tint.amount,
                               a);
        case ColourCause::range_expanded:
            return fmt::format("{} is stretched everywhere, as limited range taken for full is", b);
        case ColourCause::range_squeezed:
            return fmt::format("{} is compressed everywhere, as full range taken for limited is", b);
        case ColourCause::matrix_601_709:
            return fmt::format("{} has other colours everywhere: as if {} were BT.601 and {} BT.709", b, a,
                               b);
        case ColourCause::matrix_709_601:
            return fmt::format("{} has other colours everywhere: as if {} were BT.709 and {} BT.601", b, a,
                               b);
        case ColourCause::none:
        case ColourCause::other:
            break;
    }
    return fmt::format("{} has other colours everywhere: {}", b, levels(tint.levels));
}

std::string shift(const LastingDifference& shift, const std::string& b) {
    const auto along = [](double by, const char* positive, const char* negative) {
        return std::abs(by) < 0.3 ? std::string()
               : std::abs(by) < 0.8
                   ? fmt::format("less than 1 px {}", by > 0 ? positive : negative)
                   : fmt::format("about {:.0f} px {}", std::abs(by), by > 0 ? positive : negative);
    };
    const std::string across = along(shift.right, "to the right", "to the left");
    const std::string down = along(shift.down, "further down", "further up");
    return fmt::format("{}'s {} lies {}{}{}", b, shift.chroma_only ? "colour" : "picture", across,
                       across.empty() || down.empty() ? "" : " and ", down);
}

}  // namespace

std::string place(const Area& area) {
    const double x = (area.left + area.right) / 2, y = (area.top + area.bottom) / 2;
    const std::string across = x < 0.35 ? "left" : x > 0.65 ? "right" : "";
    const std::string down = y < 0.35 ? "upper" : y > 0.65 ? "lower" : "";
    if (across.empty() && down.empty()) return "in the middle";
    if (across.empty()) return y < 0.5 ? "at the top" : "at the bottom";
    if (down.empty()) return "on the " + across;
    return "in the " + down + " " + across;
}

std::string describe(const LastingDifference& difference, const std::string& a, const std::string& b) {
    switch (difference.kind) {
        case LastingKind::mark:
            return mark(difference, b);
        case LastingKind::tint:
            return tint(difference, a, b);
        case LastingKind::shift:
            return shift(difference, b);
    }
    return {};
}

}  // namespace qd::compare
