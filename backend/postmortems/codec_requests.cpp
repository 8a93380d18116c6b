#include "core/json_fields.hpp"
#include "postmortems/codec.hpp"

namespace qd::postmortems {
namespace {

using core::JsonFields;
using core::Result;
using nlohmann::json;

void need_text(JsonFields& fields, const char* key, const std::string& text) {
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) fields.refuse(key, "is missing");
}

}  // namespace

std::string encode(const SaveRequest& request) {
    return core::dump_json({{"section", request.section},
                            {"text", request.text},
                            {"based_on", request.based_on},
                            {"autosave", request.autosave},
                            {"settles", request.settles}});
}

Result<SaveRequest> decode_save_request(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    SaveRequest request;
    request.section = fields.text("section", 60);
    need_text(fields, "section", request.section);
    if (fields.find("text") == nullptr) fields.refuse("text", "is missing");
    request.text = fields.text("text", max_section_bytes);
    if (fields.find("based_on") == nullptr) fields.refuse("based_on", "is missing: the section's seq");
    request.based_on = fields.count("based_on").value_or(0);
    request.autosave = fields.flag("autosave");
    for (const json& seq : fields.array("settles", 1'000)) {
        if (!seq.is_number_unsigned())
            fields.refuse("settles", "are numbers of conflicting versions");
        else
            request.settles.push_back(seq.get<std::uint64_t>());
    }
    return fields.finish(std::move(request));
}

std::string encode(const MoveRequest& request) {
    return core::dump_json({{"state", to_string(request.state)},
                            {"reason", request.reason},
                            {"override", request.override_guards}});
}

Result<MoveRequest> decode_move_request(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    MoveRequest request;
    request.state = fields.need("state", fields.word("state", parse_review_state));
    request.reason = fields.text("reason", max_reason_bytes);
    request.override_guards = fields.flag("override");
    return fields.finish(std::move(request));
}

std::string encode(const ReviewerRequest& request) {
    return core::dump_json({{"person", request.person},
                            {"verdict", request.verdict ? to_string(*request.verdict) : "removed"},
                            {"text", request.text}});
}

Result<ReviewerRequest> decode_reviewer_request(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    ReviewerRequest request;
    request.person = fields.text("person", 200);
    const std::string verdict = fields.text("verdict", 60);
    if (verdict == "removed")
        request.verdict.reset();
    else if (!verdict.empty())
        request.verdict = fields.word("verdict", parse_verdict);
    request.text = fields.text("text", max_reason_bytes);
    return fields.finish(std::move(request));
}

std::string encode(const CommentRequest& request) {
    return core::dump_json({{"section", request.section}, {"text", request.text}});
}

Result<CommentRequest> decode_comment_request(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    CommentRequest request{fields.text("section", 60), fields.text("text", max_reason_bytes)};
    need_text(fields, "text", request.text);
    return fields.finish(std::move(request));
}

std::string encode(const ResolveRequest& request) {
    return core::dump_json({{"resolved", request.resolved}, {"text", request.text}});
}

Result<ResolveRequest> decode_resolve_request(std::string_view text) {
    const auto value = core::parse_json(text.empty() ? "{}" : text);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    ResolveRequest request{fields.flag("resolved", true), fields.text("text", max_reason_bytes)};
    return fields.finish(std::move(request));
}

std::string encode(const PreviewRequest& request) {
    return core::dump_json(
        {{"format", request.format}, {"sections", request.sections}, {"template", request.template_name}});
}

Result<PreviewRequest> decode_preview_request(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    PreviewRequest request;
    const std::string format = fields.text("format", 20);
    if (!format.empty()) request.format = format;
    if (request.format != "html" && request.format != "md") fields.refuse("format", "is html or md");
    for (const auto& [id, section] : fields.object("sections", max_sections).items()) {
        if (!section.is_string() || section.get_ref<const std::string&>().size() > max_section_bytes)
            fields.refuse("sections", "are texts by section, each of at most 128 KiB");
        else
            request.sections[id] = section.get<std::string>();
    }
    request.template_name = fields.text("template", 60);
    return fields.finish(std::move(request));
}

std::string encode_factors(const std::vector<Factor>& factors) {
    auto items = json::array();
    for (const Factor& factor : factors) items.push_back(to_json(factor));
    return core::dump_json({{"factors", std::move(items)}});
}

Result<std::vector<Factor>> decode_factors(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    if (fields.find("factors") == nullptr) fields.refuse("factors", "is missing");
    std::vector<Factor> factors;
    for (const json& entry : fields.array("factors", max_factors)) {
        auto factor = factor_from_json(entry);
        fields.merge("factors", factor);
        if (!factor) break;
        factors.push_back(std::move(*factor));
    }
    return fields.finish(std::move(factors));
}

}  // namespace qd::postmortems
