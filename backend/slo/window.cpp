#include "slo/window.hpp"

#include <fmt/format.h>

namespace qd::slo {
namespace {

struct CoverageUnit {
    std::int64_t seconds;
    const char* name;
};
constexpr CoverageUnit coverage_units[] = {
    {86'400, "days"}, {3600, "hours"}, {60, "minutes"}, {1, "seconds"}};

/// The greatest unit that `seconds` holds `least` times.
const CoverageUnit& unit_for(std::int64_t seconds, std::int64_t least) {
    for (const CoverageUnit& unit : coverage_units)
        if (seconds >= least * unit.seconds) return unit;
    return coverage_units[3];
}

}  // namespace

std::string describe_coverage(const WindowReading& window) {
    const CoverageUnit& whole_unit = unit_for(window.window_s, 2);
    const std::int64_t covered_s = std::clamp<std::int64_t>(window.covered_s, 0, window.window_s);
    // A month with a change of clocks has whole days all the same.
    const std::int64_t whole = (window.window_s + whole_unit.seconds / 2) / whole_unit.seconds;
    if (covered_s == window.window_s) return fmt::format("{0} of {0} {1}", whole, whole_unit.name);
    const CoverageUnit& unit = covered_s == 0 ? whole_unit : unit_for(covered_s, 1);
    if (unit.seconds >= whole_unit.seconds)
        return fmt::format("{} of {} {}", covered_s / whole_unit.seconds, whole, whole_unit.name);
    return fmt::format("{} {} of {} {}", covered_s / unit.seconds, unit.name, whole, whole_unit.name);
}

}  // namespace qd::slo
