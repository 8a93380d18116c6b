#include "rollouts/specification_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace qd::rollouts {
namespace {

constexpr std::size_t most_children = 1'000, longest_key = 100, longest_remark = 2'000;
constexpr int most_unknown = 20;  // keys of one mapping

core::ConfigReader no_keys() {
    return *core::ConfigReader::parse("", "specification");
}

/// "'dryRun' is not a known key" -> dryRun.
std::optional<std::string> unknown_key(std::string_view text) {
    constexpr std::string_view ending = "' is not a known key";
    if (!text.starts_with('\'') || !text.ends_with(ending)) return std::nullopt;
    return std::string(text.substr(1, text.size() - 1 - ending.size()));
}

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

}  // namespace

std::string_view to_string(Remark::Kind kind) {
    return kind == Remark::Kind::error ? "error" : "note";
}

void Remarks::add(Remark::Kind kind, unsigned line, std::string text) {
    if (text.size() > longest_remark) text.resize(longest_remark);
    Remark remark{kind, std::max(line, 1u), std::move(text)};
    if (kind == Remark::Kind::error && !first_error_) first_error_ = remark;
    if (full() || std::ranges::find(list_, remark) != list_.end()) return;
    list_.push_back(std::move(remark));
}

std::vector<Remark> Remarks::by_line() && {
    std::ranges::stable_sort(list_, {}, &Remark::line);
    return std::move(list_);
}

Remark remark_of(const core::Error& error) {
    std::string_view text = error.message;
    constexpr std::string_view source = "specification:";
    if (text.starts_with(source)) text.remove_prefix(source.size());
    Remark remark;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), remark.line);
    if (failed == std::errc{} && end != text.data() + text.size() && *end == ':')
        text.remove_prefix(std::size_t(end - text.data()) + 1);
    while (text.starts_with(' ')) text.remove_prefix(1);
    remark.text = text;
    return remark;
}

unsigned Fields::get_percent(const std::string& key) {
    auto text = get<std::string>(key, "");
    if (text.ends_with('%')) text.pop_back();
    const auto number = number_of(text);
    if (number && *number >= 0 && *number <= 100 && *number == std::floor(*number)) return unsigned(*number);
    reject(key, "must be a whole number between 0 and 100");
    return 0;
}

unsigned Fields::get_share(const std::string& key, unsigned fallback, unsigned of, bool up,
                           unsigned highest) {
    if (!has(key)) return fallback;
    auto text = get<std::string>(key, "");
    const bool percent = text.ends_with('%');
    if (percent) text.pop_back();
    auto number = number_of(text);
    if (number && percent) {
        const double share = *number * of / 100;
        number = *number > 100 ? -1 : up ? std::ceil(share) : std::floor(share);
    }
    if (number && *number >= 0 && *number <= highest && *number == std::floor(*number))
        return unsigned(*number);
    reject(key, fmt::format("must be a number between 0 and {}, or a share such as 50%", highest));
    return fallback;
}

Fields Fields::child(const std::string& key) {
    const YAML::Node node = find(key);
    if (node.IsDefined() && node.IsMap()) return {reader_.child(key), *remarks_};
    if (node.IsDefined() && !node.IsNull()) reject(key, "must be a mapping, {…} or keys further in");
    return {no_keys(), *remarks_};
}

std::vector<Fields> Fields::children(const std::string& key) {
    std::vector<Fields> fields;
    const YAML::Node node = find(key);
    if (!node.IsDefined() || node.IsNull()) return fields;
    const bool fits = node.IsSequence() && node.size() <= most_children &&
                      std::ranges::all_of(node, [](const YAML::Node& entry) { return entry.IsMap(); });
    if (!fits) {
        reject(key, fmt::format("must be a list of at most {} mappings, each behind a '-'", most_children));
        return fields;
    }
    for (core::ConfigReader& each : reader_.children(key)) fields.push_back({std::move(each), *remarks_});
    return fields;
}

void Fields::say(Remark::Kind kind, const std::string& key, std::string_view text) {
    if (remarks_->full() && remarks_->first_error()) return;
    const unsigned line = remark_of({core::Errc::config, reader_.place(key) + ":"}).line;
    remarks_->add(kind, line, fmt::format("'{}' {}", std::string_view(key).substr(0, longest_key), text));
}

void Fields::say_unknown(Place place, const std::string& key, unsigned line) {
    const std::string_view shown = std::string_view(key).substr(0, longest_key);
    const auto keys = foreign_keys(place);
    const auto foreign = std::ranges::find(keys, key, &ForeignKey::key);
    if (foreign == keys.end())
        return remarks_->add(Remark::Kind::error, line,
                             fmt::format("'{}' is not a known key: mistyped, or to be taken out", shown));
    const YAML::Node value = find(key);
    if (!foreign->harmless.empty() && value.IsScalar() && value.Scalar() == foreign->harmless) return;
    remarks_->add(foreign->kind, line, fmt::format("'{}' {}", shown, foreign->text));
}

bool Fields::close(Place place) {
    for (int i = 0; i < most_unknown; ++i) {
        // It keeps the first error it meets: each is asked of a fresh one.
        core::ConfigReader asked = reader_;
        const auto finished = asked.finish();
        if (finished) return i == 0;
        const Remark remark = remark_of(finished.error());
        const auto key = unknown_key(remark.text);
        if (!key) {
            remarks_->add(remark);
            return false;
        }
        say_unknown(place, *key, remark.line);
        find(*key);  // Known from here on, so that the next one is found.
    }
    return false;
}

std::optional<std::chrono::milliseconds> read_duration(Fields& reader, const std::string& key) {
    if (!reader.has(key)) return std::nullopt;
    const auto duration = parse_duration(reader.get<std::string>(key, ""));
    if (duration) return *duration;
    reader.reject(key, duration.error().message);
    return std::nullopt;
}

void read_duration_in(Fields& reader, const std::string& key, std::chrono::milliseconds& value,
                      std::chrono::milliseconds least, std::chrono::milliseconds most) {
    const auto duration = read_duration(reader, key);
    if (!duration) return;
    if (*duration < least || *duration > most)
        reader.reject(key, fmt::format("must be between {} s and {} s", double(least.count()) / 1000,
                                       double(most.count()) / 1000));
    else
        value = *duration;
}

bool is_plain_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
}

}  // namespace qd::rollouts
