#include "widgets/video/scrub_bar.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScreen>
#include <cmath>

#include "widgets/theme/format.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/video/scrub_hint.hpp"

namespace qd::widgets {
namespace {

constexpr qreal scrubMargin = 8;
constexpr qreal trackThickness = 5;
constexpr qint64 kDragSeekMs = 100;
/// A thumbnail further away than this is of another place.
constexpr qint64 kThumbnailReachMs = 12'000;

}  // namespace

QString formatScrubPosition(qint64 ms, double framesPerSecond) {
    const QString time =
        QStringLiteral("%1.%2").arg(formatPosition(ms)).arg((ms % 1000) / 10, 2, 10, QLatin1Char('0'));
    if (framesPerSecond <= 0) return time;
    // The frame that is on the screen at that time: the last one that began.
    const auto frame = qint64(std::floor(double(ms) / 1000 * framesPerSecond + 1e-6));
    return QStringLiteral("%1 · frame %2").arg(time).arg(frame);
}

ScrubBar::ScrubBar(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(QStringLiteral("Position"));
    sinceSeek_.start();
}

ScrubBar::~ScrubBar() {
    delete hint_;
}

void ScrubBar::setRange(qint64 fromMs, qint64 toMs) {
    toMs = std::max(fromMs, toMs);
    if (fromMs == startMs_ && toMs == endMs_) return;
    startMs_ = fromMs;
    endMs_ = toMs;
    update();
}

void ScrubBar::setPosition(qint64 ms) {
    const bool moved = std::lround(xOf(double(ms)) * 2) != std::lround(xOf(double(positionMs_)) * 2);
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

void ScrubBar::setMarks(const QVector<ScrubMark>& marks) {
    if (marks_ == marks) return;
    marks_ = marks;
    update();
}

void ScrubBar::setLoop(const std::optional<TimeRange>& loop) {
    if (loop_ == loop) return;
    loop_ = loop;
    update();
}

void ScrubBar::setFrameRate(double framesPerSecond) {
    framesPerSecond_ = framesPerSecond > 0 && framesPerSecond < 1000 ? framesPerSecond : 0;
}

void ScrubBar::setThumbnail(qint64 ms, const QImage& image) {
    thumbnail_ = image;
    thumbnailMs_ = ms;
    if (hoverMs_ >= 0) showHint();
}

void ScrubBar::setThumbnailProblem(const QString& why) {
    thumbnailProblem_ = why;
    if (!why.isEmpty()) thumbnail_ = {};
    if (hoverMs_ >= 0) showHint();
}

QString ScrubBar::hintText() const {
    if (hoverMs_ < 0) return {};
    QStringList lines{formatScrubPosition(hoverMs_, framesPerSecond_)};
    const double reach = double(duration()) / std::max(1.0, track().width()) * 4;
    for (const ScrubMark& mark : marks_)
        if (double(hoverMs_) >= mark.range.fromMs - reach && double(hoverMs_) <= mark.range.toMs + reach) {
            lines << mark.what;
            break;
        }
    for (const qint64 stall : stalls_)
        if (std::abs(double(stall - hoverMs_)) <= reach) {
            lines << QStringLiteral("Stalled here");
            break;
        }
    if (!thumbnailProblem_.isEmpty()) lines << thumbnailProblem_;
    return lines.join(QLatin1Char('\n'));
}

QString ScrubBar::spokenText() const {
    if (duration() <= 0) return QStringLiteral("No title");
    return QStringLiteral("%1 of %2").arg(formatPosition(positionMs_), formatPosition(endMs_));
}

QRectF ScrubBar::track() const {
    return {scrubMargin, (height() - trackThickness) / 2, std::max(1.0, width() - 2 * scrubMargin),
            trackThickness};
}

qint64 ScrubBar::at(double x) const {
    const QRectF t = track();
    const double share = std::clamp((x - t.left()) / t.width(), 0.0, 1.0);
    return startMs_ + qint64(share * double(duration()));
}

double ScrubBar::xOf(double ms) const {
    const QRectF t = track();
    if (duration() <= 0) return t.left();
    return t.left() + t.width() * std::clamp((ms - double(startMs_)) / double(duration()), 0.0, 1.0);
}

void ScrubBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF t = track();
    const bool some = duration() > 0;
    paintPanel(painter, t, trackThickness / 2, color(Token::LineStrong, some ? 0.8 : 0.5));
    if (!some) return;
    const auto stretch = [&](const TimeRange& range, qreal least) {
        const double from = xOf(range.fromMs);
        return QRectF(from, t.top(), std::max(least, xOf(range.toMs) - from), trackThickness);
    };
    for (const TimeRange& range : buffered_) painter.fillRect(stretch(range, 1), color(Token::TextFaint));
    const double now = xOf(double(dragMs_ >= 0 ? dragMs_ : positionMs_));
    if (now > t.left())
        paintPanel(painter, {t.left(), t.top(), now - t.left(), trackThickness}, trackThickness / 2,
                   color(Token::Accent));
    for (const ScrubMark& mark : marks_) {
        const QRectF box = stretch(mark.range, 3).adjusted(0, -3, 0, 3);
        painter.fillRect(box, color(Token::Surface));
        paintHatch(painter, box, color(Token::Bad), 4);
        painter.setPen(color(Token::Bad));
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Warn));
    for (const qint64 stall : stalls_) {
        const double s = xOf(double(stall));
        painter.drawPolygon(QPolygonF{{s - 3.5, t.top() - 6}, {s + 3.5, t.top() - 6}, {s, t.top() - 1}});
    }
    painter.restore();
    if (loop_) {
        painter.setPen(QPen(color(Token::Text), 2));
        const double from = xOf(loop_->fromMs), to = xOf(loop_->toMs);
        const qreal top = t.top() - 5, bottom = t.bottom() + 5;
        painter.drawPolyline(QPolygonF{{from + 4, top}, {from, top}, {from, bottom}, {from + 4, bottom}});
        painter.drawPolyline(QPolygonF{{to - 4, top}, {to, top}, {to, bottom}, {to - 4, bottom}});
    }
    if (hoverMs_ >= 0 && dragMs_ < 0)
        painter.fillRect(QRectF(xOf(double(hoverMs_)), t.top() - 2, 1, trackThickness + 4),
                         color(Token::Text));
    const bool hot = underMouse() || dragMs_ >= 0;
    const qreal r = hot ? 7 : 5.5;
    paintPanel(painter, {now - r, t.center().y() - r, 2 * r, 2 * r}, r, color(Token::Accent),
               color(Token::Surface));
    if (wantsFocusRing(this)) paintFocusRing(painter, QRectF(rect()).adjusted(0, 1, 0, -1), controlRadius);
}

