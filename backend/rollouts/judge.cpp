#include "rollouts/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rollouts/judge_metric.hpp"

namespace qd::rollouts {
namespace {

constexpr std::array<std::string_view, 4> outcome_words{"pass", "marginal", "fail", "not_enough_data"};

// Shares of 1 - confidence; together 1.
constexpr double share_of_errors = 0.88, share_of_slowness = 0.06, share_of_players = 0.02;

constexpr double borne_stalls = 0.02, borne_pictures = 0.01;
constexpr double borne_startup = 0.1;  // of the reference's median
constexpr std::size_t most_samples = 100'000;

struct Share {
    std::uint64_t bad = 0, total = 0;
};
using ShareOf = Share (*)(const ArmEvidence&);

struct Sum {
    std::uint64_t bad = 0, total = 0;

    void add(Share share) {
        total += share.total;
        bad += std::min(share.bad, share.total);
    }
    std::optional<double> ratio() const {
        if (total == 0) return std::nullopt;
        return double(bad) / double(total);
    }
};

struct Sums {
    Sum stable, baseline, canary;
};

Sums sums(std::span<const Stratum> strata, ShareOf share) {
    Sums all;
    for (const Stratum& each : strata) {
        all.stable.add(share(each.stable));
        all.canary.add(share(each.canary));
        if (each.baseline) all.baseline.add(share(*each.baseline));
    }
    return all;
}

class Judging {
public:
    Judging(std::span<const Stratum> strata, const Analysis& analysis)
        : strata_(strata), analysis_(analysis) {
        Share requests;
        for (const Stratum& each : strata)
            if (each.baseline) requests.total += each.baseline->counts.requests;
        against_baseline_ = requests.total >= std::max<std::uint64_t>(1, analysis.min_sample);
    }

    MetricVerdict proportion(MetricRule rule, ShareOf share) const {
        std::vector<Proportions> counts;
        for (const Stratum& each : strata_) {
            if (against_baseline_ && !each.baseline) continue;
            Sum reference, canary;
            reference.add(share(against_baseline_ ? *each.baseline : each.stable));
            canary.add(share(each.canary));
            counts.push_back(
                {double(reference.bad), double(reference.total), double(canary.bad), double(canary.total)});
        }
        MetricVerdict verdict = judge_proportions(rule, counts);
        const Sums all = sums(strata_, share);
        verdict.stable_total = all.stable.total;
        verdict.stable_bad = all.stable.bad;
        verdict.stable_ratio = all.stable.ratio();
        verdict.baseline_total = all.baseline.total;
        verdict.baseline_bad = all.baseline.bad;
        verdict.baseline_ratio = all.baseline.ratio();
        return verdict;
    }

    MetricVerdict startup(const MetricRule& rule) const {
        const auto stable = samples([](const Stratum& each) { return &each.stable; });
        const auto canary = samples([](const Stratum& each) { return &each.canary; });
        const auto baseline =
            samples([](const Stratum& each) { return each.baseline ? &*each.baseline : nullptr; });
        MetricVerdict verdict =
            judge_durations(rule, against_baseline_ ? baseline : stable, canary, Looks::doubling);
        verdict.stable_total = stable.size();
        verdict.baseline_total = baseline.size();
        verdict.stable_median = median(stable);
        verdict.baseline_median = median(baseline);
        verdict.canary_median = median(canary);
        return verdict;
    }

    MetricRule rule(std::string metric, double share, std::uint64_t min_sample, double borne,
                    std::string counted = "requests") const {
        return {std::move(metric),
                against_baseline_ ? "baseline" : "stable",
                (1 - analysis_.confidence) * share,
                analysis_.confidence,
                std::max<std::uint64_t>(1, min_sample),
                borne,
                std::move(counted)};
    }

private:
    template <class Arm>
    std::vector<double> samples(Arm arm) const {
        std::vector<double> all;
        for (const Stratum& each : strata_)
            if (const ArmEvidence* of = arm(each))
                for (const double value : of->players.startup_s)
                    if (all.size() < most_samples) all.push_back(value);
        return all;
    }
    static std::optional<double> median(std::vector<double> values) {
        if (values.empty()) return std::nullopt;
        auto* const middle = values.data() + values.size() / 2;
        std::nth_element(values.data(), middle, values.data() + values.size());
        return *middle;
    }

