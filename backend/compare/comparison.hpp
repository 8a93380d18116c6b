#pragma once
// From decoded frames of two sides to scores and a verdict: aligns, scores, watches for freezes and black.
// Not thread-safe; no I/O.

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "compare/alignment.hpp"
#include "compare/lasting.hpp"
#include "compare/luma.hpp"
#include "compare/verdict.hpp"

namespace qd::compare {

struct ComparedFrame {
    core::Seconds at{};  // on its own side's timeline
    core::Seconds duration{};
    std::uint64_t segment = 0;  // media sequence number
    Luma luma;                  // empty: not to be scored, but there
    std::optional<std::uint32_t> code;
};

class Comparison {
public:
    explicit Comparison(Both<std::string> names, Thresholds thresholds = {});

    void set_offset(const Offset& offset);
    const Offset& offset() const { return offset_; }
    /// On side a's timeline; see Aligner.
    void begin_at(core::Seconds at) { aligner_.begin_at(at); }

    /// In order of position.
    void push(Side side, ComparedFrame frame);
    /// The side has come to its end: what the other still has is missing on it.
    void end(Side side);
    /// Nothing more comes of the side, which says nothing about what it would have shown.
    void cut(Side side);
    void failed(Side side, std::optional<core::Seconds> at, const std::string& reason);
    void note(std::string text) { judge_.note(std::move(text)); }
    /// A seek: frames before and after it do not follow each other.
    void interrupt();

    /// Pairs that wait to be scored.
    std::size_t waiting() const { return pairs_.size(); }
    /// The oldest pair that waits. Takes as long as scoring takes: some 5 ms for 1080 lines.
    std::optional<PairScore> score_next();
    /// The oldest pair that waits is given up and counted.
    void skip_next();
    /// One frame that is not looked at: the offset is not known yet.
    void skip_frame() { judge_.skipped(); }
    /// Frames that a side has been found to lack so far.
    std::uint64_t missing(Side side) const { return missing_[side]; }

    /// The last frame's position, on side a's timeline.
    std::optional<core::Seconds> last(Side side) const { return last_[side]; }

    Verdict verdict() const;

private:
    struct Pair {
        Both<ComparedFrame> frame;
        core::Seconds at{}, duration{};
    };
    void align();

    Aligner aligner_;
    FreezeBlackDetector detector_;
    LastingDetector lasting_;
    Judge judge_;
    Offset offset_;
    std::uint64_t next_key_ = 1;
    Both<std::map<std::uint64_t, ComparedFrame>> frames_;  // that the aligner holds
    std::deque<Pair> pairs_;
    Both<std::uint64_t> missing_;
    Both<std::optional<core::Seconds>> last_;
    std::uint64_t number_ = 0;
    std::uint64_t other_numbers_ = 0;  // pairs whose frame codes are not the same
};

}  // namespace qd::compare
