#pragma once
// Whatever carries rollouts out: opsd's own engine, or a cluster's Argo Rollouts. The routes, the command line and
// the console speak to this alone.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "rollouts/action_preview.hpp"
#include "rollouts/rollout.hpp"

namespace qd::rollouts {

struct RolloutAuthor {
    std::string actor;
    std::optional<std::uint64_t> expected_version;  // If-Match
    std::string idempotency_key;                    // of this action on this rollout, or of the start
    bool override_freeze = false;                   // act although a freeze forbids it; needs a reason
};

/// Thread-safe. Calls may block for seconds.
class Controller {
public:
    virtual ~Controller() = default;
    /// The latest first.
    virtual std::vector<Rollout> list() const = 0;
    virtual core::Result<Rollout> get(const RolloutId& id) const = 0;
    /// Errc::conflict with the reason, Errc::not_found, Errc::precondition_failed.
    virtual core::Result<Rollout> act(const RolloutId& id, Action action, const std::string& reason,
                                      const RolloutAuthor& author) = 0;
    virtual core::Result<ActionPreview> preview(const RolloutId& id, Action action) const = 0;
};

}  // namespace qd::rollouts
