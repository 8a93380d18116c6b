#pragma once
// Notices for tests, of alerts that begin at the fake clock's zero.

#include "notify/outbox.hpp"

namespace qd::test {

inline constexpr core::WallTime noon{std::chrono::days(20'000)};

inline notify::Notice firing(const std::string& id = "a", const std::string& slo = "playback") {
    notify::Notice notice;
    notice.alert_id = id;
    notice.slo = slo;
    notice.service = "gateway";
    notice.row = "10s/60s";
    notice.severity = 2;
    notice.starts_at = noon;
    notice.summary = "Playback: the error budget burns too fast";
    notice.description = "14 of 612 requests failed";
    return notice;
}

inline notify::Notice resolved(notify::Notice notice, std::chrono::seconds after = std::chrono::seconds(90)) {
    notice.phase = notify::Phase::resolved;
    notice.ends_at = notice.starts_at + after;
    return notice;
}

/// Of an entry that holds one.
inline const notify::Notice& notice_of(const notify::Entry& entry) {
    return std::get<notify::Notice>(entry.message);
}

inline notify::Announcement announcement(const std::string& id = "INC-1/opened",
                                         const std::string& incident = "INC-1") {
    notify::Announcement announcement;
    announcement.id = id;
    announcement.incident = incident;
    announcement.event = "opened";
    announcement.severity = 2;
    announcement.title = "INC-1 opened: playback fails";
    announcement.text = "Some viewers cannot start playback.";
    announcement.actor = "anna";
    announcement.at = noon;
    return announcement;
}

inline notify::Announcement status_update(const std::string& text, const std::string& audience = "customers",
                                          const std::string& id = "INC-1/status/4") {
    notify::Announcement update = announcement(id);
    update.topic = notify::Topic::status_update;
    update.event.clear();
    update.audience = audience;
    update.title = "Status of INC-1";
    update.text = text;
    return update;
}

}  // namespace qd::test
