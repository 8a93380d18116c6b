#pragma once
// Argo Rollouts' objects (argoproj.io/v1alpha1, argo-rollouts@9f8d111) as this project's values. Lenient:
// what is missing or of another shape is left out, as the console must show what there is.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "rollouts/rollout.hpp"

namespace qd::kubernetes {

struct ArgoPause {
    std::string reason;  // CanaryPauseStep, BlueGreenPause, InconclusiveAnalysisRun, InconclusiveExperiment
    std::optional<core::WallTime> since;

    bool operator==(const ArgoPause&) const = default;
};

/// What actions and the phase depend on.
struct ArgoState {
    std::string space, name, uid, resource_version;
    rollouts::Strategy strategy = rollouts::Strategy::canary;
    std::vector<rollouts::Step> steps;
    std::optional<std::size_t> step;  // currentStepIndex, for a canary that has steps
    bool spec_paused = false;
    std::vector<ArgoPause> pauses;  // status.pauseConditions
    bool controller_pause = false;
    bool step_inconclusive = false;  // the analysis of the current step is
    bool abort = false, promote_full = false;
    std::string current_hash,
        stable_hash;             // pod template hashes; of the new version, of the one that is stable
    std::uint64_t revision = 0;  // 0: not known

    bool fully_promoted() const { return current_hash == stable_hash; }
};

ArgoState read_argo_state(const nlohmann::json& object);

enum class ArgoPhase { healthy, progressing, paused, degraded };

struct ArgoPhaseReading {
    ArgoPhase phase = ArgoPhase::progressing;
    std::string message;  // e.g. "CanaryPauseStep", "RolloutAborted: …"

    bool operator==(const ArgoPhaseReading&) const = default;
};

/// In the controller's order: a specification it has not looked at yet, and an unpausing one, are
/// progressing; then InvalidSpec, aborted or timed out; paused by hand; any pause condition; replicas;
/// healthy.
ArgoPhaseReading argo_phase(const nlohmann::json& object);

/// All but what the controller knows: driver, connection, refusals, analyses.
rollouts::Rollout decode_rollout(const nlohmann::json& object, core::WallTime now);

/// An AnalysisRun; `owner` is the name of the Rollout that it belongs to, empty when there is none.
struct OwnedRun {
    std::string space, owner;
    std::string hash;  // the pod template's that it judges
    rollouts::AnalysisRun run;
};
OwnedRun decode_analysis_run(const nlohmann::json& object);

/// "argo:<namespace>:<name>": one segment of a URL, and no name of Kubernetes holds a colon.
rollouts::RolloutId argo_id(std::string_view space, std::string_view name);

}  // namespace qd::kubernetes