void ScrubBar::showHint() {
    if (!isVisible() || !underMouse()) return;
    if (!hint_) hint_ = new ScrubHint(this);
    const bool near = !thumbnail_.isNull() && std::abs(thumbnailMs_ - hoverMs_) <= kThumbnailReachMs;
    hint_->setContent(near ? thumbnail_ : QImage(), hintText());
    const QPoint above = mapToGlobal(QPoint(int(xOf(double(hoverMs_))), 0));
    QPoint corner(above.x() - hint_->width() / 2, above.y() - hint_->height() - space::xs);
    if (const QScreen* on = screen()) {
        const QRect room = on->availableGeometry();
        corner.setX(
            std::clamp(corner.x(), room.left(), std::max(room.left(), room.right() - hint_->width())));
        if (corner.y() < room.top()) corner.setY(mapToGlobal(QPoint(0, height())).y() + space::xs);
    }
    hint_->move(corner);
    hint_->show();
}

void ScrubBar::hideHint() {
    if (hoverMs_ >= 0) emit previewWanted(-1);
    hoverMs_ = -1;
    if (hint_) hint_->hide();
}

void ScrubBar::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || duration() <= 0) return;
    dragMs_ = at(event->position().x());
    update();
}

void ScrubBar::mouseMoveEvent(QMouseEvent* event) {
    if (duration() <= 0) return;
    const qint64 over = at(event->position().x());
    if (over != hoverMs_) {
        hoverMs_ = over;
        emit previewWanted(over);
    }
    showHint();
    if (dragMs_ >= 0) {
        dragMs_ = hoverMs_;
        if (sinceSeek_.elapsed() >= kDragSeekMs) {
            sinceSeek_.restart();
            emit seekRequested(dragMs_, true);
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
    emit seekRequested(wanted, false);
}

void ScrubBar::leaveEvent(QEvent*) {
    hideHint();
    update();
}

void ScrubBar::hideEvent(QHideEvent* event) {
    hideHint();
    QWidget::hideEvent(event);
}

void ScrubBar::keyPressEvent(QKeyEvent* event) {
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    qint64 to = positionMs_;
    switch (event->key()) {
        case Qt::Key_Left:
            to -= shift ? 1000 : 5000;
            break;
        case Qt::Key_Right:
            to += shift ? 1000 : 5000;
            break;
        case Qt::Key_PageUp:
            to -= 30'000;
            break;
        case Qt::Key_PageDown:
            to += 30'000;
            break;
        case Qt::Key_Home:
            to = startMs_;
            break;
        case Qt::Key_End:
            to = endMs_;
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    if (duration() > 0) emit seekRequested(std::clamp(to, startMs_, endMs_), false);
}

}  // namespace qd::widgets
