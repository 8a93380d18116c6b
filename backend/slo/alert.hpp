#pragma once
// Alerts: one for each time a row of an objective fires or its data is absent, from its start to its end.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/strong_id.hpp"
#include "slo/status.hpp"

namespace qd::slo {

using AlertId = core::StrongId<struct AlertTag>;

enum class AlertState { firing, ended };

std::string_view to_string(AlertState state);

enum class AlertKind { burn, outage, absent };

std::string_view to_string(AlertKind kind);
std::optional<AlertKind> parse_alert_kind(std::string_view text);

struct Alert {
    // "<slo>.<short>s-<long>s.<milliseconds since 1970 of its start>", or "<slo>.absent.<…>": the same after
    // a restart
    AlertId id;
    SloId slo_id;
    std::string slo_title;
    std::string service;
    BurnRow row;  // the row that fired; of an absent alert the objective's fastest, which says nothing
    Severity severity = Severity::sev2;
    core::WallTime started_at{};
    std::optional<core::WallTime> ended_at;
    std::string
        reason;  // with the numbers: "Availability of playback: 14 of 612 requests failed in 60 s (…)"
    AlertState state = AlertState::firing;
    AlertKind kind = AlertKind::burn;

    bool operator==(const Alert&) const = default;
};

/// The row's severity; SEV1 when at least half of the events of the short window are bad.
Severity severity_of(const RowStatus& row);

/// Why `row` of this status fires, with numerator, denominator, burn and bound.
std::string explain(const Status& status, const RowStatus& row);

/// Turns statuses into alerts' beginnings and ends. Not thread-safe.
class AlertTracker {
public:
    explicit AlertTracker(std::size_t keep = 500) : keep_(keep) {}

    /// The alerts that this status starts or ends; none when nothing changes.
    std::vector<Alert> update(const Status& status, core::WallTime at);

    /// Those that fire, then those that ended, the newest first; at most `keep` ended ones.
    std::vector<Alert> all() const;
    /// After a restart: what was known. Firing ones of objectives or rows that are gone are ended at `at`.
    std::vector<Alert> restore(std::vector<Alert> known, const std::vector<Objective>& objectives,
                               core::WallTime at);
    /// For Evaluator's constructor: which rows of the objective fire.
    std::vector<bool> firing_rows(const Objective& objective) const;
    bool absent_fires(const Objective& objective) const;

private:
    Alert& start(const Status& status, core::WallTime at, std::string_view what);
    void end(Alert alert, core::WallTime at, std::vector<Alert>& changes);

    std::size_t keep_;
    std::vector<Alert> firing_;
    std::vector<Alert> ended_;  // the oldest first
};

}  // namespace qd::slo
