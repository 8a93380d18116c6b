// Whatever people write as Markdown: rendered or refused; nothing active and nothing remote comes out, and
// every element closes.

#include <cstdlib>
#include <string_view>

#include "core/csv.hpp"
#include "fuzz/target.hpp"
#include "markdown/html.hpp"

namespace {

/// Walks over the tags: only those of the renderer, with its own attributes.
bool is_harmless(std::string_view html) {
    constexpr std::string_view allowed[] = {
        "p",  "h1",     "h2",  "h3", "h4",    "h5",    "h6",    "ul", "ol", "li", "blockquote", "pre", "code",
        "em", "strong", "del", "a",  "table", "thead", "tbody", "tr", "th", "td", "br/",        "hr/"};
    for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
        const std::size_t end = html.find('>', at);
        if (end == std::string_view::npos) return false;
        std::string_view tag = html.substr(at + 1, end - at - 1);
        if (tag.starts_with('/')) tag.remove_prefix(1);
        const std::string_view name = tag.substr(0, tag.find(' '));
        bool known = false;
        for (const std::string_view each : allowed) known = known || each == name;
        if (!known) return false;
        const std::string_view attributes = tag.substr(name.size());
        if (attributes.empty()) continue;
        const bool ours = attributes.starts_with(" id=\"") || attributes.starts_with(" class=\"") ||
                          attributes.starts_with(" start=\"") || attributes.starts_with(" href=\"");
        if (!ours) return false;
        if (attributes.starts_with(" href=\"")) {
            const std::string_view url = attributes.substr(7, attributes.find('"', 7) - 7);
            if (!qd::markdown::is_safe_link(url)) return false;
            if (attributes.substr(7 + url.size()) != "\" rel=\"noreferrer noopener\"") return false;
        }
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto html = qd::markdown::to_html(text))
        if (!is_harmless(*html)) std::abort();
    if (const auto blocks = qd::markdown::read_blocks(text))
        for (const auto& block : *blocks)
            if (block.line == 0) std::abort();
    const std::string cell = qd::core::csv_cell(text);
    const std::string_view bare = std::string_view(cell).substr(cell.starts_with('"') ? 1 : 0);
    if (!bare.empty() && std::string_view("=+-@\t\r").find(bare[0]) != std::string_view::npos) std::abort();
    return 0;
}

namespace qd::fuzz {

std::vector<std::string> seeds() {
    return {"# Head\n\nA **b** _c_ `d` ~~e~~ [f](https://example.org \"t\") ![g](x.png)\n",
            "- [x] a\n- b\n  1. c\n\n> q\n>> r\n\n```cpp\ncode\n```\n\n---\n",
            "| a | b |\n|:--|--:|\n| <script>alert(1)</script> | `x|y` |\n",
            "[a](javascript:alert(1)) [b](&#106;avascript:x) <http://example.org> [c]: data:text/html,x\n",
            "<img src=x onerror=alert(1)> &lt;b&gt; &#x3c;script&#x3e; https://example.org/?a=b&c=d\n"};
}

}  // namespace qd::fuzz
