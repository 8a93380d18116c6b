#include "widgets/video/video_surface.hpp"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <cmath>

#include "widgets/theme/icons.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

// Over pictures the theme's surfaces would glare in the light mode, so overlays are dark in both.
const QColor scrim(10, 13, 17, 200);
const QColor ink(236, 240, 244);
const QColor mutedInk(168, 178, 188);

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
    update(state_ == VideoState::Playing && !statisticsVisible_ ? pictureRect() : rect());
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

void VideoSurface::setStatistics(const QVector<QPair<QString, QString>>& lines) {
    statistics_ = lines;
    if (statisticsVisible_) update();
}

void VideoSurface::setStatisticsVisible(bool visible) {
    statisticsVisible_ = visible;
    update();
}

void VideoSurface::setStallMark(const QString& text) {
    stall_ = text;
    update();
}

void VideoSurface::setTag(const QString& text, Token tint) {
    tag_ = text;
    tagTint_ = tint;
    update();
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
    QStringList parts{wordOf(state_), text_, tag_, stall_};
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
    if (statisticsVisible_) paintStatistics(painter);
    painter.setFont(textFont(Type::Small, Weight::Medium));
    const QFontMetricsF metrics(painter.font());
    if (!tag_.isEmpty()) {
        const QRectF chip(width() - metrics.horizontalAdvance(tag_) - 26 - space::md, space::md,
                          metrics.horizontalAdvance(tag_) + 26, 24);
        paintPanel(painter, chip, 12, scrim, color(tagTint_));
        paintPanel(painter, {chip.left() + 9, chip.center().y() - 3, 6, 6}, 3, color(tagTint_));
        painter.setPen(ink);
        painter.drawText(chip.adjusted(20, 0, -6, 0), Qt::AlignVCenter | Qt::TextSingleLine, tag_);
    }
    if (!stall_.isEmpty()) {
        const qreal wide = std::min<qreal>(metrics.horizontalAdvance(stall_) + 38, width() - 2 * space::md);
        const QRectF chip(space::md, height() - 24 - space::md, wide, 24);
        paintPanel(painter, chip, 4, scrim, QColor(240, 185, 58));
        paintIcon(painter, {chip.left() + 7, chip.center().y() - 7, 14, 14}, Icon::Warning,
                  QColor(240, 185, 58));
        painter.setPen(ink);
        paintText(painter, chip.adjusted(28, 0, -8, 0), stall_);
    }
    if (wantsFocusRing(this)) paintFocusRing(painter, QRectF(rect()), 0);
}

void VideoSurface::paintMessage(QPainter& painter, const QRectF& box) const {
    const bool quiet = state_ == VideoState::Paused || state_ == VideoState::Ended;
    if (!frame_.isNull()) painter.fillRect(box, QColor(8, 10, 13, quiet ? 90 : 150));
    const QPointF c = box.center();
    paintPanel(painter, {c.x() - 28, c.y() - 46, 56, 56}, 28, scrim);
    paintIcon(painter, {c.x() - 13, c.y() - 31, 26, 26}, iconOf(state_), ink);
    painter.setFont(textFont(Type::Lead, Weight::Medium));
    painter.setPen(ink);
    painter.drawText(QRectF(box.left(), c.y() + 18, box.width(), 22), Qt::AlignCenter, wordOf(state_));
    painter.setFont(textFont(Type::Small));
    painter.setPen(mutedInk);
    painter.drawText(QRectF(box.left() + space::xl, c.y() + 42, box.width() - 2 * space::xl, 60),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, text_);
}

void VideoSurface::paintStatistics(QPainter& painter) const {
    if (statistics_.isEmpty()) return;
    const QFont f = textFont(Type::Micro);
    const QFontMetricsF metrics(f);
    qreal labelWidth = 0, valueWidth = 60;
    for (const auto& [label, value] : statistics_) {
        labelWidth = std::max(labelWidth, metrics.horizontalAdvance(label));
        valueWidth = std::max(valueWidth, numberWidth(value, f));
    }
    // In steps, so that the panel does not breathe with its numbers.
    valueWidth = std::ceil(valueWidth / 24) * 24;
    const QRectF panel(space::md, space::md, labelWidth + valueWidth + 3 * space::md,
                       16.0 * static_cast<qreal>(statistics_.size()) + 2 * space::sm);
    paintPanel(painter, panel, 6, scrim);
    QRectF line(panel.left() + space::md, panel.top() + space::sm, panel.width() - 2 * space::md, 16);
    painter.setFont(f);
    for (const auto& [label, value] : statistics_) {
        painter.setPen(mutedInk);
        painter.drawText(line, Qt::AlignVCenter | Qt::TextSingleLine, label);
        painter.setPen(ink);
        paintNumber(painter, line.adjusted(labelWidth + space::md, 0, 0, 0), value, f, Qt::AlignLeft);
        line.translate(0, 16);
    }
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

void VideoSurface::keyPressEvent(QKeyEvent* event) {
    event->ignore();
    emit keyPressed(event);
    if (!event->isAccepted()) QWidget::keyPressEvent(event);
}

}  // namespace qd::widgets
