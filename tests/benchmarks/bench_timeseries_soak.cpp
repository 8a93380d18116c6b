// For soak.sh: the counting and evaluation of 20 objectives, as opsd's Monitor does it, for a day on a clock
// that runs as fast as it can, or for some seconds of the real one. Says the resident memory of each hour (or
// minute), and at the end how much it has grown since everything that has a bound was full.

#include <QTemporaryDir>
#include <cstring>
#include <thread>

#include "benchmarks/counting_site.hpp"
#include "slo/alert.hpp"
#include "support/fake_clock.hpp"
#include "timeseries/store.hpp"

using namespace qd;

namespace {

constexpr int objective_count = 20;
constexpr std::int64_t flush_every = 5, hour_s = 3600;
// Minutes and hours of a day are kept for a week and longer: 32 bytes each. The rest is the allocator's and
// SQLite's.
constexpr double slack_mb = 4;

std::vector<slo::Objective> objectives() {
    auto all = bench::objectives(objective_count, 28 * 86'400,
                                 {{10, 60}, {300, 3600}, {1800, 6 * 3600}, {7200, 86'400}});
    for (int i = 0; i < objective_count; i += 4) {  // some with histograms, for their heatmaps
        all[std::size_t(i)].indicator =
            slo::LatencyIndicator{{fmt::format("service_{}_seconds", i), {}}, 0.1};
        all[std::size_t(i)].absent = slo::AbsentRule{60, slo::Severity::sev3};
    }
    return all;
}

/// Ten minutes of every hour one event in 50 is bad; every four hours the process begins anew.
std::string page(std::int64_t second, std::int64_t began) {
    const std::int64_t s = second % (4 * hour_s),
                       bad_s = s / hour_s * 600 + std::min<std::int64_t>(600, s % hour_s);
    std::string text = fmt::format("process_start_time_seconds {}\n", began + second - s);
    for (int i = 0; i < objective_count; ++i)
        if (i % 4 == 0)
            for (const auto& [le, share] :
                 {std::pair("0.05", 0.5), {"0.1", 0.9}, {"0.5", 1.0}, {"+Inf", 1.0}})
                text +=
                    fmt::format("service_{0}_seconds_bucket{{le=\"{1}\"}} {2}\n", i, le,
                                std::int64_t(double(s) * 200 * share) +
                                    (std::strcmp(le, "0.1") == 0 ? s * 20 - bad_s * 4 : 0)) +
                    (std::strcmp(le, "+Inf") == 0 ? fmt::format("service_{0}_seconds_count {1}\n", i, s * 200)
                                                  : std::string());
        else
            text += fmt::format(
                "service_{0}_responses_total{{code=\"200\"}} "
                "{1}\nservice_{0}_responses_total{{code=\"503\"}} "
                "{2}\n",
                i, s * 200 - bad_s * 4, bad_s * 4);
    return text;
}

class Soak {
public:
    Soak(std::vector<slo::Objective> counted, const std::filesystem::path& file, const core::Clock& clock)
        : clock_(clock) {
        auto opened = timeseries::Store::open(std::move(counted), file, clock, telemetry::null_log());
        if (!opened) std::exit(74);
        store_ = std::move(*opened);
        for (const slo::Objective& objective : store_->objectives()) evaluators_.emplace_back(objective);
    }

    void tick(const std::vector<timeseries::Scrape>& round) {
        store_->ingest(round);
        const auto readings = store_->readings();
        const core::WallTime now = clock_.now();
        for (std::size_t i = 0; i < evaluators_.size(); ++i)
            alerts_ +=
                tracker_
                    .update(evaluators_[i].evaluate(readings[i], now.time_since_epoch().count() / 1000), now)
                    .size();
        if (++ticks_ % flush_every == 0 && !store_->flush()) std::exit(74);
    }
    void tell(const char* unit, std::int64_t count) {
        rss_.push_back(bench::rss_mb());
        std::uint64_t events = 0;
        for (const auto& reading : store_->readings()) events += reading.window.counts.total;
        std::printf(
            "%s %lld: %.1f MB resident, %llu events, %zu beginnings and ends of alerts, %.0f s of CPU\n",
            unit, static_cast<long long>(count), rss_.back(), static_cast<unsigned long long>(events),
            alerts_, bench::cpu_s());
        std::fflush(stdout);
    }
    /// Everything that has a bound is full after `full` of the figures told.
    int judge(std::size_t full) const {
        if (rss_.size() <= full) return std::printf("too short to judge\n"), 0;
        const double grown = rss_.back() - rss_[full];
        std::printf("grown by %.1f MB since then, bound %.1f MB: %s\n", grown, slack_mb,
                    grown <= slack_mb ? "flat" : "NOT FLAT");
        return grown <= slack_mb ? 0 : 1;
    }

private:
    const core::Clock& clock_;
    std::unique_ptr<timeseries::Store> store_;
    std::vector<slo::Evaluator> evaluators_;
    slo::AlertTracker tracker_;
    std::vector<double> rss_;
    std::size_t alerts_ = 0;
    std::int64_t ticks_ = 0;
};

int accelerated(std::int64_t rounds) {
    QTemporaryDir folder;
    test::FakeClock clock;
    const std::int64_t began = clock.now().time_since_epoch().count() / 1000;
    Soak soak(objectives(), folder.filePath("counters.sqlite").toStdString(), clock);
    for (std::int64_t second = 1; second <= rounds; ++second) {
        clock.advance(std::chrono::seconds(1));
        soak.tick({{{"site", "http://site/metrics"}, clock.now(), page(second, began)}});
        if (second % hour_s == 0) soak.tell("hour", second / hour_s);
    }
    return soak.judge(2);  // two hours of seconds are kept
}

int real(int seconds) {
    const bench::Site site(1, objective_count, 2'000);
    QTemporaryDir folder;
    core::SystemClock clock;
    http::Client client;
    timeseries::Scraper scraper(client, clock);
    Soak soak(bench::objectives(objective_count, 28 * 86'400,
                                {{10, 60}, {300, 3600}, {1800, 6 * 3600}, {7200, 86'400}}),
              folder.filePath("counters.sqlite").toStdString(), clock);
    auto next = std::chrono::steady_clock::now();
    for (int second = 1; second <= seconds; ++second) {
        next += std::chrono::seconds(1);
        std::this_thread::sleep_until(next);
        soak.tick(scraper.scrape(site.targets()));
        if (second % 60 == 0) soak.tell("minute", second / 60);
    }
    return soak.judge(4);  // seconds fill for two hours: 20 objectives take 2.3 MB an hour
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::strcmp(argv[1], "--real") == 0) return real(std::atoi(argv[2]));
    if (argc == 3 && std::strcmp(argv[1], "--rounds") == 0) return accelerated(std::atoll(argv[2]));
    if (argc == 1) return accelerated(86'400);
    std::fputs("usage: timeseries_soak [--rounds N | --real SECONDS]\n", stderr);
    return 64;
}
