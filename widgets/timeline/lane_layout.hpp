#pragma once
#include <QRectF>
#include <QVector>
#include <functional>

#include "widgets/timeline/timeline_index.hpp"

namespace qd::widgets {

inline constexpr int laneRowHeight = 22;
inline constexpr int maxLaneRows = 4;
// A lane with more items than this in sight is gathered without trying to place them one by one.
inline constexpr int mostPlacedItems = 160;
inline constexpr qreal gatherWidth = 26;

// An item, or several that fall together: then `item` is the most serious of them.
struct PlacedItem {
    int item = -1;  // index into the items
    int count = 1;
    bool pinned = false;  // any of them
    TimeRange cell;       // of gathered ones: the stretch that they fall into
    QRectF box;           // what is painted and hit
    qreal barEnd = 0;     // where the bar of a range ends; the text may reach beyond a short one
    bool gathered = false;
};

struct LaneBand {
    Lane lane = Lane::People;
    qreal top = 0;
    int rows = 1;
    qreal height() const { return rows * laneRowHeight + 5.0; }
};

struct LaneLayout {
    QVector<LaneBand> bands;
    QVector<PlacedItem> placed;
    qreal bottom = 0;
};

struct LaneFrame {
    TimeRange range;
    qreal left = 0, right = 0, top = 0;
    std::function<qreal(int item)> widthOf;  // how wide an item's icon and text want to be
    unsigned hidden = 0;                     // a bit a lane
    bool emptyLanes = false;
};

constexpr unsigned laneBit(Lane lane) {
    return 1u << unsigned(lane);
}

// Lays out what is in the range, and nothing else. Each item goes into the first sub-row of its lane where it
// does not touch its neighbour. Where maxLaneRows do not hold them the lane is gathered: long spans keep rows
// of their own as far as there are any, everything else falls into cells of gatherWidth, each of which shows
// how many there are. Cells are anchored in time, so that panning moves them and changes nothing else.
LaneLayout layOutLanes(const QVector<TimelineItem>& items, const TimelineIndex& index,
                       const LaneFrame& frame);

}  // namespace qd::widgets
