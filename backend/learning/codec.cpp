#include "learning/codec.hpp"

#include "learning/codec_parts.hpp"

namespace qd::learning {
namespace {

using namespace wire;

json factor_json(const Factor& factor) {
    return {{"factor", factor.text},
            {"origin", factor.origin},
            {"count", factor.count},
            {"incidents", factor.incidents}};
}

core::Result<Factor> factor_from(const json& value) {
    JsonFields fields(value);
    Factor factor;
    factor.text = fields.text("factor", text_bytes);
    factor.origin = fields.text("origin", id_bytes);
    factor.count = size(fields, "count");
    factor.incidents = read_list<std::string>(fields, "incidents", 50, text_from);
    return fields.finish(std::move(factor));
}

json deployment_json(const Deployment& one) {
    return {{"rollout", one.rollout}, {"version", one.version},     {"at", json_time(one.at)},
            {"outcome", one.outcome}, {"incidents", one.incidents}, {"failed", one.failed},
            {"rollback", one.rollback}, {"strategy", one.strategy}, {"driver", one.driver},
            {"actor", one.actor}, {"reason", one.reason}, {"verdict", one.verdict},
            {"duration_s", one.duration ? json(double(one.duration->count()) / 1e3) : json(nullptr)}};
}

core::Result<Deployment> deployment_from(const json& value) {
    JsonFields fields(value);
    Deployment one;
    one.rollout = fields.text("rollout", id_bytes);
    one.version = fields.text("version", id_bytes);
    one.at = fields.required_time("at");
    one.outcome = fields.text("outcome", id_bytes);
    one.incidents = read_list<std::string>(fields, "incidents", 10'000, text_from);
    one.failed = fields.flag("failed");
    one.rollback = fields.flag("rollback");
    one.strategy = fields.text("strategy", id_bytes);
    one.driver = fields.text("driver", id_bytes);
    one.actor = fields.text("actor", id_bytes);
    one.reason = fields.text("reason", text_bytes);
    one.verdict = fields.text("verdict", id_bytes);
    if (const auto seconds = fields.number("duration_s"); seconds && *seconds >= 0 && *seconds < 1e10)
        one.duration = std::chrono::milliseconds(std::llround(*seconds * 1e3));
    return fields.finish(std::move(one));
}

json delivery_json(const Delivery& delivery) {
    return {{"finished", delivery.finished},
            {"completed", delivery.completed},
            {"failed", delivery.failed},
            {"under_way", delivery.under_way},
            {"deployments_per_day", delivery.per_day ? json(*delivery.per_day) : json(nullptr)},
            {"change_failure_rate", delivery.failure_rate ? json(*delivery.failure_rate) : json(nullptr)},
            {"time_to_restore", spread_json(delivery.restore)},
            {"frequency_formula", delivery.frequency_formula},
            {"failure_formula", delivery.failure_formula},
            {"restore_formula", delivery.restore_formula},
            {"restore_sources", list(delivery.restore_sources, &source_json)},
            {"deployments", list(delivery.deployments, &deployment_json)},
            {"deployments_total", delivery.deployments_total}};
}

core::Result<Delivery> delivery_from(const json& value) {
    JsonFields fields(value);
    Delivery delivery;
    delivery.finished = size(fields, "finished");
    delivery.completed = size(fields, "completed");
    delivery.failed = size(fields, "failed");
    delivery.under_way = size(fields, "under_way");
    delivery.per_day = fields.number("deployments_per_day");
    delivery.failure_rate = fields.number("change_failure_rate");
    delivery.restore = read_spread(fields, "time_to_restore");
    delivery.frequency_formula = fields.text("frequency_formula", text_bytes);
    delivery.failure_formula = fields.text("failure_formula", text_bytes);
    delivery.restore_formula = fields.text("restore_formula", text_bytes);
    delivery.restore_sources = read_list<Source>(fields, "restore_sources", most_sources, source_from);
    delivery.deployments = read_list<Deployment>(fields, "deployments", most_deployments, deployment_from);
    delivery.deployments_total = size(fields, "deployments_total");
    return fields.finish(std::move(delivery));
}

json cost_json(const Cost& cost) {
    return {{"incident", cost.incident},
            {"incident_title", cost.incident_title},
            {"objective", cost.objective},
            {"objective_title", cost.objective_title},
            {"bad", cost.bad},
            {"total", cost.total},
            {"allowed", cost.allowed ? json(*cost.allowed) : json(nullptr)},
            {"spent", cost.spent ? json(*cost.spent) : json(nullptr)},
            {"unknown", cost.unknown}};
}

core::Result<Cost> cost_from(const json& value) {
    JsonFields fields(value);
    Cost cost;
    cost.incident = fields.text("incident", id_bytes);
    cost.incident_title = fields.text("incident_title", text_bytes);
    cost.objective = fields.text("objective", id_bytes);
    cost.objective_title = fields.text("objective_title", text_bytes);
    cost.bad = fields.number("bad").value_or(0);
    cost.total = fields.number("total").value_or(0);
    cost.allowed = fields.number("allowed");
    cost.spent = fields.number("spent");
    cost.unknown = fields.text("unknown", text_bytes);
    return fields.finish(std::move(cost));
}

}  // namespace

json to_json(const Report& report) {
    const Uptime& uptime = report.uptime;
    return {{"from", json_time(report.query.from)},
            {"to", json_time(report.query.to)},
            {"service", report.query.service},
            {"severity", severity_json(report.query.severity)},
            {"as_of", json_time(report.as_of)},
            {"incidents",
             {{"counted", report.counted}, {"cancelled", report.cancelled}, {"merged", report.merged}}},
            {"bucket", report.bucket},
            {"measures", list(report.measures, &measure_json)},
            {"groups", list(report.groups, &group_json)},
            {"groups_left_out", report.groups_left_out},
            {"uptime",
             {{"counted_from", json_time(uptime.counted_from)},
              {"up_s", seconds(uptime.up)},
              {"impact_s", seconds(uptime.impact)},
              {"maintenance_s", seconds(uptime.maintenance)},
              {"outages", uptime.outages}}},
            {"factors_note", report.factors_note},
            {"factors", list(report.factors, &factor_json)},
            {"delivery", delivery_json(report.delivery)},
            {"cost_formula", report.cost_formula},
            {"costs", list(report.costs, &cost_json)},
            {"costs_of", report.costs_of},
            {"costs_total", report.costs_total},
            {"services", report.services}};
}

core::Result<Report> report_from_json(const json& value) {
    JsonFields fields(value);
    Report report;
    report.query.from = fields.required_time("from");
    report.query.to = fields.required_time("to");
    report.query.service = fields.text("service", id_bytes);
    report.query.severity = read_severity(fields);
    report.as_of = fields.required_time("as_of");
    JsonFields counts(fields.object("incidents"));
    report.counted = size(counts, "counted");
    report.cancelled = size(counts, "cancelled");
    report.merged = size(counts, "merged");
    fields.merge("incidents", counts.finish());
    report.bucket = fields.text("bucket", id_bytes);
    report.measures = read_list<Measure>(fields, "measures", 20, measure_from);
    report.groups = read_list<Group>(fields, "groups", most_groups, group_from);
    report.groups_left_out = size(fields, "groups_left_out");
    JsonFields uptime(fields.object("uptime"));
    report.uptime.counted_from = uptime.time("counted_from");
    report.uptime.up = read_seconds(uptime, "up_s").value_or(milliseconds(0));
    report.uptime.impact = read_seconds(uptime, "impact_s").value_or(milliseconds(0));
    report.uptime.maintenance = read_seconds(uptime, "maintenance_s").value_or(milliseconds(0));
    report.uptime.outages = size(uptime, "outages");
    fields.merge("uptime", uptime.finish());
    report.factors_note = fields.text("factors_note", text_bytes);
    report.factors = read_list<Factor>(fields, "factors", most_factors, factor_from);
    auto delivery = delivery_from(fields.object("delivery"));
    fields.merge("delivery", delivery);
    if (delivery) report.delivery = std::move(*delivery);
    report.cost_formula = fields.text("cost_formula", text_bytes);
    report.costs = read_list<Cost>(fields, "costs", most_costs, cost_from);
    report.costs_of = size(fields, "costs_of");
    report.costs_total = size(fields, "costs_total");
    report.services = read_list<std::string>(fields, "services", 10'000, text_from);
    return fields.finish(std::move(report));
}

}  // namespace qd::learning
