#pragma once
#include <QVector>
#include <algorithm>
#include <array>

#include "widgets/timeline/timeline_item.hpp"

namespace qd::widgets {

// The items of each lane in order of time, so that those in a range are found without looking at the others.
// Pure; holds indexes into the items that it was made of.
class TimelineIndex {
public:
    TimelineIndex() = default;
    explicit TimelineIndex(const QVector<TimelineItem>& items);

    int count(Lane lane) const { return int(of(lane).order.size()); }
    // All of them, by time.
    const QVector<int>& byTime() const { return byTime_; }
    // Calls visit(index) for each item of `lane` that touches `range`, in order of time.
    template <class Visit>
    void inRange(Lane lane, const TimeRange& range, Visit visit) const;
    // How many inRange() visits, but no more than `enough`.
    int countInRange(Lane lane, const TimeRange& range, int enough) const;
    // The item of `lane` that begins nearest to `ms`; -1 when it has none.
    int nearest(Lane lane, double ms) const;
    // The place of an item in byTime(); -1 when there is no such item.
    int placeOf(int item) const { return item >= 0 && item < places_.size() ? places_[item] : -1; }

private:
    struct Sorted {
        QVector<int> order;
        QVector<double> from, to;
        QVector<double> reach;  // the latest end of all up to this one: ascending
    };
    const Sorted& of(Lane lane) const { return lanes_[std::size_t(lane)]; }

    std::array<Sorted, allLanes.size()> lanes_;
    QVector<int> byTime_;
    QVector<int> places_;
};

template <class Visit>
void TimelineIndex::inRange(Lane lane, const TimeRange& range, Visit visit) const {
    const Sorted& sorted = of(lane);
    const auto first = std::lower_bound(sorted.reach.begin(), sorted.reach.end(), range.fromMs);
    const auto last = std::upper_bound(sorted.from.begin(), sorted.from.end(), range.toMs);
    const qsizetype end = last - sorted.from.begin();
    for (qsizetype i = first - sorted.reach.begin(); i < end; ++i)
        if (sorted.to[i] >= range.fromMs) visit(sorted.order[i]);
}

}  // namespace qd::widgets
