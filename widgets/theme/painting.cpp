#include "widgets/theme/painting.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QWidget>

#include "widgets/theme/theme.hpp"

namespace qd::widgets {

void paintPanel(QPainter& painter, const QRectF& box, qreal radius, const QColor& fill, const QColor& line) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(line.isValid() ? QPen(line, 1) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const qreal inset = line.isValid() ? 0.5 : 0.0;
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius);
    painter.restore();
}

void paintHatch(QPainter& painter, const QRectF& box, const QColor& stroke, qreal distance) {
    if (box.isEmpty()) return;
    painter.save();
    painter.setClipRect(box, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(stroke, 1));
    // Anchored to absolute positions so that neighbouring hatches join and a growing one does not crawl.
    const qreal h = box.height();
    const qreal first = std::floor((box.left() - h) / distance) * distance;
    QVector<QLineF> lines;
    // Cut here as well as by the clip, which painters of SVG do not know.
    for (qreal x = first; x < box.right(); x += distance) {
        const qreal from = std::max(x, box.left()), to = std::min(x + h, box.right());
        if (from < to) lines.append({from, box.bottom() - (from - x), to, box.bottom() - (to - x)});
    }
    painter.drawLines(lines);
    painter.restore();
}

bool wantsFocusRing(const QWidget* widget) {
    return widget->hasFocus() && widget->window()->testAttribute(Qt::WA_KeyboardFocusChange);
}

void paintFocusRing(QPainter& painter, const QRectF& box, qreal radius) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color(Token::Accent), 2));
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius);
    painter.restore();
}

qreal paintText(QPainter& painter, const QRectF& box, const QString& text, Qt::Alignment alignment) {
    const QFontMetricsF metrics(painter.font());
    qreal width = metrics.horizontalAdvance(text);
    QString shown = text;
    if (width > box.width() + 0.5) {
        shown = metrics.elidedText(text, Qt::ElideRight, box.width());
        width = metrics.horizontalAdvance(shown);
    }
    painter.drawText(box, static_cast<int>(Qt::AlignVCenter | alignment | Qt::TextSingleLine), shown);
    return width;
}

}  // namespace qd::widgets
