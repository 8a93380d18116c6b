#pragma once
// What opsd answers for a panel as curves, numbers and words. Pure.

#include <QString>
#include <QVector>

#include "app/models/values.hpp"
#include "opsclient/dashboards.hpp"
#include "widgets/charts/series.hpp"
#include "widgets/tiles/stat_tile.hpp"

namespace qd::app {

/// Of the units that charts know; none where formatterOf() has to do.
std::optional<widgets::Unit> chartUnitOf(dashboards::Unit unit);
widgets::Formatter formatterOf(dashboards::Unit unit);
/// "per second", "bytes"; empty for plain counts.
QString unitWord(dashboards::Unit unit);

/// A line each, with the extremes of each step as a band from steps of 5 s on. The arms
/// of a rollout have their own colours everywhere.
QVector<widgets::Series> seriesOf(const opsclient::PanelCurves& curves);
/// Further apart than this, two points are not joined.
double gapAfterMs(const opsclient::PanelCurves& curves);

/// Whether the curves may be taken as they stand: Neutral and no text when they may. `nowMs` is compared with
/// the last reading; 0: the end of what is shown is not now.
Wording stateOf(const opsclient::PanelCurves& curves, qint64 nowMs);

/// The number of a stat over "15 min".
widgets::StatReading readingOf(const opsclient::PanelCurves& curves, const opsclient::Panel& panel,
                               const QString& range, qint64 nowMs);
/// The points of the first line at equal distances; NaN where there is none.
QVector<double> trendOf(const opsclient::PanelCurves& curves);

/// What the panel's lines are made of, a line each: "p95: quantile(0.95, …)".
QString sourcesOf(const opsclient::Panel& panel);

}  // namespace qd::app
