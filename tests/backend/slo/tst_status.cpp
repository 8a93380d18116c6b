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

    void aPartIsNoMoreThanAPart() {
        Evaluator evaluator(test::availability());
        Reading now = reading(0, 100);
        now.partial = true;
        now.reasons = {"a store is down"};
        const Status status = evaluator.evaluate(now, 0);
        QCOMPARE(status.health, Health::partial);
        QCOMPARE(status.reasons, now.reasons);
        now.shorts[0].counts = {};
        QCOMPARE(evaluator.evaluate(now, 1).health, Health::partial);
        now = reading(50, 100);
        now.partial = true;
        QCOMPARE(evaluator.evaluate(now, 2).health, Health::burning);  // what is told is bad enough
    }

    void whoIsAskedLessOftenIsStaleLater() {
        Evaluator evaluator(test::availability());
        Reading now = reading(0, 100);
        now.age_s = 14;
        now.stale_after_s = 15;
        QCOMPARE(evaluator.evaluate(now, 0).health, Health::healthy);
        now.stale_after_s = stale_after_s;
        QCOMPARE(evaluator.evaluate(now, 1).health, Health::stale);
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

    void absentDataRaisesAnAlertOfItsOwn() {
        Objective objective = test::availability();
        objective.absent = AbsentRule{30, Severity::sev3};
        Evaluator evaluator(objective);
        AlertTracker tracker;
        std::vector<Alert> changes;
        const auto look = [&](int second, double age_s, bool excluded = false) {
            Reading now = reading(0, 100);
            now.age_s = age_s;
            now.excluded.now = excluded;
            const Status status = evaluator.evaluate(now, second);
            for (Alert& change : tracker.update(status, at(second))) changes.push_back(change);
        };
        for (int second = 0; second < 100; ++second) look(second, 0);
        for (int second = 100; second < 129; ++second) look(second, second - 94);
        QVERIFY(changes.empty());
        look(129, 35);
        QCOMPARE(changes.size(), std::size_t(1));
        QCOMPARE(changes[0].kind, AlertKind::absent);
        QCOMPARE(changes[0].severity, Severity::sev3);
        QVERIFY(changes[0].id.value.starts_with("playback-availability.absent."));
        QVERIFY2(changes[0].reason.find("no reading for 30 s") != std::string::npos,
                 changes[0].reason.c_str());
        // After a restart it still fires, and ends with the first reading.
        AlertTracker again;
        QVERIFY(again.restore(tracker.all(), {objective}, at(130)).empty());
        QVERIFY(again.absent_fires(objective) && !again.firing_rows(objective)[0]);
        Evaluator restarted(objective, again.firing_rows(objective), again.absent_fires(objective));
        Reading blind = reading(0, 100);
        blind.age_s = 40;
        QVERIFY(again.update(restarted.evaluate(blind, 131), at(131)).empty());
        const auto ended = again.update(restarted.evaluate(reading(0, 100), 132), at(132));
        QCOMPARE(ended.size(), std::size_t(1));
        QCOMPARE(ended[0].id, changes[0].id);
        // Without the rule it is gone, and ended.
        AlertTracker without;
        QCOMPARE(without.restore(tracker.all(), {test::availability()}, at(140)).size(), std::size_t(1));
    }

    void sleepAndMaintenanceAreNotAbsence() {
        Objective objective = test::availability();
        objective.absent = AbsentRule{30, Severity::sev3};
        Evaluator evaluator(objective);
        Reading old = reading(0, 100);
        old.age_s = 3600;
        (void)evaluator.evaluate(reading(0, 100), 0);
        QVERIFY(!evaluator.evaluate(old, 3600).absent->firing);  // an hour's sleep, the first look after it
        QCOMPARE(evaluator.evaluate(old, 3601).absent->absent_s, std::int64_t(2));
        old.excluded.now = true;
        for (int second = 3602; second < 3700; ++second)
            QVERIFY(!evaluator.evaluate(old, second).absent->firing);
        QVERIFY(!Evaluator(test::availability()).evaluate(old, 0).absent);
    }

    void aTotalFailureIsAnOutage() {
        Objective objective = test::availability();
        objective.rows.push_back(outage_row(objective.target, 20, Severity::sev1));
        Evaluator evaluator(objective);
        Reading now = reading(0, 100);
        now.shorts.push_back(window(5, 50, 50));
        now.longs.push_back(window(10, 100, 100));
        AlertTracker tracker;
        const auto started = tracker.update(evaluator.evaluate(now, 1), at(1));
        QCOMPARE(started.size(), std::size_t(1));
        QCOMPARE(started[0].kind, AlertKind::outage);
        QVERIFY2(started[0].reason.find("total failure, 100 of 100 requests") != std::string::npos,
                 started[0].reason.c_str());
    }

    void aCalendarWindowTellsItsPeriod() {
        Objective objective = test::availability();
        objective.calendar = CalendarWindow{Period::day, "UTC"};
        objective.window_s = longest_s(Period::day);
        Evaluator evaluator(objective);
        Reading now = reading(0, 100);
        now.period = Span{0, 86'400};
        now.window = {86'400, 43'200, {9'990, 10'000}};
        now.shorts[0] = window(10, 20, 100);  // 2 bad a second, 40 left, 0.05 earned a second
        const Status status = evaluator.evaluate(now, 86'400 - 10);
        QCOMPARE(status.window.window_s, std::int64_t(86'400));
        QVERIFY(status.budget.remaining && !status.budget.exhausted_in_s);  // it begins anew before
        const Status earlier = evaluator.evaluate(now, 43'200);
        QVERIFY(std::abs(*earlier.budget.exhausted_in_s - 40 / 1.95) < 1e-6);
    }

    void coverageIsToldInTheWindowsUnit() {
        const auto told = [](std::int64_t window_s, std::int64_t covered_s) {
            return describe_coverage({window_s, covered_s, {}});
        };
        QCOMPARE(told(28 * 86'400, 9 * 86'400 + 5000), std::string("9 of 28 days"));
        QCOMPARE(told(28 * 86'400, 2400), std::string("40 minutes of 28 days"));
        QCOMPARE(told(28 * 86'400, 0), std::string("0 of 28 days"));
        QCOMPARE(told(3600, 3600), std::string("60 of 60 minutes"));
        QCOMPARE(told(3600, 61), std::string("1 of 60 minutes"));
        QCOMPARE(told(3600, 7), std::string("7 seconds of 60 minutes"));
        QCOMPARE(told(23 * 3600, 7200), std::string("2 of 23 hours"));
        QCOMPARE(told(31 * 86'400 - 3600, 31 * 86'400 - 3600), std::string("31 of 31 days"));
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
