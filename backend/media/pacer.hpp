#pragma once
// Which pictures go out at what media time, and where segments and groups of pictures begin. Pure. Source
// timestamps are kept, however uneven: nothing is duplicated or dropped but for a rate beyond the cap, and for
// stills that outlast a segment.

#include <cstdint>
#include <optional>
#include <vector>

namespace qd::media {

/// Media time in 1/90,000 s: exact for all common frame rates and for AAC at 48 kHz.
using Ticks = std::int64_t;
inline constexpr Ticks ticks_per_second = 90'000;
Ticks to_ticks(double seconds);
double to_seconds(Ticks ticks);

/// Marks at the multiples of `step`: one is taken by the first picture at it or later (or a rounding before),
/// and the marks never shift.
class Grid {
public:
    static constexpr Ticks rounding = ticks_per_second / 200;

    explicit Grid(Ticks step) : step_(step) {}

    /// Whether a picture at `at` takes a mark; in order of time.
    bool take(Ticks at) {
        if (at + rounding < next_) return false;
        next_ = ((at + rounding) / step_ + 1) * step_;
        return true;
    }
    Ticks next() const { return next_; }

private:
    Ticks step_;
    Ticks next_ = 0;
};

struct Picture {
    Ticks at = 0;
    bool begins_segment = false;
    bool begins_group = false;  // decoding can begin here
    bool repeat = false;        // show the picture before this one again

    bool operator==(const Picture&) const = default;
};

/// Segments begin at the first picture from each multiple of `segment` on (the grid never shifts). When none
/// comes within `longest_delay` of it, the last picture is repeated there, so that no segment is longer than
/// `segment` + `longest_delay` + a picture's rounding. Within longer segments, groups of pictures begin at
/// equal parts of at most `longest_group`: an exact seek decodes from a group's beginning, and two cores decode
/// a second of 1080p30 in less than 100 ms.
class Pacer {
public:
    static constexpr Ticks longest_delay = ticks_per_second / 4;
    static constexpr Ticks longest_group = ticks_per_second;

    /// `least_interval`: the cap of the frame rate, as an interval; nothing: no cap.
    explicit Pacer(Ticks segment, std::optional<Ticks> least_interval = std::nullopt)
        : segments_(segment),
          groups_(segment / ((segment + longest_group - 1) / longest_group)),
          least_interval_(least_interval) {}

    /// A picture of the source at `at` since the title's beginning. The first one goes out at 0, whenever it
    /// is. Adds what goes out: repeats first, then the picture itself unless it is late (not after the one
    /// before) or beyond the cap.
    void offer(Ticks at, std::vector<Picture>& out);
    /// Repeats the last picture up to `end`, where the title's boundaries ask for it.
    void extend(Ticks end, std::vector<Picture>& out);

    /// Where the next segment is to begin.
    Ticks next_boundary() const { return segments_.next(); }
    std::optional<Ticks> last() const { return last_; }

private:
    void put(Ticks at, bool repeat, std::vector<Picture>& out);

    Grid segments_;
    Grid groups_;
    std::optional<Ticks> least_interval_;
    std::optional<Ticks> last_;
    Ticks last_slot_ = 0;
};

}  // namespace qd::media
