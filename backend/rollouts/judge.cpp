#include "rollouts/judge.hpp"

#include <math.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace qd::rollouts {
namespace {

double upper_tail(double z) {
    return 0.5 * std::erfc(z / std::numbers::sqrt2);
}

/// std::lgamma writes to a global; this does not.
double log_gamma(double x) {
    int sign = 0;
    return ::lgamma_r(x, &sign);
}

double log_choose(double n, double k) {
    return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1);
}

struct Proportions {
    std::uint64_t bad1, total1, bad2, total2;

    bool small() const {
        const double share2 = double(total2) / double(total1 + total2);
        const double bad = double(bad1 + bad2), good = double(total1 + total2) - bad;
        return std::min(bad, good) * std::min(share2, 1 - share2) < 5;
    }
    double p() const {
        return small() ? fisher_p(bad1, total1, bad2, total2) : two_proportion_p(bad1, total1, bad2, total2);
    }
    double difference() const { return double(bad2) / double(total2) - double(bad1) / double(total1); }
};

bool fails(const Proportions& counts, double confidence, double borne) {
    return counts.difference() > borne && counts.p() < 1 - confidence;
}

/// The fewest bad requests of the canary, all else equal, that would fail it; nothing when none would.
std::optional<std::uint64_t> fewest_to_fail(Proportions counts, double confidence, double borne) {
    counts.bad2 = counts.total2;
    if (!fails(counts, confidence, borne)) return std::nullopt;
    std::uint64_t low = 0, high = counts.total2;  // `high` fails
    while (low < high) {
        counts.bad2 = low + (high - low) / 2;
        if (fails(counts, confidence, borne))
            high = counts.bad2;
        else
            low = counts.bad2 + 1;
    }
    return high;
}

std::string percent(double ratio) {
    return fmt::format("{:.2f} %", ratio * 100);
}

std::string certainty(double p) {
    if (p < 0.0001) return "if it were no worse, chance would show this less than once in 10,000 times";
    return fmt::format("if it were no worse, chance would show this in {:.2g} % of cases", p * 100);
}

MetricVerdict judge_metric(std::string name, std::uint64_t stable_bad, std::uint64_t stable_total,
                           std::uint64_t canary_bad, std::uint64_t canary_total, double borne,
                           const Analysis& analysis) {
    MetricVerdict verdict;
    verdict.metric = std::move(name);
    verdict.stable_total = stable_total;
    verdict.stable_bad = std::min(stable_bad, stable_total);
    verdict.canary_total = canary_total;
    verdict.canary_bad = std::min(canary_bad, canary_total);
    if (stable_total > 0) verdict.stable_ratio = double(verdict.stable_bad) / double(stable_total);
    if (canary_total > 0) verdict.canary_ratio = double(verdict.canary_bad) / double(canary_total);
    const double window_s = double(analysis.window.count()) / 1000;
    const auto least = std::min(stable_total, canary_total);
    if (least < analysis.min_sample) {
        const char* arm = canary_total <= stable_total ? "canary" : "stable";
        verdict.explanation = fmt::format("{}: the {} arm has {} of the {} requests needed in {:g} s.",
                                          verdict.metric, arm, least, analysis.min_sample, window_s);
        verdict.would_change =
            fmt::format("{} more requests to {}, by time, by more weight or by a longer window",
                        analysis.min_sample - least, arm);
        return verdict;
    }
    const Proportions counts{verdict.stable_bad, stable_total, verdict.canary_bad, canary_total};
    const double p = counts.p(), difference = counts.difference();
    const Interval interval =
        newcombe(counts.bad1, counts.total1, counts.bad2, counts.total2, analysis.confidence);
    verdict.difference = difference;
    verdict.low = interval.low;
    verdict.high = interval.high;
    verdict.p_value = p;
    verdict.effect =
        2 * (std::asin(std::sqrt(*verdict.canary_ratio)) - std::asin(std::sqrt(*verdict.stable_ratio)));
    verdict.test = counts.small() ? "fisher" : "z";
    const bool significant = p < 1 - analysis.confidence;
    const std::string figures = fmt::format(
        "{}: canary {} ({} of {}), stable {} ({} of {}); difference {:+.2f} points ({:+.2f} to {:+.2f} at "
        "{:g} %)",
        verdict.metric, percent(*verdict.canary_ratio), counts.bad2, counts.total2,
        percent(*verdict.stable_ratio), counts.bad1, counts.total1, difference * 100, interval.low * 100,
        interval.high * 100, analysis.confidence * 100);
    const auto threshold = fewest_to_fail(counts, analysis.confidence, borne);
    if (significant && difference > borne) {
        verdict.outcome = Outcome::fail;
        verdict.explanation = fmt::format("{}. Worse by more than the {:.2f} points that are borne; {}.",
                                          figures, borne * 100, certainty(p));
        verdict.would_change =
            fmt::format("fewer than {} bad of the canary's {}", threshold.value_or(0), counts.total2);
    } else if (difference > borne) {
        verdict.outcome = Outcome::marginal;
        verdict.explanation =
            fmt::format("{}. Worse by more than the {:.2f} points that are borne, but not surely: {}.",
                        figures, borne * 100, certainty(p));
        const double z = normal_quantile(std::clamp(1 - p, 1e-9, 1 - 1e-9));
        const double needed = normal_quantile(analysis.confidence);
        verdict.would_change =
            z > 0.05 ? fmt::format("about {:.0f} canary requests at the same ratios would make it sure",
                                   std::ceil(double(counts.total2) * needed * needed / (z * z)))
                     : "many more requests";
    } else {
        verdict.outcome = Outcome::pass;
        verdict.explanation =
            significant ? fmt::format("{}. Measurably worse, but within the {:.2f} points that are borne.",
                                      figures, borne * 100)
                        : fmt::format("{}. No worse than what is borne.", figures);
        verdict.would_change =
            threshold ? fmt::format("{} bad of the canary's {} would fail it", *threshold, counts.total2)
                      : "no number of bad requests in so small a sample would fail it";
    }
    return verdict;
}

