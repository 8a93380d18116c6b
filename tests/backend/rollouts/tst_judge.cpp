#include <QTest>

#include "rollouts/judge.hpp"

using namespace qd;
using namespace qd::rollouts;

namespace {

Verdict of(ArmCounts stable, ArmCounts canary, Analysis analysis = {}) {
    return judge(stable, canary, analysis, core::WallTime{});
}

}  // namespace

class TestJudge : public QObject {
    Q_OBJECT

private slots:
    void quantilesOfTheNormalDistribution() {
        QVERIFY(qAbs(normal_quantile(0.975) - 1.959963984540054) < 1e-12);
        QVERIFY(qAbs(normal_quantile(0.5)) < 1e-12);
        QVERIFY(qAbs(normal_quantile(0.001) + 3.090232306167814) < 1e-10);
    }

    /// Wilson's interval for 81 of 263 at 95 %: 0.2553 to 0.3662 (Newcombe 1998, table I of the single
    /// proportion).
    void wilsonsIntervalAsPublished() {
        const Interval interval = wilson(81, 263, 0.95);
        QVERIFY(qAbs(interval.low - 0.2553) < 0.00005);
        QVERIFY(qAbs(interval.high - 0.3662) < 0.00005);
        QVERIFY(qAbs(wilson(0, 20, 0.95).high - 0.1611) < 0.00005);
        QCOMPARE(wilson(0, 20, 0.95).low, 0.0);
    }

    /// Method 10 of Newcombe 1998 (interval for the difference of two proportions): 56/70 against 48/80 gives
    /// 0.0524 to 0.3339; 9/10 against 3/10 gives 0.1705 to 0.8090.
    void newcombesIntervalAsPublished() {
        const Interval one = newcombe(48, 80, 56, 70, 0.95);
        QVERIFY(qAbs(one.low - 0.0524) < 0.00005);
        QVERIFY(qAbs(one.high - 0.3339) < 0.00005);
        const Interval two = newcombe(3, 10, 9, 10, 0.95);
        QVERIFY(qAbs(two.low - 0.1705) < 0.00005);
        QVERIFY(qAbs(two.high - 0.8090) < 0.00005);
    }

    /// The tea tasting: 3 of 4 right has p = 17/70, all right 1/70.
    void fishersTestAsInTheTeaTasting() {
        QVERIFY(qAbs(fisher_p(1, 4, 3, 4) - 17.0 / 70) < 1e-12);
        QVERIFY(qAbs(fisher_p(0, 4, 4, 4) - 1.0 / 70) < 1e-12);
        QVERIFY(qAbs(fisher_p(2, 4, 0, 4) - 1.0) < 1e-12);
    }

    /// 15/100 against 30/100: pooled z = 2.5400, one-sided p = 0.00554.
    void pooledZTest() {
        QVERIFY(qAbs(two_proportion_p(15, 100, 30, 100) - 0.005543) < 0.00001);
        QVERIFY(qAbs(two_proportion_p(30, 100, 15, 100) - (1 - 0.005543)) < 0.00001);
        QCOMPARE(two_proportion_p(0, 50, 0, 50), 0.5);
        QCOMPARE(two_proportion_p(50, 50, 50, 50), 0.5);
    }

