#include "services/player_metrics.hpp"

#include <algorithm>

namespace qd::services {
namespace {

constexpr std::array<const char*, 4> arm_names{"stable", "canary", "baseline", "unknown"};
constexpr std::array error_kinds{"timeout",   "connect",  "status_4xx", "status_5xx",
                                 "truncated", "playlist", "media",      "other"};
constexpr std::array outcomes{"ended", "stopped", "exit_before_start", "start_failure", "failed", "lost"};
constexpr std::array beacon_results{"counted", "repeated", "adopted", "implausible",
                                    "late",    "limited",  "invalid"};
constexpr std::size_t most_versions = 16;
constexpr std::size_t longest_version = 64;

const std::vector<double>& bitrate_buckets() {
    static const std::vector<double> bounds{0.25e6, 0.5e6, 1e6, 1.5e6, 2e6,  3e6,
                                            4e6,    6e6,   8e6, 12e6,  16e6, 25e6};
    return bounds;
}

std::string_view known_arm(std::string_view name) {
    const auto* const at = std::find(arm_names.begin(), arm_names.end(), name);
    return at == arm_names.end() ? arm_names.back() : *at;
}

}  // namespace

PlayerMetrics::PlayerMetrics(telemetry::Metrics& metrics, Exist exist) : metrics_(metrics) {
    if (exist == Exist::at_once) std::call_once(created_, [this] { create(); });
}

void PlayerMetrics::create() {
    active_ = &metrics_.gauge("player_active", "Sessions that report and are not over.");
    for (std::size_t i = 0; i < arms_.size(); ++i) {
        const telemetry::Labels labels{{"arm", arm_names[i]}};
        const auto counter = [&](const char* name, const char* help) {
            return &metrics_.counter(name, help, labels);
        };
        Arm& arm = arms_[i];
        arm.startup = &metrics_.histogram(
            "player_startup_seconds", "Playback request to first frame; sessions without one are left out.",
            telemetry::latency_buckets(), labels);
        arm.bitrate = &metrics_.histogram(
            "player_bitrate_bps", "Average bitrate of each session that is over.", bitrate_buckets(), labels);
        arm.watched =
            counter("player_watched_seconds_total", "Time from request to leaving, stalls included.");
        arm.stalled = counter("player_stalled_seconds_total", "Time spent in stalls.");
        arm.stalls = counter("player_stalls_total", "Stalls.");
        arm.stalled_sessions =
            counter("player_stalled_sessions_total", "Sessions that stalled at least once.");
        arm.media_seconds = counter("player_media_seconds_total", "Media time that was played.");
        arm.media_bits = counter("player_media_bits_total", "Bits of that media, by its levels' bandwidth.");
        arm.switches = counter("player_switches_total", "Changes of the level that is played.");
        arm.skipped = counter("player_skipped_segments_total", "Segments that could not be had.");
        const auto dropped = [&](const char* kind) {
            return &metrics_.counter("player_frames_dropped_total",
                                     "Frames not shown: late out of the decoder (early) or overtaken (late).",
                                     {{"arm", arm_names[i]}, {"kind", kind}});
        };
        arm.dropped_early = dropped("early");
        arm.dropped_late = dropped("late");
        for (const char* kind : error_kinds)
            arm.errors[kind] = &metrics_.counter("player_errors_total", "Failed requests and fatal errors.",
                                                 {{"arm", arm_names[i]}, {"kind", kind}});
    }
    for (const char* result : beacon_results)
        beacons_[result] = &metrics_.counter(
            "player_beacons_total", "Reports of players by what became of them.", {{"result", result}});
    exists_ = true;
}

void PlayerMetrics::active(std::size_t sessions) {
    if (exists_) active_->Set(double(sessions));
}

PlayerMetrics::Arm& PlayerMetrics::arm(std::string_view name) {
    std::call_once(created_, [this] { create(); });
    const auto* const at = std::find(arm_names.begin(), arm_names.end(), name);
    return at == arm_names.end() ? arms_.back() : arms_[std::size_t(at - arm_names.begin())];
}

std::string_view PlayerMetrics::error_kind(std::string_view kind) {
    const auto* const at = std::find(error_kinds.begin(), error_kinds.end(), kind);
    return at == error_kinds.end() ? "other" : *at;
}

std::string PlayerMetrics::version_label(std::string_view version) {
    const bool sane = !version.empty() && version.size() <= longest_version &&
                      std::ranges::all_of(version, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!sane) return "unknown";
    const std::lock_guard lock(mutex_);
    if (versions_.contains(version)) return std::string(version);
    if (versions_.size() >= most_versions) return "other";
    return *versions_.emplace(version).first;
}

void PlayerMetrics::met(std::string_view arm_name, std::string_view version) {
    const std::string label = version_label(version);
    for (const char* outcome : outcomes)
        metrics_.counter(
            "player_sessions_total", "Sessions by how they ended.",
            {{"arm", std::string(known_arm(arm_name))}, {"outcome", outcome}, {"version", label}});
}

void PlayerMetrics::finished(std::string_view arm_name, std::string_view version, std::string_view outcome) {
    metrics_
        .counter("player_sessions_total", "Sessions by how they ended.",
                 {{"arm", std::string(known_arm(arm_name))},
                  {"outcome", std::string(outcome)},
                  {"version", version_label(version)}})
        .Increment();
}

void PlayerMetrics::beacon(std::string_view result) {
    std::call_once(created_, [this] { create(); });
    if (const auto at = beacons_.find(result); at != beacons_.end()) at->second->Increment();
}

}  // namespace qd::services
