#include "rollouts/rank_test.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace qd::rollouts {
namespace {

using Values = std::vector<double>;

struct Statistic {
    double centred = 0;  // U less its expectation
    double sigma = 0;    // 0 when everything is tied

    double z(double correction) const { return sigma > 0 ? (centred - correction) / sigma : 0; }
    double corrected() const { return z(centred > 0 ? 0.5 : centred < 0 ? -0.5 : 0); }
};

/// Of x - mu against y; both sorted, so one merge gives ranks and ties.
Statistic statistic(const Values& x, const Values& y, double mu) {
    const double n = double(x.size()), m = double(y.size());
    double u = 0, ties = 0;
    std::size_t i = 0, j = 0;
    while (i < x.size() || j < y.size()) {
        const double at = j == y.size() ? x[i] - mu : i == x.size() ? y[j] : std::min(x[i] - mu, y[j]);
        const std::size_t i0 = i, j0 = j;
        while (i < x.size() && x[i] - mu == at) ++i;
        while (j < y.size() && y[j] == at) ++j;
        const double of_x = double(i - i0), of_y = double(j - j0), both = of_x + of_y;
        u += of_x * (double(j0) + of_y / 2);
        ties += both * both * both - both;
    }
    const double all = n + m;
    const double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
    return {u - n * m / 2, variance > 0 ? std::sqrt(variance) : 0};
}

/// The mu at which the falling step function of the test crosses `quantile`.
double crossing(const Values& x, const Values& y, double quantile) {
    const auto above = [&](double mu) { return statistic(x, y, mu).corrected() - quantile; };
    double low = x.front() - y.back(), high = x.back() - y.front();
    if (above(low) <= 0) return low;
    if (above(high) >= 0) return high;
    const double precise = 1e-9 * (high - low);
    while (high - low > precise) {
        const double middle = low + (high - low) / 2;
        const double value = above(middle);
        if (value == 0) return middle;
        (value > 0 ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

std::optional<Values> sorted(std::span<const double> values) {
    if (values.empty() || !std::ranges::all_of(values, [](double v) { return std::isfinite(v); }))
        return std::nullopt;
    Values copy(values.begin(), values.end());
    std::ranges::sort(copy);
    return copy;
}

double median(const Values& values) {
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double mean_of(const Values& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

}  // namespace

std::optional<RankTest> rank_test(std::span<const double> x_values, std::span<const double> y_values,
                                  double confidence) {
    const auto x = sorted(x_values), y = sorted(y_values);
    if (!x || !y) return std::nullopt;
    const Statistic here = statistic(*x, *y, 0);
    if (here.sigma == 0) return std::nullopt;
    RankTest test;
    const double pairs = double(x->size()) * double(y->size());
    test.u = here.centred + pairs / 2;
    test.p_greater = upper_tail(here.z(0.5));
    test.p_two_sided = std::min(1.0, 2 * upper_tail(std::abs(here.corrected())));
    test.superiority = test.u / pairs;
    test.median_x = median(*x);
    test.median_y = median(*y);
    if (const double below = mean_of(*y); below != 0) test.mean_ratio = mean_of(*x) / below;
    const double z = normal_quantile(0.5 + confidence / 2);
    test.interval = {crossing(*x, *y, z), crossing(*x, *y, -z)};
    test.estimate = crossing(*x, *y, 0);
    return test;
}

}  // namespace qd::rollouts
