// How a TimeSeriesChart is laid out and painted. Everything but legend, crosshair and read-out goes into a
// pixmap.
#include <QFontMetricsF>
#include <QPainter>
#include <cmath>

#include "widgets/charts/chart_impl.hpp"
#include "widgets/theme/icons.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int markStrip = 18;
constexpr int timeStrip = 22;

/// The same times, all of them told of.
QVector<QPointF> known(QVector<QPointF> points) {
    for (QPointF& point : points) point.setY(0);
    return points;
}

QVector<TimeRange> common(const QVector<TimeRange>& a, const QVector<TimeRange>& b) {
    QVector<TimeRange> out;
    for (qsizetype i = 0, j = 0; i < a.size() && j < b.size();) {
        const TimeRange both{std::max(a[i].fromMs, b[j].fromMs), std::min(a[i].toMs, b[j].toMs)};
        if (both.span() > 0) out.append(both);
        a[i].toMs < b[j].toMs ? ++i : ++j;
    }
    return out;
}

}  // namespace

int TimeSeriesChart::Impl::headerHeight() const {
    bool named = false;
    for (const Series& s : series) named = named || !s.name.isEmpty();
    return !title.isEmpty() || (legendVisible && named) ? (markHeight() == 0 ? 32 : 26) : 8;
}

void TimeSeriesChart::Impl::prepare() {
    if (plot.isEmpty()) layOut();  // the live edge needs the plot's width
    range = currentRange();
    curves.clear();
    gaps.clear();
    hasData = false;
    const int columns = std::max(16, static_cast<int>(plot.width()));
    bool first = true;
    for (const Series& s : series) {
        ChartLines::Curve curve{decimate(s.points, range, columns, gapAfterMs), s.color, s.dashed, s.filled,
                                s.stepped};
        for (const Segment& segment : curve.segments)
            for (const QPointF& p : segment) hasData = hasData || range.contains(p.x());
        curves.append(std::move(curve));
        const QVector<TimeRange> own = gapsIn(s.quiet ? known(s.points) : s.points, range, gapAfterMs);
        // Hatched is only the time about which no series says anything: a canary that starts late is no gap.
        gaps = first ? own : common(gaps, own);
        first = false;
    }
    if (!heat.isEmpty())
        prepareHeat();
    else
        fitValues();
    fitLabels();
    layOut();
    dirty = false;
}

void TimeSeriesChart::Impl::fitValues() {
    yLow = yFixedLow;
    yHigh = yFixedHigh;
    const int wanted = std::max(2, static_cast<int>(std::max(60.0, plot.height()) / 44));
    if (!yFixed) {
        double low = qQNaN(), high = qQNaN();
        const auto include = [&](double v) {
            low = std::fmin(low, v);
            high = std::fmax(high, v);
        };
        for (const auto& curve : curves)
            for (const Segment& segment : curve.segments)
                for (const QPointF& p : segment) include(p.y());
        for (const Series& s : series)
            for (const QVector<QPointF>* edge : {&s.low, &s.high})
                for (const QPointF& p : *edge)
                    if (range.contains(p.x())) include(p.y());
        if (yWithThresholds)
            for (const Threshold& t : thresholds) include(t.value);
        if (std::isnan(low)) {
            low = yFloor.value_or(yCeiling ? *yCeiling - std::max(yMinSpan, 1e-3) : 0);
            high = yCeiling.value_or(low + std::max(yMinSpan, 1.0));
        }
        const double air = (high - low) * 0.06;
        const bool negative = low < 0;
        low = yFloor.value_or(low - air);
        high = yCeiling.value_or(high + air);
        const double least = std::max({yMinSpan, std::abs(high) * 1e-6, 1e-9});
        if (high - low < least) {
            if (yCeiling && !yFloor)
                low = high - least;
            else if (yFloor)
                high = low + std::max(least, yMinSpan > 0 ? least : 1.0);
            else
                low -= (least - (high - low)) / 2, high = low + least;
        }
        // Ends on round values, so that the axis stays put while the data wobbles.
        const QVector<Tick> ticks = valueTicks(low, high, wanted, {});
        if (ticks.size() >= 2) {
            const double step = ticks[1].value - ticks[0].value;
            if (!yFloor) low = std::floor(low / step + 1e-9) * step;
            if (!yFloor && !negative)
                low = std::max(low, 0.0);  // an axis below zero speaks of what cannot be
            if (!yCeiling) high = std::ceil(high / step - 1e-9) * step;
        }
        yLow = low;
        yHigh = high;
    }
    yTicks = valueTicks(yLow, yHigh, wanted, {});
    const double step = yTicks.size() > 1 ? yTicks[1].value - yTicks[0].value : 0.01;
    const Formatter label = unit ? axisFormatterFor(*unit, step) : formatter;
    for (Tick& t : yTicks) t.label = label(t.value);
}

