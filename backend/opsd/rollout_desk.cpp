#include "opsd/rollout_desk.hpp"

#include <algorithm>

#include "rollouts/rollback.hpp"

namespace qd::opsd {

using core::Errc;
using core::fail;
using core::Failure;
using rollouts::Action;
using rollouts::Rollout;
using rollouts::RolloutAuthor;
using rollouts::RolloutId;

namespace {

bool is_over(const Rollout& rollout) {
    return rollout.ended_at || rollouts::is_finished(rollout.progress);
}

}  // namespace

core::Result<rollouts::Controller*> RolloutDesk::find(const RolloutId& id) const {
    for (rollouts::Controller* controller : controllers_) {
        const auto found = controller->get(id);
        if (found) return controller;
        if (found.error().code != Errc::not_found) return Failure(found.error());
    }
    return fail(Errc::not_found, "there is no rollout {}", id.value);
}

core::Result<std::string> RolloutDesk::allow(bool needs_reason, bool frozen_by, const std::string& reason,
                                             bool override_freeze) const {
    if (const auto why = policy_.read_only()) return fail(Errc::permission_denied, "{}", *why);
    if (reason.find_first_not_of(" \t\r\n") == std::string::npos && (needs_reason || override_freeze))
        return fail(Errc::invalid_argument, "reason: is needed for {}",
                    override_freeze ? "overriding a freeze" : "this");
    if (!frozen_by) return reason;
    const auto frozen = policy_.frozen();
    if (!frozen) return reason;
    if (!override_freeze)
        return fail(Errc::conflict, "{}; override it with a reason to go on nevertheless", *frozen);
    // The audit keeps what was overridden beside why.
    return fmt::format("{} (in spite of {})", reason, *frozen);
}

core::Result<> RolloutDesk::check(const rollouts::Specification& specification) const {
    for (const auto& check : checks_)
        if (auto fine = check(specification); !fine) return fine;
    return {};
}

std::vector<DriverState> RolloutDesk::drivers() const {
    std::vector<DriverState> all;
    for (const auto& states : drivers_) std::ranges::move(states(), std::back_inserter(all));
    return all;
}

std::vector<Rollout> RolloutDesk::list() const {
    std::vector<Rollout> all;
    for (const rollouts::Controller* controller : controllers_)
        std::ranges::move(controller->list(), std::back_inserter(all));
    if (controllers_.size() > 1)
        std::ranges::stable_sort(all, std::ranges::greater{}, &Rollout::created_at);
    for (Rollout& rollout : all) policy_.annotate(rollout);
    return all;
}

core::Result<std::vector<Rollout>> RolloutDesk::list(const RolloutFilter& filter) const {
    const auto phase = rollouts::parse_phase(filter.state);
    if (!filter.state.empty() && filter.state != "open" && filter.state != "ended" && !phase)
        return fail(Errc::invalid_argument, "state: is open, ended, or the word of a phase");
    auto found = list();
    std::erase_if(found, [&](const Rollout& rollout) {
        if (filter.state.empty()) return false;
        return phase ? rollout.phase != *phase : is_over(rollout) != (filter.state == "ended");
    });
    if (filter.limit > 0 && found.size() > filter.limit)
        found.erase(found.begin() + std::ptrdiff_t(filter.limit), found.end());
    return found;
}

core::Result<Rollout> RolloutDesk::get(const RolloutId& id) const {
    const auto controller = find(id);
    if (!controller) return Failure(controller.error());
    auto rollout = (*controller)->get(id);
    if (rollout) policy_.annotate(*rollout);
    return rollout;
}

core::Result<rollouts::ActionPreview> RolloutDesk::preview(const RolloutId& id, Action action) const {
    const auto controller = find(id);
    if (!controller) return Failure(controller.error());
    auto preview = (*controller)->preview(id, action);
    if (!preview) return preview;
    if (const auto why = policy_.read_only()) preview->refusal = *why;
    if (rollouts::goes_up(action) && !preview->frozen) preview->frozen = policy_.frozen();
    return preview;
}

core::Result<Rollout> RolloutDesk::act(const RolloutId& id, Action action, const std::string& reason,
                                       const RolloutAuthor& author) {
    const auto controller = find(id);
    if (!controller) return Failure(controller.error());
    const auto kept = allow(rollouts::needs_reason(action), rollouts::goes_up(action), reason,
                            author.override_freeze);
    if (!kept) return Failure(kept.error());
    auto rollout = (*controller)->act(id, action, *kept, author);
    if (rollout) policy_.annotate(*rollout);
    return rollout;
}

core::Result<Rollout> RolloutDesk::start(rollouts::StartRequest request, const RolloutAuthor& author) {
    auto kept = allow(false, true, request.reason, request.override_freeze);
    if (!kept) return Failure(kept.error());
    request.reason = std::move(*kept);
    if (const auto fine = check(request.specification); !fine) return Failure(fine.error());
    auto rollout = engine_.start(request, author);
    if (rollout) policy_.annotate(*rollout);
    return rollout;
}

core::Result<Rollout> RolloutDesk::rollback(const RolloutId& id, const rollouts::RollbackRequest& request,
                                            const RolloutAuthor& author) {
    const auto from = engine_.get(id);
    if (!from) return from;
    const auto kept = allow(true, false, request.reason, request.override_freeze);
    if (!kept) return Failure(kept.error());
    auto history = engine_.list();
    std::erase_if(history, [&](const Rollout& other) { return other.driver != from->driver; });
    auto specification = rollouts::rollback_to(history, *from, request.to_version);
    if (!specification) return Failure(specification.error());
    if (const auto fine = check(*specification); !fine) return Failure(fine.error());
    return engine_.start({std::move(*specification), *kept, true}, author);
}

core::Result<rollouts::GroupPreview> RolloutDesk::preview_group(const std::string& group,
                                                                Action action) const {
    rollouts::GroupPreview preview;
    preview.group = group;
    preview.action = to_string(action);
    auto all = list();
    std::ranges::reverse(all);
    for (const Rollout& rollout : all) {
        if (group.empty() || rollout.specification.group != group || is_over(rollout)) continue;
        auto member = this->preview(rollout.id, action);
        if (!member) return core::fail_with_context(rollout.id.value, member.error());
        if (member->refusal)
            preview.refusal = fmt::format("{}{}: {}", preview.refusal ? *preview.refusal + "; " : "",
                                          rollout.id.value, *member->refusal);
        if (member->frozen) preview.frozen = member->frozen;
        preview.members.push_back({rollout.id, rollout.specification.name, std::move(*member)});
    }
    if (preview.members.empty())
        return fail(Errc::not_found, "no rollout of the group '{}' is under way", group);
    return preview;
}

core::Result<std::vector<rollouts::GroupOutcome>> RolloutDesk::act_on_group(
    const std::string& group, Action action, const rollouts::ActionRequest& request,
    const RolloutAuthor& author) {
    const auto preview = preview_group(group, action);
    if (!preview) return Failure(preview.error());
    const bool up = rollouts::goes_up(action);
    if (auto kept = allow(rollouts::needs_reason(action), up, request.reason, request.override_freeze); !kept)
        return Failure(kept.error());
    if (preview->refusal) return fail(Errc::conflict, "nothing was done: {}", *preview->refusal);
    for (const auto& member : preview->members) {
        const auto seen = request.versions.find(member.id.value);
        if (!request.versions.empty() && seen == request.versions.end())
            return fail(Errc::conflict, "nothing was done: {} has joined the group since", member.id.value);
        if (seen != request.versions.end() && seen->second != member.preview.version)
            return fail(Errc::conflict, "nothing was done: {} has moved on since: look again, then decide",
                        member.id.value);
    }
    std::vector<rollouts::GroupOutcome> outcomes;
    std::string failed;
    for (const auto& member : preview->members) {
        rollouts::GroupOutcome outcome{member.id, std::nullopt, {}};
        if (up && !failed.empty()) {
            outcome.error = fmt::format("left as it is, since {} has failed", failed);
        } else {
            RolloutAuthor each = author;
            each.override_freeze = request.override_freeze;
            each.expected_version.reset();
            if (!request.versions.empty()) each.expected_version = request.versions.at(member.id.value);
            auto acted = act(member.id, action, request.reason, each);
            if (acted) {
                outcome.rollout = std::move(*acted);
            } else {
                outcome.error = acted.error().message;
                failed = member.id.value;
            }
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

}  // namespace qd::opsd
