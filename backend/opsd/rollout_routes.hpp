#pragma once
// /api/v1/rollouts, and what joins the rollout engine to the rest of opsd.

#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "rollouts/engine/rollout_engine.hpp"

namespace qd::opsd {

/// GET|POST /rollouts, GET /rollouts/{id}, POST /rollouts/{id}/{action}. Writing takes role release-manager.
/// POST takes a specification as YAML or JSON; `reason` and `override` may stand in it or in the query. The
/// engine must outlive the server.
void add_rollout_routes(http::Server& server, Context& context, rollouts::RolloutEngine& engine);

/// Publishes every change (with the latest five rows of the audit), and tells the desk of every step; no
/// rollout starts while a SEV1 or SEV2 incident is open.
rollouts::EngineHooks rollout_hooks(const Context& context, incidents::IncidentDesk& desk);

/// The arms as the context counts them.
class ContextArmMetrics final : public rollouts::ArmMetrics {
public:
    explicit ContextArmMetrics(const Context& context) : context_(context) {}
    std::optional<rollouts::ArmWindow> counts(core::WallTime now, std::chrono::milliseconds window,
                                              double latency_threshold_s) override;

private:
    const Context& context_;
};

/// What the judge compares, of what was counted: slow are the requests above the smallest bound that is at
/// least `latency_threshold_s`.
rollouts::ArmCounts judged_counts(const timeseries::ArmCounts& counts, double latency_threshold_s);

}  // namespace qd::opsd
