#include "rollouts/statistics.hpp"

#include <math.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace qd::rollouts {
namespace {

/// std::lgamma writes to a global; this does not.
double log_gamma(double x) {
    int sign = 0;
    return ::lgamma_r(x, &sign);
}

double log_choose(double n, double k) {
    return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1);
}

}  // namespace

double upper_tail(double z) {
    return 0.5 * std::erfc(z / std::numbers::sqrt2);
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

double cohens_h(double ratio1, double ratio2) {
    return 2 * (std::asin(std::sqrt(ratio2)) - std::asin(std::sqrt(ratio1)));
}

}  // namespace qd::rollouts
