#include <algorithm>

#include "rollouts/progress.hpp"
#include "rollouts/steps.hpp"

namespace qd::rollouts {
namespace {

using Refusal = std::optional<std::string>;

Refusal refuse_undo(const Progress& progress, const Specification& specification) {
    if (progress.course == Course::promoted) return std::nullopt;
    // Before its delay is over the former version still runs.
    if (specification.strategy == Strategy::blue_green && progress.course == Course::stepping &&
        progress.weight == 100)
        return std::nullopt;
    return progress.course == Course::undoing || progress.course == Course::undone
               ? "it is being undone already or has been"
               : "only what was promoted can be undone: abort takes the canary to zero";
}

Refusal refuse_abort(const Progress& progress) {
    if (progress.course == Course::stepping || progress.course == Course::promoting ||
        progress.course == Course::ramping_down)
        return std::nullopt;
    return progress.course == Course::promoted ? "it has been promoted: undo brings the former version back"
                                               : "the canary has no traffic any more";
}

Refusal refuse_approve(const Progress& progress, const Specification& specification) {
    if (specification.approvals == 0) return "its specification asks for no approval";
    if (approvals_missing(progress, specification) == 0) return "nothing waits for an approval";
    return std::nullopt;
}

/// back, next, promote and ramp down, while stepping.
Refusal refuse_move(const Progress& progress, const Specification& specification, Action action) {
    if (specification.strategy == Strategy::rolling)
        return "a rolling update has no steps: it goes on by itself, pause holds it, abort rolls it back";
    const Steps steps(specification);
    if (action == Action::ramp_down) {
        if (progress.weight == 0) return "the canary has no traffic";
        if (specification.strategy == Strategy::blue_green)
            return "a blue-green rollout is switched as a whole: abort switches back at once";
        return std::nullopt;
    }
    if (const unsigned missing = approvals_missing(progress, specification); missing > 0)
        return fmt::format("{} approval(s) of other people are missing", missing);
    if (!progress.ready) return "the canary's instances do not serve yet";
    const auto given = std::ranges::count_if(
        steps.begin(), steps.begin() + std::ptrdiff_t(std::min(progress.step + 1, steps.size())),
        [](const Step& step) { return step.kind == StepKind::set_weight; });
    if (action == Action::back && given < 2)
        return "it is at its first weight: abort takes the canary to zero";
    return std::nullopt;
}

}  // namespace

Refusal refusal(const Progress& progress, const Specification& specification, Action action) {
    if (action == Action::undo) return refuse_undo(progress, specification);
    if (action == Action::abort) return refuse_abort(progress);
    if (progress.course != Course::stepping)
        return fmt::format("it is {}: {}", to_string(progress.course),
                           is_finished(progress) ? "the rollout has ended" : "only abort applies");
    if (action == Action::approve) return refuse_approve(progress, specification);
    if (action == Action::pause) {
        if (progress.held) return "it is paused already";
        return std::nullopt;
    }
    if (action != Action::resume) return refuse_move(progress, specification, action);
    if (progress.held) return std::nullopt;
    const Steps steps(specification);
    const Step* step = steps.at(progress.step);
    if (progress.ready && step != nullptr && (step->kind == StepKind::pause || is_gate(*step)))
        return std::nullopt;
    return "nothing is paused";
}

}  // namespace qd::rollouts
