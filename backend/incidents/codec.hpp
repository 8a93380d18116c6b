#pragma once
// The wire's JSON of incidents and their events. Decoding is bounded and refuses what does not fit
// (Errc::invalid_argument with the field's name); unknown fields are ignored, so that additions are free.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

nlohmann::json to_json(const Incident& incident);
core::Result<Incident> incident_from_json(const nlohmann::json& value);
nlohmann::json to_json(const Event& event);
core::Result<Event> event_from_json(const nlohmann::json& value);
nlohmann::json to_json(const EventBody& body);
core::Result<EventBody> body_from_json(const nlohmann::json& value);

std::string encode(const Incident& incident);
std::string encode(const Event& event);
core::Result<Incident> decode_incident(std::string_view text);
core::Result<Event> decode_event(std::string_view text);
/// The lists' envelope {"items":[…],"next":…}.
core::Result<std::vector<Incident>> decode_incidents(std::string_view text);
core::Result<std::vector<Event>> decode_events(std::string_view text);

/// What a client posts to /incidents/{id}/events:
/// {"kind","body",["occurred_at"],["supersedes"],["based_on"],["source"]}.
/// Of the machines' kinds only `opened` may be posted, to correct the one there is (title, times).
struct EventRequest {
    EventKind kind = EventKind::note;
    EventBody body;
    std::optional<core::WallTime> occurred_at;  // absent: now
    std::optional<std::uint64_t> supersedes;
    std::optional<std::uint64_t> based_on;  // Event::based_on
    std::string source;                     // empty: "api"

    bool operator==(const EventRequest&) const = default;
};

std::string encode(const EventRequest& request);
core::Result<EventRequest> decode_event_request(std::string_view text);

/// What a client posts to /incidents.
struct OpenRequest {
    std::string title;
    std::string service;
    std::optional<Severity> severity;          // absent: SEV3
    std::string text;                          // why
    std::optional<core::WallTime> started_at;  // absent: now

    bool operator==(const OpenRequest&) const = default;
};

std::string encode(const OpenRequest& request);
core::Result<OpenRequest> decode_open_request(std::string_view text);

}  // namespace qd::incidents
