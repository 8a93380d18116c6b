#include "markdown/html.hpp"

#include <algorithm>
#include <map>

#include "core/markup.hpp"
#include "markdown/parser.hpp"

namespace qd::markdown {
namespace {

using core::escape_html;

std::string_view cell_alignment(MD_ALIGN align) {
    switch (align) {
        case MD_ALIGN_LEFT:
            return " class=\"left\"";
        case MD_ALIGN_CENTER:
            return " class=\"center\"";
        case MD_ALIGN_RIGHT:
            return " class=\"right\"";
        default:
            return "";
    }
}

class HtmlWriter final : public Sink {
public:
    explicit HtmlWriter(const HtmlOptions& options) : options_(options) {}

    void enter_block(MD_BLOCKTYPE type, void* detail) override {
        switch (type) {
            case MD_BLOCK_QUOTE:
                out_ += "<blockquote>\n";
                break;
            case MD_BLOCK_UL:
                out_ += "<ul>\n";
                break;
            case MD_BLOCK_OL: {
                const unsigned start = static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start;
                out_ += start == 1 ? "<ol>\n" : fmt::format("<ol start=\"{}\">\n", start);
                break;
            }
            case MD_BLOCK_LI: {
                const auto& item = *static_cast<MD_BLOCK_LI_DETAIL*>(detail);
                out_ += "<li>";
                if (item.is_task != 0) out_ += item.task_mark == ' ' ? "\u2610 " : "\u2611 ";
                break;
            }
            case MD_BLOCK_HR:
                out_ += "<hr/>\n";
                break;
            case MD_BLOCK_H:
                heading_at_ = out_.size();
                heading_.clear();
                break;
            case MD_BLOCK_CODE:
                out_ += "<pre><code>";
                break;
            case MD_BLOCK_P:
                out_ += "<p>";
                break;
            case MD_BLOCK_TABLE:
                out_ += "<table>\n";
                break;
            case MD_BLOCK_THEAD:
                out_ += "<thead>\n";
                break;
            case MD_BLOCK_TBODY:
                out_ += "<tbody>\n";
                break;
            case MD_BLOCK_TR:
                out_ += "<tr>";
                break;
            case MD_BLOCK_TH:
            case MD_BLOCK_TD:
                out_.append(type == MD_BLOCK_TH ? "<th" : "<td")
                    .append(cell_alignment(static_cast<MD_BLOCK_TD_DETAIL*>(detail)->align))
                    .append(">");
                break;
            case MD_BLOCK_DOC:
            case MD_BLOCK_HTML:
                break;
        }
    }

    void leave_block(MD_BLOCKTYPE type, void* detail) override {
        switch (type) {
            case MD_BLOCK_QUOTE:
                out_ += "</blockquote>\n";
                break;
            case MD_BLOCK_UL:
                out_ += "</ul>\n";
                break;
            case MD_BLOCK_OL:
                out_ += "</ol>\n";
                break;
            case MD_BLOCK_LI:
                out_ += "</li>\n";
                break;
            case MD_BLOCK_H:
                close_heading(int(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level));
                break;
            case MD_BLOCK_CODE:
                out_ += "</code></pre>\n";
                break;
            case MD_BLOCK_P:
                out_ += "</p>\n";
                break;
            case MD_BLOCK_TABLE:
                out_ += "</table>\n";
                break;
            case MD_BLOCK_THEAD:
                out_ += "</thead>\n";
                break;
            case MD_BLOCK_TBODY:
                out_ += "</tbody>\n";
                break;
            case MD_BLOCK_TR:
                out_ += "</tr>\n";
                break;
            case MD_BLOCK_TH:
                out_ += "</th>";
                break;
            case MD_BLOCK_TD:
                out_ += "</td>";
                break;
            case MD_BLOCK_DOC:
            case MD_BLOCK_HTML:
            case MD_BLOCK_HR:
                break;
        }
    }

    void enter_span(MD_SPANTYPE type, void* detail) override {
        switch (type) {
            case MD_SPAN_EM:
                out_ += "<em>";
                break;
            case MD_SPAN_STRONG:
                out_ += "<strong>";
                break;
            case MD_SPAN_DEL:
                out_ += "<del>";
                break;
            case MD_SPAN_CODE:
                out_ += "<code>";
                break;
            case MD_SPAN_A: {
                const std::string url = decode_attribute(static_cast<MD_SPAN_A_DETAIL*>(detail)->href);
                // Within an image's description nothing is a link.
                const bool shown = images_ == 0 && is_safe_link(url);
                links_.push_back(shown);
                if (shown)
                    out_.append("<a href=\"")
                        .append(escape_html(url))
                        .append("\" rel=\"noreferrer noopener\">");
                break;
            }
            case MD_SPAN_IMG:
                ++images_;
                out_ += "<em>[image: ";
                break;
            default:
                break;
        }
    }

    void leave_span(MD_SPANTYPE type, void*) override {
        switch (type) {
            case MD_SPAN_EM:
                out_ += "</em>";
                break;
            case MD_SPAN_STRONG:
                out_ += "</strong>";
                break;
            case MD_SPAN_DEL:
                out_ += "</del>";
                break;
            case MD_SPAN_CODE:
                out_ += "</code>";
                break;
            case MD_SPAN_A:
                if (!links_.empty() && links_.back()) out_ += "</a>";
                if (!links_.empty()) links_.pop_back();
                break;
            case MD_SPAN_IMG:
                --images_;
                out_ += "]</em>";
                break;
            default:
                break;
        }
    }

    void text(MD_TEXTTYPE type, std::string_view text) override {
        switch (type) {
            case MD_TEXT_NULLCHAR:
                say("\xEF\xBF\xBD");
                break;
            case MD_TEXT_BR:
                out_ += "<br/>\n";
                break;
            case MD_TEXT_SOFTBR:
                say("\n");
                break;
            case MD_TEXT_ENTITY:
                say(decode_entity(text));
                break;
            default:
                say(text);
        }
    }

    std::string take() { return std::move(out_); }

private:
    void say(std::string_view text) {
        out_ += escape_html(text);
        heading_ += text;
    }

    void close_heading(int level) {
        const std::string anchor = options_.anchor_prefix + anchor_of(heading_);
        const int count = ++anchors_[anchor];
        const int shown = std::clamp(level + options_.heading_shift, 1, 6);
        out_.insert(heading_at_, fmt::format("<h{} id=\"{}{}\">", shown, anchor,
                                             count == 1 ? "" : fmt::format("-{}", count)));
        out_ += fmt::format("</h{}>\n", shown);
    }

    const HtmlOptions& options_;
    std::string out_;
    std::string heading_;  // text since the last heading began
    std::size_t heading_at_ = 0;
    std::map<std::string, int> anchors_;
    std::vector<bool> links_;  // of the open ones: shown as such
    int images_ = 0;
};

}  // namespace

bool is_safe_link(std::string_view url) {
    if (url.empty() || url.size() > 2'000) return false;
    // Browsers overlook control characters and spaces within and before a scheme.
    if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= 0x20; })) return false;
    if (url.starts_with('#')) return true;
    std::string scheme(url.substr(0, 8));
    for (char& c : scheme)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return scheme.starts_with("http://") || scheme.starts_with("https://") || scheme.starts_with("mailto:");
}

core::Result<std::string> to_html(std::string_view text, const HtmlOptions& options) {
    HtmlWriter writer(options);
    if (auto parsed = parse(text, writer); !parsed) return core::Failure(parsed.error());
    return writer.take();
}

}  // namespace qd::markdown
