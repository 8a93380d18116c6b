#include "rollouts/judge_metric.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollouts/rank_test.hpp"

namespace qd::rollouts {
namespace {

Proportions total(std::span<const Proportions> strata) {
    Proportions sum;
    for (const Proportions& each : strata) {
        sum.reference_bad += each.reference_bad;
        sum.reference_total += each.reference_total;
        sum.canary_bad += each.canary_bad;
        sum.canary_total += each.canary_total;
    }
    return sum;
}

/// The counts under judgement, with what-if.
class Case {
public:
    Case(const MetricRule& rule, std::span<const Proportions> strata)
        : rule_(rule), strata_(strata.begin(), strata.end()) {}

    double p() const { return anytime_p(log_evidence(strata_)); }
    Difference difference() const { return pooled_difference(strata_); }
    bool fails() const { return difference().value > rule_.borne && p() < rule_.alpha; }

    /// The fewest bad of the canary, all else equal, that fail it; nothing when none would.
    std::optional<double> fewest_to_fail() const {
        Case other(*this);
        double& bad = other.strata_.back().canary_bad;
        const double before = total(strata_).canary_bad - strata_.back().canary_bad;
        bad = strata_.back().canary_total;
        if (!other.fails()) return std::nullopt;
        double low = 0, high = bad;  // `high` fails
        while (low < high) {
            bad = std::floor((low + high) / 2);
            if (other.fails())
                high = bad;
            else
                low = bad + 1;
        }
        return before + high;
    }

    /// How many times the counts, at the same ratios, until they fail; nothing within a million.
    std::optional<double> factor_to_fail() const {
        double low = 1, high = 1;
        do {
            low = high;
            high *= 2;
            if (high > 1e6) return std::nullopt;
        } while (!times(high).fails());
        for (int i = 0; i < 8; ++i) {
            const double middle = (low + high) / 2;
            (times(middle).fails() ? high : low) = middle;
        }
        return high;
    }

private:
    Case times(double factor) const {
        Case other(*this);
        for (Proportions& each : other.strata_)
            each = {each.reference_bad * factor, each.reference_total * factor, each.canary_bad * factor,
                    each.canary_total * factor};
        return other;
    }

