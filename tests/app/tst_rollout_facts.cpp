#include <QtTest>

#include "app/models/values.hpp"
#include "app/pages/rollouts/rollout_facts.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "app/pages/slos/happenings.hpp"

using namespace qd;
using namespace qd::app;

namespace {

const core::WallTime kNow{std::chrono::milliseconds(1'800'000'000'000)};

rollouts::Rollout sample() {
    rollouts::Rollout rollout;
    rollout.specification.target.label = "v2";
    rollout.actor = "anna";
    rollout.created_at = rollout.observed_at = kNow - std::chrono::seconds(12);
    rollout.split_confirmed = true;
    return rollout;
}

}  // namespace

class RolloutFactsTest : public QObject {
    Q_OBJECT
private slots:
    void what_was_never_counted_is_said_and_not_drawn_as_zero() {
        const QString facts = trafficFacts(sample()).join('\n');
        QVERIFY(facts.contains("no request has been counted"));
        QVERIFY(!facts.contains("0.0"));
        QVERIFY(!facts.contains("cohort"));
        QVERIFY(!facts.contains("at zero"));
    }
    void the_observed_split_comes_with_its_interval_and_its_cohort() {
        auto rollout = sample();
        rollout.weight_observed = 9.4;
        rollout.observed_low = 8.4;
        rollout.observed_high = 10.5;
        rollout.canary_sessions = 19;
        rollout.all_sessions = 200;
        const QString facts = trafficFacts(rollout).join('\n');
        for (const char* wanted : {"9.4", "99 % sure: 8.4", "10.5", "cohort 19 of 200 sessions"})
            QVERIFY2(facts.contains(QString::fromLatin1(wanted)), qPrintable(facts));
    }
    void nothing_in_the_way_is_nothing_to_read() { QVERIFY(standingNotes(sample(), kNow).isEmpty()); }
    void a_lost_connection_tells_how_old_the_picture_is() {
        auto rollout = sample();
        rollout.driver = "argo";
        rollout.driver_note = "not verified on a cluster";
        rollout.driver_connected = false;
        const QStringList notes = standingNotes(rollout, kNow);
        QCOMPARE(notes.size(), 2);
        QVERIFY2(notes[0].contains("Connection to argo lost") && notes[0].contains("12 s ago"),
                 qPrintable(notes[0]));
        QVERIFY(notes[1].contains("not verified on a cluster"));
    }
    void a_freeze_and_missing_approvals_are_told_while_it_is_under_way() {
        auto rollout = sample();
        rollout.frozen = "INC-7 is open";
        rollout.specification.approvals = 2;
        rollout.approvals = {{"ben", kNow, "seen"}};
        QStringList notes = standingNotes(rollout, kNow);
        QCOMPARE(notes.size(), 2);
        QVERIFY(notes[0].contains("INC-7 is open"));
        QVERIFY2(notes[1].contains("1 of the 2"), qPrintable(notes[1]));
        rollout.progress.course = rollouts::Course::aborted;
        notes = standingNotes(rollout, kNow);
        QVERIFY(notes.isEmpty());
    }
    void each_kind_of_step_has_its_own_word() {
        auto rollout = sample();
        rollouts::Step header, mirror, scale, experiment;
        header.kind = rollouts::StepKind::set_header_route;
        header.header_route.name = "staff";
        mirror.kind = rollouts::StepKind::set_mirror_route;
        mirror.mirror.percentage = 20;
        scale.kind = rollouts::StepKind::set_canary_scale;
        scale.scale.replicas = 3;
        experiment.kind = rollouts::StepKind::experiment;
        experiment.duration = std::chrono::minutes(1);
        rollout.specification.steps = {header, mirror, scale, experiment};
        QStringList shown;
        for (const auto& step : trackOf(rollout)) shown << step.title + ": " + step.detail;
        QCOMPARE(shown.join(", "),
                 QStringLiteral("Header route: staff taken away, Mirror: 20 %, Scale: to 3, Experiment: 1 min"));
    }
    void the_steps_of_a_rolling_one_are_its_instances() {
        auto rollout = sample();
        rollout.specification.strategy = rollouts::Strategy::rolling;
        rollout.progress.instances = 3;
        rollout.progress.replaced = 1;
        const auto track = trackOf(rollout);
        QCOMPARE(track.size(), 3);
        QCOMPARE(track[0].state, widgets::StepState::Done);
        QCOMPARE(track[1].state, widgets::StepState::Current);
        QCOMPARE(track[2].state, widgets::StepState::Pending);
    }
    void blue_green_is_drawn_as_the_steps_it_amounts_to() {
        auto rollout = sample();
        rollout.specification.strategy = rollouts::Strategy::blue_green;
        QVERIFY(!trackOf(rollout).isEmpty());
    }
    void a_mark_on_an_objective_tells_who_did_it_and_why() {
        auto rollout = sample();
        rollout.audit = {
            {1, rollouts::AuditKind::note, kNow, "anna", "it stalls", rollouts::Action::ramp_down, {}}};
        const std::vector<rollouts::Rollout> all{rollout};
        const auto marks = happeningsOf({{}, {}, all, {}, {}}, slo::SloId("playback"), msOf(kNow));
        QCOMPARE(marks.size(), std::size_t(1));
        QCOMPARE(marks[0].who, QStringLiteral("anna"));
        QVERIFY2(marks[0].what.contains("ramp-down") && marks[0].what.contains("it stalls"),
                 qPrintable(marks[0].what));
    }
};

QTEST_GUILESS_MAIN(RolloutFactsTest)
#include "tst_rollout_facts.moc"
