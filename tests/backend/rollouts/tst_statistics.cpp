#include <QTest>
#include <cmath>
#include <limits>
#include <vector>

#include "rollouts/rank_test.hpp"
#include "rollouts/statistics.hpp"

using namespace qd::rollouts;

namespace {

using Values = std::vector<double>;

}  // namespace

class TestStatistics : public QObject {
    Q_OBJECT

private slots:
    void quantilesOfTheNormalDistribution() {
        QVERIFY(qAbs(normal_quantile(0.975) - 1.959963984540054) < 1e-12);
        QVERIFY(qAbs(normal_quantile(0.5)) < 1e-12);
        QVERIFY(qAbs(normal_quantile(0.001) + 3.090232306167814) < 1e-10);
        QVERIFY(qAbs(upper_tail(1.959963984540054) - 0.025) < 1e-12);
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
        QVERIFY(fisher_p(1'000'000, 1'000'000, 1'000'000, 1'000'000) <= 1);
    }

    /// 15/100 against 30/100: pooled z = 2.5400, one-sided p = 0.00554.
    void pooledZTest() {
        QVERIFY(qAbs(two_proportion_p(15, 100, 30, 100) - 0.005543) < 0.00001);
        QVERIFY(qAbs(two_proportion_p(30, 100, 15, 100) - (1 - 0.005543)) < 0.00001);
        QCOMPARE(two_proportion_p(0, 50, 0, 50), 0.5);
        QCOMPARE(two_proportion_p(50, 50, 50, 50), 0.5);
    }

    /// Cohen 1988: h of 0.25 and 0.40 is 2 asin sqrt 0.40 - 2 asin sqrt 0.25 = 1.3694 - 1.0472.
    void cohensEffectSize() {
        QVERIFY(qAbs(cohens_h(0.25, 0.40) - 0.3222) < 0.0001);
        QVERIFY(qAbs(cohens_h(0.40, 0.25) + 0.3222) < 0.0001);
        QCOMPARE(cohens_h(0.1, 0.1), 0.0);
    }

    /// Permeability of the placenta at term against 12 to 26 weeks (Hollander and Wolfe, example 4.1): U =
    /// 35, Hodges-Lehmann 0.305. With the normal approximation and continuity z = (35 - 25 - .5) / sqrt(10 *
    /// 5 * 16 / 12) = 1.1635, one-sided p = 0.1223.
    void placentaFromTheTextbook() {
        const Values term{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46},
            early{1.15, 0.88, 0.90, 0.74, 1.21};
        const auto test = rank_test(term, early, 0.95);
        QVERIFY(test);
        QCOMPARE(test->u, 35.0);
        QVERIFY(qAbs(test->p_greater - 0.12231) < 0.0001);
        QVERIFY(qAbs(test->p_two_sided - 0.24463) < 0.0002);
        QVERIFY(qAbs(test->superiority - 0.7) < 1e-12);
        QVERIFY(test->estimate > 0.29 && test->estimate < 0.32);
        QVERIFY(test->interval.low < 0 && test->interval.high > 0.6);
        QVERIFY(qAbs(test->median_x - 1.415) < 1e-12);
        QVERIFY(qAbs(test->median_y - 0.90) < 1e-12);
        QVERIFY(qAbs(*test->mean_ratio - 1.313 / 0.976) < 1e-9);
    }

    /// By hand: x = 2, 2, 3 and y = 1, 2, 2. U = 1 + .5 * 4 + 2 + 3 - 1 = 7; four are tied, so the variance
    /// is 9 / 12 * (7 - 60 / 30) = 3.75 and z = (7 - 4.5 - .5) / 1.9365 = 1.0328, p = 0.1508.
    void tiesLessenTheVariance() {
        const auto test = rank_test(Values{2, 2, 3}, Values{1, 2, 2}, 0.95);
        QCOMPARE(test->u, 7.0);
        QVERIFY(qAbs(test->p_greater - 0.15085) < 0.0001);
    }

    void aShiftIsFoundWithItsSize() {
        Values x, y;
        for (int i = 0; i < 500; ++i) {
            y.push_back(0.1 + 0.0001 * ((i * 7919) % 500));
            x.push_back(0.03 + 0.1 + 0.0001 * ((i * 104'729) % 500));
        }
        const auto test = rank_test(x, y, 0.99);
        QVERIFY(qAbs(test->estimate - 0.03) < 0.0005);
        QVERIFY(test->interval.low < 0.03 && test->interval.high > 0.03 && test->interval.low > 0.02);
        const auto back = rank_test(y, x, 0.99);
        QVERIFY(qAbs(back->estimate + test->estimate) < 1e-6);
        QVERIFY(qAbs(back->u + test->u - 250'000) < 1e-6);
        QVERIFY(back->p_greater > 0.999);
    }

    void whatCannotBeRankedIsNotTested() {
        QVERIFY(!rank_test(Values{}, Values{1, 2}, 0.95));
        QVERIFY(!rank_test(Values{1, 1}, Values{1, 1, 1}, 0.95));
        QVERIFY(!rank_test(Values{1, std::nan("")}, Values{1, 2}, 0.95));
        QVERIFY(!rank_test(Values{1, std::numeric_limits<double>::infinity()}, Values{1, 2}, 0.95));
        QVERIFY(!rank_test(Values{-1, 3}, Values{-1, 1}, 0.95)->mean_ratio);
    }
};

QTEST_GUILESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
