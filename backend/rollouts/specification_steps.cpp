#include <algorithm>

#include "rollouts/specification_reader.hpp"

namespace qd::rollouts {
namespace {

using std::chrono::milliseconds;
using Templates = std::vector<AnalysisTemplate>;
using Words = std::map<std::string, std::string>;

constexpr std::size_t max_steps = 64, most_matches = 8, longest_text = 256, max_sets = 4, max_analyses = 8;
constexpr milliseconds day = std::chrono::hours(24);

traffic::TextMatch match_of(Fields& reader, const std::string& key, const Words& words) {
    traffic::TextMatch match;
    if (words.size() != 1) {
        reader.reject(key, "needs one of exact, prefix and regex");
        return match;
    }
    const auto& [word, value] = *words.begin();
    if (word == "prefix")
        match.kind = traffic::MatchKind::prefix;
    else if (word == "regex")
        match.kind = traffic::MatchKind::regex;
    else if (word != "exact")
        reader.reject(key, "needs one of exact, prefix and regex");
    if (value.size() > longest_text) reader.reject(key, "must be at most 256 bytes");
    match.value = value.substr(0, longest_text);
    return match;
}

std::string read_route_name(Fields& reader) {
    auto name = reader.get<std::string>("name", "");
    if (!is_plain_name(name)) reader.reject("name", "must be 1 to 63 letters, digits, '.', '_' or '-'");
    return name;
}

CanaryScale read_scale(Fields& reader) {
    CanaryScale scale;
    if (reader.has("replicas")) scale.replicas = unsigned(reader.get_in_range<int>("replicas", 0, 0, 8));
    if (reader.has("weight")) scale.weight = reader.get_percent("weight");
    scale.match_traffic_weight = reader.get<bool>("matchTrafficWeight", false);
    if (int(scale.replicas.has_value()) + int(scale.weight.has_value()) + int(scale.match_traffic_weight) !=
        1)
        reader.reject("replicas", "needs to be said: one of replicas, weight and matchTrafficWeight");
    return scale;
}

traffic::HeaderRoute read_header_route(Fields& reader) {
    traffic::HeaderRoute route;
    route.name = read_route_name(reader);
    for (Fields& each : reader.children("match")) {
        if (route.match.size() == most_matches) {
            reader.reject("match", "must be at most 8");
            break;
        }
        traffic::HeaderMatch match;
        match.header = each.require<std::string>("headerName");
        if (match.header.empty() || match.header.size() > longest_text)
            each.reject("headerName", "must be 1 to 256 bytes");
        match.value = match_of(each, "headerValue", each.get<Words>("headerValue", {}));
        each.close();
        route.match.push_back(std::move(match));
    }
    return route;
}

traffic::MirrorRoute read_mirror_route(Fields& reader) {
    traffic::MirrorRoute route;
    route.name = read_route_name(reader);
    if (reader.has("percentage")) route.percentage = reader.get_percent("percentage");
    for (Fields& each : reader.children("match")) {
        if (route.match.size() == most_matches) {
            reader.reject("match", "must be at most 8");
            break;
        }
        traffic::RequestMatch match;
        if (each.has("method")) match.method = match_of(each, "method", each.get<Words>("method", {}));
        if (each.has("path")) match.path = match_of(each, "path", each.get<Words>("path", {}));
        const auto headers = each.get<std::map<std::string, Words>>("headers", {});
        if (headers.size() > most_matches) each.reject("headers", "must be at most 8");
        for (const auto& [name, words] : headers) {
            if (match.headers.size() == most_matches) break;
            if (name.empty() || name.size() > longest_text)
                each.reject("headers", "need names of 1 to 256 bytes");
            match.headers.push_back({name, match_of(each, "headers", words)});
        }
        each.close();
        route.match.push_back(std::move(match));
    }
    return route;
}

Experiment read_experiment(Fields& reader, const Templates& known) {
    Experiment experiment;
    unsigned weights = 0;
    for (Fields& each : reader.children("templates")) {
        if (experiment.sets.size() == max_sets) {
            reader.reject("templates", "must be at most 4");
            break;
        }
        ExperimentSet set;
        set.name = read_route_name(each);
        set.version = each.get<std::string>("specRef", "stable");
        if (set.version != "stable" && set.version != "canary")
            each.reject("specRef", "must be stable or canary");
        set.replicas = unsigned(each.get_in_range<int>("replicas", 1, 1, 8));
        if (each.has("weight")) set.weight = each.get_percent("weight");
        weights += set.weight;
        if (std::ranges::find(experiment.sets, set.name, &ExperimentSet::name) != experiment.sets.end())
            each.reject("name", "is there twice");
        each.close(Place::experiment_set);
        experiment.sets.push_back(std::move(set));
    }
    if (experiment.sets.empty()) reader.reject("templates", "must hold at least one set of instances");
    if (weights > 100) reader.reject("templates", "have more than 100 percent of the traffic");
    for (Fields& each : reader.children("analyses")) {
        if (experiment.analyses.size() == max_analyses) {
            reader.reject("analyses", "must be at most 8");
            break;
        }
        each.get<std::string>("name", "");  // Argo Rollouts' name of the run; ours is named by its step
        AnalysisUse use;
        use.templates = {each.require<std::string>("templateName")};
        use.args = read_arguments(each);
        check_use(each, "templateName", use, known);
        each.close(Place::experiment_analysis);
        experiment.analyses.push_back(std::move(use));
    }
    return experiment;
}

std::optional<AnalysisUse> read_optional_use(Fields& reader, const std::string& key, const Templates& known) {
    if (!reader.has(key)) return std::nullopt;
    Fields inner = reader.child(key);
    AnalysisUse use = read_use(inner, known);
    inner.close(Place::use);
    return use;
}

void read_canary(Fields& canary, Specification& specification) {
    const Templates& known = specification.templates;
    auto steps = canary.children("steps");
    if (steps.empty()) canary.reject("steps", "must hold at least one step");
    if (steps.size() > max_steps) canary.reject("steps", "must hold at most 64 steps");
    for (Fields& each : steps) {
        if (specification.steps.size() == max_steps) break;
        specification.steps.push_back(read_step(each, known));
    }
    if (!steps.empty() && std::ranges::none_of(specification.steps, [](const Step& step) {
            return step.kind == StepKind::set_weight && step.weight > 0;
        }))
        canary.reject("steps", "give the canary no traffic: one setWeight above 0 is needed");
    if (canary.has("analysis")) {
        Fields inner = canary.child("analysis");
        specification.background = read_use(inner, known);
        specification.background->starting_step =
            inner.get_in_range<std::size_t>("startingStep", 0, 0, specification.steps.size());
        inner.close(Place::use);
    }
    if (canary.has("trafficRouting")) {
        Fields routing = canary.child("trafficRouting");
        if (routing.get<std::string>("maxTrafficWeight", "100") != "100")
            routing.reject("maxTrafficWeight", "is not supported: weights are percent; take it out");
        canary.note("trafficRouting", "has no effect here: driver says who routes");
    }
    specification.route_cookie = canary.get<std::string>("routeCookie", "");
    if (!specification.route_cookie.empty() && !is_plain_name(specification.route_cookie))
        canary.reject("routeCookie", "must be 1 to 63 letters, digits, '.', '_' or '-'");
    const auto split = canary.get<std::string>("split", "session");
    if (split == "roundRobin")
        specification.split = traffic::SplitMode::round_robin;
    else if (split != "session")
        canary.reject("split", "must be session or roundRobin");
    read_duration_in(canary, "abortScaleDownDelaySeconds", specification.abort_scale_down_delay, {}, day);
    if (canary.has("abortScaleDownDelaySeconds") && specification.abort_scale_down_delay == milliseconds(0))
        canary.note("abortScaleDownDelaySeconds",
                    "of 0 ends the canaries at once here; Argo Rollouts would keep them: say 1d for that");
}

void read_blue_green(Fields& reader, Specification& specification) {
    BlueGreen& plan = specification.blue_green;
    plan.preview_instances = unsigned(reader.get_in_range<int>("previewReplicaCount", 0, 0, 8));
    plan.auto_promotion = reader.get<bool>("autoPromotionEnabled", true);
    if (reader.has("autoPromotionSeconds")) {
        plan.auto_promotion_after = milliseconds(0);
        read_duration_in(reader, "autoPromotionSeconds", *plan.auto_promotion_after, {}, day);
    }
    plan.pre_promotion = read_optional_use(reader, "prePromotionAnalysis", specification.templates);
    plan.post_promotion = read_optional_use(reader, "postPromotionAnalysis", specification.templates);
    read_duration_in(reader, "scaleDownDelaySeconds", plan.scale_down_delay, {}, day);
}

void read_rolling(Fields& reader, Rolling& plan, unsigned instances) {
    plan.max_unavailable = reader.get_share("maxUnavailable", 1, instances, false, 8);
    plan.max_surge = reader.get_share("maxSurge", 1, instances, true, 8);
    if (plan.max_unavailable == 0 && plan.max_surge == 0)
        reader.reject("maxUnavailable", "and maxSurge are both 0: nothing could be replaced");
    read_duration_in(reader, "minReadySeconds", plan.min_ready, {}, day);
    read_duration_in(reader, "progressDeadlineSeconds", plan.progress_deadline, std::chrono::seconds(1), day);
}

}  // namespace

Step read_step(Fields& reader, const Templates& known) {
    Step step;
    std::string first;
    for (int i = int(StepKind::set_weight); i <= int(StepKind::experiment); ++i) {
        const std::string key(to_string(StepKind(i)));
        if (!reader.has(key)) continue;
        if (!first.empty()) {
            reader.reject(first, "stands beside another step: each needs an entry of its own");
            break;
        }
        first = key;
        step.kind = StepKind(i);
        if (step.kind == StepKind::set_weight) {
            step.weight = reader.get_percent(key);
            continue;
        }
        Fields inner = reader.child(key);
        const bool timed = step.kind == StepKind::pause || step.kind == StepKind::analysis ||
                           step.kind == StepKind::experiment;
        if (timed) step.duration = read_duration(inner, "duration");
        if (step.kind == StepKind::analysis) step.analysis = read_use(inner, known);
        if (step.kind == StepKind::set_canary_scale) step.scale = read_scale(inner);
        if (step.kind == StepKind::set_header_route) step.header_route = read_header_route(inner);
        if (step.kind == StepKind::set_mirror_route) step.mirror = read_mirror_route(inner);
        if (step.kind == StepKind::experiment) step.experiment = read_experiment(inner, known);
        inner.close(step.kind == StepKind::analysis     ? Place::use
                    : step.kind == StepKind::experiment ? Place::experiment
                                                        : Place::other);
    }
    // An unknown step is named by its key, an empty one by the list it stands in.
    if (reader.close(Place::step) && first.empty())
        reader.reject("steps", "holds an empty step: take it out");
    return step;
}

void read_strategy(Fields& reader, Specification& specification) {
    std::string first;
    for (int i = 0; i <= int(Strategy::rolling); ++i) {
        const std::string key(to_string(Strategy(i)));
        if (!reader.has(key)) continue;
        if (!first.empty()) {
            reader.reject(key, "stands beside another strategy");
            return;
        }
        first = key;
        specification.strategy = Strategy(i);
        Fields inner = reader.child(key);
        if (specification.strategy == Strategy::canary)
            read_canary(inner, specification);
        else if (specification.strategy == Strategy::blue_green)
            read_blue_green(inner, specification);
        else
            read_rolling(inner, specification.rolling, specification.target.instances);
        inner.close(specification.strategy == Strategy::canary       ? Place::canary
                    : specification.strategy == Strategy::blue_green ? Place::blue_green
                                                                     : Place::other);
    }
    if (first.empty()) reader.reject("canary", "is missing: canary, blueGreen or rolling");
}

}  // namespace qd::rollouts
