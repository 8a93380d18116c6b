// What a beacon may say.

#include <array>
#include <utility>

#include "core/json_fields.hpp"
#include "services/playback_analytics.hpp"
#include "services/session.hpp"

namespace qd::services {
namespace {

using core::Errc;

constexpr double longest_s = 7 * 24 * 3600.0;
constexpr double longest_startup_s = 3600;
constexpr double most_bps = 1e9;
constexpr std::uint64_t most_events = 1'000'000'000;
constexpr std::size_t most_kinds = 16;
constexpr std::size_t longest_kind = 64;
constexpr double rounding_s = 0.01;

constexpr std::array<std::pair<PlaybackState, std::string_view>, 10> state_names{
    {{PlaybackState::starting, "starting"},
     {PlaybackState::playing, "playing"},
     {PlaybackState::stalled, "stalled"},
     {PlaybackState::paused, "paused"},
     {PlaybackState::heartbeat, "heartbeat"},
     {PlaybackState::ended, "ended"},
     {PlaybackState::stopped, "stopped"},
     {PlaybackState::failed, "failed"},
     {PlaybackState::start_failure, "start_failure"},
     {PlaybackState::exit_before_start, "exit_before_start"}}};

std::optional<double> in_range(core::JsonFields& fields, const char* key, double limit) {
    const auto value = fields.number(key);
    if (!value) return std::nullopt;
    if (*value >= 0 && *value <= limit) return value;
    fields.refuse(key, fmt::format("must be between 0 and {}", limit));
    return std::nullopt;
}

double seconds(core::JsonFields& fields, const char* key) {
    return fields.need(key, in_range(fields, key, longest_s));
}

std::uint64_t bounded(core::JsonFields& fields, const char* key, std::uint64_t least = 0) {
    const std::uint64_t value = fields.count(key).value_or(0);
    if (value >= least && value <= most_events) return value;
    fields.refuse(key, fmt::format("must be between {} and {}", least, most_events));
    return 0;
}

std::map<std::string, std::uint64_t> errors_of(core::JsonFields& fields) {
    std::map<std::string, std::uint64_t> errors;
    for (const auto& [kind, count] : fields.object("errors", most_kinds).items()) {
        const bool fits = kind.size() <= longest_kind && count.is_number_unsigned() &&
                          count.get<std::uint64_t>() <= most_events;
        if (fits)
            errors[std::string(PlayerMetrics::error_kind(kind))] += count.get<std::uint64_t>();
        else
            fields.refuse("errors", "holds what is no count by kind");
    }
    return errors;
}

void check(const PlaybackBeacon& beacon, core::JsonFields& fields) {
    const PlaybackTotals& totals = beacon.totals;
    if (!is_session_key(beacon.session))
        fields.refuse("session_id", "must be 1 to 64 letters, digits, '-' or '_'");
    if (beacon.client != "console" && beacon.client != "viewer" && beacon.client != "external")
        fields.refuse("client", "must be console, viewer or external");
    if (beacon.acked >= std::max<std::uint64_t>(beacon.seq, 1)) fields.refuse("acked", "must be below seq");
    if (totals.stalled_s > totals.watched_s + rounding_s)
        fields.refuse("stalled_s", "must not be above watched_s");
    const bool shows = beacon.state == PlaybackState::playing || beacon.state == PlaybackState::stalled ||
                       beacon.state == PlaybackState::ended;
    if (shows && !totals.startup_s) fields.refuse("startup_s", "is missing: something is shown already");
    const bool never = beacon.state == PlaybackState::starting ||
                       beacon.state == PlaybackState::start_failure ||
                       beacon.state == PlaybackState::exit_before_start;
    if (never && totals.startup_s) fields.refuse("startup_s", "must be null: nothing was shown");
}

/// What went wrong before the first frame has a name of its own.
PlaybackState precise(PlaybackState state, const PlaybackTotals& totals) {
    if (totals.startup_s) return state;
    if (state == PlaybackState::failed) return PlaybackState::start_failure;
    if (state == PlaybackState::stopped) return PlaybackState::exit_before_start;
    return state;
}

}  // namespace

std::optional<PlaybackState> parse_playback_state(std::string_view text) {
    for (const auto& [state, name] : state_names)
        if (name == text) return state;
    return std::nullopt;
}

std::string_view to_string(PlaybackState state) {
    for (const auto& [each, name] : state_names)
        if (each == state) return name;
    return "heartbeat";
}

bool is_final(PlaybackState state) {
    return state >= PlaybackState::ended;
}

core::Result<PlaybackBeacon> parse_beacon(std::string_view json) {
    const auto value = core::parse_json(json, max_beacon_bytes);
    if (!value) return core::Failure(value.error());
    core::JsonFields fields(*value);
    PlaybackBeacon beacon;
    beacon.session = fields.text("session_id", 64);
    beacon.title = fields.text("title", 64);
    beacon.client = fields.text("client", 20);
    beacon.seq = bounded(fields, "seq", 1);
    beacon.acked = bounded(fields, "acked");
    beacon.state = fields.need("state", fields.word("state", parse_playback_state));
    beacon.at = fields.required_time("at");
    PlaybackTotals& totals = beacon.totals;
    totals.startup_s = in_range(fields, "startup_s", longest_startup_s);
    totals.watched_s = seconds(fields, "watched_s");
    totals.stalled_s = seconds(fields, "stalled_s");
    totals.media_played_s = seconds(fields, "media_played_s");
    totals.media_bits = in_range(fields, "average_bps", most_bps).value_or(0) * totals.media_played_s;
    totals.stalls = bounded(fields, "stalls");
    totals.switches = bounded(fields, "switches");
    core::JsonFields dropped(fields.object("dropped", 10));
    totals.dropped_early = bounded(dropped, "early");
    totals.dropped_late = bounded(dropped, "late");
    fields.merge("dropped", dropped.finish());
    totals.skipped = bounded(fields, "skipped");
    totals.errors = errors_of(fields);
    beacon.state = precise(beacon.state, totals);
    if (fields.finish()) check(beacon, fields);
    return fields.finish(std::move(beacon));
}

}  // namespace qd::services
