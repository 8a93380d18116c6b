#include "slo/codec.hpp"

#include "slo/codec_parts.hpp"
#include "slo/json_fields.hpp"

namespace qd::slo {
namespace {

using nlohmann::json;

constexpr std::size_t max_points = 100'000;

json encode(const WindowReading& window) {
    return {{"window_s", window.window_s},
            {"covered_s", window.covered_s},
            {"good", window.counts.good},
            {"total", window.counts.total}};
}

core::Result<WindowReading> decode_window(const json& value) {
    Fields fields(value);
    WindowReading window{fields.seconds("window_s"), fields.seconds("covered_s"),
                         Counts{fields.count("good"), fields.count("total")}};
    return fields.finish(window);
}

/// What of a row changes; the compact form is this alone.
void encode_state(json& value, const RowStatus& row) {
    value["short"] = or_null(row.short_burn);
    value["long"] = or_null(row.long_burn);
    value["short_window"] = encode(row.short_window);
    value["long_window"] = encode(row.long_window);
    value["firing"] = row.firing;
    value["fires_in_s"] = or_null(row.fires_in_s);
}

void decode_state(Fields& fields, RowStatus& row) {
    row.short_burn = fields.number_or_nothing("short");
    row.long_burn = fields.number_or_nothing("long");
    row.short_window = fields.take("short_window", decode_window(fields.object("short_window")));
    row.long_window = fields.take("long_window", decode_window(fields.object("long_window")));
    row.firing = fields.flag("firing");
    row.fires_in_s = fields.number_or_nothing("fires_in_s");
}

json encode(const ErrorBudget& budget) {
    return {{"allowed", budget.allowed},
            {"spent", budget.spent},
            {"remaining", or_null(budget.remaining)},
            {"exhausted", budget.exhausted},
            {"exhausted_in_s", or_null(budget.exhausted_in_s)}};
}

core::Result<ErrorBudget> decode_budget(const json& value) {
    Fields fields(value);
    ErrorBudget budget;
    budget.allowed = fields.number("allowed");
    budget.spent = fields.count("spent");
    budget.remaining = fields.number_or_nothing("remaining");
    budget.exhausted = fields.flag("exhausted");
    budget.exhausted_in_s = fields.number_or_nothing("exhausted_in_s");
    return fields.finish(budget);
}

std::optional<core::WallTime> at_second(std::int64_t second) {
    return core::WallTime(std::chrono::seconds(second));
}

std::int64_t second_of(core::WallTime at) {
    return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

/// Of a status, what both forms carry.
void encode_now(json& value, const Status& status) {
    const bool read = status.as_of.has_value();
    value["id"] = status.objective.id.value;
    value["health"] = to_string(status.health);
    value["sli"] = or_null(status.sli);
    value["good"] = read ? json(status.window.counts.good) : json(nullptr);
    value["total"] = read ? json(status.window.counts.total) : json(nullptr);
    value["covered_s"] = status.window.covered_s;
    value["budget"] = encode(status.budget);
    value["targets_missing"] = status.targets_missing;
    value["as_of"] = or_null(status.as_of);
    value["reasons"] = status.reasons;
    value["coverage"] = describe_coverage(status.window);
    value["excluded"] = {{"good", status.excluded.counts.good},
                         {"total", status.excluded.counts.total},
                         {"covered_s", status.excluded.covered_s},
                         {"now", status.excluded.now}};
    value["period"] = nullptr;
    if (status.period)
        value["period"] = {{"from", or_null(at_second(status.period->from_s))},
                           {"to", or_null(at_second(status.period->to_s))}};
    value["absence"] = nullptr;
    if (status.absent)
        value["absence"] = {{"firing", status.absent->firing}, {"absent_s", status.absent->absent_s}};
}

/// What opsd tells since there are exclusions, calendar windows and absent alerts.
void decode_later_fields(Fields& fields, Status& status) {
    status.excluded = {};
    if (fields.find("excluded")) {
        Fields excluded(fields.object("excluded"));
        status.excluded = {{excluded.count("good"), excluded.count("total")},
                           excluded.seconds("covered_s"),
                           excluded.flag("now")};
        fields.merge("excluded", excluded.finish());
    }
    status.period.reset();
    if (fields.find("period")) {
        Fields period(fields.object("period"));
        status.period = Span{second_of(period.required_time("from")), second_of(period.required_time("to"))};
        fields.merge("period", period.finish());
        status.window.window_s = status.objective.window_s = status.period->length_s();
    }
    status.absent.reset();
    if (fields.find("absence")) {
        Fields absence(fields.object("absence"));
        status.absent = AbsentStatus{absence.flag("firing"), absence.seconds("absent_s")};
        fields.merge("absence", absence.finish());
    }
}

void decode_now(Fields& fields, Status& status) {
    const auto health = parse_health(fields.text("health"));
    if (health)
        status.health = *health;
    else
        fields.refuse("health", "is not known");
    status.sli = fields.number_or_nothing("sli");
    status.window.counts = {fields.count_or_none("good"), fields.count_or_none("total")};
    status.window.covered_s = fields.seconds("covered_s");
    status.budget = fields.take("budget", decode_budget(fields.object("budget")));
    status.targets_missing = std::uint32_t(fields.count_or_none("targets_missing"));
    status.as_of = fields.time("as_of");
    status.reasons.clear();
    for (const json& reason : fields.find("reasons") ? fields.array("reasons", 100) : json::array()) {
        if (!reason.is_string()) {
            fields.refuse("reasons", "must be texts");
            break;
        }
        status.reasons.push_back(reason.get<std::string>());
    }
    decode_later_fields(fields, status);
}

}  // namespace

json to_json(const Status& status) {
    const Objective& objective = status.objective;
    json value;
    encode_now(value, status);
    value["title"] = objective.title;
    value["service"] = objective.service;
    value["route"] = objective.route;
    value["indicator"] = to_json(objective.indicator);
    value["objective"] = objective.target;
    value["sla"] = nullptr;
    if (objective.sla)
        value["sla"] = {{"objective", objective.sla->target}, {"consequence", objective.sla->consequence}};
    value["window_s"] = objective.window_s;
    value.update(objective_extras(objective));
    json rows = json::array();
    for (const RowStatus& row : status.rows) {
        rows.push_back(to_json(row.row));
        encode_state(rows.back(), row);
    }
    value["rows"] = std::move(rows);
    return value;
}

json to_compact_json(const Status& status) {
    json value;
    encode_now(value, status);
    json rows = json::array();
    for (const RowStatus& row : status.rows) encode_state(rows.emplace_back(json::object()), row);
    value["rows"] = std::move(rows);
    return value;
}

core::Result<Status> status_from_json(const json& value) {
    Fields fields(value);
    Status status;
    Objective& objective = status.objective;
    objective.id = SloId(fields.text("id"));
    objective.title = fields.text("title");
    objective.service = fields.text("service");
    objective.route = fields.text("route");
    objective.indicator = fields.take("indicator", indicator_from_json(fields.object("indicator")));
    objective.target = fields.number("objective");
    objective.window_s = fields.seconds("window_s");
    status.window.window_s = objective.window_s;
    read_objective_extras(fields, objective);
    if (fields.find("sla")) {
        Fields sla(fields.object("sla"));
        objective.sla = Sla{sla.number("objective"), sla.text("consequence")};
        fields.merge("sla", sla.finish());
    }
    decode_now(fields, status);
    for (const json& entry : fields.array("rows", 64)) {
        RowStatus row;
        row.row = fields.take("rows", burn_row_from_json(entry));
        Fields state(entry);
        decode_state(state, row);
        fields.merge("rows", state.finish());
        objective.rows.push_back(row.row);
        status.rows.push_back(std::move(row));
    }
    return fields.finish(std::move(status));
}

core::Result<> apply_compact(const json& value, Status& status) {
    Fields fields(value);
    const std::string id = fields.text("id");
    const json& rows = fields.array("rows", 64);
    if (auto fits = fields.finish(); !fits) return fits;
    if (id != status.objective.id.value || rows.size() != status.rows.size())
        return core::fail(core::Errc::conflict, "the objective '{}' has changed", id);
    Status next = status;
    decode_now(fields, next);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Fields state(rows[i]);
        decode_state(state, next.rows[i]);
        fields.merge("rows", state.finish());
    }
    if (auto fits = fields.finish(); !fits) return fits;
    status = std::move(next);
    return {};
}

json to_json(const Alert& alert) {
    return {{"id", alert.id.value},
            {"slo", alert.slo_id.value},
            {"slo_title", alert.slo_title},
            {"service", alert.service},
            {"row", to_json(alert.row)},
            {"severity", int(alert.severity)},
            {"started_at", core::format_rfc3339(alert.started_at)},
            {"ended_at", or_null(alert.ended_at)},
            {"reason", alert.reason},
            {"state", to_string(alert.state)},
            {"kind", to_string(alert.kind)}};
}

core::Result<Alert> alert_from_json(const json& value) {
    Fields fields(value);
    Alert alert;
    alert.id = AlertId(fields.text("id"));
    alert.slo_id = SloId(fields.text("slo"));
    alert.slo_title = fields.text("slo_title");
    alert.service = fields.text("service");
    alert.row = fields.take("row", burn_row_from_json(fields.object("row")));
    const std::uint64_t severity = fields.count("severity");
    if (severity < 1 || severity > 4)
        fields.refuse("severity", "must be 1 to 4");
    else
        alert.severity = Severity(severity);
    alert.started_at = fields.required_time("started_at");
    alert.ended_at = fields.time("ended_at");
    alert.reason = fields.text("reason");
    const std::string state = fields.text("state");
    if (state != "firing" && state != "ended") fields.refuse("state", "must be firing or ended");
    alert.state = state == "firing" ? AlertState::firing : AlertState::ended;
    alert.kind = fields.word("kind", parse_alert_kind).value_or(AlertKind::burn);
    return fields.finish(std::move(alert));
}

json to_json(const History& history) {
    json points = json::array();
    for (const HistoryPoint& point : history.points)
        points.push_back({{"at", core::format_rfc3339(point.at)},
                          {"good", point.counts.good},
                          {"total", point.counts.total},
                          {"min", or_null(point.min)},
                          {"max", or_null(point.max)}});
    return {{"step_s", history.step_s}, {"points", std::move(points)}};
}

core::Result<History> history_from_json(const json& value) {
    Fields fields(value);
    History history;
    history.step_s = fields.seconds("step_s");
    for (const json& entry : fields.array("points", max_points)) {
        Fields at(entry);
        history.points.push_back({at.required_time("at"), Counts{at.count("good"), at.count("total")},
                                  at.number_or_nothing("min"), at.number_or_nothing("max")});
        fields.merge("points", at.finish());
    }
    return fields.finish(std::move(history));
}

}  // namespace qd::slo
