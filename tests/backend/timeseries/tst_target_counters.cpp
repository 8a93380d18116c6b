#include <QtTest>

#include "timeseries/objective_counter.hpp"
#include "timeseries/target_counters.hpp"

using namespace qd;
using namespace qd::timeseries;

namespace {

core::WallTime at(double second) {
    return core::WallTime(std::chrono::milliseconds(std::int64_t((1e6 + second) * 1000)));
}

/// The text of a process that started at `start` and has counted `n`.
std::string text(double start, double n) {
    return fmt::format("process_start_time_seconds {}\nn_total{{x=\"1\"}} {}\n", 1e6 + start, n);
}

}  // namespace

class TestTargetCounters : public QObject {
    Q_OBJECT

    const Router router_ = [](const SeriesRef& series, Routes& routes) {
        if (series.name == "n_total") routes.counters.push_back(0);
        if (series.name == "g") routes.gauges.push_back(1);
    };

    double added(TargetCounters& counters, const std::string& scraped, double when,
                 std::optional<double> watching_since = 0) {
        const auto result = counters.ingest(
            scraped, at(when), watching_since ? std::optional(at(*watching_since)) : std::nullopt);
        if (!result) return -1;
        return result->values[0];
    }

private slots:
    void theFirstScrapeOfAnOldProcessIsABaseline() {
        TargetCounters counters(router_, 2);
        QCOMPARE(added(counters, text(-100, 5000), 10), 0.0);
        QCOMPARE(added(counters, text(-100, 5007), 11), 7.0);
    }

    void theFirstScrapeOfANewProcessCountsFromZero() {
        TargetCounters counters(router_, 2);
        QCOMPARE(added(counters, text(9, 12), 10), 12.0);
        TargetCounters unwatched(router_, 2);  // opsd itself has only just begun
        QCOMPARE(added(unwatched, text(9, 12), 10, std::nullopt), 0.0);
        TargetCounters older(router_, 2);  // it ran before we watched: somebody else may have counted that
        QCOMPARE(added(older, text(9, 12), 10, 9.8), 0.0);
    }

    void aRestartCountsFromZeroEvenIfItHasCountedMore() {
        TargetCounters counters(router_, 2);
        (void)added(counters, text(-100, 10), 10);
        QCOMPARE(added(counters, text(10.5, 25), 11), 25.0);
        QCOMPARE(added(counters, text(10.5, 26), 12), 1.0);
    }

    void aCounterThatFallsWasReset() {
        TargetCounters counters(router_, 2);
        (void)added(counters, "n_total 10\n", 1);
        QCOMPARE(added(counters, "n_total 3\n", 2), 3.0);
    }

    void aSeriesThatAppearsCountsFromZero() {
        TargetCounters counters(router_, 2);
        (void)added(counters, text(-100, 10), 1);
        QCOMPARE(added(counters, text(-100, 10) + "n_total{x=\"2\"} 4\n", 2), 4.0);
    }

    void anotherGoesOnWhereOneEnded() {
        TargetCounters before(router_, 2);
        QVERIFY(!before.baseline());
        (void)added(before, text(-100, 10.5) + "n_total{x=\"2\"} 1e17\nother 5\ng 3\n", 1);
        const auto baseline = before.baseline();
        QVERIFY(baseline && baseline->text.find("other") == std::string::npos);
        const auto resumed = [&] {
            TargetCounters after(router_, 2);
            if (!after.resume(*baseline)) qFatal("it is no exposition");
            return after;
        };
        auto after = resumed();
        // What is new to it may be old: nobody has saved what was not counted then.
        QCOMPARE(added(after, text(-100, 13.5) + "n_total{x=\"2\"} 1e17\nn_total{x=\"3\"} 4\n", 6), 3.0);
        QCOMPARE(added(after, text(-100, 13.5) + "n_total{x=\"3\"} 5\nn_total{x=\"4\"} 2\n", 7), 3.0);
        auto restarted = resumed();
        QCOMPARE(added(restarted, text(3, 12), 6), 12.0);
        auto late = resumed();
        QCOMPARE(added(late, text(-100, 50), 40), 0.0);
        QCOMPARE(added(late, text(-100, 51), 41), 1.0);
        TargetCounters damaged(router_, 2);
        QVERIFY(!damaged.resume({at(1), text(-100, 10) + "n_total{\n"}));
        QCOMPARE(added(damaged, text(-100, 50), 6), 0.0);
    }

    void missedScrapesAreCaughtUpWith() {
        TargetCounters counters(router_, 2);
        (void)added(counters, text(-100, 10), 1);
        QCOMPARE(added(counters, text(-100, 30), 20), 20.0);
    }

    void afterALongGapItIsABaselineAgain() {
        TargetCounters counters(router_, 2);
        (void)added(counters, text(-100, 10), 1);
        QCOMPARE(added(counters, text(-100, 9000), 40), 0.0);
        QCOMPARE(added(counters, text(-100, 9001), 41), 1.0);
    }

