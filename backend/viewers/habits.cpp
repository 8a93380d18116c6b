#include "viewers/habits.hpp"

#include <algorithm>
#include <cmath>

namespace qd::viewers {

core::Seconds watch_time(const Habits& habits, core::Random& random) {
    // The inverse of the bounded Pareto's distribution function.
    const double low = std::pow(habits.shortest_watch.count(), habits.tail);
    const double high = std::pow(habits.longest_watch.count(), habits.tail);
    const double u = random.uniform();
    const double x = std::pow(-(u * high - u * low - high) / (high * low), -1 / habits.tail);
    return std::clamp(core::Seconds(x), habits.shortest_watch, habits.longest_watch);
}

core::Seconds pause_time(const Habits& habits, core::Random& random) {
    return std::min(habits.longest_pause, -std::log(1 - random.uniform()) * habits.mean_pause);
}

std::size_t choose_title(std::size_t titles, core::Random& random) {
    double sum = 0;
    for (std::size_t n = 1; n <= titles; ++n) sum += 1.0 / double(n);
    double left = random.uniform() * sum;
    for (std::size_t n = 1; n < titles; ++n) {
        left -= 1.0 / double(n);
        if (left < 0) return n - 1;
    }
    return titles - 1;
}

core::Seconds arrival(std::size_t index, std::size_t count, core::Random& random) {
    const double spread = std::clamp(0.1 * double(count), 2.0, 20.0);
    const double place = spread / double(std::max<std::size_t>(count, 1));
    return core::Seconds(place * (double(index) + random.uniform()));
}

core::Seconds retry_wait(unsigned failures, core::Random& random) {
    const double wait = std::min(10.0, std::exp2(double(std::min(failures, 10u)) - 1));
    return core::Seconds(wait * (0.75 + 0.5 * random.uniform()));
}

}  // namespace qd::viewers
