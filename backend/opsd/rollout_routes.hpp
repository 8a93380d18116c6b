#pragma once
// /api/v1/rollouts, and what joins the rollout engine to the rest of opsd.

#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "opsd/rollout_desk.hpp"
#include "rollouts/engine/rollout_engine.hpp"

namespace qd::opsd {

/// GET /rollouts (?state=&limit=), /rollouts/policy, /rollouts/drivers, /rollouts/{id}, /rollouts/{id}/preview and
/// /rollouts/groups/{group}/preview (?action=). POST /rollouts, /rollouts/{id}/{action}, …/rollback and
/// /rollouts/groups/{group}/{action} take role release-manager, …/approve responder, but not of whoever started
/// it. POST /rollouts takes a specification as YAML or JSON; `reason` and `override` may stand in it or in the
/// query. GET and POST /rollouts/advice (role viewer): which strategy suits, for answers in the query or as a JSON
/// object; see rollouts/advice_codec.hpp. The desk must outlive the server.
void add_rollout_routes(http::Server& server, Context& context, RolloutDesk& desk);

/// Publishes every change (with the latest five rows of the audit), tells the desk of every step, and what
/// freezes. All of it outlives the engine.
rollouts::EngineHooks rollout_hooks(const Context& context, incidents::IncidentDesk& desk,
                                    const RolloutPolicy& policy);

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

/// What players report. A start-up is taken as the middle of its bucket: the histogram knows no more.
rollouts::PlayerCounts judged_players(const timeseries::ArmCounts& counts);

}  // namespace qd::opsd
