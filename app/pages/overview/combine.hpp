#pragma once
// The arms of a series as one line, for a tile. Pure.

#include <QVector>

#include "opsclient/site.hpp"

namespace qd::app {

enum class Combine {
    sum,       // rates and counts
    weighted,  // ratios of requests: by each arm's request rate
    worst,     // what cannot be added: the highest
};

struct Combined {
    QVector<double> values;  // at the series' step, oldest first; NaN where there was no reading
    qint64 newestMs = 0;     // of the last value; 0: none
    int lines = 0;           // that had a point at the end
};

/// `rate` is the request rate by the same labels; where it is not known the highest counts.
Combined combine(const opsclient::Series& series, double scale, Combine how, const opsclient::Series* rate);

}  // namespace qd::app
