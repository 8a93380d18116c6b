#pragma once
// Playlists as a player sees them: the levels of a multivariant playlist, and one media playlist over time,
// reloaded by the rules of RFC 8216, 6.3.4 until it ends. No I/O: the owner fetches and reports.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "player/session.hpp"

namespace qd::player {

struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;

    bool operator==(const ByteRange&) const = default;
};

struct InitSection {
    std::string url;
    std::optional<ByteRange> range;

    bool operator==(const InitSection&) const = default;
};

struct TimelineSegment {
    std::uint64_t sequence = 0;
    std::uint64_t discontinuity_sequence = 0;
    core::Seconds start{};  // position in the presentation
    core::Seconds duration{};
    std::string url;
    std::optional<ByteRange> range;
    std::optional<InitSection> init;
    std::optional<core::WallTime> program_date_time;
    bool gap = false;        // EXT-X-GAP: declared missing
    bool encrypted = false;  // a key is in force; we have no decryption

    core::Seconds end() const { return start + duration; }
};

/// What a multivariant playlist offers. A media playlist is one level whose URL is its own.
struct Presentation {
    std::vector<LevelInfo>
        levels;  // by ascending bandwidth; never empty; without audio-only ones beside video
    std::vector<std::string> audio_urls;  // by level: its separate audio's media playlist, or empty
};

/// Either kind of playlist, `url` being where it came from. Errc::corrupt when it is neither, or has nothing
/// to play.
core::Result<Presentation> read_presentation(std::string_view text, const std::string& url);

/// Not thread-safe.
class PlaylistTracker {
public:
    static constexpr std::size_t max_segments = 50'000;

    explicit PlaylistTracker(std::string url) : url_(std::move(url)) {}

    const std::string& url() const { return url_; }

    /// When to load (again): in the past until the first load has succeeded; nothing while a load is under
    /// way and once the playlist is complete.
    std::optional<core::SteadyTime> due() const;
    void begin_load(core::SteadyTime now);
    /// Takes a fresh copy over. Errc::corrupt leaves what was known in place and counts as a failed load.
    core::Result<> loaded(std::string_view text, core::SteadyTime now);
    /// Asked again after 0.5 s, doubled up to the target duration (at least 4 s).
    void load_failed(core::SteadyTime now);

    bool known() const { return known_; }
    bool complete() const { return complete_; }
    /// EVENT: it grows, but nothing of it goes away, so that it is played from its beginning.
    bool keeps_all() const { return keeps_all_; }
    unsigned failures() const { return failures_; }
    core::Seconds target_duration() const { return target_; }
    const std::deque<TimelineSegment>& segments() const { return segments_; }
    core::Seconds start() const { return segments_.empty() ? core::Seconds(0) : segments_.front().start; }
    core::Seconds end() const { return segments_.empty() ? core::Seconds(0) : segments_.back().end(); }

    /// The segment with that number, or null.
    const TimelineSegment* by_sequence(std::uint64_t sequence) const;
    /// The segment that holds `position`; before the first: the first; null from the end on.
    const TimelineSegment* at(core::Seconds position) const;

    /// Shifts this timeline onto `other`'s, by program date-time where both have it, else by equal sequence
    /// numbers (what players do in practice: RFC 8216 promises nothing there). Complete playlists both start
    /// at 0 and stay.
    void align_with(const PlaylistTracker& other);

private:
    bool take_over(std::deque<TimelineSegment> fresh);

    std::string url_;
    std::deque<TimelineSegment> segments_;
    core::Seconds target_{};
    bool known_ = false;
    bool complete_ = false;
    bool keeps_all_ = false;
    bool loading_ = false;
    unsigned failures_ = 0;
    core::SteadyTime load_began_{};
    core::SteadyTime due_{};
    std::string map_source_;
};

}  // namespace qd::player
