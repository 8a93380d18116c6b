#include "widgets/video/video_overlays.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/theme/icons.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr qreal kChip = 24;
constexpr qreal kStatisticsLine = 16;
constexpr qreal kLead = 26;  // of a tag: its dot and its padding
constexpr int kMostSubtitleLines = 6;
const QColor kAmber(240, 185, 58);

QFont chipFont() {
    return textFont(Type::Small, Weight::Medium);
}

QFont subtitleFont(qreal roomHeight) {
    QFont font = textFont(Type::Lead, Weight::Medium);
    font.setPixelSize(int(std::clamp(roomHeight / 22, 13.0, 34.0)));
    return font;
}

qreal labelsWidth(const OverlayContents& contents) {
    const QFontMetricsF metrics(textFont(Type::Micro));
    qreal widest = 0;
    for (const auto& line : contents.statistics)
        widest = std::max(widest, metrics.horizontalAdvance(line.first));
    return widest;
}

QSizeF chipSize(const QString& text) {
    return text.isEmpty() ? QSizeF() : QSizeF(std::ceil(numberWidth(text, chipFont())) + 20, kChip);
}

}  // namespace

QColor overlayScrim() {
    return QColor(10, 13, 17, 200);
}
QColor overlayInk() {
    return QColor(236, 240, 244);
}
QColor overlayMutedInk() {
    return QColor(168, 178, 188);
}

OverlaySizes measureOverlays(const OverlayContents& contents, const bool (&visible)[overlayLayerCount],
                             const QSizeF& room) {
    const auto shown = [&](OverlayLayer layer) { return visible[int(layer)]; };
    OverlaySizes sizes;
    if (shown(OverlayLayer::Statistics) && !contents.statistics.isEmpty()) {
        qreal values = 60;
        for (const auto& line : contents.statistics)
            values = std::max(values, numberWidth(line.second, textFont(Type::Micro)));
        // In steps, so that the panel does not breathe with its numbers.
        values = std::ceil(values / 24) * 24;
        sizes.statistics = {labelsWidth(contents) + values + 3 * space::md,
                            kStatisticsLine * qreal(contents.statistics.size()) + 2 * space::sm};
    }
    if (shown(OverlayLayer::Subtitles) && !contents.subtitles.isEmpty()) {
        const QFontMetricsF metrics(subtitleFont(room.height()));
        qreal widest = 0;
        const auto lines = std::min<qsizetype>(contents.subtitles.size(), kMostSubtitleLines);
        for (qsizetype i = 0; i < lines; ++i)
            widest = std::max(widest, metrics.horizontalAdvance(contents.subtitles[i]));
        sizes.subtitles = {widest + 2 * space::md, metrics.height() * qreal(lines) + space::sm};
    }
    if (shown(OverlayLayer::Timecode)) sizes.timecode = chipSize(contents.timecode);
    if (shown(OverlayLayer::FrameNumber)) sizes.frameNumber = chipSize(contents.frameNumber);
    const QFontMetricsF metrics(chipFont());
    if (!contents.tag.isEmpty()) sizes.tag = {metrics.horizontalAdvance(contents.tag) + kLead, kChip};
    if (!contents.stall.isEmpty()) sizes.stall = {metrics.horizontalAdvance(contents.stall) + 38, kChip};
    return sizes;
}

OverlayPlaces placeOverlays(const QSizeF& room, const OverlaySizes& sizes) {
    constexpr qreal edge = space::md, apart = space::xs;
    OverlayPlaces places;
    const qreal within = std::max(0.0, room.width() - 2 * edge);
    qreal top = edge, column = 0;
    const auto right = [&](const QSizeF& size) {
        if (size.isEmpty()) return QRectF();
        const qreal wide = std::min(size.width(), within);
        const QRectF place(room.width() - edge - wide, top, wide, size.height());
        top = place.bottom() + apart;
        column = std::max(column, wide);
        return place;
    };
    places.tag = right(sizes.tag);
    places.timecode = right(sizes.timecode);
    places.frameNumber = right(sizes.frameNumber);
    qreal bottom = room.height() - edge;
    if (!sizes.stall.isEmpty())
        places.stall = {edge, bottom - sizes.stall.height(), std::min(sizes.stall.width(), within),
                        sizes.stall.height()};
    if (!sizes.subtitles.isEmpty()) {
        const qreal wide = std::min(sizes.subtitles.width(), within);
        QRectF place((room.width() - wide) / 2, bottom - sizes.subtitles.height(), wide,
                     sizes.subtitles.height());
        if (place.intersects(places.stall)) place.moveBottom(places.stall.top() - apart);
        if (place.top() < edge) place.setTop(edge);
        const qreal columnLeft = room.width() - edge - column - space::sm;
        if (place.top() < top && place.right() > columnLeft) {
            place.setLeft(edge);
            place.setRight(std::max(edge, columnLeft));
        }
        places.subtitles = place;
    }
    if (!sizes.statistics.isEmpty()) {
        const qreal wide = std::min(sizes.statistics.width(), within - (column > 0 ? column + space::sm : 0));
        qreal floor = bottom;
        for (const QRectF& below : {places.stall, places.subtitles})
            if (!below.isEmpty() && below.left() < edge + wide) floor = std::min(floor, below.top() - apart);
        const qreal high = std::min(sizes.statistics.height(), floor - edge);
        // Less than a few lines tells nothing.
        if (wide > 80 && high > 2 * kStatisticsLine) places.statistics = {edge, edge, wide, high};
    }
    return places;
}

