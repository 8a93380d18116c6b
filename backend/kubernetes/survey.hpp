#pragma once
// What a cluster is and lets us do with its Argo Rollouts, for whoever checks a configuration. Nothing is
// changed: access reviews are questions.

#include <string>
#include <vector>

#include "kubernetes/api_client.hpp"
#include "kubernetes/argo_controller.hpp"

namespace qd::kubernetes {

struct ClusterSurvey {
    std::string version;                // of the API server, "v1.30.2"; empty: it does not say
    std::vector<std::string> allowed;   // "shop: list, watch rollouts; patch rollouts/status"
    std::vector<std::string> troubles;  // what keeps rollouts from being seen or steered, with what to do
};

/// Blocks for a few requests for each namespace. An Error: the cluster does not answer, or has no Argo
/// Rollouts that could be listed.
core::Result<ClusterSurvey> survey(ApiClient& api, const ArgoOptions& options);

}  // namespace qd::kubernetes
