#include "gateway/traffic_split.hpp"

#include <cmath>

#include "core/json_fields.hpp"
#include "gateway/session.hpp"
#include "traffic/plan_codec.hpp"

namespace qd::gateway {
namespace {

constexpr double turns_per_percent = 1'000;  // whole numbers: nothing is lost to rounding as turns go by

bool tells_apart(const traffic::TrafficPlan& plan) {
    return plan.canary_weight > 0 || plan.baseline_weight > 0 || !plan.header_routes.empty() ||
           !plan.cookie.empty();
}

}  // namespace

std::string_view to_string(DrawnBy by) {
    switch (by) {
        case DrawnBy::weight:
            return "weight";
        case DrawnBy::cookie:
            return "cookie";
        case DrawnBy::header:
            return "header";
        case DrawnBy::forced:
            return "forced";
        case DrawnBy::none:
            break;
    }
    return "none";
}

std::string to_json(const SplitStatus& status) {
    nlohmann::json value = traffic::to_json(status.plan);
    value["since"] = core::format_rfc3339(status.since);
    nlohmann::json counts{{"forced", status.forced},
                          {"mirrored", status.mirrored},
                          {"mirrors_dropped", status.mirrors_dropped},
                          {"canary_in_flight", status.canary_in_flight}};
    nlohmann::json sessions{{"saturated", status.sessions_saturated}};
    for (const Arm arm : arms) {
        counts[std::string(to_string(arm))] = status.requests[std::size_t(arm)];
        sessions[std::string(to_string(arm))] = status.sessions[std::size_t(arm)];
    }
    value["counts"] = std::move(counts);
    value["sessions"] = std::move(sessions);
    return core::dump_json(value);
}

PlanInForce::PlanInForce(traffic::TrafficPlan plan, PlanMatcher matcher, core::WallTime since)
    : plan_(std::move(plan)), matcher_(std::move(matcher)), since_(since), tells_apart_(tells_apart(plan_)) {}

Arm PlanInForce::next_in_turn() {
    const double canary = plan_.canary_weight, baseline = plan_.baseline_weight;
    const double weights[arm_count] = {100 - canary - baseline, canary, baseline};
    std::size_t best = 0;
    std::int64_t total = 0;
    for (std::size_t i = 0; i < arm_count; ++i) {
        const std::int64_t weight = std::llround(weights[i] * turns_per_percent);
        turns_[i] += weight;
        total += weight;
        if (turns_[i] > turns_[best]) best = i;
    }
    turns_[best] -= total;
    return Arm(best);
}

Arm PlanInForce::by_weight(std::string_view session) {
    if (plan_.mode == traffic::SplitMode::session) return choose_arm(plan_, session);
    const std::lock_guard lock(turns_mutex_);
    if (const Arm* kept = kept_.find(session)) return *kept;
    const Arm arm = next_in_turn();
    kept_.put(std::string(session), arm, 1);
    return arm;
}

Draw PlanInForce::draw(const http::Request& request, std::string_view session,
                       const std::function<bool(Arm)>& has_any) {
    Draw draw;
    std::optional<Arm> named;
    if (tells_apart_) {
        draw.by = DrawnBy::weight;
        if (!plan_.cookie.empty())
            named = arm_of_cookie(cookie_of(request.headers.get("Cookie"), plan_.cookie));
        if (named) draw.by = DrawnBy::cookie;
        if (matcher_.routes_to_canary(request)) {
            named = Arm::canary;
            draw.by = DrawnBy::header;
        }
        draw.arm = named ? *named : by_weight(session);
        if (draw.arm != Arm::stable && !has_any(draw.arm)) draw.arm = Arm::stable;
    }
    if (named) {
        count_forced();
        return draw;
    }
    const std::size_t at = std::size_t(draw.arm);
    requests_[at].fetch_add(1, std::memory_order_relaxed);
    switch (seen_.add(hash_of(to_string(draw.arm), session))) {
        case SessionSet::Added::yes:
            sessions_[at].fetch_add(1, std::memory_order_relaxed);
            break;
        case SessionSet::Added::full:
            saturated_.store(true, std::memory_order_relaxed);
            break;
        case SessionSet::Added::known:
            break;
    }
    return draw;
}

bool PlanInForce::wants_copy(const http::Request& request, Arm arm) {
    return arm != Arm::canary && matcher_.has_mirrors() &&
           matcher_.mirrors(request, mirror_turn_.fetch_add(1, std::memory_order_relaxed));
}

SplitStatus PlanInForce::status() const {
    SplitStatus status;
    status.plan = plan_;
    status.since = since_;
    for (std::size_t i = 0; i < arm_count; ++i) {
        status.requests[i] = requests_[i].load();
        status.sessions[i] = sessions_[i].load();
    }
    status.sessions_saturated = saturated_.load();
    status.forced = forced_.load();
    status.mirrored = mirrored_.load();
    status.mirrors_dropped = mirrors_dropped_.load();
    return status;
}

TrafficSplit::TrafficSplit(core::WallTime now)
    : current_(std::make_shared<PlanInForce>(traffic::TrafficPlan{},
                                             PlanMatcher::compile(traffic::TrafficPlan{}).value(), now)) {}

core::Result<> TrafficSplit::set(traffic::TrafficPlan plan, core::WallTime now) {
    if (auto valid = traffic::validate(plan); !valid) return valid;
    if (current()->plan() == plan) return {};
    auto matcher = PlanMatcher::compile(plan);
    if (!matcher) return core::Failure(matcher.error());
    auto next = std::make_shared<PlanInForce>(std::move(plan), std::move(*matcher), now);
    const std::unique_lock lock(mutex_);
    current_.swap(next);
    return {};
}

std::shared_ptr<PlanInForce> TrafficSplit::current() const {
    const std::shared_lock lock(mutex_);
    return current_;
}

InFlight TrafficSplit::enter(Arm arm) {
    auto& count = in_flight_[std::size_t(arm)];
    count.fetch_add(1);
    return InFlight(&count);
}

SplitStatus TrafficSplit::status() const {
    SplitStatus status = current()->status();
    status.canary_in_flight = in_flight_[std::size_t(Arm::canary)].load();
    return status;
}

}  // namespace qd::gateway
