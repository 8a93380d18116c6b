#include "core/json_fields.hpp"
#include "postmortems/codec.hpp"
#include "postmortems/export.hpp"

namespace qd::postmortems {
namespace {

using nlohmann::json;

json evidence_json(const Evidence& evidence) {
    return {{"events", evidence.events}, {"measured", evidence.measured}};
}

json statements_json(const std::vector<Statement>& statements) {
    auto array = json::array();
    for (const Statement& each : statements)
        array.push_back({{"text", each.text}, {"evidence", evidence_json(each.evidence)}});
    return array;
}

template <class T>
json optional_json(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json cost_json(const ObjectiveCost& cost) {
    auto points = json::array();
    for (const Series::Point& point : cost.series.points)
        points.push_back({{"at", core::json_time(point.at)}, {"good", point.good}, {"total", point.total}});
    return {{"id", cost.id},
            {"title", cost.title},
            {"unit", cost.unit},
            {"objective", cost.objective},
            {"good", cost.good},
            {"total", cost.total},
            {"budget_spent", optional_json(cost.budget_spent)},
            {"budget_remaining", optional_json(cost.budget_remaining)},
            {"step_s", cost.series.step_s},
            {"points", points}};
}

}  // namespace

std::string to_json_text(const Material& material) {
    const Document& document = material.document;
    json value{{"schema", 1},
               {"incident", document.incident.value},
               {"title", document.title},
               {"severity", int(document.severity)},
               {"state", to_string(document.state)},
               {"journal_version", document.journal_version},
               {"journal_as_of", core::json_time(document.journal_as_of)},
               {"roles", document.responders},
               {"severity_times", document.severity_times},
               {"summary", statements_json(document.summary)},
               {"impact", statements_json(document.impact)},
               {"root_cause",
                {{"statements", statements_json(document.root_cause)},
                 {"open", document.open_questions_root_cause}}},
               {"lessons",
                {{"went_well", statements_json(document.went_well)},
                 {"went_poorly", statements_json(document.went_poorly)},
                 {"lucky", statements_json(document.lucky)},
                 {"open", document.open_questions_lessons}}}};
    for (const char* key :
         {"objectives", "measures", "timeline", "actions", "action_items", "sections", "marks", "findings"})
        value[key] = json::array();
    for (const ObjectiveCost& cost : document.costs) value["objectives"].push_back(cost_json(cost));
    for (const MeasureRow& row : document.measures)
        value["measures"].push_back(
            {{"name", row.name},
             {"title", row.title},
             {"formula", row.formula},
             {"worked", row.worked},
             {"value_s", row.value ? json(double(row.value->count()) / 1000) : json(nullptr)},
             {"within_limit", row.within_limit}});
    for (const TimelineRow& row : document.timeline)
        value["timeline"].push_back({{"at", core::json_time(row.at)},
                                     {"event", row.event},
                                     {"kind", row.kind},
                                     {"actor", row.actor},
                                     {"text", row.text},
                                     {"evidence", row.evidence},
                                     {"metric", row.metric},
                                     {"corrected", row.corrected}});
    // Whether a tracked item is overdue depends on the day it is read: left out here.
    for (const Action& each : material.actions) {
        json action = to_json(each, {});
        action.erase("overdue");
        value["actions"].push_back(std::move(action));
    }
    for (const Proposal& each : open_proposals(document, material.actions)) {
        json proposal = to_json(each.item);
        proposal["key"] = each.key;
        value["action_items"].push_back(std::move(proposal));
    }
    value["draft"] = to_json(material.draft);
    for (const Section& section : material.draft.sections)
        value["sections"].push_back(
            {{"id", section.id}, {"title", section.title}, {"text", section.current.text}});
    for (const Mark& mark : document.marks)
        value["marks"].push_back({{"at", core::json_time(mark.at)}, {"label", mark.label}});
    for (const Finding& each : check(material)) value["findings"].push_back(to_json(each));
    return core::dump_json(value, 2);
}

}  // namespace qd::postmortems
