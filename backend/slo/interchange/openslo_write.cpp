#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "slo/codec.hpp"
#include "slo/interchange/duration.hpp"
#include "slo/interchange/openslo.hpp"
#include "slo/interchange/openslo_window.hpp"
#include "slo/interchange/promql.hpp"
#include "slo/interchange/refusals.hpp"
#include "slo/interchange/shape.hpp"
#include "slo/interchange/yaml_text.hpp"

namespace qd::slo::interchange {
namespace {

using ordered = nlohmann::ordered_json;

core::Result<std::string> summed(const Selector& selector, std::string_view extra = {}) {
    auto text = write_selector(selector, extra);
    if (!text) return text;
    return fmt::format("sum({})", *text);
}

struct Queries {
    std::string part_name;  // good or bad
    std::string part, total;
};

core::Result<Queries> queries_of(const Indicator& indicator) {
    Queries queries{"good", {}, {}};
    core::Result<std::string> part, total;
    if (const auto* ratio = std::get_if<RatioIndicator>(&indicator)) {
        part = summed(ratio->good);
        total = summed(ratio->total);
    } else if (const auto* latency = std::get_if<LatencyIndicator>(&indicator)) {
        Selector bucket = latency->histogram, count = latency->histogram;
        bucket.metric += "_bucket";
        count.metric += "_count";
        part = summed(bucket, le_matcher(latency->threshold_s));
        total = summed(count);
    } else {
        const auto& time = std::get<TimeIndicator>(indicator);
        queries.part_name = "bad";
        part = summed(time.bad);
        total = summed(time.good);
        if (part && total && !time.bad_within) total = *part + " + " + *total;
    }
    if (!part) return core::Failure(part.error());
    if (!total) return core::Failure(total.error());
    queries.part = std::move(*part);
    queries.total = std::move(*total);
    return queries;
}

ordered annotations_of(const Objective& objective) {
    nlohmann::json rows = nlohmann::json::array();
    for (const BurnRow& row : objective.rows) rows.push_back(to_json(row));
    ordered annotations{{annotation::rows, core::dump_json(rows)}};
    if (objective.sla)
        annotations[annotation::sla] = core::dump_json(
            {{"objective", objective.sla->target}, {"consequence", objective.sla->consequence}});
    if (!objective.route.empty()) annotations[annotation::route] = objective.route;
    if (objective.absent)
        annotations[annotation::absent] = core::dump_json(
            {{"after_s", objective.absent->after_s}, {"severity", int(objective.absent->severity)}});
    if (objective.policy.freeze_rollouts)
        annotations[annotation::policy] = core::dump_json({{"freeze_rollouts", true}});
    if (objective.timeslices && objective.timeslices->slice_s % 60 != 0)
        annotations[annotation::slice_seconds] = std::to_string(objective.timeslices->slice_s);
    if (!objective.calendar && objective.window_s % 60 != 0)
        annotations[annotation::window_seconds] = std::to_string(objective.window_s);
    return annotations;
}

ordered source_of(const std::string& query) {
    return {{"metricSource", {{"type", "Prometheus"}, {"spec", {{"query", query}}}}}};
}

/// The gauge of a thresholdMetric, and what it must be; nothing for counters.
struct GaugeBound {
    const Selector& gauge;
    Comparison op;
    double value;
};

std::optional<GaugeBound> gauge_of(const Indicator& indicator) {
    if (const auto* threshold = std::get_if<ThresholdIndicator>(&indicator))
        return GaugeBound{threshold->gauge, threshold->op, threshold->bound};
    if (const auto* gauge = std::get_if<BoolGaugeIndicator>(&indicator))
        return GaugeBound{gauge->gauge, Comparison::gte, 1};
    return std::nullopt;
}

core::Result<ordered> metric_of(const Indicator& indicator) {
    if (const auto gauge = gauge_of(indicator)) {
        auto query = write_selector(gauge->gauge);
        if (!query) return core::Failure(query.error());
        return ordered{{"thresholdMetric", source_of(*query)}};
    }
    auto queries = queries_of(indicator);
    if (!queries) return core::Failure(queries.error());
    ordered ratio{{"counter", true}};
    ratio[queries->part_name] = source_of(queries->part);
    ratio["total"] = source_of(queries->total);
    return ordered{{"ratioMetric", std::move(ratio)}};
}

ordered goal_of(const Objective& objective) {
    ordered goal{{"target", objective.target}};
    if (const auto gauge = gauge_of(objective.indicator)) {
        goal["op"] = to_string(gauge->op);
        goal["value"] = gauge->value;
    }
    if (objective.timeslices) {
        goal["timeSliceTarget"] = objective.timeslices->target;
        goal["timeSliceWindow"] = openslo_duration(objective.timeslices->slice_s);
    }
    return goal;
}

core::Result<std::string> write_one(const Objective& objective) {
    if (auto known = can_be_written(objective); !known) return core::Failure(known.error());
    auto metric = metric_of(objective.indicator);
    if (!metric)
        return core::fail_with_context(fmt::format("the SLO '{}'", objective.id.value), metric.error());
    ordered indicator{{"metadata", {{"name", objective.id.value}}}};
    if (std::holds_alternative<TimeIndicator>(objective.indicator) ||
        std::holds_alternative<BoolGaugeIndicator>(objective.indicator))
        indicator["metadata"]["annotations"] = {{annotation::indicator, kind_of(objective.indicator)}};
    indicator["spec"] = std::move(*metric);

    ordered document{{"apiVersion", "openslo/v1"}, {"kind", "SLO"}};
    document["metadata"] = {{"name", objective.id.value}, {"displayName", objective.title}};
    document["metadata"]["annotations"] = annotations_of(objective);
    ordered& spec = document["spec"];
    spec["service"] = objective.service;
    spec["indicator"] = std::move(indicator);
    spec["timeWindow"] = ordered::array({openslo_window(objective)});
    spec["budgetingMethod"] = objective.timeslices ? "Timeslices" : "Occurrences";
    spec["objectives"] = ordered::array({goal_of(objective)});
    return to_yaml(document);
}

}  // namespace

core::Result<std::string> write_openslo(const std::vector<Objective>& objectives) {
    std::string text;
    for (const Objective& objective : objectives) {
        auto one = write_one(objective);
        if (!one) return one;
        if (!text.empty()) text += "---\n";
        text += *one;
    }
    return text;
}

}  // namespace qd::slo::interchange