void TimeSeriesChart::Impl::fitLabels() {
    qreal widest = 0;
    for (const Tick& t : yTicks) widest = std::max(widest, numberWidth(t.label, textFont(Type::Micro)));
    const int needed = static_cast<int>(std::ceil(widest)) + space::md;
    // Only ever grows: an axis that breathes moves the whole plot.
    if (needed > fittedWidth) {
        fittedWidth = needed;
        emit q->axisWidthFitted(needed);
    }
}

int TimeSeriesChart::Impl::markHeight() const {
    return marks.isEmpty() || !markIcons ? 0 : markStrip;
}

void TimeSeriesChart::Impl::layOut() {
    const int left = std::max(axisWidth, fittedWidth);
    const int top = headerHeight() + markHeight();
    const int bottom = timeAxisVisible ? timeStrip : 6;
    plot = QRectF(left, top, std::max(10, q->width() - left - chartRightMargin),
                  std::max(10, q->height() - top - bottom));
}

void TimeSeriesChart::Impl::render() {
    QElapsedTimer timer;
    timer.start();
    const qreal ratio = q->devicePixelRatioF();
    if (picture.size() != q->size() * ratio) {
        picture = QPixmap(q->size() * ratio);
        picture.setDevicePixelRatio(ratio);
        plot = {};
    }
    prepare();
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    paintPicture(painter);
    ++renders;
    renderMs = timer.nsecsElapsed() / 1e6;
    sinceRender.start();
}

void TimeSeriesChart::Impl::paintPicture(QPainter& painter) {
    paintBack(painter);
    if (hasData && !heat.isEmpty()) {
        paintHeat(painter);
    } else if (hasData) {
        paintBands(painter);
        if (!lines) lines = std::make_unique<ChartLines>();
        lines->draw(painter, plot, curves, range, yLow, yHigh);
    }
    paintFront(painter);
}

void TimeSeriesChart::Impl::paintBack(QPainter& painter) const {
    const QFont small = textFont(Type::Micro);
    for (const TimeRange& gap : gaps) {
        const QRectF box(xOf(gap.fromMs), plot.top(), xOf(gap.toMs) - xOf(gap.fromMs), plot.height());
        if (box.width() < 2) continue;
        paintHatch(painter, box, color(Token::Hatch));
    }
    for (const Tick& t : yTicks) {
        const double y = std::round(yOf(t.value));
        const bool base = t.value == yLow;
        painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), color(base ? Token::Line : Token::Grid));
        painter.setPen(color(Token::TextMuted));
        paintNumber(painter, {0, y - 8, plot.left() - 8, 16}, t.label, small, Qt::AlignRight);
    }
    const QVector<Tick> times = timeTicks(range, static_cast<int>(plot.width()));
    for (const Tick& t : times) {
        const double x = std::round(xOf(t.value));
        painter.fillRect(QRectF(x, plot.top(), 1, plot.height()), color(Token::Grid));
        if (!timeAxisVisible) continue;
        painter.setPen(color(Token::TextMuted));
        const qreal width = numberWidth(t.label, small);
        const qreal from = std::clamp(x - width / 2, 0.0, q->width() - width);
        paintNumber(painter, {from, plot.bottom() + 4, width + 1, 16}, t.label, small, Qt::AlignLeft);
    }
    for (const Shade& s : shades) {
        const double from = std::max(xOf(s.range.fromMs), plot.left());
        const double to = std::min(xOf(s.range.toMs), plot.right());
        if (to <= from) continue;
        painter.fillRect(QRectF(from, plot.top(), to - from, plot.height()), color(s.color, 0.10));
        painter.fillRect(QRectF(from, plot.top(), to - from, 2), color(s.color, 0.6));
        if (to - from > 40 && !s.label.isEmpty()) {
            painter.setFont(small);
            painter.setPen(color(s.color));
            paintText(painter, {from + 5, plot.top() + 4, to - from - 8, 14}, s.label);
        }
    }
    // The word over the hatch, so that strokes need no explaining.
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    const QString word = QStringLiteral("no data");
    const qreal wide = metrics.horizontalAdvance(word) + 12;
    for (const TimeRange& gap : hasData ? gaps : QVector<TimeRange>{}) {
        const double from = xOf(gap.fromMs), to = xOf(gap.toMs);
        if (to - from < wide + 12) continue;
        const QRectF chip((from + to - wide) / 2, plot.center().y() - 9, wide, 18);
        paintPanel(painter, chip, 4, color(Token::Surface));
        painter.setPen(color(Token::TextMuted));
        painter.drawText(chip, Qt::AlignCenter, word);
    }
}

