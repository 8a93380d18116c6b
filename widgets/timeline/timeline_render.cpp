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
constexpr int curveHeight = 116;
constexpr int titleHeight = 26;
constexpr int axisHeight = 24;
constexpr int iconSide = 14;
constexpr qreal widestText = 260;

}  // namespace

void IncidentTimeline::Impl::layOut() {
    left = gutter;
    right = std::max<qreal>(left + 40, q->width() - 12.0);
    curveBox = hasCurve() ? QRectF(left, titleHeight, right - left, curveHeight) : QRectF();
    const qreal top = hasCurve() ? curveBox.bottom() + 10 : 4;
    const QFontMetricsF metrics(textFont(Type::Small));
    const int rowsBefore = static_cast<int>(lanes.bottom);
    lanes = layOutLanes(
        items, range(), top, right, [this](double ms) { return xOf(ms); },
        [&](const TimelineItem& item) {
            return std::min(widestText, metrics.horizontalAdvance(item.text)) + iconSide + 20;
        },
        emptyLanes);
    if (static_cast<int>(lanes.bottom) != rowsBefore) q->updateGeometry();
}

QSize IncidentTimeline::sizeHint() const {
    return {760, minimumSizeHint().height()};
}

QSize IncidentTimeline::minimumSizeHint() const {
    const int content =
        d_->lanes.bottom > 0 ? static_cast<int>(d_->lanes.bottom) : curveHeight + 5 * (laneRowHeight + 8);
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
    const qreal top = hasCurve() ? curveBox.top() : 0;
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
    if (hasCurve()) paintCurve(painter);
    paintLanes(painter);
    painter.fillRect(QRectF(left, lanes.bottom, right - left, 1), color(Token::LineStrong));
    dirty = false;
}

void IncidentTimeline::Impl::paintCurve(QPainter& painter) {
    const int columns = std::max(16, static_cast<int>(curveBox.width()));
    ChartLines::Curve curve{decimate(sli.points, range(), columns, gapAfterMs), sli.color, sli.dashed, true,
                            sli.stepped};
    double bottom = qQNaN(), top = qQNaN();
    const auto include = [&](double v) {
        bottom = std::fmin(bottom, v);
        top = std::fmax(top, v);
    };
    for (const Segment& segment : curve.segments)
        for (const QPointF& p : segment) include(p.y());
    for (const Threshold& t : thresholds) include(t.value);
    if (std::isnan(bottom)) bottom = 0, top = 1;
    const double air = std::max((top - bottom) * 0.1, std::abs(top) * 1e-4 + 1e-9);
    low = bottom - air;
    high = top + air;
    const auto yOf = [&](double v) {
        return curveBox.bottom() - (v - low) / (high - low) * curveBox.height();
    };
    for (const TimeRange& gap : gapsIn(sli.points, range(), gapAfterMs)) {
        const QRectF box(xOf(gap.fromMs), curveBox.top(), xOf(gap.toMs) - xOf(gap.fromMs), curveBox.height());
        paintHatch(painter, box, color(Token::Hatch));
    }
    const QFont small = textFont(Type::Micro);
    const QVector<Tick> ticks = valueTicks(low, high, 2, {});
    const Formatter label =
        axisFormatterFor(unit, ticks.size() > 1 ? ticks[1].value - ticks[0].value : high - low);
    for (const Tick& t : ticks) {
        const double y = std::round(yOf(t.value));
        painter.fillRect(QRectF(left, y, right - left, 1), color(Token::Grid));
        painter.setPen(color(Token::TextMuted));
        paintNumber(painter, {0, y - 8, left - 8, 16}, label(t.value), small, Qt::AlignRight);
    }
    if (!lines) lines = std::make_unique<ChartLines>();
    lines->draw(painter, curveBox, {curve}, range(), low, high);
    painter.setFont(textFont(Type::Micro, Weight::Medium));
    for (const Threshold& t : thresholds) {
        const double y = std::round(yOf(t.value)) + 0.5;
        QPen pen(color(t.color), 1);
        pen.setDashPattern({6, 4});
        painter.setPen(pen);
        painter.drawLine(QPointF(left, y), QPointF(right, y));
        paintText(painter, {left, y + 2, right - left - 4, 14}, t.label, Qt::AlignRight);
    }
    painter.setFont(textFont(Type::Small, Weight::Medium));
    painter.setPen(color(Token::Text));
    paintText(painter, {2, 2, right - 2, 18}, sli.name);
}

