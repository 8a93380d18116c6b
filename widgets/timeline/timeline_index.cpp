#include "widgets/timeline/timeline_index.hpp"

#include <cmath>
#include <numeric>

namespace qd::widgets {

TimelineIndex::TimelineIndex(const QVector<TimelineItem>& items) {
    byTime_.resize(items.size());
    std::iota(byTime_.begin(), byTime_.end(), 0);
    const auto earlier = [&](int a, int b) { return items[a].fromMs < items[b].fromMs; };
    // A journal comes in order, but for what was told late.
    if (!std::is_sorted(byTime_.begin(), byTime_.end(), earlier))
        std::stable_sort(byTime_.begin(), byTime_.end(), earlier);
    places_.resize(items.size());
    for (int place = 0; place < int(byTime_.size()); ++place) {
        const int item = byTime_[place];
        places_[item] = place;
        Sorted& sorted = lanes_[std::size_t(items[item].lane)];
        const double end = items[item].endMs();
        sorted.order.append(item);
        sorted.from.append(items[item].fromMs);
        sorted.to.append(end);
        sorted.reach.append(sorted.reach.isEmpty() ? end : std::max(sorted.reach.last(), end));
    }
}

int TimelineIndex::countInRange(Lane lane, const TimeRange& range, int enough) const {
    const Sorted& sorted = of(lane);
    const auto first = std::lower_bound(sorted.reach.begin(), sorted.reach.end(), range.fromMs);
    int count = 0;
    for (qsizetype i = first - sorted.reach.begin();
         i < sorted.from.size() && sorted.from[i] <= range.toMs && count < enough; ++i)
        if (sorted.to[i] >= range.fromMs) ++count;
    return count;
}

int TimelineIndex::nearest(Lane lane, double ms) const {
    const Sorted& sorted = of(lane);
    if (sorted.order.isEmpty()) return -1;
    qsizetype at = std::lower_bound(sorted.from.begin(), sorted.from.end(), ms) - sorted.from.begin();
    if (at == sorted.from.size() ||
        (at > 0 && std::abs(sorted.from[at - 1] - ms) <= std::abs(sorted.from[at] - ms)))
        --at;
    return sorted.order[at];
}

}  // namespace qd::widgets
