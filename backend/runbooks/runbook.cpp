#include "runbooks/runbook.hpp"

#include <algorithm>

#include "core/json_fields.hpp"

namespace qd::runbooks {
namespace {

using core::JsonFields;
using nlohmann::json;

std::vector<std::string> read_texts(JsonFields& fields, const char* key) {
    std::vector<std::string> texts;
    for (const json& entry : fields.array(key, 200))
        if (entry.is_string()) texts.push_back(entry.get<std::string>());
    return texts;
}

json step_json(const Step& step) {
    json value{{"id", step.id}, {"title", step.title}, {"text", step.text}, {"action", nullptr}};
    if (!step.action) return value;
    const ActionKind* kind = find_action(step.action->name);
    value["action"] = {{"name", step.action->name},
                       {"parameters", step.action->parameters},
                       {"describes", describe(*step.action)},
                       {"role", kind ? std::string(kind->role) : std::string()}};
    return value;
}

core::Result<Step> step_from_json(const json& value) {
    JsonFields fields(value);
    Step step{fields.text("id"), fields.text("title"), fields.text("text", 64 << 10), {}};
    if (step.id.empty()) fields.refuse("id", "is missing");
    if (const json* action = fields.find("action")) {
        JsonFields at(*action);
        step.action = Action{at.text("name"), {}};
        for (const auto& [key, given] : at.object("parameters", 20).items())
            if (given.is_string()) step.action->parameters[key] = given.get<std::string>();
        fields.merge("action", at.finish());
    }
    return fields.finish(std::move(step));
}

}  // namespace

const Step* Runbook::find(const std::string& step) const {
    const auto at = std::ranges::find(steps, step, &Step::id);
    return at == steps.end() ? nullptr : &*at;
}

json to_json(const Runbook& runbook, bool whole) {
    json steps = json::array();
    for (const Step& step : runbook.steps) steps.push_back(step_json(step));
    json value{{"id", runbook.id.value},
               {"title", runbook.title},
               {"services", runbook.applies.services},
               {"alerts", runbook.applies.alerts},
               {"objectives", runbook.applies.objectives},
               {"causes", runbook.applies.causes},
               {"severity", runbook.applies.severity},
               {"steps", std::move(steps)}};
    if (whole) value["markdown"] = runbook.markdown;
    return value;
}

core::Result<Runbook> runbook_from_json(const json& value) {
    JsonFields fields(value);
    Runbook runbook;
    runbook.id = RunbookId(fields.text("id"));
    if (runbook.id.empty()) fields.refuse("id", "is missing");
    runbook.title = fields.text("title");
    runbook.applies.services = read_texts(fields, "services");
    runbook.applies.alerts = read_texts(fields, "alerts");
    runbook.applies.objectives = read_texts(fields, "objectives");
    runbook.applies.causes = read_texts(fields, "causes");
    runbook.applies.severity = int(std::clamp<std::uint64_t>(fields.count("severity").value_or(4), 1, 4));
    runbook.markdown = fields.text("markdown", 256 << 10);
    for (const json& entry : fields.array("steps", max_steps)) {
        auto step = step_from_json(entry);
        fields.merge("steps", step);
        if (step) runbook.steps.push_back(std::move(*step));
    }
    return fields.finish(std::move(runbook));
}

}  // namespace qd::runbooks
