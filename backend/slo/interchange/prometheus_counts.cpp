#include "slo/interchange/prometheus_counts.hpp"

#include "slo/interchange/duration.hpp"
#include "slo/interchange/prometheus.hpp"
#include "slo/interchange/prometheus_alerts.hpp"
#include "slo/interchange/promql.hpp"
#include "slo/interchange/refusals.hpp"
#include "slo/interchange/shape.hpp"

namespace qd::slo::interchange {
namespace {

std::string sum_over(std::string_view function, const std::string& selector, std::int64_t window_s) {
    return fmt::format("sum({}({}[{}]))", function, selector, prometheus_duration(window_s));
}

std::string sum_increase(const std::string& selector, std::int64_t window_s) {
    return sum_over("increase", selector, window_s);
}

/// A counter that has not begun counts as 0 where `other` is there.
std::string or_none(const std::string& sum, const std::string& other) {
    return fmt::format("({} or 0 * {})", sum, other);
}

std::string scaled_sum(double scale, const std::string& sum) {
    return scale == 1 ? sum : fmt::format("{} * ({})", number_text(scale), sum);
}

std::string_view sign_of(Comparison op) {
    constexpr std::string_view signs[] = {"<", "<=", ">", ">="};
    return signs[std::size_t(op)];
}

}  // namespace

void EventCounts::record(std::string_view name, std::string expression, std::string_view group,
                         std::int64_t interval_s, const Objective& objective) {
    // The label slo alone: a gauge's series may be told apart by their service.
    nlohmann::ordered_json rule{
        {"record", name}, {"expr", std::move(expression)}, {"labels", {{"slo", objective.id.value}}}};
    groups_.push_back({{"name", fmt::format("slo-{}-{}", objective.id.value, group)},
                       {"interval", prometheus_duration(interval_s)},
                       {"rules", nlohmann::ordered_json::array({std::move(rule)})}});
    recorded_ = recorded(name, objective);
}

core::Result<EventCounts> EventCounts::of(const Objective& objective) {
    if (auto known = promql_can_say(objective); !known) return core::Failure(known.error());
    EventCounts counts;
    core::Result<> done;
    const auto write = [&](const Selector& selector, std::string_view extra = {}) {
        auto text = write_selector(selector, extra);
        if (!text)
            done = core::fail_with_context(fmt::format("the SLO '{}'", objective.id.value), text.error());
        return text.value_or(std::string());
    };
    const auto judge = [&](const Selector& gauge, Comparison op, double bound) {
        counts.presence_ = write(gauge);
        // What is not equal to itself is NaN, and no reading.
        counts.record(reading_record,
                      fmt::format("({0} == {0}) {1} bool {2:.17g}", counts.presence_, sign_of(op), bound),
                      "readings", 1, objective);
    };
    if (const auto* ratio = std::get_if<RatioIndicator>(&objective.indicator)) {
        counts.good_ = write(ratio->good);
        counts.total_ = write(ratio->total);
    } else if (const auto* latency = std::get_if<LatencyIndicator>(&objective.indicator)) {
        Selector bucket = latency->histogram, count = latency->histogram;
        bucket.metric += "_bucket";
        count.metric += "_count";
        counts.good_ = write(bucket, le_matcher(latency->threshold_s));
        counts.total_ = write(count);
        counts.histogram_ = true;
    } else if (const auto* time = std::get_if<TimeIndicator>(&objective.indicator)) {
        counts.scale_ = 1'000;
        counts.bad_ = write(time->bad);
        (time->bad_within ? counts.total_ : counts.good_) = write(time->good);
    } else if (const auto* threshold = std::get_if<ThresholdIndicator>(&objective.indicator)) {
        judge(threshold->gauge, threshold->op, threshold->bound);
    } else if (const auto* gauge = std::get_if<BoolGaugeIndicator>(&objective.indicator)) {
        judge(gauge->gauge, Comparison::gte, 1);
    }
    if (!done) return core::Failure(done.error());
    if (counts.presence_.empty()) counts.presence_ = counts.total_.empty() ? counts.good_ : counts.total_;
    if (const auto& slices = objective.timeslices)
        counts.record(slice_record,
                      fmt::format("({}) / ({} > 0) <= bool {}", counts.bad(slices->slice_s),
                                  counts.events(slices->slice_s), number_text(1 - slices->target)),
                      "slices", slices->slice_s, objective);
    return counts;
}

std::string EventCounts::events(std::int64_t window_s) const {
    if (!recorded_.empty()) return sum_over("count_over_time", recorded_, window_s);
    if (!total_.empty()) return scaled_sum(scale_, sum_increase(total_, window_s));
    const std::string good = sum_increase(good_, window_s), bad = sum_increase(bad_, window_s);
    return scaled_sum(scale_, or_none(good, bad) + " + " + or_none(bad, good));
}

std::string EventCounts::bad(std::int64_t window_s) const {
    if (!recorded_.empty())
        return fmt::format("{} - {}", sum_over("count_over_time", recorded_, window_s),
                           sum_over("sum_over_time", recorded_, window_s));
    if (bad_.empty()) {
        const std::string total = sum_increase(total_, window_s), good = sum_increase(good_, window_s);
        // A histogram has all its buckets from the start: one that is missing is a bound that there is not.
        return fmt::format("clamp_min({} - {}, 0)", total, histogram_ ? good : or_none(good, total));
    }
    const std::string other = sum_increase(total_.empty() ? good_ : total_, window_s);
    return scaled_sum(scale_, or_none(sum_increase(bad_, window_s), other));
}

}  // namespace qd::slo::interchange
