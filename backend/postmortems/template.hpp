#pragma once
// Templates of post-mortems: Markdown with a "# " title, a "## " heading for each section, and behind a
// heading, if need be, guidance for the writer in <!-- … -->. What else stands in a section is the text a
// draft begins with; placeholders.hpp says what it may stand for.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "postmortems/draft.hpp"

namespace qd::postmortems {

inline constexpr std::size_t max_template_bytes = 256 << 10;

/// `origin` is the file's name, which errors begin with ("team.md:12: …"). Errc::invalid_argument: no
/// section, two of the same name, text before the first, an unknown placeholder (with the line), guidance
/// without an end; Errc::too_large beyond max_template_bytes or max_sections.
core::Result<Template> parse_template(std::string_view text, std::string name, std::string origin);

/// One of `templates` by its name. Errc::not_found, naming those there are; Errc::invalid_argument with the
/// problem of one that cannot be used.
core::Result<Template> find_template(std::span<const Template> templates, std::string_view name);

/// The default first: the five sections of the practice; then Google's, PagerDuty's and Howie's styles.
const std::vector<Template>& builtin_templates();
inline constexpr std::string_view default_template = "five-sections";

}  // namespace qd::postmortems
