#include "widgets/tiles/status_badge.hpp"

#include <QFontMetricsF>
#include <QPainter>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {
constexpr int badgeHeight = 22;
constexpr int badgeShapeSide = 12;
constexpr int padding = 8;
constexpr int gap = 6;

QFont badgeFont() {
    return textFont(Type::Small, Weight::Medium);
}
QString worded(State state, const QString& text) {
    return text.isEmpty() ? stateWord(state) : text;
}
}  // namespace

StatusBadge::StatusBadge(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

StatusBadge::StatusBadge(State state, const QString& text, QWidget* parent) : StatusBadge(parent) {
    setStatus(state, text);
}

void StatusBadge::setStatus(State state, const QString& text) {
    if (state == state_ && text == text_) return;
    state_ = state;
    text_ = text;
    updateGeometry();
    update();
    spokenChanged(this);
}

QString StatusBadge::text() const {
    return worded(state_, text_);
}

QSize StatusBadge::sizeFor(State state, const QString& text) {
    const qreal width = QFontMetricsF(badgeFont()).horizontalAdvance(worded(state, text));
    return {static_cast<int>(std::ceil(width)) + badgeShapeSide + gap + 2 * padding, badgeHeight};
}

QSize StatusBadge::sizeHint() const {
    return sizeFor(state_, text_);
}

qreal StatusBadge::paint(QPainter& painter, const QRectF& box, State state, const QString& text,
                         Qt::Alignment alignment) {
    const qreal width = std::min<qreal>(sizeFor(state, text).width(), box.width());
    qreal x = box.left();
    if (alignment & Qt::AlignRight) x = box.right() - width;
    if (alignment & Qt::AlignHCenter) x = box.center().x() - width / 2;
    const QRectF pill(std::round(x), std::round(box.center().y() - badgeHeight / 2.0), width, badgeHeight);
    paintPanel(painter, pill, badgeHeight / 2.0, color(stateSoftToken(state)));
    paintStatusShape(
        painter, {pill.left() + padding, pill.center().y() - badgeShapeSide / 2.0, badgeShapeSide, badgeShapeSide}, state);
    painter.save();
    painter.setFont(badgeFont());
    painter.setPen(color(stateToken(state) == Token::Neutral ? Token::TextMuted : stateToken(state)));
    paintText(painter, pill.adjusted(padding + badgeShapeSide + gap, 0, -padding + 2, 0), worded(state, text));
    painter.restore();
    return width;
}

void StatusBadge::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint(painter, QRectF(rect()), state_, text_);
}

}  // namespace qd::widgets
