#pragma once
#include <QPointF>
#include <QVector>

#include "widgets/charts/series.hpp"

namespace qd::widgets {

// A stretch of points without a gap.
using Segment = QVector<QPointF>;

// Cuts `points` at NaN values and wherever two neighbours are more than `gapAfterMs` apart (0: never), keeps
// what lies in `range` plus one neighbour on each side, and reduces each pixel column of `columns` to at most
// four points: first, lowest, highest, last. So no peak and no dip is ever lost, and the result has at most 4
// x (columns + 2) points.
QVector<Segment> decimate(const QVector<QPointF>& points, const TimeRange& range, int columns,
                          double gapAfterMs = 0);

// Where `points` say nothing inside `range`: between neighbours further apart than `gapAfterMs`, around NaN,
// before the first point and after the last one (up to `range`'s ends). With no points at all: the whole
// range.
QVector<TimeRange> gapsIn(const QVector<QPointF>& points, const TimeRange& range, double gapAfterMs);

// Value at `ms`: the last point at or before it, if no further than `gapAfterMs` (0: no limit) away; else
// NaN.
double valueAt(const QVector<QPointF>& points, double ms, double gapAfterMs);

}  // namespace qd::widgets
