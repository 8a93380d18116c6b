#pragma once
// The two things that are compared. `a` is the reference (stable), `b` what is judged by it (canary).

#include <array>
#include <cstddef>

namespace qd::compare {

enum class Side { a, b };

inline constexpr std::array sides{Side::a, Side::b};

constexpr Side other(Side side) {
    return side == Side::a ? Side::b : Side::a;
}
constexpr std::size_t index(Side side) {
    return side == Side::a ? 0 : 1;
}

/// One thing for each side.
template <class T>
struct Both {
    T a{}, b{};

    T& operator[](Side side) { return side == Side::a ? a : b; }
    const T& operator[](Side side) const { return side == Side::a ? a : b; }
    bool operator==(const Both&) const = default;
};

}  // namespace qd::compare
