#include "rollouts/yaml_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qd::rollouts {
namespace {

constexpr std::size_t longest_plain = 100;

bool is_plain_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_plain_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Words that YAML, in one of its versions, takes for something else than a text.
bool is_reserved(std::string_view text) {
    constexpr std::array<std::string_view, 11> words{"true", "false", "yes", "no",  "on", "off",
                                                     "null", "y",     "n",   "nan", "inf"};
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return std::ranges::find(words, lower) != words.end();
}

bool is_plain(std::string_view text) {
    if (text.empty() || text.size() > longest_plain || is_reserved(text)) return false;
    if (!is_plain_letter(text.front()) && text.front() != '/') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool blank = c == ' ' && i + 1 < text.size() && text[i + 1] != ' ';
        if (!is_plain_letter(c) && !is_plain_digit(c) && !blank &&
            std::string_view("-./_").find(c) == std::string_view::npos)
            return false;
    }
    return true;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out + '"';
}

/// Whether a block of lines ("|") reads back as the same text.
bool fits_block(std::string_view text) {
    if (text.find('\n') == std::string_view::npos || text.front() == ' ' || text.front() == '\n')
        return false;
    if (text.ends_with("\n\n") || text.ends_with(' ')) return false;
    return std::ranges::all_of(text, [](char c) {
        return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f);
    });
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
    return is_plain(text) ? std::string(text) : quoted(text);
}

std::string yaml_flow(const YamlPairs& pairs) {
    std::string out = "{";
    for (const auto& [key, value] : pairs) out += (out.size() > 1 ? ", " : "") + key + ": " + value;
    return out + "}";
}

std::string yaml_flow(const std::vector<std::string>& entries) {
    std::string out = "[";
    for (const std::string& entry : entries) out += (out.size() > 1 ? ", " : "") + entry;
    return out + "]";
}

void YamlWriter::line(const std::string& line) {
    std::string margin(indent_, ' ');
    if (dash_ && indent_ >= 2) margin.replace(indent_ - 2, 2, "- ");
    dash_ = false;
    text_ += margin + line + '\n';
}

void YamlWriter::text(std::string_view key, std::string_view text) {
    if (!fits_block(text)) return put(key, yaml_scalar(text));
    put(key, text.ends_with('\n') ? "|" : "|-");
    if (text.ends_with('\n')) text.remove_suffix(1);
    const Deeper deeper(*this);
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view one = text.substr(at, end - at);
        text_ += one.empty() ? "\n" : std::string(indent_, ' ') + std::string(one) + "\n";
        at = end + 1;
    }
}

}  // namespace qd::rollouts
