#pragma once
// The plan in force: every request asks it for an arm, one hand changes it. A change replaces the whole of it
// at once, so that a request sees the old plan or the new one and its counts go where it drew.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "core/clock.hpp"
#include "gateway/arm.hpp"
#include "gateway/lru.hpp"
#include "gateway/plan_matcher.hpp"
#include "gateway/session_set.hpp"
#include "traffic/plan.hpp"

namespace qd::gateway {

/// Why a request is on its arm.
enum class DrawnBy : std::uint8_t { none, weight, cookie, header, forced };
std::string_view to_string(DrawnBy by);

struct Draw {
    Arm arm = Arm::stable;
    DrawnBy by = DrawnBy::none;  // none: no plan tells arms apart
};

/// What became of the requests since the plan is in force.
struct SplitStatus {
    traffic::TrafficPlan plan;
    core::WallTime since{};
    std::uint64_t requests[arm_count]{};  // by arm, drawn by weight, or without a plan
    std::uint64_t sessions[arm_count]{};  // different ones among those; SessionSet::most in all at most
    bool sessions_saturated = false;      // there were more sessions than are told apart
    std::uint64_t forced = 0;             // by header, cookie or a person
    std::uint64_t mirrored = 0, mirrors_dropped = 0;
    std::uint64_t canary_in_flight = 0;  // that the canary arm is answering now, of whatever plan
};
/// The plan's members, and {"since","counts":{"stable","canary","baseline","forced","mirrored",
/// "mirrors_dropped","canary_in_flight"},"sessions":{"stable","canary","baseline","saturated"}}
std::string to_json(const SplitStatus& status);

/// One plan with all that was counted under it. Thread-safe.
class PlanInForce {
public:
    PlanInForce(traffic::TrafficPlan plan, PlanMatcher matcher, core::WallTime since);

    /// The arm of a request, counted. `has_any` says whether an arm has upstreams: an empty canary or
    /// baseline is none yet (or no more) and stable answers for it; one that is only unwell must be seen to
    /// be.
    Draw draw(const http::Request& request, std::string_view session,
              const std::function<bool(Arm)>& has_any);
    void count_forced() { forced_.fetch_add(1, std::memory_order_relaxed); }

    /// Whether a copy of this request, which `arm` answers, is due to the canary.
    bool wants_copy(const http::Request& request, Arm arm);
    void count_copy(bool sent) {
        (sent ? mirrored_ : mirrors_dropped_).fetch_add(1, std::memory_order_relaxed);
    }

    const traffic::TrafficPlan& plan() const { return plan_; }
    /// Whether some requests may be answered by another version than others.
    bool tells_arms_apart() const { return tells_apart_; }
    SplitStatus status() const;

private:
    Arm by_weight(std::string_view session);
    Arm next_in_turn();

    const traffic::TrafficPlan plan_;
    const PlanMatcher matcher_;
    const core::WallTime since_;
    const bool tells_apart_;
    std::atomic<std::uint64_t> requests_[arm_count]{}, sessions_[arm_count]{};
    std::atomic<std::uint64_t> forced_{0}, mirrored_{0}, mirrors_dropped_{0}, mirror_turn_{0};
    std::atomic<bool> saturated_{false};
    SessionSet seen_;
    std::mutex turns_mutex_;  // of round robin
    std::int64_t turns_[arm_count]{};
    Lru<Arm> kept_{SessionSet::most};  // the longest unseen session is forgotten beyond this, and draws again
};

/// One request that an arm is answering; counted until it goes.
struct LeaveArm {
    void operator()(std::atomic<std::uint64_t>* count) const { count->fetch_sub(1); }
};
using InFlight = std::unique_ptr<std::atomic<std::uint64_t>, LeaveArm>;

/// Thread-safe.
class TrafficSplit {
public:
    explicit TrafficSplit(core::WallTime now);

    /// Returns once it is in force: whoever asks afterwards draws by it. The same plan again changes nothing,
    /// and counts go on. Errc::invalid_argument for a plan out of its limits or a regular expression that is
    /// none.
    core::Result<> set(traffic::TrafficPlan plan, core::WallTime now);
    std::shared_ptr<PlanInForce> current() const;
    InFlight enter(Arm arm);
    SplitStatus status() const;

private:
    mutable std::shared_mutex mutex_;
    std::shared_ptr<PlanInForce> current_;
    std::atomic<std::uint64_t> in_flight_[arm_count]{};
};

}  // namespace qd::gateway
