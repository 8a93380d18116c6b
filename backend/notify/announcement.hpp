#pragma once
// What is told to the world outside of an incident: that it was opened, got worse or ended; a status update;
// that one is overdue. A plain value: this room knows no incident.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::notify {

enum class Topic { incident, status_update, reminder };

std::string_view to_string(Topic topic);
std::optional<Topic> parse_topic(std::string_view text);

struct Announcement {
    std::string id;  // 1 to 256 bytes; the same however often it is handed in: "INC-3/resolved/41"
    Topic topic = Topic::incident;
    std::string incident;  // "INC-3"; those of one incident go out in their order
    std::string event;     // of Topic::incident: "opened", "severity", "resolved", …
    std::string audience;  // of the other topics: who is told, or who waits to be told
    int severity = 3;      // of the incident at that time
    std::string title;     // one line, at most 500 bytes
    std::string text;      // what there is to say, at most 16 KiB
    std::string actor;     // who did or wrote it; may be empty
    core::WallTime at{};

    bool operator==(const Announcement&) const = default;
};

/// Errc::invalid_argument naming the field.
core::Result<> check(const Announcement& announcement);

/// {"id","incident","event","audience","severity","title","text","actor","at"}; the topic stands beside it.
nlohmann::json to_json(const Announcement& announcement);
core::Result<Announcement> announcement_from_json(Topic topic, const nlohmann::json& value);

}  // namespace qd::notify
