#include "slo/interchange/sample_series.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "slo/interchange/promql.hpp"
#include "slo/interchange/shape.hpp"

namespace qd::slo::interchange {
namespace {

using Labels = std::map<std::string, std::string>;
using Matchers = std::vector<LabelMatcher>;

/// Values worth trying for a label: what the patterns spell, and some that they might not.
std::vector<std::string> candidates(const Matchers& matchers, const std::string& name) {
    std::vector<std::string> values;
    for (const LabelMatcher& matcher : matchers) {
        if (matcher.name != name) continue;
        for (const std::string& pattern : matcher.patterns)
            for (const char* filling : {"", "x"}) {
                std::string value;
                for (const char c : pattern) value += c == '*' ? std::string(filling) : std::string(1, c);
                values.push_back(std::move(value));
            }
    }
    for (const char* value : {"200", "500", "other", ""}) values.emplace_back(value);
    return values;
}

bool all_match(const Matchers& matchers, const std::string& name, const std::string& value) {
    return std::all_of(matchers.begin(), matchers.end(), [&](const LabelMatcher& matcher) {
        return matcher.name != name || matcher.matches(value);
    });
}

/// Labels that pass `wanted`; with `unwanted`, that fail at least one of these.
std::optional<Labels> labels_for(const Matchers& wanted, const Matchers* unwanted = nullptr) {
    Matchers both = wanted;
    if (unwanted != nullptr) both.insert(both.end(), unwanted->begin(), unwanted->end());
    Labels labels;
    bool apart = unwanted == nullptr;
    for (const LabelMatcher& matcher : both) {
        if (labels.contains(matcher.name)) continue;
        std::optional<std::string> found;
        for (const std::string& value : candidates(both, matcher.name)) {
            if (!all_match(wanted, matcher.name, value)) continue;
            const bool fails = !apart && !all_match(*unwanted, matcher.name, value);
            if (!found || fails) found = value;
            if (!fails) continue;
            apart = true;
            break;
        }
        if (!found) return std::nullopt;
        labels[matcher.name] = *found;
    }
    if (!apart) return std::nullopt;
    return labels;
}

core::Failure no_series() {
    return core::fail(core::Errc::unprocessable,
                      "no series can be made up that it counts as good and as bad");
}

std::string series_text(const std::string& metric, const Labels& labels, const std::string& le = {}) {
    Selector selector{metric, {}};
    for (const auto& [name, value] : labels)
        if (!value.empty()) selector.labels.push_back({name, false, {value}});
    const std::string bound = le.empty() ? std::string() : fmt::format("le=\"{}\"", le);
    return write_selector(selector, bound).value_or(metric);
}

core::Result<std::vector<SampleSeries>> of_ratio(const RatioIndicator& ratio) {
    if (ratio.good.metric != ratio.total.metric) {
        const auto good = labels_for(ratio.good.labels), total = labels_for(ratio.total.labels);
        if (!good || !total) return no_series();
        return std::vector<SampleSeries>{{series_text(ratio.good.metric, *good), 1, 0},
                                         {series_text(ratio.total.metric, *total), 1, 1}};
    }
    Matchers both = ratio.total.labels;
    both.insert(both.end(), ratio.good.labels.begin(), ratio.good.labels.end());
    const auto good = labels_for(both), bad = labels_for(ratio.total.labels, &ratio.good.labels);
    if (!good || !bad) return no_series();
    return std::vector<SampleSeries>{{series_text(ratio.total.metric, *good), 1, 0},
                                     {series_text(ratio.total.metric, *bad), 0, 1}};
}

core::Result<std::vector<SampleSeries>> of_time(const TimeIndicator& time) {
    const auto good = labels_for(time.good.labels), bad = labels_for(time.bad.labels);
    if (!good || !bad || time.good.metric == time.bad.metric) return no_series();
    constexpr double second = 1.0 / 1'000;
    return std::vector<SampleSeries>{
        {series_text(time.good.metric, *good), second, time.bad_within ? second : 0},
        {series_text(time.bad.metric, *bad), 0, second}};
}

}  // namespace

core::Result<SampleGauges> sample_gauges(const Indicator& indicator, std::size_t count) {
    ThresholdIndicator judged;
    if (const auto* gauge = std::get_if<BoolGaugeIndicator>(&indicator))
        judged = {gauge->gauge, Comparison::gte, 1};
    else if (const auto* threshold = std::get_if<ThresholdIndicator>(&indicator))
        judged = *threshold;
    else
        return no_series();
    const auto labels = labels_for(judged.gauge.labels);
    if (!labels) return no_series();
    SampleGauges gauges;
    const double away = std::max(1.0, std::abs(judged.bound));
    for (const double value : {judged.bound - away, judged.bound, judged.bound + away})
        (holds(value, judged.op, judged.bound) ? gauges.good : gauges.bad) = value;
    std::string telling = "series";  // a label that nobody asks for
    while (labels->contains(telling)) telling += '_';
    for (std::size_t i = 0; i < count; ++i) {
        Labels one = *labels;
        one[telling] = std::to_string(i);
        gauges.texts.push_back(series_text(judged.gauge.metric, one));
    }
    return gauges;
}

core::Result<std::vector<SampleSeries>> sample_series(const Indicator& indicator) {
    if (const auto* ratio = std::get_if<RatioIndicator>(&indicator)) return of_ratio(*ratio);
    if (const auto* time = std::get_if<TimeIndicator>(&indicator)) return of_time(*time);
    if (!std::holds_alternative<LatencyIndicator>(indicator)) return no_series();
    const auto& latency = std::get<LatencyIndicator>(indicator);
    const auto labels = labels_for(latency.histogram.labels);
    if (!labels) return no_series();
    const std::string& name = latency.histogram.metric;
    return std::vector<SampleSeries>{
        {series_text(name + "_bucket", *labels, le_text(latency.threshold_s)), 1, 0},
        {series_text(name + "_bucket", *labels, "+Inf"), 1, 1},
        {series_text(name + "_count", *labels), 1, 1}};
}

}  // namespace qd::slo::interchange
