#include "widgets/timeline/lane_layout.hpp"

#include <array>
#include <cmath>
#include <optional>

namespace qd::widgets {
namespace {

constexpr std::array<const char*, allLanes.size()> names{"SLI",    "Alerts", "Changes",  "Faults",
                                                         "Stalls", "Logs",   "Response", "Updates"};
constexpr std::array icons{Icon::Slos, Icon::Bell, Icon::Rollouts, Icon::Bolt,
                           Icon::Film, Icon::Info, Icon::Person,   Icon::Link};

int gravity(State state) {
    switch (state) {
        case State::Bad:
            return 4;
        case State::Warn:
            return 3;
        case State::Info:
            return 2;
        case State::Good:
            return 1;
        default:
            return 0;
    }
}

class LanePlacer {
public:
    LanePlacer(const QVector<TimelineItem>& items, const TimelineIndex& index, const LaneFrame& frame)
        : items_(items),
          index_(index),
          frame_(frame),
          perMs_((frame.right - frame.left) / frame.range.span()) {}

    /// Appends to `placed`; returns the rows taken.
    int place(Lane lane, qreal top, QVector<PlacedItem>& placed) const {
        const qsizetype before = placed.size();
        if (index_.countInRange(lane, frame_.range, mostPlacedItems + 1) <= mostPlacedItems) {
            if (const auto rows = oneByOne(lane, top, placed)) return *rows;
            placed.resize(before);
        }
        return gather(lane, top, placed);
    }

private:
    qreal xOf(double ms) const { return frame_.left + (ms - frame_.range.fromMs) * perMs_; }
    qreal leftOf(const TimelineItem& item) const { return xOf(std::max(item.fromMs, frame_.range.fromMs)); }
    qreal barEndOf(const TimelineItem& item) const {
        return xOf(std::min(std::max(item.endMs(), frame_.range.fromMs), frame_.range.toMs));
    }
    static QRectF boxOf(qreal left, qreal end, qreal top, qsizetype row) {
        return {left, top + 4 + qreal(row) * laneRowHeight, std::max<qreal>(22, end - left),
                laneRowHeight - 4.0};
    }
    static qsizetype freeRow(const QVector<qreal>& ends, qreal left, int most) {
        for (qsizetype row = 0; row < ends.size(); ++row)
            if (ends[row] + 4 <= left) return row;
        return ends.size() < most ? ends.size() : -1;
    }
    static void take(QVector<qreal>& ends, qsizetype row, qreal end) {
        if (row == ends.size())
            ends.append(end);
        else
            ends[row] = end;
    }

    /// Nothing when the rows do not hold them.
    std::optional<int> oneByOne(Lane lane, qreal top, QVector<PlacedItem>& placed) const {
        QVector<qreal> ends;
        bool fits = true;
        index_.inRange(lane, frame_.range, [&](int i) {
            if (!fits) return;
            const TimelineItem& item = items_[i];
            const qreal left = leftOf(item), barEnd = barEndOf(item);
            const qsizetype row = freeRow(ends, left, maxLaneRows);
            if (row < 0) {
                fits = false;
                return;
            }
            // At the right end there is no room to the right: the text may be elided, but something must be
            // seen.
            const qreal end = std::min(frame_.right, std::max(barEnd, left + frame_.widthOf(i)));
            PlacedItem one;
            one.item = i;
            one.pinned = item.pinned;
            one.box = boxOf(left, end, top, row);
            one.barEnd = barEnd;
            take(ends, row, std::max(end, left + 22));
            placed.append(one);
        });
        if (!fits) return std::nullopt;
        return std::max<int>(1, int(ends.size()));
    }

    int gather(Lane lane, qreal top, QVector<PlacedItem>& placed) const {
        const double cellMs = gatherWidth / perMs_;
        QVector<qreal> ends;
        QVector<PlacedItem> cells;
        double cellNumber = qQNaN();
        index_.inRange(lane, frame_.range, [&](int i) {
            const TimelineItem& item = items_[i];
            const double from = std::max(item.fromMs, frame_.range.fromMs);
            if (!qIsNaN(item.toMs) && (std::min(item.toMs, frame_.range.toMs) - from) > 2 * cellMs) {
                const qreal left = leftOf(item), barEnd = barEndOf(item);
                if (const qsizetype row = freeRow(ends, left, maxLaneRows - 1); row >= 0) {
                    PlacedItem one;
                    one.item = i;
                    one.pinned = item.pinned;
                    one.box = boxOf(left, barEnd, top, row);
                    one.barEnd = barEnd;
                    take(ends, row, barEnd);
                    placed.append(one);
                    return;
                }
            }
            const double number = std::floor(from / cellMs);
            if (number == cellNumber) {
                PlacedItem& cell = cells.last();
                ++cell.count;
                cell.pinned = cell.pinned || item.pinned;
                if (gravity(item.state) > gravity(items_[cell.item].state)) cell.item = i;
                return;
            }
            cellNumber = number;
            PlacedItem cell;
            cell.item = i;
            cell.pinned = item.pinned;
            cell.gathered = true;
            cell.cell = {number * cellMs, (number + 1) * cellMs};
            cells.append(cell);
        });
        const qsizetype row = ends.size();
        for (PlacedItem& cell : cells) {
            const qreal left = std::max(frame_.left, xOf(cell.cell.fromMs));
            const qreal right = std::min(frame_.right, xOf(cell.cell.toMs)) - 2;
            cell.box = {left, top + 4 + qreal(row) * laneRowHeight, std::max<qreal>(6, right - left),
                        laneRowHeight - 4.0};
            cell.barEnd = left;
            placed.append(cell);
        }
        return std::max<int>(1, int(row) + (cells.isEmpty() ? 0 : 1));
    }

    const QVector<TimelineItem>& items_;
    const TimelineIndex& index_;
    const LaneFrame& frame_;
    const double perMs_;
};

}  // namespace

LaneLayout layOutLanes(const QVector<TimelineItem>& items, const TimelineIndex& index,
                       const LaneFrame& frame) {
    const LanePlacer placer(items, index, frame);
    LaneLayout layout;
    qreal y = frame.top;
    for (const Lane lane : allLanes) {
        if (frame.hidden & laneBit(lane)) continue;
        // A lane that has anything keeps its place while one pans over stretches where it has nothing. The
        // SLI's own items need a lane only where there are any.
        if (index.count(lane) == 0 && (!frame.emptyLanes || lane == Lane::Sli)) continue;
        LaneBand band{lane, y, 1};
        band.rows = placer.place(lane, y, layout.placed);
        layout.bands.append(band);
        y += band.height();
    }
    layout.bottom = y;
    return layout;
}

QString laneName(Lane lane) {
    return QLatin1String(names[std::size_t(lane)]);
}

Icon laneIcon(Lane lane) {
    return icons[std::size_t(lane)];
}

}  // namespace qd::widgets
