#pragma once
// What the audience reports, by arm. All series exist from the start, so that rates see their first increase.

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "player/qoe.hpp"
#include "telemetry/metrics.hpp"

namespace qd::viewers {

/// Thread-safe.
class ViewerMetrics {
public:
    explicit ViewerMetrics(telemetry::Metrics& metrics);

    /// `arm`: stable, canary, baseline; anything else counts as unknown. `kind`: as player::error_kind;
    /// others count as other.
    void started(std::string_view arm, core::Seconds startup);
    void watched(std::string_view arm, core::Seconds watched, core::Seconds stalled);
    /// A session's first stall.
    void stalled(std::string_view arm);
    /// So many frames were compared with those of the stable path.
    void compared(std::string_view arm, std::uint64_t pictures, std::uint64_t different);
    /// How alike those pictures were.
    void alike(std::string_view arm, std::span<const double> ssim);
    void error(std::string_view arm, std::string_view kind);
    void finished(std::string_view arm, player::Outcome outcome);
    /// To the platform's analytics; of these so many got no answer, or a refusal.
    void reported(std::uint64_t sent, std::uint64_t dropped);
    void audience(std::size_t wanted, std::size_t playing, std::size_t waiting);
    void gateway_up(bool up, std::size_t titles);

private:
    struct Arm {
        telemetry::Histogram* startup;
        telemetry::Counter* stall_seconds;
        telemetry::Counter* watch_seconds;
        telemetry::Counter* stalled_sessions;
        telemetry::Counter* compared_pictures;
        telemetry::Counter* different_pictures;
        telemetry::Histogram* picture_ssim;
        std::map<std::string, telemetry::Counter*, std::less<>> errors;
        std::map<player::Outcome, telemetry::Counter*> sessions;
    };
    Arm& arm(std::string_view name);

    std::array<Arm, 4> arms_;
    telemetry::Gauge& active_;
    telemetry::Gauge& wanted_;
    telemetry::Gauge& waiting_;
    telemetry::Gauge& gateway_up_;
    telemetry::Gauge& titles_;
    telemetry::Counter& reports_;
    telemetry::Counter& lost_reports_;
};

}  // namespace qd::viewers
