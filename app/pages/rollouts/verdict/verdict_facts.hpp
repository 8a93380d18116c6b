#pragma once
// A verdict taken apart into what a person asks of it: which metric, what each arm had, how large the
// difference is and how sure, and what is missing. Pure; what was not counted is said in words and never
// written as 0.

#include <QString>
#include <vector>

#include "app/models/values.hpp"
#include "rollouts/rollout.hpp"
#include "widgets/charts/interval_plot.hpp"

namespace qd::app {

/// What one arm had of a metric.
struct ArmFigure {
    QString arm;    // "stable" | "baseline" | "canary"
    QString value;  // "14.23 %", "412 ms"; "no traffic"
    QString count;  // "80 of 562"; empty where there was nothing

    bool operator==(const ArmFigure&) const = default;
};

struct MetricFacts {
    QString name;  // "Error ratio"
    Wording outcome;
    std::vector<ArmFigure> arms;  // stable, baseline where VerdictFacts has one, canary
    QString effect;               // "+14.18 points"; "not compared"
    QString range;                // "+11.52 to +17.35 at 95 %, against stable"; may be empty
    widgets::IntervalReading interval;
    QString unknown;       // stands where nothing can be drawn: "Not enough data"
    QString certainty;     // how sure that is, in a sentence; may be empty
    QString missing;       // what would make the outcome another, in a sentence; may be empty
    bool seconds = false;  // the unit of the interval: seconds, else a ratio

    bool operator==(const MetricFacts&) const = default;
};

struct VerdictFacts {
    Wording outcome;
    QString basis;  // what it rests on, or why there is none, in a sentence
    bool baseline = false;
    qint64 asOfMs = 0;  // 0: never judged
    std::vector<MetricFacts> metrics;

    bool operator==(const VerdictFacts&) const = default;
};

VerdictFacts verdictFacts(const rollouts::Rollout& rollout);

/// "+14.18 points" of 0.1418; "+40 ms" where `seconds`. NaN is "–".
QString signedDifference(double difference, bool seconds);
/// 5400 -> "5,400".
QString wholeNumber(std::uint64_t count);
/// The same within a sentence: "1240 more requests" -> "1,240 more requests".
QString withGroups(QString sentence);

}  // namespace qd::app
