#include "opsd/rollout_routes.hpp"

#include <algorithm>
#include <charconv>

#include "core/json_fields.hpp"
#include "rollouts/action_codec.hpp"
#include "rollouts/advice_codec.hpp"
#include "rollouts/codec.hpp"
#include "rollouts/policy_codec.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::Failure;
using nlohmann::json;
using rollouts::RolloutId;

constexpr std::size_t most_startups = 100'000;  // the judge looks at no more
constexpr std::size_t max_reason = 2'000;
constexpr std::size_t max_listed = 500;
constexpr std::ptrdiff_t published_audit = 5;

core::Result<rollouts::RolloutAuthor> rollout_author(const Call& call) {
    auto expected = if_match(call.request);
    if (!expected) return Failure(expected.error());
    const std::string key(call.request.headers.get("Idempotency-Key"));
    if (key.size() > 200) return core::fail(Errc::invalid_argument, "Idempotency-Key: at most 200 bytes");
    return rollouts::RolloutAuthor{call.actor.name, *expected, key, false};
}

core::Result<rollouts::Action> action_of(std::string_view word) {
    const auto action = rollouts::parse_action(word);
    if (!action) return core::fail(Errc::not_found, "there is no action '{}'", word);
    return *action;
}

core::Result<http::Response> start(const Call& call, RolloutDesk& desk) {
    const auto author = rollout_author(call);
    if (!author) return Failure(author.error());
    auto request = rollouts::parse_start_request(call.request.body);
    if (!request) return Failure(request.error());
    if (const auto reason = call.request.query.get("reason")) request->reason = reason->substr(0, max_reason);
    if (call.request.query.get_or("override", "") == "true") request->override_freeze = true;
    const auto rollout = desk.start(std::move(*request), *author);
    if (!rollout) return Failure(rollout.error());
    return json_response(201, rollouts::to_json(*rollout), rollout->progress.version);
}

core::Result<http::Response> act(const Call& call, RolloutDesk& desk, std::string_view word) {
    auto author = rollout_author(call);
    if (!author) return Failure(author.error());
    const auto action = action_of(word);
    if (!action) return Failure(action.error());
    const auto request = rollouts::decode_action_request(call.request.body);
    if (!request) return Failure(request.error());
    author->override_freeze = request->override_freeze;
    const RolloutId id{std::string(call.request.capture("id"))};
    const auto rollout = desk.act(id, *action, request->reason, *author);
    if (rollout) return json_response(200, rollouts::to_json(*rollout), rollout->progress.version);
    if (rollout.error().code != Errc::precondition_failed) return Failure(rollout.error());
    const auto current = desk.get(id);
    if (!current) return Failure(current.error());
    return precondition_failed(rollouts::to_json(*current), current->progress.version);
}

core::Result<http::Response> approve(const Call& call, RolloutDesk& desk) {
    const auto rollout = desk.get(RolloutId(std::string(call.request.capture("id"))));
    if (!rollout) return Failure(rollout.error());
    if (rollout->actor == call.actor.name)
        return core::fail(Errc::conflict, "{} started it: another person has to approve", rollout->actor);
    return act(call, desk, "approve");
}

core::Result<http::Response> rollback(const Call& call, RolloutDesk& desk) {
    const auto author = rollout_author(call);
    if (!author) return Failure(author.error());
    const auto request = rollouts::decode_rollback_request(call.request.body);
    if (!request) return Failure(request.error());
    const auto rollout = desk.rollback(RolloutId(std::string(call.request.capture("id"))), *request, *author);
    if (!rollout) return Failure(rollout.error());
    return json_response(201, rollouts::to_json(*rollout), rollout->progress.version);
}

core::Result<http::Response> list(const Call& call, const RolloutDesk& desk) {
    RolloutFilter filter;
    filter.state = call.request.query.get_or("state", "");
    if (const auto limit = call.request.query.get("limit")) {
        const auto read = std::from_chars(limit->data(), limit->data() + limit->size(), filter.limit);
        if (read.ec != std::errc{} || read.ptr != limit->data() + limit->size() || filter.limit < 1 ||
            filter.limit > max_listed)
            return core::fail(Errc::invalid_argument, "limit: is a number from 1 to {}", max_listed);
    }
    const auto found = desk.list(filter);
    if (!found) return Failure(found.error());
    auto items = json::array();
    for (const rollouts::Rollout& rollout : *found) items.push_back(rollouts::to_json(rollout));
    return list_response(std::move(items));
}

core::Result<http::Response> preview(const Call& call, const RolloutDesk& desk) {
    const auto action = action_of(call.request.query.get_or("action", ""));
    if (!action) return Failure(action.error());
    const auto preview = desk.preview(RolloutId(std::string(call.request.capture("id"))), *action);
    if (!preview) return Failure(preview.error());
    return json_response(200, rollouts::to_json(*preview), preview->version);
}

core::Result<http::Response> tell_advice(const core::Result<rollouts::AdviceRequest>& request) {
    if (!request) return Failure(request.error());
    return json_response(200, rollouts::to_json(rollouts::advise(request->answers), *request));
}

core::Result<http::Response> preview_group(const Call& call, const RolloutDesk& desk) {
    const auto action = action_of(call.request.query.get_or("action", ""));
    if (!action) return Failure(action.error());
    const auto preview = desk.preview_group(std::string(call.request.capture("group")), *action);
    if (!preview) return Failure(preview.error());
    return json_response(200, rollouts::to_json(*preview));
}

