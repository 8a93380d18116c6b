#pragma once
// Two addresses compared without a screen or a clock: the same segments of both, each frame of them, as fast
// as they can be had.

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "compare/comparison.hpp"
#include "compare/side_options.hpp"

namespace qd::compare {

struct HeadlessOptions {
    core::Seconds at{};                      // where to begin; live: near the end
    core::Seconds length{};                  // of what is compared; zero: to the end
    int level = -1;                          // index on side a; -1: the highest
    std::optional<core::Seconds> b_minus_a;  // nothing: found from the pictures
    int decoder_threads = 2;                 // each side
    std::chrono::seconds patience{60};       // for anything to come
    Thresholds thresholds;
};

/// The pairs that begin in one segment of side a.
struct SegmentResult {
    Both<std::uint64_t> sequence;
    core::Seconds from{}, to{};  // on side a's timeline
    std::uint64_t pairs = 0, identical = 0;
    double mean_ssim = 0, worst_ssim = 1;
    double worst_psnr_db = 0;
    Both<std::uint64_t> missing;  // since the segment before
    Both<bool> frozen, black;     // at any pair
    Both<std::optional<player::FetchRecord>>
        fetch;  // the attempt that brought it, or the last one that failed
};

/// One at a time; on_notice and on_fetch from any thread.
struct HeadlessCallbacks {
    std::function<void(const SegmentResult&)> on_segment;
    std::function<void(const PairScore&)> on_pair;
    std::function<void(Side, const player::FetchRecord&)> on_fetch;
    std::function<void(const std::string&)> on_notice;
};

struct HeadlessResult {
    Verdict verdict;
    Both<std::optional<core::Error>> error;  // of the side: it could not be played, or not to its end
    bool interrupted = false;
};

/// Blocks; what happens to a side is in the result. Bounded memory: a few decoded frames and 20 s of segments
/// a side.
HeadlessResult compare_streams(const Both<SideOptions>& what, const CompareServices& services,
                               const HeadlessOptions& options, const HeadlessCallbacks& callbacks,
                               const std::stop_token& stop);

}  // namespace qd::compare
