#include "core/json_fields.hpp"
#include "postmortems/codec.hpp"

namespace qd::postmortems {
namespace {

using core::JsonFields;
using core::Result;
using nlohmann::json;

constexpr std::size_t max_block_bytes = 8 << 20;

json due_json(const Due& due, bool overdue) {
    return {{"at", core::json_time(due.at)}, {"why", due.why}, {"overdue", overdue}};
}

void read_due(JsonFields& fields, Due& due, bool& overdue) {
    JsonFields inner(fields.object("due"));
    due.at = inner.time("at");
    due.why = inner.text("why", 300);
    overdue = inner.flag("overdue");
    fields.merge("due", inner.finish());
}

template <class T, class Decode>
void read_elements(JsonFields& fields, const char* key, std::vector<T>& into, Decode decode) {
    for (const json& entry : fields.array(key)) {
        auto value = decode(entry);
        fields.merge(key, value);
        if (!value) return;
        into.push_back(std::move(*value));
    }
}

std::optional<incidents::Severity> read_severity(JsonFields& fields) {
    const auto number = fields.count("severity");
    const auto severity = number && *number <= 4 ? incidents::severity_from(int(*number)) : std::nullopt;
    if (!severity) fields.refuse("severity", "is 1 to 4");
    return severity;
}

Result<Block> block_from_json(const json& value) {
    JsonFields fields(value);
    Block block{fields.text("name", 60), fields.text("title", 300), fields.text("markdown", max_block_bytes),
                fields.text("digest", 64)};
    return fields.finish(std::move(block));
}

Result<Detached> detached_from_json(const json& value) {
    JsonFields fields(value);
    Detached read;
    read.section = fields.text("section", 60);
    read.block = fields.text("block", 60);
    read.taken_at = fields.count("taken_at").value_or(0);
    read.moved_on = fields.flag("moved_on");
    return fields.finish(std::move(read));
}

Result<Proposal> proposal_from_json(const json& value) {
    JsonFields fields(value);
    Proposal proposal;
    proposal.key = fields.text("key", 64);
    auto item = action_item_from_json(value);
    fields.merge("proposal", item);
    if (item) proposal.item = std::move(*item);
    return fields.finish(std::move(proposal));
}

}  // namespace

json to_json(const Finding& finding) {
    return {{"section", finding.section}, {"problem", finding.problem}, {"rule", finding.rule},
            {"why", finding.why},         {"mend", finding.mend},       {"blocking", finding.blocking},
            {"line", finding.line}};
}

Result<Finding> finding_from_json(const json& value) {
    JsonFields fields(value);
    Finding finding;
    finding.section = fields.text("section", 400);
    finding.problem = fields.text("problem");
    finding.rule = fields.text("rule", 60);
    finding.why = fields.text("why");
    finding.mend = fields.text("mend");
    finding.blocking = fields.flag("blocking");
    finding.line = fields.count("line").value_or(0);
    return fields.finish(std::move(finding));
}

json to_json(const ActionItem& item) {
    return {{"text", item.text},
            {"kind", item.kind},
            {"owner", item.owner},
            {"due", item.due},
            {"done_when", item.done_when},
            {"evidence", {{"events", item.evidence.events}, {"measured", item.evidence.measured}}},
            {"proposed", item.proposed}};
}

Result<ActionItem> action_item_from_json(const json& value) {
    JsonFields fields(value);
    ActionItem item;
    item.text = fields.text("text", 4'000);
    item.kind = fields.text("kind", 60);
    item.owner = fields.text("owner", 200);
    item.due = fields.text("due", 20);
    item.done_when = fields.text("done_when", 4'000);
    JsonFields evidence(fields.object("evidence"));
    for (const json& seq : evidence.array("events"))
        if (seq.is_number_unsigned()) item.evidence.events.push_back(seq.get<std::uint64_t>());
    item.evidence.measured = evidence.text("measured");
    fields.merge("evidence", evidence.finish());
    item.proposed = fields.flag("proposed");
    return fields.finish(std::move(item));
}

json to_json(const View& view, core::WallTime now) {
    json value{{"draft", to_json(view.draft)},
               {"title", view.title},
               {"severity", int(view.severity)},
               {"incident_state", to_string(view.incident_state)},
               {"journal_version", view.journal_version},
               {"due", due_json(view.due, view.overdue)}};
    for (const char* key : {"findings", "blocks", "detached", "proposals", "actions"})
        value[key] = json::array();
    for (const Finding& each : view.findings) value["findings"].push_back(to_json(each));
    for (const Block& each : view.blocks)
        value["blocks"].push_back({{"name", each.name},
                                   {"title", each.title},
                                   {"markdown", each.markdown},
                                   {"digest", each.digest}});
    for (const Detached& each : view.detached)
        value["detached"].push_back({{"section", each.section},
                                     {"block", each.block},
                                     {"taken_at", each.taken_at},
                                     {"moved_on", each.moved_on}});
    for (const Proposal& each : view.proposals) {
        json proposal = to_json(each.item);
        proposal["key"] = each.key;
        value["proposals"].push_back(std::move(proposal));
    }
    for (const Action& each : view.actions) value["actions"].push_back(to_json(each, now));
    return value;
}

Result<View> view_from_json(const json& value) {
    JsonFields fields(value);
    View view;
    auto draft = draft_from_json(fields.object("draft"));
    fields.merge("draft", draft);
    if (draft) view.draft = std::move(*draft);
    view.title = fields.text("title", 300);
    view.severity = read_severity(fields).value_or(incidents::Severity::sev3);
    view.incident_state =
        fields.need("incident_state", fields.word("incident_state", incidents::parse_state));
    view.journal_version = fields.count("journal_version").value_or(0);
    read_due(fields, view.due, view.overdue);
    read_elements(fields, "findings", view.findings, &finding_from_json);
    read_elements(fields, "blocks", view.blocks, &block_from_json);
    read_elements(fields, "detached", view.detached, &detached_from_json);
    read_elements(fields, "proposals", view.proposals, &proposal_from_json);
    read_elements(fields, "actions", view.actions, &action_from_json);
    return fields.finish(std::move(view));
}

json to_json(const Listing& listing) {
    return {{"incident", listing.incident.value},
            {"title", listing.title},
            {"severity", int(listing.severity)},
            {"incident_state", to_string(listing.incident_state)},
            {"state", to_string(listing.state)},
            {"template", listing.template_name},
            {"author", listing.author},
            {"due", due_json(listing.due, listing.overdue)},
            {"findings", listing.findings},
            {"blocking", listing.blocking},
            {"open_comments", listing.open_comments},
            {"conflicts", listing.conflicts},
            {"factors", listing.factors},
            {"version", listing.version},
            {"updated_at", core::format_rfc3339(listing.updated_at)}};
}

Result<Listing> listing_from_json(const json& value) {
    JsonFields fields(value);
    Listing listing;
    listing.incident = incidents::IncidentId(fields.text("incident", 200));
    listing.title = fields.text("title", 300);
    listing.severity = read_severity(fields).value_or(incidents::Severity::sev3);
    listing.incident_state =
        fields.need("incident_state", fields.word("incident_state", incidents::parse_state));
    listing.state = fields.need("state", fields.word("state", parse_review_state));
    listing.template_name = fields.text("template", 60);
    listing.author = fields.text("author", 200);
    read_due(fields, listing.due, listing.overdue);
    listing.findings = fields.count("findings").value_or(0);
    listing.blocking = fields.count("blocking").value_or(0);
    listing.open_comments = fields.count("open_comments").value_or(0);
    listing.conflicts = fields.count("conflicts").value_or(0);
    for (const json& tag : fields.array("factors", max_factors))
        if (tag.is_string()) listing.factors.push_back(tag.get<std::string>());
    listing.version = fields.count("version").value_or(0);
    listing.updated_at = fields.required_time("updated_at");
    return fields.finish(std::move(listing));
}

json to_json(const HistoryEntry& entry) {
    return {{"seq", entry.seq},
            {"first", entry.first},
            {"saves", entry.saves},
            {"kind", entry.kind},
            {"section", entry.section},
            {"actor", entry.actor},
            {"at", core::format_rfc3339(entry.at)},
            {"what", entry.what},
            {"conflict", entry.conflict},
            {"text", entry.text}};
}

Result<HistoryEntry> history_entry_from_json(const json& value) {
    JsonFields fields(value);
    HistoryEntry entry;
    entry.seq = fields.need("seq", fields.count("seq"));
    entry.first = fields.count("first").value_or(entry.seq);
    entry.saves = fields.count("saves").value_or(1);
    entry.kind = fields.text("kind", 60);
    entry.section = fields.text("section", 60);
    entry.actor = fields.text("actor", 200);
    entry.at = fields.required_time("at");
    entry.what = fields.text("what");
    entry.conflict = fields.flag("conflict");
    entry.text = fields.text("text", max_section_bytes);
    return fields.finish(std::move(entry));
}

}  // namespace qd::postmortems
