#include "opsd/argo_desk.hpp"

#include "rollouts/codec.hpp"

namespace qd::opsd {
namespace {

using rollouts::Course;
using rollouts::Rollout;

bool acts_on_users(const Rollout& rollout) {
    return rollout.weight_requested > 0 || rollout.progress.course == Course::promoted;
}

incidents::MachineNote argo_note(const Rollout& rollout, std::string phase, std::string actor,
                                 core::WallTime at) {
    incidents::MachineNote note;
    note.kind = incidents::EventKind::rollout;
    note.subject = rollout.id.value;
    note.phase = std::move(phase);
    note.actor = std::move(actor);
    note.at = at;
    note.in_effect = acts_on_users(rollout);
    return note;
}

/// Whatever is not the same but the time of looking.
bool differs(const Rollout& before, Rollout now) {
    now.observed_at = before.observed_at;
    now.remaining = before.remaining;
    return now != before;
}

}  // namespace

core::Result<std::unique_ptr<ArgoDesk>> ArgoDesk::open(const kubernetes::ArgoSettings& settings,
                                                       const Context& context, incidents::IncidentDesk& desk,
                                                       const RolloutPolicy& policy) {
    auto access =
        kubernetes::resolve_access(kubernetes::default_places(settings.kubeconfig), settings.context);
    if (!access) return core::fail_with_context("argo", access.error());
    return std::unique_ptr<ArgoDesk>(
        new ArgoDesk(std::move(*access), settings.options, context, desk, policy));
}

ArgoDesk::ArgoDesk(kubernetes::ClusterAccess access, const kubernetes::ArgoOptions& options,
                   const Context& context, incidents::IncidentDesk& desk, const RolloutPolicy& policy)
    : context_(context),
      desk_(desk),
      policy_(policy),
      credentials_(std::move(access), context.clock()),
      api_(context.client(), credentials_),
      controller_(api_, context.clock(), random_, options, hooks()) {}

kubernetes::ArgoHooks ArgoDesk::hooks() {
    kubernetes::ArgoHooks hooks;
    hooks.on_change = [this] { post(); };
    hooks.on_act = [this](const Rollout& rollout, rollouts::Action action, const std::string& actor,
                          const std::string& reason) { note_sent(rollout, action, actor, reason); };
    return hooks;
}

DriverState ArgoDesk::state() const {
    return {"argo", "argo", controller_.trouble().value_or(""), "not verified on a cluster"};
}

void ArgoDesk::start() {
    {
        const std::lock_guard lock(mutex_);
        started_ = true;
        news_ = false;
    }
    post();
}

void ArgoDesk::post() {
    {
        const std::lock_guard lock(mutex_);
        // The watch tells of each object; they are looked at together.
        if (!started_ || std::exchange(news_, true)) return;
    }
    context_.executor().post([this] { tell(); });
}

void ArgoDesk::tell() {
    const std::lock_guard one(telling_);
    {
        const std::lock_guard lock(mutex_);
        news_ = false;
    }
    std::map<std::string, Rollout> now;
    for (Rollout& rollout : controller_.list()) {
        const auto before = told_.find(rollout.id.value);
        if (before == told_.end() || differs(before->second, rollout)) {
            if (before != told_.end()) note_moved(before->second, rollout);
            Rollout shown = rollout;
            policy_.annotate(shown);
            context_.publish("rollout", shown.id.value, rollouts::to_json(shown));
        }
        now.emplace(rollout.id.value, std::move(rollout));
    }
    told_ = std::move(now);
}

void ArgoDesk::note_moved(const Rollout& before, const Rollout& now) {
    const bool moved = before.weight_requested != now.weight_requested ||
                       before.progress.step != now.progress.step ||
                       before.progress.course != now.progress.course;
    if (!moved) return;
    auto note = argo_note(now, now.progress.course == Course::aborted ? "abort" : "step", "argo",
                          now.driver_connected ? now.observed_at : context_.clock().now());
    note.text = fmt::format("{}: step {} of {}, the canary receives {} %{}{}.", now.id.value,
                            std::min(now.progress.step + 1, now.specification.steps.size()),
                            now.specification.steps.size(), now.weight_requested,
                            now.message.empty() ? "" : ": ", now.message);
    if (now.progress.course == Course::promoted)
        note.text = fmt::format("{}: {} is the stable version.", now.id.value, now.stable_version);
    desk_.on_machine(note);
}

void ArgoDesk::note_sent(const Rollout& rollout, rollouts::Action action, const std::string& actor,
                         const std::string& reason) {
    auto note = argo_note(rollout, std::string(to_string(action)), actor, context_.clock().now());
    note.text = fmt::format("{} of {} was sent to the cluster by {}{}{}.", to_string(action),
                            rollout.id.value, actor, reason.empty() ? "" : ": ", reason);
    desk_.on_machine(note);
}

}  // namespace qd::opsd
