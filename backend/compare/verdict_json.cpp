#include <algorithm>
#include <cmath>

#include "compare/verdict.hpp"
#include "core/json_fields.hpp"

namespace qd::compare {
namespace {

using core::JsonFields;
using core::Seconds;
using nlohmann::json;

constexpr std::size_t longest_verdict = 256u << 10;
constexpr std::size_t longest_text = 4'000;
constexpr std::size_t longest_name = 200;

template <class T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}
json or_null(const std::optional<Seconds>& value) {
    return value ? json(value->count()) : json(nullptr);
}

std::optional<Side> parse_side(std::string_view text) {
    if (text == "a") return Side::a;
    if (text == "b") return Side::b;
    return std::nullopt;
}

template <class Kind, std::size_t size>
auto parser(const std::array<Kind, size>& kinds) {
    return [&kinds](std::string_view text) -> std::optional<Kind> {
        for (const Kind kind : kinds)
            if (to_string(kind) == text) return kind;
        return std::nullopt;
    };
}
constexpr std::array finding_kinds{Finding::Kind::differs, Finding::Kind::frozen, Finding::Kind::black,
                                   Finding::Kind::missing, Finding::Kind::failed, Finding::Kind::mark,
                                   Finding::Kind::tint,    Finding::Kind::shift};
constexpr std::array colour_causes{
    ColourCause::none,           ColourCause::brightness,     ColourCause::contrast,
    ColourCause::saturation,     ColourCause::range_expanded, ColourCause::range_squeezed,
    ColourCause::matrix_601_709, ColourCause::matrix_709_601, ColourCause::other};
constexpr std::array verdict_kinds{Verdict::Kind::same, Verdict::Kind::differ, Verdict::Kind::insufficient};

std::optional<double> number(JsonFields& fields, const char* key, double least, double most) {
    const auto value = fields.number(key);
    if (value && !(*value >= least && *value <= most)) {
        fields.refuse(key, "is out of range");
        return std::nullopt;
    }
    return value;
}

std::optional<Seconds> seconds(JsonFields& fields, const char* key) {
    const auto value = number(fields, key, -1e9, 1e9);
    return value ? std::optional(Seconds(*value)) : std::nullopt;
}

std::optional<LastingKind> lasting_kind(Finding::Kind kind) {
    switch (kind) {
        case Finding::Kind::mark:
            return LastingKind::mark;
        case Finding::Kind::tint:
            return LastingKind::tint;
        case Finding::Kind::shift:
            return LastingKind::shift;
        default:
            return std::nullopt;
    }
}

/// What `finding` has besides its times.
std::optional<LastingDifference> read_lasting(JsonFields& fields, const Finding& finding) {
    const auto kind = lasting_kind(finding.kind);
    if (!kind) return std::nullopt;
    LastingDifference lasting;
    lasting.kind = *kind;
    lasting.from = finding.from;
    lasting.to = finding.to;
    lasting.area = {number(fields, "left", 0, 1).value_or(0), number(fields, "top", 0, 1).value_or(0),
                    number(fields, "right", 0, 1).value_or(0), number(fields, "bottom", 0, 1).value_or(0),
                    number(fields, "share", 0, 1).value_or(0)};
    lasting.structure = fields.flag("structure");
    lasting.levels = {number(fields, "y_levels", -500, 500).value_or(0),
                      number(fields, "cb_levels", -500, 500).value_or(0),
                      number(fields, "cr_levels", -500, 500).value_or(0)};
    lasting.cause = fields.word("cause", parser(colour_causes)).value_or(ColourCause::none);
    lasting.amount = number(fields, "amount", -1e6, 1e6).value_or(0);
    lasting.right = number(fields, "right_px", -1e6, 1e6).value_or(0);
    lasting.down = number(fields, "down_px", -1e6, 1e6).value_or(0);
    lasting.chroma_only = fields.flag("chroma_only");
    lasting.strength = number(fields, "strength", 0, 1e6).value_or(0);
    return lasting;
}

void add_lasting(json& line, const LastingDifference& lasting) {
    line["strength"] = std::clamp(lasting.strength, 0.0, 1e6);
    if (lasting.kind == LastingKind::shift) {
        line["right_px"] = lasting.right;
        line["down_px"] = lasting.down;
        line["chroma_only"] = lasting.chroma_only;
        return;
    }
    line["y_levels"] = lasting.levels[0];
    line["cb_levels"] = lasting.levels[1];
    line["cr_levels"] = lasting.levels[2];
    if (lasting.kind == LastingKind::tint) {
        line["cause"] = to_string(lasting.cause);
        line["amount"] = lasting.amount;
        return;
    }
    line["left"] = lasting.area.left;
    line["top"] = lasting.area.top;
    line["right"] = lasting.area.right;
    line["bottom"] = lasting.area.bottom;
    line["share"] = lasting.area.share;
    line["structure"] = lasting.structure;
}

core::Result<Finding> read_finding(const json& value) {
    JsonFields fields(value);
    Finding finding;
    finding.kind = fields.need("kind", fields.word("kind", parser(finding_kinds)));
    finding.side = fields.word("side", parse_side);
    finding.from = fields.need("from_s", seconds(fields, "from_s"));
    finding.to = fields.need("to_s", seconds(fields, "to_s"));
    finding.to_the_end = fields.flag("to_the_end");
    finding.worst_ssim = number(fields, "worst_ssim", -1, 1);
    finding.worst_psnr_db = number(fields, "worst_psnr_db", 0, 100);
    finding.worst_patch = number(fields, "worst_patch", 0, 442);
    finding.frames = fields.count("frames").value_or(0);
    finding.lasting = read_lasting(fields, finding);
    finding.text = fields.text("text", longest_text);
    return fields.finish(std::move(finding));
}

}  // namespace

