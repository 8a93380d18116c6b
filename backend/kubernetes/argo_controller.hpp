#pragma once
// Argo Rollouts of a cluster, seen and steered through the Kubernetes API. It has not run against a real
// cluster: driver_note says so.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "kubernetes/patches.hpp"
#include "kubernetes/reflector.hpp"
#include "rollouts/controller.hpp"

namespace qd::kubernetes {

struct ArgoOptions {
    std::vector<std::string> namespaces;  // empty: all of them
    bool read_only = false;
    ReflectorOptions watch;
};

struct ArgoHooks {
    /// Something about a rollout, or about the connection, is not as it was. On threads of its own; must not
    /// block.
    std::function<void()> on_change;
    /// Requests of an action are about to be sent. Kubernetes keeps neither who nor why.
    std::function<void(const rollouts::Rollout&, rollouts::Action, const std::string& actor,
                       const std::string& reason)>
        on_act;
};

/// Thread-safe. list() and get() answer from what the watch has seen; act() and preview() ask the server.
class ArgoController final : public rollouts::Controller {
public:
    ArgoController(ApiClient& api, const core::Clock& clock, core::Random& random, ArgoOptions options,
                   ArgoHooks hooks);
    ~ArgoController() override;

    std::vector<rollouts::Rollout> list() const override;
    core::Result<rollouts::Rollout> get(const rollouts::RolloutId& id) const override;
    /// Sends the requests of preview(). What comes back is what has been observed so far, its message saying
    /// what was sent: the outcome is there once the watch shows it. Errc::permission_denied when read-only or
    /// by the cluster's RBAC, precondition_failed when the object is not of `expected_version` any more.
    core::Result<rollouts::Rollout> act(const rollouts::RolloutId& id, rollouts::Action action,
                                        const std::string& reason,
                                        const rollouts::RolloutAuthor& author) override;
    /// The exact requests for the object as it is now, tried on the server with dryRun=All: what it would
    /// refuse is in `refusal`.
    core::Result<rollouts::ActionPreview> preview(const rollouts::RolloutId& id,
                                                  rollouts::Action action) const override;
    /// Why nothing is known of the cluster now; nothing: it is connected.
    std::optional<std::string> trouble() const;

private:
    struct Sent {
        rollouts::Action action;
        std::string resource_version;  // of the object after it
        core::WallTime at;
    };
    struct Space;  // one namespace's reflectors, and how they are
    struct Planned {
        Object object;
        ArgoState state;
        PatchPlan plan;
    };

    void watch(Space& space, core::Random& random);
    void take_rollouts(const Space& space, const std::vector<Object>& objects);
    void take_runs(const Space& space, const std::vector<Object>& objects);
    void take_event(bool of_runs, const WatchEvent& event);
    void note_connection(Space& space, bool of_runs, std::optional<core::Error> lost);
    void changed() const;
    void observe(const std::string& key, const Object& object);
    rollouts::Rollout describe(const Object& object) const;
    const Space& space_of(const std::string& name) const;
    core::Result<> send_all(const Planned& planned, rollouts::Action action);
    core::Result<Planned> plan(const rollouts::RolloutId& id, rollouts::Action action) const;
    core::Result<Object> send(ApiCall call, std::string_view query) const;

    ApiClient& api_;
    const core::Clock& clock_;
    const ArgoOptions options_;
    const ArgoHooks hooks_;
    mutable std::mutex mutex_;
    std::map<std::string, Object> rollouts_;  // "namespace:name" ->
    std::map<std::string, OwnedRun> runs_;    // likewise
    std::map<std::string, Sent> sent_;        // not observed yet
    std::set<std::string> done_keys_;         // idempotency keys with the id
    std::mutex acting_;  // one action at a time: two at once would both see the old state
    std::vector<std::unique_ptr<Space>> spaces_;
};

}  // namespace qd::kubernetes
