#include <algorithm>

#include "core/markup.hpp"
#include "postmortems/export.hpp"
#include "postmortems/export_text.hpp"

namespace qd::postmortems {
namespace {

void end_paragraph(std::string& out) {
    while (out.ends_with('\n')) out.pop_back();
    out += "\n\n";
}

void write_section(std::string& out, const Section& section, const Material& material) {
    out.append("## ").append(core::escape_markdown(section.title)).append("\n\n");
    const bool untouched = section.current.seq == 0;
    for (const Piece& piece : pieces_of(section, material)) {
        switch (piece.kind) {
            case PieceKind::text:
                // What stands before it has ended its paragraph.
                out += piece.text.substr(std::min(piece.text.find_first_not_of('\n'), piece.text.size()));
                break;
            case PieceKind::block:
                out += block_markdown(piece.name, material, untouched);
                break;
            case PieceKind::detached:
                out += piece.text;
                end_paragraph(out);
                out.append("_").append(core::escape_markdown(detached_note(piece, material))).append("_\n");
                break;
        }
        end_paragraph(out);
    }
    if (const std::string note = conflict_note(section); !note.empty())
        out.append("_").append(core::escape_markdown(note)).append("_\n\n");
}

}  // namespace

std::string to_markdown(const Material& material) {
    std::string out = "# " + core::escape_markdown(headline(material)) + "\n\n";
    out.append(core::escape_markdown(preamble(material))).append("\n\n");
    for (const Section& section : material.draft.sections) write_section(out, section, material);
    const auto findings = check(material);
    if (!findings.empty() && material.draft.state != ReviewState::published) {
        out += "## Before it is shared\n\n";
        for (const Finding& each : findings)
            out.append("- ")
                .append(
                    core::escape_markdown(fmt::format("{}: {}: {}", each.section, each.problem, each.mend)))
                .append("\n");
    }
    end_paragraph(out);
    out.pop_back();
    return out;
}

}  // namespace qd::postmortems
