#include "rollouts/verdict_codec.hpp"

#include "rollouts/codec_parts.hpp"

namespace qd::rollouts {
namespace {

using core::JsonFields;
using nlohmann::json;

json metric_json(const MetricVerdict& metric) {
    return {{"metric", metric.metric},
            {"outcome", to_string(metric.outcome)},
            {"stable_total", metric.stable_total},
            {"stable_bad", metric.stable_bad},
            {"canary_total", metric.canary_total},
            {"canary_bad", metric.canary_bad},
            {"stable_ratio", optional_json(metric.stable_ratio)},
            {"canary_ratio", optional_json(metric.canary_ratio)},
            {"difference", optional_json(metric.difference)},
            {"low", optional_json(metric.low)},
            {"high", optional_json(metric.high)},
            {"p_value", optional_json(metric.p_value)},
            {"effect", optional_json(metric.effect)},
            {"test", metric.test},
            {"explanation", metric.explanation},
            {"would_change", metric.would_change},
            {"reference", metric.reference},
            {"baseline_total", metric.baseline_total},
            {"baseline_bad", metric.baseline_bad},
            {"baseline_ratio", optional_json(metric.baseline_ratio)},
            {"anytime_p", optional_json(metric.anytime_p)},
            {"alpha", optional_json(metric.alpha)},
            {"borne", optional_json(metric.borne)},
            {"unit", metric.unit},
            {"stable_median", optional_json(metric.stable_median)},
            {"canary_median", optional_json(metric.canary_median)},
            {"baseline_median", optional_json(metric.baseline_median)}};
}

core::Result<MetricVerdict> metric_from_json(const json& value) {
    JsonFields fields(value);
    MetricVerdict metric;
    metric.metric = fields.text("metric", 200);
    metric.outcome = fields.need("outcome", fields.word("outcome", parse_outcome));
    metric.stable_total = fields.count("stable_total").value_or(0);
    metric.stable_bad = fields.count("stable_bad").value_or(0);
    metric.canary_total = fields.count("canary_total").value_or(0);
    metric.canary_bad = fields.count("canary_bad").value_or(0);
    metric.stable_ratio = fields.number("stable_ratio");
    metric.canary_ratio = fields.number("canary_ratio");
    metric.difference = fields.number("difference");
    metric.low = fields.number("low");
    metric.high = fields.number("high");
    metric.p_value = fields.number("p_value");
    metric.effect = fields.number("effect");
    metric.test = fields.text("test", 100);
    metric.explanation = fields.text("explanation");
    metric.would_change = fields.text("would_change");
    // A journal of an earlier version has none of these.
    if (auto reference = fields.text("reference", 100); !reference.empty()) metric.reference = reference;
    metric.baseline_total = fields.count("baseline_total").value_or(0);
    metric.baseline_bad = fields.count("baseline_bad").value_or(0);
    metric.baseline_ratio = fields.number("baseline_ratio");
    metric.anytime_p = fields.number("anytime_p");
    metric.alpha = fields.number("alpha");
    metric.borne = fields.number("borne");
    if (auto unit = fields.text("unit", 100); !unit.empty()) metric.unit = unit;
    metric.stable_median = fields.number("stable_median");
    metric.canary_median = fields.number("canary_median");
    metric.baseline_median = fields.number("baseline_median");
    return fields.finish(std::move(metric));
}

}  // namespace

json to_json(const Verdict& verdict) {
    json value{{"outcome", to_string(verdict.outcome)},
               {"confidence", verdict.confidence},
               {"window_s", verdict.window_s},
               {"as_of", core::json_time(verdict.as_of)},
               {"explanation", verdict.explanation}};
    json& metrics = value["metrics"] = json::array();
    for (const MetricVerdict& metric : verdict.metrics) metrics.push_back(metric_json(metric));
    return value;
}

core::Result<Verdict> verdict_from_json(const json& value) {
    JsonFields fields(value);
    Verdict verdict;
    verdict.outcome = fields.need("outcome", fields.word("outcome", parse_outcome));
    verdict.confidence = fields.number("confidence").value_or(0);
    verdict.window_s = fields.number("window_s").value_or(0);
    verdict.as_of = fields.required_time("as_of");
    verdict.explanation = fields.text("explanation");
    for (const json& each : fields.array("metrics", 20)) {
        auto metric = metric_from_json(each);
        fields.merge("metrics", metric);
        if (metric) verdict.metrics.push_back(std::move(*metric));
    }
    return fields.finish(std::move(verdict));
}

}  // namespace qd::rollouts
