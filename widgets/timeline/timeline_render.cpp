// How an IncidentTimeline is laid out and painted.
#include <QFontMetricsF>
#include <QPainter>
#include <cmath>

#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/timeline/timeline_impl.hpp"

namespace qd::widgets {
namespace {

constexpr int gutter = 104;
constexpr int curveTitle = 20;
constexpr int curveGap = 8;
constexpr int axisHeight = 24;
constexpr int iconSide = 14;
constexpr qreal widestText = 260;
constexpr int mostMarks = 4'000;

}  // namespace

void IncidentTimeline::Impl::layOut() {
    left = gutter;
    right = std::max<qreal>(left + 40, q->width() - 12.0);
    layOutMilestones();
    qreal y = top;
    const bool curves = !(hiddenLanes & laneBit(Lane::Sli));
    for (Plot& plot : plots) {
        plot.box = curves ? QRectF(left, y + curveTitle, right - left, plot.curve.height) : QRectF();
        if (curves) y = plot.box.bottom() + curveGap;
    }
    const QFontMetricsF metrics(textFont(Type::Small));
    const int heightBefore = static_cast<int>(lanes.bottom);
    LaneFrame frame;
    frame.range = range();
    frame.left = left;
    frame.right = right;
    frame.top = y;
    frame.hidden = hiddenLanes;
    frame.emptyLanes = emptyLanes;
    frame.widthOf = [&](int item) {
        (void)lineOf(item);
        Text& text = lineCache[item];
        if (text.width < 0)
            text.width = std::min(widestText, metrics.horizontalAdvance(text.line)) + iconSide + 20;
        return text.width;
    };
    lanes = layOutLanes(items, sorted, frame);
    hovered = -1;
    if (static_cast<int>(lanes.bottom) != heightBefore) q->updateGeometry();
}

QSize IncidentTimeline::sizeHint() const {
    return {760, minimumSizeHint().height()};
}

QSize IncidentTimeline::minimumSizeHint() const {
    const int content =
        d_->lanes.bottom > 4 ? static_cast<int>(d_->lanes.bottom) : 96 + 5 * (laneRowHeight + 5);
    return {360, content + axisHeight};
}

void IncidentTimeline::Impl::render() {
    const qreal ratio = q->devicePixelRatioF();
    if (picture.size() != q->size() * ratio) {
        picture = QPixmap(q->size() * ratio);
        picture.setDevicePixelRatio(ratio);
    }
    layOut();
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    const QFont small = textFont(Type::Micro);
    for (const Tick& t : timeTicks(range(), static_cast<int>(right - left))) {
        const double x = std::round(xOf(t.value));
        painter.fillRect(QRectF(x, top, 1, lanes.bottom - top), color(Token::Grid));
        const qreal wide = numberWidth(t.label, small);
        painter.setPen(color(Token::TextMuted));
        paintNumber(painter, {std::min(x - wide / 2, q->width() - wide), lanes.bottom + 4, wide + 1, 16},
                    t.label, small, Qt::AlignLeft);
    }
    for (const Shade& s : shades) {
        const double from = std::max(xOf(s.range.fromMs), left), to = std::min(xOf(s.range.toMs), right);
        if (to > from)
            painter.fillRect(QRectF(from, top, to - from, lanes.bottom - top), color(s.color, 0.09));
    }
    for (Plot& plot : plots)
        if (!plot.box.isEmpty()) paintCurve(painter, plot);
    paintLanes(painter);
    paintMilestones(painter);
    paintPlayhead(painter);
    painter.fillRect(QRectF(left, lanes.bottom, right - left, 1), color(Token::LineStrong));
    dirty = false;
}

void IncidentTimeline::Impl::paintCurve(QPainter& painter, Plot& plot) {
    const QRectF& box = plot.box;
    const Series& series = plot.curve.series;
    const int columns = std::max(16, static_cast<int>(box.width() / 2));
    const QVector<Segment> segments = decimate(series.points, range(), columns, gapAfterMs);
    double bottom = qQNaN(), highest = qQNaN();
    const auto include = [&](double v) {
        bottom = std::fmin(bottom, v);
        highest = std::fmax(highest, v);
    };
    for (const Segment& segment : segments)
        for (const QPointF& p : segment) include(p.y());
    for (const Threshold& t : plot.curve.thresholds) include(t.value);
    if (std::isnan(bottom)) bottom = 0, highest = 1;
    const double air = std::max((highest - bottom) * 0.1, std::abs(highest) * 1e-4 + 1e-9);
    plot.low = bottom - air;
    plot.high = highest + air;
    const auto yOf = [&](double v) {
        return box.bottom() - (v - plot.low) / (plot.high - plot.low) * box.height();
    };
    for (const TimeRange& gap : gapsIn(series.points, range(), gapAfterMs))
        paintHatch(painter, {xOf(gap.fromMs), box.top(), xOf(gap.toMs) - xOf(gap.fromMs), box.height()},
                   color(Token::Hatch));
    const QFont small = textFont(Type::Micro);
    const QVector<Tick> ticks = valueTicks(plot.low, plot.high, 2, {});
    const Formatter label = axisFormatterFor(
        plot.curve.unit, ticks.size() > 1 ? ticks[1].value - ticks[0].value : plot.high - plot.low);
    for (const Tick& t : ticks) {
        const double y = std::round(yOf(t.value));
        painter.fillRect(QRectF(left, y, right - left, 1), color(Token::Grid));
        painter.setPen(color(Token::TextMuted));
        paintNumber(painter, {0, y - 8, left - 8, 16}, label(t.value), small, Qt::AlignRight);
    }
    // Painted by hand: Qt Charts takes most of a frame for what is two polygons here.
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(box);
    for (const Segment& segment : segments) {
        QPolygonF line;
        line.reserve(segment.size() + 2);
        for (const QPointF& p : segment) line.append({xOf(p.x()), yOf(p.y())});
        QPolygonF area = line;
        area.append({line.last().x(), box.bottom()});
        area.append({line.first().x(), box.bottom()});
        painter.setPen(Qt::NoPen);
        painter.setBrush(color(series.color, 0.14));
        painter.drawPolygon(area);
        painter.setPen(QPen(color(series.color), 1.4));
        painter.drawPolyline(line);
    }
    painter.restore();
    painter.setFont(textFont(Type::Micro, Weight::Medium));
    for (const Threshold& t : plot.curve.thresholds) {
        const double y = std::round(yOf(t.value)) + 0.5;
        QPen pen(color(t.color), 1);
        pen.setDashPattern({6, 4});
        painter.setPen(pen);
        painter.drawLine(QPointF(left, y), QPointF(right, y));
        const double textY = y + 16 > box.bottom() ? y - 15 : y + 2;
        paintText(painter, {left, textY, right - left - 4, 14}, t.label, Qt::AlignRight);
    }
    painter.setFont(textFont(Type::Small, Weight::Medium));
    painter.setPen(color(Token::Text));
    paintText(painter, {2, box.top() - curveTitle, right - 2, 16}, series.name);
}

void IncidentTimeline::Impl::paintLanes(QPainter& painter) {
    painter.setFont(textFont(Type::Small, Weight::Medium));
    for (const LaneBand& band : lanes.bands) {
        painter.fillRect(QRectF(0, band.top, right, 1), color(Token::Line));
        const qreal middle = band.top + 4 + laneRowHeight / 2.0 - 2;
        paintIcon(painter, {2, middle - 8, 16, 16}, laneIcon(band.lane), color(Token::TextMuted));
        painter.setPen(color(Token::TextMuted));
        paintText(painter, {24, middle - 9, gutter - 30.0, 18}, laneName(band.lane));
    }
    for (const PlacedItem& placed : lanes.placed) paintItem(painter, placed, false, false);
}

/// Whole marks are kept as pictures: panning shows the same ones again at another place.
void IncidentTimeline::Impl::paintGathered(QPainter& painter, const PlacedItem& placed, bool lit,
                                           bool isChosen) {
    const TimelineItem& item = items[placed.item];
    const bool whole = std::abs(placed.box.width() - (gatherWidth - 2)) < 0.01;
    if (!whole || lit || isChosen) return drawGathered(painter, placed, lit, isChosen);
    const QString key = QStringLiteral("%1/%2/%3/%4")
                            .arg(placed.count)
                            .arg(int(item.state))
                            .arg(placed.count == 1 ? int(item.icon) : -1)
                            .arg(int(placed.pinned));
    QPixmap& mark = marks[key];
    const qreal ratio = q->devicePixelRatioF();
    if (mark.isNull() || mark.devicePixelRatioF() != ratio) {
        mark = QPixmap((placed.box.size() * ratio).toSize());
        mark.setDevicePixelRatio(ratio);
        mark.fill(Qt::transparent);
        QPainter inside(&mark);
        PlacedItem here = placed;
        here.box = QRectF(QPointF(0, 0), placed.box.size());
        drawGathered(inside, here, false, false);
    }
    painter.drawPixmap(QPointF(std::round(placed.box.left()), placed.box.top()), mark);
    if (marks.size() > mostMarks) marks.clear();
}

void IncidentTimeline::Impl::drawGathered(QPainter& painter, const PlacedItem& placed, bool lit,
                                          bool isChosen) const {
    const TimelineItem& item = items[placed.item];
    const QColor tint = color(stateToken(item.state));
    const QColor line = isChosen ? color(Token::Accent) : lit ? tint : color(stateToken(item.state), 0.45);
    paintPanel(painter, placed.box, 3, color(stateSoftToken(item.state)), line);
    if (placed.count == 1) {
        const qreal side = std::min<qreal>(iconSide, placed.box.width() - 2);
        if (side > 6)
            paintIcon(painter,
                      {placed.box.center().x() - side / 2, placed.box.center().y() - side / 2, side, side},
                      item.icon, tint);
    } else {
        painter.setPen(color(Token::Text));
        const QString number = placed.count > 9'999 ? QStringLiteral("%1k").arg(placed.count / 1'000)
                                                    : QString::number(placed.count);
        painter.setFont(textFont(Type::Micro, Weight::Medium));
        painter.drawText(placed.box.adjusted(-4, 0, 4, 0), Qt::AlignCenter, number);
    }
    if (placed.pinned)
        painter.fillRect(QRectF(placed.box.left(), placed.box.top(), placed.box.width(), 3),
                         color(Token::Accent));
}

