#include "widgets/tiles/key_hint.hpp"

#include <QFontMetricsF>
#include <QPainter>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {
constexpr int capHeight = 18;
constexpr int capPadding = 5;
constexpr int capGap = 3;

QFont capFont() {
    return textFont(Type::Micro, Weight::Medium);
}

QStringList caps(const QString& keys) {
    if (keys == QLatin1String("+")) return {keys};
    QStringList parts;
    // A sequence of chords is "Ctrl+K, Ctrl+S"; "," alone may itself be a key, as in "Ctrl+,".
    for (const QString& chord : keys.split(QStringLiteral(", "))) {
        QString rest = chord;
        if (rest.endsWith(QLatin1String("++"))) {
            rest.chop(2);
            parts << rest.split(QLatin1Char('+')) << QStringLiteral("+");
        } else {
            parts << rest.split(QLatin1Char('+'));
        }
    }
    return parts;
}

qreal capWidth(const QString& cap) {
    return std::max<qreal>(capHeight,
                           std::ceil(QFontMetricsF(capFont()).horizontalAdvance(cap)) + 2 * capPadding);
}
}  // namespace

KeyHint::KeyHint(const QKeySequence& keys, QWidget* parent)
    : KeyHint(keys.toString(QKeySequence::NativeText), parent) {}

KeyHint::KeyHint(const QString& keys, QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setKeys(keys);
}

void KeyHint::setKeys(const QString& keys) {
    keys_ = keys;
    setAccessibleName(keys);
    updateGeometry();
    update();
}

qreal KeyHint::widthOf(const QString& keys) {
    qreal width = 0;
    for (const QString& cap : caps(keys)) width += capWidth(cap) + capGap;
    return std::max<qreal>(0, width - capGap);
}

QSize KeyHint::sizeHint() const {
    return {static_cast<int>(std::ceil(widthOf(keys_))), capHeight};
}

void KeyHint::paint(QPainter& painter, const QRectF& box, const QString& keys) {
    painter.save();
    painter.setFont(capFont());
    qreal x = box.left();
    const qreal y = std::round(box.center().y() - capHeight / 2.0);
    for (const QString& cap : caps(keys)) {
        const QRectF key(x, y, capWidth(cap), capHeight);
        paintPanel(painter, key, 4, color(Token::NeutralSoft), color(Token::LineStrong));
        painter.setPen(color(Token::TextMuted));
        painter.drawText(key, Qt::AlignCenter, cap);
        x += key.width() + capGap;
    }
    painter.restore();
}

void KeyHint::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint(painter, QRectF(rect()), keys_);
}

}  // namespace qd::widgets
