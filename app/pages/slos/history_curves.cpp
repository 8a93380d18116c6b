#include "app/pages/slos/history_curves.hpp"

#include <algorithm>
#include <deque>

#include "app/models/values.hpp"

namespace qd::app {
namespace {

/// Counts within the last so many milliseconds.
class Sliding {
public:
    explicit Sliding(qint64 lengthMs) : lengthMs_(lengthMs) {}

    void add(qint64 atMs, const slo::Counts& counts) {
        held_.emplace_back(atMs, counts);
        sum_ += counts;
        forget(atMs - lengthMs_);
    }
    /// What lies at or before it no longer counts.
    void forget(qint64 atMs) {
        while (!held_.empty() && held_.front().first <= atMs) {
            sum_ -= held_.front().second;
            held_.pop_front();
        }
    }
    const slo::Counts& sum() const { return sum_; }

private:
    qint64 lengthMs_;
    std::deque<std::pair<qint64, slo::Counts>> held_;
    slo::Counts sum_;
};

std::optional<double> left(const slo::Counts& counts, double target) {
    if (counts.total == 0) return std::nullopt;
    return 1 - double(counts.bad()) / ((1 - target) * double(counts.total));
}

bool isIn(const std::vector<slo::Span>& spans, qint64 atMs) {
    return std::any_of(spans.begin(), spans.end(),
                       [s = atMs / 1000](const slo::Span& span) { return span.contains(s); });
}

}  // namespace

HistoryCurves curvesOf(const slo::History& history, const slo::Status& status, std::int64_t smooth_s) {
    HistoryCurves curves;
    const double step = double(std::max<std::int64_t>(history.step_s, 1));
    Sliding recent(smooth_s * 1000);
    for (const slo::HistoryPoint& point : history.points) {
        const double at = double(msOf(point.at));
        const double ratio = number(point.counts.good_ratio());
        curves.sli.append({at, ratio});
        curves.low.append({at, point.min.value_or(ratio)});
        curves.requests.append({at, double(point.counts.total) / step});
        curves.bad.append({at, double(point.counts.bad()) / step});
        recent.add(msOf(point.at), point.counts);
        curves.burn.append({at, number(slo::burn_rate(recent.sum(), status.objective.target))});
    }
    return curves;
}

BudgetCurves budgetOf(const slo::History& history, const slo::Status& status,
                      const std::vector<slo::Exclusion>& exclusions, qint64 fromMs, qint64 nowMs) {
    BudgetCurves curves;
    const slo::Objective& objective = status.objective;
    const auto excluded = slo::excluded_spans(exclusions, objective.id);
    const qint64 windowMs = objective.window_s * 1000;
    const qint64 stepMs = history.step_s * 1000;
    const std::optional<qint64> begin =
        status.period ? std::optional(status.period->from_s * 1000) : std::nullopt;
    Sliding window(windowMs);
    for (const slo::HistoryPoint& point : history.points) {
        const qint64 at = msOf(point.at);
        if (begin && at < *begin) continue;  // of the period before
        if (!isIn(excluded, at))
            window.add(at, point.counts);
        else
            window.forget(at - windowMs);
        const qint64 end = at + stepMs;
        if (end < fromMs || end > nowMs) continue;
        if (const auto share = left(window.sum(), objective.target))
            curves.left.append({double(end), *share});
    }
    if (status.budget.remaining) curves.left.append({double(nowMs), *status.budget.remaining});
    if (curves.left.isEmpty()) return curves;
    const auto ideal = [&](double at) {
        const double spent =
            begin ? (at - double(*begin)) / double(windowMs) : 1 - (double(nowMs) - at) / double(windowMs);
        return QPointF(at, 1 - std::clamp(spent, 0.0, 1.0));
    };
    curves.ideal = {ideal(curves.left.first().x()), ideal(double(nowMs))};
    return curves;
}

}  // namespace qd::app
