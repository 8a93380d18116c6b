#include "slo/interchange/shape.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace qd::slo::interchange {
namespace {

constexpr std::string_view bucket_suffix = "_bucket", count_suffix = "_count";

core::Failure no_shape(std::string_view reason) {
    return core::fail(core::Errc::invalid_argument, "{}", reason);
}

/// In the order of names, so that two selections compare.
std::vector<LabelMatcher> sorted(std::vector<LabelMatcher> labels) {
    std::sort(labels.begin(), labels.end(),
              [](const LabelMatcher& a, const LabelMatcher& b) { return a.name < b.name; });
    return labels;
}

core::Result<double> bound_of(const LabelMatcher& le) {
    // "1|1.0" is the one bound that two exporters write differently.
    std::optional<double> bound;
    for (const std::string& text : le.patterns) {
        double value = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (le.negated || read.ec != std::errc() || read.ptr != text.data() + text.size() ||
            (bound && *bound != value) || !(value > 0 && value <= 3600))
            return no_shape("has an 'le' that is no bound between 0 and 3600 seconds");
        bound = value;
    }
    return *bound;
}

core::Result<Indicator> latency_of(const Query& bucket, const Query& total) {
    const std::string name =
        bucket.selector.metric.substr(0, bucket.selector.metric.size() - bucket_suffix.size());
    std::vector<LabelMatcher> labels = bucket.selector.labels;
    const auto le = std::find_if(labels.begin(), labels.end(),
                                 [](const LabelMatcher& matcher) { return matcher.name == "le"; });
    if (le == labels.end()) return no_shape("takes a histogram's bucket without its bound: add le=\"0.3\"");
    auto threshold = bound_of(*le);
    if (!threshold) return core::Failure(threshold.error());
    labels.erase(le);
    if (total.selector.metric != name + std::string(count_suffix))
        return core::fail(core::Errc::invalid_argument,
                          "takes a bucket of {0}; all events must then be {0}_count", name);
    if (sorted(labels) != sorted(total.selector.labels))
        return no_shape(
            "takes a bucket and a count with different labels: they must be the same but for 'le'");
    return LatencyIndicator{{name, std::move(labels)}, *threshold};
}

}  // namespace

core::Result<Indicator> indicator_of_good(const Query& good, const Query& total) {
    if (good.selector.metric.ends_with(bucket_suffix)) return latency_of(good, total);
    return RatioIndicator{good.selector, total.selector};
}

core::Result<Indicator> indicator_of_bad(const Query& bad, const Query& total) {
    const std::string_view reason =
        "counts bad events that cannot be taken from all events: give both the same metric and labels, and "
        "the "
        "bad ones a single label besides";
    if (bad.selector.metric != total.selector.metric || bad.selector.metric.ends_with(bucket_suffix))
        return no_shape(reason);
    RatioIndicator ratio{total.selector, total.selector};
    const LabelMatcher* besides = nullptr;
    for (const LabelMatcher& matcher : bad.selector.labels) {
        const auto& common = total.selector.labels;
        if (std::find(common.begin(), common.end(), matcher) != common.end()) continue;
        const bool same_name = std::any_of(common.begin(), common.end(), [&](const LabelMatcher& other) {
            return other.name == matcher.name;
        });
        if (besides != nullptr || same_name) return no_shape(reason);
        besides = &matcher;
    }
    if (besides == nullptr || bad.selector.labels.size() != total.selector.labels.size() + 1)
        return no_shape(reason);
    ratio.good.labels.push_back(*besides);
    ratio.good.labels.back().negated = !besides->negated;
    return ratio;
}

std::string le_text(double threshold_s) {
    return fmt::format("{:.12g}", threshold_s);
}

std::string le_matcher(double threshold_s) {
    const std::string text = le_text(threshold_s);
    if (text.find_first_of(".e") != std::string::npos) return fmt::format("le=\"{}\"", text);
    return fmt::format("le=~\"{0}|{0}\\\\.0\"", text);
}

}  // namespace qd::slo::interchange
