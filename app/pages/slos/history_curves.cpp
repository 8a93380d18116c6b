#include "app/pages/slos/history_curves.hpp"

#include <deque>

#include "app/models/values.hpp"

namespace qd::app {

HistoryCurves curvesOf(const slo::History& history, const slo::Status& status, std::int64_t smooth_s) {
    HistoryCurves curves;
    const double allowed = status.budget.allowed;
    std::uint64_t badAfter = 0;
    for (const slo::HistoryPoint& point : history.points) badAfter += point.counts.bad();

    const double stepMs = double(history.step_s) * 1000;
    std::deque<const slo::HistoryPoint*> recent;
    slo::Counts recentCounts;
    for (const slo::HistoryPoint& point : history.points) {
        const double at = double(msOf(point.at));
        const auto ratio = point.counts.good_ratio();
        curves.sli.append({at, ratio.value_or(qQNaN())});
        curves.low.append({at, point.min.value_or(ratio.value_or(qQNaN()))});
        badAfter -= point.counts.bad();
        if (status.budget.remaining && allowed > 0)
            curves.budget.append({at + stepMs, *status.budget.remaining + double(badAfter) / allowed});

        recent.push_back(&point);
        recentCounts += point.counts;
        while (!recent.empty() && msOf(point.at) - msOf(recent.front()->at) >= smooth_s * 1000) {
            recentCounts -= recent.front()->counts;
            recent.pop_front();
        }
        const auto burn = slo::burn_rate(recentCounts, status.objective.target);
        curves.burn.append({at, burn.value_or(qQNaN())});
    }
    if (!curves.budget.isEmpty()) {
        const double end = curves.budget.last().x();
        const double from = curves.budget.first().x();
        const double window = double(status.objective.window_s) * 1000;
        curves.ideal.append({from, std::clamp((end - from) / window, 0.0, 1.0)});
        curves.ideal.append({end, 0.0});
    }
    return curves;
}

}  // namespace qd::app
