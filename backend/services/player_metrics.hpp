#pragma once
// The sums of what players report: player_*, by the arm that served them.

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "telemetry/metrics.hpp"

namespace qd::services {

/// Labels have bounded values: arms other than stable, canary and baseline are "unknown", kinds of errors
/// other than player::error_kind's "other", and of versions the first 16 keep their name.
///   player_sessions_total{outcome,arm,version}  ended, stopped, exit_before_start, start_failure, failed,
///   and lost:
///                                               silent for a minute without an end
///   player_startup_seconds{arm}                 request to first frame; sessions without one are not in it
///   player_watched_seconds_total{arm}, player_stalled_seconds_total{arm}, player_stalls_total{arm},
///   player_stalled_sessions_total{arm}          sessions with a stall
///   player_media_seconds_total{arm}, player_media_bits_total{arm}    their ratio is the average bitrate
///   player_bitrate_bps{arm}                     the average of each session that is over, as a histogram
///   player_switches_total{arm}, player_skipped_segments_total{arm}
///   player_frames_dropped_total{kind=early|late,arm}, player_errors_total{kind,arm}
///   player_active                               sessions that are not over
///   player_beacons_total{result}                what became of what came in
/// Thread-safe.
class PlayerMetrics {
public:
    enum class Exist {
        at_once,      // so that rates see the first increase
        when_told_of  // with the first report: a process that gets none has no part in these sums, nor is it
                      // missed
    };
    PlayerMetrics(telemetry::Metrics& metrics, Exist exist);

    struct Arm {
        telemetry::Histogram* startup;
        telemetry::Histogram* bitrate;
        telemetry::Counter* watched;
        telemetry::Counter* stalled;
        telemetry::Counter* stalls;
        telemetry::Counter* stalled_sessions;
        telemetry::Counter* media_seconds;
        telemetry::Counter* media_bits;
        telemetry::Counter* switches;
        telemetry::Counter* skipped;
        telemetry::Counter* dropped_early;
        telemetry::Counter* dropped_late;
        std::map<std::string, telemetry::Counter*, std::less<>> errors;
    };
    Arm& arm(std::string_view name);
    /// Makes the series of a version exist.
    void met(std::string_view arm, std::string_view version);
    void finished(std::string_view arm, std::string_view version, std::string_view outcome);
    void beacon(std::string_view result);
    void active(std::size_t sessions);

    /// The kind as it labels, "other" for what is not known.
    static std::string_view error_kind(std::string_view kind);

private:
    void create();
    std::string version_label(std::string_view version);

    telemetry::Metrics& metrics_;
    std::once_flag created_;
    std::atomic<bool> exists_{false};
    std::array<Arm, 4> arms_{};
    std::map<std::string, telemetry::Counter*, std::less<>> beacons_;
    telemetry::Gauge* active_ = nullptr;
    std::mutex mutex_;
    std::set<std::string, std::less<>> versions_;
};

}  // namespace qd::services
