#pragma once
// What simulated viewers do: when they come, what they choose, how long they stay. Pure but for the random
// source.

#include <cstddef>

#include "core/clock.hpp"
#include "core/random.hpp"

namespace qd::viewers {

struct Habits {
    // Watch times are bounded Pareto: most leave soon, some stay long. The mean is about 25 s.
    core::Seconds shortest_watch{8};
    core::Seconds longest_watch{600};
    double tail = 1.3;
    // Pauses between sessions are exponential, bounded.
    core::Seconds mean_pause{3};
    core::Seconds longest_pause{20};
};

core::Seconds watch_time(const Habits& habits, core::Random& random);
core::Seconds pause_time(const Habits& habits, core::Random& random);

/// Which of `titles` (> 0, newest first): the n-th is chosen 1/n as often as the first, as audiences do
/// (Zipf).
std::size_t choose_title(std::size_t titles, core::Random& random);

/// When the `index`-th of `count` viewers arrives: evenly over 0.1 s each (2 s to 20 s in all), with a jitter
/// of one place, so that they never come as one.
core::Seconds arrival(std::size_t index, std::size_t count, core::Random& random);

/// The wait before another try after `failures` (>= 1) in a row: 1 s doubled up to 10 s, jittered by a
/// quarter.
core::Seconds retry_wait(unsigned failures, core::Random& random);

}  // namespace qd::viewers
