// For slo_vs_prometheus.sh: N objectives of four rows over one target's counters.
//   timeseries_peer site N       serves them until standard input ends; says its address
//   timeseries_peer rules N      writes the rules for Prometheus
//   timeseries_peer ours N URL S scrapes and evaluates each second for S seconds; says its CPU seconds

#include <cstring>
#include <thread>

#include "benchmarks/counting_site.hpp"
#include "slo/alert.hpp"
#include "slo/interchange/prometheus.hpp"
#include "timeseries/store.hpp"

using namespace qd;

namespace {

/// Short windows of 5 s: the exported rules are evaluated each second, as ours are.
std::vector<slo::Objective> objectives(int count) {
    return bench::objectives(count, 3600, {{5, 60}, {30, 360}, {120, 1440}, {360, 3600}});
}

int ours(int count, const std::string& url, int seconds) {
    core::SystemClock clock;
    http::Client client;
    timeseries::Scraper scraper(client, clock);
    auto store = timeseries::Store::open(objectives(count), {}, clock, telemetry::null_log());
    if (!store) return 1;
    std::vector<slo::Evaluator> evaluators;
    for (const slo::Objective& objective : (*store)->objectives()) evaluators.emplace_back(objective);
    slo::AlertTracker tracker;
    const auto tick = [&] {
        (*store)->ingest(scraper.scrape({{"site", url}}));
        const auto readings = (*store)->readings();
        const core::WallTime now = clock.now();
        for (std::size_t i = 0; i < evaluators.size(); ++i)
            (void)tracker.update(evaluators[i].evaluate(readings[i], now.time_since_epoch().count() / 1000),
                                 now);
    };
    // Series are new once: Prometheus, too, is looked at once it runs.
    tick();
    const double begin = bench::cpu_s();
    auto next = std::chrono::steady_clock::now();
    for (int second = 0; second < seconds; ++second) {
        next += std::chrono::seconds(1);
        std::this_thread::sleep_until(next);
        tick();
    }
    std::uint64_t events = 0;
    for (const auto& reading : (*store)->readings()) events += reading.window.counts.total;
    std::printf("%.3f %llu\n", bench::cpu_s() - begin, static_cast<unsigned long long>(events));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[1] : "";
    const int count = argc > 2 ? std::atoi(argv[2]) : 0;
    if (what == "site" && count > 0) {
        const bench::Site site(1, count, 2 * count);
        // As a target of Prometheus says it: the path is /metrics/0.
        std::printf("%s\n", site.targets()[0].url.c_str());
        std::fflush(stdout);
        char end;
        while (read(STDIN_FILENO, &end, 1) > 0) {
        }
        return 0;
    }
    if (what == "rules" && count > 0) {
        const auto rules = slo::interchange::write_prometheus_rules(objectives(count));
        if (rules) std::fputs(rules->c_str(), stdout);
        return rules ? 0 : 1;
    }
    if (what == "ours" && argc > 4) return ours(count, argv[3], std::atoi(argv[4]));
    std::fputs("usage: timeseries_peer site|rules|ours N [URL SECONDS]\n", stderr);
    return 64;
}
