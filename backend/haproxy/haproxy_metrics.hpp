#pragma once
// What each arm of a HAProxy answered, by HAProxy's own counters. It counts answers by class and requests
// without one; how long each took it does not: `timed` is 0, and the judge says that latency is not measured.

#include <array>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "haproxy/options.hpp"
#include "haproxy/runtime_state.hpp"
#include "rollouts/drivers.hpp"

namespace qd::haproxy {

/// Thread-safe; only sample() does I/O.
class HaproxyMetrics final : public rollouts::ArmMetrics {
public:
    /// Samples of a second each: the longest window of an analysis is an hour.
    static constexpr std::size_t most_samples = 3'700;

    /// The clock outlives it.
    HaproxyMetrics(Options options, const core::Clock& clock) : options_(std::move(options)), clock_(clock) {}

    /// Asks HAProxy once, for options.timeout at most; to be called each second. A HAProxy that was started
    /// anew is counted on from 0. Errc::unprocessable when it does not count answers.
    core::Result<> sample();
    /// From the first sample of the window to the last: nothing when there are not two.
    std::optional<rollouts::ArmWindow> counts(core::WallTime now, std::chrono::milliseconds window,
                                              double latency_threshold_s) override;

private:
    struct Arm {
        std::uint64_t requests = 0, errors = 0;  // since the first sample
    };
    struct Sample {
        core::SteadyTime at;  // so that a wall clock that jumps moves nothing
        std::array<Arm, 3> arms;
    };

    const Options options_;
    const core::Clock& clock_;
    std::mutex sampling_;      // one sample() at a time; guards last_
    ServerCountsByName last_;  // of the sample before
    std::mutex mutex_;         // guards samples_
    std::deque<Sample> samples_;
};

}  // namespace qd::haproxy
