#pragma once
// What moving a milestone would come to, before anything is sent. Pure: the same replay that opsd does.

#include <QString>
#include <optional>
#include <vector>

#include "app/adapters/incident_journal.hpp"
#include "incidents/clocks.hpp"
#include "incidents/codec.hpp"
#include "incidents/incident.hpp"

namespace qd::app {

/// Of the last episode, but for acknowledged (of the first).
enum class MilestoneKind { started, detected, acknowledged, mitigated, resolved };

/// "started", …: the id of a milestone on the axis.
QString milestoneId(MilestoneKind kind);
std::optional<MilestoneKind> milestoneOf(const QString& id);
QString milestoneLabel(MilestoneKind kind);
/// Nothing when the incident has not come so far.
std::optional<core::WallTime> milestoneAt(const incidents::Incident& incident, MilestoneKind kind);

/// The event that corrects the one which set the milestone. Errc::not_found when no event of its own set it.
core::Result<incidents::EventRequest> retimeRequest(const IncidentJournal& journal,
                                                    const incidents::Incident& incident, MilestoneKind kind,
                                                    core::WallTime to, const std::string& reason);

struct MeasureChange {
    incidents::Measure measure;
    std::optional<std::chrono::milliseconds> before;
    std::optional<std::chrono::milliseconds> after;
};

struct RetimePreview {
    std::vector<MeasureChange> changes;  // the four measures, always
    QString refusal;                     // why it cannot be; empty when it can: then `after` of all holds
};

/// As if it were written at `now`.
RetimePreview previewRetime(const IncidentJournal& journal, const incidents::Incident& incident,
                            MilestoneKind kind, core::WallTime to, core::WallTime now);

}  // namespace qd::app
