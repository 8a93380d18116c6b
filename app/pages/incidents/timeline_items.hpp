#pragma once
// A journal, and what is measured beside it, as lanes on an axis of time. Pure. Items of the journal have no
// texts: those are made on demand (timelineTexts).

#include <QSet>
#include <QVector>
#include <vector>

#include "app/adapters/incident_journal.hpp"
#include "incidents/incident.hpp"
#include "opsclient/log_line.hpp"
#include "opsclient/site.hpp"
#include "slo/status.hpp"
#include "widgets/timeline/timeline_item.hpp"

namespace qd::app {

/// Alerts, faults, silences and runbook steps that have an end become spans; an open one reaches to
/// `openEndMs`. What was taken back is left out.
QVector<widgets::TimelineItem> timelineItems(const IncidentJournal& journal,
                                             const std::vector<std::uint64_t>& pinned, double openEndMs);
/// Warnings and errors; their ids begin with "log.".
QVector<widgets::TimelineItem> logItems(const std::vector<opsclient::LogLine>& lines);
/// Where the share of time that an arm's viewers stood still was above `least`; ids begin with "stall.".
QVector<widgets::TimelineItem> stallItems(const opsclient::Series& stallRatio, double least = 0.001);
/// Of the journal's items.
widgets::TimelineTexts timelineTexts(const IncidentJournal& journal);

/// The seq that names the row of the journal which an item tells of; 0 for one that is not of the journal.
std::uint64_t journalKey(const QString& itemId);

/// From a little before the first impact to a little after the end, or to now while it is open.
widgets::TimeRange timelineRange(const incidents::Incident& incident, const IncidentJournal& journal,
                                 qint64 nowMs);

/// The SLI and, below it, how fast it spends the budget over `burnOverS`.
QVector<widgets::TimelineCurve> timelineCurves(const slo::History& history, const slo::Objective& objective);

QVector<widgets::Milestone> timelineMilestones(const incidents::Incident& incident,
                                               const IncidentJournal& journal);

}  // namespace qd::app
