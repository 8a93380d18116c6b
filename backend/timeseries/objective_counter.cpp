#include "timeseries/objective_counter.hpp"

#include <algorithm>
#include <cmath>

namespace qd::timeseries {
namespace {

/// The whole part, taken out of `value`. Sums of counters stay exact up to 2^53; the slack is for seconds.
std::uint64_t take_whole(double& value) {
    const double whole = std::floor(value + 1e-6);
    value = std::max(0.0, value - whole);
    return std::uint64_t(std::clamp(whole, 0.0, 0x1p53));
}

bool is_bound(std::string_view le, double threshold) {
    const auto bound = parse_value(le);
    return bound && std::abs(*bound - threshold) <= 1e-9 * threshold;
}

}  // namespace

bool selects(const slo::Selector& selector, std::string_view name, const SeriesRef& series) {
    if (name != selector.metric) return false;
    for (const slo::LabelMatcher& matcher : selector.labels)
        if (!matcher.matches(series.label(matcher.name))) return false;
    return true;
}

void ObjectiveCounter::route(const SeriesRef& series, Routes& routes) const {
    const auto add = [&](Slot slot) { routes.counters.push_back(first_ + slot); };
    const bool ours = std::ranges::all_of(
        only_, [&](const auto& label) { return series.label(label.first) == label.second; });
    const auto is_of = [&](const slo::Selector& selector, std::string_view name) {
        return ours && selects(selector, name, series);
    };
    if (const auto* latency = std::get_if<slo::LatencyIndicator>(&indicator_)) {
        const std::string_view metric = latency->histogram.metric;
        if (!series.name.starts_with(metric)) return;
        const std::string_view part = series.name.substr(metric.size());
        if (part == "_count") {
            add(seen);
            if (is_of(latency->histogram, metric)) add(other);
        } else if (part == "_bucket" && is_bound(series.label("le"), latency->threshold_s)) {
            add(bound);
            if (is_of(latency->histogram, metric)) add(good);
        }
        return;
    }
    if (const auto* promql = std::get_if<slo::PromqlIndicator>(&indicator_)) {
        const bool total = series.name == slo::promql_total;
        if (total) add(seen);
        if (!is_of({std::string(series.name), promql->labels}, series.name)) return;
        if (total) add(other);
        if (series.name == slo::promql_good) add(good);
        return;
    }
    const auto judge = [&](const slo::Selector& gauge, slo::Comparison op, double limit) {
        if (series.name == gauge.metric) add(seen);
        if (is_of(gauge, series.name)) routes.judged.push_back({first_ + good, first_ + other, op, limit});
    };
    const auto sides = [&](const slo::Selector& a, const slo::Selector& b) {
        if (series.name == a.metric || series.name == b.metric) add(seen);
        if (is_of(a, series.name)) add(good);
        if (is_of(b, series.name)) add(other);
    };
    if (const auto* ratio = std::get_if<slo::RatioIndicator>(&indicator_))
        sides(ratio->good, ratio->total);
    else if (const auto* time = std::get_if<slo::TimeIndicator>(&indicator_))
        sides(time->good, time->bad);
    else if (const auto* threshold = std::get_if<slo::ThresholdIndicator>(&indicator_))
        judge(threshold->gauge, threshold->op, threshold->bound);
    else if (const auto* gauge = std::get_if<slo::BoolGaugeIndicator>(&indicator_))
        judge(gauge->gauge, slo::Comparison::gte, 1);
}

bool ObjectiveCounter::counts(const SeriesRef& series) const {
    Routes routes;
    route(series, routes);
    return !routes.judged.empty() || std::ranges::any_of(routes.counters, [&](Slot slot) {
        return slot == first_ + good || slot == first_ + other;
    });
}

bool ObjectiveCounter::judges() const {
    return std::holds_alternative<slo::ThresholdIndicator>(indicator_) ||
           std::holds_alternative<slo::BoolGaugeIndicator>(indicator_);
}

bool ObjectiveCounter::carried_by(const Additions& additions) const {
    if (!additions.touched[first_ + seen]) return false;
    return !std::holds_alternative<slo::LatencyIndicator>(indicator_) || additions.touched[first_ + bound];
}

void ObjectiveCounter::take(const Additions& additions) {
    const double scale = std::holds_alternative<slo::TimeIndicator>(indicator_) ? 1000 : 1;
    good_ += additions.values[first_ + good] * scale;
    other_ += additions.values[first_ + other] * scale;
}

slo::Counts ObjectiveCounter::collect() {
    const std::uint64_t good_events = take_whole(good_);
    const std::uint64_t other_events = take_whole(other_);
    if (const auto* time = std::get_if<slo::TimeIndicator>(&indicator_)) {
        const std::uint64_t total = good_events + (time->bad_within ? 0 : other_events);
        return {total - std::min(other_events, total), total};
    }
    return {std::min(good_events, other_events), other_events};
}

}  // namespace qd::timeseries
