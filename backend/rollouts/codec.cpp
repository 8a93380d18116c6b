#include "rollouts/codec.hpp"

#include <algorithm>
#include <cmath>

#include "rollouts/analysis_codec.hpp"
#include "rollouts/codec_parts.hpp"
#include "rollouts/steps.hpp"
#include "traffic/plan_codec.hpp"

namespace qd::rollouts {
namespace {

using core::JsonFields;
using nlohmann::json;
using std::chrono::milliseconds;

json seconds_json(const std::optional<milliseconds>& duration) {
    return duration ? json(double(duration->count()) / 1000) : json(nullptr);
}

milliseconds to_ms(double seconds) {
    // A year bounds what a peer may say.
    return milliseconds(std::llround(std::clamp(seconds, -31'536'000.0, 31'536'000.0) * 1000));
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

json approvals_json(const std::vector<Approval>& approvals) {
    auto list = json::array();
    for (const Approval& approval : approvals)
        list.push_back({{"actor", approval.actor},
                        {"at", core::json_time(approval.at)},
                        {"reason", approval.reason}});
    return list;
}

core::Result<Approval> approval_from_json(const json& value) {
    JsonFields fields(value);
    Approval approval;
    approval.actor = fields.text("actor", 200);
    approval.at = fields.required_time("at");
    approval.reason = fields.text("reason");
    return fields.finish(std::move(approval));
}

/// What the driver says and is asked, and what stands between the rollout and its next step.
void write_circumstances(json& value, const Rollout& rollout) {
    value["driver"] = rollout.driver;
    value["driver_note"] = rollout.driver_note;
    value["driver_connected"] = rollout.driver_connected;
    value["observed_at"] = rollout.observed_at == core::WallTime{} ? json(nullptr)
                                                                   : core::json_time(rollout.observed_at);
    value["traffic"] = to_json(rollout.traffic);
    value["observed_low"] = optional_json(rollout.observed_low);
    value["observed_high"] = optional_json(rollout.observed_high);
    value["canary_sessions"] = optional_json(rollout.canary_sessions);
    value["all_sessions"] = optional_json(rollout.all_sessions);
    value["approvals"] = approvals_json(rollout.approvals);
    value["approvals_needed"] = rollout.specification.approvals;
    value["frozen"] = optional_json(rollout.frozen);
    value["read_only"] = rollout.read_only;
    value["ended_at"] = core::json_time(rollout.ended_at);
}

void read_circumstances(JsonFields& fields, Rollout& rollout) {
    if (fields.find("driver") != nullptr) rollout.driver = fields.text("driver", 200);
    rollout.driver_note = fields.text("driver_note");
    rollout.driver_connected = fields.flag("driver_connected", true);
    rollout.observed_at = fields.time("observed_at").value_or(core::WallTime{});
    if (const json* traffic = fields.find("traffic")) {
        auto plan = traffic::plan_from_json(*traffic);
        fields.merge("traffic", plan);
        if (plan) rollout.traffic = std::move(*plan);
    }
    rollout.observed_low = fields.number("observed_low");
    rollout.observed_high = fields.number("observed_high");
    rollout.canary_sessions = fields.count("canary_sessions");
    rollout.all_sessions = fields.count("all_sessions");
    for (const json& each : fields.array("approvals", 100)) {
        auto approval = approval_from_json(each);
        fields.merge("approvals", approval);
        if (approval) rollout.approvals.push_back(std::move(*approval));
    }
    if (fields.find("frozen") != nullptr) rollout.frozen = fields.text("frozen");
    rollout.read_only = fields.flag("read_only");
    rollout.ended_at = fields.time("ended_at");
}

json steps_json(const Rollout& rollout) {
    auto steps = json::array();
    const Steps all(rollout.specification);
    for (std::size_t i = 0; i < all.size(); ++i)
        steps.push_back(
            {{"kind", to_string(all[i].kind)},
             {"weight", all[i].kind == StepKind::set_weight ? json(all[i].weight) : json(nullptr)},
             {"duration_s", seconds_json(all[i].duration)},
             {"text", describe(all[i])},
             {"status", i < rollout.progress.step    ? "done"
                        : i == rollout.progress.step ? "current"
                                                   : "waiting"}});
    return steps;
}

json progress_json(const Progress& progress) {
    return {{"course", to_string(progress.course)},
            {"ready", progress.ready},
            {"held", progress.held},
            {"hold_reason", progress.hold_reason},
            {"step_since", core::json_time(progress.step_since)},
            {"held_for_s", seconds_json(progress.held_for)},
            {"held_since", core::json_time(progress.held_since)},
            {"course_since", core::json_time(progress.course_since)},
            {"starter", progress.starter},
            {"approvers", progress.approvers},
            {"instances", progress.instances},
            {"replaced", progress.replaced},
            {"step_ready", progress.step_ready},
            {"step_run", to_string(progress.step_run)},
            {"background_run", to_string(progress.background_run)}};
}

/// A number of instances.
unsigned few(JsonFields& fields, const char* key, unsigned otherwise) {
    const auto count = fields.count(key).value_or(otherwise);
    if (count > 1'000) fields.refuse(key, "is at most 1000");
    return unsigned(std::min<std::uint64_t>(count, 1'000));
}

void read_progress(JsonFields& fields, Progress& progress) {
    JsonFields inner(fields.object("progress"));
    progress.course = inner.need("course", inner.word("course", parse_course));
    progress.ready = inner.flag("ready");
    progress.held = inner.flag("held");
    progress.hold_reason = inner.text("hold_reason");
    progress.step_since = inner.required_time("step_since");
    progress.held_for = read_seconds(inner, "held_for_s").value_or(milliseconds(0));
    progress.held_since = inner.required_time("held_since");
    progress.course_since = inner.required_time("course_since");
    progress.starter = inner.text("starter", 200);
    for (const json& each : inner.array("approvers", 100))
        if (each.is_string()) progress.approvers.push_back(each.get<std::string>());
    progress.instances = few(inner, "instances", 1);
    progress.replaced = few(inner, "replaced", 0);
    progress.step_ready = inner.flag("step_ready");
    progress.step_run = inner.word("step_run", parse_run_phase).value_or(RunPhase::pending);
    progress.background_run = inner.word("background_run", parse_run_phase).value_or(RunPhase::pending);
    fields.merge("progress", inner.finish());
    progress.step = std::size_t(fields.count("step").value_or(0));
    progress.weight = unsigned(std::min<std::uint64_t>(100, fields.count("weight_requested").value_or(0)));
    progress.version = fields.need("version", fields.count("version"));
}

}  // namespace

json to_json(const AuditEvent& event) {
    return {{"seq", event.seq},
            {"kind", to_string(event.kind)},
            {"at", core::json_time(event.at)},
            {"actor", event.actor},
            {"reason", event.reason},
            {"action", event.action ? json(to_string(*event.action)) : json(nullptr)},
            {"weight", optional_json(event.weight)},
            {"instances", optional_json(event.instances)},
            {"run_purpose", event.run_purpose},
            {"run_phase", event.run_phase ? json(to_string(*event.run_phase)) : json(nullptr)},
            {"shift_s", seconds_json(event.shift)}};
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
    if (fields.find("instances") != nullptr) event.instances = few(fields, "instances", 1);
    event.run_purpose = fields.text("run_purpose", 100);
    event.run_phase = fields.word("run_phase", parse_run_phase);
    event.shift = read_seconds(fields, "shift_s");
    return fields.finish(std::move(event));
}

json to_json(const Rollout& rollout) {
    json value{{"id", rollout.id.value},
               {"name", rollout.specification.name},
               {"strategy", to_string(rollout.specification.strategy)},
               {"phase", to_string(rollout.phase)},
               {"message", rollout.message},
               {"step", rollout.progress.step},
               {"steps", steps_json(rollout)},
               {"progress", progress_json(rollout.progress)},
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
               {"version", rollout.progress.version}};
    write_circumstances(value, rollout);
    if (rollout.time_to_zero) value["time_to_zero_ms"] = rollout.time_to_zero->count();
    json& arms = value["arms"] = json::object();
    for (const auto& [name, arm] : rollout.arms) arms[name] = arm_json(arm);
    json& analyses = value["analyses"] = json::array();
    for (const AnalysisRun& run : rollout.analyses) analyses.push_back(to_json(run));
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
    read_progress(fields, rollout.progress);
    rollout.phase = fields.need("phase", fields.word("phase", parse_phase));
    rollout.message = fields.text("message");
    rollout.stable_version = fields.text("stable_version", 200);
    rollout.former_version = fields.text("former_version", 200);
    rollout.actor = fields.text("actor", 200);
    rollout.created_at = fields.required_time("created_at");
    rollout.updated_at = fields.required_time("updated_at");
    rollout.weight_requested = rollout.progress.weight;
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
    read_circumstances(fields, rollout);
    for (const json& each : fields.array("analyses", 200)) {
        auto run = analysis_run_from_json(each);
        fields.merge("analyses", run);
        if (run) rollout.analyses.push_back(std::move(*run));
    }
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

}  // namespace qd::rollouts
