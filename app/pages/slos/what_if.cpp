#include "app/pages/slos/what_if.hpp"

#include <algorithm>
#include <cmath>

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr double kMostAllowed = 0.1, kLeastAllowed = 0.00001;

QString budgetText(const slo::Replay& replay) {
    return replay.budget.remaining ? formatPercent(*replay.budget.remaining) : QStringLiteral("no events");
}

QString alertText(std::size_t count) {
    return count == 0   ? QStringLiteral("no alert")
           : count == 1 ? QStringLiteral("1 alert")
                        : QStringLiteral("%1 alerts").arg(count);
}

}  // namespace

double targetAt(int position) {
    const double share = double(std::clamp(position, 0, kTargetSteps)) / kTargetSteps;
    const double allowed = kMostAllowed * std::pow(kLeastAllowed / kMostAllowed, share);
    // Three digits of what is allowed: targets as people write them.
    const double digits = std::pow(10, 2 - std::floor(std::log10(allowed)));
    return 1 - std::round(allowed * digits) / digits;
}

int positionOf(double target) {
    const double allowed = std::clamp(1 - target, kLeastAllowed, kMostAllowed);
    return int(std::lround(std::log(allowed / kMostAllowed) / std::log(kLeastAllowed / kMostAllowed) *
                           kTargetSteps));
}

QVector<std::int64_t> windowsToTry(std::int64_t own_s) {
    QVector<std::int64_t> windows{300,        900,         3'600,       6 * 3'600,  86'400,
                                  7 * 86'400, 28 * 86'400, 30 * 86'400, 90 * 86'400};
    if (!windows.contains(own_s)) windows.append(own_s);
    std::sort(windows.begin(), windows.end());
    return windows;
}

slo::ReplayRequest WhatIf::request(core::WallTime from, core::WallTime to, int points) const {
    slo::ReplayRequest request;
    request.from = from;
    request.to = to;
    request.points = points;
    request.target = target;
    request.window_s = window_s;
    request.rows = rows;
    request.excluded = excluded;
    return request;
}

QString comparison(const slo::Replay& is, const slo::Replay& wouldBe) {
    return QStringLiteral("Budget left: %1, would be %2. As it is, %3 fired; %4 would have.")
        .arg(budgetText(is), budgetText(wouldBe), alertText(is.alerts.size()),
             alertText(wouldBe.alerts.size()));
}

QStringList limitsOf(const slo::Replay& replay) {
    QStringList limits;
    for (const std::string& limit : replay.limits) limits << str(limit);
    return limits;
}

}  // namespace qd::app
