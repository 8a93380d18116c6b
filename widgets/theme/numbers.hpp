#pragma once
#include <QFont>
#include <QRectF>
#include <QString>

class QPainter;

namespace qd::widgets {

// Inter's digits differ in width and Qt 6.4 cannot switch its tabular figures on. So numbers are painted with
// every digit in a cell as wide as the widest one: a value that ticks does not jitter, and columns align.

// Width in pixels of `text` set that way.
qreal numberWidth(const QString& text, const QFont& font);
// Paints with the painter's pen, vertically centred in `box`. `alignment` is one of Qt::AlignLeft, Right,
// HCenter. Too long a text is elided on the right.
void paintNumber(QPainter& painter, const QRectF& box, const QString& text, const QFont& font,
                 Qt::Alignment alignment = Qt::AlignRight);

}  // namespace qd::widgets
