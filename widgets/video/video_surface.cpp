#include "widgets/video/video_surface.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <cmath>

#include "widgets/theme/icons.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

Icon iconOf(VideoState state) {
    switch (state) {
        case VideoState::NoSignal:
            return Icon::Preview;
        case VideoState::Loading:
        case VideoState::Buffering:
            return Icon::Clock;
        case VideoState::Playing:
            return Icon::Play;
        case VideoState::Paused:
            return Icon::Pause;
        case VideoState::Ended:
            return Icon::Undo;
        case VideoState::Failed:
            return Icon::Error;
    }
    return Icon::Preview;
}

QString wordOf(VideoState state) {
    switch (state) {
        case VideoState::NoSignal:
            return QStringLiteral("No signal");
        case VideoState::Loading:
            return QStringLiteral("Loading…");
        case VideoState::Playing:
            return QStringLiteral("Playing");
        case VideoState::Paused:
            return QStringLiteral("Paused");
        case VideoState::Buffering:
            return QStringLiteral("Buffering…");
        case VideoState::Ended:
            return QStringLiteral("The end");
        case VideoState::Failed:
            return QStringLiteral("Cannot play");
    }
    return {};
}

}  // namespace

VideoSurface::VideoSurface(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAttribute(Qt::WA_NoSystemBackground);
}

void VideoSurface::presentFrame(const QImage& frame) {
    frame_ = frame;
    update(state_ == VideoState::Playing ? pictureRect() : rect());
}

void VideoSurface::clear() {
    frame_ = {};
    update();
}

void VideoSurface::setState(VideoState state, const QString& text) {
    if (state_ == state && text_ == text) return;
    state_ = state;
    text_ = text;
    update();
    spokenChanged(this);
}

template <class Value>
void VideoSurface::change(Value& held, const Value& next, bool seen) {
    if (held == next) return;
    held = next;
    if (seen) update();
}

void VideoSurface::setLayerVisible(OverlayLayer layer, bool visible) {
    change(layers_[int(layer)], visible, true);
}

void VideoSurface::setStatistics(const QVector<QPair<QString, QString>>& lines) {
    change(overlays_.statistics, lines, isLayerVisible(OverlayLayer::Statistics));
}

void VideoSurface::setSubtitles(const QStringList& lines) {
    if (overlays_.subtitles == lines) return;
    change(overlays_.subtitles, lines, isLayerVisible(OverlayLayer::Subtitles));
    spokenChanged(this);
}

void VideoSurface::setFrameNumber(const QString& text) {
    change(overlays_.frameNumber, text, isLayerVisible(OverlayLayer::FrameNumber));
}

void VideoSurface::setTimecode(const QString& text) {
    change(overlays_.timecode, text, isLayerVisible(OverlayLayer::Timecode));
}

void VideoSurface::setStallMark(const QString& text) {
    change(overlays_.stall, text, true);
}

void VideoSurface::setTag(const QString& text, Token tint) {
    change(overlays_.tagTint, tint, true);
    change(overlays_.tag, text, true);
}

void VideoSurface::setPixelAspect(double aspect) {
    aspect_ = aspect > 0.1 && aspect < 10 ? aspect : 1;
    update();
}

QRect VideoSurface::pictureRect() const {
    if (frame_.isNull()) return rect();
    const QSizeF source(frame_.width() * aspect_, frame_.height());
    const QSizeF fitted = source.scaled(QSizeF(size()), Qt::KeepAspectRatio);
    return {qRound((width() - fitted.width()) / 2), qRound((height() - fitted.height()) / 2),
            qRound(fitted.width()), qRound(fitted.height())};
}

QString VideoSurface::spokenText() const {
    QStringList parts{wordOf(state_), text_, overlays_.tag, overlays_.stall};
    if (isLayerVisible(OverlayLayer::Subtitles)) parts += overlays_.subtitles;
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

void VideoSurface::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    const QRect picture = pictureRect();
    if (frame_.isNull()) {
        painter.fillRect(rect(), QColor(8, 10, 13));
    } else {
        for (const QRect& bar : QRegion(event->rect()).subtracted(picture)) painter.fillRect(bar, Qt::black);
        // Bilinear, except where the sizes agree anyway.
        const bool exact = frame_.size() == picture.size() * devicePixelRatioF();
        painter.setRenderHint(QPainter::SmoothPixmapTransform, !exact);
        painter.drawImage(picture, frame_);
    }
    if (state_ != VideoState::Playing) paintMessage(painter, QRectF(rect()));
    const QSizeF room(size());
    paintOverlays(painter, overlays_, placeOverlays(room, measureOverlays(overlays_, layers_, room)));
    if (wantsFocusRing(this)) paintFocusRing(painter, QRectF(rect()), 0);
}

void VideoSurface::paintMessage(QPainter& painter, const QRectF& box) const {
    const bool quiet = state_ == VideoState::Paused || state_ == VideoState::Ended;
    if (!frame_.isNull()) painter.fillRect(box, QColor(8, 10, 13, quiet ? 90 : 150));
    const QPointF c = box.center();
    paintPanel(painter, {c.x() - 28, c.y() - 46, 56, 56}, 28, overlayScrim());
    paintIcon(painter, {c.x() - 13, c.y() - 31, 26, 26}, iconOf(state_), overlayInk());
    painter.setFont(textFont(Type::Lead, Weight::Medium));
    painter.setPen(overlayInk());
    painter.drawText(QRectF(box.left(), c.y() + 18, box.width(), 22), Qt::AlignCenter, wordOf(state_));
    painter.setFont(textFont(Type::Small));
    painter.setPen(overlayMutedInk());
    painter.drawText(QRectF(box.left() + space::xl, c.y() + 42, box.width() - 2 * space::xl, 60),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text_);
}

void VideoSurface::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && rect().contains(event->pos())) {
        // The second release of a double click would toggle playback back again.
        if (!doubled_) emit toggleRequested();
        doubled_ = false;
    }
}

void VideoSurface::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    doubled_ = true;
    emit toggleRequested();  // undoes the first click's
    emit fullScreenRequested();
}

}  // namespace qd::widgets
