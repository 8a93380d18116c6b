// Histograms bucket by bucket.

#include <QTemporaryDir>
#include <QtTest>
#include <limits>
#include <random>

#include "support/fake_clock.hpp"
#include "support/slo_samples.hpp"
#include "timeseries/store.hpp"

using namespace qd;
using namespace qd::timeseries;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

slo::Objective latency() {
    slo::Objective objective = test::availability();
    objective.id = slo::SloId("latency");
    objective.indicator =
        slo::LatencyIndicator{{"http_seconds", {slo::LabelMatcher::parse("route", "/a*")}}, 0.2};
    return objective;
}

/// A process with a histogram of its own.
class Process {
public:
    explicit Process(std::string instance, std::vector<double> bounds = {0.1, 0.2, 0.5})
        : instance_(std::move(instance)), bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}
    Process& observe(double seconds, int times = 1) {
        std::size_t bucket = 0;
        while (bucket < bounds_.size() && seconds > bounds_[bucket]) ++bucket;
        counts_[bucket] += times;
        return *this;
    }
    void restart() { std::ranges::fill(counts_, 0); }
    Scrape scrape(core::WallTime at) const {
        std::string text;
        int sum = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            sum += counts_[i];
            const std::string le = i < bounds_.size() ? fmt::format("{}", bounds_[i]) : "+Inf";
            text += fmt::format("http_seconds_bucket{{route=\"/api\",le=\"{}\"}} {}\n", le, sum);
            text += fmt::format("http_seconds_bucket{{route=\"/b\",le=\"{}\"}} {}\n", le, 1'000 * sum);
        }
        for (const char* route : {"/api", "/b"})
            text += fmt::format("http_seconds_count{{route=\"{}\"}} {}\n", route, sum);
        return {{instance_, "http://x/metrics"}, at, text};
    }

private:
    std::string instance_;
    std::vector<double> bounds_;
    std::vector<int> counts_;
};

class Site {
public:
    explicit Site(std::filesystem::path file = {}) : file_(std::move(file)) { open(); }
    void open() {
        auto opened = Store::open({objective, test::availability()}, file_, clock, telemetry::null_log());
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
    }
    void pass(const std::vector<Process*>& processes, int seconds = 1) {
        for (; seconds > 0; --seconds) {
            clock.advance(std::chrono::seconds(1));
            std::vector<Scrape> round;
            for (const Process* process : processes) round.push_back(process->scrape(clock.now()));
            store->ingest(round);
        }
    }
    slo::Heatmap heatmap(std::int64_t seconds = 600, int points = 2'000) const {
        const auto map =
            store->heatmap(slo::SloId("latency"), clock.now() - std::chrono::seconds(seconds - 1),
                           clock.now() + std::chrono::seconds(1), points);
        if (!map) qFatal("%s", map.error().message.c_str());
        return *map;
    }

    slo::Objective objective = latency();
    test::FakeClock clock;
    std::unique_ptr<Store> store;

private:
    std::filesystem::path file_;
};

using Counts = std::vector<std::uint64_t>;

}  // namespace

class TestHeat : public QObject {
    Q_OBJECT

private slots:
    void bucketsAreApartAndNotCumulative() {
        Site site;
        Process gateway("gateway-1");
        site.pass({&gateway});
        gateway.observe(0.05, 7).observe(0.15, 3).observe(0.4).observe(9, 2);
        site.pass({&gateway});
        gateway.observe(0.15, 5);
        site.pass({&gateway});
        const slo::Heatmap map = site.heatmap();
        QCOMPARE(map.bounds, (std::vector<double>{0.1, 0.2, 0.5, infinity}));
        QCOMPARE(map.step_s, std::int64_t(1));
        QCOMPARE(map.columns.size(), std::size_t(2));  // the first scrape is a baseline
        QCOMPARE(map.columns[0].counts, (Counts{7, 3, 1, 2}));
        QCOMPARE(map.columns[1].counts, (Counts{0, 5, 0, 0}));
        QCOMPARE(map.columns[1].at, site.clock.now());
        QCOMPARE(site.heatmap(600, 2).columns.size(), std::size_t(1));
        QCOMPARE(site.heatmap(600, 2).columns[0].counts, (Counts{7, 8, 1, 2}));
    }

