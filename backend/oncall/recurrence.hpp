#pragma once
// When a calendar's entry takes place. Pure.

#include <vector>

#include "oncall/schedule.hpp"

namespace qd::oncall {

/// The occurrences that touch [from, to), whole, by begin; at most `most`.
std::vector<Span> occurrences(const CalendarEvent& event, core::WallTime from, core::WallTime to,
                              std::size_t most);

}  // namespace qd::oncall
