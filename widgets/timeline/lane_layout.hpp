#pragma once
#include <QRectF>
#include <QVector>
#include <functional>

#include "widgets/timeline/incident_timeline.hpp"

namespace qd::widgets {

inline constexpr int laneRowHeight = 26;
inline constexpr int maxLaneRows = 6;

struct PlacedItem {
    int item = -1;     // index into the items
    QRectF box;        // what is painted and hit
    qreal barEnd = 0;  // where the bar of a range ends; the text may reach beyond a short one
};

struct LaneBand {
    Lane lane = Lane::People;
    qreal top = 0;
    int rows = 1;
    qreal height() const { return rows * laneRowHeight + 8.0; }
};

struct LaneLayout {
    QVector<LaneBand> bands;
    QVector<PlacedItem> placed;
    qreal bottom = 0;
};

// Puts each item into the first sub-row of its lane where it does not touch its neighbour; what exceeds
// maxLaneRows overlaps in the last one. `xOf` maps ms to pixels, `widthOf` tells how wide an item's icon and
// text want to be. Items wholly outside `range` are left out. Lanes stand in the order of Lane, from `top`
// down.
LaneLayout layOutLanes(const QVector<TimelineItem>& items, const TimeRange& range, qreal top, qreal right,
                       const std::function<qreal(double)>& xOf,
                       const std::function<qreal(const TimelineItem&)>& widthOf, bool emptyLanes);

QString laneName(Lane lane);
Icon laneIcon(Lane lane);

}  // namespace qd::widgets
