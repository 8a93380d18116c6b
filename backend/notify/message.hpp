#pragma once
// Whatever the outbox may hold, by what all of it has in common.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "notify/announcement.hpp"
#include "notify/notice.hpp"

namespace qd::notify {

using Message = std::variant<Notice, Announcement>;

/// "alert" | "incident" | "status_update" | "reminder".
std::string_view type_of(const Message& message);
/// With phase_of() what makes it the same message: it is kept once for each destination.
const std::string& id_of(const Message& message);
/// "firing" | "resolved" of an alert, else the type.
std::string_view phase_of(const Message& message);
/// Messages with the same subject must not overtake one another.
std::string subject_of(const Message& message);
/// The incident's id; empty for alerts.
std::string incident_of(const Message& message);

core::Result<> check(const Message& message);
nlohmann::json to_json(const Message& message);
/// `type` as type_of() has it.
core::Result<Message> message_from_json(std::string_view type, const nlohmann::json& value);

/// For people, in valid UTF-8.
struct Letter {
    std::string title;  // one line without control characters
    std::string text;   // paragraphs
    std::string foot;   // one line: severity, id, time
};
Letter letter_of(const Message& message);

}  // namespace qd::notify
