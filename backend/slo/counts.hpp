#pragma once
// Good and all events as whole numbers: every figure of an SLO is derived from a pair of these, so that it
// can be shown with its numerator and denominator. Ratios of ratios are never averaged.

#include <algorithm>
#include <cstdint>
#include <optional>

namespace qd::slo {

/// Invariant kept by whoever counts: good <= total. An event of a time-based indicator is a millisecond.
struct Counts {
    std::uint64_t good = 0;
    std::uint64_t total = 0;

    std::uint64_t bad() const { return total - std::min(good, total); }
    /// In [0, 1]; nothing without events.
    std::optional<double> good_ratio() const {
        if (total == 0) return std::nullopt;
        return double(std::min(good, total)) / double(total);
    }
    std::optional<double> error_ratio() const {
        if (total == 0) return std::nullopt;
        return double(bad()) / double(total);
    }

    Counts& operator+=(const Counts& other) {
        good += other.good;
        total += other.total;
        return *this;
    }
    /// Takes away what was added before.
    Counts& operator-=(const Counts& other) {
        good -= std::min(good, other.good);
        total -= std::min(total, other.total);
        return *this;
    }
    friend Counts operator+(Counts a, const Counts& b) { return a += b; }
    bool operator==(const Counts&) const = default;
};

}  // namespace qd::slo
