#pragma once
// Markdown (CommonMark with GitHub's tables, task lists and strikethrough) as blocks of plain text with their
// lines, for outlines and checks. What a reader does not see as prose is left out: code, HTML.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::markdown {

inline constexpr std::size_t max_bytes = 2 << 20;
inline constexpr std::size_t max_depth = 64;  // of blocks and spans within each other

enum class BlockKind { heading, paragraph, item, row };

struct TextBlock {
    BlockKind kind = BlockKind::paragraph;
    int level = 0;                   // of a heading: 1..6; of an item: how deep its list is nested, from 1
    std::size_t line = 0;            // 1, 2, …: where its text begins
    std::string text;                // of a row: its cells joined by " | "
    std::vector<std::string> cells;  // of a row
    bool head = false;               // a row of a table's head

    bool operator==(const TextBlock&) const = default;
};

/// In the order of the text. Errc::too_large beyond the limits above.
core::Result<std::vector<TextBlock>> read_blocks(std::string_view text);

struct Heading {
    int level = 1;
    std::string text;
    std::string anchor;  // the id that to_html gives it
    std::size_t line = 0;

    bool operator==(const Heading&) const = default;
};

/// Errors of read_blocks().
core::Result<std::vector<Heading>> outline(std::string_view text);

/// A heading's id: letters and digits in lower case, hyphens between them; never empty.
std::string anchor_of(std::string_view heading);

}  // namespace qd::markdown
