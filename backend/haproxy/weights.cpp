#include "haproxy/weights.hpp"

#include <algorithm>
#include <cmath>

namespace qd::haproxy {
namespace {

constexpr double finest = 0.5;  // percent points

double percent_of(unsigned servers, unsigned weight, const ArmWeights& weights, const ArmSizes& sizes) {
    const double all = double(sizes.stable) * weights.stable + double(sizes.canary) * weights.canary +
                       double(sizes.baseline) * weights.baseline;
    return all > 0 ? 100 * double(servers) * weight / all : 0;
}

}  // namespace

std::optional<ArmWeights> weights_for(double canary, double baseline, const ArmSizes& sizes) {
    const double stable = 100 - canary - baseline;
    const auto without = [](unsigned servers, double percent) { return servers == 0 && percent > 0; };
    if (without(sizes.stable, stable) || without(sizes.canary, canary) || without(sizes.baseline, baseline))
        return std::nullopt;
    const auto of_one = [](double percent, unsigned servers) { return servers == 0 ? 0 : percent / servers; };
    const double s = of_one(stable, sizes.stable), c = of_one(canary, sizes.canary),
                 b = of_one(baseline, sizes.baseline);
    const double largest = std::max({s, c, b});
    std::optional<ArmWeights> best;
    double least = finest;
    for (unsigned top = 1; top <= 256; ++top) {
        const auto scaled = [&](double share) {
            // A share above nothing is never rounded to nothing, nor the other way round.
            return share <= 0 ? 0 : std::max(1u, unsigned(std::lround(share * top / largest)));
        };
        const ArmWeights weights{scaled(s), scaled(c), scaled(b)};
        const double off = std::max(std::abs(canary_percent(weights, sizes) - canary),
                                    std::abs(baseline_percent(weights, sizes) - baseline));
        if (off < least - 1e-9) {
            least = off;
            best = weights;
        }
    }
    return best;
}

double canary_percent(const ArmWeights& weights, const ArmSizes& sizes) {
    return percent_of(sizes.canary, weights.canary, weights, sizes);
}

double baseline_percent(const ArmWeights& weights, const ArmSizes& sizes) {
    return percent_of(sizes.baseline, weights.baseline, weights, sizes);
}

}  // namespace qd::haproxy
