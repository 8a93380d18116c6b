#pragma once
// Markdown as HTML that is safe to show and to send: no raw HTML, no script, no handler, nothing remote.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "markdown/read.hpp"

namespace qd::markdown {

/// Whether a link may lead there: http, https, mailto, or a #fragment of the same document.
bool is_safe_link(std::string_view url);

struct HtmlOptions {
    int heading_shift = 0;      // 1: "#" becomes <h2>; never deeper than <h6>
    std::string anchor_prefix;  // before the ids of headings; [a-z0-9-]
};

/// Elements are closed, attributes quoted: the answer can stand inside of any element. Raw HTML is shown as
/// text, links elsewhere than is_safe_link() as their text alone, images as their description.
/// Errc::too_large beyond max_bytes or max_depth.
core::Result<std::string> to_html(std::string_view text, const HtmlOptions& options = {});

}  // namespace qd::markdown
