#pragma once
// How long to wait before a process that ended unasked is started again. Pure.

#include <algorithm>
#include <chrono>

namespace qd::site {

class Backoff {
public:
    static constexpr std::chrono::milliseconds first{250};
    static constexpr std::chrono::milliseconds longest{10'000};
    /// A process that ran so long was healthy: its next end counts as a first one.
    static constexpr std::chrono::milliseconds steady{30'000};

    /// The wait after an end that followed `ran_for`: 250 ms, doubling to 10 s.
    std::chrono::milliseconds after_end(std::chrono::milliseconds ran_for) {
        if (ran_for >= steady) failures_ = 0;
        const auto wait = first * (1 << std::min(failures_, 6u));
        failures_ = std::min(failures_ + 1, 16u);
        return std::min(wait, longest);
    }

private:
    unsigned failures_ = 0;
};

}  // namespace qd::site
