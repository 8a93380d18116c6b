// Counters that a source tells of, beside the site's own scrape.
#include <QtTest>

#include "support/fake_clock.hpp"
#include "support/slo_samples.hpp"
#include "timeseries/store.hpp"

using namespace qd;
using namespace qd::timeseries;
using namespace std::chrono_literals;

namespace {

slo::Objective remote() {
    slo::Objective objective = test::availability();
    objective.id = slo::SloId("remote");
    objective.source = "production";
    return objective;
}

std::string page(std::uint64_t good, std::uint64_t bad) {
    return fmt::format(
        "gateway_responses_total{{code=\"200\"}} {}\ngateway_responses_total{{code=\"503\"}} {}\n", good,
        bad);
}

/// A store with an objective of the site and one of a source.
struct Site {
    Site() {
        auto opened = Store::open({test::availability(), remote()}, {}, clock, telemetry::null_log());
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
    }
    void second() {
        clock.advance(1s);
        store->ingest({});
    }
    core::Result<> feed(const std::map<std::string, std::string>& processes, std::int64_t every_s = 1) {
        Feed feed{slo::SloId("remote"), clock.now(), every_s, {}};
        for (const auto& [process, text] : processes)
            feed.processes.push_back({{process, {}}, clock.now(), text});
        return store->take(feed);
    }
    slo::Reading own() const { return store->readings()[0]; }
    slo::Reading reading() const { return store->readings()[1]; }

    test::FakeClock clock;
    std::unique_ptr<Store> store;
};

}  // namespace

class TestFeeds : public QObject {
    Q_OBJECT

private slots:
    void eachObjectiveCountsItsOwnSourceOnly() {
        Site site;
        for (int i = 0; i < 5; ++i) {
            site.clock.advance(1s);
            site.store->ingest({{{"gateway-1", "u"}, site.clock.now(), page(1'000 * i, 0)}});
            QVERIFY(site.feed({{"api/a", page(10 * i, i)}}).has_value());
        }
        QCOMPARE(site.own().window.counts, (slo::Counts{4'000, 4'000}));
        QCOMPARE(site.reading().window.counts, (slo::Counts{40, 44}));
        QCOMPARE(site.reading().window.covered_s, std::int64_t(4));
        QCOMPARE(site.store->targets().size(), std::size_t(1));  // the site's
        QCOMPARE(site.reading().age_s, 0.0);
    }

    void aNewProcessIsABaselineAndARestartCountsFromZero() {
        Site site;
        site.second();
        (void)site.feed({{"api/a", page(500, 0)}});
        site.second();
        // b may have counted for long before it was found.
        (void)site.feed({{"api/a", page(510, 0)}, {"api/b", page(9'000, 0)}});
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(10));
        site.second();
        (void)site.feed({{"api/a", page(4, 1)}, {"api/b", page(9'005, 0)}});
        QCOMPARE(site.reading().window.counts, (slo::Counts{19, 20}));
    }

    void secondsBetweenTwoAnswersAreCovered() {
        Site site;
        for (int i = 0; i < 4; ++i) {
            for (int s = 0; s < 5; ++s) site.second();
            (void)site.feed({{"api/a", page(100 * i, 0)}}, 5);
        }
        QCOMPARE(site.reading().window.covered_s, std::int64_t(15));
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(300));
        // One that is asked each second leaves a gap.
        Site lazy;
        lazy.second();
        (void)lazy.feed({{"api/a", page(0, 0)}});
        for (int s = 0; s < 10; ++s) lazy.second();
        (void)lazy.feed({{"api/a", page(7, 0)}});
        QCOMPARE(lazy.reading().window.covered_s, std::int64_t(1));
        QCOMPARE(lazy.reading().window.counts.total, std::uint64_t(7));
    }

    void whatALongGapAddedIsNotCounted() {
        Site site;
        site.second();
        (void)site.feed({{"api/a", page(10, 0)}});
        for (int s = 0; s < 61; ++s) site.second();
        QVERIFY(site.reading().age_s > 60 || !site.reading().seen);
        (void)site.feed({{"api/a", page(9'000, 0)}});
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(0));
        site.second();
        (void)site.feed({{"api/a", page(9'003, 0)}});
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(3));
    }

    void aProcessThatIsNoLongerToldOfIsMissedForAWhile() {
        Site site;
        site.second();
        (void)site.feed({{"api/a", page(0, 0)}, {"api/b", page(100, 0)}});
        QCOMPARE(site.reading().targets_missing, 0u);
        for (int s = 0; s < 60; ++s) {
            site.second();
            (void)site.feed({{"api/a", page(s, 0)}});
            QCOMPARE(site.reading().targets_missing, 1u);
        }
        site.second();
        (void)site.feed({{"api/a", page(60, 0)}});
        QCOMPARE(site.reading().targets_missing, 0u);
    }

    void oneThatComesBackInTimeLosesNothing() {
        Site site;
        site.second();
        (void)site.feed({{"api/a", page(0, 0)}, {"api/b", page(100, 0)}});
        for (int s = 0; s < 20; ++s) {
            site.second();
            (void)site.feed({{"api/a", page(s, 0)}});
        }
        site.second();
        (void)site.feed({{"api/a", page(19, 0)}, {"api/b", page(140, 0)}});
        QCOMPARE(site.reading().window.counts.total, std::uint64_t(59));
    }

    void anAnswerWithoutSeriesCoversNothing() {
        Site site;
        for (int s = 0; s < 5; ++s) {
            site.second();
            QVERIFY(site.feed({}).has_value());
        }
        QVERIFY(!site.reading().seen);
    }

    void sumsThatFallAndComeBackCountOnce() {
        Site site;
        const auto sum = [&](std::uint64_t good, std::uint64_t bad) {
            site.second();
            (void)site.feed({{"", page(good, bad)}});
        };
        sum(1'000'000, 0);
        sum(1'000'010, 0);
        const auto covered = site.reading().window.covered_s;
        sum(900'000, 0);  // one process of ten could not be read
        sum(900'005, 0);
        QCOMPARE(site.reading().window.covered_s, covered);  // of that nothing is known
        sum(1'000'030, 0);
        QCOMPARE(site.reading().window.counts, (slo::Counts{30, 30}));
        // Below for longer than a process may be missed: that is where it counts from now on.
        for (int i = 0; i < 62; ++i) sum(500 + std::uint64_t(i), 0);
        const auto before = site.reading().window.counts.total;
        for (const int appeared : {7, 9}) {  // and so does a series that is new
            site.second();
            (void)site.feed(
                {{"", page(600, 0) + fmt::format("gateway_responses_total{{code=\"502\"}} {}\n", appeared)}});
        }
        QCOMPARE(site.reading().window.counts.total - before, std::uint64_t(600 - 561 + 2));
    }

    void tooManySeriesOfAProcessAreRefusedByName() {
        Site site;
        site.second();
        std::string many;
        for (std::size_t i = 0; i <= TargetCounters::max_series; ++i)
            many += fmt::format("gateway_responses_total{{code=\"{}\"}} 1\n", i);
        const auto refused = site.feed({{"api/a", many}});
        QCOMPARE(refused.error().code, core::Errc::too_large);
    }
};

QTEST_GUILESS_MAIN(TestFeeds)
#include "tst_feeds.moc"
