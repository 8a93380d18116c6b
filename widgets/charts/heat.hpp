#pragma once
// Observations by bucket over time, as a heat map shows them. Plain values; pure.
#include <QVector>

namespace qd::widgets {

struct HeatColumn {
    double atMs = 0;         // its beginning
    QVector<double> counts;  // one for each bucket, not cumulative
};

struct Heat {
    double stepMs = 1000;
    QVector<double> bounds;  // upper ones of the buckets, ascending; the last may be infinite
    QVector<HeatColumn> columns;

    bool isEmpty() const { return bounds.isEmpty(); }
};

// The buckets that hold anything, with one empty one on each side, and always the one that ends at `keep`.
struct HeatRows {
    int first = 0;
    int last = -1;  // included

    int count() const { return last - first + 1; }
};
HeatRows shownRows(const Heat& heat, double keep);

// Index of the bucket whose upper bound is `bound` (within rounding); -1: none.
int bucketOf(const Heat& heat, double bound);

// 0 for nothing, else (0, 1], by the logarithm: a lone slow request beside thousands of fast ones must be
// seen.
double intensity(double count, double most);

}  // namespace qd::widgets
