#pragma once
// What one arm of a traffic split did over a span of time: what a rollout's judge compares. Plain values.

#include <cstdint>
#include <vector>

namespace qd::timeseries {

/// Observations up to a bound, cumulative as in a Prometheus histogram.
struct BucketCount {
    double le = 0;  // the bound; infinity in the last
    std::uint64_t count = 0;

    bool operator==(const BucketCount&) const = default;
};

struct ArmCounts {
    std::int64_t covered_s = 0;          // seconds of the span with a reading of the gateway
    std::uint64_t total = 0;             // answers to playback requests, as clients got them
    std::uint64_t good = 0;              // those below 500
    std::vector<BucketCount> latency_s;  // of those requests, ascending; empty when none were measured
    std::vector<BucketCount> startup_s;  // of plays that viewers began, ascending; empty when there were none
    std::uint64_t startups = 0;          // plays that viewers began
    std::uint64_t fast_startups = 0;     // those within 2 s
    double watch_s = 0;                  // seconds that viewers of this arm spent, stalls included
    double stall_s = 0;                  // seconds they waited in the middle of a play
    std::uint64_t viewer_errors = 0;
    std::uint64_t stalled_sessions = 0;    // plays that stalled at least once
    std::uint64_t pictures = 0;            // frames compared with those of the stable path
    std::uint64_t different_pictures = 0;  // those that were not the same
    std::uint64_t scored_pictures = 0;     // those that were there on both, and so could be scored
    double ssim_sum = 0;                   // of their structural similarity, 1 each where they are the same

    bool operator==(const ArmCounts&) const = default;
};

/// The value below which a share `quantile` (0..1) of the observations lies, interpolated within its bucket
/// as PromQL's histogram_quantile does; nothing (-1) without observations, the last finite bound beyond it.
double quantile_s(const std::vector<BucketCount>& buckets, double quantile);

}  // namespace qd::timeseries
