#pragma once
// Notices for tests, of alerts that begin at the fake clock's zero.

#include "notify/notice.hpp"

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

}  // namespace qd::test
