// A team's template, a person's text and what is posted about a post-mortem: read or refused; what was read
// survives the wire, and no document that comes of it has anything active in it.

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "incidents/projection.hpp"
#include "postmortems/codec.hpp"
#include "postmortems/compile.hpp"
#include "postmortems/draft_event.hpp"
#include "postmortems/export.hpp"
#include "postmortems/placeholders.hpp"
#include "postmortems/template.hpp"

using namespace qd;
using namespace qd::postmortems;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct Past {
    incidents::Incident incident;
    Document document;
};

Past past() {
    incidents::Event opened;
    opened.seq = 1;
    opened.kind = incidents::EventKind::opened;
    opened.actor = opened.source = "slo";
    opened.occurred_at = opened.recorded_at = core::WallTime(std::chrono::hours(400'000));
    opened.body.title = "<script>alert(1)</script>";
    opened.body.service = "gateway";
    opened.body.started_at = opened.body.detected_at = opened.occurred_at;
    const std::vector events{opened};
    auto incident = incidents::replay(incidents::IncidentId("INC-1"), events);
    require(incident.has_value());
    return {*incident, compile(*incident, events, {})};
}

void requests(std::string_view text) {
    if (const auto save = decode_save_request(text)) require(decode_save_request(encode(*save)).has_value());
    if (const auto review = decode_reviewer_request(text))
        require(*decode_reviewer_request(encode(*review)) == *review);
    if (const auto factors = decode_factors(text))
        require(decode_factors(encode_factors(*factors)).has_value());
    if (const auto request = decode_action_request(text)) {
        require(decode_action_request(encode(*request)).has_value());
        if (const auto action = changed({}, *request)) (void)to_csv(std::vector{*action}, {});
    }
    (void)decode_move_request(text);
    (void)decode_comment_request(text);
    (void)decode_resolve_request(text);
    (void)decode_preview_request(text);
    const auto value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) return;
    (void)view_from_json(value);
    (void)draft_from_json(value);
    (void)decode_draft_event(DraftEventKind::chosen, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    requests(text);
    (void)check_markdown(text);
    (void)misuses(text);
    std::string persons;
    for (const Piece& piece : split(text)) persons += piece.text;
    require(persons.size() <= text.size());
    static const Past story = past();
    Draft draft = fresh_draft(story.incident.id, builtin_templates()[0]);
    draft.sections[0].current.text = text;
    draft.sections[0].current.seq = 2;
    if (const auto form = parse_template(text, "team", "team.md"))
        draft = fresh_draft(story.incident.id, *form);
    const Material material{draft, story.incident, story.document, {}};
    const std::string html = to_html(material);
    for (const char* active : {"<script", "<img", "<iframe", "<object", "<link", "href=\"javascript"})
        require(html.find(active) == std::string::npos);
    require(html == to_html(material));
    require(!to_markdown(material).empty() && !to_json_text(material).empty());
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {
        "# Team\n\n## What\n<!-- guidance -->\n{{summary}}\nat {{started_at}}\n\n## Do\n{{action_items}}\n",
        "{{detached timeline 12 0123456789abcdef}}\n| a | b |\n|---|---|\n| x | y |\n{{end}}\n<script>\n",
        "## Summary\nanna should have known\n\n## Action Items\n| action | owner | due | done |\n|-|-|-|-|\n"
        "| Add x | bea | 2026-12-01 | it runs |\n",
        R"({"section":"summary","text":"x","based_on":3,"autosave":true,"settles":[4]})",
        R"({"text":"=Add","kind":"prevent","incident":"INC-1","due":"2026-12-01","state":"declined","reason":"r"})",
        R"({"factors":[{"tag":"late-detection","text":"t","events":[1,2]}],"person":"a","verdict":"approved"})"};
}

}  // namespace qd::fuzz
