#pragma once
// Plain values that charts are made of. Times are ms since the epoch as double (exact far beyond any date).
#include <QPointF>
#include <QString>
#include <QVector>
#include <QtNumeric>

#include "widgets/theme/format.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

struct TimeRange {
    double fromMs = 0;
    double toMs = 0;
    double span() const { return toMs - fromMs; }
    bool contains(double ms) const { return ms >= fromMs && ms <= toMs; }
    bool operator==(const TimeRange&) const = default;
};

struct Series {
    QString id;    // stable key for setPoints(); empty: the name
    QString name;  // in legend and read-out
    Token color = Token::Series1;
    QVector<QPointF> points;  // (ms since the epoch, value), ascending; NaN breaks the line
    bool dashed = false;      // tells series apart without colour
    bool filled = false;      // soft area down to the axis
    bool stepped = false;     // holds a value until the next point
    bool quiet = false;       // NaN: nothing happened to be counted, and that is known; not hatched
    // Extremes around each point, at the same times as `points`: drawn as a soft band. Empty: none.
    QVector<QPointF> low, high;
};

struct Threshold {
    double value = 0;
    QString label;  // "Objective 99.5 %"
    Token color = Token::Bad;
};

enum class MarkKind { Deploy, CanaryStep, Incident, Alert, Chaos, Exclusion, Note };

struct Mark {
    double atMs = 0;
    MarkKind kind = MarkKind::Note;
    QString label;
    QString id;  // handed back by markActivated()
};

struct Shade {
    TimeRange range;
    Token color = Token::Bad;
    QString label;
};

enum class Unit { Ratio, Percent, Seconds, PerSecond, Factor, Count, Bytes, BitsPerSecond };
Formatter formatterFor(Unit unit);
// What the plain numbers are, for exported files: "seconds"; empty for counts.
QString unitText(Unit unit);
// For the labels of an axis whose ticks are `step` apart: all with the same digits, and no more than it
// takes.
Formatter axisFormatterFor(Unit unit, double step);

Token markToken(MarkKind kind);
QString markWord(MarkKind kind);

}  // namespace qd::widgets
