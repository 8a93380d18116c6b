#include "widgets/charts/decimate.hpp"

#include <algorithm>
#include <cmath>

namespace qd::widgets {
namespace {

using Iterator = QVector<QPointF>::const_iterator;

// First point inside the range, or the one before it so that the line enters from outside.
Iterator firstOf(const QVector<QPointF>& points, double fromMs) {
    auto it = std::lower_bound(points.cbegin(), points.cend(), fromMs,
                               [](const QPointF& p, double ms) { return p.x() < ms; });
    return it == points.cbegin() ? it : it - 1;
}

Iterator endOf(const QVector<QPointF>& points, double toMs) {
    auto it = std::upper_bound(points.cbegin(), points.cend(), toMs,
                               [](double ms, const QPointF& p) { return ms < p.x(); });
    return it == points.cend() ? it : it + 1;
}

// First, lowest, highest and last point of one pixel column, in order of time.
struct Column {
    QPointF first, low, high, last;
    int count = 0;

    void add(const QPointF& p) {
        if (count++ == 0) {
            first = low = high = last = p;
            return;
        }
        if (p.y() < low.y()) low = p;
        if (p.y() > high.y()) high = p;
        last = p;
    }
    void flush(Segment& out) {
        if (count == 0) return;
        const bool lowFirst = low.x() <= high.x();
        for (const QPointF& p : {first, lowFirst ? low : high, lowFirst ? high : low, last})
            if (out.isEmpty() || out.last() != p) out.append(p);
        count = 0;
    }
};

bool known(const QPointF& p) {
    return std::isfinite(p.y());
}

}  // namespace

QVector<Segment> decimate(const QVector<QPointF>& points, const TimeRange& range, int columns,
                          double gapAfterMs) {
    QVector<Segment> segments;
    if (points.isEmpty() || range.span() <= 0 || columns <= 0) return segments;
    const double perColumn = range.span() / columns;
    Segment segment;
    Column column;
    double columnIndex = 0;
    double before = 0;
    const auto close = [&] {
        column.flush(segment);
        if (!segment.isEmpty()) segments.append(segment);
        segment.clear();
    };
    const Iterator end = endOf(points, range.toMs);
    for (Iterator it = firstOf(points, range.fromMs); it != end; ++it) {
        if (!known(*it)) {
            close();
            continue;
        }
        const bool open = column.count > 0 || !segment.isEmpty();
        if (open && gapAfterMs > 0 && it->x() - before > gapAfterMs) close();
        const double index = std::floor((it->x() - range.fromMs) / perColumn);
        if (index != columnIndex) column.flush(segment);
        columnIndex = index;
        column.add(*it);
        before = it->x();
    }
    close();
    return segments;
}

QVector<TimeRange> gapsIn(const QVector<QPointF>& points, const TimeRange& range, double gapAfterMs) {
    QVector<TimeRange> gaps;
    const auto add = [&](double from, double to) {
        from = std::max(from, range.fromMs);
        to = std::min(to, range.toMs);
        if (to > from) gaps.append({from, to});
    };
    if (gapAfterMs <= 0) return gaps;
    bool any = false;
    double before = 0;
    const Iterator end = endOf(points, range.toMs);
    for (Iterator it = firstOf(points, range.fromMs); it != end; ++it) {
        if (!known(*it)) continue;
        if (!any) {
            if (it->x() - range.fromMs > gapAfterMs) add(range.fromMs, it->x());
        } else if (it->x() - before > gapAfterMs) {
            add(before, it->x());
        }
        any = true;
        before = it->x();
    }
    if (!any)
        add(range.fromMs, range.toMs);
    else if (range.toMs - before > gapAfterMs)
        add(before, range.toMs);
    return gaps;
}

double valueAt(const QVector<QPointF>& points, double ms, double gapAfterMs) {
    auto it = std::upper_bound(points.cbegin(), points.cend(), ms,
                               [](double at, const QPointF& p) { return at < p.x(); });
    if (it == points.cbegin()) return qQNaN();
    --it;
    if (gapAfterMs > 0 && ms - it->x() > gapAfterMs) return qQNaN();
    return it->y();
}

}  // namespace qd::widgets
