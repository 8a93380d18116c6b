#pragma once
// What a section's Markdown may stand for: blocks that are compiled from the journal, on a line of their own,
// and values within a line. Everything between them is a person's text.
//
//   {{timeline}}                                   the block as the journal has it when the document is read
//   {{detached timeline 12 0123456789abcdef}}      from here a person has taken the block over, as it was at
//   …                                              event 12 of the journal
//   {{end}}
//   It began at {{started_at}}.                    a value

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::postmortems {

struct Placeholder {
    std::string_view name;
    std::string_view title;  // what it stands for, for people
    bool block = true;
};

/// All there are: blocks first.
std::span<const Placeholder> placeholders();
/// nullptr: no such.
const Placeholder* find_placeholder(std::string_view name);

enum class PieceKind { text, block, detached };

struct Piece {
    PieceKind kind = PieceKind::text;
    std::string name;            // of a block
    std::string text;            // a person's; empty for a block
    std::uint64_t taken_at = 0;  // of a detached block
    std::string digest;          // of a detached block
    std::size_t line = 1;        // where it begins: 1, 2, …

    bool operator==(const Piece&) const = default;
};

/// Fenced code is left alone. A detached block without an end reaches to the end of the text.
std::vector<Piece> split(std::string_view text);

/// A placeholder that is used wrongly.
struct Misuse {
    std::string what;
    std::size_t line = 1;
    bool operator==(const Misuse&) const = default;
};
/// Unknown names, blocks within a line, a detached block without an end.
std::vector<Misuse> misuses(std::string_view text);

/// `text` with each {{name}} of a value replaced by what `value_of` says, fenced code aside; what it does not
/// know (empty optional) stays.
std::string fill_values(std::string_view text,
                        const std::function<std::optional<std::string>(std::string_view)>& value_of);

/// The line that begins a detached block.
std::string detached_line(std::string_view block, std::uint64_t taken_at, std::string_view digest);

}  // namespace qd::postmortems
