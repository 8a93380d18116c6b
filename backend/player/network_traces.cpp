// The traces that come with the player. Rates in kbit/s, times in seconds.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/random.hpp"
#include "player/network_trace.hpp"

namespace qd::player {
namespace {

using Steps = std::vector<NetworkStep>;

NetworkStep step_of(double seconds, double kbps, double latency_ms) {
    return {core::Seconds(seconds), kbps * 1000, core::Seconds(latency_ms / 1000), 0};
}

/// Box and Muller: the same numbers with every standard library.
double normal(core::Random& random) {
    const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
    return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

struct Fading {
    double median_kbps;
    double spread;      // standard deviation of the rate's natural logarithm
    double memory;      // of one second for the one before, 0 .. 1
    double latency_ms;  // at the median rate; it grows as the rate falls
    double seconds = 300;
    double floor_kbps = 60;
};

Steps fading(core::Random& random, const Fading& how) {
    Steps steps;
    double deviation = how.spread * normal(random);
    for (double time = 0; time < how.seconds; time += 1) {
        const double kbps = std::max(how.floor_kbps, how.median_kbps * std::exp(deviation));
        const double latency = how.latency_ms * std::clamp(std::sqrt(how.median_kbps / kbps), 0.7, 3.0);
        steps.push_back(step_of(1, std::round(kbps), std::round(latency)));
        deviation =
            how.memory * deviation + how.spread * std::sqrt(1 - how.memory * how.memory) * normal(random);
    }
    return steps;
}

/// Nothing comes through for 3 to 7 s, each 35 to 60 s; never in the first 25.
Steps with_dead_spots(core::Random& random, Steps steps) {
    for (double at = 25 + 20 * random.uniform(); at + 7 < double(steps.size());
         at += 35 + 25 * random.uniform()) {
        const double length = 3 + 4 * random.uniform();
        for (double second = 0; second < length; second += 1) steps[std::size_t(at + second)].bps = 0;
    }
    return steps;
}

Steps stairs(std::initializer_list<double> kbps, double each, double latency_ms) {
    Steps steps;
    for (const double rate : kbps) steps.push_back(step_of(each, rate, latency_ms));
    return steps;
}

Steps sawtooth(double low, double high, double rise_s, double latency_ms) {
    Steps steps;
    for (double time = 0; time < rise_s; time += 1)
        steps.push_back(step_of(1, low + (high - low) * time / (rise_s - 1), latency_ms));
    return steps;
}

NetworkTrace named(std::string name, Steps steps) {
    return *NetworkTrace::from_steps(std::move(name), std::move(steps));
}

}  // namespace

std::vector<NetworkTrace> network_traces(std::uint64_t seed) {
    // A generator for each trace, so that a change to one leaves the others as they were.
    const auto generator = [seed](std::uint64_t trace) {
        return core::SeededRandom(seed * 1'000'003 + trace);
    };
    core::SeededRandom still = generator(1), moving = generator(2), lte = generator(3), drive = generator(4),
                       train = generator(5);
    std::vector<NetworkTrace> traces;
    traces.push_back(named("constant", stairs({4'000}, 60, 40)));
    traces.push_back(named("steps-up", stairs({800, 1'600, 3'200, 6'400}, 60, 40)));
    traces.push_back(named("steps-down", stairs({7'000, 3'500, 1'800, 900}, 60, 40)));
    traces.push_back(named("steps", stairs({5'000, 1'200, 5'000, 2'500, 900, 4'000}, 30, 40)));
    traces.push_back(named("sawtooth", sawtooth(700, 6'500, 40, 40)));
    traces.push_back(named("square", stairs({6'000, 1'000}, 12, 40)));
    traces.push_back(named("3g", fading(still, {1'400, 0.35, 0.85, 110})));
    traces.push_back(named("3g-moving", fading(moving, {1'600, 0.7, 0.9, 140})));
    traces.push_back(named("lte", fading(lte, {7'000, 0.4, 0.8, 45})));
    traces.push_back(named("lte-moving", fading(drive, {4'500, 0.8, 0.93, 60, 300, 200})));
    traces.push_back(named("dead-spots", with_dead_spots(train, fading(train, {5'000, 0.5, 0.85, 60}))));
    return traces;
}

core::Result<NetworkTrace> network_trace(std::string_view name, std::uint64_t seed) {
    std::string names;
    for (NetworkTrace& trace : network_traces(seed)) {
        if (trace.name() == name) return std::move(trace);
        names += (names.empty() ? "" : ", ") + trace.name();
    }
    return core::fail(core::Errc::not_found, "there is no network trace '{}'; there are: {}", name, names);
}

}  // namespace qd::player
