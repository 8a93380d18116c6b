// How a TimeSeriesChart shows a heat map: rows of equal height, one for each bucket of a histogram.
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/charts/chart_impl.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr double leastRowLabelPx = 15;

}  // namespace

void TimeSeriesChart::Impl::prepareHeat() {
    heatRows = shownRows(heat, heatThreshold);
    yLow = 0;
    yHigh = std::max(1, heatRows.count());
    yTicks.clear();
    const double row = std::max(30.0, plot.height()) / yHigh;
    const int every = std::max(1, int(std::ceil(leastRowLabelPx / row)));
    for (int i = 0; i < heatRows.count(); ++i) {
        const double bound = heat.bounds[heatRows.first + i];
        if (std::isinf(bound) || (heatRows.count() - i) % every != 0) continue;
        yTicks.append({double(i + 1), formatSeconds(bound)});
    }
    hasData = false;
    gaps.clear();
    double known = range.fromMs;
    for (const HeatColumn& column : heat.columns) {
        if (column.atMs + heat.stepMs < range.fromMs || column.atMs > range.toMs) continue;
        hasData = true;
        if (column.atMs - known > std::max(gapAfterMs, heat.stepMs)) gaps.append({known, column.atMs});
        known = column.atMs + heat.stepMs;
    }
    if (hasData && range.toMs - known > std::max(gapAfterMs, 3 * heat.stepMs))
        gaps.append({known, range.toMs});
}

void TimeSeriesChart::Impl::paintHeat(QPainter& painter) const {
    double most = 0;
    for (const HeatColumn& column : heat.columns)
        for (const double count : column.counts) most = std::max(most, count);
    for (const HeatColumn& column : heat.columns) {
        const double from = std::max(xOf(column.atMs), plot.left());
        const double to = std::min(xOf(column.atMs + heat.stepMs), plot.right());
        if (to <= from) continue;
        for (int i = heatRows.first; i <= heatRows.last && i < column.counts.size(); ++i) {
            const double share = intensity(column.counts[i], most);
            if (share <= 0) continue;
            const double top = yOf(i - heatRows.first + 1), bottom = yOf(i - heatRows.first);
            const bool slow = !std::isnan(heatThreshold) && heat.bounds[i] > heatThreshold * (1 + 1e-9);
            painter.fillRect(
                QRectF(from, top + 0.5, std::max(1.0, to - from), std::max(1.0, bottom - top - 1)),
                color(slow ? Token::Bad : Token::Series1, float(share)));
        }
    }
    const int bucket = bucketOf(heat, heatThreshold);
    if (bucket < heatRows.first || bucket > heatRows.last) return;
    const double y = std::round(yOf(bucket - heatRows.first + 1));
    QPen pen(color(Token::Warn), 1);
    pen.setDashPattern({6, 4});
    painter.setPen(pen);
    painter.drawLine(QPointF(plot.left(), y + 0.5), QPointF(plot.right(), y + 0.5));
}

}  // namespace qd::widgets