std::string to_json(const Verdict& verdict) {
    json findings = json::array();
    for (const Finding& finding : verdict.findings) {
        json line({{"kind", to_string(finding.kind)},
                   {"side", finding.side ? json(*finding.side == Side::a ? "a" : "b") : json(nullptr)},
                   {"from_s", finding.from.count()},
                   {"to_s", finding.to.count()},
                   {"to_the_end", finding.to_the_end},
                   {"worst_ssim", or_null(finding.worst_ssim)},
                   {"worst_psnr_db", or_null(finding.worst_psnr_db)},
                   {"worst_patch", or_null(finding.worst_patch)},
                   {"frames", finding.frames},
                   {"text", finding.text}});
        if (finding.lasting) add_lasting(line, *finding.lasting);
        findings.push_back(std::move(line));
    }
    return core::dump_json({{"type", "verdict"},
                            {"verdict", to_string(verdict.kind)},
                            {"text", verdict.text},
                            {"a", verdict.name.a},
                            {"b", verdict.name.b},
                            {"pairs", verdict.pairs},
                            {"identical", verdict.identical},
                            {"skipped", verdict.skipped},
                            {"compared_s", verdict.compared.count()},
                            {"missing_a", verdict.missing.a},
                            {"missing_b", verdict.missing.b},
                            {"from_s", or_null(verdict.from)},
                            {"worst_ssim", or_null(verdict.worst_ssim)},
                            {"worst_at_s", or_null(verdict.worst_at)},
                            {"mean_ssim", or_null(verdict.mean_ssim)},
                            {"worst_psnr_db", or_null(verdict.worst_psnr_db)},
                            {"mean_psnr_db", or_null(verdict.mean_psnr_db)},
                            {"offset_s", or_null(verdict.b_minus_a_s)},
                            {"offset", verdict.offset},
                            {"fps_a", or_null(verdict.fps.a)},
                            {"fps_b", or_null(verdict.fps.b)},
                            {"findings", std::move(findings)},
                            {"notes", verdict.notes}});
}

core::Result<Verdict> parse_verdict(std::string_view text) {
    const auto parsed = core::parse_json(text, longest_verdict);
    if (!parsed) return core::Failure(parsed.error());
    JsonFields fields(*parsed);
    Verdict verdict;
    verdict.kind = fields.need("verdict", fields.word("verdict", parser(verdict_kinds)));
    verdict.text = fields.text("text", longest_text);
    verdict.name = {fields.text("a", longest_name), fields.text("b", longest_name)};
    verdict.pairs = fields.need("pairs", fields.count("pairs"));
    verdict.identical = fields.count("identical").value_or(0);
    verdict.skipped = fields.count("skipped").value_or(0);
    verdict.compared = seconds(fields, "compared_s").value_or(Seconds(0));
    verdict.missing = {fields.count("missing_a").value_or(0), fields.count("missing_b").value_or(0)};
    verdict.from = seconds(fields, "from_s");
    verdict.worst_ssim = number(fields, "worst_ssim", -1, 1);
    verdict.worst_at = seconds(fields, "worst_at_s");
    verdict.mean_ssim = number(fields, "mean_ssim", -1, 1);
    verdict.worst_psnr_db = number(fields, "worst_psnr_db", 0, 100);
    verdict.mean_psnr_db = number(fields, "mean_psnr_db", 0, 100);
    verdict.b_minus_a_s = number(fields, "offset_s", -1e9, 1e9);
    verdict.offset = fields.text("offset", longest_name);
    verdict.fps = {number(fields, "fps_a", 0, 1000), number(fields, "fps_b", 0, 1000)};
    for (const json& value : fields.array("findings", most_findings)) {
        auto finding = read_finding(value);
        fields.merge("findings", finding);
        if (!finding) break;
        verdict.findings.push_back(std::move(*finding));
    }
    for (const json& note : fields.array("notes", most_notes)) {
        if (!note.is_string() || note.get_ref<const std::string&>().size() > longest_text) {
            fields.refuse("notes", "hold something that is no short text");
            break;
        }
        verdict.notes.push_back(note.get<std::string>());
    }
    return fields.finish(std::move(verdict));
}

}  // namespace qd::compare
