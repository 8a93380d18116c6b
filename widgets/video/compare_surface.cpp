#include "widgets/video/compare_surface.hpp"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/video/video_overlays.hpp"

namespace qd::widgets {
namespace {

constexpr int kBlinkMs = 500;
constexpr qreal kGap = 4;
constexpr qreal kCaptionRoom = 32;

}  // namespace

QImage differenceImage(const QImage& a, const QImage& b, int gain) {
    const QSize size(std::min(a.width(), b.width()), std::min(a.height(), b.height()));
    if (size.isEmpty() || a.depth() != 32 || b.depth() != 32) return {};
    QImage out(size, QImage::Format_RGB32);
    for (int y = 0; y < size.height(); ++y) {
        const auto* left = reinterpret_cast<const QRgb*>(a.constScanLine(y));
        const auto* right = reinterpret_cast<const QRgb*>(b.constScanLine(y));
        auto* to = reinterpret_cast<QRgb*>(out.scanLine(y));
        for (int x = 0; x < size.width(); ++x) {
            const auto channel = [&](int (*of)(QRgb)) {
                return std::min(255, std::abs(of(left[x]) - of(right[x])) * gain);
            };
            to[x] = qRgb(channel(qRed), channel(qGreen), channel(qBlue));
        }
    }
    return out;
}

CompareSurface::CompareSurface(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(QStringLiteral("Both pictures"));
    blink_.setInterval(kBlinkMs);
    connect(&blink_, &QTimer::timeout, this, [this] {
        blinkB_ = !blinkB_;
        update();
    });
}

void CompareSurface::present(const QImage& a, const QImage& b) {
    a_ = a;
    b_ = b;
    difference_ = mode_ == CompareMode::Difference ? differenceImage(a_, b_, gain_) : QImage();
    update();
}

void CompareSurface::clear() {
    a_ = b_ = difference_ = {};
    update();
}

void CompareSurface::setNames(const QString& a, Token tintA, const QString& b, Token tintB) {
    nameA_ = a;
    nameB_ = b;
    tintA_ = tintA;
    tintB_ = tintB;
    update();
}

void CompareSurface::setMode(CompareMode mode) {
    if (mode == mode_) return;
    mode_ = mode;
    difference_ = mode == CompareMode::Difference ? differenceImage(a_, b_, gain_) : QImage();
    updateBlinking();
    update();
    spokenChanged(this);
    emit roomChanged();
}

void CompareSurface::setWipe(double share) {
    wipe_ = std::clamp(share, 0.0, 1.0);
    update();
}

void CompareSurface::setGain(int gain) {
    gain_ = std::clamp(gain, 1, 32);
    if (mode_ == CompareMode::Difference) difference_ = differenceImage(a_, b_, gain_);
    update();
}

void CompareSurface::setMessage(const QString& text) {
    if (message_ == text) return;
    message_ = text;
    update();
    spokenChanged(this);
}

void CompareSurface::setSubtitles(const QStringList& a, const QStringList& b) {
    if (subtitlesA_ == a && subtitlesB_ == b) return;
    subtitlesA_ = a;
    subtitlesB_ = b;
    update();
    spokenChanged(this);
}

void CompareSurface::setCaption(const QString& text) {
    if (caption_ == text) return;
    caption_ = text;
    update();
}

QSize CompareSurface::pictureRoom() const {
    if (mode_ == CompareMode::SideBySide) return {std::max(1, int((width() - kGap) / 2)), height()};
    return size();
}

QString CompareSurface::spokenText() const {
    static const char* const words[] = {"side by side", "wiped", "in turns", "as their difference"};
    QStringList parts{QStringLiteral("%1 and %2 %3").arg(nameA_, nameB_, QLatin1String(words[int(mode_)]))};
    if (!caption_.isEmpty()) parts << caption_;
    for (const QStringList& said : {subtitlesA_, subtitlesB_})
        if (!said.isEmpty()) parts << said.join(QLatin1Char(' '));
    if (!message_.isEmpty()) parts << message_;
    return parts.join(QStringLiteral(", "));
}

QRectF CompareSurface::fitted(const QRectF& room) const {
    const QSizeF size =
        QSizeF(a_.isNull() ? QSize(16, 9) : a_.size()).scaled(room.size(), Qt::KeepAspectRatio);
    return {room.center().x() - size.width() / 2, room.center().y() - size.height() / 2, size.width(),
            size.height()};
}

void CompareSurface::paintName(QPainter& painter, const QRectF& room, bool right, const QString& name,
                               Token tint) const {
    painter.setFont(textFont(Type::Small, Weight::Medium));
    const qreal wide = std::min(QFontMetricsF(painter.font()).horizontalAdvance(name) + 26,
                                std::max(0.0, room.width() - 2 * space::sm));
    const QRectF chip(right ? room.right() - wide - space::sm : room.left() + space::sm,
                      room.top() + space::sm, wide, 24);
    paintPanel(painter, chip, 12, overlayScrim(), color(tint));
    // A square and a disc, so that the sides differ without their colours.
    paintPanel(painter, {chip.left() + 9, chip.center().y() - 3, 6, 6}, right ? 3 : 0, color(tint));
    painter.setPen(overlayInk());
    paintText(painter, chip.adjusted(20, 0, -6, 0), name);
}

void CompareSurface::paintSubtitles(QPainter& painter) const {
    // The score stands below them.
    const QRectF whole = QRectF(rect()).adjusted(0, 0, 0, -kCaptionRoom);
    const QRectF left(whole.left(), whole.top(), whole.width() / 2, whole.height());
    const auto say = [&](const QRectF& room, const QStringList& lines) {
        OverlayContents contents;
        contents.subtitles = lines;
        bool visible[overlayLayerCount] = {};
        visible[int(OverlayLayer::Subtitles)] = true;
        const OverlayPlaces places =
            placeOverlays(room.size(), measureOverlays(contents, visible, room.size()));
        painter.save();
        painter.translate(room.topLeft());
        paintOverlays(painter, contents, places);
        painter.restore();
    };
    if (mode_ == CompareMode::Blink) return say(whole, blinkB_ ? subtitlesB_ : subtitlesA_);
    // What both say alike over one picture is said once.
    if (mode_ != CompareMode::SideBySide && subtitlesA_ == subtitlesB_) return say(whole, subtitlesA_);
    say(left, subtitlesA_);
    say(left.translated(left.width(), 0), subtitlesB_);
}

void CompareSurface::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), QColor(8, 10, 13));
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF whole(rect());
    const auto draw = [&](const QRectF& room, const QImage& image) {
        if (!image.isNull()) painter.drawImage(fitted(room), image);
    };
    switch (mode_) {
        case CompareMode::SideBySide: {
            const qreal half = (whole.width() - kGap) / 2;
            const QRectF left(0, 0, half, whole.height()), right(half + kGap, 0, half, whole.height());
            draw(left, a_);
            draw(right, b_);
            painter.fillRect(QRectF(half, 0, kGap, whole.height()), color(Token::LineStrong));
            paintName(painter, left, false, nameA_, tintA_);
            paintName(painter, right, true, nameB_, tintB_);
            break;
        }
        case CompareMode::Wipe: {
            draw(whole, b_);
            const qreal edge = whole.width() * wipe_;
            painter.save();
            painter.setClipRect(QRectF(0, 0, edge, whole.height()));
            draw(whole, a_);
            painter.restore();
            painter.fillRect(QRectF(edge - 1, 0, 2, whole.height()), overlayInk());
            paintPanel(painter, {edge - 9, whole.center().y() - 14, 18, 28}, 5, overlayScrim(), overlayInk());
            painter.setPen(overlayInk());
            painter.drawText(QRectF(edge - 9, whole.center().y() - 14, 18, 28), Qt::AlignCenter,
                             QStringLiteral("↔"));
            paintName(painter, whole, false, nameA_, tintA_);
            paintName(painter, whole, true, nameB_, tintB_);
            break;
        }
        case CompareMode::Blink:
            draw(whole, blinkB_ ? b_ : a_);
            paintName(painter, whole, blinkB_, blinkB_ ? nameB_ : nameA_, blinkB_ ? tintB_ : tintA_);
            break;
        case CompareMode::Difference:
            draw(whole, difference_);
            paintName(painter, whole, false, QStringLiteral("%1 − %2, ×%3").arg(nameA_, nameB_).arg(gain_),
                      Token::Info);
            break;
    }
    paintSubtitles(painter);
    if (!caption_.isEmpty()) {
        const QFont font = textFont(Type::Small, Weight::Medium);
        const qreal wide =
            std::min(std::ceil(numberWidth(caption_, font)) + 20, whole.width() - 2 * space::sm);
        const QRectF chip((whole.width() - wide) / 2, whole.height() - 24 - space::sm, wide, 24);
        paintPanel(painter, chip, 4, overlayScrim());
        painter.setPen(overlayInk());
        paintNumber(painter, chip.adjusted(10, 0, -10, 0), caption_, font, Qt::AlignHCenter);
    }
    if (!message_.isEmpty()) {
        painter.fillRect(whole, QColor(8, 10, 13, a_.isNull() ? 0 : 130));
        painter.setFont(textFont(Type::Body, Weight::Medium));
        painter.setPen(overlayInk());
        painter.drawText(whole.adjusted(space::xl, 0, -space::xl, 0), Qt::AlignCenter | Qt::TextWordWrap,
                         message_);
    }
    if (wantsFocusRing(this)) paintFocusRing(painter, whole, 0);
}

void CompareSurface::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    pressed_ = true;
    dragged_ = false;
}

void CompareSurface::mouseMoveEvent(QMouseEvent* event) {
    if (!pressed_ || mode_ != CompareMode::Wipe) return;
    dragged_ = true;
    setWipe(event->position().x() / std::max(1, width()));
}

void CompareSurface::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !std::exchange(pressed_, false)) return;
    if (!dragged_ && rect().contains(event->pos())) emit toggleRequested();
}

void CompareSurface::keyPressEvent(QKeyEvent* event) {
    const bool wiping = mode_ == CompareMode::Wipe;
    if (wiping && event->key() == Qt::Key_Left) return setWipe(wipe_ - 0.02);
    if (wiping && event->key() == Qt::Key_Right) return setWipe(wipe_ + 0.02);
    QWidget::keyPressEvent(event);
}

void CompareSurface::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    emit roomChanged();
}

void CompareSurface::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    updateBlinking();
}

void CompareSurface::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    blink_.stop();
}

void CompareSurface::updateBlinking() {
    if (mode_ == CompareMode::Blink && isVisible())
        blink_.start();
    else
        blink_.stop();
}

}  // namespace qd::widgets