void IncidentTimeline::Impl::paintItem(QPainter& painter, const PlacedItem& placed, bool lit, bool isChosen) {
    if (placed.gathered) return paintGathered(painter, placed, lit, isChosen);
    const TimelineItem& item = items[placed.item];
    const QColor tint = color(stateToken(item.state));
    const QColor soft = color(stateSoftToken(item.state));
    const QRectF& box = placed.box;
    const bool span = placed.barEnd > box.left() + 1;
    painter.save();
    if (span) {
        const QRectF bar(box.left(), box.top(), std::max<qreal>(4, placed.barEnd - box.left()), box.height());
        paintPanel(painter, bar, 4, soft, color(stateToken(item.state), 0.55));
        painter.fillRect(QRectF(bar.left(), bar.top() + 1, 3, bar.height() - 2), tint);
    } else {
        painter.fillRect(QRectF(box.left() - 1, box.top(), 2, box.height()), tint);
        // The text of an instant stands on the background that it covers, so that guides do not cross it.
        paintPanel(painter, box.adjusted(2, 1, 0, -1), 4, lit || isChosen ? soft : color(Token::Surface));
    }
    if (lit || isChosen) {
        const QRectF ring = box.adjusted(-2, -1, 2, 1);
        paintPanel(painter, ring, 4, lit && !isChosen ? QColor() : soft,
                   isChosen ? color(Token::Accent) : tint);
    }
    paintIcon(painter, {box.left() + 6, box.center().y() - iconSide / 2.0, iconSide, iconSide}, item.icon,
              tint);
    if (item.pinned)
        painter.fillRect(QRectF(box.left(), box.top(), std::min<qreal>(box.width(), 22), 3),
                         color(Token::Accent));
    painter.setFont(textFont(Type::Small, isChosen ? Weight::Medium : Weight::Regular));
    painter.setPen(color(Token::Text));
    const QRectF line = box.adjusted(6 + iconSide + 5, 0, -3, 0);
    if (line.width() > 14) paintText(painter, line, lineOf(placed.item).line);
    painter.restore();
}

