#include "kubernetes/patches.hpp"

#include <algorithm>

#include "core/json_fields.hpp"
#include "kubernetes/lenient.hpp"

namespace qd::kubernetes {
namespace {

using nlohmann::json;
using rollouts::Action;
using rollouts::Strategy;

constexpr const char* unpause_body = R"({"spec":{"paused":false}})";
constexpr const char* clear_pauses_body = R"({"status":{"pauseConditions":null}})";

ApiCall patch_call(const ArgoState& state, std::string body, std::string subresource,
                   std::string_view type = merge_patch_type) {
    ApiCall call;
    call.verb = "patch";
    call.resource = rollouts_resource;
    call.space = state.space;
    call.name = state.name;
    call.subresource = std::move(subresource);
    call.content_type = type;
    call.body = std::move(body);
    return call;
}

ApiCall status_patch(const ArgoState& state, std::string body) {
    return patch_call(state, std::move(body), "status");
}

PatchPlan refuse_plan(std::string why) {
    PatchPlan plan;
    plan.refusal = std::move(why);
    return plan;
}

std::string step_name(const ArgoState& state, std::size_t step) {
    if (step >= state.steps.size()) return "the end of the steps";
    return fmt::format("step {} ({})", step, describe(state.steps[step]));
}

std::size_t step_after(const ArgoState& state) {
    return std::min(*state.step + 1, state.steps.size());
}

std::string pause_names(const ArgoState& state) {
    std::string names;
    for (const ArgoPause& pause : state.pauses) names += (names.empty() ? "" : ", ") + pause.reason;
    return names;
}

void unpause_too(const ArgoState& state, PatchPlan& plan) {
    if (!state.spec_paused) return;
    plan.calls.push_back(patch_call(state, unpause_body, ""));
    plan.effects.push_back("the pause by hand ends as well");
}

PatchPlan plan_next(const ArgoState& state) {
    if (state.abort) return refuse_plan("it was aborted: Resume begins the update again from its first step");
    PatchPlan plan;
    if (state.step_inconclusive && !state.pauses.empty() && state.controller_pause && state.step) {
        plan.calls.push_back(status_patch(
            state,
            fmt::format(
                R"({{"status":{{"pauseConditions":null,"controllerPause":false,"currentStepIndex":{}}}}})",
                step_after(state))));
        plan.effects.push_back("the inconclusive analysis is passed over: on to " +
                               step_name(state, step_after(state)));
    } else if (!state.pauses.empty()) {
        plan.calls.push_back(status_patch(state, clear_pauses_body));
        plan.effects.push_back(state.strategy == Strategy::blue_green
                                   ? "the new version becomes the active one"
                                   : "the pause (" + pause_names(state) + ") ends, and the steps go on");
    } else if (state.fully_promoted()) {
        return refuse_plan("the new version is the stable one: there is no update to take further");
    } else if (state.strategy == Strategy::canary && state.step) {
        plan.calls.push_back(status_patch(
            state, fmt::format(R"({{"status":{{"pauseConditions":null,"currentStepIndex":{}}}}})",
                               step_after(state))));
        plan.effects.push_back(fmt::format("{} is skipped: on to {}", step_name(state, *state.step),
                                           step_name(state, step_after(state))));
        if (state.spec_paused)
            plan.effects.push_back(
                "it is only paused by hand, and Next also skips the current step: Resume goes on "
                "without skipping");
    } else if (!state.spec_paused) {
        return refuse_plan("it has no steps and no pause: there is nothing to go on from");
    }
    unpause_too(state, plan);
    return plan;
}

PatchPlan plan_resume(const ArgoState& state) {
    PatchPlan plan;
    if (state.spec_paused) {
        plan.calls.push_back(patch_call(state, unpause_body, ""));
        plan.effects.push_back("the pause by hand ends; no step is skipped");
        if (!state.pauses.empty())
            plan.effects.push_back("it then stays paused (" + pause_names(state) +
                                   "): Resume again, or Next, ends that");
    } else if (state.abort) {
        plan.calls.push_back(status_patch(state, R"({"status":{"abort":false}})"));
        plan.effects.push_back("the aborted update begins again from step 0 (Argo's retry)");
    } else if (state.pauses.empty()) {
        return refuse_plan("nothing is paused");
    } else if (state.step_inconclusive) {
        return refuse_plan(
            "the analysis of this step was inconclusive: Next goes on past it, Abort takes the canary away");
    } else {
        plan.calls.push_back(status_patch(state, clear_pauses_body));
        plan.effects.push_back("the pause (" + pause_names(state) + ") ends");
    }
    return plan;
}

PatchPlan plan_promote(const ArgoState& state) {
    if (state.fully_promoted()) return refuse_plan("the new version is the stable one already");
    if (state.promote_full) return refuse_plan("it is being promoted fully already");
    if (state.abort) return refuse_plan("it was aborted: Resume begins the update again");
    PatchPlan plan;
    plan.calls.push_back(status_patch(state, R"({"status":{"promoteFull":true}})"));
    plan.effects.push_back("all steps, pauses and analyses that are left are skipped");
    unpause_too(state, plan);
    return plan;
}

PatchPlan plan_abort(const ArgoState& state) {
    if (state.abort) return refuse_plan("it is aborted already");
    if (state.fully_promoted())
        return refuse_plan("the new version is the stable one: Undo brings the former one back");
    PatchPlan plan;
    plan.calls.push_back(status_patch(state, R"({"status":{"abort":true}})"));
    plan.effects.push_back("all traffic goes to the stable version");
    if (state.step) plan.effects.push_back("the current step becomes 0: another try begins from there");
    plan.effects.push_back(
        "spec.template still names the bad version: until it is changed, or undone, the rollout "
        "stays Degraded");
    return plan;
}

PatchPlan plan_undo(const ArgoState& state, const std::optional<EarlierRevision>& earlier) {
    if (!earlier) return refuse_plan("there is no earlier revision whose ReplicaSet is kept");
    PatchPlan plan;
    const json patch =
        json::array({{{"op", "replace"}, {"path", "/spec/template"}, {"value", *earlier->pod_template}}});
    plan.calls.push_back(patch_call(state, core::dump_json(patch), "", json_patch_type));
    plan.effects.push_back(
        fmt::format("spec.template becomes that of revision {}: a new update to it begins, with its "
                    "steps unless it is within the rollback window",
                    earlier->revision));
    if (state.abort) plan.effects.push_back("the abort is cleared, as the template changes");
    return plan;
}

}  // namespace

PatchPlan plan_action(const ArgoState& state, Action action, const std::optional<EarlierRevision>& earlier) {
    switch (action) {
        case Action::next:
            return plan_next(state);
        case Action::resume:
            return plan_resume(state);
        case Action::promote:
            return plan_promote(state);
        case Action::abort:
            return plan_abort(state);
        case Action::undo:
            return plan_undo(state, earlier);
        case Action::pause: {
            if (state.spec_paused) return refuse_plan("it is paused by hand already");
            PatchPlan plan;
            plan.calls.push_back(patch_call(state, R"({"spec":{"paused":true}})", ""));
            plan.effects.push_back("it stays where it is until Resume");
            return plan;
        }
        case Action::back:
            return refuse_plan("Argo Rollouts has no step back: Abort takes the canary to zero");
        case Action::ramp_down:
            return refuse_plan(
                "Argo Rollouts has no gradual way down: Abort takes the canary to zero at once");
        case Action::approve:
            return refuse_plan("Argo Rollouts knows no approvals: a pause until resumed stands for one");
    }
    return refuse_plan("there is no such action");
}

std::optional<EarlierRevision> earlier_revision(const ArgoState& state,
                                                const std::vector<Object>& replica_sets) {
    using lenient::at;
    std::optional<EarlierRevision> best;
    for (const Object& set : replica_sets) {
        const json& metadata = at(*set, "metadata");
        const json& owners = lenient::items(at(metadata, "ownerReferences"));
        if (std::ranges::none_of(
                owners, [&](const json& owner) { return lenient::text(at(owner, "uid")) == state.uid; }))
            continue;
        const std::uint64_t revision =
            lenient::count(at(at(metadata, "annotations"), "rollout.argoproj.io/revision"));
        const json& pod_template = at(at(*set, "spec"), "template");
        if (revision == 0 || revision >= state.revision || !pod_template.is_object()) continue;
        if (best && best->revision >= revision) continue;
        json cleaned = pod_template;
        // The controller puts its hash there; in a Rollout's own template it would stay for good.
        if (at(at(cleaned, "metadata"), "labels").is_object())
            cleaned["metadata"]["labels"].erase("rollouts-pod-template-hash");
        best = EarlierRevision{revision, std::make_shared<const json>(std::move(cleaned))};
    }
    return best;
}

std::optional<ApiCall> without_subresource(const ApiCall& call) {
    if (call.subresource.empty()) return std::nullopt;
    ApiCall main = call;
    main.subresource.clear();
    return main;
}

}  // namespace qd::kubernetes
