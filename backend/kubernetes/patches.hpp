#pragma once
// What an action sends to Kubernetes: exactly the patches of `kubectl argo rollouts` (argo-rollouts@9f8d111),
// to exactly its subresources. Pure.

#include <optional>
#include <string>
#include <vector>

#include "kubernetes/api_client.hpp"
#include "kubernetes/rollout_object.hpp"

namespace qd::kubernetes {

struct PatchPlan {
    std::vector<ApiCall> calls;        // in their order
    std::vector<std::string> effects;  // sentences, above all those that surprise
    std::optional<std::string> refusal;
};

/// An earlier version: what its ReplicaSet was made of.
struct EarlierRevision {
    std::uint64_t revision = 0;
    Object pod_template;  // as spec.template takes it
};

/// Next is Argo's promote, promote its promote --full; resume ends a pause by hand alone, ends the pause of a
/// step, or begins an aborted update again (Argo's retry). Argo has no step back and no ramp down: refused.
/// `earlier` is for undo alone.
PatchPlan plan_action(const ArgoState& state, rollouts::Action action,
                      const std::optional<EarlierRevision>& earlier = std::nullopt);

/// The latest revision below the Rollout's own, of the ReplicaSets that it owns.
std::optional<EarlierRevision> earlier_revision(const ArgoState& state,
                                                const std::vector<Object>& replica_sets);

/// Where a patch of the status goes on a server whose Rollouts have no status subresource (it answered 404);
/// nothing for other calls.
std::optional<ApiCall> without_subresource(const ApiCall& call);

}  // namespace qd::kubernetes