    void aRestartOfAProcessCountsFromZeroAndAGapIsAGap() {
        Site site;
        Process gateway("gateway-1");
        gateway.observe(0.05, 100);
        site.pass({&gateway}, 2);
        gateway.restart();
        gateway.observe(0.05, 4);
        site.pass({&gateway});
        QCOMPARE(site.heatmap().columns.back().counts, (Counts{4, 0, 0, 0}));
        site.clock.advance(std::chrono::seconds(60));
        gateway.observe(0.05, 50);
        site.pass({&gateway});
        gateway.observe(0.3);
        site.pass({&gateway});
        const slo::Heatmap map = site.heatmap();
        QCOMPARE(map.columns.size(), std::size_t(3));
        QCOMPARE(map.columns[2].counts, (Counts{0, 0, 1, 0}));
        QCOMPARE((map.columns[2].at - map.columns[1].at).count(), std::int64_t(62'000));
    }

    void processesWithOtherBoundsAddUp() {
        Site site;
        Process one("a"), two("b", {0.2, 1});
        site.pass({&one, &two});
        one.observe(0.05).observe(0.15).observe(0.7);
        two.observe(0.05).observe(0.7).observe(5);
        site.pass({&one, &two});
        const slo::Heatmap map = site.heatmap();
        QCOMPARE(map.bounds, (std::vector<double>{0.1, 0.2, 0.5, 1, infinity}));
        QCOMPARE(map.columns.size(), std::size_t(1));
        QCOMPARE(map.columns[0].counts, (Counts{1, 2, 0, 1, 2}));
    }

    void boundsBeyondTheMostAreRefused() {
        Site site;
        std::vector<double> bounds;
        for (int i = 1; i <= 40; ++i) bounds.push_back(i);
        Process many("a", bounds);
        site.pass({&many});
        many.observe(32).observe(33).observe(35).observe(100);
        site.pass({&many});
        const slo::Heatmap map = site.heatmap();
        QCOMPARE(map.bounds.size(), HeatSeries::max_bounds + 1);
        QCOMPARE(map.columns[0].counts[31], std::uint64_t(1));
        QCOMPARE(map.columns[0].counts[32], std::uint64_t(3));
    }

    void longAgoIsKeptByTheMinuteAndTheHour() {
        Site site;
        Process gateway("gateway-1");
        for (int i = 0; i < 26 * 60; ++i) {
            gateway.observe(0.05, 2).observe(0.3);
            site.pass({&gateway});
            site.clock.advance(std::chrono::seconds(19));
        }
        QCOMPARE(site.heatmap(600).step_s, std::int64_t(1));
        const slo::Heatmap minutes = site.heatmap(3'600);
        QCOMPARE(minutes.step_s, std::int64_t(60));
        QCOMPARE(minutes.columns[5].counts, (Counts{6, 0, 3, 0}));
        QVERIFY(minutes.columns.size() >= 60 && minutes.columns.size() <= 61);
        const slo::Heatmap hours = site.heatmap(30 * 86'400);
        QCOMPARE(hours.step_s % 3'600, std::int64_t(0));
        std::uint64_t all = 0;
        for (const slo::HeatColumn& column : hours.columns) all += column.counts[0] + column.counts[2];
        QCOMPARE(all, std::uint64_t(3 * (26 * 60 - 1)));
    }

    void whatWasSavedComesBack() {
        QTemporaryDir folder;
        Site site(folder.filePath("counters.sqlite").toStdString());
        Process gateway("gateway-1");
        std::mt19937 random(3);
        for (int i = 0; i < 200; ++i) {
            gateway.observe(double(random() % 100) / 100, int(random() % 300));
            site.pass({&gateway});
            if (i % 5 == 0) QVERIFY(site.store->flush().has_value());
        }
        QVERIFY(site.store->flush().has_value());
        const auto before = site.heatmap(), minutes = site.heatmap(3'600);
        site.store.reset();
        site.open();
        QVERIFY(site.heatmap() == before);
        QVERIFY(site.heatmap(3'600) == minutes);
        // Another histogram's counts are others; another threshold's are the same.
        std::get<slo::LatencyIndicator>(site.objective.indicator).threshold_s = 0.5;
        site.store.reset();
        site.open();
        QVERIFY(site.heatmap() == before);
        std::get<slo::LatencyIndicator>(site.objective.indicator).histogram.labels.clear();
        site.store.reset();
        site.open();
        QVERIFY(site.heatmap().columns.empty());
        QVERIFY(site.heatmap().bounds.empty());
    }

    void aClockSetBackCountsNothingTwice() {
        Site site;
        Process gateway("gateway-1");
        for (int i = 0; i < 20; ++i) {
            gateway.observe(0.05);
            site.pass({&gateway});
        }
        site.clock.advance(std::chrono::seconds(-10));
        gateway.observe(0.05);
        site.pass({&gateway});
        std::uint64_t all = 0;
        for (const slo::HeatColumn& column : site.heatmap().columns) all += column.counts[0];
        QVERIFY(all <= 11);
    }

    void whatIsNoLatencyHasNone() {
        Site site;
        const auto map =
            site.store->heatmap(slo::SloId("playback-availability"), site.clock.now(), site.clock.now(), 10);
        QCOMPARE(map.error().code, core::Errc::not_found);
        QVERIFY(map.error().message.find("kind latency") != std::string::npos);
        QCOMPARE(site.store->heatmap(slo::SloId("x"), {}, {}, 10).error().code, core::Errc::not_found);
        QVERIFY(site.heatmap().bounds.empty());
    }

    void aFullHistogramStaysSmallOnDisk() {
        QTemporaryDir folder;
        const std::string path = folder.filePath("heatmaps.sqlite").toStdString();
        auto file = *HeatFile::open(path);
        QVERIFY(file->load("latency", "l").has_value());
        std::mt19937 random(5);
        HeatFile::Batch batch{"latency", {{infinity, 1}, {}}};
        for (std::size_t tier = 0; tier < heat_tiers.size(); ++tier)
            for (std::int64_t i = 1; i <= 2 * heat_tiers[tier].kept; ++i) {
                SavedHeatCell saved{tier, i, {HeatCounts(17), 1}};
                for (auto& count : saved.cell.counts) count = random() % (100 * heat_tiers[tier].step_s);
                batch.heat.cells.push_back(std::move(saved));
                if (batch.heat.cells.size() < 500) continue;
                QVERIFY(file->save({batch}).has_value());
                batch.heat.cells.clear();
            }
        QVERIFY(file->save({batch}).has_value());
        QVERIFY(file->trim(2 * heat_tiers.back().kept * heat_tiers.back().step_s).has_value());
        QCOMPARE(file->load("latency", "l")->cells.size(), std::size_t(31 * 24));
        file.reset();
        const auto size = QFileInfo(QString::fromStdString(path)).size();
        qInfo("%lld bytes", size);
        QVERIFY2(size < 500'000, qPrintable(QString::number(size)));
    }

    void countsArePackedAndUnpacked() {
        std::mt19937 random(5);
        for (int i = 0; i < 2'000; ++i) {
            HeatCounts counts(random() % 34);
            for (auto& count : counts) count = random() >> (random() % 32);
            auto again = unpack_counts(pack_counts(counts), 64);
            QVERIFY(again.has_value());
            again->resize(std::max(again->size(), counts.size()));
            QVERIFY(*again == counts);
        }
        QCOMPARE(pack_counts({1, 0, 0}).size(), std::size_t(1));
        QVERIFY(!unpack_counts("\x80", 64));
        QVERIFY(!unpack_counts("\xff\xff\xff\xff\xff\x01", 64));
        QVERIFY(!unpack_counts("\xff\xff\xff\xff\x7f", 64));
        QVERIFY(!unpack_counts(std::string(65, '\x01'), 64));
    }
};

QTEST_GUILESS_MAIN(TestHeat)
#include "tst_heat.moc"
