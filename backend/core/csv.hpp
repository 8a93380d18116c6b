#pragma once
// CSV (RFC 4180) that a spreadsheet shows and does not run: a cell that it would take for a formula begins
// with an apostrophe.

#include <string>
#include <string_view>
#include <vector>

namespace qd::core {

/// Quoted where it must be.
inline std::string csv_cell(std::string_view text) {
    std::string cell;
    // What Excel, LibreOffice and Google Sheets begin to calculate with; the same behind blanks, which some
    // of them cut off.
    const std::size_t first = text.find_first_not_of(' ');
    if (first != std::string_view::npos &&
        std::string_view("=+-@\t\r\n").find(text[first]) != std::string::npos)
        cell += '\'';
    for (const char c : text) {
        if (c == '"') cell += '"';
        if (c != '\0') cell += c;
    }
    if (cell.find_first_of(",;\"\r\n\t") == std::string::npos && cell.find('\'') != 0) return cell;
    return '"' + cell + '"';
}

/// One line with its end.
inline std::string csv_row(const std::vector<std::string>& cells) {
    std::string row;
    for (std::size_t i = 0; i < cells.size(); ++i) row += (i == 0 ? "" : ",") + csv_cell(cells[i]);
    return row + "\r\n";
}

}  // namespace qd::core