int badness(Outcome outcome) {
    switch (outcome) {
        case Outcome::pass:
            return 0;
        case Outcome::marginal:
            return 1;
        case Outcome::not_enough_data:
            return 2;
        case Outcome::fail:
            return 3;
    }
    return 0;
}

constexpr std::array<std::string_view, 4> outcome_words{"pass", "marginal", "fail", "not_enough_data"};

}  // namespace

std::string_view to_string(Outcome outcome) {
    return outcome_words[std::size_t(outcome)];
}

std::optional<Outcome> parse_outcome(std::string_view text) {
    const auto* at = std::ranges::find(outcome_words, text);
    if (at == outcome_words.end()) return std::nullopt;
    return Outcome(at - outcome_words.begin());
}

double normal_quantile(double p) {
    constexpr std::array a{-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                           1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr std::array b{-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                           6.680131188771972e+01, -1.328068155288572e+01};
    constexpr std::array c{-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                           -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    constexpr std::array d{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                           3.754408661907416e+00};
    constexpr double low = 0.02425;
    const auto tail = [&](double q) {
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
               ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
    };
    double x = 0;
    if (p < low) {
        x = tail(std::sqrt(-2 * std::log(p)));
    } else if (p > 1 - low) {
        x = -tail(std::sqrt(-2 * std::log1p(-p)));
    } else {
        const double q = p - 0.5, r = q * q;
        x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
            (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
    }
    const double e = upper_tail(-x) - p;
    const double u = e * std::sqrt(2 * std::numbers::pi) * std::exp(x * x / 2);
    return x - u / (1 + x * u / 2);
}

Interval wilson(std::uint64_t bad, std::uint64_t total, double confidence) {
    if (total == 0) return {0, 1};
    const double n = double(total), p = double(bad) / n;
    const double z = normal_quantile(0.5 + confidence / 2), z2 = z * z;
    const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double half = z / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

Interval newcombe(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2,
                  double confidence) {
    const Interval one = wilson(bad1, total1, confidence), two = wilson(bad2, total2, confidence);
    const double p1 = total1 > 0 ? double(bad1) / double(total1) : 0;
    const double p2 = total2 > 0 ? double(bad2) / double(total2) : 0;
    const auto length = [](double x, double y) { return std::sqrt(x * x + y * y); };
    return {p2 - p1 - length(p2 - two.low, one.high - p1), p2 - p1 + length(two.high - p2, p1 - one.low)};
}

double two_proportion_p(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2) {
    if (total1 == 0 || total2 == 0) return 0.5;
    const double n1 = double(total1), n2 = double(total2);
    const double pooled = double(bad1 + bad2) / (n1 + n2);
    if (pooled <= 0 || pooled >= 1) return 0.5;
    const double z =
        (double(bad2) / n2 - double(bad1) / n1) / std::sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
    return upper_tail(z);
}

double fisher_p(std::uint64_t bad1, std::uint64_t total1, std::uint64_t bad2, std::uint64_t total2) {
    const double n1 = double(total1), n2 = double(total2), bad = double(bad1 + bad2);
    const double most = std::min(bad, n2);
    const double all = log_choose(n1 + n2, bad);
    double sum = 0;
    for (double k = double(bad2); k <= most; ++k) {
        if (bad - k > n1) continue;  // not possible: stable has not so many
        const double term = std::exp(log_choose(n2, k) + log_choose(n1, bad - k) - all);
        sum += term;
        // Beyond the mode the terms only fall.
        if (k > bad * n2 / (n1 + n2) + 1 && term < sum * 1e-15) break;
    }
    return std::min(1.0, sum);
}

Verdict judge(const ArmCounts& stable, const ArmCounts& canary, const Analysis& analysis,
              core::WallTime as_of) {
    Verdict verdict;
    verdict.confidence = analysis.confidence;
    verdict.window_s = double(analysis.window.count()) / 1000;
    verdict.as_of = as_of;
    verdict.metrics.push_back(judge_metric("error ratio", stable.errors, stable.requests, canary.errors,
                                           canary.requests, analysis.max_error_increase, analysis));
    // Where nobody measures latency there is nothing to wait for.
    if (stable.timed > 0 || canary.timed > 0)
        verdict.metrics.push_back(
            judge_metric(fmt::format("ratio slower than {:g} s", analysis.latency_threshold_s), stable.slow,
                         stable.timed, canary.slow, canary.timed, analysis.max_slow_increase, analysis));
    const auto worst = std::ranges::max_element(
        verdict.metrics, {}, [](const MetricVerdict& metric) { return badness(metric.outcome); });
    verdict.outcome = worst->outcome;
    verdict.explanation = worst->explanation;
    if (verdict.metrics.size() == 1 && worst->outcome != Outcome::not_enough_data)
        verdict.explanation += " Latency is not measured.";
    return verdict;
}

}  // namespace qd::rollouts
