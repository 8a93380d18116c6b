#pragma once
// A history of counts as the curves of the SLO page. Pure.

#include <QPointF>
#include <QVector>

#include "slo/exclusion.hpp"
#include "slo/status.hpp"

namespace qd::app {

/// Points at ms since the epoch, in order; NaN where there was no traffic.
struct HistoryCurves {
    QVector<QPointF> sli;
    QVector<QPointF> low;       // the worst finest step within each point
    QVector<QPointF> burn;      // times too fast, over `smooth_s`
    QVector<QPointF> requests;  // all events a second
    QVector<QPointF> bad;       // bad events a second
};

HistoryCurves curvesOf(const slo::History& history, const slo::Status& status, std::int64_t smooth_s);

struct BudgetCurves {
    QVector<QPointF> left;   // share of the window's budget that is left
    QVector<QPointF> ideal;  // if it were spent evenly over the window
};

/// The budget as it stood at each point from `fromMs` on: of the window that ended there, without what
/// `exclusions` leave out. `history` should reach back one window further than `fromMs`; where it does not,
/// the window is what there is. The last point is the status's own.
BudgetCurves budgetOf(const slo::History& history, const slo::Status& status,
                      const std::vector<slo::Exclusion>& exclusions, qint64 fromMs, qint64 nowMs);

}  // namespace qd::app
