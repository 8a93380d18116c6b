#include <QTest>

#include <random>

#include "rollouts/progress.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

Specification example() {
    Specification specification;
    specification.target.label = "v2";
    specification.steps = {{StepKind::set_weight, 10, {}}, {StepKind::pause, 0, 60s},
                           {StepKind::set_weight, 50, {}}, {StepKind::pause, 0, {}},
                           {StepKind::analysis, 0, {}},    {StepKind::set_weight, 100, {}}};
    return specification;
}

/// A rollout whose events come when told.
struct Walk {
    Specification specification = example();
    Progress progress;
    core::WallTime now{std::chrono::hours(480'000)};
    std::vector<AuditEvent> audit;
    std::string refusal;

    Walk() { take(AuditKind::start); }

    bool offer(AuditEvent event) {
        event.seq = progress.version + 1;
        event.at = now;
        event.actor = "anna";
        const auto after = follow(progress, specification, event);
        if (!after) {
            refusal = after.error().message;
            return false;
        }
        progress = *after;
        audit.push_back(event);
        return true;
    }
    bool take(AuditKind kind) {
        AuditEvent event;
        event.kind = kind;
        return offer(event);
    }
    bool act(Action action) {
        AuditEvent event;
        event.kind = AuditKind::action;
        event.action = action;
        event.reason = "because";
        return offer(event);
    }
    bool ramp(unsigned weight) {
        AuditEvent event;
        event.kind = AuditKind::ramped;
        event.weight = weight;
        return offer(event);
    }
    Phase phase() const { return rollouts::phase(progress, specification); }
    void wait(std::chrono::milliseconds by) { now += by; }
};

/// What must hold of every state.
void check_possible(const Walk& walk) {
    const Progress& progress = walk.progress;
    QVERIFY(progress.weight <= 100);
    QVERIFY(progress.step <= walk.specification.steps.size());
    if (is_finished(progress)) QCOMPARE(progress.weight, 0u);
    if (!progress.ready && progress.course == Course::stepping) QCOMPARE(progress.weight, 0u);
    if (progress.held) QCOMPARE(progress.course, Course::stepping);
    if (progress.course == Course::stepping) {
        QVERIFY(progress.step < walk.specification.steps.size());
        if (progress.ready) {
            unsigned expected = 0;
            for (std::size_t i = 0; i <= progress.step; ++i)
                if (walk.specification.steps[i].kind == StepKind::set_weight)
                    expected = walk.specification.steps[i].weight;
            QCOMPARE(progress.weight, expected);
        }
    }
    if (progress.course == Course::promoting) QCOMPARE(progress.weight, 100u);
    if (progress.course == Course::ramping_down) QVERIFY(progress.weight > 0);
    if (progress.course == Course::undoing) QCOMPARE(progress.weight, 0u);
    const auto left = remaining(progress, walk.specification, walk.now);
    if (left) QVERIFY(left->count() >= 0);
    // What is not refused works, and the other way round.
    for (const Action action : all_actions) {
        Walk copy = walk;
        QCOMPARE(copy.act(action), !refusal(progress, walk.specification, action).has_value());
    }
}

}  // namespace

class TestProgress : public QObject {
    Q_OBJECT

private slots:
    void throughAllStepsToPromotion() {
        Walk walk;
        QCOMPARE(walk.phase(), Phase::progressing);
        QCOMPARE(walk.progress.weight, 0u);  // no traffic before there are instances
        QVERIFY(!walk.take(AuditKind::step_done));
        QVERIFY(walk.take(AuditKind::ready));
        QCOMPARE(walk.progress.weight, 10u);
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(walk.phase(), Phase::paused);
        QVERIFY(!walk.take(AuditKind::step_done));
        QVERIFY(walk.refusal.find("60000 ms to go") != std::string::npos);
        walk.wait(60s);
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(walk.progress.weight, 50u);
        QVERIFY(walk.take(AuditKind::step_done));
        walk.wait(24h);
        QVERIFY(!walk.take(AuditKind::step_done));  // until somebody resumes
        QVERIFY(walk.act(Action::resume));
        QCOMPARE(walk.phase(), Phase::progressing);
        QVERIFY(walk.take(AuditKind::step_done));
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(walk.progress.course, Course::promoting);
        QVERIFY(walk.take(AuditKind::completed));
        QCOMPARE(walk.phase(), Phase::healthy);
        QVERIFY(is_finished(walk.progress));
        QVERIFY(walk.act(Action::undo));
        QVERIFY(walk.take(AuditKind::completed));
        QCOMPARE(walk.progress.course, Course::undone);
        QCOMPARE(walk.phase(), Phase::degraded);
    }

