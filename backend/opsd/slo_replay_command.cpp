#include "opsd/slo_replay_command.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "opsd/state_file.hpp"
#include "slo/codec_replay.hpp"
#include "slo/interchange/duration.hpp"
#include "timeseries/past.hpp"

namespace qd::opsd {
namespace {

core::Result<core::WallTime> moment_of(const std::string& text, core::WallTime now) {
    if (text == "now") return now;
    if (text.starts_with('-')) {
        const auto back = slo::interchange::parse_prometheus_duration(std::string_view(text).substr(1));
        if (!back) return core::fail_with_context(text, back.error());
        return now - std::chrono::seconds(*back);
    }
    auto at = core::parse_rfc3339(text);
    if (!at)
        return core::fail(core::Errc::invalid_argument,
                          "'{}' is no time: write 2026-11-23T19:37:04Z, now, or -2h", text.substr(0, 60));
    return *at;
}

std::int64_t to_seconds(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

core::Result<slo::Replay> replay_one(const slo::Objective& known, const slo::ReplayRequest& request,
                                     const timeseries::PastFile& counters,
                                     const std::vector<slo::Exclusion>& exclusions) {
    std::vector<std::string> limits;
    const auto objective = slo::changed(known, request, limits);
    if (!objective) return core::Failure(objective.error());
    const auto past = counters.past(*objective, slo::needs_history_from(*objective, to_seconds(request.from)),
                                    to_seconds(request.to));
    if (!past) return core::fail(core::Errc::invalid_argument, "{}", past.error().message);
    auto replay = slo::replay(*objective, *past, slo::excluded_spans(exclusions, known.id), request);
    if (replay) replay->limits.insert(replay->limits.begin(), limits.begin(), limits.end());
    return replay;
}

}  // namespace

std::filesystem::path default_site_folder() {
    const char* data = std::getenv("XDG_DATA_HOME");
    if (data && data[0] == '/') return std::filesystem::path(data) / "quarterdeck" / "site";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && home[0] ? home : "/tmp") / ".local/share/quarterdeck/site";
}

core::Result<std::string> replay_text(const std::vector<slo::Objective>& objectives, const ReplayOrder& order,
                                      core::WallTime now) {
    slo::ReplayRequest request;
    request.points = order.points;
    const auto from = moment_of(order.from, now), to = moment_of(order.to, now);
    if (!from) return core::fail_with_context("--from", from.error());
    if (!to) return core::fail_with_context("--to", to.error());
    request.from = *from;
    request.to = std::min(*to, now + std::chrono::seconds(1));
    const auto counters = timeseries::PastFile::open(order.data / "db" / "counters.sqlite");
    if (!counters && counters.error().code == core::Errc::not_found)
        return core::fail(core::Errc::unavailable, "{}", counters.error().message);
    if (!counters) return core::Failure(counters.error());
    const auto exclusions = StateFile::read_exclusions(order.data / "db" / "opsd.sqlite");
    if (!exclusions) return core::Failure(exclusions.error());
    auto items = nlohmann::json::array();
    for (const slo::Objective& objective : objectives) {
        const auto replay = replay_one(objective, request, *counters, *exclusions);
        if (!replay) return core::Failure(replay.error());
        items.push_back(slo::to_json(*replay));
    }
    return core::dump_json({{"from", core::format_rfc3339(request.from)},
                            {"to", core::format_rfc3339(request.to)},
                            {"items", std::move(items)}},
                           2) +
           "\n";
}

}  // namespace qd::opsd