core::Result<http::Response> act_on_group(const Call& call, RolloutDesk& desk) {
    const auto author = rollout_author(call);
    if (!author) return Failure(author.error());
    const auto action = action_of(call.request.capture("action"));
    if (!action) return Failure(action.error());
    const auto request = rollouts::decode_action_request(call.request.body);
    if (!request) return Failure(request.error());
    const auto outcomes =
        desk.act_on_group(std::string(call.request.capture("group")), *action, *request, *author);
    if (!outcomes) return Failure(outcomes.error());
    auto items = json::array();
    for (const rollouts::GroupOutcome& outcome : *outcomes) items.push_back(rollouts::to_json(outcome));
    return list_response(std::move(items));
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
    note.in_effect = rollout.weight_requested > 0 || rollout.progress.course == rollouts::Course::promoted;
    if (event.kind == rollouts::AuditKind::verdict && rollout.verdict) {
        note.observation = rollout.verdict->explanation;
        note.worse = rollout.verdict->outcome == rollouts::Outcome::fail;
    }
    return note;
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
    const auto baseline = context_.arm_counts("baseline", now - window, now);
    return rollouts::ArmWindow{judged_counts(stable, latency_threshold_s),
                               judged_counts(canary, latency_threshold_s),
                               baseline.total > 0
                                   ? std::optional(judged_counts(baseline, latency_threshold_s))
                                   : std::nullopt,
                               double(std::max(stable.covered_s, canary.covered_s)),
                               judged_players(stable), judged_players(canary), judged_players(baseline)};
}

rollouts::PlayerCounts judged_players(const timeseries::ArmCounts& counts) {
    rollouts::PlayerCounts players;
    players.sessions = counts.startups;
    players.stalled = std::min(counts.stalled_sessions, counts.startups);
    players.frames = counts.pictures;
    players.different = std::min(counts.different_pictures, counts.pictures);
    double low = 0;
    std::uint64_t below = 0;
    for (const timeseries::BucketCount& bucket : counts.startup_s) {
        const double value = std::isfinite(bucket.le) ? (low + bucket.le) / 2 : low;
        for (; below < bucket.count && players.startup_s.size() < most_startups; ++below)
            players.startup_s.push_back(value);
        below = std::max(below, bucket.count);
        if (std::isfinite(bucket.le)) low = bucket.le;
    }
    return players;
}

rollouts::EngineHooks rollout_hooks(const Context& context, incidents::IncidentDesk& desk,
                                    const RolloutPolicy& policy) {
    rollouts::EngineHooks hooks;
    hooks.on_change = [&context, &policy](rollouts::Rollout rollout) {
        // It goes out each second: whoever wants the whole audit asks for it.
        if (std::ssize(rollout.audit) > published_audit)
            rollout.audit.erase(rollout.audit.begin(), rollout.audit.end() - published_audit);
        policy.annotate(rollout);
        context.publish("rollout", rollout.id.value, rollouts::to_json(rollout));
    };
    hooks.on_audit = [&desk](const rollouts::Rollout& rollout, const rollouts::AuditEvent& event,
                             const std::string& text) { desk.on_machine(note_of(rollout, event, text)); };
    hooks.freeze = [&policy] { return policy.frozen(); };
    return hooks;
}

void add_rollout_routes(http::Server& server, Context& context, RolloutDesk& desk) {
    using security::Role;
    context.get(server, "/api/v1/rollouts", [&desk](const Call& call) { return list(call, desk); });
    context.get(server, "/api/v1/rollouts/policy", [&desk](const Call&) -> core::Result<http::Response> {
        return json_response(200, rollouts::to_json(desk.policy().picture()));
    });
    context.get(server, "/api/v1/rollouts/drivers", [&desk](const Call&) -> core::Result<http::Response> {
        auto items = json::array();
        for (const DriverState& driver : desk.drivers())
            items.push_back({{"name", driver.name},
                             {"kind", driver.kind},
                             {"connected", driver.trouble.empty()},
                             {"trouble", driver.trouble},
                             {"note", driver.note}});
        return list_response(std::move(items));
    });
    context.get(server, "/api/v1/rollouts/advice", [](const Call& call) {
        const auto& given = call.request.query.all();
        return tell_advice(rollouts::advice_request_of({given.begin(), given.end()}));
    });
    context.post(server, "/api/v1/rollouts/advice", Role::viewer, [](const Call& call) {
        return tell_advice(rollouts::advice_request_of_json(call.request.body));
    });
    context.get(server, "/api/v1/rollouts/{id}", [&desk](const Call& call) -> core::Result<http::Response> {
        const auto rollout = desk.get(RolloutId(std::string(call.request.capture("id"))));
        if (!rollout) return Failure(rollout.error());
        return json_response(200, rollouts::to_json(*rollout), rollout->progress.version);
    });
    context.get(server, "/api/v1/rollouts/{id}/preview",
                [&desk](const Call& call) { return preview(call, desk); });
    context.get(server, "/api/v1/rollouts/groups/{group}/preview",
                [&desk](const Call& call) { return preview_group(call, desk); });
    context.post(server, "/api/v1/rollouts", Role::release_manager,
                 [&desk](const Call& call) { return start(call, desk); });
    context.post(server, "/api/v1/rollouts/groups/{group}/{action}", Role::release_manager,
                 [&desk](const Call& call) { return act_on_group(call, desk); });
    context.post(server, "/api/v1/rollouts/{id}/approve", Role::responder,
                 [&desk](const Call& call) { return approve(call, desk); });
    context.post(server, "/api/v1/rollouts/{id}/rollback", Role::release_manager,
                 [&desk](const Call& call) { return rollback(call, desk); });
    context.post(server, "/api/v1/rollouts/{id}/{action}", Role::release_manager,
                 [&desk](const Call& call) { return act(call, desk, call.request.capture("action")); });
}

}  // namespace qd::opsd