void TimeSeriesChart::Impl::paintFront(QPainter& painter) const {
    const QFont small = textFont(Type::Micro, Weight::Medium);
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    qreal lastLabel = -100;
    for (const Threshold& t : thresholds) {
        const double y = std::round(yOf(t.value));
        if (y < plot.top() - 1 || y > plot.bottom() + 1) continue;
        QPen pen(color(t.color), 1);
        pen.setDashPattern({6, 4});
        painter.setPen(pen);
        painter.drawLine(QPointF(plot.left(), y + 0.5), QPointF(plot.right(), y + 0.5));
        if (t.label.isEmpty() || std::abs(y - lastLabel) < 14) continue;
        const qreal wide = std::min(metrics.horizontalAdvance(t.label) + 10, plot.width());
        // Above the line, below it where there is no room.
        const double top = y - 17 < plot.top() ? y + 2 : y - 17;
        const QRectF chip(plot.right() - wide, top, wide, 16);
        QColor back = color(Token::Surface);
        back.setAlphaF(0.85F);
        painter.fillRect(chip, back);
        painter.setPen(color(t.color));
        paintText(painter, chip.adjusted(5, 0, -5, 0), t.label, Qt::AlignRight);
        lastLabel = y;
    }
    paintMarks(painter);
    if (!heat.isEmpty() && !heatLabel.isEmpty()) {
        painter.setFont(textFont(Type::Small));
        painter.setPen(color(Token::Warn));
        paintText(painter, {q->width() * 0.5, 2, q->width() * 0.5 - chartRightMargin, 18}, heatLabel,
                  Qt::AlignRight);
    }
    if (!title.isEmpty()) {
        painter.setFont(textFont(Type::Small, Weight::Semibold));
        painter.setPen(color(Token::Text));
        paintText(painter, {0, 2, q->width() * 0.6, 18}, title);
    }
    if (!hasData) {
        painter.setFont(textFont(Type::Small));
        const qreal wide = QFontMetricsF(painter.font()).horizontalAdvance(emptyText) + 24;
        const QRectF chip(plot.center().x() - wide / 2, plot.center().y() - 13, wide, 26);
        paintPanel(painter, chip, 6, color(Token::Surface));
        painter.setPen(color(Token::TextMuted));
        painter.drawText(chip, Qt::AlignCenter, emptyText);
    }
}

void TimeSeriesChart::Impl::paintMarks(QPainter& painter) const {
    double lastIcon = -100;
    for (const Mark& m : marks) {
        if (!range.contains(m.atMs)) continue;
        const double x = std::round(xOf(m.atMs));
        const QColor tint = color(markToken(m.kind));
        QPen pen(color(markToken(m.kind), 0.7), 1);
        pen.setDashPattern({2, 2});
        painter.setPen(pen);
        painter.drawLine(QPointF(x + 0.5, plot.top()), QPointF(x + 0.5, plot.bottom()));
        if (!markIcons || x - lastIcon < 15) continue;  // the line is there; the read-out names them all
        paintIcon(painter, {x - 7, plot.top() - 17, 14, 14}, markIcon(m.kind), tint);
        lastIcon = x;
    }
}

}  // namespace qd::widgets
