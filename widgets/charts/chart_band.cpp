// The band between the lowest and the highest value around a curve's points.
#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "widgets/charts/chart_impl.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {

void TimeSeriesChart::Impl::paintBands(QPainter& painter) const {
    painter.save();
    painter.setClipRect(plot);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    for (const Series& s : series) {
        const qsizetype count = std::min(s.low.size(), s.high.size());
        const auto shown = [&](qsizetype i) {
            return std::isfinite(s.low[i].y()) && std::isfinite(s.high[i].y()) &&
                   range.contains(s.high[i].x());  // painters of SVG do not clip
        };
        painter.setBrush(color(s.color, 0.18));
        for (qsizetype from = 0; from < count;) {
            if (!shown(from)) {
                ++from;
                continue;
            }
            qsizetype to = from + 1;  // one past the run
            while (to < count && shown(to) &&
                   (gapAfterMs <= 0 || s.high[to].x() - s.high[to - 1].x() <= gapAfterMs))
                ++to;
            QPainterPath path(QPointF(xOf(s.high[from].x()), yOf(s.high[from].y())));
            for (qsizetype i = from + 1; i < to; ++i) path.lineTo(xOf(s.high[i].x()), yOf(s.high[i].y()));
            for (qsizetype i = to - 1; i >= from; --i) path.lineTo(xOf(s.low[i].x()), yOf(s.low[i].y()));
            path.closeSubpath();
            painter.drawPath(path);
            from = to;
        }
    }
    painter.restore();
}

}  // namespace qd::widgets
