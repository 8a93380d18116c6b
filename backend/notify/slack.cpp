#include "notify/slack.hpp"

#include "core/json_fields.hpp"

namespace qd::notify {
namespace {

using nlohmann::json;

constexpr std::size_t max_header_bytes = 150;
constexpr std::size_t max_section_bytes = 3'000;
constexpr std::size_t max_sections = 47;  // beside the header, the foot and the note of a cut

/// The last place up to `most` where UTF-8 may be cut.
std::size_t boundary(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text.size();
    std::size_t at = most;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return at > 0 ? at : most;
}

json block(const char* type, const std::string& text) {
    return {{"type", type}, {"text", {{"type", "mrkdwn"}, {"text", text}}}};
}

}  // namespace

std::string slack_escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '&')
            escaped += "&amp;";
        else if (c == '<')
            escaped += "&lt;";
        else if (c == '>')
            escaped += "&gt;";
        else
            escaped += c;
    }
    return escaped;
}

std::vector<std::string> slack_pieces(std::string_view text, std::size_t most) {
    std::vector<std::string> pieces;
    while (!text.empty()) {
        std::size_t end = boundary(text, most);
        if (end < text.size()) {
            const std::size_t line = text.rfind('\n', end);
            if (line != std::string_view::npos && line > 0) {
                end = line;
            } else {
                // An escaped character stays whole.
                const std::size_t amp = text.rfind('&', end - 1);
                if (amp != std::string_view::npos && amp > 0 && end - amp < 5 &&
                    text.substr(amp, end - amp).find(';') == std::string_view::npos)
                    end = amp;
            }
        }
        pieces.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
        if (text.starts_with('\n')) text.remove_prefix(1);
    }
    return pieces;
}

std::string slack_body(const Message& message) {
    const Letter letter = letter_of(message);
    json blocks = json::array();
    std::string title = letter.title.substr(0, boundary(letter.title, max_header_bytes));
    blocks.push_back(
        {{"type", "header"}, {"text", {{"type", "plain_text"}, {"text", title}, {"emoji", false}}}});
    const auto pieces = slack_pieces(slack_escape(letter.text), max_section_bytes);
    for (std::size_t i = 0; i < pieces.size() && i < max_sections; ++i)
        if (pieces[i].find_first_not_of(" \n") != std::string::npos)
            blocks.push_back(block("section", pieces[i]));
    if (pieces.size() > max_sections) blocks.push_back(block("section", "(cut here: it is too long)"));
    blocks.push_back(
        {{"type", "context"},
         {"elements", json::array({{{"type", "mrkdwn"}, {"text", slack_escape(letter.foot)}}})}});
    std::string plain = slack_escape(letter.title);
    if (!letter.text.empty()) plain += "\n" + slack_escape(letter.text);
    return core::dump_json({{"text", plain}, {"blocks", std::move(blocks)}});
}

}  // namespace qd::notify
