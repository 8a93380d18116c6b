#pragma once
// What an SLO counts (its SLI): which samples of the scraped metrics are all events, and which are good ones.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace qd::slo {

/// Compares one label with patterns. Written "a|b*" (any of them; '*' stands for any characters, also none),
/// or
/// "!5*" (none of them). A label that is absent counts as empty.
struct LabelMatcher {
    std::string name;
    bool negated = false;
    std::vector<std::string> patterns;  // at least one

    static LabelMatcher parse(std::string name, std::string_view text);
    std::string text() const;
    bool matches(std::string_view value) const;

    bool operator==(const LabelMatcher&) const = default;
};

/// '*' stands for any characters. Linear but for backtracking to the last '*': O(pattern x text).
bool matches_glob(std::string_view pattern, std::string_view text);

/// Samples of one metric whose labels pass every matcher.
struct Selector {
    std::string metric;
    std::vector<LabelMatcher> labels;

    bool operator==(const Selector&) const = default;
};

/// Counters: good events among all events. `good` must select a part of what `total` selects.
struct RatioIndicator {
    Selector good;
    Selector total;

    bool operator==(const RatioIndicator&) const = default;
};

/// A histogram in seconds: good are the observations in the bucket `le` = threshold_s, which must be one of
/// its bounds; all are its _count.
struct LatencyIndicator {
    Selector histogram;  // the name without _bucket
    double threshold_s = 0;

    bool operator==(const LatencyIndicator&) const = default;
};

/// Counters of seconds, such as watched and stalled. Counted in milliseconds.
struct TimeIndicator {
    Selector good;  // with bad_within: all of the time
    Selector bad;
    bool bad_within = false;  // what `good` counts holds the bad time too

    bool operator==(const TimeIndicator&) const = default;
};

/// As OpenSLO spells them.
enum class Comparison { lt, lte, gt, gte };

std::string_view to_string(Comparison op);
std::optional<Comparison> parse_comparison(std::string_view text);
/// `value op bound`; `value` is no NaN.
bool holds(double value, Comparison op, double bound);

/// A gauge: each reading of each series at each scrape is an event, good when `value op bound` holds. NaN is
/// no reading.
struct ThresholdIndicator {
    Selector gauge;
    Comparison op = Comparison::lt;
    double bound = 0;

    bool operator==(const ThresholdIndicator&) const = default;
};

/// A gauge of 0 and 1: each reading of each series is an event, good when it is 1 or more.
struct BoolGaugeIndicator {
    Selector gauge;

    bool operator==(const BoolGaugeIndicator&) const = default;
};

/// PromQL whose answers are cumulative counters: good events among all events. Answers that keep the labels
/// job and instance are counted across restarts of each process; sums over processes lose what falls into
/// one.
struct PromqlIndicator {
    std::string good;
    std::string total;
    std::vector<LabelMatcher> labels = {};  // only these of the answers

    bool operator==(const PromqlIndicator&) const = default;
};
/// What the answers' series are called on their way to the counters.
inline constexpr std::string_view promql_good = "promql:good";
inline constexpr std::string_view promql_total = "promql:total";

using Indicator = std::variant<RatioIndicator, LatencyIndicator, TimeIndicator, ThresholdIndicator,
                               BoolGaugeIndicator, PromqlIndicator>;

/// "ratio", "latency", "time", "threshold", "bool_gauge" or "promql".
std::string_view kind_of(const Indicator& indicator);
/// What one event is: "requests", "observations", "milliseconds", "readings" or "events".
std::string_view unit_of(const Indicator& indicator);
/// One line for people: "gateway_request_duration_seconds{route=/api/v1/stream/*} within 100 ms".
std::string describe(const Indicator& indicator);

}  // namespace qd::slo
