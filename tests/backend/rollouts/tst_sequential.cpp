#include <QTest>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "rollouts/sequential.hpp"

using namespace qd::rollouts;

namespace {

double evidence(double reference_bad, double reference_total, double canary_bad, double canary_total) {
    const Proportions only{reference_bad, reference_total, canary_bad, canary_total};
    return std::exp(log_evidence(std::span(&only, 1)));
}

double log_choose(double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

double binomial(double n, double k, double p) {
    return std::exp(log_choose(n, k) + k * std::log(p) + (n - k) * std::log1p(-p));
}

/// What the evidence is worth on average, summed up over everything that can happen.
double expectation(int n1, double p1, int n2, double p2) {
    double sum = 0;
    for (int k1 = 0; k1 <= n1; ++k1)
        for (int k2 = 0; k2 <= n2; ++k2)
            sum += binomial(n1, k1, p1) * binomial(n2, k2, p2) * evidence(k1, n1, k2, n2);
    return sum;
}

}  // namespace

class TestSequential : public QObject {
    Q_OBJECT

private slots:
    void nothingSeenIsNoEvidence() {
        QCOMPARE(log_evidence({}), 0.0);
        QCOMPARE(anytime_p(0), 1.0);
        QVERIFY(qAbs(evidence(0, 0, 0, 0) - 1) < 1e-12);
        QVERIFY(qAbs(evidence(7, 50, 0, 0) - 1) < 1e-12);
        // No bad request among a hundred: bad ones say nothing, good ones next to nothing.
        QVERIFY(qAbs(evidence(0, 50, 0, 50) - 1) < 0.05);
    }

    /// By hand: with equal shares a bad canary request is worth 2 theta / (1 + theta), one good of each arm
    /// 4 theta / (1 + theta)^2 with theta below 1; 5 % of it all has not begun and stays 1.
    void oneBadRequestAsByHand() {
        const std::array<double, 4> theta{1.6, 2.5, 5, 20}, weight{0.75, 0.10, 0.08, 0.07};
        double expected = 0.05;
        for (int i = 0; i < 4; ++i) {
            expected += 0.95 * 0.97 * weight[i] * 2 * theta[i] / (1 + theta[i]);
            // One good request, of the reference: 2 / (1 + 1/theta).
            expected += 0.95 * 0.03 * weight[i] * 2 / (1 + 1 / theta[i]);
        }
        QVERIFY(qAbs(evidence(0, 1, 1, 1) - expected) < 1e-12);
    }

    /// What makes it valid: without a difference, or with a better canary, its expectation is at most 1.
    void onAverageItNeverGrowsWithoutADifference() {
        for (const double p : {0.001, 0.02, 0.3, 0.5, 0.9, 0.999})
            for (const auto& [n1, n2] : {std::pair{40, 40}, std::pair{90, 10}, std::pair{5, 60}}) {
                QVERIFY2(expectation(n1, p, n2, p) <= 1 + 1e-9, qPrintable(QString::number(p)));
                QVERIFY(expectation(n1, p, n2, p / 2) <= 1 + 1e-9);
            }
        QVERIFY(expectation(60, 0.02, 60, 0.2) > 5);
        QVERIFY(expectation(60, 0.6, 60, 0.97) > 2);
    }

    void lookingAlwaysRaisesNoMoreAlarmsThanAllowed() {
        std::mt19937_64 random(11);
        std::bernoulli_distribution bad(0.05), canary(0.3);
        int alarms = 0;
        constexpr int rollouts = 400;
        for (int i = 0; i < rollouts; ++i) {
            Proportions counts;
            for (int n = 0; n < 2'000; ++n) {
                (canary(random) ? ++counts.canary_total : ++counts.reference_total);
                if (!bad(random)) continue;
                (canary(random) ? ++counts.canary_bad : ++counts.reference_bad);
                if (anytime_p(log_evidence(std::span(&counts, 1))) < 0.1) {
                    ++alarms;
                    break;
                }
            }
        }
        // 10 % of 400 are 40; four standard deviations more.
        QVERIFY2(alarms < 40 + 24, qPrintable(QString::number(alarms)));
    }

    void moreBadIsMoreEvidence() {
        double before = 0;
        for (int bad = 0; bad <= 200; ++bad) {
            const double now = evidence(10, 1'000, bad, 200);
            QVERIFY(now > before);
            before = now;
        }
        QVERIFY(evidence(20, 1'000, 20, 200) < evidence(10, 1'000, 20, 200));
    }

    void aMovedSplitIsNoDifference() {
        // 1 % while the canary has a tenth, 10 % (a bad hour for everybody) while it has half of the traffic.
        const std::array strata{Proportions{90, 9'000, 10, 1'000}, Proportions{500, 5'000, 500, 5'000}};
        QVERIFY(anytime_p(log_evidence(strata)) > 0.5);
        const Difference apart = pooled_difference(strata);
        QVERIFY(qAbs(apart.value) < 1e-12 && apart.standard_error > 0);
        const Proportions added{590, 14'000, 510, 6'000};
        QVERIFY(anytime_p(log_evidence(std::span(&added, 1))) < 1e-6);
    }

    void aCanaryThatTurnsBadLateIsFoundAllTheSame() {
        std::vector<Proportions> strata(4, {200, 20'000, 200, 20'000});
        strata.push_back({10, 1'000, 60, 1'000});
        QVERIFY(anytime_p(log_evidence(strata)) < 0.001);
        QCOMPARE(anytime_p(log_evidence(std::span(strata).first(4))), 1.0);
    }

    void strataWithAnEmptyArmChangeLittle() {
        const std::array strata{Proportions{3, 900, 0, 0}, Proportions{10, 1'000, 30, 1'000}};
        const double alone = log_evidence(std::span(&strata[1], 1));
        QVERIFY(qAbs(log_evidence(strata) - alone) < 0.1);
        QCOMPARE(pooled_difference(strata).value, pooled_difference(std::span(&strata[1], 1)).value);
        QCOMPARE(pooled_difference({}).standard_error, 0.0);
    }

    /// (30 - 15) / 100 with a standard error of sqrt(.3 * .7 / 100 + .15 * .85 / 100) = 0.05809.
    void differenceOfOneStratumIsThePlainOne() {
        const Proportions counts{15, 100, 30, 100};
        const Difference difference = pooled_difference(std::span(&counts, 1));
        QVERIFY(qAbs(difference.value - 0.15) < 1e-12);
        QVERIFY(qAbs(difference.standard_error - 0.058095) < 1e-6);
    }

    void hugeCountsStayFinite() {
        const Proportions worse{1e3, 1e9, 1e9, 1e9}, better{1e9, 1e9, 0, 1e9};
        QVERIFY(std::isfinite(log_evidence(std::span(&worse, 1))));
        QVERIFY(std::isfinite(log_evidence(std::span(&better, 1))));
        QCOMPARE(anytime_p(log_evidence(std::span(&worse, 1))), 0.0);
        QCOMPARE(anytime_p(log_evidence(std::span(&better, 1))), 1.0);
    }
};

QTEST_GUILESS_MAIN(TestSequential)
#include "tst_sequential.moc"