    void aBadCanaryFailsAndSaysWhy() {
        const Verdict verdict = of({5'000, 10, 0, 0}, {500, 60, 0, 0});
        QCOMPARE(verdict.outcome, Outcome::fail);
        QVERIFY(verdict.explanation.find("canary 12.00 % (60 of 500)") != std::string::npos);
        QVERIFY(verdict.explanation.find("stable 0.20 % (10 of 5000)") != std::string::npos);
        QVERIFY(verdict.metrics[0].low > 0.05 && verdict.metrics[0].high < 0.2);
        QVERIFY(!verdict.metrics[0].would_change.empty());
    }

    void tooLittleDataIsNeverAFailure() {
        const Verdict verdict = of({5'000, 0, 0, 0}, {99, 99, 0, 0});
        QCOMPARE(verdict.outcome, Outcome::not_enough_data);
        QVERIFY(verdict.explanation.find("99 of the 100") != std::string::npos);
        QCOMPARE(of({}, {}).outcome, Outcome::not_enough_data);
        QVERIFY(!of({}, {}).metrics[0].canary_ratio);
    }

    void noDifferencePasses() {
        QCOMPARE(of({5'000, 0, 5'000, 10}, {500, 0, 500, 1}).outcome, Outcome::pass);
        QCOMPARE(of({1'000, 20, 0, 0}, {1'000, 20, 0, 0}).outcome, Outcome::pass);
    }

    void significantButSmallIsBorne() {
        // 0.1 % against 0.6 %: surely worse, but by less than one point.
        const Verdict verdict = of({100'000, 100, 0, 0}, {10'000, 60, 0, 0});
        QCOMPARE(verdict.outcome, Outcome::pass);
        QVERIFY(verdict.explanation.find("Measurably worse") != std::string::npos);
    }

    void largeButUnsureIsMarginal() {
        const Verdict verdict = of({200, 4, 0, 0}, {100, 4, 0, 0});
        QCOMPARE(verdict.outcome, Outcome::marginal);
        QVERIFY(verdict.metrics[0].would_change.find("requests at the same ratios") != std::string::npos);
    }

    void slownessIsJudgedOnItsOwn() {
        const Verdict verdict = of({5'000, 0, 5'000, 100}, {500, 0, 500, 250});
        QCOMPARE(verdict.outcome, Outcome::fail);
        QCOMPARE(verdict.metrics.size(), std::size_t(2));
        QCOMPARE(verdict.metrics[0].outcome, Outcome::pass);
        QVERIFY(verdict.explanation.starts_with("ratio slower than 0.2 s"));
    }

    void theFailingNumberItNamesIsTheFirstThatFails() {
        for (std::uint64_t bad = 0; bad < 60; ++bad) {
            const Verdict verdict = of({2'000, 10, 0, 0}, {300, bad, 0, 0});
            const std::string& text = verdict.metrics[0].would_change;
            if (verdict.outcome != Outcome::pass) continue;
            const auto named = std::stoull(text);
            QCOMPARE(of({2'000, 10, 0, 0}, {300, named, 0, 0}).outcome, Outcome::fail);
            QVERIFY(of({2'000, 10, 0, 0}, {300, named - 1, 0, 0}).outcome != Outcome::fail);
        }
    }

    void moreBadNeverLooksBetter() {
        Analysis analysis;
        analysis.min_sample = 10;
        for (const std::uint64_t total : {10u, 37u, 150u, 1'000u}) {
            double before = 2;
            bool failed = false;
            for (std::uint64_t bad = 0; bad <= total; ++bad) {
                const Verdict verdict = of({400, 8, 0, 0}, {total, bad, 0, 0}, analysis);
                const MetricVerdict& metric = verdict.metrics[0];
                QVERIFY(*metric.low <= *metric.difference && *metric.difference <= *metric.high);
                QVERIFY(*metric.p_value >= 0 && *metric.p_value <= 1);
                // The two tests differ a little where one takes over from the other.
                QVERIFY(*metric.p_value <= before + 0.05);
                before = *metric.p_value;
                if (failed) QCOMPARE(verdict.outcome, Outcome::fail);
                failed = verdict.outcome == Outcome::fail;
            }
            QVERIFY(failed);
        }
    }

    void impossibleCountsAreTakenAsAllBad() {
        const Verdict verdict = of({500, 0, 0, 0}, {200, 300, 0, 0});
        QCOMPARE(*verdict.metrics[0].canary_ratio, 1.0);
    }

    void millionsAreJudgedQuickly() {
        QVERIFY(of({900'000'000, 100, 0, 0}, {1'000'000, 3, 0, 0}).outcome == Outcome::pass);
        QVERIFY(fisher_p(1'000'000, 1'000'000, 1'000'000, 1'000'000) <= 1);
    }
};

QTEST_GUILESS_MAIN(TestJudge)
#include "tst_judge.moc"
