#include "opsd/runbook_actions.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "http/client.hpp"
#include "rollouts/rollback.hpp"
#include "silences/codec.hpp"

namespace qd::opsd {
namespace {

using core::Errc;
using core::fail;

constexpr std::chrono::milliseconds check_patience{5'000};
constexpr std::string_view rollout_prefix = "rollout.", rollback_name = "rollout.rollback";

std::string parameter(const runbooks::Action& action, const char* key) {
    const auto at = action.parameters.find(key);
    return at == action.parameters.end() ? std::string() : at->second;
}

std::string text_of(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

silences::NewSilence silence_of(const runbooks::Action& action, std::vector<silences::Matcher> matchers,
                                const std::string& reason) {
    silences::NewSilence silence;
    silence.matchers = std::move(matchers);
    if (const auto length = runbooks::parse_length(parameter(action, "for"))) silence.lasts = *length;
    silence.comment = reason;
    return silence;
}

std::string percent(std::optional<double> ratio) {
    return ratio ? fmt::format("{:.2f} %", *ratio * 100) : std::string("not known");
}

std::string effect_of(rollouts::Action action, const rollouts::Rollout& rollout) {
    const std::string name = rollout.id.value;
    switch (action) {
        case rollouts::Action::pause:
            return fmt::format("Pause rollout {} at {} % for {}.", name, rollout.weight_requested,
                               rollout.specification.target.label);
        case rollouts::Action::back:
            return fmt::format("Take rollout {} of {} back to the weight before {} %.", name,
                               rollout.specification.target.label, rollout.weight_requested);
        case rollouts::Action::ramp_down:
            return fmt::format("Ramp rollout {} of {} down from {} % to 0 %, step by step.", name,
                               rollout.specification.target.label, rollout.weight_requested);
        case rollouts::Action::abort:
            return fmt::format("Abort rollout {}: {} gets no session any more, all go to {}.", name,
                               rollout.specification.target.label, rollout.stable_version);
        case rollouts::Action::undo:
            return fmt::format("Undo rollout {}: {} becomes stable again instead of {}.", name,
                               rollout.former_version, rollout.specification.target.label);
        case rollouts::Action::promote:
            return fmt::format("Promote rollout {} fully: every session goes to {}, which becomes stable.", name,
                               rollout.specification.target.label);
        default:
            return fmt::format("{} rollout {}.", rollouts::to_string(action), name);
    }
}

}  // namespace

std::optional<rollouts::Rollout> RunbookActions::rollout_of(const runbooks::Action& action) const {
    const std::string wanted = parameter(action, "rollout");
    const std::string word = action.name.substr(rollout_prefix.size());
    const auto all = rollouts_.list();
    for (const rollouts::Rollout& rollout : all) {
        if (!wanted.empty() ? rollout.id.value == wanted : !rollout.refusals.contains(word)) return rollout;
    }
    // Then the latest says why it does not apply.
    if (wanted.empty() && !all.empty()) return all.front();
    return std::nullopt;
}

ActionPlan RunbookActions::plan_rollout(const runbooks::Action& action, const std::string& reason) const {
    ActionPlan plan;
    const std::string word = action.name.substr(rollout_prefix.size());
    const auto rollout = rollout_of(action);
    if (!rollout) {
        const std::string wanted = parameter(action, "rollout");
        plan.summary = runbooks::describe(action) + ".";
        plan.refusal = wanted.empty() ? "there is no rollout" : "there is no rollout " + wanted;
        return plan;
    }
    plan.subjects = {rollout->id.value};
    plan.summary = effect_of(*rollouts::parse_action(word), *rollout);
    plan.sends = {fmt::format("POST /api/v1/rollouts/{}/{} {}", rollout->id.value, word,
                              text_of({{"reason", reason}}))};
    if (const auto refused = rollout->refusals.find(word); refused != rollout->refusals.end())
        plan.refusal = fmt::format("{}: {}", rollout->id.value, refused->second);
    return plan;
}

ActionPlan RunbookActions::plan_rollback(const runbooks::Action& action, const std::string& reason) const {
    ActionPlan plan;
    const std::string wanted = parameter(action, "rollout"), version = parameter(action, "to_version");
    plan.summary = runbooks::describe(action) + ".";
    const auto all = rollouts_.list();
    const auto from = std::ranges::find_if(
        all, [&](const rollouts::Rollout& each) { return wanted.empty() || each.id.value == wanted; });
    if (from == all.end()) {
        plan.refusal = wanted.empty() ? "there is no rollout" : "there is no rollout " + wanted;
        return plan;
    }
    plan.subjects = {from->id.value};
    plan.summary = fmt::format("Start a rollout back to {}, which was stable before.", version);
    plan.sends = {fmt::format("POST /api/v1/rollouts/{}/rollback {}", from->id.value,
                              rollouts::encode(rollouts::RollbackRequest{version, reason, false}))};
    if (const auto possible = rollouts::rollback_to(all, *from, version); !possible)
        plan.refusal = possible.error().message;
    return plan;
}

ActionPlan RunbookActions::plan_faults(const runbooks::Action& action) const {
    ActionPlan plan;
    const std::string wanted = parameter(action, "fault");
    std::string names;
    for (const chaos::Fault& fault : faults_.active()) {
        if (!wanted.empty() && fault.id.value != wanted) continue;
        plan.subjects.push_back(fault.id.value);
        plan.sends.push_back("DELETE /api/v1/chaos/faults/" + fault.id.value);
        names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", fault.id.value, to_string(fault.kind));
    }
    plan.summary = names.empty() ? runbooks::describe(action) + "." : fmt::format("End {}.", names);
    if (plan.subjects.empty())
        plan.refusal =
            wanted.empty() ? "no fault acts now" : fmt::format("the fault {} does not act", wanted);
    return plan;
}

ActionPlan RunbookActions::plan_silence(const runbooks::Action& action, const std::string& reason) const {
    ActionPlan plan;
    const auto matchers = silences::parse_matchers(parameter(action, "matchers"));
    if (const auto fits =
            matchers ? silences::check(*matchers) : core::Result<>(core::Failure(matchers.error()));
        !fits) {
        plan.summary = runbooks::describe(action) + ".";
        plan.refusal = fits.error().message;
        return plan;
    }
    const silences::NewSilence silence = silence_of(action, *matchers, reason);
    plan.summary = fmt::format("Nobody is told of alerts with {} for {} min.", silences::to_string(*matchers),
                               silence.lasts.count() / 60);
    plan.sends = {"POST /api/v1/silences " + silences::encode(silence)};
    return plan;
}

core::Result<std::string> RunbookActions::create_silence(const runbooks::Action& action,
                                                         const std::string& reason,
                                                         const std::string& actor) {
    const auto matchers = silences::parse_matchers(parameter(action, "matchers"));
    if (!matchers) return core::Failure(matchers.error());
    const auto body = core::parse_json(silences::encode(silence_of(action, *matchers, reason)));
    if (!body) return core::Failure(body.error());
    auto silence = silences::new_silence_from_json(*body, context_.clock().now());
    if (!silence) return core::Failure(silence.error());
    const auto created = silences_.create(std::move(*silence), actor);
    if (!created) return core::Failure(created.error());
    return fmt::format("Silence {} with {} until {}", created->id.value,
                       silences::to_string(created->matchers), core::format_rfc3339(created->ends_at));
}

ActionPlan RunbookActions::plan(const runbooks::Action& action, const std::string& reason) const {
    ActionPlan plan;
    if (action.name == rollback_name)
        plan = plan_rollback(action, reason);
    else if (action.name.starts_with(rollout_prefix))
        plan = plan_rollout(action, reason);
    else if (action.name == "fault.end")
        plan = plan_faults(action);
    else if (action.name == "silence.create")
        plan = plan_silence(action, reason);
    else
        plan.summary = runbooks::describe(action) + ".";
    const std::string slo = parameter(action, "slo"), path = parameter(action, "path");
    if (!slo.empty()) {
        plan.sends = {"GET /api/v1/slos/" + slo};
        const auto statuses = context_.slo_statuses();
        if (std::ranges::none_of(statuses,
                                 [&](const slo::Status& status) { return status.objective.id.value == slo; }))
            plan.refusal = fmt::format("there is no objective '{}' here", slo);
    } else if (!path.empty()) {
        plan.sends = {fmt::format("GET {}{}", context_.places().gateway, path)};
        if (context_.places().gateway.empty()) plan.refusal = "this opsd knows no gateway";
    }
    if (const runbooks::ActionKind* kind = runbooks::find_action(action.name))
        plan.role = security::parse_role(kind->role).value_or(security::Role::admin);
    return plan;
}

core::Result<std::string> RunbookActions::check_objective(const std::string& id, bool must_be_healthy) const {
    for (const slo::Status& status : context_.slo_statuses()) {
        if (status.objective.id.value != id) continue;
        const auto firing =
            std::ranges::count_if(status.rows, [](const slo::RowStatus& row) { return row.firing; });
        const std::string text = fmt::format(
            "{}: {}, SLI {}, target {}, {} row{} firing{}", status.objective.title, to_string(status.health),
            percent(status.sli), percent(status.objective.target), firing, firing == 1 ? "" : "s",
            status.as_of ? ", as of " + core::format_rfc3339(*status.as_of) : std::string(", never read"));
        if (must_be_healthy && (status.health != slo::Health::healthy || firing > 0))
            return fail(Errc::conflict, "{}", text);
        return text;
    }
    return fail(Errc::not_found, "there is no objective '{}' here", id);
}

core::Result<std::string> RunbookActions::check_path(const runbooks::Action& action) const {
    const std::string path = parameter(action, "path"), expected = parameter(action, "expect");
    unsigned status = 200;
    if (!expected.empty()) std::from_chars(expected.data(), expected.data() + expected.size(), status);
    http::ClientRequest request;
    request.method = http::Method::get;
    request.url = context_.places().gateway + path;
    request.connect_timeout = request.timeout = check_patience;
    const auto answer = context_.client().fetch(std::move(request));
    if (!answer) return core::Failure(answer.error());
    const std::string text = fmt::format("{} answered {}", path, answer->status);
    if (answer->status != status) return fail(Errc::conflict, "{}, not {}", text, status);
    return text;
}

core::Result<std::string> RunbookActions::execute(const runbooks::Action& action, const std::string& reason,
                                                  const std::string& actor) {
    const ActionPlan now = plan(action, reason);
    if (!now.refusal.empty()) return fail(Errc::conflict, "{}", now.refusal);
    if (action.name == rollback_name) {
        const auto begun = roll_back_(rollouts::RolloutId(now.subjects.front()),
                                      {parameter(action, "to_version"), reason, false}, {actor, {}, {}, false});
        if (!begun) return core::Failure(begun.error());
        return fmt::format("{} has begun: {}", begun->id.value, begun->message);
    }
    if (action.name.starts_with(rollout_prefix)) {
        const auto verb = *rollouts::parse_action(action.name.substr(rollout_prefix.size()));
        const auto done =
            rollouts_.act(rollouts::RolloutId(now.subjects.front()), verb, reason, {actor, {}, {}, false});
        if (!done) return core::Failure(done.error());
        return fmt::format(
            "{} is {} at {} % requested{}: {}", done->id.value, to_string(done->phase),
            done->weight_requested,
            done->split_confirmed ? ", confirmed by the gateway" : ", not yet confirmed by the gateway",
            done->message);
    }
    if (action.name == "fault.end") {
        std::string text;
        for (const std::string& id : now.subjects) {
            if (auto removed = faults_.remove(chaos::FaultId(id), actor); !removed)
                return core::fail_with_context(text.empty() ? id : text + "; " + id, removed.error());
            text += (text.empty() ? "" : "; ") + id + " has ended";
        }
        return text;
    }
    if (action.name == "silence.create") return create_silence(action, reason, actor);
    if (action.name == "link") return "Opened " + parameter(action, "url");
    if (const std::string slo = parameter(action, "slo"); !slo.empty())
        return check_objective(slo, action.name == "check");
    return check_path(action);
}

}  // namespace qd::opsd
