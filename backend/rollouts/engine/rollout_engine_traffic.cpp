// The engine's part that speaks to routers: what is asked, what is read, and what is taken as done.

#include <algorithm>
#include <cmath>
#include <utility>

#include "rollouts/engine/rollout_engine.hpp"

namespace qd::rollouts {
namespace {

using std::chrono::milliseconds;

constexpr double weight_tolerance = 0.5;  // percent: routers know steps, HAProxy's are 1/256

bool gives_nothing(const traffic::TrafficPlan& plan) {
    return plan.canary_weight == 0 && plan.baseline_weight == 0 && plan.header_routes.empty() &&
           plan.cookie.empty() && plan.mirrors.empty();
}

template <class Routes>
bool same_names(const Routes& left, const Routes& right) {
    return std::ranges::equal(
        left, right, {}, [](const auto& each) -> const std::string& { return each.name; },
        [](const auto& each) -> const std::string& { return each.name; });
}

/// What the router says it does is what it was told.
bool applies(const traffic::TrafficPlan& read, const traffic::TrafficPlan& told) {
    return std::abs(read.canary_weight - told.canary_weight) <= weight_tolerance &&
           std::abs(read.baseline_weight - told.baseline_weight) <= weight_tolerance &&
           (read.canary_weight > 0) == (told.canary_weight > 0) &&
           (gives_nothing(told) || read.rollout == told.rollout) &&
           same_names(read.header_routes, told.header_routes) && same_names(read.mirrors, told.mirrors);
}

bool serves_now(const TrackedRollout& rollout) {
    if (gives_nothing(rollout.plan)) return true;
    // After a restart of everything the canary may not be there yet: nobody is sent to nothing. Once it has
    // served, its failures are its own and are not hidden.
    if (!rollout.canary_seen) return false;
    return rollout.plan.baseline_weight == 0 ||
           std::ranges::any_of(rollout.instances,
                               [](const RunningInstance& each) { return each.arm == "baseline"; });
}

}  // namespace

void RolloutEngine::heard(TrackedRollout& rollout, bool connected) {
    if (rollout.connected != connected) rollout.stirred = true;
    rollout.connected = connected;
    if (connected) rollout.observed_at = parts_.clock.now();
}

void RolloutEngine::read_split(Lane& lane, News& news) {
    {
        const std::lock_guard lock(mutex_);
        const core::SteadyTime now = parts_.clock.steady_now();
        if (lane.split_read_at && now - *lane.split_read_at < options_.read_split_every) return;
        lane.split_read_at = now;
    }
    const auto reading = lane.drivers.router->read();
    const std::lock_guard lock(mutex_);
    TrackedRollout& rollout = *lane.latest;
    heard(rollout, reading.has_value());
    if (!reading) {
        // Nobody knows what it does: it is told again as soon as it answers.
        rollout.split_confirmed = false;
        if (!is_finished(rollout.progress)) say_trouble(rollout, reading.error().message, news);
        return;
    }
    if (!applies(reading->plan, rollout.plan)) {
        rollout.split_confirmed = false;
        return;
    }
    if (rollout.counts != reading->counts) rollout.stirred = true;
    rollout.counts = reading->counts;
    if (!rollout.split_confirmed) confirm_split(rollout, news);
}

void RolloutEngine::confirm_split(TrackedRollout& rollout, News& news) {
    rollout.split_confirmed = true;
    rollout.stirred = true;
    say_trouble(rollout, {}, news);
    if (!gives_nothing(rollout.plan)) return;
    if (!rollout.zero_since) rollout.zero_since = parts_.clock.now();
    if (!rollout.abort_began) return;
    AuditRow row;
    row.event.kind = AuditKind::note;
    row.event.actor = "engine";
    row.time_to_zero = std::chrono::duration_cast<milliseconds>(parts_.clock.steady_now() -
                                                                *std::exchange(rollout.abort_began, {}));
    row.event.reason = fmt::format("the {} confirmed 0 % for the canary {} ms after the abort",
                                   rollout.driver, row.time_to_zero->count());
    if (auto ok = commit(rollout, std::move(row), news); !ok)
        parts_.messages.error("the rollouts' audit cannot be written", {{"reason", ok.error().message}});
}

void RolloutEngine::apply_split(Lane& lane, News& news) {
    const std::lock_guard split_lock(lane.split_mutex);
    TrafficRouter& router = *lane.drivers.router;
    for (int attempt = 0; attempt < 3; ++attempt) {  // an action may come in between
        traffic::TrafficPlan plan;
        {
            const std::lock_guard lock(mutex_);
            const TrackedRollout& rollout = *lane.latest;
            if (rollout.split_confirmed || !serves_now(rollout)) return;
            plan = rollout.plan;
        }
        const auto told = router.apply(plan);
        // Its word is not enough: it is done once it has been read.
        const auto reading = told ? router.read() : core::Result<RouterReading>(core::Failure(told.error()));
        const std::lock_guard lock(mutex_);
        TrackedRollout& rollout = *lane.latest;
        heard(rollout, reading.has_value());
        if (!reading) return say_trouble(rollout, reading.error().message, news);
        if (rollout.plan != plan) continue;
        if (applies(reading->plan, plan)) return confirm_split(rollout, news);
        return say_trouble(
            rollout,
            fmt::format(
                "the {} says that it gives the canary {:g} %, but does {:g} %{}", rollout.driver,
                plan.canary_weight, reading->plan.canary_weight,
                reading->plan.rollout == plan.rollout ? "" : fmt::format(" for '{}'", reading->plan.rollout)),
            news);
    }
}

}  // namespace qd::rollouts
