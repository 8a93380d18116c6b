#pragma once
#include <QRectF>
#include <QString>

#include "widgets/theme/tokens.hpp"

class QPainter;

namespace qd::widgets {

// How a State looks: disc with a tick (good), triangle (warn), octagon with a bar (bad), ring with an i
// (info), dot (neutral), dashed ring (no data), clock (stale). Each is told from the others without colour.
void paintStatusShape(QPainter& painter, const QRectF& box, State state);

Token stateToken(State state);
Token stateSoftToken(State state);
// For areas such as bars, which need less contrast than text does.
Token stateFillToken(State state);
// The word used where the caller gives none: "OK", "Warning", "Failing", "Info", "–", "No data", "Stale".
QString stateWord(State state);

}  // namespace qd::widgets
