#pragma once
// What players report of their playbacks, as sums by arm. Each beacon is cumulative for its session; what
// counts is the difference to the one before, so that repeats, losses and disorder neither add nor hide
// anything.

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "services/player_metrics.hpp"

namespace qd::services {

enum class PlaybackState {
    starting,
    playing,
    stalled,
    paused,
    heartbeat,  // of clients that tell no state
    // Final.
    ended,
    stopped,
    failed,
    start_failure,
    exit_before_start,
};
std::optional<PlaybackState> parse_playback_state(std::string_view text);
std::string_view to_string(PlaybackState state);
bool is_final(PlaybackState state);

/// Since the playback request; seconds unless named otherwise.
struct PlaybackTotals {
    std::optional<double> startup_s;  // nothing before the first frame
    double watched_s = 0;             // wall clock, stalls and start-up included
    double stalled_s = 0;
    double media_played_s = 0;
    double media_bits = 0;  // average bitrate x media time
    std::uint64_t stalls = 0;
    std::uint64_t switches = 0;
    std::uint64_t dropped_early = 0;
    std::uint64_t dropped_late = 0;
    std::uint64_t skipped = 0;
    std::map<std::string, std::uint64_t> errors;  // by kind, those of player_errors_total
};

struct PlaybackBeacon {
    std::string session;
    std::string title;
    std::string client;  // console, viewer or external
    std::uint64_t seq = 0;
    std::uint64_t acked = 0;
    PlaybackState state = PlaybackState::heartbeat;
    core::WallTime at{};  // by the client's clock
    PlaybackTotals totals;
};

/// Nothing larger is read.
inline constexpr std::size_t max_beacon_bytes = 8u << 10;

/// The body of POST /api/v1/analytics/playback. Fields: player/beacon.hpp. Seconds from 0 to 7 days, counts
/// to 1e9, startup_s to an hour, bit rates to 1e9, at most 16 kinds of errors (unknown ones become "other");
/// stalled_s at most watched_s. Fields that are not known are passed over. Errc::too_large, or
/// Errc::invalid_argument with the field.
core::Result<PlaybackBeacon> parse_beacon(std::string_view json);

struct AnalyticsOptions {
    std::size_t max_sessions = 20'000;  // beyond: the longest silent one is given up
    core::Seconds silence{60};          // without a word for so long a session is lost
    core::Seconds memory{600};          // how long one that is over is remembered, for what comes late
    core::Seconds first_report{600};    // a first beacon tells of no more than this
    core::Seconds slack{30};            // by which a client's clock may run ahead of ours between two beacons
    double beacons_per_s = 2'000;       // beyond, with bursts of twice that: refused
};

/// Thread-safe. Memory: max_sessions x about 500 bytes.
class PlaybackAnalytics {
public:
    enum class Result {
        counted,
        repeated,     // this one or a later one has been counted
        adopted,      // a session that told somebody else before: counted from here on
        implausible,  // more time than has passed: counted from here on
        late,         // after the session's end
        limited,      // too many a second
    };

    /// `metrics` outlives it.
    PlaybackAnalytics(const core::Clock& clock, PlayerMetrics& metrics, AnalyticsOptions options = {});

    /// `arm` and `version`: who serves this session, as the platform knows it.
    Result take(const PlaybackBeacon& beacon, std::string_view arm, std::string_view version);
    /// Gives up the silent, forgets what was long ago, and sets player_active; the former are part of take()
    /// too.
    void tidy();
    /// Those that are not over.
    std::size_t running() const;
    std::size_t remembered() const;

private:
    struct Session {
        std::string id;
        std::string arm, version;
        std::uint64_t seq = 0;
        PlaybackTotals totals;  // the highest that was told
        core::SteadyTime heard{};
        bool ended = false;            // it said so
        bool over = false;             // ended or lost
        bool outcome_counted = false;  // lost, and back since, maybe
    };
    using Sessions = std::list<Session>;  // the longest silent first

    void tidy(core::SteadyTime now);
    Sessions::iterator enter(const PlaybackBeacon& beacon, core::SteadyTime now);
    void serve(Session& session, std::string_view arm, std::string_view version);
    void count(Session& session, const PlaybackTotals& now);
    void close(Sessions::iterator at, std::string_view outcome);
    void forget(Sessions& list);
    bool admit(core::SteadyTime now);

    const core::Clock& clock_;
    PlayerMetrics& metrics_;
    const AnalyticsOptions options_;

    mutable std::mutex mutex_;
    Sessions running_;
    Sessions over_;
    std::unordered_map<std::string_view, Sessions::iterator> by_id_;
    double tokens_;
    core::SteadyTime filled_at_;
};
std::string_view to_string(PlaybackAnalytics::Result result);

}  // namespace qd::services
