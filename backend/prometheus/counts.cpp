#include "prometheus/counts.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace qd::prometheus {
namespace {

using core::Errc;
using core::Failure;

constexpr double most_events = 9e15;  // whole in a double

std::optional<double> count_of(const Sample& sample) {
    const auto value = sample.finite();
    return value && *value >= 0 && *value <= most_events ? value : std::nullopt;
}

/// The one series of a sum; nothing when there is none.
core::Result<const Series*> only_series(const Answer& answer) {
    if (answer.series.empty()) return nullptr;
    if (answer.series.size() > 1)
        return core::fail(Errc::corrupt, "a sum without labels has {} series", answer.series.size());
    return &answer.series.front();
}

/// Rounds values one after the other so that no run of them is off by more than one.
class CarryingRounder {
public:
    std::uint64_t operator()(double value) {
        carry_ += value;
        const double whole = std::max(0.0, std::floor(carry_ + 0.5));
        carry_ -= whole;
        return std::uint64_t(whole);
    }

private:
    double carry_ = 0;
};

core::Result<> add_span(Source& source, const CountQueries& queries, const RangeQuery& span,
                        CarryingRounder& good, CarryingRounder& total, CountHistory& history) {
    const auto all = source.range(queries.total, span);
    if (!all) return Failure(all.error());
    const auto fine = source.range(queries.good, span);
    if (!fine) return Failure(fine.error());
    const auto all_series = only_series(*all);
    const auto fine_series = only_series(*fine);
    if (!all_series) return Failure(all_series.error());
    if (!fine_series) return Failure(fine_series.error());
    history.partial = history.partial || all->partial() || fine->partial();
    if (*all_series == nullptr) return {};
    std::map<core::WallTime, double> good_at;
    if (*fine_series != nullptr)
        for (const Sample& sample : (*fine_series)->samples)
            if (const auto count = count_of(sample)) good_at.emplace(sample.at, *count);
    for (const Sample& sample : (*all_series)->samples) {
        const auto count = count_of(sample);
        if (!count) continue;
        const auto fine_count = good_at.find(sample.at);
        slo::Counts counts;
        counts.total = total(*count);
        counts.good = std::min(good(fine_count == good_at.end() ? 0.0 : std::min(fine_count->second, *count)),
                               counts.total);
        history.points.push_back({sample.at, counts});
    }
    return {};
}

}  // namespace

core::Result<CountReading> read_counts(Source& source, const slo::Indicator& indicator, std::int64_t window_s,
                                       std::optional<core::WallTime> at) {
    const auto queries = count_queries(indicator, window_s);
    if (!queries) return Failure(queries.error());
    const auto all = source.instant(queries->total, at);
    if (!all) return Failure(all.error());
    // Both sums are of the same moment, also when that is the source's own now.
    const auto all_series = only_series(*all);
    if (!all_series) return Failure(all_series.error());
    CountReading reading{std::nullopt, all->partial()};
    if (*all_series == nullptr) return reading;
    const Sample& total = (*all_series)->samples.front();
    const auto fine = source.instant(queries->good, total.at);
    if (!fine) return Failure(fine.error());
    const auto fine_series = only_series(*fine);
    if (!fine_series) return Failure(fine_series.error());
    reading.partial = reading.partial || fine->partial();
    const auto count = count_of(total);
    if (!count) return reading;
    slo::Counts counts;
    counts.total = std::uint64_t(std::llround(*count));
    if (*fine_series != nullptr)
        if (const auto good = count_of((*fine_series)->samples.front()))
            counts.good = std::min(std::uint64_t(std::llround(*good)), counts.total);
    reading.counts = counts;
    return reading;
}

core::Result<CountHistory> backfill(Source& source, const slo::Indicator& indicator, core::WallTime from,
                                    core::WallTime to, std::chrono::seconds step) {
    const auto queries = count_queries(indicator, step.count());
    if (!queries) return Failure(queries.error());
    const auto plan = plan_backfill(from, to, step);
    if (!plan) return Failure(plan.error());
    CountHistory history;
    CarryingRounder good, total;
    for (const RangeQuery& span : *plan)
        if (auto added = add_span(source, *queries, span, good, total, history); !added)
            return Failure(added.error());
    return history;
}

}  // namespace qd::prometheus
