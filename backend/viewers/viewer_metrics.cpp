#include "viewers/viewer_metrics.hpp"

#include <algorithm>

namespace qd::viewers {
namespace {

constexpr std::array<const char*, 4> arm_names{"stable", "canary", "baseline", "unknown"};
constexpr std::array error_kinds{"timeout",   "connect",  "status_4xx", "status_5xx",
                                 "truncated", "playlist", "media",      "other"};
constexpr std::array outcomes{player::Outcome::ended, player::Outcome::stopped,
                              player::Outcome::exit_before_start, player::Outcome::start_failure,
                              player::Outcome::failed};

}  // namespace

ViewerMetrics::ViewerMetrics(telemetry::Metrics& metrics)
    : active_(metrics.gauge("viewer_active", "Viewers that are in a playback session.")),
      wanted_(metrics.gauge("viewer_wanted", "Viewers asked for.")),
      waiting_(metrics.gauge("viewer_waiting", "Viewers that find nothing to play, or nobody to ask.")),
      gateway_up_(metrics.gauge("viewer_gateway_up", "1 when the gateway last listed its titles, else 0.")),
      titles_(metrics.gauge("viewer_titles", "Titles that can be played, as listed last.")),
      reports_(metrics.counter("viewer_reports_total", "Reports sent to the platform's analytics.")),
      lost_reports_(metrics.counter("viewer_reports_dropped_total", "Reports that it did not take.")) {
    for (std::size_t i = 0; i < arms_.size(); ++i) {
        const telemetry::Labels labels{{"arm", arm_names[i]}};
        arms_[i].startup =
            &metrics.histogram("viewer_startup_seconds",
                               "Playback request to the first media that can be shown; sessions without "
                               "are left out.",
                               telemetry::latency_buckets(), labels);
        arms_[i].stall_seconds =
            &metrics.counter("viewer_stall_seconds_total", "Time spent in stalls.", labels);
        arms_[i].watch_seconds = &metrics.counter("viewer_watch_seconds_total",
                                                  "Time from request to leaving, stalls included.", labels);
        arms_[i].stalled_sessions =
            &metrics.counter("viewer_stalled_sessions_total", "Sessions that stalled at least once.", labels);
        arms_[i].compared_pictures = &metrics.counter(
            "viewer_compared_pictures_total", "Frames compared with those of the stable path.", labels);
        arms_[i].different_pictures = &metrics.counter(
            "viewer_different_pictures_total", "Compared frames that were missing or not the same.", labels);
        arms_[i].picture_ssim = &metrics.histogram(
            "viewer_picture_ssim", "Structural similarity of compared frames with those of the stable path.",
            {0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.999, 1}, labels);
        for (const char* kind : error_kinds) {
            telemetry::Labels with = labels;
            with["kind"] = kind;
            arms_[i].errors[kind] =
                &metrics.counter("viewer_errors_total", "Failed requests of viewers.", with);
        }
        for (const player::Outcome outcome : outcomes) {
            telemetry::Labels with = labels;
            with["outcome"] = player::to_string(outcome);
            arms_[i].sessions[outcome] =
                &metrics.counter("viewer_sessions_total", "Sessions by how they ended.", with);
        }
    }
}

ViewerMetrics::Arm& ViewerMetrics::arm(std::string_view name) {
    const auto* const at = std::find(arm_names.begin(), arm_names.end(), name);
    return at == arm_names.end() ? arms_.back() : arms_[std::size_t(at - arm_names.begin())];
}

void ViewerMetrics::started(std::string_view name, core::Seconds startup) {
    arm(name).startup->Observe(startup.count());
}

void ViewerMetrics::watched(std::string_view name, core::Seconds watched, core::Seconds stalled) {
    if (watched > core::Seconds(0)) arm(name).watch_seconds->Increment(watched.count());
    if (stalled > core::Seconds(0)) arm(name).stall_seconds->Increment(stalled.count());
}

void ViewerMetrics::stalled(std::string_view name) {
    arm(name).stalled_sessions->Increment();
}

void ViewerMetrics::compared(std::string_view name, std::uint64_t pictures, std::uint64_t different) {
    arm(name).compared_pictures->Increment(double(pictures));
    if (different > 0) arm(name).different_pictures->Increment(double(different));
}

void ViewerMetrics::alike(std::string_view name, std::span<const double> ssim) {
    for (const double one : ssim) arm(name).picture_ssim->Observe(one);
}

void ViewerMetrics::error(std::string_view name, std::string_view kind) {
    auto& errors = arm(name).errors;
    const auto at = errors.find(kind);
    (at == errors.end() ? errors.find("other") : at)->second->Increment();
}

void ViewerMetrics::finished(std::string_view name, player::Outcome outcome) {
    if (const auto at = arm(name).sessions.find(outcome); at != arm(name).sessions.end())
        at->second->Increment();
}

void ViewerMetrics::reported(std::uint64_t sent, std::uint64_t dropped) {
    reports_.Increment(double(sent));
    lost_reports_.Increment(double(dropped));
}

void ViewerMetrics::audience(std::size_t wanted, std::size_t playing, std::size_t waiting) {
    wanted_.Set(double(wanted));
    active_.Set(double(playing));
    waiting_.Set(double(waiting));
}

void ViewerMetrics::gateway_up(bool up, std::size_t titles) {
    gateway_up_.Set(up ? 1 : 0);
    titles_.Set(double(titles));
}

}  // namespace qd::viewers
