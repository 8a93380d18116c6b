#pragma once
// iCalendar's lines (RFC 5545, 3.1): NAME;PARAMETER=VALUE:VALUE, folded over several lines of text. Pure.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace qd::oncall {

struct ContentLine {
    int number = 0;                                               // of its first line in the file, from 1
    std::string name;                                             // in capitals
    std::vector<std::pair<std::string, std::string>> parameters;  // names in capitals, quotes taken off
    std::string value;

    /// Empty when there is none.
    std::string_view parameter(std::string_view name) const;
};

inline constexpr std::size_t max_lines = 20'000;
inline constexpr std::size_t max_line_bytes = 16 << 10;

/// Errc::config, "source:line: …".
core::Result<std::vector<ContentLine>> read_lines(std::string_view text, const std::string& source);

/// TEXT values: "\\n" "\\," "\\;" "\\\\" taken apart.
std::string unescape(std::string_view value);

}  // namespace qd::oncall
