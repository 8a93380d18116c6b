#pragma once
// A journal as lanes on an axis of time. Pure.

#include <QVector>
#include <vector>

#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "widgets/timeline/incident_timeline.hpp"

namespace qd::app {

/// Alerts and faults that have an end become spans; an open one reaches to `openEndMs`.
QVector<widgets::TimelineItem> timelineItems(const std::vector<incidents::Event>& events, double openEndMs);

/// The seq of the event that an item of the timeline tells of: the id of its row in the journal.
QString journalId(const QString& itemId);

/// From a little before the first impact to a little after the end, or to now while it is open.
widgets::TimeRange timelineRange(const incidents::Incident& incident,
                                 const std::vector<incidents::Event>& events, qint64 nowMs);

}  // namespace qd::app
