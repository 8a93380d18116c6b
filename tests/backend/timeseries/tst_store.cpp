#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>

#include "slo/document.hpp"
#include "support/fake_clock.hpp"
#include "support/slo_samples.hpp"
#include "timeseries/store.hpp"

using namespace qd;
using namespace qd::timeseries;

namespace {

/// A store whose only target says what it is told to say.
class Site {
public:
    explicit Site(std::filesystem::path file = {},
                  std::vector<slo::Objective> objectives = {test::availability()})
        : file_(std::move(file)), objectives_(std::move(objectives)) {
        open();
    }
    void open() {
        auto opened = Store::open(objectives_, file_, clock, telemetry::null_log());
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
    }
    /// A second in which so much was counted.
    void pass(int good = 10, int bad = 0, const std::string& instance = "gateway-1") {
        clock.advance(std::chrono::seconds(1));
        good_ += good;
        bad_ += bad;
        store->ingest({scrape(instance)});
    }
    Scrape scrape(const std::string& instance) const {
        return {{instance, "http://x/metrics"},
                clock.now(),
                fmt::format("gateway_responses_total{{code=\"200\",route=\"/media\",arm=\"stable\"}} {}\n"
                            "gateway_responses_total{{code=\"503\",route=\"/media\",arm=\"stable\"}} {}\n",
                            good_, bad_)};
    }
    slo::Reading reading() const { return store->readings()[0]; }

    test::FakeClock clock;
    std::unique_ptr<Store> store;

private:
    std::filesystem::path file_;
    std::vector<slo::Objective> objectives_;
    int good_ = 1000, bad_ = 50;
};

Scrape failed(const std::string& instance, core::WallTime at) {
    return {{instance, "http://x/metrics"}, at, core::fail(core::Errc::timeout, "no answer")};
}

}  // namespace

