#include "opsclient/site.hpp"

#include "core/json_fields.hpp"

namespace qd::opsclient {
namespace {

using nlohmann::json;

constexpr std::size_t max_processes = 10'000;
constexpr std::size_t max_points = 100'000;

core::Failure misfit(std::string_view what) {
    return core::fail(core::Errc::invalid_argument, "'{}' does not fit", what);
}

/// The list under `key`, or nothing when it is missing or too long.
const json* list(const json& value, const char* key, std::size_t most) {
    if (!value.is_object()) return nullptr;
    const auto at = value.find(key);
    return at != value.end() && at->is_array() && at->size() <= most ? &*at : nullptr;
}

std::optional<core::WallTime> time(const json& value, const char* key) {
    const auto at = value.find(key);
    if (at == value.end() || !at->is_string()) return std::nullopt;
    const auto parsed = core::parse_rfc3339(at->get_ref<const std::string&>());
    return parsed ? std::optional(*parsed) : std::nullopt;
}

Process process_from_json(const json& value) {
    Process process;
    process.role = value.value("role", "");
    process.version = value.value("version", "");
    process.arm = value.value("arm", "");
    process.instance = value.value("instance", "");
    process.pid = value.value("pid", std::int64_t{0});
    process.address = value.value("address", "");
    process.state = value.value("state", "unknown");
    process.restarts = value.value("restarts", 0u);
    process.started_at = time(value, "started_at");
    process.up = value.value("up", false);
    if (const auto age = value.find("age_s"); age != value.end() && age->is_number())
        process.age_s = age->get<double>();
    process.error = value.value("error", "");
    return process;
}

}  // namespace

// json's typed getters throw on a wrong type; the exception ends here.
core::Result<Site> site_from_json(const json& value) try {
    const json* processes = list(value, "processes", max_processes);
    const auto as_of = value.is_object() ? time(value, "as_of") : std::nullopt;
    if (!processes) return misfit("processes");
    if (!as_of) return misfit("as_of");
    Site site;
    site.as_of = *as_of;
    site.started_at = time(value, "started_at").value_or(core::WallTime{});
    site.gateway = value.value("gateway", "");
    site.opsd_version = value.value("opsd_version", "");
    site.supervised = value.value("supervised", false);
    site.supervisor_error = value.value("supervisor_error", "");
    if (const auto disk = value.find("disk"); disk != value.end() && disk->is_object())
        site.disk =
            Disk{disk->value("free_bytes", std::uint64_t{0}), disk->value("reserve_bytes", std::uint64_t{0})};
    for (const json& entry : *processes) site.processes.push_back(process_from_json(entry));
    return site;
} catch (const json::exception& error) {
    return core::fail(core::Errc::invalid_argument, "no site: {}", error.what());
}

core::Result<Series> series_from_json(const json& value) try {
    const json* lines = list(value, "lines", 100);
    if (!lines) return misfit("lines");
    Series series;
    series.name = value.value("name", "");
    series.unit = value.value("unit", "");
    series.step_s = value.value("step_s", std::int64_t{1});
    for (const json& entry : *lines) {
        const json* points = list(entry, "points", max_points);
        if (!points) return misfit("points");
        SeriesLine line{entry.value("label", ""), {}};
        for (const json& point : *points) {
            const auto at = point.is_object() ? time(point, "at") : std::nullopt;
            if (!at) return misfit("at");
            line.points.push_back({*at, point.at("value").get<double>()});
        }
        series.lines.push_back(std::move(line));
    }
    return series;
} catch (const json::exception& error) {
    return core::fail(core::Errc::invalid_argument, "no series: {}", error.what());
}

}  // namespace qd::opsclient
