#include <array>

#include "core/json_fields.hpp"
#include "rollouts/specification.hpp"

namespace qd::rollouts {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> match_words{"exact", "prefix", "regex"};
constexpr std::array<std::string_view, 3> provider_keys{"prometheus", "site", "judge"};

json seconds(milliseconds duration) {
    return double(duration.count()) / 1000;
}

json faults_array(const TargetVersion& target) {
    auto faults = json::array();
    for (const BornFault& fault : target.faults) {
        json value{
            {"kind", fault.kind}, {"amount", fault.amount}, {"ratio", fault.ratio}, {"for_s", fault.for_s}};
        if (!fault.route.empty()) value["route"] = fault.route;
        faults.push_back(std::move(value));
    }
    return faults;
}

json arguments_json(const std::map<std::string, std::string>& arguments) {
    auto list = json::array();
    for (const auto& [name, value] : arguments) list.push_back({{"name", name}, {"value", value}});
    return list;
}

json use_json(const AnalysisUse& use) {
    auto value = json::object();
    for (const std::string& name : use.templates) value["templates"].push_back({{"templateName", name}});
    if (!use.args.empty()) value["args"] = arguments_json(use.args);
    return value;
}

json match_json(const traffic::TextMatch& match) {
    return {{match_words[std::size_t(match.kind)], match.value}};
}

json route_json(const traffic::HeaderRoute& route) {
    json value{{"name", route.name}};
    for (const traffic::HeaderMatch& each : route.match)
        value["match"].push_back({{"headerName", each.header}, {"headerValue", match_json(each.value)}});
    return value;
}

json route_json(const traffic::MirrorRoute& route) {
    json value{{"name", route.name}};
    if (route.percentage) value["percentage"] = *route.percentage;
    for (const traffic::RequestMatch& each : route.match) {
        auto match = json::object();
        if (each.method) match["method"] = match_json(*each.method);
        if (each.path) match["path"] = match_json(*each.path);
        for (const traffic::HeaderMatch& header : each.headers)
            match["headers"][header.header] = match_json(header.value);
        value["match"].push_back(std::move(match));
    }
    return value;
}

json scale_json(const CanaryScale& scale) {
    if (scale.replicas) return {{"replicas", *scale.replicas}};
    if (scale.weight) return {{"weight", *scale.weight}};
    return {{"matchTrafficWeight", scale.match_traffic_weight}};
}

void write_experiment(json& value, const Experiment& experiment) {
    for (const ExperimentSet& each : experiment.sets)
        value["templates"].push_back({{"name", each.name},
                                      {"specRef", each.version},
                                      {"replicas", each.replicas},
                                      {"weight", each.weight}});
    for (const AnalysisUse& each : experiment.analyses) {
        json one{{"templateName", each.templates.empty() ? "" : each.templates.front()}};
        if (!each.args.empty()) one["args"] = arguments_json(each.args);
        value["analyses"].push_back(std::move(one));
    }
}

json step_json(const Step& step) {
    auto inner = json::object();
    switch (step.kind) {
        case StepKind::set_weight:
            inner = step.weight;
            break;
        case StepKind::pause:
            break;
        case StepKind::analysis:
            inner = use_json(step.analysis);
            break;
        case StepKind::set_canary_scale:
            inner = scale_json(step.scale);
            break;
        case StepKind::set_header_route:
            inner = route_json(step.header_route);
            break;
        case StepKind::set_mirror_route:
            inner = route_json(step.mirror);
            break;
        case StepKind::experiment:
            write_experiment(inner, step.experiment);
            break;
    }
    if (step.duration) inner["duration"] = seconds(*step.duration);
    return {{to_string(step.kind), inner}};
}

json canary_json(const Specification& specification) {
    auto value = json::object();
    for (const Step& step : specification.steps) value["steps"].push_back(step_json(step));
    if (specification.background) {
        value["analysis"] = use_json(*specification.background);
        value["analysis"]["startingStep"] = specification.background->starting_step;
    }
    if (!specification.route_cookie.empty()) value["routeCookie"] = specification.route_cookie;
    if (specification.split == traffic::SplitMode::round_robin) value["split"] = "roundRobin";
    value["abortScaleDownDelaySeconds"] = seconds(specification.abort_scale_down_delay);
    return value;
}

json blue_green_json(const BlueGreen& plan) {
    json value{{"previewReplicaCount", plan.preview_instances},
               {"autoPromotionEnabled", plan.auto_promotion},
               {"scaleDownDelaySeconds", seconds(plan.scale_down_delay)}};
    if (plan.auto_promotion_after) value["autoPromotionSeconds"] = seconds(*plan.auto_promotion_after);
    if (plan.pre_promotion) value["prePromotionAnalysis"] = use_json(*plan.pre_promotion);
    if (plan.post_promotion) value["postPromotionAnalysis"] = use_json(*plan.post_promotion);
    return value;
}

json strategy_json(const Specification& specification) {
    switch (specification.strategy) {
        case Strategy::canary:
            return canary_json(specification);
        case Strategy::blue_green:
            return blue_green_json(specification.blue_green);
        case Strategy::rolling:
            break;
    }
    const Rolling& plan = specification.rolling;
    return {{"maxUnavailable", plan.max_unavailable},
            {"maxSurge", plan.max_surge},
            {"minReadySeconds", seconds(plan.min_ready)},
            {"progressDeadlineSeconds", seconds(plan.progress_deadline)}};
}

json target_json(const TargetVersion& target) {
    json value{{"version", target.label}, {"instances", target.instances}};
    if (!target.faults.empty()) value["faults"] = faults_array(target);
    if (!target.program.empty()) value["program"] = target.program;
    if (!target.flags.empty()) value["flags"] = target.flags;
    return value;
}

json metric_json(const MetricSpec& metric) {
    json value{{"name", metric.name},
               {"initialDelay", seconds(metric.initial_delay)},
               {"failureLimit", metric.failure_limit},
               {"inconclusiveLimit", metric.inconclusive_limit},
               {"consecutiveErrorLimit", metric.consecutive_error_limit}};
    if (metric.interval) value["interval"] = seconds(*metric.interval);
    if (metric.count) value["count"] = *metric.count;
    if (!metric.success_condition.empty()) value["successCondition"] = metric.success_condition;
    if (!metric.failure_condition.empty()) value["failureCondition"] = metric.failure_condition;
    if (metric.consecutive_success_limit)
        value["consecutiveSuccessLimit"] = *metric.consecutive_success_limit;
    const MetricProvider& provider = metric.provider;
    json& of = value["provider"][std::string(provider_keys[std::size_t(provider.kind)])];
    of["query"] = provider.query;
    if (!provider.address.empty()) of["address"] = provider.address;
    if (provider.kind == MetricProvider::Kind::site) of["arm"] = provider.arm;
    return value;
}

json template_json(const AnalysisTemplate& analysis) {
    auto spec = json::object();
    for (const TemplateArgument& each : analysis.args) {
        json argument{{"name", each.name}};
        if (each.value) argument["value"] = *each.value;
        spec["args"].push_back(std::move(argument));
    }
    for (const MetricSpec& each : analysis.metrics) spec["metrics"].push_back(metric_json(each));
    return {{"metadata", {{"name", analysis.name}}}, {"spec", spec}};
}

json analysis_json(const Analysis& analysis) {
    return {{"onFailure", to_string(analysis.on_failure)},
            {"confidence", analysis.confidence},
            {"window", seconds(analysis.window)},
            {"minSample", analysis.min_sample},
            {"maxErrorIncrease", analysis.max_error_increase},
            {"maxSlowIncrease", analysis.max_slow_increase},
            {"latencyThreshold", analysis.latency_threshold_s},
            {"failureLimit", analysis.failure_limit},
            {"background", analysis.background}};
}

}  // namespace

std::string to_json_text(const Specification& specification) {
    json spec{{"target", target_json(specification.target)},
              {"analysis", analysis_json(specification.analysis)},
              {"approvals", specification.approvals},
              {"rollbackWindow", {{"revisions", specification.rollback_window}}}};
    spec["strategy"][std::string(to_string(specification.strategy))] = strategy_json(specification);
    for (const AnalysisTemplate& each : specification.templates)
        spec["templates"].push_back(template_json(each));
    if (!specification.group.empty()) spec["group"] = specification.group;
    if (!specification.driver.empty()) spec["driver"] = specification.driver;
    return core::dump_json(
        {{"kind", "Rollout"}, {"metadata", {{"name", specification.name}}}, {"spec", spec}});
}

std::string faults_json(const TargetVersion& target) {
    if (target.faults.empty()) return {};
    auto faults = faults_array(target);
    for (auto& fault : faults)
        if (const auto route = fault.find("route"); route != fault.end()) {
            fault["target"] = {{"route", *route}};
            fault.erase("route");
        }
    return core::dump_json(faults);
}

}  // namespace qd::rollouts
