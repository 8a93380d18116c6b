#include "core/json_fields.hpp"
#include "postmortems/codec.hpp"

namespace qd::postmortems {
namespace {

using core::JsonFields;
using core::Result;
using nlohmann::json;

/// Decodes each element; the first that does not fit is the array's error.
template <class T, class Decode>
std::vector<T> elements(JsonFields& fields, const char* key, std::size_t most, Decode decode) {
    std::vector<T> list;
    for (const json& entry : fields.array(key, most)) {
        auto value = decode(entry);
        fields.merge(key, value);
        if (!value) break;
        list.push_back(std::move(*value));
    }
    return list;
}

json version_json(const SectionVersion& version) {
    return {{"seq", version.seq},
            {"author", version.author},
            {"saved_at", core::format_rfc3339(version.saved_at)},
            {"text", version.text},
            {"based_on", version.based_on}};
}

Result<SectionVersion> version_from_json(const json& value) {
    JsonFields fields(value);
    SectionVersion version;
    version.seq = fields.count("seq").value_or(0);
    version.author = fields.text("author", 200);
    version.saved_at = fields.required_time("saved_at");
    version.text = fields.text("text", max_section_bytes);
    version.based_on = fields.count("based_on").value_or(0);
    return fields.finish(std::move(version));
}

json section_json(const Section& section) {
    auto conflicts = json::array();
    for (const SectionVersion& each : section.conflicts) conflicts.push_back(version_json(each));
    json value = version_json(section.current);
    value["id"] = section.id;
    value["title"] = section.title;
    value["guidance"] = section.guidance;
    value["conflicts"] = std::move(conflicts);
    value["of_template"] = section.of_template;
    return value;
}

Result<Section> section_from_json(const json& value) {
    JsonFields fields(value);
    Section section;
    section.id = fields.text("id", 60);
    section.title = fields.text("title", 300);
    section.guidance = fields.text("guidance", 4'000);
    auto current = version_from_json(value);
    fields.merge("section", current);
    if (current) section.current = std::move(*current);
    section.conflicts = elements<SectionVersion>(fields, "conflicts", 1'000,
                                                 [](const json& v) { return version_from_json(v); });
    section.of_template = fields.flag("of_template", true);
    return fields.finish(std::move(section));
}

Result<Reviewer> reviewer_from_json(const json& value) {
    JsonFields fields(value);
    Reviewer reviewer;
    reviewer.person = fields.text("person", 200);
    reviewer.verdict = fields.need("verdict", fields.word("verdict", parse_verdict));
    reviewer.text = fields.text("text", max_reason_bytes);
    reviewer.at = fields.required_time("at");
    reviewer.outdated = fields.flag("outdated");
    return fields.finish(std::move(reviewer));
}

Result<Comment> comment_from_json(const json& value) {
    JsonFields fields(value);
    Comment comment;
    comment.id = fields.need("id", fields.count("id"));
    comment.section = fields.text("section", 60);
    comment.author = fields.text("author", 200);
    comment.at = fields.required_time("at");
    comment.text = fields.text("text", max_reason_bytes);
    comment.resolved = fields.flag("resolved");
    comment.resolved_by = fields.text("resolved_by", 200);
    comment.resolved_at = fields.time("resolved_at");
    comment.resolution = fields.text("resolution", max_reason_bytes);
    return fields.finish(std::move(comment));
}

Result<Override> override_from_json(const json& value) {
    JsonFields fields(value);
    Override over;
    over.state = fields.need("state", fields.word("state", parse_review_state));
    over.by = fields.text("by", 200);
    over.reason = fields.text("reason", max_reason_bytes);
    over.at = fields.required_time("at");
    return fields.finish(std::move(over));
}

Result<TemplateSection> template_section_from_json(const json& value) {
    JsonFields fields(value);
    TemplateSection section{fields.text("id", 60), fields.text("title", 300), fields.text("guidance", 4'000),
                            fields.text("text", max_section_bytes)};
    if (section.id.empty() ||
        section.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
        fields.refuse("id", "is made of a-z, 0-9 and -");
    return fields.finish(std::move(section));
}

}  // namespace

json to_json(const Template& value) {
    auto sections = json::array();
    for (const TemplateSection& each : value.sections)
        sections.push_back(
            {{"id", each.id}, {"title", each.title}, {"guidance", each.guidance}, {"text", each.text}});
    json shown{{"name", value.name},
               {"title", value.title},
               {"origin", value.origin},
               {"sections", std::move(sections)}};
    if (!value.problem.empty()) shown["problem"] = value.problem;
    return shown;
}

Result<Template> template_from_json(const json& value) {
    JsonFields fields(value);
    Template read;
    read.name = fields.text("name", 60);
    read.title = fields.text("title", 300);
    read.origin = fields.text("origin", 1'000);
    read.problem = fields.text("problem", 4'000);
    read.sections = elements<TemplateSection>(fields, "sections", max_sections,
                                              [](const json& v) { return template_section_from_json(v); });
    if (read.name.empty()) fields.refuse("name", "is missing");
    return fields.finish(std::move(read));
}

json to_json(const Factor& factor) {
    return {{"tag", factor.tag}, {"text", factor.text}, {"events", factor.events}};
}

Result<Factor> factor_from_json(const json& value) {
    JsonFields fields(value);
    Factor factor;
    factor.tag = fields.text("tag", 60);
    if (factor.tag.empty() ||
        factor.tag.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
        fields.refuse("tag", "is made of a-z, 0-9 and -");
    factor.text = fields.text("text", max_reason_bytes);
    for (const json& seq : fields.array("events", 50)) {
        if (!seq.is_number_integer() || seq.get<std::int64_t>() < 1)
            fields.refuse("events", "are numbers of the journal's events");
        else
            factor.events.push_back(seq.get<std::uint64_t>());
    }
    return fields.finish(std::move(factor));
}

json to_json(const Draft& draft) {
    json value{{"incident", draft.incident.value},
               {"template", draft.template_name},
               {"template_title", draft.template_title},
               {"state", to_string(draft.state)},
               {"author", draft.author},
               {"published_at", core::json_time(draft.published_at)},
               {"version", draft.version},
               {"updated_at", core::format_rfc3339(draft.updated_at)}};
    for (const char* key : {"sections", "reviewers", "comments", "factors", "overrides"})
        value[key] = json::array();
    for (const Section& each : draft.sections) value["sections"].push_back(section_json(each));
    for (const Reviewer& each : draft.reviewers)
        value["reviewers"].push_back({{"person", each.person},
                                      {"verdict", to_string(each.verdict)},
                                      {"text", each.text},
                                      {"at", core::format_rfc3339(each.at)},
                                      {"outdated", each.outdated}});
    for (const Comment& each : draft.comments)
        value["comments"].push_back({{"id", each.id},
                                     {"section", each.section},
                                     {"author", each.author},
                                     {"at", core::format_rfc3339(each.at)},
                                     {"text", each.text},
                                     {"resolved", each.resolved},
                                     {"resolved_by", each.resolved_by},
                                     {"resolved_at", core::json_time(each.resolved_at)},
                                     {"resolution", each.resolution}});
    for (const Factor& each : draft.factors) value["factors"].push_back(to_json(each));
    for (const Override& each : draft.overrides)
        value["overrides"].push_back({{"state", to_string(each.state)},
                                      {"by", each.by},
                                      {"reason", each.reason},
                                      {"at", core::format_rfc3339(each.at)}});
    return value;
}

Result<Draft> draft_from_json(const json& value) {
    JsonFields fields(value);
    Draft draft;
    draft.incident = incidents::IncidentId(fields.text("incident", 200));
    draft.template_name = fields.text("template", 60);
    draft.template_title = fields.text("template_title", 300);
    draft.state = fields.need("state", fields.word("state", parse_review_state));
    draft.author = fields.text("author", 200);
    draft.sections =
        elements<Section>(fields, "sections", 400, [](const json& v) { return section_from_json(v); });
    draft.reviewers = elements<Reviewer>(fields, "reviewers", max_reviewers,
                                         [](const json& v) { return reviewer_from_json(v); });
    draft.comments = elements<Comment>(fields, "comments", max_comments,
                                       [](const json& v) { return comment_from_json(v); });
    draft.factors =
        elements<Factor>(fields, "factors", max_factors, [](const json& v) { return factor_from_json(v); });
    draft.overrides =
        elements<Override>(fields, "overrides", 1'000, [](const json& v) { return override_from_json(v); });
    draft.published_at = fields.time("published_at");
    draft.version = fields.count("version").value_or(0);
    draft.updated_at = fields.required_time("updated_at");
    return fields.finish(std::move(draft));
}

}  // namespace qd::postmortems
