#include "widgets/timeline/lane_layout.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace qd::widgets {

LaneLayout layOutLanes(const QVector<TimelineItem>& items, const TimeRange& range, qreal top, qreal right,
                       const std::function<qreal(double)>& xOf,
                       const std::function<qreal(const TimelineItem&)>& widthOf, bool emptyLanes) {
    QVector<int> order(items.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return items[a].fromMs < items[b].fromMs; });

    LaneLayout layout;
    qreal y = top;
    for (const Lane lane : {Lane::Sli, Lane::Alerts, Lane::Rollout, Lane::Chaos, Lane::People}) {
        LaneBand band{lane, y, 0};
        QVector<qreal> ends;
        for (const int i : order) {
            const TimelineItem& item = items[i];
            if (item.lane != lane) continue;
            const bool span = !std::isnan(item.toMs);
            const double to = span ? item.toMs : item.fromMs;
            if (to < range.fromMs || item.fromMs > range.toMs) continue;
            const qreal left = xOf(std::max(item.fromMs, range.fromMs));
            const qreal barEnd = span ? xOf(std::min(to, range.toMs)) : left;
            // At the right end there is no room to the right: the text may be elided, but something must be
            // seen.
            const qreal end = std::min(right, std::max(barEnd, left + widthOf(item)));
            int row = 0;
            while (row < ends.size() && ends[row] > left - 4) ++row;
            if (row == ends.size() && row < maxLaneRows) ends.append(0);
            row = std::min<int>(row, maxLaneRows - 1);
            ends[row] = std::max(ends[row], end);
            const QRectF box(left, y + 4 + row * laneRowHeight, std::max<qreal>(22, end - left),
                             laneRowHeight - 4);
            layout.placed.append({i, box, barEnd});
        }
        band.rows = std::max<int>(1, static_cast<int>(ends.size()));
        // The SLI's own items (objective missed, met again) need a lane only where there are any.
        if (ends.isEmpty() && (!emptyLanes || lane == Lane::Sli)) continue;
        layout.bands.append(band);
        y += band.height();
    }
    layout.bottom = y;
    return layout;
}

QString laneName(Lane lane) {
    switch (lane) {
        case Lane::Sli:
            return QStringLiteral("SLI");
        case Lane::Alerts:
            return QStringLiteral("Alerts");
        case Lane::Rollout:
            return QStringLiteral("Rollout");
        case Lane::Chaos:
            return QStringLiteral("Faults");
        case Lane::People:
            return QStringLiteral("People");
    }
    return {};
}

Icon laneIcon(Lane lane) {
    switch (lane) {
        case Lane::Sli:
            return Icon::Slos;
        case Lane::Alerts:
            return Icon::Bell;
        case Lane::Rollout:
            return Icon::Rollouts;
        case Lane::Chaos:
            return Icon::Bolt;
        case Lane::People:
            return Icon::Person;
    }
    return Icon::Note;
}

}  // namespace qd::widgets
