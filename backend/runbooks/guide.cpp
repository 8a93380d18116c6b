#include "runbooks/guide.hpp"

#include "core/json_fields.hpp"

namespace qd::runbooks {
namespace {

using core::JsonFields;
using nlohmann::json;

constexpr std::size_t max_reason = 2'000, max_parameters = 20;

std::vector<std::string> texts_of(JsonFields& fields, const char* key) {
    std::vector<std::string> texts;
    for (const json& entry : fields.array(key, 200))
        if (entry.is_string()) texts.push_back(entry.get<std::string>());
    return texts;
}

}  // namespace

StepProgress Guide::of(const std::string& step) const {
    const auto at = steps.find(step);
    return at == steps.end() ? StepProgress{} : at->second;
}

json to_json(const Guide& guide) {
    json value{{"runbook", to_json(guide.runbook, true)},
               {"source", guide.source},
               {"problem", guide.problem.empty() ? json(nullptr) : json(guide.problem)},
               {"applies", guide.applies},
               {"reasons", guide.reasons}};
    json steps = json::object();
    for (const auto& [id, step] : guide.steps)
        steps[id] = {{"state", to_string(step.state)},
                     {"actor", step.actor},
                     {"text", step.text},
                     {"at", core::format_rfc3339(step.at)},
                     {"runs", step.runs}};
    value["steps"] = std::move(steps);
    return value;
}

core::Result<Guide> guide_from_json(const json& value) {
    JsonFields fields(value);
    Guide guide;
    if (const json* runbook = fields.find("runbook")) {
        auto read = runbook_from_json(*runbook);
        fields.merge("runbook", read);
        if (read) guide.runbook = std::move(*read);
    } else {
        fields.refuse("runbook", "is missing");
    }
    guide.source = fields.text("source");
    guide.problem = fields.text("problem");
    guide.applies = fields.flag("applies");
    guide.reasons = texts_of(fields, "reasons");
    for (const auto& [id, entry] : fields.object("steps").items()) {
        JsonFields at(entry);
        StepProgress step;
        step.state = parse_step_state(at.text("state")).value_or(StepState::unknown);
        step.actor = at.text("actor");
        step.text = at.text("text", 64 << 10);
        step.at = at.required_time("at");
        step.runs = int(at.count("runs").value_or(0));
        fields.merge("steps", at.finish());
        guide.steps[id] = std::move(step);
    }
    return fields.finish(std::move(guide));
}

json to_json(const RunRequest& request) {
    json value{{"reason", request.reason}, {"confirm", request.confirm}, {"parameters", request.parameters}};
    if (!request.outcome.empty()) value["outcome"] = request.outcome;
    return value;
}

core::Result<RunRequest> decode_run_request(std::string_view text) {
    const auto value = core::parse_json(text, 64 << 10);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    RunRequest request;
    request.reason = fields.text("reason", max_reason);
    request.confirm = fields.flag("confirm");
    for (const auto& [key, given] : fields.object("parameters", max_parameters).items()) {
        if (!given.is_string()) fields.refuse("parameters", "must be texts");
        if (given.is_string()) request.parameters[key] = given.get<std::string>();
    }
    request.outcome = fields.text("outcome", 20);
    if (!request.outcome.empty() && request.outcome != "done" && request.outcome != "skipped")
        fields.refuse("outcome", "must be done or skipped");
    if (request.confirm && request.reason.find_first_not_of(" \t\r\n") == std::string::npos)
        fields.refuse("reason", "is missing: why is this done?");
    return fields.finish(std::move(request));
}

json to_json(const RunAnswer& answer) {
    return {{"confirmed", answer.confirmed},
            {"summary", answer.summary},
            {"sends", answer.sends},
            {"refusal", answer.refusal.empty() ? json(nullptr) : json(answer.refusal)},
            {"role", answer.role},
            {"outcome", answer.outcome.empty() ? json(nullptr) : json(answer.outcome)},
            {"text", answer.text}};
}

core::Result<RunAnswer> answer_from_json(const json& value) {
    JsonFields fields(value);
    RunAnswer answer;
    answer.confirmed = fields.flag("confirmed");
    answer.summary = fields.text("summary");
    answer.sends = texts_of(fields, "sends");
    answer.refusal = fields.text("refusal");
    answer.role = fields.text("role");
    answer.outcome = fields.text("outcome");
    answer.text = fields.text("text", 64 << 10);
    return fields.finish(std::move(answer));
}

}  // namespace qd::runbooks
