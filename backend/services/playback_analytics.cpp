#include "services/playback_analytics.hpp"

#include <algorithm>
#include <utility>

namespace qd::services {
namespace {

void grow(telemetry::Counter* counter, double before, double now) {
    if (now > before) counter->Increment(now - before);
}

void grow(telemetry::Counter* counter, std::uint64_t before, std::uint64_t now) {
    if (now > before) counter->Increment(double(now - before));
}

/// What was counted once is not taken back, whatever a later beacon says.
PlaybackTotals highest(const PlaybackTotals& a, const PlaybackTotals& b) {
    PlaybackTotals both = a;
    if (!both.startup_s) both.startup_s = b.startup_s;
    both.watched_s = std::max(a.watched_s, b.watched_s);
    both.stalled_s = std::max(a.stalled_s, b.stalled_s);
    both.media_played_s = std::max(a.media_played_s, b.media_played_s);
    both.media_bits = std::max(a.media_bits, b.media_bits);
    both.stalls = std::max(a.stalls, b.stalls);
    both.switches = std::max(a.switches, b.switches);
    both.dropped_early = std::max(a.dropped_early, b.dropped_early);
    both.dropped_late = std::max(a.dropped_late, b.dropped_late);
    both.skipped = std::max(a.skipped, b.skipped);
    for (const auto& [kind, count] : b.errors) {
        std::uint64_t& known = both.errors[kind];
        known = std::max(known, count);
    }
    return both;
}

/// No more can have happened since than time has passed: media may be played at four times its pace, and of
/// no event there are a thousand a second.
bool plausible(const PlaybackTotals& before, const PlaybackTotals& now, double passed_s) {
    const auto many = [&](std::uint64_t a, std::uint64_t b) {
        return b > a && double(b - a) > 1'000 * passed_s;
    };
    if (now.watched_s - before.watched_s > passed_s) return false;
    if (now.media_played_s - before.media_played_s > 4 * passed_s) return false;
    if (many(before.stalls, now.stalls) || many(before.switches, now.switches) ||
        many(before.dropped_early, now.dropped_early) || many(before.dropped_late, now.dropped_late) ||
        many(before.skipped, now.skipped))
        return false;
    return std::ranges::none_of(now.errors, [&](const auto& error) {
        const auto known = before.errors.find(error.first);
        return many(known == before.errors.end() ? 0 : known->second, error.second);
    });
}

}  // namespace

std::string_view to_string(PlaybackAnalytics::Result result) {
    switch (result) {
        case PlaybackAnalytics::Result::counted:
            return "counted";
        case PlaybackAnalytics::Result::repeated:
            return "repeated";
        case PlaybackAnalytics::Result::adopted:
            return "adopted";
        case PlaybackAnalytics::Result::implausible:
            return "implausible";
        case PlaybackAnalytics::Result::late:
            return "late";
        case PlaybackAnalytics::Result::limited:
            return "limited";
    }
    return "limited";
}

PlaybackAnalytics::PlaybackAnalytics(const core::Clock& clock, PlayerMetrics& metrics,
                                     AnalyticsOptions options)
    : clock_(clock),
      metrics_(metrics),
      options_(options),
      tokens_(2 * options.beacons_per_s),
      filled_at_(clock.steady_now()) {}

bool PlaybackAnalytics::admit(core::SteadyTime now) {
    const double passed = std::max(0.0, core::Seconds(now - filled_at_).count());
    filled_at_ = std::max(filled_at_, now);
    tokens_ = std::min(2 * options_.beacons_per_s, tokens_ + passed * options_.beacons_per_s);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

void PlaybackAnalytics::forget(Sessions& list) {
    by_id_.erase(list.front().id);
    list.pop_front();
}

void PlaybackAnalytics::close(Sessions::iterator at, std::string_view outcome) {
    Session& session = *at;
    session.over = true;
    over_.splice(over_.end(), running_, at);
    if (std::exchange(session.outcome_counted, true)) return;
    metrics_.finished(session.arm, session.version, outcome);
    const PlaybackTotals& totals = session.totals;
    if (totals.media_played_s > 0)
        metrics_.arm(session.arm).bitrate->Observe(totals.media_bits / totals.media_played_s);
}

void PlaybackAnalytics::tidy(core::SteadyTime now) {
    while (!running_.empty() && now - running_.front().heard > options_.silence)
        close(running_.begin(), "lost");
    while (!over_.empty() && now - over_.front().heard > options_.memory) forget(over_);
}

void PlaybackAnalytics::tidy() {
    const std::lock_guard lock(mutex_);
    tidy(clock_.steady_now());
    metrics_.active(running_.size());
}

std::size_t PlaybackAnalytics::running() const {
    const std::lock_guard lock(mutex_);
    return running_.size();
}

std::size_t PlaybackAnalytics::remembered() const {
    const std::lock_guard lock(mutex_);
    return running_.size() + over_.size();
}

PlaybackAnalytics::Sessions::iterator PlaybackAnalytics::enter(const PlaybackBeacon& beacon,
                                                               core::SteadyTime now) {
    if (by_id_.size() >= options_.max_sessions) {
        if (over_.empty()) close(running_.begin(), "lost");
        forget(over_);
    }
    const auto at = running_.emplace(running_.end());
    at->id = beacon.session;
    at->heard = now;
    by_id_.emplace(at->id, at);
    return at;
}

void PlaybackAnalytics::serve(Session& session, std::string_view arm, std::string_view version) {
    if (session.arm == arm && session.version == version) return;
    session.arm = arm;
    session.version = version;
    metrics_.met(arm, version);
}

void PlaybackAnalytics::count(Session& session, const PlaybackTotals& now) {
    PlayerMetrics::Arm& arm = metrics_.arm(session.arm);
    const PlaybackTotals& before = session.totals;
    if (now.startup_s && !before.startup_s) arm.startup->Observe(*now.startup_s);
    grow(arm.watched, before.watched_s, now.watched_s);
    grow(arm.stalled, before.stalled_s, now.stalled_s);
    grow(arm.media_seconds, before.media_played_s, now.media_played_s);
    grow(arm.media_bits, before.media_bits, now.media_bits);
    grow(arm.stalls, before.stalls, now.stalls);
    if (before.stalls == 0 && now.stalls > 0) arm.stalled_sessions->Increment();
    grow(arm.switches, before.switches, now.switches);
    grow(arm.dropped_early, before.dropped_early, now.dropped_early);
    grow(arm.dropped_late, before.dropped_late, now.dropped_late);
    grow(arm.skipped, before.skipped, now.skipped);
    for (const auto& [kind, errors] : now.errors) {
        const auto known = before.errors.find(kind);
        grow(arm.errors.find(PlayerMetrics::error_kind(kind))->second,
             known == before.errors.end() ? 0 : known->second, errors);
    }
}

PlaybackAnalytics::Result PlaybackAnalytics::take(const PlaybackBeacon& beacon, std::string_view arm,
                                                  std::string_view version) {
    const core::SteadyTime now = clock_.steady_now();
    const std::lock_guard lock(mutex_);
    if (!admit(now)) return Result::limited;
    tidy(now);
    const auto known = by_id_.find(beacon.session);
    const bool is_new = known == by_id_.end();
    if (!is_new && beacon.seq <= known->second->seq) return Result::repeated;
    if (!is_new && known->second->ended) return Result::late;
    const Sessions::iterator at = is_new ? enter(beacon, now) : known->second;
    Session& session = *at;
    const core::Seconds passed =
        is_new ? options_.first_report : core::Seconds(now - session.heard) + options_.slack;
    serve(session, arm, version);
    Result result = Result::counted;
    if (is_new && beacon.acked > 0)
        result = Result::adopted;
    else if (!plausible(session.totals, beacon.totals, passed.count()))
        result = Result::implausible;
    if (result == Result::counted) count(session, beacon.totals);
    session.totals = highest(session.totals, beacon.totals);
    session.seq = beacon.seq;
    session.heard = now;
    session.ended = is_final(beacon.state);
    // Back from among the lost, maybe; the last heard is the last in the list.
    running_.splice(running_.end(), std::exchange(session.over, false) ? over_ : running_, at);
    if (session.ended) close(at, to_string(beacon.state));
    return result;
}

}  // namespace qd::services