void paintOverlays(QPainter& painter, const OverlayContents& contents, const OverlayPlaces& places) {
    painter.save();
    const QColor ink = overlayInk(), scrim = overlayScrim();
    if (!places.statistics.isEmpty()) {
        const QFont font = textFont(Type::Micro);
        const QRectF panel = places.statistics;
        paintPanel(painter, panel, 6, scrim);
        const qreal labels = labelsWidth(contents);
        QRectF line(panel.left() + space::md, panel.top() + space::sm, panel.width() - 2 * space::md,
                    kStatisticsLine);
        painter.setFont(font);
        for (const auto& [label, value] : contents.statistics) {
            if (line.bottom() > panel.bottom() - space::xs) break;
            painter.setPen(overlayMutedInk());
            painter.drawText(line, Qt::AlignVCenter | Qt::TextSingleLine, label);
            painter.setPen(ink);
            paintNumber(painter, line.adjusted(labels + space::md, 0, 0, 0), value, font, Qt::AlignLeft);
            line.translate(0, kStatisticsLine);
        }
    }
    painter.setFont(chipFont());
    if (!places.tag.isEmpty()) {
        const QColor tint = color(contents.tagTint);
        paintPanel(painter, places.tag, 12, scrim, tint);
        paintPanel(painter, {places.tag.left() + 9, places.tag.center().y() - 3, 6, 6}, 3, tint);
        painter.setPen(ink);
        painter.drawText(places.tag.adjusted(20, 0, -6, 0), Qt::AlignVCenter | Qt::TextSingleLine,
                         contents.tag);
    }
    const auto number = [&](const QRectF& place, const QString& text) {
        if (place.isEmpty()) return;
        paintPanel(painter, place, 4, scrim);
        painter.setPen(ink);
        paintNumber(painter, place.adjusted(10, 0, -10, 0), text, chipFont(), Qt::AlignRight);
    };
    number(places.timecode, contents.timecode);
    number(places.frameNumber, contents.frameNumber);
    if (!places.stall.isEmpty()) {
        paintPanel(painter, places.stall, 4, scrim, kAmber);
        paintIcon(painter, {places.stall.left() + 7, places.stall.center().y() - 7, 14, 14}, Icon::Warning,
                  kAmber);
        painter.setPen(ink);
        painter.setFont(chipFont());
        paintText(painter, places.stall.adjusted(28, 0, -8, 0), contents.stall);
    }
    if (!places.subtitles.isEmpty()) {
        const auto lines = std::min<qsizetype>(contents.subtitles.size(), kMostSubtitleLines);
        // The size was measured with the room's font; each line has its share of the place.
        const qreal high = (places.subtitles.height() - space::sm) / qreal(lines);
        QFont font = textFont(Type::Lead, Weight::Medium);
        font.setPixelSize(std::max(10, int(high / 1.25)));
        painter.setFont(font);
        paintPanel(painter, places.subtitles, 4, scrim);
        painter.setPen(Qt::white);
        QRectF line(places.subtitles.left() + space::sm, places.subtitles.top() + space::xs,
                    places.subtitles.width() - 2 * space::sm, high);
        for (qsizetype i = 0; i < lines; ++i) {
            paintText(painter, line, contents.subtitles[i], Qt::AlignHCenter);
            line.translate(0, high);
        }
    }
    painter.restore();
}

}  // namespace qd::widgets
