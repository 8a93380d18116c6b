#include "oncall/rota_file.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "core/config.hpp"
#include "oncall/calendar_file.hpp"

namespace qd::oncall {
namespace {

constexpr std::size_t max_name = 120, max_services = 50;
constexpr std::int64_t longest_turn = 52 * 7 * minutes_of_day;

bool is_line(std::string_view text) {
    return !text.empty() && text.size() <= max_name &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' '; });
}

std::string read_name(core::ConfigReader& reader, const std::string& key, bool required = true) {
    std::string text = required ? reader.require<std::string>(key) : reader.get<std::string>(key, "");
    if (is_line(text) || (text.empty() && !required)) return text;
    reader.reject(key, fmt::format("must be one line of 1 to {} bytes", max_name));
    return {};
}

/// "12 hours", "1 day", "2 weeks" -> minutes; 0 for anything else.
std::int64_t parse_turn(std::string_view text) {
    unsigned count = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    if (read.ec != std::errc{} || count == 0 || count > 10'000) return 0;
    std::string_view unit(read.ptr, std::size_t(text.data() + text.size() - read.ptr));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    if (unit.ends_with('s')) unit.remove_suffix(1);
    const std::int64_t minutes = unit == "hour"   ? 60
                                 : unit == "day"  ? minutes_of_day
                                 : unit == "week" ? 7 * minutes_of_day
                                                  : 0;
    return minutes * count <= longest_turn ? minutes * count : 0;
}

int read_minute(core::ConfigReader& reader, const std::string& key, const char* fallback) {
    const auto minute = parse_time_of_day(reader.get<std::string>(key, fallback));
    if (!minute) reader.reject(key, "must be a time of day such as \"09:00\", in quotes");
    return minute.value_or(0);
}

Restriction read_restriction(core::ConfigReader& reader) {
    Restriction open;
    const auto days = reader.get<std::vector<std::string>>("days", {});
    if (days.empty()) open.days.fill(true);
    for (const std::string& name : days) {
        const auto day = parse_weekday(name);
        if (!day) reader.reject("days", fmt::format("has '{}', which is no weekday", name.substr(0, 20)));
        if (day) open.days[std::size_t(*day)] = true;
    }
    open.from_minute = read_minute(reader, "from", "00:00");
    open.to_minute = read_minute(reader, "to", "24:00");
    (void)reader.finish();
    return open;
}

LocalMinute read_first_handoff(core::ConfigReader& reader, std::int64_t turn) {
    const auto start = parse_day(reader.require<std::string>("start"));
    if (!start) reader.reject("start", "must be a day such as 2026-01-05");
    LocalMinute first = start.value_or(LocalMinute{});
    if (reader.has("weekday")) {
        const auto weekday = parse_weekday(reader.get<std::string>("weekday", ""));
        if (!weekday) reader.reject("weekday", "must be one of monday to sunday");
        if (turn % (7 * minutes_of_day) != 0) reader.reject("weekday", "is for rotations of whole weeks");
        if (weekday) first.value += (*weekday - weekday_of(first) + 7) % 7 * minutes_of_day;
    }
    first.value += read_minute(reader, "handoff", "00:00");
    return first;
}

Layer read_layer(core::ConfigReader& reader) {
    Layer layer;
    layer.name = read_name(reader, "name");
    layer.people = reader.get<std::vector<std::string>>("people", {});
    if (layer.people.empty()) reader.reject("people", "is missing: who takes turns?");
    if (layer.people.size() > max_people) reader.reject("people", "are too many: at most 100");
    if (!std::ranges::all_of(layer.people, [](const std::string& person) { return is_line(person); }))
        reader.reject("people", fmt::format("must be names of one line, 1 to {} bytes each", max_name));
    layer.turn_minutes = parse_turn(reader.require<std::string>("rotation"));
    if (layer.turn_minutes == 0)
        reader.reject("rotation",
                      "must be such as \"12 hours\", \"1 day\" or \"2 weeks\": 1 hour to 52 weeks");
    layer.first_handoff = read_first_handoff(reader, std::max<std::int64_t>(1, layer.turn_minutes));
    for (core::ConfigReader& entry : reader.children("restrictions")) {
        layer.restrictions.push_back(read_restriction(entry));
        reader.merge(entry);
    }
    if (layer.restrictions.size() > max_restrictions)
        reader.reject("restrictions", fmt::format("are too many: at most {}", max_restrictions));
    (void)reader.finish();
    return layer;
}

core::WallTime read_moment(core::ConfigReader& reader, const std::string& key, const std::string& zone) {
    const std::string text = reader.require<std::string>(key);
    if (text.size() == 16 && (text[10] == ' ' || text[10] == 'T')) {
        const auto day = parse_day(text.substr(0, 10));
        const auto minute = parse_time_of_day(text.substr(11));
        if (day && minute) return moment_of({day->value + *minute}, zone);
    }
    const auto at = core::parse_rfc3339(text);
    if (!at) reader.reject(key, "must be such as \"2026-11-26 09:00\", or RFC 3339");
    return at.value_or(core::WallTime{});
}

Override read_override(core::ConfigReader& reader, const Rota& rota) {
    Override over;
    over.person = read_name(reader, "person");
    over.from = read_moment(reader, "from", rota.time_zone);
    over.to = read_moment(reader, "to", rota.time_zone);
    if (over.from >= over.to) reader.reject("to", "must be after 'from'");
    const std::string first = rota.layers.empty() ? std::string() : rota.layers.front().name;
    over.layer = reader.get<std::string>("layer", first);
    if (std::ranges::find(rota.layers, over.layer, &Layer::name) == rota.layers.end())
        reader.reject("layer", fmt::format("names '{}', which is no layer here", over.layer.substr(0, 80)));
    (void)reader.finish();
    return over;
}

bool is_assignable(std::string_view role) {
    return role == "commander" || role == "deputy" || role == "scribe" || role == "liaison" ||
           role == "expert";
}

std::string stem_of(const std::string& source) {
    const std::string stem = std::filesystem::path(source).stem().string().substr(0, max_name);
    return stem.empty() ? "rota" : stem;
}

}  // namespace