    std::span<const Stratum> strata_;
    const Analysis& analysis_;
    bool against_baseline_ = false;
};

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

}  // namespace

std::string_view to_string(Outcome outcome) {
    return outcome_words[std::size_t(outcome)];
}

std::optional<Outcome> parse_outcome(std::string_view text) {
    const auto* at = std::ranges::find(outcome_words, text);
    if (at == outcome_words.end()) return std::nullopt;
    return Outcome(at - outcome_words.begin());
}

Verdict judge(std::span<const Stratum> strata, const Analysis& analysis, core::WallTime as_of) {
    const ShareOf errors = [](const ArmEvidence& arm) {
        return Share{arm.counts.errors, arm.counts.requests};
    };
    const ShareOf slow = [](const ArmEvidence& arm) { return Share{arm.counts.slow, arm.counts.timed}; };
    const ShareOf stalls = [](const ArmEvidence& arm) {
        return Share{arm.players.stalled, arm.players.sessions};
    };
    const ShareOf pictures = [](const ArmEvidence& arm) {
        return Share{arm.players.different, arm.players.frames};
    };
    // Where nobody measures there is nothing to wait for.
    const auto measured = [&](ShareOf share) {
        return std::ranges::any_of(strata, [&](const Stratum& each) {
            return share(each.stable).total > 0 || share(each.canary).total > 0 ||
                   (each.baseline && share(*each.baseline).total > 0);
        });
    };
    const bool startups = std::ranges::any_of(strata, [](const Stratum& each) {
        return !each.stable.players.startup_s.empty() || !each.canary.players.startup_s.empty();
    });
    const Judging judging(strata, analysis);
    const std::uint64_t min_players = std::max<std::uint64_t>(10, analysis.min_sample / 5);
    Verdict verdict;
    verdict.confidence = analysis.confidence;
    verdict.window_s = double(analysis.window.count()) / 1000;
    verdict.as_of = as_of;
    auto& metrics = verdict.metrics;
    metrics.push_back(judging.proportion(
        judging.rule("error ratio", share_of_errors, analysis.min_sample, analysis.max_error_increase),
        errors));
    if (measured(slow))
        metrics.push_back(judging.proportion(
            judging.rule(fmt::format("ratio slower than {:g} s", analysis.latency_threshold_s),
                         share_of_slowness, analysis.min_sample, analysis.max_slow_increase),
            slow));
    const std::size_t of_requests = metrics.size();
    if (measured(stalls))
        metrics.push_back(judging.proportion(
            judging.rule("stall ratio", share_of_players, min_players, borne_stalls, "sessions"), stalls));
    if (measured(pictures))
        metrics.push_back(judging.proportion(judging.rule("picture difference", share_of_players,
                                                          analysis.min_sample, borne_pictures, "pictures"),
                                             pictures));
    if (startups)
        metrics.push_back(
            judging.startup(judging.rule("start-up time", share_of_players, min_players, borne_startup)));
    // Players report seldom: too few of them yet hold nothing up.
    const auto weight = [&](const MetricVerdict& metric) {
        const bool of_players = &metric >= metrics.data() + of_requests;
        return of_players && metric.outcome == Outcome::not_enough_data ? 0 : badness(metric.outcome);
    };
    const auto worst = std::ranges::max_element(metrics, {}, weight);
    verdict.outcome = worst->outcome;
    verdict.explanation = worst->explanation;
    if (!measured(slow) && worst->outcome != Outcome::not_enough_data)
        verdict.explanation += " Latency is not measured.";
    return verdict;
}

}  // namespace qd::rollouts
