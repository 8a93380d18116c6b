// A report over 10,000 incidents of a year, against one plain pass over the same incidents that only adds
// their durations up, and against the bound of 50 ms.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "learning/compile.hpp"

using namespace qd;

namespace {

constexpr double bound_ms = 50;
constexpr int count = 10'000, repetitions = 15;

core::WallTime day(double days) {
    return core::WallTime(std::chrono::hours(480'000)) + std::chrono::seconds(std::int64_t(days * 86'400));
}

std::vector<incidents::Incident> year() {
    std::mt19937 random(4);
    std::exponential_distribution<double> takes(1.0 / 900);
    std::vector<incidents::Incident> all;
    for (int i = 0; i < count; ++i) {
        incidents::Incident one;
        one.id = incidents::IncidentId("INC-" + std::to_string(i));
        one.title = "Availability of playback burns its error budget";
        one.service = "service-" + std::to_string(random() % 12);
        one.severity = *incidents::severity_from(1 + int(random() % 4));
        one.state = i % 50 == 0 ? incidents::State::merged : incidents::State::closed;
        for (unsigned k = 0; k <= (random() % 10 == 0 ? 1u : 0u); ++k) {
            incidents::Episode episode;
            episode.started_at = day(365.0 * i / count) + std::chrono::hours(k);
            const auto after = [&](core::WallTime at) {
                return at + std::chrono::milliseconds(std::int64_t(takes(random) * 1'000));
            };
            episode.detected_at = after(episode.started_at);
            episode.acknowledged_at = after(episode.detected_at);
            episode.mitigated_at = after(*episode.acknowledged_at);
            episode.resolved_at = after(*episode.mitigated_at);
            one.episodes.push_back(episode);
        }
        if (i % 3 == 0)
            one.suspects.push_back(
                {2, "rollout", "RO-" + std::to_string(i % 400), "began before", one.started_at});
        all.push_back(std::move(one));
    }
    return all;
}

template <class Work>
double median_ms(Work work) {
    std::vector<double> took;
    for (int i = 0; i < repetitions; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        took.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::ranges::sort(took);
    return took[took.size() / 2];
}

}  // namespace

int main() {
    const auto all = year();
    std::int64_t sum = 0;
    const double plain = median_ms([&] {
        for (const auto& one : all)
            for (const auto& episode : one.episodes)
                sum += (*episode.resolved_at - episode.started_at).count();
    });
    learning::Material material;
    material.incidents = all;
    material.counted_since = day(0);
    std::size_t measures = 0;
    const double report = median_ms([&] {
        measures += learning::compile({day(0), day(365), {}, {}}, day(365), material).measures.size();
    });
    std::printf("%d incidents, median of %d (%lld, %zu)\n", count, repetitions, (long long)sum, measures);
    std::printf("one pass that adds durations up  %8.3f ms\n", plain);
    std::printf(
        "the whole report                 %8.3f ms  %6.0f x the pass, %4.1f %% of the bound of %.0f ms\n",
        report, report / plain, 100 * report / bound_ms, bound_ms);
    return 0;
}
