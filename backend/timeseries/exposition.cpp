#include "timeseries/exposition.hpp"

#include <charconv>
#include <limits>

namespace qd::timeseries {
namespace {

bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool is_name(char c) {
    return is_name_start(c) || (c >= '0' && c <= '9');
}
bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && is_blank(text[at])) ++at;
    return at;
}

std::size_t skip_name(std::string_view text, std::size_t at) {
    if (at >= text.size() || !is_name_start(text[at])) return at;
    while (at < text.size() && is_name(text[at])) ++at;
    return at;
}

/// The position of the '}' that ends the labels which begin at `at`: one inside quotes does not count.
std::size_t find_closing(std::string_view text, std::size_t at) {
    bool quoted = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted && c == '\\')
            ++at;
        else if (c == '"')
            quoted = !quoted;
        else if (c == '}' && !quoted)
            return at;
    }
    return std::string_view::npos;
}

std::optional<SampleLine> parse_line(std::string_view line) {
    SampleLine sample;
    std::size_t at = skip_name(line, 0);
    if (at == 0) return std::nullopt;
    sample.name = line.substr(0, at);
    std::size_t end = at;
    at = skip_blanks(line, at);
    if (at < line.size() && line[at] == '{') {
        const std::size_t closing = find_closing(line, at + 1);
        if (closing == std::string_view::npos) return std::nullopt;
        sample.labels = line.substr(at + 1, closing - at - 1);
        end = closing + 1;
        at = end;
    }
    sample.series = line.substr(0, end);
    at = skip_blanks(line, at);
    const std::size_t value_end = std::min(line.find_first_of(" \t", at), line.size());
    const auto value = parse_value(line.substr(at, value_end - at));
    if (!value) return std::nullopt;
    sample.value = *value;
    at = skip_blanks(line, value_end);
    if (at < line.size()) {  // a timestamp in milliseconds
        std::int64_t timestamp = 0;
        const auto read = std::from_chars(line.data() + at, line.data() + line.size(), timestamp);
        if (read.ec != std::errc{} || skip_blanks(line, std::size_t(read.ptr - line.data())) != line.size())
            return std::nullopt;
    }
    return sample;
}

}  // namespace

std::optional<double> parse_value(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ptr != text.data() + text.size()) return std::nullopt;
    if (read.ec == std::errc::result_out_of_range) return std::nullopt;
    if (read.ec != std::errc{}) return std::nullopt;
    return value;
}

core::Result<> parse_exposition(std::string_view text,
                                const std::function<void(const SampleLine&)>& on_sample) {
    if (text.size() > max_exposition_bytes)
        return core::fail(core::Errc::too_large, "an exposition of more than {} MiB",
                          max_exposition_bytes >> 20);
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const std::size_t newline = text.find('\n');
        std::string_view line = text.substr(0, newline);
        text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        line.remove_prefix(skip_blanks(line, 0));
        if (line.empty() || line.front() == '#') continue;
        if (line.size() > max_exposition_line)
            return core::fail(core::Errc::too_large, "line {}: longer than {} KiB", number,
                              max_exposition_line >> 10);
        const auto sample = parse_line(line);
        if (!sample)
            return core::fail(core::Errc::corrupt, "line {}: '{}' is no sample", number, line.substr(0, 80));
        on_sample(*sample);
    }
    return {};
}

core::Result<std::vector<Label>> parse_labels(std::string_view text) {
    std::vector<Label> labels;
    const auto wrong = [&](std::string_view reason) {
        return core::fail(core::Errc::corrupt, "labels '{}': {}", text.substr(0, 80), reason);
    };
    std::size_t at = skip_blanks(text, 0);
    while (at < text.size()) {
        const std::size_t name_end = skip_name(text, at);
        if (name_end == at) return wrong("a name is expected");
        Label label{std::string(text.substr(at, name_end - at)), {}};
        at = skip_blanks(text, name_end);
        if (at >= text.size() || text[at] != '=') return wrong("'=' is expected");
        at = skip_blanks(text, at + 1);
        if (at >= text.size() || text[at] != '"') return wrong("a quoted value is expected");
        for (++at; at < text.size() && text[at] != '"'; ++at) {
            char c = text[at];
            if (c == '\\' && at + 1 < text.size()) {
                c = text[++at];
                if (c == 'n') c = '\n';
            }
            label.second += c;
        }
        if (at >= text.size()) return wrong("a value does not end");
        at = skip_blanks(text, at + 1);
        labels.push_back(std::move(label));
        if (labels.size() > max_labels) return wrong("too many");
        if (at < text.size()) {
            if (text[at] != ',') return wrong("',' is expected");
            at = skip_blanks(text, at + 1);
        }
    }
    return labels;
}

}  // namespace qd::timeseries
