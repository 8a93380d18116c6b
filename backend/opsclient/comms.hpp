#pragma once
// What goes out, as opsd tells it: audiences, drafts of status updates, what is owed, the outbox. Plain
// values and their decoding; shapes: opsd/status_routes.hpp and opsd/outbox_routes.hpp.

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsclient {

struct Recipient {
    std::string name;  // of the destination in opsd's configuration
    std::string kind;  // "alertmanager" | "webhook" | "slack" | "email"

    bool operator==(const Recipient&) const = default;
};

struct Audience {
    std::string name;   // "responders" | "stakeholders" | "customers"
    std::string title;  // for people
    std::vector<Recipient> destinations;

    bool operator==(const Audience&) const = default;
};

struct StatusDraft {
    std::string audience;
    std::string title;  // stands above the text where a destination has a place for it
    std::string text;
    std::vector<Recipient> destinations;
    std::optional<core::WallTime> last_update_at;   // to this audience
    std::optional<core::WallTime> next_update_due;  // may be past; nothing: none is owed
    std::optional<std::uint64_t> interval_s;
    std::uint64_t based_on = 0;  // the incident's version

    bool operator==(const StatusDraft&) const = default;
};

struct StatusPosted {
    std::uint64_t seq = 0;  // of the event, and the incident's version
    std::vector<Recipient> queued;
    std::string note;  // where it goes, in a sentence

    bool operator==(const StatusPosted&) const = default;
};

struct StatusOwed {
    std::string incident;
    std::string audience;
    std::optional<core::WallTime> last_update_at;
    core::WallTime next_update_due;

    bool operator==(const StatusOwed&) const = default;
};

struct OutboxEntry {
    std::uint64_t id = 0;
    std::string destination;
    std::string kind;   // as of a recipient; empty: no longer configured
    std::string state;  // queued | sending | sent | failed | dropped
    std::uint64_t attempts = 0;
    core::WallTime created_at;
    std::optional<core::WallTime> next_attempt_at;
    std::optional<core::WallTime> accepted_at;
    std::optional<core::WallTime> ended_at;
    std::string last_error;  // empty: none
    std::string type;        // alert | incident | status_update | reminder
    std::string incident;    // empty for alerts
    std::string audience;    // of status updates and reminders
    std::string title;

    bool operator==(const OutboxEntry&) const = default;
};

struct Outbox {
    std::vector<OutboxEntry> entries;                                          // the newest first
    std::uint64_t queued = 0, sending = 0, sent = 0, failed = 0, dropped = 0;  // of all there are

    bool operator==(const Outbox&) const = default;
};

/// Errc::invalid_argument with the field's name.
core::Result<Audience> audience_from_json(const nlohmann::json& value);
core::Result<StatusDraft> status_draft_from_json(const nlohmann::json& value);
core::Result<StatusPosted> status_posted_from_json(const nlohmann::json& value);
core::Result<StatusOwed> status_owed_from_json(const nlohmann::json& value);
core::Result<OutboxEntry> outbox_entry_from_json(const nlohmann::json& value);
core::Result<Outbox> outbox_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
