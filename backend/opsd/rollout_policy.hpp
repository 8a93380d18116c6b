#pragma once
// What forbids rollouts on this site now: freeze windows and calendars of the configuration, an open SEV1 or SEV2
// incident, a spent error budget, and read-only mode.

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "opsd/rollout_settings.hpp"
#include "rollouts/policy.hpp"
#include "rollouts/rollout.hpp"

namespace qd::opsd {

/// Thread-safe and quick.
class RolloutPolicy {
public:
    /// Both outlive this.
    RolloutPolicy(const Context& context, const incidents::IncidentDesk& desk, RolloutSettings settings)
        : context_(context), desk_(desk), settings_(std::move(settings)) {}

    /// In force now.
    std::vector<rollouts::Freeze> freezes() const;
    /// The same in a sentence.
    std::optional<std::string> frozen() const { return rollouts::describe(freezes()); }
    /// Why nobody may act; nothing: they may.
    std::optional<std::string> read_only() const;
    rollouts::PolicyPicture picture() const;
    /// Puts into what clients see whether the policy lets it go on.
    void annotate(rollouts::Rollout& rollout) const;

private:
    std::vector<rollouts::FreezeWindow> windows(core::WallTime now) const;
    std::vector<rollouts::Freeze> planned(core::WallTime now) const;

    const Context& context_;
    const incidents::IncidentDesk& desk_;
    const RolloutSettings settings_;
    mutable std::mutex mutex_;
    mutable std::optional<std::chrono::seconds> planned_of_;  // each rollout asks each second
    mutable std::vector<rollouts::Freeze> planned_;
};

}  // namespace qd::opsd
