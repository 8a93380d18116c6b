#include "widgets/tiles/card.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::widgets {

Card::Card(QWidget* parent) : QFrame(parent), body_(new QVBoxLayout(this)) {
    body_->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    body_->setSpacing(space::md);
}

Card::Card(const QString& title, QWidget* parent) : Card(parent) {
    setAccessibleName(title);
    header_ = new SectionHeader(title, {}, this);
    body_->addWidget(header_);
}

void Card::setState(State state) {
    if (state_ == state) return;
    state_ = state;
    update();
}

void Card::setClickable(bool clickable) {
    clickable_ = clickable;
    setFocusPolicy(clickable ? Qt::StrongFocus : Qt::NoFocus);
    setAttribute(Qt::WA_Hover, clickable);
    setCursor(clickable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void Card::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const bool over = clickable_ && underMouse();
    const QRectF box(rect());
    paintPanel(painter, box, cornerRadius, color(Token::Surface),
               color(over ? Token::LineStrong : Token::Line));
    if (state_ != State::Neutral) {
        painter.setClipRect(QRectF(0, 0, 3, box.height()));
        paintPanel(painter, box, cornerRadius, color(stateToken(state_)));
        painter.setClipping(false);
    }
    if (clickable_ && wantsFocusRing(this)) paintFocusRing(painter, box, cornerRadius);
}

void Card::mouseReleaseEvent(QMouseEvent* event) {
    if (clickable_ && event->button() == Qt::LeftButton && rect().contains(event->pos())) emit activated();
    QFrame::mouseReleaseEvent(event);
}

void Card::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (clickable_ && (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space))
        emit activated();
    else
        QFrame::keyPressEvent(event);
}

bool Card::event(QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QFrame::event(event);
}

}  // namespace qd::widgets
