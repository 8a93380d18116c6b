#include "core/json_fields.hpp"
#include "postmortems/check.hpp"
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
            {"objective", cost.objective},
            {"good", cost.good},
            {"total", cost.total},
            {"budget_spent", optional_json(cost.budget_spent)},
            {"budget_remaining", optional_json(cost.budget_remaining)},
            {"step_s", cost.series.step_s},
            {"points", points}};
}

}  // namespace

std::string to_json_text(const Document& document) {
    json value{{"schema", 1},
               {"incident", document.incident.value},
               {"title", document.title},
               {"severity", int(document.severity)},
               {"state", to_string(document.state)},
               {"journal_version", document.journal_version},
               {"journal_as_of", core::json_time(document.journal_as_of)},
               {"roles", document.responders},
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
    for (const char* key : {"objectives", "measures", "timeline", "action_items", "marks", "findings"})
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
                                     {"corrected", row.corrected}});
    for (const ActionItem& item : document.action_items)
        value["action_items"].push_back({{"text", item.text},
                                         {"kind", item.kind},
                                         {"owner", item.owner},
                                         {"due", item.due},
                                         {"done_when", item.done_when},
                                         {"evidence", evidence_json(item.evidence)},
                                         {"proposed", item.proposed}});
    for (const Mark& mark : document.marks)
        value["marks"].push_back({{"at", core::json_time(mark.at)}, {"label", mark.label}});
    for (const Finding& finding : check(document))
        value["findings"].push_back({{"section", finding.section}, {"problem", finding.problem}});
    return core::dump_json(value, 2);
}

}  // namespace qd::postmortems
