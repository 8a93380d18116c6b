#pragma once
// The document as text. Deterministic: no time of export, no random ids. Everything from outside is escaped.

#include <string>

#include "postmortems/document.hpp"

namespace qd::postmortems {

/// CommonMark with tables as GitHub has them. Ends with the reviewer's checklist.
std::string to_markdown(const Document& document);
/// {"schema":1,…}; the same values as the document.
std::string to_json_text(const Document& document);
/// One file without anything from elsewhere: style and charts (inline SVG) are in it. No scripts.
std::string to_html(const Document& document);

/// The SLI around the incident with its objective and marks, as an SVG element; empty without at least two
/// points.
std::string chart_svg(const Series& series, const std::vector<Mark>& marks);

}  // namespace qd::postmortems
