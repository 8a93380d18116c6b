#pragma once
#include <QString>
#include <QVector>

#include "widgets/charts/series.hpp"

namespace qd::widgets {

struct Tick {
    double value = 0;
    QString label;
};

// Round local times, at least `minPixels` apart on an axis of `pixels`.
QVector<Tick> timeTicks(const TimeRange& range, int pixels, int minPixels = 90);

// Round values between low and high (1, 2, 2.5, 5 x 10^n), at most `count` + 1 of them.
QVector<Tick> valueTicks(double low, double high, int count, const Formatter& format);

}  // namespace qd::widgets
