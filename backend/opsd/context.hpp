#pragma once
// What opsd lends to the engines that plug into it (incidents, rollouts, chaos) and to their routes. One
// object for the whole process; everything in it is thread-safe and outlives the engines and the server.
//
// A plug-in is three things: an engine (in its own room, which knows nothing of opsd), a route file here, and
// a few lines in opsd.cpp that construct the engine and hand it its callbacks. A route file looks like this:
//
//   void add_incident_routes(http::Server& server, Context& context, incidents::IncidentDesk& desk) {
//       context.get(server, "/api/v1/incidents", [&](const Call& call) -> core::Result<http::Response> { …
//       }); context.post(server, "/api/v1/incidents/{id}/events", security::Role::responder,
//                    [&](const Call& call) -> core::Result<http::Response> {
//           auto expected = if_match(call.request);
//           if (!expected) return core::Failure(expected.error());
//           …
//           return json_response(201, body, new_version);
//       });
//   }

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/executor.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "http/client.hpp"
#include "http/event_stream.hpp"
#include "http/server.hpp"
#include "security/tokens.hpp"
#include "slo/status.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "timeseries/arm_counts.hpp"

namespace qd::opsd {

/// A request that has been let in.
struct Call {
    const http::Request& request;
    const security::Actor& actor;  // whoever's token it carried; the actor of what it writes
};

/// An error becomes problem+json with its status; the handler may block (it runs on the server's workers).
using CallHandler = std::function<core::Result<http::Response>(const Call&)>;

/// Where things are.
struct Places {
    std::filesystem::path data;  // <data>; stores go to data/"db"
    std::string gateway;         // base URL "http://127.0.0.1:8080"
    std::string bearer;          // "Bearer …": opsd's own right to call the processes' /-/ endpoints
    std::filesystem::path db(std::string_view name) const { return data / "db" / name; }
};

/// Answers once per Idempotency-Key (see post()); kept in <data>/db/opsd.sqlite.
class IdempotencyStore;

class Context {
public:
    struct Parts {
        const core::Clock& clock;
        core::Random& random;
        core::Executor&
            executor;  // a pool of 4 threads for work off the request path; stopped before the engines
        http::Client& client;
        telemetry::Log& log;
        telemetry::Metrics& metrics;
        http::EventHub& events;
        security::Tokens tokens;
        Places places;
        std::shared_ptr<IdempotencyStore> idempotency;  // may be null in tests: keys are ignored
    };
    explicit Context(Parts parts) : parts_(std::move(parts)) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    const core::Clock& clock() const { return parts_.clock; }
    core::Random& random() const { return parts_.random; }
    core::Executor& executor() const { return parts_.executor; }
    http::Client& client() const { return parts_.client; }
    telemetry::Log& log() const { return parts_.log; }
    telemetry::Metrics& metrics() const { return parts_.metrics; }
    const Places& places() const { return parts_.places; }

    /// Sends {"seq","at","type","subject","body"} to everybody on GET /api/v1/events. Types: slo, alert,
    /// incident, rollout, site, fault, dashboard, exclusion, silence, change, foreign_alert, alertmanager,
    /// outbox, reminder, oncall, runbook, postmortem, action_item, flag. `subject` is the id of what changed,
    /// `body` its wire JSON.
    void publish(std::string_view type, std::string_view subject, const nlohmann::json& body) const;

    /// The actor of the request's bearer token, if its role is at least `role`. 401 or 403 otherwise.
    core::Result<security::Actor> authorize(const http::Request& request, security::Role role) const;

    /// A route that reads: role viewer.
    void get(http::Server& server, std::string pattern, CallHandler handler);
    /// Routes that write. An Idempotency-Key (at most 200 bytes) makes a repeated request get the first
    /// answer again without running the handler (for 24 hours, per actor, method and path); the same key with
    /// another body is 422, and while the first still runs 409. Failures of ours (5xx) are not remembered.
    void post(http::Server& server, std::string pattern, security::Role role, CallHandler handler,
              std::uint64_t body_limit_bytes = default_body_limit);
    void del(http::Server& server, std::string pattern, security::Role role, CallHandler handler);
    void write(http::Server& server, http::Method method, std::string pattern, security::Role role,
               CallHandler handler, std::uint64_t body_limit_bytes = default_body_limit);
    static constexpr std::uint64_t default_body_limit = 256u << 10;

    // What engines may ask of the rest of opsd; set by opsd.cpp before the server starts.

    /// What an arm ("stable", "canary") did from `from` to `to` (both cut to the last 2 hours).
    std::function<timeseries::ArmCounts(std::string_view arm, core::WallTime from, core::WallTime to)>
        arm_counts;
    /// Every objective as it stands; cheap.
    std::function<std::vector<slo::Status>()> slo_statuses;
    /// The history of one objective, for evidence.
    std::function<core::Result<slo::History>(const slo::SloId&, core::WallTime from, core::WallTime to,
                                             int points)>
        slo_history;

private:
    Parts parts_;
};

/// If-Match: "12" -> 12; absent or *: nothing; anything else Errc::invalid_argument.
core::Result<std::optional<std::uint64_t>> if_match(const http::Request& request);

/// JSON with an ETag of the version, when there is one.
http::Response json_response(unsigned status, const nlohmann::json& body,
                             std::optional<std::uint64_t> version = std::nullopt);
/// 412 with the current state as the body and its version as ETag.
http::Response precondition_failed(const nlohmann::json& current, std::uint64_t version);
/// {"items":[…],"next":null}
http::Response list_response(nlohmann::json items, std::optional<std::string> next = std::nullopt);

}  // namespace qd::opsd