    const MetricRule& rule_;
    std::vector<Proportions> strata_;
};

std::string percent(double ratio) {
    return fmt::format("{:.2f} %", ratio * 100);
}

std::string certainty(double p, double alpha) {
    const std::string found = p < 0.0001 ? std::string("less than once in 10,000 rollouts")
                                         : fmt::format("in {:.2g} % of rollouts at most", p * 100);
    return fmt::format(
        "were it no worse, chance would ever show this {}, and {:.2g} % is what this metric may err", found,
        alpha * 100);
}

void lacks(MetricVerdict& verdict, const MetricRule& rule, double reference, double canary,
           const std::string& what) {
    const bool the_canary = canary <= reference;
    const double least = std::min(canary, reference);
    const std::string arm = the_canary ? "canary" : rule.reference;
    verdict.explanation = fmt::format("{}: the {} arm has {} of the {} {} needed.", rule.metric, arm, least,
                                      rule.min_sample, what);
    verdict.would_change = fmt::format("{} more {} to {}, by time or by more weight",
                                       double(rule.min_sample) - least, what, arm);
}

/// Which single-look test fits, and its p.
void fixed_look(MetricVerdict& verdict, const Proportions& sum, std::size_t strata, double z) {
    const double share = sum.canary_total / (sum.canary_total + sum.reference_total);
    const double bad = sum.canary_bad + sum.reference_bad;
    const double good = sum.canary_total + sum.reference_total - bad;
    const auto whole = [](double value) { return std::uint64_t(std::llround(value)); };
    const bool small = std::min(bad, good) * std::min(share, 1 - share) < 5;
    verdict.test = small ? "fisher" : "z";
    if (small)
        verdict.p_value = fisher_p(whole(sum.reference_bad), whole(sum.reference_total),
                                   whole(sum.canary_bad), whole(sum.canary_total));
    else if (strata > 1)
        verdict.p_value = upper_tail(z);
    else
        verdict.p_value = two_proportion_p(whole(sum.reference_bad), whole(sum.reference_total),
                                           whole(sum.canary_bad), whole(sum.canary_total));
}

}  // namespace

MetricVerdict judge_proportions(const MetricRule& rule, std::span<const Proportions> strata) {
    MetricVerdict verdict;
    verdict.metric = rule.metric;
    verdict.reference = rule.reference;
    verdict.alpha = rule.alpha;
    verdict.borne = rule.borne;
    // Where one arm had nothing there is nothing to compare.
    std::vector<Proportions> usable;
    for (const Proportions& each : strata)
        if (each.reference_total > 0 && each.canary_total > 0) usable.push_back(each);
    const Proportions all = total(strata), sum = total(usable);
    verdict.canary_total = std::uint64_t(all.canary_total);
    verdict.canary_bad = std::uint64_t(all.canary_bad);
    if (all.canary_total > 0) verdict.canary_ratio = all.canary_bad / all.canary_total;
    if (usable.empty() || std::min(sum.reference_total, sum.canary_total) < double(rule.min_sample)) {
        const Proportions& known = usable.empty() ? all : sum;
        lacks(verdict, rule, known.reference_total, known.canary_total, rule.counted);
        return verdict;
    }
    verdict.canary_total = std::uint64_t(sum.canary_total);
    verdict.canary_bad = std::uint64_t(sum.canary_bad);
    verdict.canary_ratio = sum.canary_bad / sum.canary_total;
    const double reference_ratio = sum.reference_bad / sum.reference_total;
    const Case here(rule, usable);
    const double p = here.p();
    const Difference difference = here.difference();
    const double z_interval = normal_quantile(0.5 + rule.confidence / 2);
    const Interval interval =
        usable.size() == 1
            ? newcombe(std::uint64_t(sum.reference_bad), std::uint64_t(sum.reference_total),
                       std::uint64_t(sum.canary_bad), std::uint64_t(sum.canary_total), rule.confidence)
            : Interval{std::max(-1.0, difference.value - z_interval * difference.standard_error),
                       std::min(1.0, difference.value + z_interval * difference.standard_error)};
    verdict.difference = difference.value;
    verdict.low = interval.low;
    verdict.high = interval.high;
    verdict.anytime_p = p;
    verdict.effect = cohens_h(reference_ratio, *verdict.canary_ratio);
    fixed_look(verdict, sum, usable.size(),
               difference.standard_error > 0 ? difference.value / difference.standard_error : 0);
    const bool conclusive = p<rule.alpha, worse = difference.value> rule.borne;
    const std::string figures = fmt::format(
        "{}: canary {} ({} of {}), {} {} ({} of {}); difference {:+.2f} points ({:+.2f} to {:+.2f} at "
        "{:g} %)",
        rule.metric, percent(*verdict.canary_ratio), sum.canary_bad, sum.canary_total, rule.reference,
        percent(reference_ratio), sum.reference_bad, sum.reference_total, difference.value * 100,
        interval.low * 100, interval.high * 100, rule.confidence * 100);
    if (conclusive && worse) {
        verdict.outcome = Outcome::fail;
        verdict.explanation = fmt::format("{}. Worse by more than the {:.2f} points that are borne; {}.",
                                          figures, rule.borne * 100, certainty(p, rule.alpha));
        verdict.would_change = fmt::format("fewer than {} bad of the canary's {}",
                                           here.fewest_to_fail().value_or(0), sum.canary_total);
    } else if (worse) {
        verdict.outcome = Outcome::marginal;
        verdict.explanation =
            fmt::format("{}. Worse by more than the {:.2f} points that are borne, but not surely: {}.",
                        figures, rule.borne * 100, certainty(p, rule.alpha));
        const auto factor = here.factor_to_fail();
        verdict.would_change =
            factor ? fmt::format("about {:.0f} canary {} at the same ratios would make it sure",
                                 std::ceil(*factor * sum.canary_total), rule.counted)
                   : "many more " + rule.counted;
    } else {
        verdict.outcome = Outcome::pass;
        verdict.explanation =
            conclusive ? fmt::format("{}. Measurably worse, but within the {:.2f} points that are borne.",
                                     figures, rule.borne * 100)
                       : fmt::format("{}. No worse than what is borne.", figures);
        const auto threshold = here.fewest_to_fail();
        verdict.would_change =
            threshold ? fmt::format("{} bad of the canary's {} would fail it", *threshold, sum.canary_total)
                      : "no number of bad ones in so small a sample would fail it";
    }
    return verdict;
}

MetricVerdict judge_durations(const MetricRule& rule, std::span<const double> reference,
                              std::span<const double> canary, Looks looks) {
    MetricVerdict verdict;
    verdict.metric = rule.metric;
    verdict.reference = rule.reference;
    verdict.unit = "s";
    verdict.alpha = rule.alpha;
    verdict.canary_total = canary.size();
    const std::size_t least = std::min(reference.size(), canary.size());
    if (least < std::max<std::uint64_t>(1, rule.min_sample)) {
        lacks(verdict, rule, double(reference.size()), double(canary.size()), "samples");
        return verdict;
    }
    // The p of each number of samples that was reached, and what it may be.
    double anytime = 1;
    std::size_t taken = least, tested = 0;
    if (looks == Looks::one) {
        if (const auto test = rank_test(canary, reference, rule.confidence)) anytime = test->p_greater;
    } else {
        double k = 1;
        for (std::size_t n = std::max<std::uint64_t>(1, rule.min_sample); n <= least; n *= 2, ++k) {
            const auto test = rank_test(canary.first(n), reference.first(n), rule.confidence);
            if (test) anytime = std::min(anytime, test->p_greater * k * (k + 1));
            tested = n;
        }
        taken = tested;
        canary = canary.first(taken);
        reference = reference.first(taken);
    }
    const auto test = rank_test(canary, reference, rule.confidence);
    if (!test) {
        verdict.outcome = Outcome::pass;
        verdict.anytime_p = anytime;
        verdict.explanation = fmt::format("{}: all values are the same.", rule.metric);
        verdict.would_change = "values that differ";
        return verdict;
    }
    verdict.difference = test->estimate;
    verdict.low = test->interval.low;
    verdict.high = test->interval.high;
    verdict.p_value = test->p_greater;
    verdict.anytime_p = anytime;
    verdict.effect = test->superiority;
    verdict.test = "rank";
    verdict.canary_median = test->median_x;
    verdict.canary_total = canary.size();
    const double borne = rule.borne * std::abs(test->median_y);
    verdict.borne = borne;
    const bool conclusive = anytime<rule.alpha, worse = test->estimate> borne;
    const std::string figures = fmt::format(
        "{}: canary's median {:.4g} s ({} samples), {}'s {:.4g} s ({}); slower by {:+.4g} s ({:+.4g} to "
        "{:+.4g} at "
        "{:g} %), in {:.0f} % of pairs",
        rule.metric, test->median_x, canary.size(), rule.reference, test->median_y, reference.size(),
        test->estimate, test->interval.low, test->interval.high, rule.confidence * 100,
        test->superiority * 100);
    if (conclusive && worse) {
        verdict.outcome = Outcome::fail;
        verdict.explanation = fmt::format("{}. More than the {:.4g} s that are borne; {}.", figures, borne,
                                          certainty(anytime, rule.alpha));
        verdict.would_change = fmt::format("a difference of {:.4g} s or less", borne);
    } else if (worse) {
        verdict.outcome = Outcome::marginal;
        verdict.explanation = fmt::format("{}. More than the {:.4g} s that are borne, but not surely: {}.",
                                          figures, borne, certainty(anytime, rule.alpha));
        verdict.would_change = looks == Looks::one
                                   ? std::string("more samples")
                                   : fmt::format("{} samples of each arm: the next look", 2 * taken);
    } else {
        verdict.outcome = Outcome::pass;
        verdict.explanation =
            conclusive ? fmt::format("{}. Measurably slower, but within the {:.4g} s that are borne.",
                                     figures, borne)
                       : fmt::format("{}. No slower than what is borne.", figures);
        verdict.would_change = fmt::format("a canary that is surely slower by more than {:.4g} s", borne);
    }
    return verdict;
}

}  // namespace qd::rollouts
