#pragma once
// A player without pictures: opens an HLS address, keeps a bounded buffer of segments ahead of the playhead,
// chooses levels, retries, and hands the segments out in order. Shared by decode (frames and sound) and by
// the viewers.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "hls/webvtt.hpp"
#include "http/message.hpp"
#include "player/abr.hpp"
#include "player/fetch_record.hpp"
#include "player/transport.hpp"

namespace qd::player {

struct LevelInfo {
    double bandwidth_bps = 0;   // declared peak
    double average_bps = 0;     // declared average, 0: not declared
    int width = 0, height = 0;  // 0: not declared
    double frame_rate = 0;      // 0: not declared
    std::string codecs;
    std::string url;

    bool operator==(const LevelInfo&) const = default;
};

/// A rendition that can be chosen beside the picture.
struct TrackInfo {
    std::string name;      // for people: "Deutsch"
    std::string language;  // BCP 47, or empty
    bool is_default = false;
    bool autoselect = false;
    bool forced = false;   // subtitles: only what is needed to follow the picture
    std::string channels;  // audio: "2", "6/-/-", or empty
    std::string url;       // its media playlist; empty: within the picture's segments

    bool operator==(const TrackInfo&) const = default;
};

using Cue = hls::Cue;

struct PresentationInfo {
    std::vector<LevelInfo> levels;  // by ascending bandwidth; one for a bare media playlist
    bool live = false;              // no end yet: EVENT and sliding windows
    core::Seconds start{};          // the earliest position that can be played
    core::Seconds end{};            // the end so far; the duration of what is not live
    core::Seconds target_duration{};
    bool separate_audio = false;                           // the chosen audio track has segments of its own
    std::vector<TrackInfo> audio_tracks, subtitle_tracks;  // in the order of the playlist
    bool has_i_frames = false;
};

struct SessionOptions {
    /// Sent with each request to the origin of the opened address, and to no other: a forced arm and its
    /// token
    /// ({"X-Quarterdeck-Arm", "canary"}, {"Authorization", "Bearer …"}).
    http::Headers headers;
    std::string session_id;                 // CMCD's sid; made up when empty
    std::string content_id;                 // CMCD's cid; left out when empty
    bool session_in_url = false;            // adds ?s=<session_id> to the opened address unless it has one
    std::optional<core::Seconds> start_at;  // default: where the playlist says (EXT-X-START), else the
                                            // beginning; of a sliding window: 3 target durations from the end
    std::optional<int> locked_level;
    int max_height = 0;           // levels above are never chosen by themselves; 0: any
    bool discard_bodies = false;  // segments are fetched and measured but not kept
    core::Seconds buffer_goal{30};
    std::uint64_t buffer_bytes = 60u << 20;
    double initial_bps = 500'000;
    unsigned attempts = 2;             // per segment, init or playlist
    unsigned give_up_after_skips = 3;  // so many segments in a row that cannot be had are fatal
    std::chrono::milliseconds retry_delay{250};
    std::chrono::milliseconds request_timeout{20'000};
    std::chrono::milliseconds stall_timeout{8'000};  // no byte for so long ends an attempt
    core::Seconds outage_patience{20};  // how long an unreachable server is asked again before that is fatal
    std::uint64_t max_segment_bytes = 64u << 20;
    std::chrono::milliseconds longest_retry_after{30'000};  // of what a server may ask us to wait
};

/// A fetched segment. `init` is null for formats that need none (MPEG-TS); the same initialisation data is
/// the same pointer. `data` is null when bodies are discarded.
struct MediaSegment {
    Track track = Track::main;
    std::uint64_t epoch = 0;  // grows with each seek
    std::uint64_t sequence = 0;
    int level = 0;
    double level_bps = 0;   // declared; of a bare media playlist, which declares nothing, this segment's own
    core::Seconds start{};  // position in the presentation
    core::Seconds duration{};
    std::uint64_t discontinuity_sequence = 0;
    std::optional<core::WallTime> recorded;  // EXT-X-PROGRAM-DATE-TIME, of its beginning
    bool follows_gap = false;  // the first after open, a seek or a skipped segment: decoders start afresh
    std::uint64_t bytes = 0;
    std::shared_ptr<const std::string> init;
    std::shared_ptr<const std::string> data;
};

enum class PullState { segment, waiting, ended, failed };

struct Pull {
    PullState state = PullState::waiting;
    MediaSegment segment;  // when state is segment
};

enum class SessionState {
    idle,       // before open() and after close()
    loading,    // playlists are on their way
    streaming,  // fetching segments
    complete,   // all of it is fetched; a seek goes back to streaming
    failed,     // fatal; open() starts anew
};
std::string_view to_string(SessionState state);

struct SkippedSegment {
    Track track = Track::main;
    std::uint64_t sequence = 0;
    core::Seconds start{};
    core::Seconds duration{};
    std::string reason;
};

/// Something a person should know although playing goes on. Codes, for programs: ignored (a feature of the
/// playlist that is not used; once each), redirect, headers_withheld, refreshed, retry_after, failover,
/// playlist_reset, playlist_stale, target_duration, subtitles, audio.
struct Notice {
    core::WallTime at{};
    std::string code;
    std::string message;
};

/// What happens in a session. Calls come one at a time and in order, from the transport's thread, the
/// executor's or whichever called into the session; no lock is held, so calling the session from here is
/// fine. Must not block.
class SessionObserver {
public:
    virtual ~SessionObserver() = default;
    virtual void on_presentation(const PresentationInfo&) {}  // known, and again when a live one has grown
    virtual void on_available() {}                            // pull() may answer differently now
    virtual void on_fetch(const FetchRecord&) {}              // each finished attempt
    virtual void on_decision(const AbrDecision&) {}           // each choice of a level
    virtual void on_skipped(const SkippedSegment&) {}
    virtual void on_notice(const Notice&) {}
    virtual void on_failed(const core::Error&) {}  // fatal: nothing more will come
};

struct SessionSnapshot {
    SessionState state = SessionState::idle;
    std::string session_id;
    PresentationInfo presentation;
    int level = -1;  // being loaded
    std::optional<int> locked_level;
    core::Seconds playhead{};
    core::Seconds buffered{};          // ahead of the playhead, the lesser of the tracks
    std::uint64_t buffered_bytes = 0;  // held and not pulled
    double estimate_bps = 0;
    bool estimate_measured = false;
    core::Seconds ttfb{};
    bool waiting_for_server = false;  // cannot be reached at the moment; asked again with backoff
    std::optional<core::Error> error;
    std::uint64_t epoch = 0;            // of the segments that come now
    int audio_track = -1;               // into PresentationInfo::audio_tracks; -1: it has none
    std::optional<int> subtitle_track;  // into PresentationInfo::subtitle_tracks
};

/// Thread-safe; nothing blocks, but for the decryption of segments (about 1 ms a megabyte). Everything passed
/// must outlive the session. At most one request a track is under way (an initialisation section is fetched
/// beside its segment), plus playlists. What is done about networks and servers that misbehave: README.md.
class PlayerSession {
public:
    /// `observer` may be null.
    PlayerSession(Transport& transport, core::Executor& executor, const core::Clock& clock,
                  core::Random& random, SessionObserver* observer);
    /// Cancels what runs. Afterwards no observer call is running nor will one come (unless destroyed from
    /// within one).
    ~PlayerSession();
    PlayerSession(const PlayerSession&) = delete;
    PlayerSession& operator=(const PlayerSession&) = delete;

    /// Multivariant or media playlist. What was open is closed first.
    void open(std::string url, SessionOptions options = {});
    /// Afterwards nothing more is told of what was open: waits for a call to the observer that is under way,
    /// but for one that this very thread is in.
    void close();
    /// Cancels what runs, for good. Afterwards no observer call is running nor will one come (unless called
    /// from within one); later calls do nothing.
    void shutdown();

    /// The next segment of a track in order, if it is there. Track::audio is only used with separate audio;
    /// subtitles are not pulled, see subtitles_at().
    Pull pull(Track track = Track::main);

    /// Where the consumer is, and at which rate it moves from now on (0: standing). Between calls the session
    /// goes on by its clock. Fetching follows: the buffer is measured from here.
    void set_playhead(core::Seconds position, double rate);

    /// Clears the buffer and goes on from the segment that holds `position` (clamped to what exists). Returns
    /// the new epoch: segments of an older one are stale.
    std::uint64_t seek(core::Seconds position);

    /// Fixes a level, from the next segment on; nothing: automatic again. Out of range: clamped.
    void lock_level(std::optional<int> level);

    /// Chooses among PresentationInfo::audio_tracks (out of range: clamped) and goes on at the playhead as
    /// after a seek. Returns the new epoch; the present one when that track is chosen already. Before the
    /// presentation is known the choice is remembered.
    std::uint64_t select_audio(int index);
    /// Among PresentationInfo::subtitle_tracks; nothing: off. Subtitles never hold up the picture: what is
    /// missing of them is a notice.
    void select_subtitles(std::optional<int> index);
    /// The cues to be shown at `position`, in the order in which they begin.
    std::vector<Cue> subtitles_at(core::Seconds position) const;

    SessionSnapshot snapshot() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::player
