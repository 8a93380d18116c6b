#pragma once
// From good and all events per step to the curves of an objective. Pure.

#include <QPointF>
#include <QVector>

#include "slo/status.hpp"

namespace qd::app {

struct HistoryCurves {
    QVector<QPointF> sli;     // good of all, each step
    QVector<QPointF> low;     // the worst finer step within each
    QVector<QPointF> budget;  // left of the window's budget, 1 untouched; below 0 overspent
    QVector<QPointF> ideal;   // spent evenly over the window
    QVector<QPointF> burn;    // how many times too fast, each step smoothed over `smooth_s`
};

/// The budget's last point is what opsd says now; earlier ones are what it was before the bad events since,
/// by the total of the present window: budget(t) = remaining + bad after t / allowed. Steps without traffic
/// are gaps.
HistoryCurves curvesOf(const slo::History& history, const slo::Status& status, std::int64_t smooth_s);

}  // namespace qd::app
