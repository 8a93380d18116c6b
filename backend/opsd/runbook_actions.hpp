#pragma once
// What a runbook's step does on this site: what would be sent, and the doing of it through opsd's engines.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "opsd/context.hpp"
#include "opsd/fault_desk.hpp"
#include "opsd/silence_desk.hpp"
#include "rollouts/action_codec.hpp"
#include "rollouts/controller.hpp"
#include "runbooks/action.hpp"
#include "security/roles.hpp"

namespace qd::opsd {

struct ActionPlan {
    std::string summary;                              // "Abort rollout RO-1: every session goes to v1."
    std::vector<std::string> sends;                   // exactly: "POST /api/v1/rollouts/RO-1/abort {…}"
    std::string refusal;                              // why it does not apply now; empty when it does
    security::Role role = security::Role::responder;  // at least
    std::vector<std::string> subjects;                // ids of the rollout or the faults
};

/// Thread-safe. Calls may block for as long as the engines and the gateway do.
class RunbookActions {
public:
    /// Starts a rollout back to an earlier version.
    using RollBack = std::function<core::Result<rollouts::Rollout>(
        const rollouts::RolloutId&, const rollouts::RollbackRequest&, const rollouts::RolloutAuthor&)>;

    /// All of it outlives this.
    RunbookActions(Context& context, rollouts::Controller& rollouts, RollBack roll_back, FaultDesk& faults,
                   SilenceDesk& silences)
        : context_(context),
          rollouts_(rollouts),
          roll_back_(std::move(roll_back)),
          faults_(faults),
          silences_(silences) {}

    ActionPlan plan(const runbooks::Action& action, const std::string& reason) const;
    /// Does what plan() says now; an error is what came back instead. The text is what was seen or answered.
    core::Result<std::string> execute(const runbooks::Action& action, const std::string& reason,
                                      const std::string& actor);

private:
    std::optional<rollouts::Rollout> rollout_of(const runbooks::Action& action) const;
    ActionPlan plan_rollout(const runbooks::Action& action, const std::string& reason) const;
    ActionPlan plan_rollback(const runbooks::Action& action, const std::string& reason) const;
    ActionPlan plan_faults(const runbooks::Action& action) const;
    ActionPlan plan_silence(const runbooks::Action& action, const std::string& reason) const;
    core::Result<std::string> create_silence(const runbooks::Action& action, const std::string& reason,
                                             const std::string& actor);
    core::Result<std::string> check_objective(const std::string& id, bool must_be_healthy) const;
    core::Result<std::string> check_path(const runbooks::Action& action) const;

    Context& context_;
    rollouts::Controller& rollouts_;
    RollBack roll_back_;
    FaultDesk& faults_;
    SilenceDesk& silences_;
};

}  // namespace qd::opsd
