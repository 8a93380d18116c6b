#pragma once
// What people may do with rollouts: the controllers behind one door, with the site's policy in it. Read-only mode
// refuses everything; a freeze refuses what leads to more traffic, unless it is overridden with a reason; what
// cannot be taken back by the next step needs a reason.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "opsd/rollout_policy.hpp"
#include "rollouts/action_codec.hpp"
#include "rollouts/controller.hpp"
#include "rollouts/engine/rollout_engine.hpp"

namespace qd::opsd {

/// Which rollouts, the latest first.
struct RolloutFilter {
    std::string state;  // "open", "ended", a phase's word; empty: all
    std::size_t limit = 0;  // 0: all
};

/// Who splits traffic beside the gateway, whether or not it has a rollout.
struct DriverState {
    std::string name;     // Specification::driver, Rollout::driver
    std::string kind;     // "haproxy" | "argo"
    std::string trouble;  // why nothing is known of it now; empty: it answers
    std::string note;     // Rollout::driver_note
};

/// Thread-safe. Calls may block for as long as the controllers do.
class RolloutDesk final : public rollouts::Controller {
public:
    /// Both outlive this. The engine is the first controller, and the one that starts rollouts.
    RolloutDesk(rollouts::RolloutEngine& engine, const RolloutPolicy& policy)
        : engine_(engine), policy_(policy), controllers_{&engine} {}
    /// Before the server starts; it outlives this.
    void add(rollouts::Controller& controller) { controllers_.push_back(&controller); }
    /// Asked before a rollout is started, beside the engine: an error is why it cannot be. Before the server
    /// starts, as the next.
    void add_check(std::function<core::Result<>(const rollouts::Specification&)> check) {
        checks_.push_back(std::move(check));
    }
    void add_drivers(std::function<std::vector<DriverState>()> states) {
        drivers_.push_back(std::move(states));
    }
    std::vector<DriverState> drivers() const;

    std::vector<rollouts::Rollout> list() const override;
    /// Errc::invalid_argument for a state that there is not.
    core::Result<std::vector<rollouts::Rollout>> list(const RolloutFilter& filter) const;
    core::Result<rollouts::Rollout> get(const rollouts::RolloutId& id) const override;
    core::Result<rollouts::ActionPreview> preview(const rollouts::RolloutId& id,
                                                  rollouts::Action action) const override;
    /// Beside a controller's errors Errc::permission_denied (read-only), Errc::conflict (frozen) and
    /// Errc::invalid_argument (a reason is missing). An override is part of the reason that is kept.
    core::Result<rollouts::Rollout> act(const rollouts::RolloutId& id, rollouts::Action action,
                                        const std::string& reason,
                                        const rollouts::RolloutAuthor& author) override;

    core::Result<rollouts::Rollout> start(rollouts::StartRequest request,
                                          const rollouts::RolloutAuthor& author);
    /// Freezes do not forbid the way back.
    core::Result<rollouts::Rollout> rollback(const rollouts::RolloutId& id,
                                             const rollouts::RollbackRequest& request,
                                             const rollouts::RolloutAuthor& author);
    /// Of those of the group that are under way. Errc::not_found when none is.
    core::Result<rollouts::GroupPreview> preview_group(const std::string& group,
                                                       rollouts::Action action) const;
    /// Nothing is done when one of them refuses; then one after the other. After a failure on the way up the
    /// others are left as they are, on the way down they are gone on with.
    core::Result<std::vector<rollouts::GroupOutcome>> act_on_group(const std::string& group,
                                                                   rollouts::Action action,
                                                                   const rollouts::ActionRequest& request,
                                                                   const rollouts::RolloutAuthor& author);

    const RolloutPolicy& policy() const { return policy_; }

private:
    core::Result<rollouts::Controller*> find(const rollouts::RolloutId& id) const;
    /// The reason that is kept, if the policy lets it be.
    core::Result<std::string> allow(bool needs_reason, bool frozen_by, const std::string& reason,
                                    bool override_freeze) const;
    core::Result<> check(const rollouts::Specification& specification) const;

    rollouts::RolloutEngine& engine_;
    const RolloutPolicy& policy_;
    std::vector<rollouts::Controller*> controllers_;
    std::vector<std::function<core::Result<>(const rollouts::Specification&)>> checks_;
    std::vector<std::function<std::vector<DriverState>()>> drivers_;
};

}  // namespace qd::opsd
