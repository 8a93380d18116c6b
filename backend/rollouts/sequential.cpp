#include "rollouts/sequential.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace qd::rollouts {
namespace {

struct Alternative {
    double theta;  // ratio of the canary's proportion of what is counted to the reference's
    double log_theta;
    double log_weight;
    bool good;  // counts good requests: theta is below 1
};

constexpr double share_of_good = 0.03, share_of_late = 0.05;
constexpr double negligible = -40;  // e^-40 is below what a double adds to 1

constexpr std::size_t alternative_count = 8;
using Logs = std::array<double, alternative_count>;

const auto& alternatives() {
    static const auto all = [] {
        constexpr std::array<std::array<double, 2>, 4> mixture{
            {{1.6, 0.75}, {2.5, 0.10}, {5, 0.08}, {20, 0.07}}};
        std::array<Alternative, alternative_count> made{};
        for (std::size_t i = 0; i < mixture.size(); ++i) {
            const auto [theta, weight] = mixture[i];
            made[2 * i] = {theta, std::log(theta), std::log(weight * (1 - share_of_good)), false};
            made[2 * i + 1] = {1 / theta, -std::log(theta), std::log(weight * share_of_good), true};
        }
        return made;
    }();
    return all;
}

double log_sum(double a, double b) {
    const double high = std::max(a, b), apart = std::min(a, b) - high;
    return apart < negligible ? high : high + std::log1p(std::exp(apart));
}

/// log of the sum of weighted evidence.
double mixture(const Logs& since) {
    const auto& all = alternatives();
    Logs weighted{};
    for (std::size_t i = 0; i < all.size(); ++i) weighted[i] = all[i].log_weight + since[i];
    const double high = *std::ranges::max_element(weighted);
    double sum = 0;
    for (const double each : weighted)
        if (each - high > negligible) sum += std::exp(each - high);
    return high + std::log(sum);
}

double log_ratio(const Alternative& alternative, const Proportions& counts) {
    if (counts.reference_total <= 0 || counts.canary_total <= 0) return 0;
    double of_reference = counts.reference_bad, of_canary = counts.canary_bad;
    if (alternative.good) {
        of_reference = counts.reference_total - of_reference;
        of_canary = counts.canary_total - of_canary;
    }
    const double share = counts.canary_total / (counts.canary_total + counts.reference_total);
    return of_canary * alternative.log_theta -
           (of_canary + of_reference) * std::log1p(share * (alternative.theta - 1));
}

}  // namespace

double log_evidence(std::span<const Proportions> strata) {
    if (strata.empty()) return 0;
    const auto& all = alternatives();
    Logs since{};
    // What has not begun anew yet is worth what it was: its part of 1 / (1*2) + 1 / (2*3) + … that is left.
    double late = -std::log(double(strata.size()));
    double mixed = 0;
    for (std::size_t s = strata.size(); s-- > 0;) {
        for (std::size_t i = 0; i < all.size(); ++i) since[i] += log_ratio(all[i], strata[s]);
        mixed = mixture(since);
        if (s > 0) late = log_sum(late, mixed - std::log(double(s) * double(s + 1)));
    }
    return log_sum(std::log(1 - share_of_late) + mixed, std::log(share_of_late) + late);
}

double anytime_p(double log_evidence) {
    return std::min(1.0, std::exp(-log_evidence));
}

Difference pooled_difference(std::span<const Proportions> strata) {
    double sum = 0, weights = 0, variance = 0;
    for (const Proportions& each : strata) {
        const double n1 = each.reference_total, n2 = each.canary_total, all = n1 + n2;
        if (n1 <= 0 || n2 <= 0) continue;
        const double p1 = each.reference_bad / n1, p2 = each.canary_bad / n2, weight = n1 * n2 / all;
        sum += weight * (p2 - p1);
        weights += weight;
        variance += weight * weight * (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2);
    }
    if (weights <= 0) return {};
    return {sum / weights, std::sqrt(variance) / weights};
}

}  // namespace qd::rollouts
