#include <nlohmann/json.hpp>

#include "kubernetes/argo_controller.hpp"

namespace qd::kubernetes {
namespace {

using core::Errc;
using core::fail;
using core::Result;
using rollouts::Action;
using rollouts::Rollout;
using rollouts::RolloutId;

constexpr std::size_t most_keys = 1'000;

std::uint64_t version_of(const Object& object, const core::Clock& clock) {
    return decode_rollout(*object, clock.now()).progress.version;
}

}  // namespace

Result<ArgoController::Planned> ArgoController::plan(const RolloutId& id, Action action) const {
    ApiCall read;
    {
        const std::lock_guard lock(mutex_);
        const auto at = id.value.starts_with("argo:") ? rollouts_.find(id.value.substr(5)) : rollouts_.end();
        if (at == rollouts_.end()) return fail(Errc::not_found, "the cluster has no rollout {}", id.value);
        read.resource = rollouts_resource;
        read.space = metadata_text(*at->second, "namespace");
        read.name = metadata_text(*at->second, "name");
    }
    // As it is now, which may be later than what the watch has shown.
    auto object = api_.object(read);
    if (!object) return core::Failure(object.error());
    Planned planned{*object, read_argo_state(**object), {}};
    std::optional<EarlierRevision> earlier;
    if (action == Action::undo) {
        ApiCall sets;
        sets.resource = replica_sets_resource;
        sets.space = read.space;
        const auto list = api_.list(sets);
        if (!list) return core::Failure(list.error());
        earlier = earlier_revision(planned.state, list->items);
    }
    planned.plan = plan_action(planned.state, action, earlier);
    return planned;
}

Result<Object> ArgoController::send(ApiCall call, std::string_view query) const {
    call.query = query;
    auto answer = api_.object(call);
    // The object has just been read: what is not there is its subresource.
    if (!answer && answer.error().code == Errc::not_found)
        if (const auto main = without_subresource(call)) return api_.object(*main);
    return answer;
}

Result<rollouts::ActionPreview> ArgoController::preview(const RolloutId& id, Action action) const {
    const auto planned = plan(id, action);
    if (!planned) return core::Failure(planned.error());
    rollouts::ActionPreview preview;
    preview.action = to_string(action);
    preview.effects = planned->plan.effects;
    preview.refusal = planned->plan.refusal;
    preview.version = version_of(planned->object, clock_);
    if (options_.read_only) preview.refusal = "this cluster is only looked at from here";
    for (const ApiCall& call : planned->plan.calls) {
        preview.requests.push_back({"kubernetes", std::string(http::to_string(call.method())), api_.url(call),
                                    call.content_type, call.body});
        if (preview.refusal) continue;
        if (const auto tried = send(call, "dryRun=All"); !tried) preview.refusal = tried.error().message;
    }
    return preview;
}

Result<> ArgoController::send_all(const Planned& planned, Action action) {
    const std::string key = planned.state.space + ":" + planned.state.name;
    std::size_t done = 0;
    for (const ApiCall& call : planned.plan.calls) {
        const auto answer = send(call, "");
        if (!answer) {
            auto error = answer.error();
            if (done > 0)
                error.message +=
                    fmt::format(". Of {} requests {} had been carried out", planned.plan.calls.size(), done);
            if (error.code == Errc::timeout || error.code == Errc::unavailable)
                error.message += ". Whether it was carried out is not known: look at what the watch shows";
            return core::Failure(error);
        }
        ++done;
        const std::string version = metadata_text(**answer, "resourceVersion");
        const std::lock_guard lock(mutex_);
        sent_[key] = {action, version, clock_.now()};
        // The watch may have been quicker than the answer.
        if (const auto at = rollouts_.find(key); at != rollouts_.end()) observe(key, Object(at->second));
    }
    return {};
}

Result<Rollout> ArgoController::act(const RolloutId& id, Action action, const std::string& reason,
                                    const rollouts::RolloutAuthor& author) {
    if (options_.read_only) return fail(Errc::permission_denied, "this cluster is only looked at from here");
    // One at a time: of two at once both would plan for the state before.
    const std::lock_guard acting(acting_);
    const std::string once = author.idempotency_key.empty() ? "" : id.value + " " + author.idempotency_key;
    if (!once.empty() && done_keys_.contains(once)) return get(id);
    const auto planned = plan(id, action);
    if (!planned) return core::Failure(planned.error());
    if (author.expected_version && *author.expected_version != version_of(planned->object, clock_))
        return fail(Errc::precondition_failed, "the rollout has changed since it was looked at: look again");
    if (planned->plan.refusal) return fail(Errc::conflict, "{}", *planned->plan.refusal);
    if (hooks_.on_act) {
        auto seen = get(id);
        if (seen) hooks_.on_act(*seen, action, author.actor, reason);
    }
    if (auto ok = send_all(*planned, action); !ok) return core::Failure(ok.error());
    if (!once.empty()) {
        if (done_keys_.size() >= most_keys) done_keys_.clear();
        done_keys_.insert(once);
    }
    changed();
    return get(id);
}

}  // namespace qd::kubernetes
