#include "rollouts/codec.hpp"

#include <algorithm>

#include "core/json_fields.hpp"

namespace qd::rollouts {
namespace {

using core::JsonFields;
using nlohmann::json;
using std::chrono::milliseconds;

template <class T>
json optional_json(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json seconds_json(const std::optional<milliseconds>& duration) {
    return duration ? json(double(duration->count()) / 1000) : json(nullptr);
}

milliseconds to_ms(double seconds) {
    // A year bounds what a peer may say.
    return milliseconds(std::int64_t(std::clamp(seconds, -31'536'000.0, 31'536'000.0) * 1000 + 0.5));
}

std::optional<milliseconds> read_seconds(JsonFields& fields, const char* key) {
    const auto value = fields.number(key);
    if (!value) return std::nullopt;
    return to_ms(*value);
}

json counts_json(const ArmCounts& counts) {
    return {{"requests", counts.requests},
            {"errors", counts.errors},
            {"timed", counts.timed},
            {"slow", counts.slow}};
}

json arm_json(const ArmReading& arm) {
    json value = counts_json(arm.counts);
    value["version"] = arm.version;
    value["instances"] = arm.instances;
    value["share"] = optional_json(arm.share);
    value["error_ratio"] = optional_json(arm.error_ratio);
    value["slow_ratio"] = optional_json(arm.slow_ratio);
    return value;
}

core::Result<ArmReading> arm_from_json(const json& value) {
    JsonFields fields(value);
    ArmReading arm;
    arm.version = fields.text("version", 200);
    for (const json& each : fields.array("instances", 100))
        if (each.is_string()) arm.instances.push_back(each.get<std::string>());
    arm.counts = {fields.count("requests").value_or(0), fields.count("errors").value_or(0),
                  fields.count("timed").value_or(0), fields.count("slow").value_or(0)};
    arm.share = fields.number("share");
    arm.error_ratio = fields.number("error_ratio");
    arm.slow_ratio = fields.number("slow_ratio");
    return fields.finish(std::move(arm));
}

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
            {"would_change", metric.would_change}};
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
    return fields.finish(std::move(metric));
}

json steps_json(const Rollout& rollout) {
    auto steps = json::array();
    const auto& all = rollout.specification.steps;
    for (std::size_t i = 0; i < all.size(); ++i)
        steps.push_back(
            {{"kind", to_string(all[i].kind)},
             {"weight", all[i].kind == StepKind::set_weight ? json(all[i].weight) : json(nullptr)},
             {"duration_s", seconds_json(all[i].duration)},
             {"text", describe(all[i])},
             {"status", i < rollout.canary.step    ? "done"
                        : i == rollout.canary.step ? "current"
                                                   : "waiting"}});
    return steps;
}

json canary_json(const Canary& canary) {
    return {{"course", to_string(canary.course)},
            {"ready", canary.ready},
            {"held", canary.held},
            {"hold_reason", canary.hold_reason},
            {"step_since", core::json_time(canary.step_since)},
            {"held_for_s", seconds_json(canary.held_for)},
            {"held_since", core::json_time(canary.held_since)},
            {"course_since", core::json_time(canary.course_since)}};
}

void read_canary(JsonFields& fields, Canary& canary) {
    JsonFields inner(fields.object("progress"));
    canary.course = inner.need("course", inner.word("course", parse_course));
    canary.ready = inner.flag("ready");
    canary.held = inner.flag("held");
    canary.hold_reason = inner.text("hold_reason");
    canary.step_since = inner.required_time("step_since");
    canary.held_for = read_seconds(inner, "held_for_s").value_or(milliseconds(0));
    canary.held_since = inner.required_time("held_since");
    canary.course_since = inner.required_time("course_since");
    fields.merge("progress", inner.finish());
    canary.step = std::size_t(fields.count("step").value_or(0));
    canary.weight = unsigned(std::min<std::uint64_t>(100, fields.count("weight_requested").value_or(0)));
    canary.version = fields.need("version", fields.count("version"));
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

json to_json(const AuditEvent& event) {
    return {{"seq", event.seq},
            {"kind", to_string(event.kind)},
            {"at", core::json_time(event.at)},
            {"actor", event.actor},
            {"reason", event.reason},
            {"action", event.action ? json(to_string(*event.action)) : json(nullptr)},
            {"weight", optional_json(event.weight)}};
}

core::Result<AuditEvent> audit_event_from_json(const json& value) {
    JsonFields fields(value);
    AuditEvent event;
    event.seq = fields.need("seq", fields.count("seq"));
    event.kind = fields.need("kind", fields.word("kind", parse_audit_kind));
    event.at = fields.required_time("at");
    event.actor = fields.text("actor", 200);
    event.reason = fields.text("reason");
    event.action = fields.word("action", parse_action);
    if (const auto weight = fields.count("weight")) {
        if (*weight > 100) fields.refuse("weight", "is at most 100");
        event.weight = unsigned(*weight);
    }
    return fields.finish(std::move(event));
}

json to_json(const Rollout& rollout) {
    json value{{"id", rollout.id.value},
               {"name", rollout.specification.name},
               {"strategy", rollout.specification.strategy},
               {"phase", to_string(rollout.phase)},
               {"message", rollout.message},
               {"step", rollout.canary.step},
               {"steps", steps_json(rollout)},
               {"progress", canary_json(rollout.canary)},
               {"specification", json::parse(to_json_text(rollout.specification))},
               {"target_version", rollout.specification.target.label},
               {"stable_version", rollout.stable_version},
               {"former_version", rollout.former_version},
               {"actor", rollout.actor},
               {"created_at", core::json_time(rollout.created_at)},
               {"updated_at", core::json_time(rollout.updated_at)},
               {"weight_requested", rollout.weight_requested},
               {"weight_observed", optional_json(rollout.weight_observed)},
               {"observed_over_s", rollout.observed_over_s},
               {"split_confirmed", rollout.split_confirmed},
               {"remaining_s", seconds_json(rollout.remaining)},
               {"time_to_zero_ms", nullptr},
               {"verdict", rollout.verdict ? to_json(*rollout.verdict) : json(nullptr)},
               {"refusals", rollout.refusals},
               {"version", rollout.canary.version}};
    if (rollout.time_to_zero) value["time_to_zero_ms"] = rollout.time_to_zero->count();
    json& arms = value["arms"] = json::object();
    for (const auto& [name, arm] : rollout.arms) arms[name] = arm_json(arm);
    json& audit = value["audit"] = json::array();
    for (const AuditEvent& event : rollout.audit) audit.push_back(to_json(event));
    return value;
}

core::Result<Rollout> rollout_from_json(const json& value) {
    JsonFields fields(value);
    Rollout rollout;
    rollout.id = RolloutId(fields.text("id", 200));
    if (rollout.id.empty()) fields.refuse("id", "is missing");
    auto specification = parse_specification(core::dump_json(fields.object("specification")));
    fields.merge("specification", specification);
    if (specification) rollout.specification = std::move(*specification);
    read_canary(fields, rollout.canary);
    rollout.phase = fields.need("phase", fields.word("phase", parse_phase));
    rollout.message = fields.text("message");
    rollout.stable_version = fields.text("stable_version", 200);
    rollout.former_version = fields.text("former_version", 200);
    rollout.actor = fields.text("actor", 200);
    rollout.created_at = fields.required_time("created_at");
    rollout.updated_at = fields.required_time("updated_at");
    rollout.weight_requested = rollout.canary.weight;
    rollout.weight_observed = fields.number("weight_observed");
    rollout.observed_over_s = fields.number("observed_over_s").value_or(0);
    rollout.split_confirmed = fields.flag("split_confirmed");
    rollout.remaining = read_seconds(fields, "remaining_s");
    if (const auto ms = fields.number("time_to_zero_ms")) rollout.time_to_zero = to_ms(*ms / 1000);
    if (fields.find("verdict") != nullptr) {
        auto verdict = verdict_from_json(*fields.find("verdict"));
        fields.merge("verdict", verdict);
        if (verdict) rollout.verdict = std::move(*verdict);
    }
    for (const auto& [name, each] : fields.object("arms", 10).items()) {
        auto arm = arm_from_json(each);
        fields.merge("arms", arm);
        if (arm) rollout.arms[name] = std::move(*arm);
    }
    for (const auto& [action, reason] : fields.object("refusals", 20).items())
        if (reason.is_string()) rollout.refusals[action] = reason.get<std::string>();
    for (const json& each : fields.array("audit", 1'000)) {
        auto event = audit_event_from_json(each);
        fields.merge("audit", event);
        if (event) rollout.audit.push_back(std::move(*event));
    }
    return fields.finish(std::move(rollout));
}

std::string encode(const Rollout& rollout) {
    return core::dump_json(to_json(rollout));
}

core::Result<Rollout> decode_rollout(std::string_view text) {
    const auto value = core::parse_json(text);
    if (!value) return core::Failure(value.error());
    return rollout_from_json(*value);
}

core::Result<std::vector<Rollout>> decode_rollouts(std::string_view text) {
    const auto value = core::parse_json(text, 64u << 20);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    if (fields.find("items") == nullptr) fields.refuse("items", "is missing");
    std::vector<Rollout> rollouts;
    for (const json& each : fields.array("items", 1'000)) {
        auto rollout = rollout_from_json(each);
        fields.merge("items", rollout);
        if (rollout) rollouts.push_back(std::move(*rollout));
    }
    return fields.finish(std::move(rollouts));
}

std::string encode(const ActionRequest& request) {
    json value{{"reason", request.reason}};
    if (request.override_freeze) value["override"] = true;
    return core::dump_json(value);
}

core::Result<ActionRequest> decode_action_request(std::string_view text) {
    if (text.empty()) return ActionRequest{};
    const auto value = core::parse_json(text, 64u << 10);
    if (!value) return core::Failure(value.error());
    JsonFields fields(*value);
    ActionRequest request;
    request.reason = fields.text("reason", 2'000);
    request.override_freeze = fields.flag("override");
    return fields.finish(std::move(request));
}

}  // namespace qd::rollouts
