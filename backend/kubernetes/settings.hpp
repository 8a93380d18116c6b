#pragma once
// Which cluster's Argo Rollouts are shown:
//
//   argo:
//     kubeconfig: ~/.kube/config   # as kubectl finds it when absent
//     context: production          # current-context when absent
//     namespaces: [shop, billing]  # all when absent
//     read_only: true              # false when absent

#include <filesystem>
#include <optional>

#include "core/config.hpp"
#include "kubernetes/argo_controller.hpp"

namespace qd::kubernetes {

struct ArgoSettings {
    std::filesystem::path kubeconfig;
    std::string context;
    ArgoOptions options;
};

/// The mapping `argo` of `reader`, which takes its errors; nothing when there is none. At most 16 namespaces.
std::optional<ArgoSettings> read_argo(core::ConfigReader& reader);

}  // namespace qd::kubernetes
