#include "rollouts/kayenta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace qd::rollouts::kayenta {
namespace {

using Values = std::vector<double>;

Values cleaned(std::span<const double> values, NanStrategy strategy) {
    Values clean;
    clean.reserve(values.size());
    for (const double value : values) {
        if (!std::isnan(value))
            clean.push_back(value);
        else if (strategy == NanStrategy::replace)
            clean.push_back(0);
    }
    return clean;
}

bool constant(const Values& values) {
    return std::ranges::all_of(values, [&](double value) { return value == values.front(); });
}

/// Normally distributed around each value with a standard deviation of 1e-5 of it (Box and Muller).
void add_noise(Values& values, core::Random& random) {
    for (double& value : values) {
        const double radius = std::sqrt(-2 * std::log1p(-random.uniform()));
        value += 1e-5 * value * radius * std::cos(2 * std::numbers::pi * random.uniform());
    }
}

double mean(const Values& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / double(values.size());
}

bool failed(Class label) {
    return label == Class::high || label == Class::low || label == Class::nodata_fail;
}

std::optional<double> group_score(std::span<const MetricResult> results, const std::string& group) {
    double passed = 0, counted = 0;
    for (const MetricResult& result : results) {
        if (std::ranges::find(result.groups, group) == result.groups.end()) continue;
        if (result.label == Class::pass) ++passed;
        if (result.label == Class::pass || failed(result.label)) ++counted;
    }
    if (counted == 0) return std::nullopt;
    return 100 * passed / counted;
}

}  // namespace

std::string_view to_string(Class label) {
    constexpr std::array<std::string_view, 5> words{"Pass", "High", "Low", "Nodata", "NodataFailMetric"};
    return words[std::size_t(label)];
}

Classification classify(std::span<const double> control_values, std::span<const double> experiment_values,
                        const MetricSettings& settings, core::Random& random) {
    Values control = cleaned(control_values, settings.nan);
    Values experiment = cleaned(experiment_values, settings.nan);
    Classification result;
    if (control.empty() || experiment.empty()) {
        result.label = settings.must_have_data ? Class::nodata_fail : Class::nodata;
        result.reason = control.empty() ? "the control has no data" : "the experiment has no data";
        return result;
    }
    result.label = Class::pass;
    Values control_order = control, experiment_order = experiment;
    std::ranges::sort(control_order);
    std::ranges::sort(experiment_order);
    if (control_order == experiment_order) {
        result.reason = "control and experiment are the same";
        return result;
    }
    if (constant(control) && constant(experiment)) {
        if (control.front() == experiment.front()) {
            result.reason = "there is one value only";
            return result;
        }
        add_noise(control, random);
        add_noise(experiment, random);
    }
    const double below = mean(control);
    // 0 of 0 cannot be, since not all values are the same unless they cancel out.
    result.mean_ratio = below == 0 ? (mean(experiment) == 0 ? 1 : std::copysign(INFINITY, mean(experiment)))
                                   : mean(experiment) / below;
    result.test = rank_test(experiment, control, settings.confidence);
    if (!result.test) {
        result.reason = "there is nothing to rank";
        return result;
    }
    const bool ratio = settings.effect == EffectSize::mean_ratio;
    const double effect = ratio ? result.mean_ratio : result.test->superiority;
    const double fallback = ratio ? 1.0 : 0.5;
    const double clear = settings.tolerance * std::abs(result.test->estimate);
    const auto& [low, high] = result.test->interval;
    if (settings.direction != Direction::decrease && low > clear &&
        effect >= settings.allowed_increase.value_or(fallback)) {
        result.label = Class::high;
        result.reason = fmt::format("higher by {:.4g} ({:.4g} to {:.4g})", result.test->estimate, low, high);
    } else if (settings.direction != Direction::increase && high < -clear &&
               effect <= settings.allowed_decrease.value_or(fallback)) {
        result.label = Class::low;
        result.reason =
            fmt::format("lower by {:.4g} ({:.4g} to {:.4g})", -result.test->estimate, -high, -low);
    } else {
        result.reason = "no clear difference";
    }
    return result;
}

Score score(std::span<const MetricResult> results, const std::map<std::string, double>& weights, double pass,
            double marginal) {
    Score made;
    std::map<std::string, std::optional<double>> groups;
    std::size_t without_data = 0;
    for (const MetricResult& result : results) {
        for (const std::string& group : result.groups) groups.try_emplace(group, group_score(results, group));
        without_data += result.label == Class::nodata;
        if (result.critical && failed(result.label) && made.reason.empty())
            made.reason = fmt::format("the critical metric '{}' failed", result.name);
    }
    double given = 0;
    for (const auto& [group, weight] : weights) given += weight;
    const auto unweighted =
        std::ranges::count_if(groups, [&](const auto& group) { return !weights.contains(group.first); });
    const double shared = unweighted > 0 ? (100 - given) / double(unweighted) : 0;
    double sum = 0;
    for (const auto& [group, value] : groups) {
        if (!value) continue;
        made.groups[group] = *value;
        const auto weight = weights.find(group);
        sum += *value * (weight == weights.end() ? shared : weight->second) / 100;
    }
    if (made.reason.empty() && 2 * without_data >= results.size())
        made.reason = "half of the metrics or more have no data";
    if (!made.reason.empty()) return made;
    made.value = sum;
    made.judgement = sum >= pass ? Judgement::pass : sum >= marginal ? Judgement::marginal : Judgement::fail;
    made.reason = fmt::format("a score of {:.4g}", sum);
    return made;
}

}  // namespace qd::rollouts::kayenta
