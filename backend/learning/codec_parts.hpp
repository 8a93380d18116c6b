#pragma once
// What the parts of a report have in common on the wire: times in seconds, counts, lists, distributions.

#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "learning/report.hpp"

namespace qd::learning::wire {

using core::json_time;
using core::JsonFields;
using nlohmann::json;
using std::chrono::milliseconds;

inline constexpr std::size_t id_bytes = 200, text_bytes = 4'000;

inline json seconds(std::optional<milliseconds> value) {
    return value ? json(double(value->count()) / 1e3) : json(nullptr);
}

inline std::optional<milliseconds> read_seconds(JsonFields& fields, const char* key) {
    const auto value = fields.number(key);
    if (!value) return std::nullopt;
    if (!(*value > -1e12 && *value < 1e12)) {
        fields.refuse(key, "is out of range");
        return std::nullopt;
    }
    return milliseconds(std::llround(*value * 1e3));
}

inline json severity_json(std::optional<incidents::Severity> severity) {
    return severity ? json(int(*severity)) : json(nullptr);
}

inline std::optional<incidents::Severity> read_severity(JsonFields& fields) {
    const auto number = fields.count("severity");
    if (!number) return std::nullopt;
    const auto severity = *number <= 4 ? incidents::severity_from(int(*number)) : std::nullopt;
    if (!severity) fields.refuse("severity", "is 1, 2, 3 or 4");
    return severity;
}

inline std::size_t size(JsonFields& fields, const char* key) {
    return std::size_t(fields.count(key).value_or(0));
}

template <class T, class Decode>
std::vector<T> read_list(JsonFields& fields, const char* key, std::size_t most, Decode decode) {
    std::vector<T> items;
    for (const json& each : fields.array(key, most)) {
        core::Result<T> item = decode(each);
        fields.merge(key, item);
        if (item) items.push_back(std::move(*item));
    }
    return items;
}

template <class T>
json list(const std::vector<T>& items, json (*encode)(const T&)) {
    json all = json::array();
    for (const T& item : items) all.push_back(encode(item));
    return all;
}

inline core::Result<std::string> text_from(const json& value) {
    if (!value.is_string() || value.get_ref<const std::string&>().size() > text_bytes)
        return core::fail(core::Errc::invalid_argument, "is no text");
    return value.get<std::string>();
}

inline core::Result<std::uint64_t> seq_from(const json& value) {
    if (!value.is_number_unsigned()) return core::fail(core::Errc::invalid_argument, "is no number");
    return value.get<std::uint64_t>();
}

inline json spread_json(const std::optional<Distribution>& spread) {
    if (!spread) return nullptr;
    return {{"count", spread->count},
            {"mean_s", seconds(spread->mean)},
            {"least_s", seconds(spread->least)},
            {"quarter_s", seconds(spread->quarter)},
            {"median_s", seconds(spread->median)},
            {"three_quarters_s", seconds(spread->three_quarters)},
            {"p90_s", seconds(spread->p90)},
            {"most_s", seconds(spread->most)}};
}

inline std::optional<Distribution> read_spread(JsonFields& parent, const char* key) {
    const json* value = parent.find(key);
    if (value == nullptr) return std::nullopt;
    JsonFields fields(*value);
    Distribution spread;
    spread.count = size(fields, "count");
    const auto read = [&](const char* name) { return fields.need(name, read_seconds(fields, name)); };
    spread.mean = read("mean_s");
    spread.least = read("least_s");
    spread.quarter = read("quarter_s");
    spread.median = read("median_s");
    spread.three_quarters = read("three_quarters_s");
    spread.p90 = read("p90_s");
    spread.most = read("most_s");
    parent.merge(key, fields.finish());
    return spread;
}

json source_json(const Source& source);
core::Result<Source> source_from(const json& value);
json measure_json(const Measure& measure);
core::Result<Measure> measure_from(const json& value);
json group_json(const Group& group);
core::Result<Group> group_from(const json& value);

}  // namespace qd::learning::wire
