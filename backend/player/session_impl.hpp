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

#include "player/outbox.hpp"
#include "player/playlist_tracker.hpp"
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
    struct Fetch {
        FetchId id = 0;
        FetchRecord record;  // what is known at the start
        core::SteadyTime began{};
        std::optional<ByteRange> range;
        std::shared_ptr<Progress> progress;
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
        Part init, data;
        std::shared_ptr<const std::string> init_bytes, data_bytes;
        std::uint64_t bytes = 0;
        core::SteadyTime began{};
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
    };

    // session_playlists.cpp
    void pump();
    void pump_playlists(core::SteadyTime now);
    void multivariant_arrived(const Fetch& fetch, std::string body);
    void multivariant_failed(const Fetch& fetch, core::Error error);
    void playlist_arrived(const Fetch& fetch, std::string body);
    void playlist_failed(const Fetch& fetch, core::Error error);
    void begin_streaming();
    void publish_presentation();
    PresentationInfo presentation_info() const;
    PlaylistTracker* tracker(Track track, int level);
    int cap_level() const;

    // session_segments.cpp
    void advance(Track track, core::SteadyTime now);
    bool choose_segment(TrackState& state, Track track, core::SteadyTime now);
    void decide_level(TrackState& state, core::SteadyTime now);
    void start_parts(TrackState& state, Track track, core::SteadyTime now);
    void consider_abandoning(TrackState& state, core::SteadyTime now);
    void part_arrived(const Fetch& fetch, std::shared_ptr<const std::string> body, std::uint64_t bytes);
    void part_failed(const Fetch& fetch, const core::Error& error, core::SteadyTime now);
    void segment_ready(TrackState& state, Track track);
    void skip_segment(TrackState& state, Track track, const std::string& reason);
    void drop_loading(TrackState& state);
    void check_complete();

    // session_fetch.cpp
    FetchId start_fetch(FetchRecord record, std::optional<ByteRange> range, core::SteadyTime now,
                        bool keep_body);
    void answered(FetchId id, core::Result<http::ClientResponse> response);
    void cancel_fetch(FetchId id);
    core::Result<> judge(const Fetch& fetch, const http::ClientResponse& response) const;
    void note_timings(const Fetch& fetch, const http::ClientResponse& response);
    void add_headers(http::ClientRequest& request, const FetchRecord& record, std::string& trace_id) const;
    void report(FetchRecord record);
    /// True when the server could not be reached at all, and is to be asked again rather than given up.
    bool outage(const Fetch& fetch, const core::Error& error, core::SteadyTime now);

    void reset();
    void fail(core::Error error);
    void notify_available();
    void wake_at(core::SteadyTime at);
    void arm_timer(core::SteadyTime now);
    core::Seconds playhead(core::SteadyTime now) const;
    core::Seconds buffered(const TrackState& state, core::SteadyTime now) const;
    core::Seconds buffered(core::SteadyTime now) const;
    std::uint64_t held_bytes() const;
    TrackState& state_of(Track track) { return tracks_[std::size_t(track)]; }
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
    std::optional<PlaylistTracker> audio_tracker_;
    bool streaming_begun_ = false;
    std::array<TrackState, 2> tracks_;
    std::map<std::string, std::shared_ptr<const std::string>> inits_;  // by URL and range

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
