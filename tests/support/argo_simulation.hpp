#pragma once
// The part of Argo Rollouts' controller that answers to what people patch: it moves pod hashes, weights and
// steps in the status, and no pods.

#include <nlohmann/json.hpp>

namespace qd::test {

/// The status after one look at the object; the same when there is nothing to do.
inline nlohmann::json reconciled(nlohmann::json object) {
    using nlohmann::json;
    auto& status = object["status"];
    status["observedGeneration"] = std::to_string(object["metadata"]["generation"].get<int>());
    const auto weigh = [&](int canary) {
        status["canary"]["weights"]["canary"]["weight"] = canary;
        status["canary"]["weights"]["stable"]["weight"] = 100 - canary;
    };
    const bool updating = status.value("currentPodHash", "") != status.value("stableRS", "");
    const json steps = object["spec"]["strategy"].value(json::json_pointer("/canary/steps"), json::array());
    if (status.value("abort", false)) {
        if (!status.contains("abortedAt")) status["abortedAt"] = "2026-11-24T10:30:00Z";
        status.erase("pauseConditions");
        status.erase("controllerPause");
        status["currentStepIndex"] = 0;
        weigh(0);
        status["conditions"] = json::array({{{"type", "Progressing"},
                                             {"status", "False"},
                                             {"reason", "RolloutAborted"},
                                             {"lastUpdateTime", "2026-11-24T10:30:00Z"},
                                             {"message", "Rollout aborted update to revision 2"}}});
        return object;
    }
    if (status.contains("abortedAt")) {  // a retry
        status.erase("abortedAt");
        status["conditions"] = json::array();
    }
    if (status.value("promoteFull", false)) {
        status["stableRS"] = status["currentPodHash"];
        status["promoteFull"] = false;
        status.erase("pauseConditions");
        status["controllerPause"] = false;
        status["currentStepIndex"] = steps.size();
        weigh(0);
        status["replicas"] = status["updatedReplicas"] = status["availableReplicas"] =
            object["spec"].value("replicas", 1);
        return object;
    }
    if (object["spec"].value("paused", false) || !updating) return object;
    std::size_t step = status.value("currentStepIndex", std::size_t(0));
    if (!status.value("pauseConditions", json::array()).empty()) return object;
    if (status.value("controllerPause", false)) {  // somebody cleared the pause of the step
        status["controllerPause"] = false;
        ++step;
    }
    for (; step < steps.size(); ++step) {
        if (steps[step].contains("setWeight")) {
            weigh(steps[step]["setWeight"].get<int>());
        } else if (steps[step].contains("pause")) {
            status["controllerPause"] = true;
            status["pauseConditions"] =
                json::array({{{"reason", "CanaryPauseStep"}, {"startTime", "2026-11-24T10:00:00Z"}}});
            break;
        } else {
            break;  // an analysis runs
        }
    }
    status["currentStepIndex"] = step;
    if (step < steps.size()) return object;
    status["stableRS"] = status["currentPodHash"];
    weigh(0);
    status["replicas"] = status["updatedReplicas"] = status["availableReplicas"] =
        object["spec"].value("replicas", 1);
    return object;
}

}  // namespace qd::test
