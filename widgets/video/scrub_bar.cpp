#include "widgets/video/scrub_bar.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "widgets/theme/format.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {
constexpr qreal scrubMargin = 8;
constexpr qreal trackThickness = 5;
}  // namespace

ScrubBar::ScrubBar(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(QStringLiteral("Position"));
    sinceSeek_.start();
}

void ScrubBar::setDuration(qint64 ms) {
    durationMs_ = std::max<qint64>(0, ms);
    update();
}

void ScrubBar::setPosition(qint64 ms) {
    const QRectF t = track();
    const auto pixel = [&](qint64 at) {
        return durationMs_ > 0 ? static_cast<int>(t.width() * double(at) / double(durationMs_) * 2) : 0;
    };
    const bool moved = pixel(ms) != pixel(positionMs_);
    positionMs_ = ms;
    if (moved && dragMs_ < 0) update();
}

void ScrubBar::setBuffered(const QVector<TimeRange>& ranges) {
    if (buffered_ == ranges) return;
    buffered_ = ranges;
    update();
}

void ScrubBar::setStalls(const QVector<qint64>& positions) {
    if (stalls_ == positions) return;
    stalls_ = positions;
    update();
}

QString ScrubBar::spokenText() const {
    if (durationMs_ <= 0) return QStringLiteral("No title");
    return QStringLiteral("%1 of %2").arg(formatPosition(positionMs_), formatPosition(durationMs_));
}

QRectF ScrubBar::track() const {
    return {scrubMargin, (height() - trackThickness) / 2, std::max(1.0, width() - 2 * scrubMargin), trackThickness};
}

qint64 ScrubBar::at(double x) const {
    const QRectF t = track();
    const double share = std::clamp((x - t.left()) / t.width(), 0.0, 1.0);
    return static_cast<qint64>(share * static_cast<double>(durationMs_));
}

void ScrubBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF t = track();
    paintPanel(painter, t, trackThickness / 2, color(Token::LineStrong, durationMs_ > 0 ? 0.8 : 0.5));
    if (durationMs_ <= 0) return;
    const auto x = [&](double ms) {
        return t.left() + t.width() * std::clamp(ms / static_cast<double>(durationMs_), 0.0, 1.0);
    };
    for (const TimeRange& r : buffered_)
        painter.fillRect(QRectF(x(r.fromMs), t.top(), std::max(1.0, x(r.toMs) - x(r.fromMs)), trackThickness),
                         color(Token::TextFaint));
    const double now = x(static_cast<double>(dragMs_ >= 0 ? dragMs_ : positionMs_));
    if (now > t.left())
        paintPanel(painter, {t.left(), t.top(), now - t.left(), trackThickness}, trackThickness / 2, color(Token::Accent));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Warn));
    for (const qint64 stall : stalls_) {
        const double s = x(static_cast<double>(stall));
        painter.drawPolygon(QPolygonF{{s - 3.5, t.top() - 6}, {s + 3.5, t.top() - 6}, {s, t.top() - 1}});
    }
    painter.restore();
    if (hoverMs_ >= 0 && dragMs_ < 0)
        painter.fillRect(QRectF(x(double(hoverMs_)), t.top() - 2, 1, trackThickness + 4), color(Token::Text));
    const bool hot = underMouse() || dragMs_ >= 0;
    const qreal r = hot ? 7 : 5.5;
    const QRectF knob(now - r, t.center().y() - r, 2 * r, 2 * r);
    paintPanel(painter, knob, r, color(Token::Accent), color(Token::Surface));
    if (wantsFocusRing(this)) paintFocusRing(painter, QRectF(rect()).adjusted(0, 1, 0, -1), controlRadius);
}

void ScrubBar::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || durationMs_ <= 0) return;
    dragMs_ = at(event->position().x());
    update();
}

void ScrubBar::mouseMoveEvent(QMouseEvent* event) {
    if (durationMs_ <= 0) return;
    hoverMs_ = at(event->position().x());
    QToolTip::showText(event->globalPosition().toPoint(), formatPosition(hoverMs_), this);
    if (dragMs_ >= 0) {
        dragMs_ = hoverMs_;
        if (sinceSeek_.elapsed() >= 100) {
            sinceSeek_.restart();
            emit seekRequested(dragMs_);
        }
    }
    update();
}

void ScrubBar::mouseReleaseEvent(QMouseEvent* event) {
    if (dragMs_ < 0 || event->button() != Qt::LeftButton) return;
    const qint64 wanted = at(event->position().x());
    dragMs_ = -1;
    positionMs_ = wanted;  // until the player answers, so that the knob does not jump back
    update();
    emit seekRequested(wanted);
}

void ScrubBar::leaveEvent(QEvent*) {
    hoverMs_ = -1;
    update();
}

void ScrubBar::keyPressEvent(QKeyEvent* event) {
    // Arrow keys mean the same here as anywhere in the player: TransportBar decides.
    event->ignore();
}

}  // namespace qd::widgets
