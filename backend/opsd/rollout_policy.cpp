#include "opsd/rollout_policy.hpp"

#include <algorithm>

#include "oncall/recurrence.hpp"

namespace qd::opsd {
namespace {

using rollouts::Freeze;

constexpr std::size_t max_occurrences = 200;  // of one event
constexpr std::chrono::hours looked_ahead{24 * 60}, shown_ahead{24 * 14};
constexpr std::size_t shown_next = 50;

class SystemZones final : public rollouts::TimeZones {
public:
    std::int64_t local_minute(core::WallTime at, const std::string& zone) const override {
        return oncall::local_at(at, zone).value;
    }
    core::WallTime moment(std::int64_t local_minute, const std::string& zone) const override {
        return oncall::moment_of(oncall::LocalMinute{local_minute}, zone);
    }
};

/// Open SEV1 and SEV2 incidents: the most severe one speaks for all.
std::optional<Freeze> incident_freeze(const incidents::IncidentDesk& desk) {
    const auto worst = desk.worst_open(incidents::Severity::sev2);
    if (!worst) return std::nullopt;
    const auto commander = worst->roles.find("commander");
    return Freeze{
        "incident",
        worst->id.value,
        commander == worst->roles.end() ? std::string(to_string(worst->severity)) : commander->second,
        fmt::format("{} '{}' is open", to_string(worst->severity), worst->title),
        worst->detected_at,
        std::nullopt};
}

/// Objectives whose policy says so let nothing go on once their budget is spent.
void add_budget_freezes(const Context& context, std::vector<Freeze>& freezes) {
    if (!context.slo_statuses) return;
    for (const slo::Status& status : context.slo_statuses())
        if (status.objective.policy.freeze_rollouts && status.budget.exhausted)
            freezes.push_back(
                {"budget", status.objective.title, "the objective's policy",
                 fmt::format("the error budget of '{}' is spent ({} bad {} of {:.0f} allowed), and its "
                             "policy freezes rollouts",
                             status.objective.title, status.budget.spent, unit_of(status.objective),
                             status.budget.allowed),
                 std::nullopt, std::nullopt});
}

}  // namespace

std::vector<rollouts::FreezeWindow> RolloutPolicy::windows(core::WallTime now) const {
    std::vector<rollouts::FreezeWindow> all = settings_.windows;
    for (const auto& file : settings_.files)
        for (const oncall::CalendarEvent& event : file.events)
            for (const oncall::Span& span :
                 oncall::occurrences(event, now, now + looked_ahead, max_occurrences))
                all.push_back({event.person, "", span.from, span.to, file.path});
    return all;
}

std::vector<Freeze> RolloutPolicy::planned(core::WallTime now) const {
    const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    const std::lock_guard lock(mutex_);
    if (planned_of_ != second) {
        planned_ = rollouts::freezes_at(windows(now), settings_.calendars, now, SystemZones());
        planned_of_ = second;
    }
    return planned_;
}

std::vector<Freeze> RolloutPolicy::freezes() const {
    std::vector<Freeze> found;
    if (auto incident = incident_freeze(desk_)) found.push_back(std::move(*incident));
    add_budget_freezes(context_, found);
    std::ranges::move(planned(context_.clock().now()), std::back_inserter(found));
    return found;
}

std::optional<std::string> RolloutPolicy::read_only() const {
    if (!settings_.read_only) return std::nullopt;
    return fmt::format("rollouts are read-only here{}{}", settings_.read_only_reason.empty() ? "" : ": ",
                       settings_.read_only_reason);
}

rollouts::PolicyPicture RolloutPolicy::picture() const {
    const core::WallTime now = context_.clock().now();
    return {now, settings_.read_only, settings_.read_only_reason, freezes(),
            rollouts::freezes_to_come(windows(now), settings_.calendars, now, now + shown_ahead, shown_next,
                                      SystemZones())};
}

void RolloutPolicy::annotate(rollouts::Rollout& rollout) const {
    if (settings_.read_only) rollout.read_only = true;
    if (!rollouts::is_finished(rollout.progress) && !rollout.frozen) rollout.frozen = frozen();
}

}  // namespace qd::opsd
