#pragma once
// Which frame of one side belongs to which of the other, by media position, also at different frame rates:
// each frame of the slower side is paired with the nearest one of the faster. Pure; not thread-safe.

#include <cstdint>
#include <deque>
#include <optional>

#include "compare/side.hpp"
#include "core/clock.hpp"

namespace qd::compare {

/// A frame to be paired; `key` is the caller's.
struct TimedFrame {
    std::uint64_t key = 0;
    core::Seconds at{};  // on its own side's timeline
    core::Seconds duration{};
};

enum class PairKind {
    pair,     // both
    missing,  // one side's frame has no counterpart: `side` lacks it
    spare,    // the faster side's frames between those that are paired
};

struct Pairing {
    PairKind kind = PairKind::pair;
    Side side = Side::a;      // missing: the side that lacks it; spare: the side that has it
    Both<std::uint64_t> key;  // pair: both; missing and spare: that of the side that has it
    core::Seconds at{};       // on side a's timeline
    core::Seconds duration{};
};

class Aligner {
public:
    /// Frames waiting for the other side beyond this are given up unpaired (as spare): bounds memory.
    explicit Aligner(std::size_t most_waiting = 64) : most_waiting_(most_waiting) {}

    /// b minus a; for frames pushed from now on and those that wait.
    void set_offset(core::Seconds b_minus_a) { offset_ = b_minus_a; }
    core::Seconds offset() const { return offset_; }

    /// Where comparing begins, on side a's timeline: frames before it are spare. Not set: where the side that
    /// begins later begins (live windows).
    void begin_at(core::Seconds at) { begin_ = at; }
    /// In order of position, as from a decoder.
    void push(Side side, const TimedFrame& frame);
    /// The side has nothing more: what the other still has is missing here.
    void end(Side side);
    /// The side failed or was cut off: what the other still has is spare.
    void abandon(Side side);
    /// A seek.
    void reset();

    /// Decided pairings in order of position; call until it gives nothing.
    std::optional<Pairing> next();

    /// The side with fewer frames a second (equal rates: a); 0 until frames have come.
    Side slower() const;
    Both<core::Seconds> frame_duration() const { return {mean_[Side::a].mean, mean_[Side::b].mean}; }
    std::size_t waiting(Side side) const { return waiting_[side].size(); }

private:
    struct Mean {
        core::Seconds mean{};
        int count = 0;
        void add(core::Seconds value);
    };
    core::Seconds on_a(Side side, core::Seconds at) const { return side == Side::b ? at - offset_ : at; }
    bool over(Side side) const { return ended_[side] || abandoned_[side]; }
    bool too_early(core::Seconds at) const;
    Pairing alone(Side has, PairKind kind);
    PairKind kind_alone(Side has, core::Seconds at, std::optional<core::Seconds> nearest) const;

    std::size_t most_waiting_;
    core::Seconds offset_{};
    std::optional<core::Seconds> begin_;
    Both<std::deque<TimedFrame>> waiting_;
    Both<std::optional<core::Seconds>> first_;  // on its own timeline
    Both<std::optional<core::Seconds>> last_;   // decided upon, on a's timeline
    Both<Mean> mean_;
    Both<bool> ended_, abandoned_;
};

}  // namespace qd::compare
