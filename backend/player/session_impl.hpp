#pragma once
// Inside of PlayerSession; not for others. Every event (an answer, a timer, a call from outside) changes
// state under the mutex and ends in pump(), which starts whatever is due. Calls out go through the outbox,
// without the mutex.

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <span>

#include "player/cue_store.hpp"
#include "player/outbox.hpp"
#include "player/playlist_tracker.hpp"
#include "player/segment_keys.hpp"
#include "player/session.hpp"
#include "player/throughput.hpp"

namespace qd::player {

class PlayerSession::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Transport& transport, core::Executor& executor, const core::Clock& clock, core::Random& random,
         SessionObserver* observer)
        : transport_(transport), executor_(executor), clock_(clock), random_(random), observer_(observer) {}

    void open(std::string url, SessionOptions options);
    void close();
    void shutdown();
    Pull pull(Track track);
    void set_playhead(core::Seconds position, double rate);
    std::uint64_t seek(core::Seconds position);
    void lock_level(std::optional<int> level);
    std::uint64_t select_audio(int index);
    void select_subtitles(std::optional<int> index);
    std::vector<Cue> subtitles_at(core::Seconds position) const;
    SessionSnapshot snapshot() const;

private:
    using FetchId = std::uint64_t;

    /// Filled on the transport's thread while the body comes.
    struct Progress {
        std::atomic<std::uint64_t> bytes{0};
        std::atomic<std::uint64_t> announced{0};     // Content-Length
        std::atomic<std::int64_t> first_byte_ns{0};  // steady time; 0: none yet
        std::atomic<bool> head{false};
        std::string body;                 // that thread's alone until the answer is in
        http::Client::Ticket ticket = 0;  // the outbox's alone
    };
    struct Decryption {
        std::string key_url;
        SecretKey key;
        InitialisationVector iv{};
    };
    struct Fetch {
        FetchId id = 0;
        FetchRecord record;  // what is known at the start
        core::SteadyTime began{};
        std::optional<ByteRange> range;
        std::shared_ptr<Progress> progress;
        std::optional<Decryption> decryption;
        bool keep_body = true;
        unsigned redirects = 0;
        bool misfit = false;  // it came, but the key did not fit
    };
    struct Part {  // of a segment at hand: its initialisation section, or its data
        bool needed = false;
        bool done = false;
        FetchId fetch = 0;  // 0: none under way
        unsigned failures = 0;
        core::SteadyTime retry_at{};
    };
    struct Loading {
        TimelineSegment source;
        int level = 0;
        Part init_key, data_key, init, data;
        std::optional<SecretKey> init_secret, data_secret;
        std::shared_ptr<const std::string> init_bytes, data_bytes;
        std::uint64_t bytes = 0;
        core::SteadyTime began{};
        ProgressWindow progress;
    };
    struct TrackState {
        bool used = false;
        int level = -1;
        std::optional<std::uint64_t> next_sequence;  // within the level's playlist; nothing: find by position
        core::Seconds next_position{};
        // Boundaries of levels differ by rounding: so far into the position wanted lies the segment wanted.
        core::Seconds slack{};
        core::Seconds buffered_end{};
        bool after_gap = true;
        bool complete = false;
        unsigned skips_in_a_row = 0;
        std::optional<Loading> loading;
        std::deque<MediaSegment> ready;
        std::uint64_t ready_bytes = 0;
        // Of the segment that is next:
        std::set<int> failed_here;   // levels that cannot give it
        std::optional<int> ceiling;  // the level it was abandoned for
        unsigned resets_seen = 0;    // PlaylistTracker::resets() that next_sequence belongs to
    };

    // session_playlists.cpp
    void pump();
    void pump_playlists(core::SteadyTime now);
    void open_playlist(Track track, core::SteadyTime now);
    void multivariant_arrived(const Fetch& fetch, std::string body);
    void multivariant_failed(const Fetch& fetch, core::Error error);
    void playlist_arrived(const Fetch& fetch, std::string body);
    void playlist_failed(const Fetch& fetch, core::Error error);
    void audio_failed(core::Error error, core::SteadyTime now);
    void begin_streaming();
    void publish_presentation();
    void note_unheard_wishes(const PlaylistTracker& playlist);
    PresentationInfo presentation_info() const;
    PlaylistTracker* tracker(Track track, int level);
    int cap_level() const;

    // session_recovery.cpp
    void note(const std::string& code, const std::string& message, const std::string& once_key = {});
    void note_playlist(const PlaylistTracker& playlist, core::SteadyTime now);
    void note_ignored(const std::vector<hls::IgnoredFeature>& features);
    bool try_elsewhere(TrackState& state, Track track, const std::string& reason, bool for_good,
                       core::SteadyTime now);
    bool move_level(TrackState& state, bool for_good, core::SteadyTime now);
    bool unusable(const TrackState& state, int level) const {
        return failed_levels_.contains(level) || state.failed_here.contains(level);
    }
    std::optional<int> other_level(const TrackState& state, int level, bool for_good) const;
    bool refresh_addresses(const FetchRecord& failed, core::SteadyTime now);
    void refreshed(const Fetch& fetch, core::Result<Presentation> fresh);
    void relocate(Track track, int level, std::string url, core::SteadyTime now);
    std::optional<core::Error> follow_redirect(Fetch& fetch, const http::ClientResponse& response,
                                               core::SteadyTime now);
    void obey_retry_after(const Fetch& fetch, const http::ClientResponse& response, core::SteadyTime now);
    core::SteadyTime held_until(const std::string& url) const;

    // session_tracks.cpp
    void use_audio(int index);
    void use_subtitles(std::optional<int> index);
    bool subtitles_may_load(core::SteadyTime now) const;
    void subtitles_failed(const core::Error& error);
    void take_subtitles(TrackState& state, Loading loading);
    void note_media_clock(const MediaSegment& segment);

    // session_levels.cpp
    void decide_level(TrackState& state, core::SteadyTime now);
    double fill() const;
    void consider_abandoning(TrackState& state, core::SteadyTime now);

    // session_segments.cpp
    void advance(Track track, core::SteadyTime now);
    const TimelineSegment* next_segment(TrackState& state, Track track, const PlaylistTracker& playlist);
    bool choose_segment(TrackState& state, Track track, core::SteadyTime now);
    void segment_ready(TrackState& state, Track track);
    void advance_past(TrackState& state, const TimelineSegment& source);
    void skip_segment(TrackState& state, Track track, const std::string& reason);
    void drop_loading(TrackState& state);
    void check_complete();

    // session_parts.cpp
    void need_parts(Loading& loading) const;
    void start_parts(TrackState& state, Track track, core::SteadyTime now);
    Part* part_of(TrackState& state, FetchId fetch);
    void key_arrived(const Fetch& fetch, std::string_view body);
    void part_arrived(const Fetch& fetch, std::shared_ptr<const std::string> body, std::uint64_t bytes);
    void part_failed(const Fetch& fetch, const core::Error& error, core::SteadyTime now);

    // session_fetch.cpp
    FetchId start_fetch(FetchRecord record, std::optional<ByteRange> range, core::SteadyTime now,
                        bool keep_body, std::optional<Decryption> decryption = std::nullopt);
    void send(Fetch& fetch);
    void decrypt(Fetch& fetch, std::string& body);
    void deliver(Fetch& fetch, core::SteadyTime now);
    void cancel_playlists(Track track);
    void answered(FetchId id, core::Result<http::ClientResponse> response);
    void cancel_fetch(FetchId id);
    core::Result<> judge(const Fetch& fetch, const http::ClientResponse& response) const;
    void note_timings(const Fetch& fetch, const http::ClientResponse& response);
    void add_headers(http::ClientRequest& request, FetchRecord& record);
    void report(FetchRecord record);
    /// True when the server could not be reached at all, and is to be asked again rather than given up.
    bool outage(const Fetch& fetch, const core::Error& error, core::SteadyTime now);

    void reset();
    std::uint64_t seek_to(core::Seconds position, bool keep_buffer, core::SteadyTime now);
    void fail(core::Error error);
    void notify_available();
    void wake_at(core::SteadyTime at);
    void arm_timer(core::SteadyTime now);
    core::Seconds playhead(core::SteadyTime now) const;
    core::Seconds buffered(const TrackState& state, core::SteadyTime now) const;
    core::Seconds buffered(core::SteadyTime now) const;
    std::uint64_t held_bytes() const;
    TrackState& state_of(Track track) { return tracks_[std::size_t(track)]; }
    /// Those that the picture needs: subtitles are never waited for.
    std::span<TrackState> media_tracks() { return std::span(tracks_).first(2); }
    std::span<const TrackState> media_tracks() const { return std::span(tracks_).first(2); }
    template <class F>
    void tell(F call) {
        if (observer_ != nullptr)
            outbox_.add_for_observer([observer = observer_, call = std::move(call)] { call(*observer); });
    }

    Transport& transport_;
    core::Executor& executor_;
    const core::Clock& clock_;
    core::Random& random_;

    mutable std::mutex mutex_;
    Outbox outbox_;
    SessionObserver* observer_;
    bool shut_down_ = false;
    SessionState state_ = SessionState::idle;
    SessionOptions options_;
    std::string url_;
    std::string origin_;
    std::optional<core::Error> error_;

    FetchId next_fetch_ = 1;
    std::uint64_t reported_ = 0;
    std::map<FetchId, Fetch> fetches_;
    Part multivariant_;
    Presentation presentation_;
    std::vector<PlaylistTracker> trackers_;  // by level
    std::set<int> failed_levels_;
    std::optional<PlaylistTracker> audio_tracker_, subtitle_tracker_;
    int audio_track_ = -1;
    std::optional<int> wanted_audio_, subtitle_track_;
    std::set<int> failed_audio_;
    CueStore cues_;
    bool streaming_begun_ = false;
    std::array<TrackState, 3> tracks_;                                 // by Track
    std::map<std::string, std::shared_ptr<const std::string>> inits_;  // by URL and range
    std::uint64_t inits_bytes_ = 0;
    std::map<std::string, SecretKey> keys_;          // by URL
    std::map<std::string, core::SteadyTime> holds_;  // by origin: asked to wait until then
    std::set<std::string> noted_;
    FetchId refresh_ = 0;         // addresses are being read again
    bool refresh_spent_ = false;  // since the last segment that came
    std::optional<core::SteadyTime> refreshed_at_;
    std::optional<std::uint64_t> refreshed_for_;  // the segment that had failed
    core::Seconds refresh_gap_{};                 // not sooner again; grows while it does not help
    bool starved_ = false;                        // the buffer ran dry since the last request for media

    ThroughputEstimator estimator_;
    std::uint64_t epoch_ = 0;
    core::Seconds playhead_at_{};
    double playhead_rate_ = 0;
    core::SteadyTime playhead_set_{};
    std::optional<core::SteadyTime> outage_since_;
    std::optional<core::SteadyTime> wanted_wake_;
    std::optional<core::SteadyTime> timer_at_;
};

}  // namespace qd::player
