// What a TimeSeriesChart paints over its picture each time: legend with values, crosshair and read-out.
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/charts/chart_impl.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int legendSample = 14;

// A line as the legend shows it.
void paintSample(QPainter& painter, const QPointF& from, const Series& s) {
    QPen pen(color(s.color), 2.4, Qt::SolidLine, Qt::FlatCap);
    if (s.dashed) pen.setDashPattern({1.8, 1.2});
    painter.setPen(pen);
    painter.drawLine(from, from + QPointF(legendSample, 0));
}

}  // namespace

std::optional<QPointF> TimeSeriesChart::Impl::sampleNear(const Series& s, double ms) const {
    const auto& points = s.points;
    auto it = std::lower_bound(points.cbegin(), points.cend(), ms,
                               [](const QPointF& p, double at) { return p.x() < at; });
    const QPointF* best = nullptr;
    const double limit = gapAfterMs > 0 ? gapAfterMs : qInf();
    if (it != points.cend()) best = &*it;
    if (it != points.cbegin() && (!best || ms - (it - 1)->x() < best->x() - ms)) best = &*(it - 1);
    if (!best || std::isnan(best->y()) || std::abs(best->x() - ms) > limit) return std::nullopt;
    return *best;
}

void TimeSeriesChart::Impl::paintLegend(QPainter& painter) const {
    painter.save();
    const QFont f = textFont(Type::Small);
    painter.setFont(f);
    const QFontMetricsF metrics(f);
    const bool reading = !std::isnan(crosshairMs) && range.contains(crosshairMs);
    qreal x = q->width() - chartRightMargin;
    const qreal titleEnd =
        title.isEmpty()
            ? 0
            : QFontMetricsF(textFont(Type::Small, Weight::Semibold)).horizontalAdvance(title) + 16;
    // From the right, so that the first series stands leftmost and the title keeps its place.
    for (auto it = series.crbegin(); it != series.crend(); ++it) {
        if (it->name.isEmpty()) continue;
        QString value;
        if (reading) {
            const auto sample = sampleNear(*it, crosshairMs);
            value = QLatin1Char(' ') + (sample ? formatter(sample->y()) : QStringLiteral("–"));
        }
        const qreal valueWidth = value.isEmpty() ? 0 : numberWidth(value, f) + 2;
        const qreal width = legendSample + 6 + metrics.horizontalAdvance(it->name) + valueWidth;
        if (x - width < titleEnd) {
            // The read-out names those for which there is no room.
            const QString more = QStringLiteral("+%1").arg(std::distance(it, series.crend()));
            painter.setPen(color(Token::TextMuted));
            if (x - numberWidth(more, f) > titleEnd)
                paintNumber(painter, {titleEnd, 2, x - titleEnd, 18}, more, f, Qt::AlignRight);
            break;
        }
        x -= width;
        paintSample(painter, {x, 11}, *it);
        painter.setPen(color(Token::TextMuted));
        const QRectF line(x + legendSample + 6, 2, width, 18);
        painter.drawText(line, Qt::AlignVCenter | Qt::TextSingleLine, it->name);
        if (!value.isEmpty()) {
            painter.setPen(color(Token::Text));
            paintNumber(painter, {x, 2, width, 18}, value, f, Qt::AlignRight);
        }
        x -= space::lg;
    }
    painter.restore();
}

void TimeSeriesChart::Impl::paintCrosshair(QPainter& painter) const {
    if (wantsFocusRing(q)) paintFocusRing(painter, QRectF(q->rect()), controlRadius);
    if (std::isnan(crosshairMs) || !range.contains(crosshairMs)) return;
    const double x = std::round(xOf(crosshairMs));
    painter.fillRect(QRectF(x, plot.top(), 1, plot.height()), color(Token::Crosshair));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Series& s : series) {
        const auto sample = sampleNear(s, crosshairMs);
        if (!sample || !range.contains(sample->x())) continue;
        const QPointF at(xOf(sample->x()), yOf(sample->y()));
        if (!plot.adjusted(-1, -1, 1, 1).contains(at)) continue;
        painter.setPen(QPen(color(Token::Surface), 2));
        painter.setBrush(color(s.color));
        painter.drawEllipse(at, 4, 4);
    }
    painter.restore();
    // Only where the hand or the keyboard is; the others of a group tell by their legends.
    if (q->underMouse() || q->hasFocus()) paintReadOut(painter, x);
}

