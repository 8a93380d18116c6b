#pragma once
// The segments that were pulled from the session lately, kept compressed, so that going back (or over the
// last seconds again and again) asks the server for nothing. Pure; not thread-safe.

#include <cstdint>
#include <deque>
#include <optional>

#include "player/session.hpp"

namespace qd::decode {

class SegmentShelf {
public:
    explicit SegmentShelf(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

    void clear();
    /// Puts a segment, the session's next, at the end of its track's row; what was read longest ago goes when
    /// there is too much. What is still to be read stays.
    void add(const player::MediaSegment& segment);
    /// The segment at the track's mark, which moves on; nothing at the end of the row: the session has the
    /// next.
    std::optional<player::MediaSegment> next(player::Track track);
    /// Moves the marks onto the segments that hold `position` (on each track in use). False, with nothing
    /// moved, when one of them is not here, or is of another level than `level` from there on.
    bool rewind(core::Seconds position, std::optional<int> level = std::nullopt);

    /// Whether rewind() to there would do, whatever the level.
    bool holds_position(core::Seconds position) const;

    /// The end of the shortest row; nothing while there is none.
    std::optional<core::Seconds> end() const;
    /// The end of the track's row, which is not empty.
    core::Seconds end_of(player::Track track) const;
    std::uint64_t bytes() const { return bytes_; }
    bool holds(player::Track track) const { return !row(track).segments.empty(); }

private:
    struct Row {
        std::deque<player::MediaSegment> segments;
        std::size_t mark = 0;  // the next to be read
    };
    static constexpr int tracks = 2;  // main and audio
    /// The index of the segment that holds `position`, or nothing.
    static std::optional<std::size_t> find(const Row& row, core::Seconds position, std::optional<int> level);
    const Row& row(player::Track track) const { return rows_[track == player::Track::main ? 0 : 1]; }
    Row& row(player::Track track) { return rows_[track == player::Track::main ? 0 : 1]; }
    void make_room();

    std::uint64_t max_bytes_;
    std::uint64_t bytes_ = 0;
    Row rows_[tracks];
};

}  // namespace qd::decode