void IncidentTimeline::Impl::paintLanes(QPainter& painter) const {
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

void IncidentTimeline::Impl::paintItem(QPainter& painter, const PlacedItem& placed, bool lit,
                                       bool chosen) const {
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
        paintPanel(painter, box.adjusted(2, 1, 0, -1), 4, lit || chosen ? soft : color(Token::Surface));
    }
    if (lit || chosen) {
        const QRectF ring = box.adjusted(-2, -1, 2, 1);
        paintPanel(painter, ring, 4, lit && !chosen ? QColor() : soft, chosen ? color(Token::Accent) : tint);
    }
    paintIcon(painter, {box.left() + 6, box.center().y() - iconSide / 2.0, iconSide, iconSide}, item.icon,
              tint);
    painter.setFont(textFont(Type::Small, chosen ? Weight::Medium : Weight::Regular));
    painter.setPen(color(Token::Text));
    const QRectF line = box.adjusted(6 + iconSide + 5, 0, -3, 0);
    if (line.width() > 14) paintText(painter, line, item.text);
    painter.restore();
}

void IncidentTimeline::Impl::paintHover(QPainter& painter) const {
    const int chosen = indexOf(selected);
    const qreal top = hasCurve() ? curveBox.top() : 0;
    if (chosen >= 0 && range().contains(items[chosen].fromMs)) {
        const double x = std::round(xOf(items[chosen].fromMs));
        painter.fillRect(QRectF(x, top, 1, lanes.bottom - top), color(Token::Accent, 0.8));
    }
    const bool hovering = !std::isnan(hoverMs) && range().contains(hoverMs);
    const double x = hovering ? std::round(xOf(hoverMs)) : 0;
    if (hovering) painter.fillRect(QRectF(x, top, 1, lanes.bottom - top), color(Token::Crosshair, 0.7));
    // The guides run behind the items, so those that they cross are painted once more.
    const double chosenX = chosen >= 0 ? std::round(xOf(items[chosen].fromMs)) : -1;
    const auto crossed = [](const QRectF& box, double at) {
        return at >= box.left() - 2 && at <= box.right() + 2;
    };
    for (const PlacedItem& placed : lanes.placed) {
        const bool isChosen = placed.item == chosen, isHovered = placed.item == hovered;
        if (isChosen || isHovered || (hovering && crossed(placed.box, x)) ||
            (chosen >= 0 && crossed(placed.box, chosenX)))
            paintItem(painter, placed, isHovered, isChosen);
    }
    if (!hovering) return;
    const QFont small = textFont(Type::Micro, Weight::Medium);
    const auto pill = [&](const QString& text, qreal y) {
        const qreal wide = numberWidth(text, small) + 12;
        const QRectF box(std::clamp(x - wide / 2, 0.0, q->width() - wide), y, wide, 18);
        paintPanel(painter, box, 4, color(Token::Raised), color(Token::LineStrong));
        painter.setPen(color(Token::Text));
        paintNumber(painter, box, text, small, Qt::AlignHCenter);
    };
    pill(formatClock(static_cast<qint64>(hoverMs)), lanes.bottom + 3);
    if (!hasCurve()) return;
    const double value = valueAt(sli.points, hoverMs, gapAfterMs);
    if (std::isnan(value)) return pill(QStringLiteral("no data"), curveBox.top());
    const QPointF at(x, curveBox.bottom() - (value - low) / (high - low) * curveBox.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(Token::Surface), 2));
    painter.setBrush(color(sli.color));
    painter.drawEllipse(at, 4, 4);
    painter.restore();
    pill(formatter(value), at.y() - 26 < curveBox.top() ? at.y() + 8 : at.y() - 26);
}

}  // namespace qd::widgets
