#include "rollouts/specification_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rollouts/yaml_writer.hpp"

namespace qd::rollouts {
namespace {

using std::chrono::milliseconds;
using Deeper = YamlWriter::Deeper;

constexpr std::string_view api = "argoproj.io/v1alpha1";
constexpr std::array<std::string_view, 3> matching{"exact", "prefix", "regex"};
constexpr std::array<std::string_view, 3> providers{"prometheus", "site", "judge"};

/// The number of seconds, for keys that end in "Seconds".
std::string in_seconds(milliseconds duration) {
    return fmt::format("{}", double(duration.count()) / 1000);
}

std::string arguments_flow(const std::map<std::string, std::string>& arguments) {
    std::vector<std::string> list;
    for (const auto& [name, value] : arguments)
        list.push_back(yaml_flow(YamlPairs{{"name", yaml_scalar(name)}, {"value", yaml_scalar(value)}}));
    return yaml_flow(list);
}

YamlPairs use_pairs(const AnalysisUse& use) {
    YamlPairs pairs;
    std::vector<std::string> templates;
    for (const std::string& name : use.templates)
        templates.push_back(yaml_flow(YamlPairs{{"templateName", yaml_scalar(name)}}));
    if (!templates.empty()) pairs.emplace_back("templates", yaml_flow(templates));
    if (!use.args.empty()) pairs.emplace_back("args", arguments_flow(use.args));
    return pairs;
}

std::string match_flow(const traffic::TextMatch& match) {
    return yaml_flow(YamlPairs{{std::string(matching[std::size_t(match.kind)]), yaml_scalar(match.value)}});
}

std::string route_flow(const traffic::HeaderRoute& route) {
    YamlPairs pairs{{"name", yaml_scalar(route.name)}};
    std::vector<std::string> list;
    for (const traffic::HeaderMatch& each : route.match)
        list.push_back(yaml_flow(
            YamlPairs{{"headerName", yaml_scalar(each.header)}, {"headerValue", match_flow(each.value)}}));
    if (!list.empty()) pairs.emplace_back("match", yaml_flow(list));
    return yaml_flow(pairs);
}

std::string route_flow(const traffic::MirrorRoute& route) {
    YamlPairs pairs{{"name", yaml_scalar(route.name)}};
    if (route.percentage) pairs.emplace_back("percentage", fmt::format("{}", *route.percentage));
    std::vector<std::string> list;
    for (const traffic::RequestMatch& each : route.match) {
        YamlPairs match, headers;
        if (each.method) match.emplace_back("method", match_flow(*each.method));
        if (each.path) match.emplace_back("path", match_flow(*each.path));
        for (const traffic::HeaderMatch& header : each.headers)
            headers.emplace_back(yaml_scalar(header.header), match_flow(header.value));
        if (!headers.empty()) match.emplace_back("headers", yaml_flow(headers));
        list.push_back(yaml_flow(match));
    }
    if (!list.empty()) pairs.emplace_back("match", yaml_flow(list));
    return yaml_flow(pairs);
}

std::string scale_flow(const CanaryScale& scale) {
    if (scale.replicas) return fmt::format("{{replicas: {}}}", *scale.replicas);
    if (scale.weight) return fmt::format("{{weight: {}}}", *scale.weight);
    return "{matchTrafficWeight: true}";
}

void write_experiment(YamlWriter& out, const Step& step) {
    out.open("experiment");
    const Deeper deeper(out);
    if (step.duration) out.put("duration", duration_text(*step.duration));
    out.open("templates");
    for (const ExperimentSet& each : step.experiment.sets) {
        YamlPairs pairs{{"name", yaml_scalar(each.name)}, {"specRef", each.version}};
        if (each.replicas != 1) pairs.emplace_back("replicas", fmt::format("{}", each.replicas));
        if (each.weight != 0) pairs.emplace_back("weight", fmt::format("{}", each.weight));
        out.entry(yaml_flow(pairs));
    }
    if (step.experiment.analyses.empty()) return;
    out.open("analyses");
    for (const AnalysisUse& each : step.experiment.analyses) {
        const std::string name = yaml_scalar(each.templates.empty() ? "" : each.templates.front());
        YamlPairs pairs{{"name", name}, {"templateName", name}};
        if (!each.args.empty()) pairs.emplace_back("args", arguments_flow(each.args));
        out.entry(yaml_flow(pairs));
    }
}

void write_step(YamlWriter& out, const Step& step) {
    const std::string key(to_string(step.kind));
    YamlPairs pairs;
    if (step.duration) pairs.emplace_back("duration", duration_text(*step.duration));
    const Deeper deeper(out);
    out.begin_entry();
    switch (step.kind) {
        case StepKind::set_weight:
            return out.put(key, fmt::format("{}", step.weight));
        case StepKind::pause:
            return out.put(key, yaml_flow(pairs));
        case StepKind::analysis:
            std::ranges::move(use_pairs(step.analysis), std::back_inserter(pairs));
            return out.put(key, yaml_flow(pairs));
        case StepKind::set_canary_scale:
            return out.put(key, scale_flow(step.scale));
        case StepKind::set_header_route:
            return out.put(key, route_flow(step.header_route));
        case StepKind::set_mirror_route:
            return out.put(key, route_flow(step.mirror));
        case StepKind::experiment: {
            // What belongs to an entry stands under its key, not under the dash.
            return write_experiment(out, step);
        }
    }
}

void write_canary(YamlWriter& out, const Specification& specification) {
    out.open("steps");
    for (const Step& step : specification.steps) write_step(out, step);
    if (specification.background) {
        YamlPairs pairs = use_pairs(*specification.background);
        if (specification.background->starting_step > 0)
            pairs.emplace_back("startingStep", fmt::format("{}", specification.background->starting_step));
        out.put("analysis", yaml_flow(pairs));
    }
    if (!specification.route_cookie.empty()) out.put("routeCookie", yaml_scalar(specification.route_cookie));
    if (specification.split == traffic::SplitMode::round_robin) out.put("split", "roundRobin");
    if (specification.abort_scale_down_delay != Specification{}.abort_scale_down_delay)
        out.put("abortScaleDownDelaySeconds", in_seconds(specification.abort_scale_down_delay));
}

void write_blue_green(YamlWriter& out, const BlueGreen& plan) {
    if (plan.preview_instances > 0) out.put("previewReplicaCount", fmt::format("{}", plan.preview_instances));
    out.put("autoPromotionEnabled", plan.auto_promotion ? "true" : "false");
    if (plan.auto_promotion_after) out.put("autoPromotionSeconds", in_seconds(*plan.auto_promotion_after));
    if (plan.pre_promotion) out.put("prePromotionAnalysis", yaml_flow(use_pairs(*plan.pre_promotion)));
    if (plan.post_promotion) out.put("postPromotionAnalysis", yaml_flow(use_pairs(*plan.post_promotion)));
    out.put("scaleDownDelaySeconds", in_seconds(plan.scale_down_delay));
}

void write_rolling(YamlWriter& out, const Rolling& plan) {
    out.put("maxUnavailable", fmt::format("{}", plan.max_unavailable));
    out.put("maxSurge", fmt::format("{}", plan.max_surge));
    out.put("minReadySeconds", in_seconds(plan.min_ready));
    out.put("progressDeadlineSeconds", in_seconds(plan.progress_deadline));
}

void write_target(YamlWriter& out, const TargetVersion& target) {
    out.put("version", yaml_scalar(target.label));
    out.put("instances", fmt::format("{}", target.instances));
    if (!target.program.empty()) out.put("program", yaml_scalar(target.program));
    if (!target.flags.empty()) {
        YamlPairs flags;
        for (const auto& [flag, variant] : target.flags)
            flags.emplace_back(yaml_scalar(flag), yaml_scalar(variant));
        out.put("flags", yaml_flow(flags));
    }
    if (target.faults.empty()) return;
    out.open("faults");
    const BornFault usual;
    for (const BornFault& each : target.faults) {
        YamlPairs pairs{{"kind", yaml_scalar(each.kind)}};
        if (each.amount != usual.amount) pairs.emplace_back("amount", fmt::format("{}", each.amount));
        if (each.ratio != usual.ratio) pairs.emplace_back("ratio", fmt::format("{}", each.ratio));
        if (each.for_s != usual.for_s) pairs.emplace_back("for_s", fmt::format("{}", each.for_s));
        if (!each.route.empty()) pairs.emplace_back("route", yaml_scalar(each.route));
        out.entry(yaml_flow(pairs));
    }
}

void write_analysis(YamlWriter& out, const Analysis& analysis) {
    const Analysis usual;
    out.put("onFailure", to_string(analysis.on_failure));
    const auto put = [&](std::string_view key, const auto& value, const auto& otherwise) {
        if (value != otherwise) out.put(key, fmt::format("{}", value));
    };
    put("confidence", analysis.confidence, usual.confidence);
    if (analysis.window != usual.window) out.put("window", duration_text(analysis.window));
    put("minSample", analysis.min_sample, usual.min_sample);
    put("maxErrorIncrease", analysis.max_error_increase, usual.max_error_increase);
    put("maxSlowIncrease", analysis.max_slow_increase, usual.max_slow_increase);
    put("latencyThreshold", analysis.latency_threshold_s, usual.latency_threshold_s);
    put("failureLimit", analysis.failure_limit, usual.failure_limit);
    put("background", analysis.background, usual.background);
}

void write_metric(YamlWriter& out, const MetricSpec& metric) {
    const MetricSpec usual;
    const Deeper deeper(out);
    out.begin_entry();
    out.put("name", yaml_scalar(metric.name));
    if (metric.interval) out.put("interval", duration_text(*metric.interval));
    if (metric.initial_delay != usual.initial_delay)
        out.put("initialDelay", duration_text(metric.initial_delay));
    if (metric.count) out.put("count", fmt::format("{}", *metric.count));
    if (!metric.success_condition.empty()) out.text("successCondition", metric.success_condition);
    if (!metric.failure_condition.empty()) out.text("failureCondition", metric.failure_condition);
    const auto limit = [&](std::string_view key, std::int64_t value, std::int64_t otherwise) {
        if (value != otherwise) out.put(key, fmt::format("{}", value));
    };
    limit("failureLimit", metric.failure_limit, usual.failure_limit);
    limit("inconclusiveLimit", metric.inconclusive_limit, usual.inconclusive_limit);
    limit("consecutiveErrorLimit", metric.consecutive_error_limit, usual.consecutive_error_limit);
    if (metric.consecutive_success_limit)
        out.put("consecutiveSuccessLimit", fmt::format("{}", *metric.consecutive_success_limit));
    const MetricProvider& provider = metric.provider;
    out.open("provider");
    const Deeper in_provider(out);
    out.open(providers[std::size_t(provider.kind)]);
    const Deeper in_kind(out);
    if (!provider.address.empty()) out.put("address", yaml_scalar(provider.address));
    if (provider.kind == MetricProvider::Kind::site && provider.arm != "canary")
        out.put("arm", yaml_scalar(provider.arm));
    out.text("query", provider.query);
}

void write_template(YamlWriter& out, const AnalysisTemplate& analysis) {
    out.document();
    out.put("apiVersion", api);
    out.put("kind", "AnalysisTemplate");
    out.open("metadata");
    {
        const Deeper deeper(out);
        out.put("name", yaml_scalar(analysis.name));
    }
    out.open("spec");
    const Deeper deeper(out);
    if (!analysis.args.empty()) {
        out.open("args");
        for (const TemplateArgument& each : analysis.args) {
            YamlPairs pairs{{"name", yaml_scalar(each.name)}};
            if (each.value) pairs.emplace_back("value", yaml_scalar(*each.value));
            out.entry(yaml_flow(pairs));
        }
    }
    out.open("metrics");
    for (const MetricSpec& each : analysis.metrics) write_metric(out, each);
}

}  // namespace

std::string duration_text(milliseconds duration) {
    struct Unit {
        std::string_view word;
        std::int64_t ms;
    };
    constexpr std::array<Unit, 4> units{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
    std::string text;
    std::int64_t left = duration.count();
    for (const auto& [word, ms] : units) {
        if (left >= ms) text += fmt::format("{}{}", left / ms, word);
        left %= ms;
    }
    return text.empty() ? "0s" : text;
}

std::string to_yaml_text(const Specification& specification) {
    YamlWriter out;
    out.put("apiVersion", api);
    out.put("kind", "Rollout");
    out.open("metadata");
    {
        const Deeper deeper(out);
        out.put("name", yaml_scalar(specification.name));
    }
    out.open("spec");
    {
        const Deeper deeper(out);
        out.open("strategy");
        {
            const Deeper in_strategy(out);
            out.open(to_string(specification.strategy));
            const Deeper in_kind(out);
            if (specification.strategy == Strategy::canary)
                write_canary(out, specification);
            else if (specification.strategy == Strategy::blue_green)
                write_blue_green(out, specification.blue_green);
            else
                write_rolling(out, specification.rolling);
        }
        out.open("target");
        {
            const Deeper in_target(out);
            write_target(out, specification.target);
        }
        out.open("analysis");
        {
            const Deeper in_analysis(out);
            write_analysis(out, specification.analysis);
        }
        if (specification.approvals > 0) out.put("approvals", fmt::format("{}", specification.approvals));
        if (!specification.group.empty()) out.put("group", yaml_scalar(specification.group));
        if (!specification.driver.empty()) out.put("driver", yaml_scalar(specification.driver));
        if (specification.rollback_window != Specification{}.rollback_window)
            out.put("rollbackWindow", fmt::format("{{revisions: {}}}", specification.rollback_window));
    }
    for (const AnalysisTemplate& each : specification.templates) write_template(out, each);
    return std::move(out).take();
}

}  // namespace qd::rollouts
