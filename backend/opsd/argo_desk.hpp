#pragma once
// A cluster's Argo Rollouts as one of opsd's controllers: what the watch shows is published as the engine's
// rollouts are, and what changes and is done is told to the incidents. Nothing of it is stored: the cluster
// is where it is kept.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "incidents/engine/incident_desk.hpp"
#include "kubernetes/settings.hpp"
#include "opsd/context.hpp"
#include "opsd/rollout_desk.hpp"

namespace qd::opsd {

/// Thread-safe. Threads: two "kube-watch" for each namespace. Destroyed after the context's executor has
/// stopped.
class ArgoDesk {
public:
    /// What is passed outlives it. Errc::config when the kubeconfig does not tell how to reach the cluster.
    /// That the cluster does not answer is no error: it is shown.
    static core::Result<std::unique_ptr<ArgoDesk>> open(const kubernetes::ArgoSettings& settings,
                                                        const Context& context, incidents::IncidentDesk& desk,
                                                        const RolloutPolicy& policy);

    rollouts::Controller& controller() { return controller_; }
    DriverState state() const;
    /// From now on news are told, those since open() first.
    void start();

private:
    ArgoDesk(kubernetes::ClusterAccess access, const kubernetes::ArgoOptions& options, const Context& context,
             incidents::IncidentDesk& desk, const RolloutPolicy& policy);
    kubernetes::ArgoHooks hooks();
    void post();
    void tell();
    void note_sent(const rollouts::Rollout& rollout, rollouts::Action action, const std::string& actor,
                   const std::string& reason);
    void note_moved(const rollouts::Rollout& before, const rollouts::Rollout& now);

    const Context& context_;
    incidents::IncidentDesk& desk_;
    const RolloutPolicy& policy_;
    std::mutex mutex_;  // guards the next two: news may come before the constructor has ended
    bool started_ = false, news_ = false;
    std::mutex telling_;                             // one tell() at a time; guards told_
    std::map<std::string, rollouts::Rollout> told_;  // by id, as they were last told
    core::SystemRandom random_;
    kubernetes::Credentials credentials_;
    kubernetes::ApiClient api_;
    kubernetes::ArgoController controller_;  // last: its threads use the others
};

}  // namespace qd::opsd
