#pragma once
// The document as text. Deterministic: no time of export, no random ids. What the journal says is escaped;
// people's Markdown is rendered without raw HTML, scripts and anything remote.

#include <string>
#include <vector>

#include "postmortems/material.hpp"

namespace qd::postmortems {

/// CommonMark with tables as GitHub has them; placeholders filled. Until it is published it ends with what is
/// missing.
std::string to_markdown(const Material& material);
/// One file without anything from elsewhere: style and charts (inline SVG) are in it. No scripts.
std::string to_html(const Material& material);
/// {"schema":1,…}: the compiled values, the draft with its sections as Markdown, the action items, the
/// findings.
std::string to_json_text(const Material& material);

/// The SLI around the incident with its objective and marks, as an SVG element; empty without at least two
/// points.
std::string chart_svg(const Series& series, const std::vector<Mark>& marks);

/// Everything a reviewer would ask for; check.hpp has the rules.
std::vector<Finding> check(const Material& material);

}  // namespace qd::postmortems