class TestStore : public QObject {
    Q_OBJECT

private slots:
    void whatWasCountedBeforeWeLookedIsNotOurs() {
        Site site;
        QVERIFY(!site.reading().seen);
        site.pass();
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(0));
        for (int i = 0; i < 9; ++i) site.pass(9, 1);
        const slo::Reading reading = site.reading();
        QVERIFY(reading.seen);
        QCOMPARE(reading.window.counts, (slo::Counts{81, 90}));
        QCOMPARE(reading.shorts[0].counts.total, std::uint64_t(90));
        QCOMPARE(reading.age_s, 0.0);
    }

    void aScrapeThatSlipsOverASecondLeavesNoHole() {
        Site site;
        site.pass();
        site.pass();
        site.clock.advance(std::chrono::milliseconds(1100));
        site.pass(20);
        const auto reading = site.reading();
        QCOMPARE(reading.window.counts.total, std::uint64_t(30));
        QCOMPARE(reading.window.covered_s, std::int64_t(3));
    }

    void aClockSetBackCountsNothingTwice() {
        Site site;
        for (int i = 0; i < 20; ++i) site.pass();
        site.clock.advance(std::chrono::seconds(-10));
        const auto before = site.reading().window.counts.total;
        for (int i = 0; i < 5; ++i) site.pass();
        QVERIFY(site.reading().window.counts.total <= before);
        QCOMPARE(site.reading().shorts[0].covered_s, std::int64_t(10));
    }

    void missingTargetsAreCountedUntilTheyLeave() {
        Site site;
        site.pass();
        site.pass();
        site.clock.advance(std::chrono::seconds(1));
        site.store->ingest({failed("gateway-1", site.clock.now())});
        QCOMPARE(site.reading().targets_missing, 1u);
        QVERIFY(site.reading().age_s >= 1);
        QCOMPARE(site.store->targets().at("gateway-1").error, std::string("no answer"));
        site.clock.advance(std::chrono::seconds(1));
        site.store->ingest({});
        QCOMPARE(site.reading().targets_missing, 0u);
        QVERIFY(site.store->targets().empty());
    }

    void severalInstancesAddUp() {
        Site site;
        for (int i = 0; i < 3; ++i) {
            site.clock.advance(std::chrono::seconds(1));
            const auto text = [&](int n) {
                return fmt::format(
                    "gateway_responses_total{{code=\"200\",route=\"/media\",arm=\"stable\"}} {}\n", n);
            };
            site.store->ingest(
                {{{"a", "u"}, site.clock.now(), text(10 * i)}, {{"b", "u"}, site.clock.now(), text(7 * i)}});
        }
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(34));
        QCOMPARE(site.reading().window.covered_s, std::int64_t(2));
    }

    void aRestartKeepsAllThatWasSaved() {
        QTemporaryDir folder;
        Site site(folder.filePath("counters.sqlite").toStdString());
        for (int i = 0; i < 30; ++i) site.pass(9, 1);
        QVERIFY(site.store->flush().has_value());
        const auto before = site.reading();
        site.pass();  // not saved
        site.store.reset();
        site.clock.advance(std::chrono::seconds(40));
        site.open();
        QVERIFY(site.reading().seen);
        QCOMPARE(site.reading().window.counts, before.window.counts);
        QCOMPARE(site.reading().window.covered_s, before.window.covered_s);
        QVERIFY(site.reading().age_s >= 40);
        site.pass(500);  // while nobody looked for long
        site.pass();
        QCOMPARE(site.reading().window.counts.total, before.window.counts.total + 10);
        // The gap is seen in the history.
        const auto now = site.clock.now();
        const auto history =
            site.store->history(slo::SloId("playback-availability"), now - std::chrono::minutes(2), now, 500);
        QVERIFY(history->points.size() < 35);
        QCOMPARE(site.store->history(slo::SloId("else"), now, now, 2).error().code, core::Errc::not_found);
    }

    void aShortRestartLosesNothing() {
        QTemporaryDir folder;
        Site site(folder.filePath("counters.sqlite").toStdString());
        for (int i = 0; i < 30; ++i) site.pass(9, 1);
        QVERIFY(site.store->flush().has_value());
        const auto before = site.reading();
        site.pass(9, 1);  // a crash: not saved
        for (int run = 0; run < 2; ++run) {
            site.store.reset();
            site.clock.advance(std::chrono::seconds(5));
            site.open();
            // Saved before the first round: what was read last is still known.
            QVERIFY(site.store->flush().has_value());
        }
        site.pass(90, 10);
        QCOMPARE(site.reading().window.counts, before.window.counts + (slo::Counts{99, 110}));
        // What happened is known, when it did is not: the seconds without a reading stay a gap.
        QCOMPARE(site.reading().window.covered_s, before.window.covered_s + 1);
        site.pass(9, 1);
        QCOMPARE(site.reading().window.counts, before.window.counts + (slo::Counts{108, 120}));
        // A target that leaves and comes back is not counted from there again.
        site.clock.advance(std::chrono::seconds(1));
        site.store->ingest({});
        site.pass(9, 1);
        QCOMPARE(site.reading().window.counts, before.window.counts + (slo::Counts{108, 120}));
    }

    void savingOftenSavesTheSameAsSavingOnce() {
        QTemporaryDir folder;
        Site often(folder.filePath("a.sqlite").toStdString()),
            once(folder.filePath("b.sqlite").toStdString());
        for (int i = 0; i < 200; ++i) {
            for (Site* site : {&often, &once}) site->pass(i % 7, i % 3);
            QVERIFY(often.store->flush().has_value());
        }
        QVERIFY(once.store->flush().has_value());
        for (Site* site : {&often, &once}) site->store.reset(), site->open();
        QCOMPARE(often.reading().window, once.reading().window);
        QCOMPARE(often.reading().longs[1], once.reading().longs[1]);
    }

    void countsOfAnotherDefinitionAreForgotten() {
        QTemporaryDir folder;
        const auto file = folder.filePath("counters.sqlite").toStdString();
        {
            Site site(file);
            for (int i = 0; i < 5; ++i) site.pass();
            QVERIFY(site.store->flush().has_value());
        }
        slo::Objective other = test::availability();
        std::get<slo::RatioIndicator>(other.indicator).good.labels[0] =
            slo::LabelMatcher::parse("code", "2*");
        QVERIFY(!Site(file, {other}).reading().seen);
    }

    void gaugesAreJudgedAtEachScrapeFromTheFirstOn() {
        slo::Objective threshold = test::availability();
        threshold.indicator = slo::ThresholdIndicator{
            {"queue_length", {slo::LabelMatcher::parse("queue", "encode")}}, slo::Comparison::lte, 50};
        slo::Objective up = test::availability();
        up.id = slo::SloId("up");
        up.indicator = slo::BoolGaugeIndicator{{"replica_up", {}}};
        Site site({}, {threshold, up});
        const auto scrape = [&](const char* text) {
            site.clock.advance(std::chrono::seconds(1));
            site.store->ingest({{{"a", "u"}, site.clock.now(), std::string(text)}});
        };
        scrape("queue_length{queue=\"encode\"} 50\nqueue_length{queue=\"mail\"} 99\nreplica_up 1\n");
        scrape("queue_length{queue=\"encode\"} 51\nqueue_length{queue=\"mail\"} 9\nreplica_up 0\n");
        scrape("queue_length{queue=\"encode\"} NaN\nreplica_up 1\n");  // no reading
        scrape("queue_length{queue=\"encode\"} +Inf\nreplica_up{n=\"1\"} 1\nreplica_up{n=\"2\"} 1\n");
        const auto readings = site.store->readings();
        QCOMPARE(readings[0].window.counts, (slo::Counts{1, 3}));
        QCOMPARE(readings[1].window.counts, (slo::Counts{4, 5}));
        QCOMPARE(readings[0].window.covered_s, std::int64_t(4));
    }

    void slicesAreTheEventsOfATimesliceObjective() {
        slo::Objective objective = test::availability();
        objective.timeslices = slo::Timeslices{5, 0.9};
        QTemporaryDir folder;
        Site site(folder.filePath("counters.sqlite").toStdString(), {objective});
        site.pass();
        for (int i = 0; i < 3; ++i) site.pass(9, 1);  // to the end of the first slice
        for (int i = 0; i < 5; ++i) site.pass(8, 2);  // a bad one
        for (int i = 0; i < 5; ++i) site.pass(0, 0);  // one without events
        for (int i = 0; i < 5; ++i) site.pass(10, 0);
        site.pass();
        const auto reading = site.reading();
        QCOMPARE(reading.window.counts, (slo::Counts{2, 3}));
        QCOMPARE(reading.window.covered_s, std::int64_t(19));
        QVERIFY(site.store->flush().has_value());
        site.store.reset();
        site.open();
        QCOMPARE(site.reading().window.counts, (slo::Counts{2, 3}));
    }

    void aCalendarDayBeginsAnewAtMidnight() {
        slo::Objective objective = test::availability();
        objective.calendar = slo::CalendarWindow{slo::Period::day, "Asia/Kolkata"};
        objective.window_s = slo::longest_s(slo::Period::day);
        QTemporaryDir folder;
        Site site(folder.filePath("counters.sqlite").toStdString(), {objective});
        // 00:00 UTC is 05:30 in Kolkata: the day ends at 18:30 UTC.
        site.clock.advance(std::chrono::hours(18) + std::chrono::minutes(29) + std::chrono::seconds(30));
        for (int i = 0; i < 29; ++i) site.pass();
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(280));
        QCOMPARE(site.reading().window.window_s, std::int64_t(86'400));
        for (int i = 0; i < 11; ++i) site.pass();
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(110));
        QVERIFY(site.reading().period->contains(
            std::chrono::floor<std::chrono::seconds>(site.clock.now()).time_since_epoch().count()));
        QCOMPARE(site.reading().longs[0].counts.total, std::uint64_t(390));  // rows know no calendar
        QVERIFY(site.store->flush().has_value());
        site.store.reset();
        site.open();
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(110));
    }

    void exclusionsCountForTheWindowsAndTheRows() {
        Site site;
        for (int i = 0; i < 60; ++i) site.pass(9, 1);
        const auto from = site.clock.now() + std::chrono::minutes(1);
        site.store->set_exclusions(
            {{slo::ExclusionId("x"), from, from + std::chrono::minutes(1), {}, "r", "a", from}});
        for (int i = 0; i < 60; ++i) site.pass(10, 0);
        for (int i = 0; i < 59; ++i) site.pass(0, 10);
        slo::Reading reading = site.reading();
        QVERIFY(reading.excluded.now);
        QCOMPARE(reading.window.counts.bad(), std::uint64_t(59));  // those of the first minute
        QCOMPARE(reading.shorts[0].counts.total, std::uint64_t(0));
        QCOMPARE(reading.excluded.counts, (slo::Counts{10, 600}));
        site.store->set_exclusions({});
        reading = site.reading();
        QCOMPARE(reading.window.counts.bad(), std::uint64_t(59 + 590));
        QCOMPARE(reading.shorts[0].counts.total, std::uint64_t(100));
        QVERIFY(reading.excluded == slo::Excluded{});
    }

    void minutesThatAreCutAreSavedAndOutliveTheirTier() {
        QTemporaryDir folder;
        slo::Objective objective = test::availability();
        objective.window_s = 30 * 86'400;
        Site site(folder.filePath("counters.sqlite").toStdString(), {objective});
        const auto from = site.clock.now() + std::chrono::minutes(10);
        const std::vector<slo::Exclusion> maintenance{
            {slo::ExclusionId("x"), from, from + std::chrono::minutes(10), {}, "r", "a", from}};
        site.store->set_exclusions(maintenance);
        for (int i = 0; i < 3700; ++i) site.pass(1, 0);
        QCOMPARE(site.reading().excluded.counts.total, std::uint64_t(600));
        QVERIFY(site.store->flush().has_value());
        site.clock.advance(std::chrono::days(8));
        site.pass();
        QVERIFY(site.store->flush().has_value());  // and trims
        site.store.reset();
        site.open();
        site.store->set_exclusions(maintenance);
        QCOMPARE(site.reading().excluded.counts.total, std::uint64_t(600));
        QCOMPARE(site.reading().excluded.covered_s, std::int64_t(600));
    }

    void aFileThatIsNoDatabaseIsRefused() {
        QTemporaryDir folder;
        const auto file = folder.filePath("counters.sqlite").toStdString();
        QVERIFY(core::write_file_atomically(file, std::string(5000, 'x')).has_value());
        test::FakeClock clock;
        const auto opened = Store::open({test::availability()}, file, clock, telemetry::null_log());
        QVERIFY(!opened);
        QVERIFY2(QString::fromStdString(opened.error().message).contains("counters.sqlite"),
                 opened.error().message.c_str());
    }

    void armsAreComparedOverASpan() {
        Site site;
        for (int i = 0; i < 20; ++i) site.pass(9, 1);
        const auto now = site.clock.now();
        const auto counts =
            site.store->arm_counts("stable", now - std::chrono::seconds(9), now + std::chrono::seconds(1));
        QCOMPARE(counts.total, std::uint64_t(100));
        QCOMPARE(counts.good, std::uint64_t(90));
        QCOMPARE(counts.covered_s, std::int64_t(10));
        QCOMPARE(site.store->arm_counts("blue", now, now).total, std::uint64_t(0));
    }

    void playsAreThoseThatPlayersReportAndNotCountedTwice() {
        Site site;
        const auto second = [&](int n) {
            site.clock.advance(std::chrono::seconds(1));
            std::string text;
            // What simulated viewers say of the same plays stands beside it.
            for (const char* of : {"player_watched", "player_stalled", "viewer_watch", "viewer_stall"})
                text += fmt::format("{}_seconds_total{{arm=\"canary\"}} {}\n", of,
                                    n * (std::string_view(of).ends_with("stalled") ? 1 : 4));
            text += fmt::format(
                "player_errors_total{{arm=\"canary\",kind=\"media\"}} {0}\n"
                "player_stalled_sessions_total{{arm=\"canary\"}} {0}\n",
                n);
            for (const char* of : {"player", "viewer"})
                text += fmt::format(
                    "{0}_startup_seconds_bucket{{arm=\"canary\",le=\"2\"}} {1}\n"
                    "{0}_startup_seconds_bucket{{arm=\"canary\",le=\"+Inf\"}} {2}\n"
                    "{0}_startup_seconds_count{{arm=\"canary\"}} {2}\n",
                    of, 2 * n, 3 * n);
            site.store->ingest({{{"api-1", "http://x/metrics"}, site.clock.now(), text}});
        };
        for (int n = 0; n <= 10; ++n) second(n);
        const auto now = site.clock.now();
        const auto counts =
            site.store->arm_counts("canary", now - std::chrono::seconds(30), now + std::chrono::seconds(1));
        QCOMPARE(counts.watch_s, 40.0);
        QCOMPARE(counts.stall_s, 10.0);
        QCOMPARE(counts.viewer_errors, std::uint64_t(10));
        QCOMPARE(counts.stalled_sessions, std::uint64_t(10));
        QCOMPARE(counts.startups, std::uint64_t(30));
        QCOMPARE(counts.fast_startups, std::uint64_t(20));
    }

    void quantilesFollowThePromQlRule() {
        const double inf = std::numeric_limits<double>::infinity();
        const std::vector<BucketCount> buckets{{0.1, 50}, {0.2, 90}, {0.5, 100}, {inf, 100}};
        QVERIFY(std::abs(quantile_s(buckets, 0.5) - 0.1) < 1e-9);
        QVERIFY(std::abs(quantile_s(buckets, 0.7) - 0.15) < 1e-9);
        QVERIFY(std::abs(quantile_s(buckets, 0.95) - 0.35) < 1e-9);
        QCOMPARE(quantile_s({{0.1, 0}, {inf, 10}}, 0.9), 0.1);  // beyond the last bound
        QCOMPARE(quantile_s({}, 0.5), -1.0);
        QCOMPARE(quantile_s({{0.1, 0}, {inf, 0}}, 0.5), -1.0);
    }

    void aRoundOfALocalSiteCostsLittle() {
        const auto objectives = slo::load_document(QUARTERDECK_RESOURCES "/slo/local.yaml");
        Site site({}, *objectives);
        std::string text;  // 600 series, as a gateway has them
        const auto write = [&](int second) {
            text.clear();
            for (int route = 0; route < 6; ++route)
                for (int arm = 0; arm < 2; ++arm) {
                    const auto labels = fmt::format("arm=\"{}\",route=\"/media{}\"",
                                                    ArmSeries::arms[std::size_t(arm)], route);
                    for (int code = 200; code < 230; ++code)
                        text += fmt::format("gateway_responses_total{{{},code=\"{}\"}} {}\n", labels, code,
                                            second * 10);
                    for (int le = 1; le <= 20; ++le)
                        text += fmt::format("gateway_request_duration_seconds_bucket{{{},le=\"{}\"}} {}\n",
                                            labels, le * 0.05, second * 7);
                }
        };
        QElapsedTimer timer;
        qint64 spent = 0;
        for (int second = 1; second <= 100; ++second) {
            site.clock.advance(std::chrono::seconds(1));
            write(second);
            std::vector<Scrape> round;
            for (int target = 0; target < 8; ++target)
                round.push_back({{"t" + std::to_string(target), "u"}, site.clock.now(), text});
            timer.start();
            site.store->ingest(round);
            spent += timer.nsecsElapsed();
        }
        qInfo("a round of 8 targets with 600 series each: %.2f ms", double(spent) / 100 / 1e6);
        QVERIFY(spent / 100 < 100'000'000);
    }
};

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
