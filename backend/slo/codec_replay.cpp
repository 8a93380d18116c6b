#include "slo/codec_replay.hpp"

#include <cmath>

#include "slo/codec.hpp"
#include "slo/codec_parts.hpp"
#include "slo/json_fields.hpp"

namespace qd::slo {
namespace {

using nlohmann::json;

constexpr std::size_t max_replayed_rows = 64, max_replay_points = 2'000, max_limits = 1'000;

json time_json(std::int64_t second) {
    return core::format_rfc3339(core::WallTime(std::chrono::seconds(second)));
}

std::vector<BurnRow> decode_rows(Fields& fields) {
    std::vector<BurnRow> rows;
    for (const json& entry : fields.array("rows", max_replayed_rows))
        rows.push_back(fields.take("rows", burn_row_from_json(entry)));
    return rows;
}

std::vector<Span> decode_exclusions(Fields& fields) {
    std::vector<Exclusion> exclusions;
    for (const json& entry : fields.array("exclusions", max_replayed_exclusions)) {
        Fields times(entry);
        Exclusion exclusion;
        exclusion.from = times.required_time("from");
        exclusion.to = times.required_time("to");
        if (exclusion.from >= exclusion.to) times.refuse("from", "must be before to");
        fields.merge("exclusions", times.finish());
        exclusions.push_back(std::move(exclusion));
    }
    return excluded_spans(exclusions, SloId());
}

json encode(const ReplayPoint& point) {
    return {{"at", core::format_rfc3339(point.at)}, {"good", point.counts.good},
            {"total", point.counts.total},          {"remaining", or_null(point.remaining)},
            {"lowest", or_null(point.lowest)},      {"burn", or_null(point.burn)}};
}

json encode(const ReplayedAlert& replayed) {
    json value = to_json(replayed.alert);
    value["good"] = replayed.counts.good;
    value["total"] = replayed.counts.total;
    value["bad"] = replayed.counts.bad();
    value["budget_share"] = or_null(replayed.budget_share);
    return value;
}

core::Result<ReplayedAlert> decode_alert(const json& value) {
    Fields fields(value);
    ReplayedAlert replayed;
    replayed.alert = fields.take("alerts", alert_from_json(value));
    replayed.counts = {fields.count("good"), fields.count("total")};
    replayed.budget_share = fields.number_or_nothing("budget_share");
    return fields.finish(std::move(replayed));
}

void decode_budget_of(Fields& fields, Replay& replay) {
    Fields budget(fields.object("budget"));
    replay.budget.allowed = budget.number("allowed");
    replay.budget.spent = budget.count("spent");
    replay.budget.remaining = budget.number_or_nothing("remaining");
    replay.budget.exhausted = budget.flag("exhausted");
    if (replay.budget.exhausted) replay.budget.exhausted_in_s = 0;
    replay.lowest = budget.number_or_nothing("lowest");
    replay.lowest_at = budget.time("lowest_at");
    fields.merge("budget", budget.finish());
}

}  // namespace

json to_json(const ReplayRequest& request) {
    json value{{"from", core::format_rfc3339(request.from)},
               {"to", core::format_rfc3339(request.to)},
               {"points", request.points}};
    if (request.target) value["objective_percent"] = std::round(*request.target * 1e11) / 1e9;
    if (request.window_s) value["window_s"] = *request.window_s;
    if (request.outage) value["outage"] = *request.outage;
    if (request.rows) {
        value["rows"] = json::array();
        for (const BurnRow& row : *request.rows) value["rows"].push_back(to_json(row));
    }
    if (request.excluded) {
        value["exclusions"] = json::array();
        for (const Span& span : *request.excluded)
            value["exclusions"].push_back({{"from", time_json(span.from_s)}, {"to", time_json(span.to_s)}});
    }
    return value;
}

core::Result<ReplayRequest> replay_request_from_json(const json& value) {
    Fields fields(value);
    ReplayRequest request;
    request.from = fields.required_time("from");
    request.to = fields.required_time("to");
    if (fields.find("points"))
        request.points = int(std::min<std::uint64_t>(fields.count("points"), 1'000'000));
    if (const auto percent = fields.number_or_nothing("objective_percent")) {
        if (!(*percent > 0 && *percent < 100))
            fields.refuse("objective_percent", "must lie between 0 and 100");
        request.target = std::round(*percent * 1e9) / 1e11;  // without the noise of binary fractions
    }
    if (fields.find("window_s")) request.window_s = fields.seconds("window_s");
    if (fields.find("rows")) request.rows = decode_rows(fields);
    if (fields.find("exclusions")) request.excluded = decode_exclusions(fields);
    if (fields.find("outage")) request.outage = fields.flag("outage");
    return fields.finish(std::move(request));
}

json to_json(const Replay& replay) {
    const Objective& objective = replay.objective;
    json rows = json::array(), points = json::array(), alerts = json::array();
    for (const BurnRow& row : objective.rows) rows.push_back(to_json(row));
    for (const ReplayPoint& point : replay.points) points.push_back(encode(point));
    for (const ReplayedAlert& alert : replay.alerts) alerts.push_back(encode(alert));
    return {{"slo_id", replay.slo_id.value},
            {"from", core::format_rfc3339(replay.from)},
            {"to", core::format_rfc3339(replay.to)},
            {"step_s", replay.step_s},
            {"objective", objective.target},
            {"window_s", objective.window_s},
            {"calendar", objective_extras(objective)["calendar"]},
            {"rows", std::move(rows)},
            {"unit", unit_of(objective)},
            {"good", replay.window.counts.good},
            {"total", replay.window.counts.total},
            {"covered_s", replay.window.covered_s},
            {"coverage", describe_coverage(replay.window)},
            {"sli", or_null(replay.window.counts.good_ratio())},
            {"budget",
             {{"allowed", replay.budget.allowed},
              {"spent", replay.budget.spent},
              {"remaining", or_null(replay.budget.remaining)},
              {"exhausted", replay.budget.exhausted},
              {"lowest", or_null(replay.lowest)},
              {"lowest_at", or_null(replay.lowest_at)}}},
            {"points", std::move(points)},
            {"alerts", std::move(alerts)},
            {"limits", replay.limits}};
}

core::Result<Replay> replay_from_json(const json& value) {
    Fields fields(value);
    Replay replay;
    replay.slo_id = replay.objective.id = SloId(fields.text("slo_id"));
    replay.from = fields.required_time("from");
    replay.to = fields.required_time("to");
    replay.step_s = fields.seconds("step_s");
    replay.objective.target = fields.number("objective");
    replay.objective.window_s = replay.window.window_s = fields.seconds("window_s");
    read_objective_extras(fields, replay.objective);
    replay.objective.rows = decode_rows(fields);
    replay.window.counts = {fields.count("good"), fields.count("total")};
    replay.window.covered_s = fields.seconds("covered_s");
    decode_budget_of(fields, replay);
    for (const json& entry : fields.array("points", max_replay_points)) {
        Fields point(entry);
        replay.points.push_back({point.required_time("at"), Counts{point.count("good"), point.count("total")},
                                 point.number_or_nothing("remaining"), point.number_or_nothing("lowest"),
                                 point.number_or_nothing("burn")});
        fields.merge("points", point.finish());
    }
    for (const json& entry : fields.array("alerts", max_replayed_alerts))
        replay.alerts.push_back(fields.take("alerts", decode_alert(entry)));
    for (const json& text : fields.array("limits", max_limits))
        if (text.is_string())
            replay.limits.push_back(text.get_ref<const std::string&>());
        else
            fields.refuse("limits", "must be texts");
    return fields.finish(std::move(replay));
}

}  // namespace qd::slo
