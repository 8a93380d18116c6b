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
#include "hls/define.hpp"
#include "hls/playlist.hpp"
#include "player/segment_keys.hpp"
#include "player/session.hpp"

namespace qd::player {

struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;

    bool operator==(const ByteRange&) const = default;
};

/// How a segment is encrypted.
struct SegmentKey {
    std::string url;  // where the key is; empty when `refusal` is set
    InitialisationVector iv{};
    std::string refusal;  // why it cannot be decrypted here: another method or key format

    bool operator==(const SegmentKey&) const = default;
};

struct InitSection {
    std::string url;
    std::optional<ByteRange> range;
    std::optional<SegmentKey> key;

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
    bool gap = false;  // EXT-X-GAP: declared missing
    std::optional<SegmentKey> key;

    core::Seconds end() const { return start + duration; }
};

/// What a multivariant playlist offers. A media playlist is one level whose URL is its own. The vectors of
/// one kind are as long as each other.
struct Presentation {
    std::vector<LevelInfo>
        levels;  // by ascending bandwidth; never empty; without audio-only ones beside video
    std::vector<std::vector<std::string>> backups;  // by level: redundant copies (same rate, size and codecs)
    std::vector<TrackInfo> audio_tracks;
    std::vector<std::vector<std::string>> audio_backups;  // by audio track: the same in other groups
    std::vector<TrackInfo> subtitle_tracks;
    std::vector<LevelInfo> i_frames;  // I-frame playlists, by ascending bandwidth
    int default_audio = -1;
    std::optional<core::Seconds> start_offset;  // EXT-X-START; negative: from the end
    bool bare = false;                          // the text was a media playlist
    hls::Variables variables;                   // for media playlists to import
    std::vector<hls::IgnoredFeature> ignored;
};

/// Either kind of playlist, `url` being where it came from. Errc::corrupt when it is neither, or has nothing
/// to play.
core::Result<Presentation> read_presentation(std::string_view text, const std::string& url);

/// A media playlist's segments on a timeline that begins at 0, `url` being where it came from: all that is
/// needed to fetch and decrypt each. Serves I-frame playlists (each segment is then one picture's byte
/// range) as well as others.
struct MediaTimeline {
    std::deque<TimelineSegment> segments;
    core::Seconds target_duration{};
    bool complete = false;   // nothing will be added
    bool keeps_all = false;  // nothing goes away
    bool i_frames_only = false;
    std::optional<core::Seconds> start_offset;  // EXT-X-START; negative: from the end
    std::vector<hls::IgnoredFeature> ignored;
};
core::Result<MediaTimeline> read_media_segments(std::string_view text, const std::string& url,
                                                const hls::Variables& imported = {});

/// Not thread-safe.
class PlaylistTracker {
public:
    static constexpr std::size_t max_segments = 50'000;

    explicit PlaylistTracker(std::string url, hls::Variables imported = {})
        : url_(std::move(url)), imported_(std::move(imported)) {}

    const std::string& url() const { return url_; }
    /// The same playlist is to be had elsewhere, or anew at its address: unknown until it has been loaded,
    /// then joined to the timeline that was known.
    void relocate(std::string url, core::SteadyTime now);

    /// When to load (again): in the past until the first load has succeeded; nothing while a load is under
    /// way and once the playlist is complete.
    std::optional<core::SteadyTime> due() const;
    void begin_load(core::SteadyTime now);
    /// Nobody waits for the load under way any more.
    void load_cancelled(core::SteadyTime now);
    /// Takes a fresh copy over; `from` is where it came from after redirects (empty: url()). Errc::corrupt
    /// leaves what was known in place and counts as a failed load.
    core::Result<> loaded(std::string_view text, core::SteadyTime now, const std::string& from = {});
    /// Asked again after 0.5 s, doubled up to the target duration (at least 4 s).
    void load_failed(core::SteadyTime now);

    bool known() const { return known_; }
    bool complete() const { return complete_; }
    /// EVENT: it grows, but nothing of it goes away, so that it is played from its beginning.
    bool keeps_all() const { return keeps_all_; }
    unsigned failures() const { return failures_; }
    /// How often its numbers went back: sequence numbers kept from before mean nothing any more.
    unsigned resets() const { return resets_; }
    /// Since when nothing new has come although it is live.
    std::optional<core::SteadyTime> unchanged_since() const { return unchanged_since_; }
    /// EXT-X-START; negative: from the end.
    std::optional<core::Seconds> start_offset() const { return start_offset_; }
    /// The longest segment listed; the target duration may lie.
    core::Seconds longest_segment() const { return longest_; }
    const std::vector<hls::IgnoredFeature>& ignored() const { return ignored_; }
    core::Seconds target_duration() const { return target_; }
    /// How often something new is to be expected: the target duration, as the RFC has it, unless the segments
    /// listed give it the lie; then the longest of them. Between 0.5 s and 60 s.
    core::Seconds pace() const;
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
    hls::Variables imported_;
    std::deque<TimelineSegment> segments_;
    core::Seconds target_{};
    bool known_ = false;
    bool complete_ = false;
    bool keeps_all_ = false;
    bool loading_ = false;
    unsigned failures_ = 0;
    core::SteadyTime load_began_{};
    unsigned resets_ = 0;
    core::Seconds longest_{};
    std::optional<core::Seconds> start_offset_;
    std::optional<core::SteadyTime> unchanged_since_;
    std::vector<hls::IgnoredFeature> ignored_;
    core::SteadyTime due_{};
};

}  // namespace qd::player
