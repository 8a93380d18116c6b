#pragma once
// What may lie over a picture, each layer by itself: where it stands, so that none hides another, and how it
// is painted. Pure but for the painter.

#include <QPair>
#include <QRectF>
#include <QSizeF>
#include <QStringList>
#include <QVector>

#include "widgets/theme/tokens.hpp"

class QPainter;

namespace qd::widgets {

enum class OverlayLayer { Statistics, Subtitles, FrameNumber, Timecode };
inline constexpr int overlayLayerCount = 4;

struct OverlayContents {
    QVector<QPair<QString, QString>> statistics;  // label and value
    QStringList subtitles;                        // lines of the cues that are active now
    QString frameNumber;                          // "Frame 1 234"
    QString timecode;                             // "00:12.400"
    QString tag;                                  // a word in the arm's colour: "Canary v2"
    Token tagTint = Token::Stable;
    QString stall;  // "Stalled 1.2 s"

    bool operator==(const OverlayContents&) const = default;
};

struct OverlaySizes {
    QSizeF statistics, subtitles, frameNumber, timecode, tag, stall;  // empty: not there
};

struct OverlayPlaces {
    QRectF statistics, subtitles, frameNumber, timecode, tag, stall;
};

// Statistics upper left; tag, timecode and frame number below each other upper right; the stall mark lower
// left; subtitles at the bottom in the middle, above the stall mark where they would meet. Whatever does not
// fit beside another is narrowed, never laid over it.
OverlayPlaces placeOverlays(const QSizeF& room, const OverlaySizes& sizes);

// Sizes that the contents want inside `room`; layers that are not visible have none.
OverlaySizes measureOverlays(const OverlayContents& contents, const bool (&visible)[overlayLayerCount],
                             const QSizeF& room);

void paintOverlays(QPainter& painter, const OverlayContents& contents, const OverlayPlaces& places);

// Over pictures the theme's surfaces would glare in the light mode, so overlays are dark in both.
QColor overlayScrim();
QColor overlayInk();
QColor overlayMutedInk();

}  // namespace qd::widgets
