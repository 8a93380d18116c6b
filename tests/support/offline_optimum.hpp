#pragma once
// The best that any player could have done over a network trace it knew beforehand: the levels with the
// highest sum of bandwidth x media time of all that never stall. Written without the player's own code but
// the trace.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "player/network_trace.hpp"

namespace qd::test {

struct OptimumTask {
    std::vector<std::int64_t> level_bps;            // what a level counts for, ascending
    std::vector<std::vector<double>> segment_bits;  // [level][segment]: what it takes to load
    double segment_s = 2;
    double first_request_s = 0;  // trace time at which the first segment is asked for
    double start_s = 0;          // trace time at which playback begins; it never stops from there on
    double grace_s = 0;          // a segment may come so much after its turn: the grain of who is compared
    double buffer_goal_s = 30;   // no request while so much is ahead of the playhead; infinite: unlimited
};

/// When a segment asked for at `time` is there: one request at a time, each after the latency of its moment.
inline double arrival(const player::NetworkTrace& trace, double time, double bits) {
    const core::Seconds first_byte = core::Seconds(time) + trace.at(core::Seconds(time)).latency;
    return trace.carried(first_byte, bits).count();
}

/// When segment `index` may be asked for, the one before having come at `free_s`.
inline double may_ask(const OptimumTask& task, std::size_t index, double free_s) {
    return std::max(free_s, task.start_s + double(index) * task.segment_s - task.buffer_goal_s);
}

/// Average bandwidth of the best choice, bit/s; nothing when every choice stalls. Dynamic programming over
/// the sum of the bandwidths so far: of all choices with the same sum only the one that is done first
/// matters, for it can do whatever the others can.
inline std::optional<double> offline_optimum(const player::NetworkTrace& trace, const OptimumTask& task) {
    std::int64_t unit = 0;
    for (const std::int64_t bps : task.level_bps) unit = std::gcd(unit, bps);
    const std::size_t segments = task.segment_bits.front().size();
    const std::size_t sums = std::size_t(task.level_bps.back() / unit) * segments + 1;
    constexpr double never = std::numeric_limits<double>::infinity();
    std::vector<double> done(sums, never), next(sums);
    done[0] = task.first_request_s;
    std::size_t highest = 0;
    for (std::size_t i = 0; i < segments; ++i) {
        std::fill(next.begin(), next.end(), never);
        const double deadline = task.start_s + double(i) * task.segment_s + task.grace_s;
        std::size_t reached = 0;
        double soonest = never;  // of the higher sums: who is done later with less is out
        for (std::size_t sum = highest + 1; sum-- > 0;) {
            if (done[sum] >= soonest) continue;
            soonest = done[sum];
            const double ask = may_ask(task, i, done[sum]);
            for (std::size_t level = 0; level < task.level_bps.size(); ++level) {
                const double at = arrival(trace, ask, task.segment_bits[level][i]);
                if (at > deadline) continue;
                const std::size_t to = sum + std::size_t(task.level_bps[level] / unit);
                next[to] = std::min(next[to], at);
                reached = std::max(reached, to);
            }
        }
        done.swap(next);
        highest = reached;
        if (std::all_of(done.begin(), done.end(), [](double at) { return std::isinf(at); }))
            return std::nullopt;
    }
    return double(highest) * double(unit) / double(segments);
}

}  // namespace qd::test
