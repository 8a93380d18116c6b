#include "kubernetes/argo_steps.hpp"

#include <algorithm>

#include "kubernetes/lenient.hpp"

namespace qd::kubernetes {
namespace {

using nlohmann::json;
using rollouts::Step;
using rollouts::StepKind;

unsigned percent_of(const json& value) {
    return unsigned(std::min<std::uint64_t>(100, lenient::count(value)));
}

rollouts::AnalysisUse decode_use(const json& value) {
    rollouts::AnalysisUse use;
    for (const json& entry : lenient::items(lenient::at(value, "templates")))
        use.templates.push_back(lenient::text(lenient::at(entry, "templateName")));
    for (const json& entry : lenient::items(lenient::at(value, "args")))
        use.args[lenient::text(lenient::at(entry, "name"))] = lenient::text(lenient::at(entry, "value"));
    return use;
}

traffic::TextMatch decode_match(const json& value) {
    using traffic::MatchKind;
    if (value.contains("prefix")) return {traffic::MatchKind::prefix, lenient::text(value["prefix"])};
    if (value.contains("regex")) return {traffic::MatchKind::regex, lenient::text(value["regex"])};
    return {traffic::MatchKind::exact, lenient::text(lenient::at(value, "exact"))};
}

Step decode_step(const json& value) {
    Step step;
    if (!value.is_object()) {
        step.kind = StepKind::pause;
    } else if (value.contains("setWeight")) {
        step.weight = percent_of(value["setWeight"]);
    } else if (value.contains("analysis")) {
        step.kind = StepKind::analysis;
        step.analysis = decode_use(value["analysis"]);
    } else if (value.contains("experiment")) {
        step.kind = StepKind::experiment;
        if (const auto length =
                rollouts::parse_duration(lenient::text(lenient::at(value["experiment"], "duration"))))
            step.duration = *length;
        for (const json& entry : lenient::items(lenient::at(value["experiment"], "templates")))
            step.experiment.sets.push_back(
                {lenient::text(lenient::at(entry, "name")), lenient::text(lenient::at(entry, "specRef")),
                 unsigned(std::min<std::uint64_t>(8, lenient::count(lenient::at(entry, "replicas")))), 0});
    } else if (value.contains("setCanaryScale")) {
        step.kind = StepKind::set_canary_scale;
        const json& scale = value["setCanaryScale"];
        if (const auto replicas = lenient::number(lenient::at(scale, "replicas")))
            step.scale.replicas = unsigned(*replicas);
        if (lenient::number(lenient::at(scale, "weight"))) step.scale.weight = percent_of(scale["weight"]);
        step.scale.match_traffic_weight = lenient::flag(lenient::at(scale, "matchTrafficWeight"));
    } else if (value.contains("setHeaderRoute")) {
        step.kind = StepKind::set_header_route;
        step.header_route.name = lenient::text(lenient::at(value["setHeaderRoute"], "name"));
        for (const json& entry : lenient::items(lenient::at(value["setHeaderRoute"], "match")))
            step.header_route.match.push_back({lenient::text(lenient::at(entry, "headerName")),
                                               decode_match(lenient::at(entry, "headerValue"))});
    } else if (value.contains("setMirrorRoute")) {
        step.kind = StepKind::set_mirror_route;
        step.mirror.name = lenient::text(lenient::at(value["setMirrorRoute"], "name"));
        if (lenient::number(lenient::at(value["setMirrorRoute"], "percentage")))
            step.mirror.percentage = percent_of(value["setMirrorRoute"]["percentage"]);
    } else {
        step.kind = StepKind::pause;
        if (const auto length =
                rollouts::parse_duration(lenient::text(lenient::at(lenient::at(value, "pause"), "duration"))))
            step.duration = *length;
    }
    return step;
}

}  // namespace

std::vector<Step> decode_argo_steps(const json& steps) {
    std::vector<Step> decoded;
    for (const json& step : lenient::items(steps)) decoded.push_back(decode_step(step));
    return decoded;
}

}  // namespace qd::kubernetes
