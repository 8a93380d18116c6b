#pragma once
// What a Prometheus Alertmanager tells: its webhook's version 4 and the alerts of its API v2. Values only.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "silences/alert.hpp"

namespace qd::alertmanager {

using silences::Labels;

/// One alert of either form.
struct Alert {
    Labels labels;
    Labels annotations;
    core::WallTime starts_at{};
    /// When it ended; a firing one has none (its API tells when it would end by itself, which says nothing).
    std::optional<core::WallTime> ended_at;
    std::string generator_url;
    std::string fingerprint;               // of its labels: the same in every replica
    std::vector<std::string> silenced_by;  // ids of silences; of the API only

    bool operator==(const Alert&) const = default;
};

struct Webhook {
    std::string group_key;
    std::string receiver;
    std::string external_url;
    std::uint64_t truncated = 0;  // alerts that it left out
    Labels group_labels;
    Labels common_labels;
    std::vector<Alert> alerts;

    bool operator==(const Webhook&) const = default;
};

/// Delivery is at least once, from every replica, and the API tells of the same alerts: one is known by its
/// fingerprint and its start. "am.<fingerprint>.<milliseconds since 1970>".
std::string id_of(const Alert& alert);
bool is_foreign_id(std::string_view id);

/// One that opsd itself has sent there (it carries the annotation alert_id): the id of ours.
std::optional<std::string> own_alert_id(const Alert& alert);

/// The label `severity` (or `priority`): sev1…sev4 and p1…p4 as they are; critical, page, error, high: 2;
/// warning, warn, medium: 3; info, notice, low: 4; anything else, and none: 3. Of `none` (a watchdog that
/// always fires) nothing: it is listed, and opens no incident.
std::optional<int> severity_of(const Labels& labels);

/// What groups alerts into one incident: the label `service`, or that of the group's common labels; else
/// the labels that the group was made by ("alertname=…, cluster=…"); else `job`, else the alert's name,
/// else "unknown". At most 200 bytes.
std::string service_of(const Alert& alert, const Webhook* group = nullptr);

/// As silences and lists see it. `source` is the Alertmanager's name.
silences::Alert to_alert(const Alert& alert, const std::string& source, const Webhook* group = nullptr);

}  // namespace qd::alertmanager
