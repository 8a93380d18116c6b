#include "widgets/theme/numbers.hpp"

#include <QFontMetricsF>
#include <QGlyphRun>
#include <QHash>
#include <QPainter>
#include <QRawFont>

namespace qd::widgets {
namespace {

struct Cells {
    QRawFont raw;
    qreal digit = 0;
};

const Cells& cellsOf(const QFont& font) {
    static QHash<QString, Cells> cache;
    const QString key = font.key();
    auto it = cache.find(key);
    if (it == cache.end()) {
        if (cache.size() > 64) cache.clear();
        Cells cells{QRawFont::fromFont(font), 0};
        const QFontMetricsF metrics(font);
        for (char c = '0'; c <= '9'; ++c)
            cells.digit = std::max(cells.digit, metrics.horizontalAdvance(QLatin1Char(c)));
        it = cache.insert(key, cells);
    }
    return it.value();
}

bool isDigit(QChar c) {
    return c >= QLatin1Char('0') && c <= QLatin1Char('9');
}

struct Run {
    QVector<quint32> glyphs;
    QVector<QPointF> positions;
    qreal width = 0;
    bool complete = true;  // false: a glyph is missing and the fallback fonts must help
};

Run layOut(const QString& text, const QFont& font) {
    const Cells& cells = cellsOf(font);
    Run run;
    run.glyphs = cells.raw.glyphIndexesForString(text);
    if (run.glyphs.size() != text.size() || run.glyphs.contains(0)) {
        run.complete = false;
        run.width = QFontMetricsF(font).horizontalAdvance(text);
        return run;
    }
    const QVector<QPointF> advances = cells.raw.advancesForGlyphIndexes(run.glyphs);
    run.positions.reserve(run.glyphs.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const qreal own = advances[i].x();
        const qreal cell = isDigit(text[i]) ? std::max(cells.digit, own) : own;
        run.positions.append({run.width + (cell - own) / 2, 0});
        run.width += cell;
    }
    return run;
}

}  // namespace

qreal numberWidth(const QString& text, const QFont& font) {
    return layOut(text, font).width;
}

void paintNumber(QPainter& painter, const QRectF& box, const QString& text, const QFont& font,
                 Qt::Alignment alignment) {
    if (text.isEmpty()) return;
    Run run = layOut(text, font);
    const QFontMetricsF metrics(font);
    if (!run.complete || run.width > box.width() + 1) {
        painter.setFont(font);
        const QString shown = metrics.elidedText(text, Qt::ElideRight, box.width() + 1);
        painter.drawText(box, static_cast<int>(alignment | Qt::AlignVCenter | Qt::TextSingleLine), shown);
        return;
    }
    qreal x = box.left();
    if (alignment & Qt::AlignRight) x = box.right() - run.width;
    if (alignment & Qt::AlignHCenter) x = box.center().x() - run.width / 2;
    const qreal y = box.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    QGlyphRun glyphs;
    glyphs.setRawFont(cellsOf(font).raw);
    glyphs.setGlyphIndexes(run.glyphs);
    glyphs.setPositions(run.positions);
    painter.drawGlyphRun(QPointF(x, y), glyphs);
}

}  // namespace qd::widgets
