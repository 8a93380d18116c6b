#include <array>

#include "kubernetes/lenient.hpp"
#include "kubernetes/rollout_object.hpp"

namespace qd::kubernetes {
namespace {

using lenient::at;
using nlohmann::json;

/// Until v1 the field held a hash: then the controller has seen it as far as anybody can tell. It is a text.
bool generation_observed(const json& object) {
    const auto observed = lenient::number(at(at(object, "status"), "observedGeneration"));
    const auto generation = lenient::number(at(at(object, "metadata"), "generation"));
    if (lenient::text(at(at(object, "status"), "observedGeneration")).empty()) return false;
    return !observed || !generation || *observed >= *generation;
}

}  // namespace

ArgoPhaseReading argo_phase(const json& object) {
    const json &spec = at(object, "spec"), &status = at(object, "status");
    const json& pauses = lenient::items(at(status, "pauseConditions"));
    if (!generation_observed(object))
        return {ArgoPhase::progressing, "waiting for rollout spec update to be observed"};
    if (lenient::flag(at(status, "controllerPause")) && pauses.empty())
        return {ArgoPhase::progressing, "waiting for rollout to unpause"};
    for (const json& condition : lenient::items(at(status, "conditions"))) {
        const std::string type = lenient::text(at(condition, "type")),
                          reason = lenient::text(at(condition, "reason"));
        const std::string message = lenient::text(at(condition, "message"));
        if (type == "InvalidSpec") return {ArgoPhase::degraded, "InvalidSpec: " + message};
        if (reason == "RolloutAborted" || reason == "ProgressDeadlineExceeded")
            return {ArgoPhase::degraded, reason + ": " + message};
    }
    if (lenient::flag(at(spec, "paused"))) return {ArgoPhase::paused, "manually paused"};
    if (!pauses.empty()) return {ArgoPhase::paused, lenient::text(at(pauses.front(), "reason"))};
    const std::int64_t wanted = lenient::number(at(spec, "replicas")).value_or(1);
    const auto counted = [&](const char* key) { return lenient::number(at(status, key)).value_or(0); };
    if (counted("updatedReplicas") < wanted)
        return {ArgoPhase::progressing, "more replicas need to be updated"};
    const std::string current = lenient::text(at(status, "currentPodHash"));
    const std::string stable = lenient::text(at(status, "stableRS"));
    if (at(at(spec, "strategy"), "blueGreen").is_object()) {
        const std::string active = lenient::text(at(at(status, "blueGreen"), "activeSelector"));
        if (active.empty() || active != current)
            return {ArgoPhase::progressing, "active service cutover pending"};
        if (stable.empty() || stable != current)
            return {ArgoPhase::progressing, "waiting for analysis to complete"};
    } else {
        if (counted("replicas") > counted("updatedReplicas"))
            return {ArgoPhase::progressing, "old replicas are pending termination"};
        if (counted("availableReplicas") < counted("updatedReplicas"))
            return {ArgoPhase::progressing, "updated replicas are still becoming available"};
        if (stable.empty() || stable != current)
            return {ArgoPhase::progressing, "waiting for all steps to complete"};
    }
    return {ArgoPhase::healthy, ""};
}

}  // namespace qd::kubernetes
