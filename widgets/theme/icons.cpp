#include "widgets/theme/icons.hpp"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <array>

#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr std::array<const char*, static_cast<std::size_t>(Icon::Count)> names = {
    "overview", "slos",  "incidents",  "rollouts",   "preview",   "catalog",      "postmortems", "settings",
    "search",   "play",  "pause",      "stop",       "next",      "back",         "warning",     "ok",
    "info",     "error", "gap",        "upload",     "download",  "keyboard",     "close",       "plus",
    "refresh",  "clock", "bell",       "person",     "note",      "link",         "bolt",        "flag",
    "volume",   "muted", "fullscreen", "statistics", "chevron",   "chevron-down", "sun",         "moon",
    "deploy",   "film",  "more",       "undo",       "dashboards"};

// Strokes in the files are "currentColor", which Qt's renderer does not resolve; it is replaced in the text.
QPixmap rendered(Icon which, const QColor& tint, const QSize& pixels) {
    const QString key = QStringLiteral("qd:%1:%2:%3x%4")
                            .arg(static_cast<int>(which))
                            .arg(tint.rgba())
                            .arg(pixels.width())
                            .arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    QFile file(QStringLiteral(":/qd/icons/%1.svg").arg(iconName(which)));
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    if (file.open(QIODevice::ReadOnly)) {
        QByteArray svg = file.readAll();
        svg.replace("currentColor", tint.name(QColor::HexRgb).toLatin1());
        QSvgRenderer renderer(svg);
        QPainter painter(&pixmap);
        painter.setOpacity(tint.alphaF());
        renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(pixels)));
    }
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

class TintedEngine : public QIconEngine {
public:
    TintedEngine(Icon which, Token tint) : which_(which), tint_(tint) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device()->devicePixelRatioF();
        QPixmap picture = scaledPixmap(rect.size() * ratio, mode, state, ratio);
        picture.setDevicePixelRatio(ratio);
        painter->drawPixmap(rect.topLeft(), picture);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
        Token tint = tint_;
        if (mode == QIcon::Disabled) tint = Token::TextFaint;
        const bool lit = mode == QIcon::Selected || state == QIcon::On;
        if (lit && tint_ == Token::TextMuted) tint = Token::Accent;
        return rendered(which_, color(tint), size);
    }
    QIconEngine* clone() const override { return new TintedEngine(which_, tint_); }
    bool isNull() override { return false; }

private:
    Icon which_;
    Token tint_;
};

}  // namespace

QIcon makeIcon(Icon which, Token tint) {
    return QIcon(new TintedEngine(which, tint));
}

void paintIcon(QPainter& painter, const QRectF& box, Icon which, const QColor& tint) {
    const qreal ratio = painter.device()->devicePixelRatioF();
    const int side = static_cast<int>(std::min(box.width(), box.height()));
    QPixmap picture = rendered(which, tint, QSize(side, side) * ratio);
    picture.setDevicePixelRatio(ratio);
    const QPointF corner = box.center() - QPointF(side / 2.0, side / 2.0);
    painter.drawPixmap(QPointF(std::round(corner.x()), std::round(corner.y())), picture);
}

QString iconName(Icon which) {
    return QLatin1String(names.at(static_cast<std::size_t>(which)));
}

}  // namespace qd::widgets
