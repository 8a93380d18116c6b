#include "widgets/video/scrub_hint.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <cmath>

#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int kPictureWidth = 192;
constexpr int kHintLine = 18;

int pictureHeight(const QImage& picture) {
    return picture.isNull() ? 0 : std::clamp(kPictureWidth * picture.height() / picture.width(), 40, 240);
}

}  // namespace

ScrubHint::ScrubHint(QWidget* parent) : QWidget(parent, Qt::ToolTip | Qt::FramelessWindowHint) {
    setAttribute(Qt::WA_ShowWithoutActivating);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
}

void ScrubHint::setContent(const QImage& picture, const QString& text) {
    picture_ = picture;
    text_ = text;
    resize(sizeHint());
    update();
}

QSize ScrubHint::sizeHint() const {
    const QStringList lines = text_.split(QLatin1Char('\n'));
    qreal wide = picture_.isNull() ? 0 : kPictureWidth;
    for (const QString& line : lines) wide = std::max(wide, numberWidth(line, textFont(Type::Small)));
    return {int(std::ceil(wide)) + 2 * space::sm, pictureHeight(picture_) + kHintLine * int(lines.size()) +
                                                      (picture_.isNull() ? 0 : space::xs) + 2 * space::xs};
}

void ScrubHint::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Raised));
    painter.setPen(color(Token::LineStrong));
    painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    qreal top = space::xs;
    if (!picture_.isNull()) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        const int high = pictureHeight(picture_);
        painter.drawImage(QRectF((width() - kPictureWidth) / 2.0, top, kPictureWidth, high), picture_);
        top += high + space::xs;
    }
    bool first = true;
    for (const QString& line : text_.split(QLatin1Char('\n'))) {
        painter.setPen(color(first ? Token::Text : Token::TextMuted));
        paintNumber(painter, {qreal(space::sm), top, qreal(width() - 2 * space::sm), qreal(kHintLine)}, line,
                    textFont(Type::Small), Qt::AlignHCenter);
        top += kHintLine;
        first = false;
    }
}

}  // namespace qd::widgets
