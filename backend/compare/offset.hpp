#pragma once
// How far side b's timeline is shifted against side a's, found from the first pictures. Pure; not
// thread-safe.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/luma.hpp"
#include "compare/side.hpp"
#include "core/clock.hpp"

namespace qd::compare {

enum class OffsetMethod {
    none,        // not looked for, or nothing to tell by: the media positions are believed
    frame_code,  // the numbers in the pictures
    pictures,    // the shift at which the pictures are most alike
    sequence,    // equal media sequence numbers (live)
    date_time,   // EXT-X-PROGRAM-DATE-TIME
    given,       // by the caller
};
std::string_view to_string(OffsetMethod method);
std::optional<OffsetMethod> parse_offset_method(std::string_view name);

struct Offset {
    core::Seconds b_minus_a{};  // position on b minus position on a, of the same content
    OffsetMethod method = OffsetMethod::none;
    core::Seconds frame{};  // duration of a frame on the slower side; 0: not known

    /// In frames of the slower side, rounded.
    int frames() const;
    /// "offset +2 frames (by frame code)", "no offset".
    std::string text() const;
};

/// What is known of one frame before it is paired.
struct FrameStamp {
    core::Seconds at{};
    core::Seconds duration{};
    std::optional<std::uint32_t> code;
};

class OffsetFinder {
public:
    /// Looks `reach` either way for the most alike pictures; frame codes reach 60 s.
    explicit OffsetFinder(core::Seconds reach = core::Seconds(1)) : reach_(reach) {}

    /// In order of position. More than 300 frames a side are not taken.
    void add(Side side, const FrameStamp& stamp, const Sketch& picture);
    /// No more frames come on that side.
    void end(Side side) { ended_[side] = true; }

    /// As soon as it can be said: with frame codes after a few frames, else when both sides span `reach` and
    /// a second more, or have ended. `start` is taken where nothing speaks for another.
    std::optional<Offset> found(core::Seconds start = core::Seconds(0)) const;

private:
    struct Item {
        FrameStamp stamp;
        Sketch picture;
    };
    std::optional<Offset> by_code() const;
    std::optional<core::Seconds> by_pictures(core::Seconds start, core::Seconds frame) const;
    core::Seconds span(Side side) const;

    core::Seconds reach_;
    Both<std::vector<Item>> items_;
    Both<bool> ended_;
};

/// By program date-time, from one segment of each side: where it stands in the presentation and when it was
/// recorded. Nothing when that would be more than `most` apart: encodings of their own carry times of their
/// own.
std::optional<core::Seconds> offset_by_date_time(core::Seconds start_a, core::WallTime recorded_a,
                                                 core::Seconds start_b, core::WallTime recorded_b,
                                                 core::Seconds most = core::Seconds(10));

/// What has come of a side, by media sequence number.
struct PulledSegment {
    core::Seconds start{};                   // in its presentation
    std::optional<core::WallTime> recorded;  // program date-time
};
using PulledSegments = std::map<std::uint64_t, PulledSegment>;

/// In live windows positions count from where each side came in: the dates of what came last tell how far
/// that is apart, else the last sequence number that both have; nothing while there is neither.
std::optional<Offset> live_offset(const PulledSegments& a, const PulledSegments& b);

/// The same, and with no number in common yet it is believed that numbers count segments of `each`. Nothing
/// before both have one.
std::optional<Offset> offset_of_live(const PulledSegments& a, const PulledSegments& b, core::Seconds each);

}  // namespace qd::compare