void IncidentTimeline::Impl::paintHover(QPainter& painter) {
    const bool marked = chosen >= 0 && range().contains(items[chosen].fromMs);
    const double chosenX = marked ? std::round(xOf(items[chosen].fromMs)) : -1;
    if (marked) painter.fillRect(QRectF(chosenX, top, 1, lanes.bottom - top), color(Token::Accent, 0.8));
    const bool hovering = !std::isnan(hoverMs) && range().contains(hoverMs);
    const double x = hovering ? std::round(xOf(hoverMs)) : 0;
    if (hovering) painter.fillRect(QRectF(x, top, 1, lanes.bottom - top), color(Token::Crosshair, 0.7));
    // The guides run behind the items, so those that they cross are painted once more.
    const auto crossed = [](const QRectF& box, double at) {
        return at >= box.left() - 2 && at <= box.right() + 2;
    };
    for (qsizetype i = 0; i < lanes.placed.size(); ++i) {
        const PlacedItem& placed = lanes.placed[i];
        const bool isChosen = holds(placed, chosen), isHovered = i == hovered;
        if (isChosen || isHovered || (hovering && crossed(placed.box, x)) ||
            (marked && crossed(placed.box, chosenX)))
            paintItem(painter, placed, isHovered, isChosen);
    }
    if (hovering) paintReadOut(painter, x);
}

void IncidentTimeline::Impl::paintReadOut(QPainter& painter, double x) const {
    const QFont small = textFont(Type::Micro, Weight::Medium);
    const auto pill = [&](const QString& text, qreal y) {
        const qreal wide = numberWidth(text, small) + 12;
        const QRectF box(std::clamp(x - wide / 2, 0.0, q->width() - wide), y, wide, 18);
        paintPanel(painter, box, 4, color(Token::Raised), color(Token::LineStrong));
        painter.setPen(color(Token::Text));
        paintNumber(painter, box, text, small, Qt::AlignHCenter);
    };
    pill(formatClock(static_cast<qint64>(hoverMs)), lanes.bottom + 3);
    for (const Plot& plot : plots) {
        if (plot.box.isEmpty()) continue;
        const double value = valueAt(plot.curve.series.points, hoverMs, gapAfterMs);
        if (std::isnan(value)) {
            pill(QStringLiteral("no data"), plot.box.top());
            continue;
        }
        const QPointF at(x,
                         plot.box.bottom() - (value - plot.low) / (plot.high - plot.low) * plot.box.height());
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(color(Token::Surface), 2));
        painter.setBrush(color(plot.curve.series.color));
        painter.drawEllipse(at, 4, 4);
        painter.restore();
        pill(plot.formatter(value), at.y() - 26 < plot.box.top() ? at.y() + 8 : at.y() - 26);
    }
}

}  // namespace qd::widgets
