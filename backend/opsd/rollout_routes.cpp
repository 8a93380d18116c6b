#include "opsd/rollout_routes.hpp"

#include <algorithm>

#include "core/json_fields.hpp"
#include "rollouts/codec.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using nlohmann::json;
using rollouts::RolloutId;

constexpr std::size_t max_reason = 2'000;
constexpr std::ptrdiff_t published_audit = 5;

core::Result<rollouts::RolloutAuthor> rollout_author(const Call& call) {
    auto expected = if_match(call.request);
    if (!expected) return Failure(expected.error());
    const std::string key(call.request.headers.get("Idempotency-Key"));
    if (key.size() > 200) return core::fail(Errc::invalid_argument, "Idempotency-Key: at most 200 bytes");
    return rollouts::RolloutAuthor{call.actor.name, *expected, key};
}

core::Result<http::Response> start(const Call& call, rollouts::RolloutEngine& engine) {
    const auto author = rollout_author(call);
    if (!author) return Failure(author.error());
    auto request = rollouts::parse_start_request(call.request.body);
    if (!request) return Failure(request.error());
    if (const auto reason = call.request.query.get("reason")) request->reason = reason->substr(0, max_reason);
    if (call.request.query.get_or("override", "") == "true") request->override_freeze = true;
    const auto rollout = engine.start(*request, *author);
    if (!rollout) return Failure(rollout.error());
    return json_response(201, rollouts::to_json(*rollout), rollout->canary.version);
}

core::Result<http::Response> act(const Call& call, rollouts::RolloutEngine& engine) {
    const auto author = rollout_author(call);
    if (!author) return Failure(author.error());
    const auto action = rollouts::parse_action(call.request.capture("action"));
    if (!action)
        return core::fail(Errc::not_found, "there is no action '{}'", call.request.capture("action"));
    const auto request = rollouts::decode_action_request(call.request.body);
    if (!request) return Failure(request.error());
    const RolloutId id{std::string(call.request.capture("id"))};
    const auto rollout = engine.act(id, *action, request->reason, *author);
    if (rollout) return json_response(200, rollouts::to_json(*rollout), rollout->canary.version);
    if (rollout.error().code != Errc::precondition_failed) return Failure(rollout.error());
    const auto current = engine.get(id);
    if (!current) return Failure(current.error());
    return precondition_failed(rollouts::to_json(*current), current->canary.version);
}

incidents::MachineNote note_of(const rollouts::Rollout& rollout, const rollouts::AuditEvent& event,
                               const std::string& text) {
    incidents::MachineNote note;
    note.kind = incidents::EventKind::rollout;
    note.subject = rollout.id.value;
    note.phase = event.action ? to_string(*event.action) : to_string(event.kind);
    if (event.kind == rollouts::AuditKind::ready || event.kind == rollouts::AuditKind::step_done)
        note.phase = "step";
    note.text = text.ends_with('.') ? text : text + ".";
    note.actor = event.actor;
    note.at = event.at;
    // Once promoted, the new version is what everybody gets: it stays suspect.
    note.in_effect = rollout.weight_requested > 0 || rollout.canary.course == rollouts::Course::promoted;
    if (event.kind == rollouts::AuditKind::verdict && rollout.verdict)
        note.observation = rollout.verdict->explanation;
    return note;
}

/// Why an objective whose policy says so lets no rollout start.
std::optional<std::string> frozen_by_budget(const Context& context) {
    if (!context.slo_statuses) return std::nullopt;
    for (const slo::Status& status : context.slo_statuses())
        if (status.objective.policy.freeze_rollouts && status.budget.exhausted)
            return fmt::format(
                "the error budget of '{}' is spent ({} bad {} of {:.0f} allowed), and its "
                "policy freezes rollouts",
                status.objective.title, status.budget.spent, unit_of(status.objective),
                status.budget.allowed);
    return std::nullopt;
}

}  // namespace

rollouts::ArmCounts judged_counts(const timeseries::ArmCounts& counts, double latency_threshold_s) {
    rollouts::ArmCounts judged;
    judged.requests = counts.total;
    judged.errors = counts.total - std::min(counts.good, counts.total);
    if (counts.latency_s.empty()) return judged;
    judged.timed = counts.latency_s.back().count;
    const auto bound = std::ranges::find_if(counts.latency_s, [&](const timeseries::BucketCount& bucket) {
        return bucket.le >= latency_threshold_s;
    });
    if (bound != counts.latency_s.end()) judged.slow = judged.timed - std::min(bound->count, judged.timed);
    return judged;
}

std::optional<rollouts::ArmWindow> ContextArmMetrics::counts(core::WallTime now,
                                                             std::chrono::milliseconds window,
                                                             double latency_threshold_s) {
    if (!context_.arm_counts) return std::nullopt;
    const auto stable = context_.arm_counts("stable", now - window, now);
    const auto canary = context_.arm_counts("canary", now - window, now);
    if (stable.covered_s == 0 && canary.covered_s == 0) return std::nullopt;
    return rollouts::ArmWindow{judged_counts(stable, latency_threshold_s),
                               judged_counts(canary, latency_threshold_s),
                               double(std::max(stable.covered_s, canary.covered_s))};
}

rollouts::EngineHooks rollout_hooks(const Context& context, incidents::IncidentDesk& desk) {
    rollouts::EngineHooks hooks;
    hooks.on_change = [&context](rollouts::Rollout rollout) {
        // It goes out each second: whoever wants the whole audit asks for it.
        if (std::ssize(rollout.audit) > published_audit)
            rollout.audit.erase(rollout.audit.begin(), rollout.audit.end() - published_audit);
        context.publish("rollout", rollout.id.value, rollouts::to_json(rollout));
    };
    hooks.on_audit = [&desk](const rollouts::Rollout& rollout, const rollouts::AuditEvent& event,
                             const std::string& text) { desk.on_machine(note_of(rollout, event, text)); };
    hooks.freeze = [&context, &desk]() -> std::optional<std::string> {
        const auto worst = desk.worst_open(incidents::Severity::sev2);
        if (!worst) return frozen_by_budget(context);
        return fmt::format("{} ({}, {}) is open", worst->id.value, to_string(worst->severity), worst->title);
    };
    return hooks;
}

void add_rollout_routes(http::Server& server, Context& context, rollouts::RolloutEngine& engine) {
    context.get(server, "/api/v1/rollouts", [&engine](const Call&) -> core::Result<http::Response> {
        auto items = json::array();
        for (const rollouts::Rollout& rollout : engine.list()) items.push_back(rollouts::to_json(rollout));
        return list_response(std::move(items));
    });
    context.get(server, "/api/v1/rollouts/{id}", [&engine](const Call& call) -> core::Result<http::Response> {
        const auto rollout = engine.get(RolloutId(std::string(call.request.capture("id"))));
        if (!rollout) return Failure(rollout.error());
        return json_response(200, rollouts::to_json(*rollout), rollout->canary.version);
    });
    context.post(server, "/api/v1/rollouts", security::Role::release_manager,
                 [&engine](const Call& call) { return start(call, engine); });
    context.post(server, "/api/v1/rollouts/{id}/{action}", security::Role::release_manager,
                 [&engine](const Call& call) { return act(call, engine); });
}

}  // namespace qd::opsd