void TimeSeriesChart::Impl::paintReadOut(QPainter& painter, qreal x) const {
    struct Row {
        const Series* series;
        const Mark* mark;
        QString name, value;
    };
    const QFont f = textFont(Type::Small);
    const QFontMetricsF metrics(f);
    QVector<Row> rows;
    for (const Series& s : series) {
        const auto sample = sampleNear(s, crosshairMs);
        rows.append({&s, nullptr, s.name.isEmpty() ? title : s.name,
                     sample ? formatter(sample->y()) : QStringLiteral("no data")});
    }
    for (const HeatColumn& column : heat.columns) {
        if (crosshairMs < column.atMs || crosshairMs >= column.atMs + heat.stepMs) continue;
        double all = 0, slow = 0;
        for (qsizetype i = 0; i < column.counts.size() && i < heat.bounds.size(); ++i) {
            all += column.counts[i];
            if (heat.bounds[i] > heatThreshold * (1 + 1e-9)) slow += column.counts[i];
        }
        rows.append({nullptr, nullptr, QStringLiteral("all"), formatCount(all)});
        if (!std::isnan(heatThreshold))
            rows.append({nullptr, nullptr, QStringLiteral("not ") + heatLabel, formatCount(slow)});
    }
    for (const Mark& m : marks)
        if (std::abs(xOf(m.atMs) - x) <= 6 && rows.size() < 12)
            rows.append({nullptr, &m, m.label.isEmpty() ? markWord(m.kind) : m.label, {}});
    const QString when = formatClock(static_cast<qint64>(crosshairMs));
    qreal wide = numberWidth(when, f);
    for (const Row& row : rows)
        wide = std::max(wide, 20 + metrics.horizontalAdvance(row.name) +
                                  (row.value.isEmpty() ? 0 : 16 + numberWidth(row.value, f)));
    wide = std::min<qreal>(wide, 320) + 2 * space::sm;
    const qreal high = 18 * static_cast<qreal>(rows.size() + 1) + 2 * 6;
    const bool right = x + 12 + wide < q->width();
    const QRectF box(right ? x + 12 : std::max(0.0, x - 12 - wide),
                     std::clamp(plot.top() + 6, 0.0, std::max(0.0, q->height() - high)), wide, high);
    paintPanel(painter, box, controlRadius, color(Token::Raised), color(Token::LineStrong));
    QRectF line(box.left() + space::sm, box.top() + 6, wide - 2 * space::sm, 18);
    painter.setPen(color(Token::TextMuted));
    paintNumber(painter, line, when, f, Qt::AlignLeft);
    painter.setFont(f);
    for (const Row& row : rows) {
        line.translate(0, 18);
        if (row.series)
            paintSample(painter, {line.left(), line.center().y()}, *row.series);
        else if (row.mark)
            paintIcon(painter, {line.left(), line.top() + 2, 14, 14}, markIcon(row.mark->kind),
                      color(markToken(row.mark->kind)));
        painter.setPen(color(Token::TextMuted));
        const qreal valueWidth = row.value.isEmpty() ? 0 : numberWidth(row.value, f) + 8;
        paintText(painter, line.adjusted(20, 0, -valueWidth, 0), row.name);
        painter.setPen(color(Token::Text));
        paintNumber(painter, line, row.value, f, Qt::AlignRight);
    }
}

}  // namespace qd::widgets
