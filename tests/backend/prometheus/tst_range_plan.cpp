#include "prometheus/range_plan.hpp"

#include <QtTest>
#include <random>

using namespace qd;
using namespace qd::prometheus;
using namespace std::chrono_literals;

class TestRangePlan : public QObject {
    Q_OBJECT

private slots:
    void twentyEightDaysAreOneQuery() {
        const core::WallTime from(220s * 1'000'000);
        const auto plan = plan_backfill(from, from + std::chrono::days(28));
        QCOMPARE(plan->size(), std::size_t(1));
        QCOMPARE(plan->front().step, 220s);
        QCOMPARE(plan->front().points(), std::size_t(10'996));  // 28 * 86,400 / 220, whole steps
        QVERIFY(plan->front().from == from + 220s);
    }

    void onlyWholeStepsWithinTheRangeAreAsked() {
        const core::WallTime zero(220s * 1'000'000);
        QVERIFY(plan_backfill(zero, zero + 219s)->empty());
        QVERIFY(plan_backfill(zero + 1ms, zero + 439s)->empty());
        QCOMPARE(plan_backfill(zero, zero + 220s)->front().points(), std::size_t(1));
        const auto plan = plan_backfill(zero + 1ms, zero + 440s);
        QVERIFY(plan->front().from == zero + 440s && plan->front().to == zero + 440s);
        QVERIFY(!plan_backfill(zero, zero - 1ms));
    }

    void mistakesAreRefused() {
        const core::WallTime zero{};
        QVERIFY(!plan_range(zero, zero - 1s, 1s));
        QVERIFY(!plan_range(zero, zero + 1s, 0s));
        QCOMPARE(plan_range(zero, zero + 11'000'000s, 1s).error().code, core::Errc::too_large);
        QVERIFY(plan_range(zero, zero + 10'999'999s, 1s).has_value());
    }

    /// Every point once, none beyond, no query too large.
    void allPointsAreAskedOnce() {
        std::mt19937_64 random(5);
        for (int round = 0; round < 2'000; ++round) {
            const core::WallTime from(std::chrono::milliseconds(random() % 2'000'000'000'000));
            const std::chrono::seconds step(1 + random() % 1'000);
            const core::WallTime to =
                from + std::chrono::milliseconds(random() % 40'000'000'000) % (step * 60'000);
            const auto plan = plan_range(from, to, step);
            QVERIFY(plan.has_value());
            core::WallTime next = from;
            for (const RangeQuery& query : *plan) {
                QVERIFY(query.from == next && query.step == step);
                QVERIFY(query.points() >= 1 && query.points() <= max_points);
                QVERIFY((query.to - query.from) % step == 0ms);
                next = query.to + step;
            }
            QVERIFY(next > to && next - step <= to);
        }
    }

    void backfillsAreNeverFinerAndCutAtTheSamePlaces() {
        std::mt19937_64 random(6);
        for (int round = 0; round < 2'000; ++round) {
            const core::WallTime from(std::chrono::milliseconds(random() % 2'000'000'000'000));
            const core::WallTime to = from + std::chrono::milliseconds(random() % (90ull * 86'400'000));
            const auto plan = plan_backfill(from, to);
            QVERIFY(plan.has_value());
            for (const RangeQuery& query : *plan) {
                QVERIFY(query.step == backfill_step && query.points() <= max_points);
                QVERIFY(query.from.time_since_epoch() % backfill_step == 0ms);
                QVERIFY(query.from - backfill_step >= from && query.to <= to);
            }
            if (plan->empty()) QVERIFY(to - from < 2 * backfill_step);
        }
    }

    void historyMayComeInLongerStepsOnly() {
        const auto plan = plan_backfill(core::WallTime(1'000s), core::WallTime(2'000s), 300s);
        QCOMPARE(*plan, (std::vector<RangeQuery>{{core::WallTime(1'500s), core::WallTime(1'800s), 300s}}));
        QCOMPARE(plan_backfill(core::WallTime(1'000s), core::WallTime(2'000s), 200s).error().code,
                 core::Errc::invalid_argument);
    }
};

QTEST_GUILESS_MAIN(TestRangePlan)
#include "tst_range_plan.moc"
