#include <QtTest>

#include "slo/alert.hpp"
#include "slo/status.hpp"
#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::slo;
using test::window;

namespace {

core::WallTime at(std::int64_t second) {
    return core::WallTime(std::chrono::seconds(1'700'000'000 + second));
}

/// What a source tells of availability() at one moment.
Reading reading(std::uint64_t bad, std::uint64_t per_10_s) {
    Reading reading;
    reading.seen = true;
    reading.as_of = at(0);
    reading.window = window(3600, bad, per_10_s * 360);
    reading.shorts = {window(10, bad, per_10_s), window(60, bad, per_10_s * 6)};
    reading.longs = {window(60, bad, per_10_s * 6), window(300, bad, per_10_s * 30)};
    return reading;
}

}  // namespace

class TestStatus : public QObject {
    Q_OBJECT

private slots:
    void onTargetWithTrafficIsGreen() {
        Evaluator evaluator(test::availability());
        const Status status = evaluator.evaluate(reading(0, 100), 0);
        QCOMPARE(status.health, Health::healthy);
        QCOMPARE(*status.sli, 1.0);
        QCOMPARE(*status.budget.remaining, 1.0);
    }

    void aSpentBudgetMayBeGreenAndIsShownSpent() {
        Evaluator evaluator(test::availability());
        Reading now = reading(0, 100);
        now.window = window(3600, 1000, 36'000);
        const Status status = evaluator.evaluate(now, 0);
        QCOMPARE(status.health, Health::healthy);
        QVERIFY(status.budget.exhausted && *status.budget.remaining < 0);
    }

    void neverReadIsNoData() {
        Evaluator evaluator(test::availability());
        const Status status = evaluator.evaluate(Reading{}, 0);
        QCOMPARE(status.health, Health::no_data);
        QVERIFY(!status.sli && !status.as_of && !status.budget.remaining);
        QVERIFY(!status.rows[0].short_burn && !status.rows[0].fires_in_s && !status.rows[0].firing);
    }

    void oldReadingsAreStale() {
        Evaluator evaluator(test::availability());
        Reading old = reading(90, 100);
        old.age_s = 6;
        const Status status = evaluator.evaluate(old, 0);
        QCOMPARE(status.health, Health::stale);
        QVERIFY(!status.rows[0].firing);  // no judgement on old figures
        QVERIFY(!status.rows[0].fires_in_s && !status.budget.exhausted_in_s.value_or(0));
    }

    void tooLittleTrafficIsNoTraffic() {
        Evaluator evaluator(test::availability());
        QCOMPARE(evaluator.evaluate(reading(0, 19), 0).health, Health::no_traffic);
        QCOMPARE(evaluator.evaluate(reading(0, 20), 1).health, Health::healthy);
        QVERIFY(!evaluator.evaluate(reading(0, 0), 2).sli);
    }

    void offTargetIsBurningBeforeARowFires() {
        Evaluator evaluator(test::availability());
        Reading now = reading(1, 100);  // 1 % in 10 s, but a single failure fires no row
        const Status status = evaluator.evaluate(now, 0);
        QVERIFY(!status.rows[0].firing);
        QCOMPARE(status.health, Health::burning);
    }

    void missingTargetsAndGapsArePartial() {
        Evaluator evaluator(test::availability());
        Reading now = reading(0, 100);
        now.targets_missing = 1;
        QCOMPARE(evaluator.evaluate(now, 0).health, Health::partial);
        now.targets_missing = 0;
        now.shorts[0].covered_s = 7;
        QCOMPARE(evaluator.evaluate(now, 1).health, Health::partial);
        now.shorts[0].covered_s = 8;
        QCOMPARE(evaluator.evaluate(now, 2).health, Health::healthy);
    }

    void aYoungWindowIsGreenAndTellsItsCoverage() {
        Evaluator evaluator(test::availability());
        Reading now = reading(0, 100);
        now.window.covered_s = 12;
        const Status status = evaluator.evaluate(now, 0);
        QCOMPARE(status.health, Health::healthy);
        QVERIFY(status.window.coverage() < 0.01);
    }

    void namesOfHealthGoBothWays() {
        for (int i = 0; i < 6; ++i) QCOMPARE(int(*parse_health(to_string(Health(i)))), i);
        QVERIFY(!parse_health("fine"));
    }

    void aRowThatFiresMakesOneAlertUntilItEnds() {
        Evaluator evaluator(test::availability());
        AlertTracker tracker;
        QVERIFY(tracker.update(evaluator.evaluate(reading(0, 100), 0), at(0)).empty());
        const auto started = tracker.update(evaluator.evaluate(reading(8, 100), 1), at(1));
        QCOMPARE(started.size(), std::size_t(1));
        const Alert& alert = started[0];
        QCOMPARE(alert.state, AlertState::firing);
        QCOMPARE(alert.slo_id.value, std::string("playback-availability"));
        QCOMPARE(alert.severity, Severity::sev2);
        QVERIFY2(QString::fromStdString(alert.reason).contains("8 of 600 requests bad in 60 s"),
                 alert.reason.c_str());
        QVERIFY(tracker.update(evaluator.evaluate(reading(8, 100), 2), at(2))
                    .empty());  // it goes on: no second one
        std::vector<Alert> ended;
        for (int second = 3; second < 30; ++second)
            for (Alert& change : tracker.update(evaluator.evaluate(reading(0, 100), second), at(second)))
                ended.push_back(change);
        QCOMPARE(ended.size(), std::size_t(1));
        QCOMPARE(ended[0].id, alert.id);
        QCOMPARE(ended[0].state, AlertState::ended);
        QCOMPARE(*ended[0].ended_at, at(13));
        QCOMPARE(tracker.all().size(), std::size_t(1));
    }

    void halfOfEverythingFailingIsSev1() {
        Evaluator evaluator(test::availability());
        AlertTracker tracker;
        const auto started = tracker.update(evaluator.evaluate(reading(60, 100), 1), at(1));
        QVERIFY(!started.empty());
        QCOMPARE(started[0].severity, Severity::sev1);
    }

    void aRestartGoesOnWithTheSameAlert() {
        Evaluator evaluator(test::availability());
        AlertTracker tracker;
        const auto started = tracker.update(evaluator.evaluate(reading(8, 100), 1), at(1));
        AlertTracker again;
        QVERIFY(again.restore(tracker.all(), {test::availability()}, at(5)).empty());
        const auto rows = again.firing_rows(test::availability());
        QVERIFY(rows[0] && !rows[1]);
        Evaluator recovered(test::availability(), rows);
        QVERIFY(again.update(recovered.evaluate(reading(8, 100), 6), at(6)).empty());
        QCOMPARE(again.all()[0].id, started[0].id);
    }

    void alertsOfRowsThatAreGoneEndAtTheRestart() {
        Evaluator evaluator(test::availability());
        AlertTracker tracker;
        (void)tracker.update(evaluator.evaluate(reading(8, 100), 1), at(1));
        AlertTracker again;
        const auto ended = again.restore(tracker.all(), {}, at(9));
        QCOMPARE(ended.size(), std::size_t(1));
        QCOMPARE(*ended[0].ended_at, at(9));
    }

    void keepsABoundedNumberOfEndedAlerts() {
        AlertTracker tracker(3);
        Status status;
        status.objective = test::availability();
        RowStatus row;
        row.row = status.objective.rows[0];
        for (int i = 0; i < 20; ++i) {
            row.firing = i % 2 == 0;
            status.rows = {row};
            (void)tracker.update(status, at(i));
        }
        QCOMPARE(tracker.all().size(), std::size_t(3));
        QCOMPARE(*tracker.all()[0].ended_at, at(19));  // the newest first
    }
};

QTEST_GUILESS_MAIN(TestStatus)
#include "tst_status.moc"
