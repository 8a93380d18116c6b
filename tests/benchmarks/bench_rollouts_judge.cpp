// The judge with the default analysis: how often a rollout without a difference ever fails, how many canaries
// with twice the errors are caught within 5,000 requests an arm while somebody looks every 100, and what it
// costs to judge 1,000 rollouts once a second.

#include <chrono>
#include <cstdio>
#include <random>
#include <string>

#include "rollouts/judge.hpp"

using namespace qd::rollouts;

namespace {

constexpr int rollouts = 10'000;
constexpr std::uint64_t look_every = 100, most = 5'000;

struct Found {
    int failed = 0;
    double requests = 0;  // of the canary when it failed, summed up
};

Found simulate(double stable_errors, double canary_errors, double slow, unsigned share, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto draw = [&](std::uint64_t n, double p) {
        return std::uint64_t(std::binomial_distribution<std::int64_t>(std::int64_t(n), p)(random));
    };
    const Analysis analysis;
    Found found;
    for (int i = 0; i < rollouts; ++i) {
        ArmCounts stable, canary;
        while (canary.requests < most) {
            for (auto [arm, errors, n] : {std::tuple{&stable, stable_errors, look_every * share},
                                          std::tuple{&canary, canary_errors, look_every}}) {
                arm->requests += n;
                arm->timed += n;
                arm->errors += draw(n, errors);
                arm->slow += draw(n, slow);
            }
            const Stratum only{{stable, {}}, {canary, {}}, std::nullopt};
            if (judge(std::span(&only, 1), analysis, {}).outcome != Outcome::fail) continue;
            ++found.failed;
            found.requests += double(canary.requests);
            break;
        }
    }
    return found;
}

void print(const char* what, const Found& found) {
    std::printf("%-58s %6.2f %%", what, 100.0 * found.failed / rollouts);
    if (found.failed > 0)
        std::printf("  after %5.0f canary requests on average", found.requests / found.failed);
    std::printf("\n");
    std::fflush(stdout);
}

double core_share() {
    const Analysis analysis;
    std::vector<std::vector<Stratum>> all;
    for (unsigned i = 0; i < 1'000; ++i) {
        std::vector<Stratum> strata(3);
        for (unsigned s = 0; s < 3; ++s) {
            strata[s].stable.counts = {20'000 + i, 100 + i / 10, 20'000 + i, 400};
            strata[s].canary.counts = {1'000 + 900 * s, 5 + i % 40, 1'000 + 900 * s, 20 + i % 60};
        }
        all.push_back(std::move(strata));
    }
    std::size_t failed = 0;
    const auto begin = std::chrono::steady_clock::now();
    constexpr int seconds = 5;
    for (int second = 0; second < seconds; ++second)
        for (const auto& strata : all) failed += judge(strata, analysis, {}).outcome == Outcome::fail;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("(%zu of %d judgements failed)\n", failed, 1'000 * seconds);
    return took.count() / seconds;
}

}  // namespace

int main() {
    std::printf("%d rollouts each, looked at every %llu canary requests up to %llu\n", rollouts,
                (unsigned long long)look_every, (unsigned long long)most);
    print("no difference, 1 % errors, 5 % slow: failed (bound 5 %)", simulate(0.01, 0.01, 0.05, 1, 1));
    print("no difference, 0.1 % errors, 30 % slow", simulate(0.001, 0.001, 0.3, 1, 2));
    print("no difference, 1 % errors, canary at 5 % of the traffic", simulate(0.01, 0.01, 0.05, 19, 3));
    print("errors 1 % to 2 %: caught (bound 95 %)", simulate(0.01, 0.02, 0.05, 1, 4));
    print("errors 1 % to 2 %, canary at 5 % of the traffic", simulate(0.01, 0.02, 0.05, 19, 5));
    print("errors 1 % to 10 %: caught", simulate(0.01, 0.10, 0.05, 1, 6));
    const double share = core_share();
    std::printf("1,000 rollouts of three strata judged once a second: %.2f %% of a core (bound 5 %%)\n",
                100 * share);
    return 0;
}
