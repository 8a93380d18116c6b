#pragma once
// A typed client of opsd's API. Every call returns at once; its callback runs once, on the HTTP client's
// thread, unless this object is destroyed before: after the destructor returns no callback runs any more.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/fault.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "http/client.hpp"
#include "incidents/codec.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "opsclient/dashboards.hpp"
#include "opsclient/event.hpp"
#include "opsclient/site.hpp"
#include "opsclient/source.hpp"
#include "rollouts/rollout.hpp"
#include "slo/alert.hpp"
#include "slo/exclusion.hpp"
#include "slo/heatmap.hpp"
#include "slo/replay.hpp"
#include "slo/status.hpp"

namespace qd::opsclient {

template <class T>
using Callback = std::function<void(core::Result<T>)>;

struct Endpoint {
    std::string base_url;  // "http://127.0.0.1:4242"
    std::string token;     // the bearer token's secret
};

/// Names of GET /series.
namespace series {
inline constexpr std::string_view request_rate = "request_rate";  // by arm, requests per second
inline constexpr std::string_view error_ratio = "error_ratio";    // by arm
inline constexpr std::string_view latency_p95 = "latency_p95";    // by arm, milliseconds
inline constexpr std::string_view latency_p50 = "latency_p50";    // by arm, milliseconds
inline constexpr std::string_view viewers = "viewers";            // who plays now
inline constexpr std::string_view startup_p95 = "startup_p95";    // by arm, milliseconds
inline constexpr std::string_view stall_ratio = "stall_ratio";    // by arm
}  // namespace series

/// Thread-safe. A write carries an Idempotency-Key and is sent again (twice at most) when the connection
/// fails, so that it happens once. Errors: Errc::unavailable and timeout (opsd is not reachable),
/// unauthenticated, not_found, precondition_failed, …, with opsd's own words; Errc::corrupt for an answer
/// that makes no sense.
class Client {
public:
    /// `client`, `executor` and `random` outlive this object.
    Client(Endpoint endpoint, http::Client& client, core::Executor& executor, core::Random& random);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void site(Callback<Site> done);
    void slos(Callback<std::vector<slo::Status>> done);
    void slo(const slo::SloId& id, Callback<slo::Status> done);
    /// Where objectives read their counters: the site's own scrape first.
    void sources(Callback<std::vector<Source>> done);
    /// At most `points` points (2..2,000) from `from` to `to`, the finest step that fits.
    void slo_history(const slo::SloId& id, core::WallTime from, core::WallTime to, int points,
                     Callback<slo::History> done);
    /// What would have been: stored history, stepped through with the objective as it is or changed.
    void slo_replay(const slo::SloId& id, const slo::ReplayRequest& request, Callback<slo::Replay> done);
    /// How the observations of a latency objective were spread; at most `points` (2..2,000) columns.
    void slo_heatmap(const slo::SloId& id, core::WallTime from, core::WallTime to, int points,
                     Callback<slo::Heatmap> done);
    /// Those that fire, then those that ended, the newest first.
    void alerts(Callback<std::vector<slo::Alert>> done);
    /// Maintenance that does not count, the earliest begin first. Of what is added, id, author and time of
    /// making are opsd's; it answers with them.
    void exclusions(Callback<std::vector<slo::Exclusion>> done);
    void add_exclusion(const slo::Exclusion& exclusion, Callback<slo::Exclusion> done);
    void remove_exclusion(const slo::ExclusionId& id, Callback<void> done);
    void series(std::string_view name, core::WallTime from, core::WallTime to, int points,
                Callback<Series> done);

    /// The built-in ones first, by role.
    void dashboards(Callback<Dashboards> done);
    /// What panel `number` (from 0, as listed) draws from `from` to `to`, at most `points` points (2..2,000)
    /// a line. Errc::not_found once the dashboard has changed.
    void panel_series(const dashboards::DashboardId& id, std::size_t number, core::WallTime from,
                      core::WallTime to, int points, Callback<PanelCurves> done);

    /// Open ones first, then the latest detected first.
    void incidents(Callback<std::vector<incidents::Incident>> done);
    void incident(const incidents::IncidentId& id, Callback<incidents::Incident> done);
    /// As recorded, corrections included; see incidents::effective().
    void timeline(const incidents::IncidentId& id, Callback<std::vector<incidents::Event>> done);
    void open_incident(const incidents::OpenRequest& request, Callback<incidents::Incident> done);
    /// With `expected_version` (If-Match) Errc::precondition_failed when another hand was first. The
    /// incident's new version is the event's seq.
    void post_event(const incidents::IncidentId& id, const incidents::EventRequest& request,
                    std::optional<std::uint64_t> expected_version, Callback<incidents::Event> done);
    /// The compiled post-mortem; `format` is "md", "json" or "html".
    void postmortem(const incidents::IncidentId& id, std::string_view format, Callback<std::string> done);

    void rollouts(Callback<std::vector<rollouts::Rollout>> done);
    void rollout(const rollouts::RolloutId& id, Callback<rollouts::Rollout> done);
    /// `specification` is YAML or JSON. `override_freeze` starts it in spite of an open SEV1 or SEV2
    /// incident, or of a spent budget that freezes rollouts.
    void create_rollout(const std::string& specification, const std::string& reason, bool override_freeze,
                        Callback<rollouts::Rollout> done);
    void rollout_action(const rollouts::RolloutId& id, rollouts::Action action, const std::string& reason,
                        std::optional<std::uint64_t> expected_version, Callback<rollouts::Rollout> done);

    void faults(Callback<std::vector<chaos::Fault>> done);
    /// Those that have ended since opsd started too, before those that act.
    void faults_with_past(Callback<std::vector<chaos::Fault>> done);
    void apply_fault(const chaos::Fault& fault, Callback<chaos::Fault> done);
    void remove_fault(const chaos::FaultId& id, Callback<void> done);

    /// Follows the event stream until the subscription is destroyed; reconnects by itself. Handlers run on
    /// the client's or the executor's thread, never two at once. The subscription must not outlive this
    /// object.
    std::unique_ptr<Subscription> subscribe(EventHandlers handlers);

    const Endpoint& endpoint() const { return endpoint_; }

    struct Impl;

private:
    Endpoint endpoint_;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::opsclient
