// 20,000 series scraped a second from 10 targets over HTTP, of which the inputs of 1,000 objectives are kept:
// the share of a core, against the bound of 30 %. The rounds follow each other at once; each is one second's
// work.

#include <algorithm>

#include "benchmarks/counting_site.hpp"
#include "support/fake_clock.hpp"
#include "timeseries/store.hpp"

using namespace qd;

namespace {

constexpr int target_count = 10, objective_count = 1'000, series_each = 2'000, rounds = 100;
constexpr double bound = 0.30;

}  // namespace

int main() {
    bench::Site site(target_count, objective_count, series_each);
    test::FakeClock clock;
    http::Client client;
    timeseries::Scraper scraper(client, clock, std::chrono::seconds(5));
    auto store = timeseries::Store::open(
        bench::objectives(objective_count, 28 * 86'400,
                          {{300, 3600}, {1800, 6 * 3600}, {7200, 86'400}, {6 * 3600, 3 * 86'400}}),
        {}, clock, telemetry::null_log());
    if (!store) return 1;
    double first_s = 0, transfer_s = 0, counting_s = 0;
    std::size_t bytes = 0, failed = 0;
    for (int round = 0; round <= rounds; ++round) {
        clock.advance(std::chrono::seconds(1));
        const double begin = bench::cpu_s();
        const auto scrapes = scraper.scrape(site.targets());
        const double got = bench::cpu_s();
        (*store)->ingest(scrapes);
        const double counted = bench::cpu_s();
        for (const auto& scrape : scrapes) {
            failed += !scrape.text;
            if (scrape.text) bytes += scrape.text->size();
        }
        // The first looks at every series once for all time, and opens the connections.
        if (round == 0) {
            first_s = counted - begin;
            continue;
        }
        transfer_s += got - begin;
        counting_s += counted - got;
    }
    std::size_t series = 0;
    for (const auto& [instance, state] : (*store)->targets()) series += state.series;
    std::uint64_t events = 0;
    for (const auto& reading : (*store)->readings()) events += reading.window.counts.total;
    const double share = (transfer_s + counting_s) / rounds;
    std::printf(
        "%zu series (%.1f MB) a second of %d targets, inputs of %d objectives kept: %.1f %% of a core (%.2f "
        "of "
        "the bound of %.0f %%)\n",
        series, double(bytes) / (rounds + 1) / 1e6, target_count, objective_count, share * 100, share / bound,
        bound * 100);
    std::printf(
        "  transfer %.2f ms, parsing and counting %.2f ms of CPU a round; the first round, which looks at "
        "every series, %.0f ms; %zu scrapes failed, %llu events counted\n",
        transfer_s / rounds * 1e3, counting_s / rounds * 1e3, first_s * 1e3, failed,
        static_cast<unsigned long long>(events));
}
