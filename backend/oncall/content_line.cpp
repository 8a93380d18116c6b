#include "oncall/content_line.hpp"

#include <algorithm>

namespace qd::oncall {
namespace {

constexpr std::size_t max_parameters = 20;

std::string capitals(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    return result;
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

/// Where an unquoted one of `wanted` stands, or the end.
std::size_t find_unquoted(std::string_view text, std::string_view wanted, std::size_t from) {
    bool quoted = false;
    for (std::size_t at = from; at < text.size(); ++at) {
        if (text[at] == '"') quoted = !quoted;
        if (!quoted && wanted.find(text[at]) != std::string_view::npos) return at;
    }
    return text.size();
}

core::Result<ContentLine> split(std::string_view text, int number, const std::string& source) {
    const auto wrong = [&](std::string_view why) {
        return core::fail(core::Errc::config, "{}:{}: {}", source, number, why);
    };
    ContentLine line;
    line.number = number;
    std::size_t at = find_unquoted(text, ";:", 0);
    line.name = capitals(text.substr(0, at));
    if (!is_name(line.name)) return wrong("expected NAME:VALUE");
    while (at < text.size() && text[at] == ';') {
        const std::size_t end = find_unquoted(text, ";:", at + 1);
        const std::string_view pair = text.substr(at + 1, end - at - 1);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) return wrong("a parameter without '='");
        if (line.parameters.size() == max_parameters) return wrong("more than 20 parameters");
        std::string value(pair.substr(equals + 1));
        std::erase(value, '"');
        line.parameters.emplace_back(capitals(pair.substr(0, equals)), std::move(value));
        at = end;
    }
    if (at >= text.size()) return wrong("expected NAME:VALUE");
    line.value = text.substr(at + 1);
    return line;
}

}  // namespace

std::string_view ContentLine::parameter(std::string_view wanted) const {
    for (const auto& [key, given] : parameters)
        if (key == wanted) return given;
    return {};
}

core::Result<std::vector<ContentLine>> read_lines(std::string_view text, const std::string& source) {
    std::vector<ContentLine> lines;
    std::string unfolded;
    int number = 0, first = 0;
    const auto flush = [&]() -> core::Result<> {
        if (unfolded.empty()) return {};
        auto line = split(unfolded, first, source);
        if (!line) return core::Failure(line.error());
        lines.push_back(std::move(*line));
        unfolded.clear();
        return {};
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find('\0') != std::string_view::npos)
            return core::fail(core::Errc::config, "{}:{}: holds a NUL byte", source, number);
        const bool folded = line.starts_with(' ') || line.starts_with('\t');
        if (folded && !unfolded.empty()) {
            unfolded += line.substr(1);
            if (unfolded.size() > max_line_bytes)
                return core::fail(core::Errc::config, "{}:{}: longer than 16 KiB", source, first);
            continue;
        }
        if (auto done = flush(); !done) return core::Failure(done.error());
        if (lines.size() == max_lines)
            return core::fail(core::Errc::config, "{}:{}: more than {} lines", source, number, max_lines);
        if (line.size() > max_line_bytes)
            return core::fail(core::Errc::config, "{}:{}: longer than 16 KiB", source, number);
        first = number;
        unfolded = line;
    }
    if (auto done = flush(); !done) return core::Failure(done.error());
    return lines;
}

std::string unescape(std::string_view value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\' || i + 1 == value.size()) {
            text += value[i];
            continue;
        }
        const char next = value[++i];
        text += next == 'n' || next == 'N' ? ' ' : next;
    }
    return text;
}

}  // namespace qd::oncall
