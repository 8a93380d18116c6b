#pragma once
// What a rota comes to: shifts as spans of time, who is on call, and where nobody or too many are. Pure.

#include <string>
#include <vector>

#include "oncall/rota.hpp"

namespace qd::oncall {

struct Shift {
    std::string person;
    std::string layer;
    core::WallTime from{};
    core::WallTime to{};  // exclusive

    bool operator==(const Shift&) const = default;
};

struct Span {
    core::WallTime from{};
    core::WallTime to{};

    bool operator==(const Span&) const = default;
};

/// More than one person in one place, or one person in two.
struct Overlap {
    Span span;
    std::string text;  // "anna and ben are both on primary"

    bool operator==(const Overlap&) const = default;
};

inline constexpr std::chrono::hours longest_range{24 * 400};
inline constexpr std::size_t max_shifts = 20'000;

/// Every shift that touches [from, to), whole (it may begin before and end after), by layer and begin. A
/// longer range is cut to longest_range, more shifts to max_shifts.
std::vector<Shift> shifts(const Rota& rota, core::WallTime from, core::WallTime to);

/// Those on call at `at`, in the order of the layers.
std::vector<Shift> who(const Rota& rota, core::WallTime at);

/// The next shift of each layer that begins after `at` within the coming 60 days.
std::vector<Shift> next(const Rota& rota, core::WallTime at);

/// The parts of [from, to) in which nobody is on call.
std::vector<Span> gaps(const std::vector<Shift>& shifts, core::WallTime from, core::WallTime to);
/// At most 100, those within [from, to).
std::vector<Overlap> overlaps(const std::vector<Shift>& shifts, core::WallTime from, core::WallTime to);

}  // namespace qd::oncall
