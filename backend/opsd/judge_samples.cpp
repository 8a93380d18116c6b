#include "opsd/judge_samples.hpp"

#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

namespace qd::opsd {
namespace {

constexpr std::size_t most_rows = 1'000'000;
constexpr double most_requests = 1e12;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\"";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// Enough to be recognised in a message, and nothing a terminal would act on.
std::string shown(std::string_view row) {
    std::string text(row.substr(0, 40));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

/// Whether a first row names the columns: no cell of it is a number or one of the words.
bool is_heading(std::string_view row) {
    return !row.empty() && !number(trimmed(row.substr(0, row.find(','))));
}

/// Calls `take` with each row that holds data; it returns what is wrong with it.
core::Result<> each_row(std::string_view text, std::string_view file, bool words,
                        const std::function<std::optional<std::string>(std::string_view)>& take) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::size_t line = 0, rows = 0;
    bool first = true;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view row = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        ++line;
        if (row.empty() || row.starts_with('#')) continue;
        const bool word = words && (row == "good" || row == "bad");
        if (std::exchange(first, false) && !word && is_heading(row)) continue;
        if (++rows > most_rows)
            return core::fail(core::Errc::too_large, "{}:{}: more than {} rows", file, line, most_rows);
        if (const auto wrong = take(row))
            return core::fail(core::Errc::invalid_argument, "{}:{}: '{}' {}", file, line, shown(row), *wrong);
    }
    return {};
}

}  // namespace

core::Result<RatioSamples> parse_ratio_samples(std::string_view text, std::string_view file) {
    RatioSamples samples;
    const auto read = each_row(text, file, true, [&](std::string_view row) -> std::optional<std::string> {
        const auto comma = row.find(',');
        if (comma == std::string_view::npos) {
            const bool bad = row == "1" || row == "bad";
            if (!bad && row != "0" && row != "good") return "is neither 0, 1, good, bad nor a pair bad,total";
            samples.bad += bad;
            samples.total += 1;
        } else {
            const auto bad = number(trimmed(row.substr(0, comma)));
            const auto total = number(trimmed(row.substr(comma + 1)));
            if (!bad || !total || *bad != std::floor(*bad) || *total != std::floor(*total) || *bad < 0)
                return "is no pair of whole numbers bad,total";
            if (*bad > *total) return "has more bad than total";
            samples.bad += *bad;
            samples.total += *total;
        }
        if (samples.total > most_requests) return "makes it more than 1,000,000,000,000 requests";
        return std::nullopt;
    });
    if (!read) return core::Failure(read.error());
    return samples;
}

core::Result<std::vector<double>> parse_latency_samples(std::string_view text, std::string_view file) {
    std::vector<double> samples;
    const auto read = each_row(text, file, false, [&](std::string_view row) -> std::optional<std::string> {
        const auto value = number(row);
        if (!value) return "is no number";
        if (*value < 0) return "is a latency below 0";
        samples.push_back(*value);
        return std::nullopt;
    });
    if (!read) return core::Failure(read.error());
    return samples;
}

}  // namespace qd::opsd
