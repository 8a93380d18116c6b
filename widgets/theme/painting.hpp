#pragma once
// The few strokes that all custom-painted widgets share.
#include <QColor>
#include <QRectF>

#include "widgets/theme/tokens.hpp"

class QPainter;
class QWidget;

namespace qd::widgets {

// A filled rounded rectangle with a hairline that stays inside `box`. An invalid colour leaves that part out.
void paintPanel(QPainter& painter, const QRectF& box, qreal radius, const QColor& fill,
                const QColor& line = {});

// Diagonal strokes over `box`: time or amounts without data.
void paintHatch(QPainter& painter, const QRectF& box, const QColor& stroke, qreal distance = 7);

// The ring around what the keyboard would act on. Drawn only when the focus came by keyboard, so that clicks
// leave no rings behind.
bool wantsFocusRing(const QWidget* widget);
void paintFocusRing(QPainter& painter, const QRectF& box, qreal radius);

// Single-line text, elided on the right, vertically centred. Returns the width painted.
qreal paintText(QPainter& painter, const QRectF& box, const QString& text,
                Qt::Alignment alignment = Qt::AlignLeft);

}  // namespace qd::widgets