    void aHoldStopsTheStepsTime() {
        Walk walk;
        walk.take(AuditKind::ready);
        walk.take(AuditKind::step_done);
        walk.wait(20s);
        QVERIFY(walk.act(Action::pause));
        QVERIFY(!walk.act(Action::pause));
        walk.wait(10min);
        QCOMPARE(*remaining(walk.progress, walk.specification, walk.now), std::chrono::milliseconds(40s));
        QVERIFY(!walk.take(AuditKind::step_done));
        QVERIFY(walk.act(Action::resume));
        walk.wait(39s);
        QVERIFY(!walk.take(AuditKind::step_done));
        walk.wait(1s);
        QVERIFY(walk.take(AuditKind::step_done));
    }

    void resumeAndNextAreDifferentThings() {
        Walk walk;
        walk.take(AuditKind::ready);
        QVERIFY(!walk.act(Action::resume));
        QCOMPARE(walk.refusal, std::string("nothing is paused"));
        walk.act(Action::pause);
        walk.act(Action::resume);
        QCOMPARE(walk.progress.step, std::size_t(0));  // resuming skips nothing
        walk.act(Action::next);
        QCOMPARE(walk.progress.step, std::size_t(1));
    }

    void steppingBackHoldsAtTheLowerWeight() {
        Walk walk;
        walk.take(AuditKind::ready);
        QVERIFY(!walk.act(Action::back));
        walk.act(Action::next);
        walk.act(Action::next);
        QCOMPARE(walk.progress.weight, 50u);
        QVERIFY(walk.act(Action::back));
        QCOMPARE(walk.progress.weight, 10u);
        QCOMPARE(walk.phase(), Phase::paused);
    }

    void abortIsAtOnceAndForGood() {
        Walk walk;
        walk.take(AuditKind::ready);
        QVERIFY(walk.act(Action::abort));
        QCOMPARE(walk.progress.weight, 0u);
        QCOMPARE(walk.phase(), Phase::degraded);
        for (const Action action : all_actions) QVERIFY(!walk.act(action));
    }

    void rampDownGoesStageByStage() {
        Walk walk;
        walk.take(AuditKind::ready);
        QVERIFY(walk.act(Action::next) && walk.act(Action::next));
        QVERIFY(walk.act(Action::ramp_down));
        QCOMPARE(walk.progress.weight, 10u);
        QCOMPARE(walk.progress.course, Course::ramping_down);
        QVERIFY(!walk.ramp(5));
        QVERIFY(walk.ramp(0));
        QCOMPARE(walk.progress.course, Course::aborted);
    }

    void abortingAPromotionUndoesIt() {
        Walk walk;
        walk.take(AuditKind::ready);
        QVERIFY(walk.act(Action::promote));
        QVERIFY(!walk.act(Action::pause));
        QVERIFY(walk.act(Action::abort));
        QCOMPARE(walk.progress.course, Course::undoing);
        QCOMPARE(walk.progress.weight, 0u);
    }

    void nothingMovesBeforeTheInstancesServe() {
        Walk walk;
        QVERIFY(!walk.act(Action::next));
        QVERIFY(!walk.act(Action::promote));
        QVERIFY(walk.act(Action::pause));
        QVERIFY(walk.take(AuditKind::ready));
        QVERIFY(walk.progress.held);  // the pause holds
        QVERIFY(!walk.take(AuditKind::step_done));
    }

    void randomWalksStayPossibleAndReplayEqualsLive() {
        constexpr std::array kinds{AuditKind::ready,  AuditKind::step_done, AuditKind::step_done,
                                   AuditKind::ramped, AuditKind::completed, AuditKind::verdict,
                                   AuditKind::note,   AuditKind::start};
        std::array<int, 7> seen{};
        for (unsigned seed = 0; seed < 400; ++seed) {
            std::mt19937 random(seed);
            Walk walk;
            for (int i = 0; i < 40; ++i) {
                walk.wait(std::chrono::seconds(random() % 90));
                if (random() % 2 == 0)
                    walk.act(all_actions[random() % 6 == 0 ? random() % 9 : random() % 4]);
                else if (kinds[random() % kinds.size()] == AuditKind::ramped)
                    walk.ramp(unsigned(std::array{0, 10, 50, 60}[random() % 4]));
                else
                    walk.take(kinds[random() % kinds.size()]);
                check_possible(walk);
                if (QTest::currentTestFailed()) return;
                ++seen[std::size_t(walk.progress.course)];
            }
            const auto replayed = replay(walk.specification, walk.audit);
            QVERIFY(replayed);
            QVERIFY(*replayed == walk.progress);
        }
        for (const int count : seen) QVERIFY(count > 0);
    }
};

QTEST_GUILESS_MAIN(TestProgress)
#include "tst_progress.moc"
