#pragma once
// What people do about objectives: leaving maintenance out of the figures, and taking that back.

#include <QString>

#include "app/pages/incidents/incident_actions.hpp"
#include "core/result.hpp"

namespace qd::app {

/// slo.exclude ("from", "to" as parseLocalTime() reads them, "reason", "slo": an id, "all" for every
/// objective; default: the one on screen) and slo.include ("exclusion"). The dialog offers what is on screen.
void addSloActions(Session& session, DialogParent parent);

/// "2026-11-24 14:03:20", local time.
QString localTime(qint64 ms);
/// As localTime() writes it, without seconds too, or "14:03" of today. Errc::invalid_argument says what it
/// should look like.
core::Result<qint64> parseLocalTime(const QString& text);

}  // namespace qd::app
