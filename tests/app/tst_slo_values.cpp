// What the SLO page makes of an objective: curves, costs, sums and words.

#include <QTest>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/slos/explanation.hpp"
#include "app/pages/slos/happenings.hpp"
#include "app/pages/slos/history_curves.hpp"
#include "app/pages/slos/slo_actions.hpp"
#include "app/pages/slos/slo_charts.hpp"
#include "app/pages/slos/slo_facts.hpp"
#include "samples.hpp"

namespace qd::app {
namespace {

using namespace std::chrono_literals;

/// `bad` of 100 events in each step.
slo::History historyOf(core::WallTime from, std::int64_t step_s, const std::vector<std::uint64_t>& bad) {
    slo::History history;
    history.step_s = step_s;
    for (std::size_t i = 0; i < bad.size(); ++i) {
        slo::HistoryPoint point;
        point.at = from + std::chrono::seconds(step_s * std::int64_t(i));
        point.counts = {100 - bad[i], 100};
        point.min = double(100 - bad[i]) / 100 - 0.01;
        history.points.push_back(point);
    }
    return history;
}

slo::Status statusOver(std::int64_t window_s, double target) {
    auto objective = test::availability();
    objective.window_s = window_s;
    objective.target = target;
    return test::status_of(objective, slo::Health::healthy, 0, 0);
}

const core::WallTime kBegin{1'700'000'000'000ms};

std::vector<Happening> happenings(const std::vector<slo::Alert>& alerts,
                                  const std::vector<chaos::Fault>& faults,
                                  const std::vector<slo::Exclusion>& exclusions, qint64 nowMs) {
    const std::vector<incidents::Incident> incidents;
    const std::vector<rollouts::Rollout> rollouts;
    return happeningsOf({alerts, incidents, rollouts, faults, exclusions},
                        slo::SloId("playback-availability"), nowMs);
}

}  // namespace

class TestSloValues : public QObject {
    Q_OBJECT
private slots:
    void the_budget_at_a_moment_is_that_of_the_window_that_ended_there() {
        // A window of 3 steps, 10 % may be bad: 30 of 300.
        auto status = statusOver(30, 0.9);
        const auto history = historyOf(kBegin, 10, {0, 30, 0, 0, 0, 0});
        const auto curves = budgetOf(history, status, {}, msOf(kBegin), msOf(kBegin) + 60'000);
        QCOMPARE(curves.left.size(), 6);
        QCOMPARE(curves.left[0].y(), 1.0);
        QCOMPARE(curves.left[1].y(), 1 - 30 / 20.0);
        QCOMPARE(curves.left[2].y(), 1 - 30 / 30.0);
        QCOMPARE(curves.left[3].y(), 1 - 30 / 30.0);
        QCOMPARE(curves.left[4].y(), 1.0);  // it has left the window
    }
    void the_budget_curve_ends_at_what_the_status_says() {
        auto status = statusOver(30, 0.9);
        status.budget.remaining = 0.37;
        const qint64 now = msOf(kBegin) + 60'000;
        const auto curves =
            budgetOf(historyOf(kBegin, 10, {0, 0, 0, 0, 0, 0}), status, {}, msOf(kBegin), now);
        QCOMPARE(curves.left.last(), QPointF(double(now), 0.37));
        QCOMPARE(curves.ideal.last(), QPointF(double(now), 0.0));
    }
    void what_is_excluded_costs_no_budget() {
        auto status = statusOver(600, 0.9);
        slo::Exclusion maintenance;
        // Exclusions are widened to whole minutes.
        maintenance.from = kBegin + 60s - std::chrono::milliseconds(msOf(kBegin) % 60'000);
        maintenance.to = maintenance.from + 60s;
        std::vector<std::uint64_t> bad(30, 0);
        for (std::size_t i = 0; i < bad.size(); ++i) {
            const auto at = kBegin + std::chrono::seconds(10 * i);
            if (at >= maintenance.from && at < maintenance.to) bad[i] = 100;
        }
        const auto history = historyOf(kBegin, 10, bad);
        const qint64 now = msOf(kBegin) + 300'000;
        QVERIFY(budgetOf(history, status, {}, msOf(kBegin), now).left.last().y() < 0);
        QCOMPARE(budgetOf(history, status, {maintenance}, msOf(kBegin), now).left.last().y(), 1.0);
    }
    void a_calendar_window_begins_anew_with_its_period() {
        auto status = statusOver(3'600, 0.9);
        status.period = slo::Span{msOf(kBegin) / 1000 + 30, msOf(kBegin) / 1000 + 3'630};
        const auto curves = budgetOf(historyOf(kBegin, 10, {50, 50, 50, 0, 0, 0}), status, {}, msOf(kBegin),
                                     msOf(kBegin) + 60'000);
        QCOMPARE(curves.left.size(), 3);
        QCOMPARE(curves.left.first().y(), 1.0);
        QVERIFY(curves.ideal.first().y() < 1 && curves.ideal.first().y() > 0.98);
    }
    void no_traffic_is_no_number() {
        auto history = historyOf(kBegin, 10, {0, 0, 0});
        history.points[1].counts = {};
        const auto curves = curvesOf(history, statusOver(3'600, 0.9), 10);
        QVERIFY(std::isnan(curves.sli[1].y()));
        QVERIFY(std::isnan(curves.burn[1].y()));
        QCOMPARE(curves.requests[1].y(), 0.0);
        QCOMPARE(curves.requests[0].y(), 10.0);
    }
    void the_worst_second_of_each_point_is_kept() {
        const auto curves = curvesOf(historyOf(kBegin, 10, {50}), statusOver(3'600, 0.9), 10);
        QCOMPARE(curves.low.first().y(), 0.49);
    }
    void a_happening_costs_the_bad_events_while_it_lasted() {
        slo::Alert alert = test::alert();
        alert.started_at = kBegin + 20s;
        alert.ended_at = kBegin + 40s;
        auto list = happenings({alert}, {}, {}, msOf(kBegin) + 60'000);
        addCosts(list, historyOf(kBegin, 10, {1, 2, 4, 8, 16, 32}), 24, msOf(kBegin) + 60'000);
        QCOMPARE(list.size(), std::size_t(1));
        QCOMPARE(list[0].cost->counts.bad(), std::uint64_t(12));
        QCOMPARE(list[0].cost->counts.total, std::uint64_t(200));
        QCOMPARE(*list[0].cost->budgetShare, 0.5);
        QVERIFY(list[0].cost->whole);
    }
    void what_goes_on_costs_up_to_now() {
        slo::Alert alert = test::alert();
        alert.started_at = kBegin + 40s;
        auto list = happenings({alert}, {}, {}, msOf(kBegin) + 60'000);
        addCosts(list, historyOf(kBegin, 10, {1, 2, 4, 8, 16, 32}), 24, msOf(kBegin) + 60'000);
        QCOMPARE(list[0].cost->counts.bad(), std::uint64_t(48));
        QVERIFY(!list[0].toMs);
    }
    void what_began_before_the_history_says_so() {
        slo::Alert alert = test::alert();
        alert.started_at = kBegin - 100s;
        auto list = happenings({alert}, {}, {}, msOf(kBegin) + 60'000);
        addCosts(list, historyOf(kBegin, 10, {1, 2}), 24, msOf(kBegin) + 60'000);
        QVERIFY(!list[0].cost->whole);
    }
    void alerts_and_exclusions_of_other_objectives_are_not_laid_over() {
        slo::Alert other = test::alert();
        other.slo_id = slo::SloId("startup");
        slo::Exclusion theirs;
        theirs.id = slo::ExclusionId("exc-1");
        theirs.slos = {slo::SloId("startup")};
        slo::Exclusion everybodys;
        everybodys.id = slo::ExclusionId("exc-2");
        const auto list = happenings({other}, {}, {theirs, everybodys}, msOf(kBegin));
        QCOMPARE(list.size(), std::size_t(1));
        QCOMPARE(list[0].key, QStringLiteral("exc-2"));
    }
    void the_steps_of_a_rollout_follow_each_other() {
        const auto rollout = test::rollout();
        const std::vector<slo::Alert> alerts;
        const std::vector<incidents::Incident> incidents;
        const std::vector<rollouts::Rollout> rollouts{rollout};
        const auto list =
            happeningsOf({alerts, incidents, rollouts, {}, {}}, slo::SloId("x"), msOf(test::now()));
        QCOMPARE(list.size(), std::size_t(2));
        QCOMPARE(list[1].kind, widgets::MarkKind::Deploy);
        QCOMPARE(*list[1].toMs, list[0].fromMs);
        QVERIFY(!list[0].toMs);  // the step that is under way
    }
    void every_sum_can_be_checked_by_hand() {
        const auto status = test::statuses().front();  // 90 bad of 12,000
        const auto sections = explanationOf(status, {});
        const auto& sli = sections[0].figures[0];
        QCOMPARE(sli.terms, QStringLiteral("11\u202f910 / 12\u202f000"));
        QCOMPARE(sli.result, QStringLiteral("99.25 %"));
        const auto& left = sections[1].figures[2];
        QVERIFY2(left.terms.contains(QStringLiteral("1 - 90 / ")), qPrintable(left.terms));
    }
    void what_is_not_known_has_no_result() {
        const auto status = test::statuses()[2];  // no traffic
        for (const auto& section : explanationOf(status, {}))
            for (const auto& figure : section.figures) {
                QVERIFY(!figure.result.contains(QStringLiteral("nan")));
                QVERIFY(!figure.result.contains(QStringLiteral("100 %")));
            }
        const Facts facts = factsOf(status);
        QCOMPARE(facts.sli.state, widgets::State::NoData);
        QVERIFY(facts.sli.value.isEmpty());
        QVERIFY(facts.budget.value.isEmpty());
    }
    void the_contract_is_told_in_events() {
        auto status = test::statuses().front();  // 90 bad of 12,000
        status.objective.sla = slo::Sla{0.99, "10 % service credit"};
        QCOMPARE(factsOf(status).sla.value, QStringLiteral("30"));
        QVERIFY(factsOf(status).sla.sub.contains(QStringLiteral("10 % service credit")));
        status.objective.sla->target = 0.995;
        QCOMPARE(factsOf(status).sla.stateText, QStringLiteral("Broken"));
    }
    void times_are_read_as_they_are_written() {
        QCOMPARE(*parseLocalTime(localTime(1'700'000'000'000)), 1'700'000'000'000);
        QVERIFY(parseLocalTime(QStringLiteral("14:03")));
        QVERIFY(!parseLocalTime(QStringLiteral("yesterday")));
        QVERIFY(!parseLocalTime(QStringLiteral("2026-02-30 10:00")));
    }
    void the_window_is_the_longest_range() {
        QCOMPARE(SloCharts::rangesFor(3'600), (QVector<std::int64_t>{60, 300, 900, 3'600}));
        QCOMPARE(SloCharts::rangesFor(28 * 86'400).last(), std::int64_t(28 * 86'400));
        QCOMPARE(SloCharts::rangesFor(60), QVector<std::int64_t>{60});
    }
};

}  // namespace qd::app

QTEST_MAIN(qd::app::TestSloValues)
#include "tst_slo_values.moc"
