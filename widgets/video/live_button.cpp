#include "widgets/video/live_button.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/theme/format.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::widgets {

LiveButton::LiveButton(QWidget* parent) : QAbstractButton(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
    setVisible(false);
}

void LiveButton::setDistance(const std::optional<LiveDistance>& distance) {
    setVisible(distance.has_value());
    distance_ = distance;
    if (!distance) return;
    // By whole seconds: it is read, not measured with.
    const double whole = std::max(1.0, std::round(distance->behindS));
    const QString seconds = whole < 60 ? QStringLiteral("%1 s").arg(whole) : formatSeconds(whole);
    const QString said = distance->atEdge ? QStringLiteral("Live, %1 from the edge").arg(seconds)
                                          : QStringLiteral("%1 behind live").arg(seconds);
    if (said == text()) return;
    setText(said);
    setAccessibleName(distance->atEdge ? said : said + QStringLiteral("; press to go to live"));
    setToolTip(distance->atEdge ? QStringLiteral("As near to live as playing allows; Shift+L comes back here")
                                : QStringLiteral("Go to live (Shift+L)"));
    updateGeometry();
    update();
}

State LiveButton::state() const {
    return distance_ && distance_->atEdge ? State::Good : State::Warn;
}

QSize LiveButton::sizeHint() const {
    return StatusBadge::sizeFor(state(), text()) + QSize(2 * space::xs, 2 * space::xs);
}

void LiveButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF box(rect());
    if (underMouse() || isDown()) paintPanel(painter, box, controlRadius, color(Token::Raised));
    StatusBadge::paint(painter, box.adjusted(space::xs, space::xs, -space::xs, -space::xs), state(), text());
    if (wantsFocusRing(this)) paintFocusRing(painter, box, controlRadius);
}

void LiveButton::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    update();
}

void LiveButton::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    update();
}

}  // namespace qd::widgets
