#pragma once
// What somebody changed of an objective to see what would have been. Pure.

#include <QString>
#include <QStringList>

#include "slo/exclusion.hpp"
#include "slo/replay.hpp"

namespace qd::app {

/// Positions of the target's slider: equal steps of the allowed share, 10 % to 0.001 %, so that the nines are
/// equally far from each other.
inline constexpr int kTargetSteps = 400;
double targetAt(int position);
int positionOf(double target);

/// The windows one may choose besides the objective's own, in seconds, ascending.
QVector<std::int64_t> windowsToTry(std::int64_t own_s);

struct WhatIf {
    std::optional<double> target;
    std::optional<std::int64_t> window_s;
    std::optional<std::vector<slo::BurnRow>> rows;
    std::optional<std::vector<slo::Span>> excluded;

    bool isChanged() const { return target || window_s || rows || excluded; }
    slo::ReplayRequest request(core::WallTime from, core::WallTime to, int points) const;
};

/// The one sentence that matters: budget and alerts as they were, and as they would have been.
QString comparison(const slo::Replay& is, const slo::Replay& wouldBe);
/// What a replay cannot say, without what both say.
QStringList limitsOf(const slo::Replay& replay);

}  // namespace qd::app