    void aRestartWithinALongGapCountsOnlyIfItIsYoung() {
        TargetCounters counters(router_, 2);
        (void)added(counters, text(-100, 10), 1);
        QCOMPARE(added(counters, text(50, 9000), 100), 0.0);
        TargetCounters young(router_, 2);
        (void)added(young, text(-100, 10), 1);
        QCOMPARE(added(young, text(95, 9), 100), 9.0);
    }

    void brokenTextCountsNothingAndLosesNothing() {
        TargetCounters counters(router_, 2);
        (void)added(counters, text(-100, 10), 1);
        QCOMPARE(added(counters, text(-100, 12) + "broken", 2), -1.0);
        QCOMPARE(added(counters, text(-100, 13), 3), 3.0);
    }

    void whatIsNoNumberCountsNothing() {
        TargetCounters counters(router_, 2);
        (void)added(counters, "n_total 10\n", 1);
        QCOMPARE(added(counters, "n_total NaN\n", 2), 0.0);
        QCOMPARE(added(counters, "n_total +Inf\n", 3), 0.0);
        QCOMPARE(added(counters, "n_total 11\n", 4), 1.0);
    }

    void gaugesAreTakenAsTheyAre() {
        TargetCounters counters(router_, 2);
        const auto first = counters.ingest("g 5\n", at(1), std::nullopt);
        QCOMPARE(first->values[1], 5.0);
        QVERIFY(!first->counted && first->touched[1] && !first->touched[0]);
    }

    void tooManySeriesAreRefused() {
        TargetCounters counters(router_, 2);
        std::string many;
        for (std::size_t i = 0; i <= TargetCounters::max_series; ++i) many += fmt::format("s{} 1\n", i);
        QCOMPARE(added(counters, many, 1), -1.0);
    }

    void indicatorsBecomeWholeEvents() {
        const auto count = [](const slo::Indicator& indicator, const std::vector<std::string>& texts,
                              bool* carried) {
            ObjectiveCounter counter(indicator, 0);
            const Router router = [&](const SeriesRef& series, Routes& routes) {
                counter.route(series, routes);
            };
            TargetCounters counters(router, ObjectiveCounter::slot_count);
            slo::Counts sum;
            double second = 0;
            for (const std::string& scraped : texts) {
                const auto additions = counters.ingest(scraped, at(++second), std::nullopt);
                *carried = counter.carried_by(*additions);
                if (*carried) counter.take(*additions);
                sum += counter.collect();
            }
            return sum;
        };
        bool carried = false;
        const slo::Indicator ratio =
            slo::RatioIndicator{{"r_total", {slo::LabelMatcher::parse("code", "!5*")}}, {"r_total", {}}};
        QCOMPARE(
            count(ratio, {"r_total{code=\"200\"} 1\n", "r_total{code=\"200\"} 9\nr_total{code=\"503\"} 2\n"},
                  &carried),
            (slo::Counts{8, 10}));
        const slo::Indicator latency =
            slo::LatencyIndicator{{"h", {slo::LabelMatcher::parse("route", "/a*")}}, 0.1};
        const auto histogram = [](int fast, int all) {
            return fmt::format(
                "h_bucket{{route=\"/a\",le=\"0.1\"}} {}\nh_bucket{{route=\"/a\",le=\"+Inf\"}} "
                "{}\nh_count{{route=\"/a\"}} "
                "{}\nh_bucket{{route=\"/b\",le=\"0.1\"}} 0\nh_count{{route=\"/b\"}} 50\n",
                fast, all, all);
        };
        QCOMPARE(count(latency, {histogram(0, 0), histogram(7, 9)}, &carried), (slo::Counts{7, 9}));
        // Without the threshold among the bounds nothing can be told.
        const slo::Indicator other = slo::LatencyIndicator{{"h", {}}, 0.12};
        (void)count(other, {histogram(0, 0), histogram(7, 9)}, &carried);
        QVERIFY(!carried);
        const slo::Indicator time = slo::TimeIndicator{{"watch", {}}, {"stall", {}}};
        QCOMPARE(count(time,
                       {"watch 0\nstall 0\n", "watch 0.0004\nstall 0\n", "watch 0.001\nstall 0.25\n",
                        "watch 3\nstall 0.25\n"},
                       &carried),
                 (slo::Counts{3000, 3250}));
        const slo::Indicator within = slo::TimeIndicator{{"watch", {}}, {"stall", {}}, true};
        QCOMPARE(count(within, {"watch 0\nstall 0\n", "watch 3\nstall 0.25\n"}, &carried),
                 (slo::Counts{2750, 3000}));
        QVERIFY(carried);
        (void)count(time, {"else 1\n"}, &carried);
        QVERIFY(!carried);
    }
};

QTEST_GUILESS_MAIN(TestTargetCounters)
#include "tst_target_counters.moc"
