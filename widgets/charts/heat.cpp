#include "widgets/charts/heat.hpp"

#include <algorithm>
#include <cmath>

namespace qd::widgets {

HeatRows shownRows(const Heat& heat, double keep) {
    const int buckets = int(heat.bounds.size());
    int first = buckets, last = -1;
    for (const HeatColumn& column : heat.columns)
        for (int i = 0; i < std::min(buckets, int(column.counts.size())); ++i)
            if (column.counts[i] > 0) {
                first = std::min(first, i);
                last = std::max(last, i);
            }
    if (const int kept = bucketOf(heat, keep); kept >= 0) {
        first = std::min(first, kept);
        last = std::max(last, kept);
    }
    if (last < 0) return {0, buckets - 1};
    return {std::max(0, first - 1), std::min(buckets - 1, last + 1)};
}

int bucketOf(const Heat& heat, double bound) {
    for (int i = 0; i < heat.bounds.size(); ++i)
        if (std::abs(heat.bounds[i] - bound) <= 1e-9 * std::max(1.0, std::abs(bound))) return i;
    return -1;
}

double intensity(double count, double most) {
    if (!(count > 0) || !(most > 0)) return 0;
    return 0.18 + 0.82 * std::log1p(std::min(count, most)) / std::log1p(most);
}

}  // namespace qd::widgets