core::Result<Rota> parse_rota_yaml(std::string text, std::string source) {
    if (text.size() > max_file_bytes)
        return core::fail(core::Errc::config, "{}:1: larger than {} KiB", source, max_file_bytes >> 10);
    auto parsed = core::ConfigReader::parse(std::move(text), source);
    if (!parsed) return core::Failure(parsed.error());
    core::ConfigReader& reader = *parsed;
    Rota rota;
    rota.name = read_name(reader, "name", false);
    if (rota.name.empty()) rota.name = stem_of(source);
    rota.time_zone = reader.get<std::string>("time_zone", "UTC");
    if (!is_zone(rota.time_zone)) {
        reader.reject("time_zone", "is no time zone of this system's database, such as Europe/Berlin");
        rota.time_zone = "UTC";
    }
    rota.services = reader.get<std::vector<std::string>>("services", {});
    if (rota.services.size() > max_services || !std::ranges::all_of(rota.services, is_line))
        reader.reject("services", fmt::format("must be at most {} names", max_services));
    rota.auto_assign = reader.get<std::string>("auto_assign", "");
    if (!rota.auto_assign.empty() && !is_assignable(rota.auto_assign))
        reader.reject("auto_assign", "must be one of commander, deputy, scribe, liaison, expert");
    auto layers = reader.children("layers");
    if (layers.empty()) reader.reject("layers", "is missing: a rota has 1 to 10");
    if (layers.size() > max_layers) {
        reader.reject("layers", fmt::format("are too many: at most {}", max_layers));
        layers.clear();
    }
    for (core::ConfigReader& entry : layers) {
        Layer layer = read_layer(entry);
        if (std::ranges::find(rota.layers, layer.name, &Layer::name) != rota.layers.end())
            entry.reject("name", fmt::format("'{}' is another layer's, too", layer.name));
        reader.merge(entry);
        rota.layers.push_back(std::move(layer));
    }
    auto overrides = reader.children("overrides");
    if (overrides.size() > max_overrides) {
        reader.reject("overrides", fmt::format("are too many: at most {}", max_overrides));
        overrides.clear();
    }
    for (core::ConfigReader& entry : overrides) {
        rota.overrides.push_back(read_override(entry, rota));
        reader.merge(entry);
    }
    if (auto done = reader.finish(); !done) return core::Failure(done.error());
    return rota;
}

core::Result<Rota> parse_rota(std::string text, std::string source) {
    const std::string extension = std::filesystem::path(source).extension().string();
    if (extension == ".ics" || extension == ".ical")
        return parse_calendar(std::move(text), std::move(source));
    return parse_rota_yaml(std::move(text), std::move(source));
}

}  // namespace qd::oncall
