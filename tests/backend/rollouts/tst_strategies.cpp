#include <QTest>

#include <random>
#include <set>

#include "rollouts/desired.hpp"
#include "rollouts/engine/effects.hpp"
#include "rollouts/engine/instance_plan.hpp"
#include "rollouts/steps.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

Specification canary() {
    Specification specification;
    specification.target.label = "v2";
    Step weight, route, mirror, scale, experiment, analysis, gate;
    weight.weight = 10;
    route.kind = StepKind::set_header_route;
    route.header_route = {"inside", {{"X-Inside", {traffic::MatchKind::exact, "1"}}}};
    mirror.kind = StepKind::set_mirror_route;
    mirror.mirror = {"copies", {}, 5u};
    scale.kind = StepKind::set_canary_scale;
    scale.scale.weight = 50;
    experiment.kind = StepKind::experiment;
    experiment.duration = 30s;
    experiment.experiment.sets = {{"baseline", "stable", 2, 10}};
    analysis.kind = StepKind::analysis;
    analysis.analysis.templates = {"errors"};
    gate.kind = StepKind::pause;
    Step no_route = route;
    no_route.header_route.match.clear();
    specification.steps = {route, mirror, weight, scale, experiment, analysis, gate, no_route};
    specification.background = AnalysisUse{{"errors"}, {}, 1};
    specification.approvals = 2;
    return specification;
}

Specification blue_green() {
    Specification specification;
    specification.target.label = "v2";
    specification.strategy = Strategy::blue_green;
    specification.blue_green.pre_promotion = AnalysisUse{{"errors"}, {}, 0};
    specification.blue_green.auto_promotion = false;
    specification.blue_green.post_promotion = AnalysisUse{{"errors"}, {}, 0};
    return specification;
}

Specification rolling() {
    Specification specification;
    specification.target.label = "v2";
    specification.strategy = Strategy::rolling;
    return specification;
}

struct Walk {
    Beginning beginning;
    Progress progress;
    core::WallTime now{std::chrono::hours(480'000)};
    std::vector<AuditEvent> audit;
    std::string refused;

    explicit Walk(Specification specification) : beginning{std::move(specification), "v1", 4} {
        AuditEvent event;
        event.kind = AuditKind::start;
        event.instances = 4;
        offer(event, "anna");
    }
    bool offer(AuditEvent event, const std::string& actor = "engine") {
        event.seq = progress.version + 1;
        event.at = now;
        event.actor = actor;
        const auto after = follow(progress, beginning.specification, event);
        refused = after ? "" : after.error().message;
        if (!after) return false;
        progress = *after;
        audit.push_back(event);
        return true;
    }
    bool take(AuditKind kind, std::optional<unsigned> number = {}) {
        AuditEvent event;
        event.kind = kind;
        event.weight = event.instances = number;
        event.shift = 5s;
        return offer(event);
    }
    bool act(Action action, const std::string& actor = "anna") {
        AuditEvent event;
        event.kind = AuditKind::action;
        event.action = action;
        return offer(event, actor);
    }
    bool analysed(const std::string& purpose, RunPhase phase) {
        AuditEvent event;
        event.kind = AuditKind::analysis;
        event.run_purpose = purpose;
        event.run_phase = phase;
        event.reason = "as measured";
        return offer(event);
    }
    Desired wish() const { return desired(progress, beginning.specification, beginning); }
};

bool gives_nothing(const traffic::TrafficPlan& plan) {
    return plan.canary_weight == 0 && plan.baseline_weight == 0 && plan.header_routes.empty() &&
           plan.mirrors.empty() && plan.cookie.empty();
}

/// What must hold of every state of every strategy.
void check_possible(const Walk& walk) {
    const Progress& progress = walk.progress;
    const Desired wish = walk.wish();
    const traffic::TrafficPlan& plan = wish.traffic;
    QVERIFY(plan.canary_weight >= 0 && plan.baseline_weight >= 0);
    QVERIFY(plan.canary_weight + plan.baseline_weight <= 100);
    QVERIFY(progress.replaced <= progress.instances);
    QVERIFY(progress.step <= Steps(walk.beginning.specification).size());
    if (is_finished(progress) || (progress.course == Course::stepping && !progress.ready))
        QVERIFY(gives_nothing(plan));
    if (!gives_nothing(plan)) QVERIFY(wish.canary && (plan.canary_weight == 0 || wish.canary->count > 0));
    if (plan.baseline_weight > 0) QVERIFY(wish.baseline && wish.baseline->version == "v1");
    if (progress.approvers.size() < walk.beginning.specification.approvals) {
        QVERIFY(gives_nothing(plan));
        QVERIFY(!progress.ready);
    }
    if (walk.beginning.specification.strategy == Strategy::rolling) QVERIFY(gives_nothing(plan));
    const auto left = remaining(progress, walk.beginning.specification, walk.now);
    if (left) QVERIFY(left->count() >= 0);
}

std::vector<RunningInstance> four() {
    return {{"a-1", "stable", "v1", true},
            {"a-2", "stable", "v1", true},
            {"a-3", "stable", "v1", true},
            {"a-4", "stable", "v1", true}};
}

}  // namespace

class TestStrategies : public QObject {
    Q_OBJECT

private slots:
    void everyStateIsPossibleAndEveryPrefixReplays_data() {
        QTest::addColumn<int>("strategy");
        QTest::newRow("canary") << 0;
        QTest::newRow("blue-green") << 1;
        QTest::newRow("rolling") << 2;
    }
    void everyStateIsPossibleAndEveryPrefixReplays() {
        QFETCH(int, strategy);
        constexpr std::array kinds{AuditKind::ready,     AuditKind::step_done,  AuditKind::ramped,
                                   AuditKind::completed, AuditKind::step_ready, AuditKind::replaced,
                                   AuditKind::analysis,  AuditKind::clock,      AuditKind::start};
        constexpr std::array purposes{"background", "step", "pre_promotion", "post_promotion", "experiment"};
        std::set<Course> seen;
        for (unsigned seed = 0; seed < 300; ++seed) {
            std::mt19937 random(seed);
            Walk walk(strategy == 0 ? canary() : strategy == 1 ? blue_green() : rolling());
            std::vector<Progress> states{walk.progress};
            for (int i = 0; i < 60; ++i) {
                walk.now += std::chrono::seconds(random() % 60);
                const auto before = walk.progress;
                bool taken = false;
                const auto kind = kinds[random() % kinds.size()];
                if (random() % 3 == 0)
                    taken = walk.act(all_actions[random() % all_actions.size()],
                                     std::array{"anna", "ben", "cleo"}[random() % 3]);
                else if (kind == AuditKind::analysis)
                    taken = walk.analysed(purposes[random() % purposes.size()], RunPhase(random() % 6));
                else
                    taken = walk.take(kind, unsigned(random() % 6));
                check_possible(walk);
                if (QTest::currentTestFailed()) return;
                if (!taken) {
                    QVERIFY(walk.progress == before);
                    continue;
                }
                states.push_back(walk.progress);
                seen.insert(walk.progress.course);
                // The same row a second time changes nothing: there are never two steps for one.
                QVERIFY(!follow(walk.progress, walk.beginning.specification, walk.audit.back()));
            }
            for (std::size_t n = 1; n <= walk.audit.size(); ++n) {
                const auto replayed = replay(walk.beginning.specification, std::span(walk.audit).first(n));
                QVERIFY(replayed && *replayed == states[n - 1]);
            }
        }
        QVERIFY(seen.contains(Course::undoing) && seen.contains(Course::undone));
    }

    void noTrafficBeforeTwoOthersHaveApproved() {
        Walk walk(canary());
        QVERIFY(!walk.take(AuditKind::ready));
        QCOMPARE(phase(walk.progress, walk.beginning.specification), Phase::paused);
        QVERIFY(!walk.act(Action::approve, "anna"));
        QVERIFY(walk.refused.find("another person") != std::string::npos);
        QVERIFY(walk.act(Action::approve, "ben"));
        QVERIFY(!walk.act(Action::approve, "ben"));
        QVERIFY(!walk.act(Action::promote));
        QVERIFY(!walk.take(AuditKind::ready));
        QVERIFY(walk.act(Action::approve, "cleo"));
        QVERIFY(walk.take(AuditKind::ready));
        QVERIFY(!walk.act(Action::approve, "dora"));
    }

    void aCanaryGoesThroughAllKindsOfSteps() {
        Walk walk(canary());
        walk.act(Action::approve, "ben");
        walk.act(Action::approve, "cleo");
        QVERIFY(walk.take(AuditKind::ready));
        QCOMPARE(walk.wish().traffic.header_routes.size(), std::size_t(1));
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(walk.wish().traffic.mirrors.size(), std::size_t(1));
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(walk.wish().traffic.canary_weight, 10.0);
        QCOMPARE(walk.wish().canary->count, 1u);
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(walk.wish().canary->count, 2u);  // half of the four stable ones
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(*walk.wish().baseline, (WantedArm{"v1", 2, false}));
        QCOMPARE(walk.wish().traffic.baseline_weight, 0.0);  // until its instances serve
        walk.now += 60s;
        QVERIFY(!walk.take(AuditKind::step_done));
        QVERIFY(walk.take(AuditKind::step_ready));
        QCOMPARE(walk.wish().traffic.baseline_weight, 10.0);
        QVERIFY(!walk.take(AuditKind::step_done));
        walk.now += 30s;
        QVERIFY(walk.take(AuditKind::step_done));
        QVERIFY(!walk.wish().baseline);
        QVERIFY(!walk.take(AuditKind::step_done));  // the analysis has not succeeded
        QVERIFY(!walk.analysed("step", RunPhase::successful));
        QVERIFY(walk.analysed("step", RunPhase::running));
        QVERIFY(walk.analysed("step", RunPhase::successful));
        QVERIFY(walk.take(AuditKind::step_done));
        QVERIFY(!walk.take(AuditKind::step_done));
        QVERIFY(walk.act(Action::resume));
        QVERIFY(walk.wish().traffic.header_routes.empty());
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(walk.progress.course, Course::promoting);
        QVERIFY(walk.wish().traffic.mirrors.empty());
    }

    void whatNobodyKnowsHoldsAndWhatFailedDoesAsItIsTrusted() {
        for (const auto& [trust, phase, course, held] :
             {std::tuple{Trust::pause, RunPhase::failed, Course::stepping, true},
              {Trust::abort, RunPhase::failed, Course::aborted, false},
              {Trust::advise, RunPhase::failed, Course::stepping, false},
              {Trust::abort, RunPhase::inconclusive, Course::stepping, true},
              {Trust::abort, RunPhase::error, Course::stepping, true}}) {
            Specification specification = canary();
            specification.approvals = 0;
            specification.analysis.on_failure = trust;
            Walk walk(specification);
            walk.take(AuditKind::ready);
            QVERIFY(walk.analysed("background", RunPhase::running));
            QVERIFY(walk.analysed("background", phase));
            QCOMPARE(walk.progress.course, course);
            QCOMPARE(walk.progress.held, held);
            if (!held) continue;
            QVERIFY(walk.act(Action::resume));
            QCOMPARE(walk.progress.background_run, RunPhase::pending);  // it is asked again
        }
    }

    void blueGreenIsSwitchedAsAWholeAndBackAtOnce() {
        Walk walk(blue_green());
        QCOMPARE(walk.wish().canary->count, 4u);
        QVERIFY(walk.take(AuditKind::ready));
        QVERIFY(gives_nothing(walk.wish().traffic));
        QVERIFY(walk.analysed("pre_promotion", RunPhase::running));
        QVERIFY(walk.analysed("pre_promotion", RunPhase::successful));
        QVERIFY(walk.take(AuditKind::step_done));
        QVERIFY(!walk.take(AuditKind::step_done));  // until somebody promotes
        Walk other = walk;
        QVERIFY(walk.act(Action::promote));
        QVERIFY(walk.take(AuditKind::step_done));
        QCOMPARE(walk.wish().traffic.canary_weight, 100.0);
        QVERIFY(!walk.wish().stable);  // the former version runs on
        QVERIFY(walk.act(Action::undo));
        QVERIFY(gives_nothing(walk.wish().traffic));
        QCOMPARE(walk.wish().stable->version, std::string("v1"));
        QVERIFY(other.act(Action::abort));
        QCOMPARE(other.progress.course, Course::aborted);
    }

    void rollingKeepsItsBounds_data() {
        QTest::addColumn<unsigned>("surge");
        QTest::addColumn<unsigned>("unavailable");
        for (unsigned surge = 0; surge <= 3; ++surge)
            for (unsigned unavailable = surge == 0 ? 1 : 0; unavailable <= 3; ++unavailable)
                QTest::addRow("surge %u, unavailable %u", surge, unavailable) << surge << unavailable;
    }
    void rollingKeepsItsBounds() {
        QFETCH(unsigned, surge);
        QFETCH(unsigned, unavailable);
        std::vector<RunningInstance> running = four();
        WantedInstances wanted;
        wanted.stable = WantedVersion{"v2", 4, {}};
        wanted.batches = Batches{{unavailable, surge, 5s, 600s}, 0};
        int name = 0;
        for (int round = 0; round < 100; ++round) {
            while (const auto order = next_order(wanted, running)) {
                if (order->start)
                    for (unsigned i = 0; i < order->version.count; ++i)
                        running.push_back({"n-" + std::to_string(++name), "stable", "v2", true});
                else
                    std::erase_if(running,
                                  [&](const auto& each) { return each.instance == order->instance; });
                QVERIFY(running.size() <= 4 + surge);
                const auto old = unsigned(std::ranges::count(running, "v1", &RunningInstance::version));
                QVERIFY(old + wanted.batches->settled >= 4 - unavailable);
                QVERIFY(running.size() - old <= wanted.batches->settled + surge + unavailable);
            }
            const auto present = unsigned(std::ranges::count(running, "v2", &RunningInstance::version));
            if (wanted.batches->settled < present) ++wanted.batches->settled;
        }
        QCOMPARE(running.size(), std::size_t(4));
        QVERIFY(std::ranges::all_of(running, [](const auto& each) { return each.version == "v2"; }));
    }

    void aRollingAbortGoesBackOneByOne() {
        Walk walk(rolling());
        QVERIFY(!walk.wish().stable);
        walk.take(AuditKind::ready);
        QCOMPARE(walk.wish().stable->version, std::string("v2"));
        QVERIFY(walk.take(AuditKind::replaced, 1));
        QVERIFY(!walk.take(AuditKind::replaced, 3));
        QVERIFY(!walk.take(AuditKind::completed));
        QVERIFY(walk.act(Action::pause));
        QVERIFY(!walk.wish().stable);
        QVERIFY(!walk.act(Action::next));
        QVERIFY(walk.act(Action::abort));
        QCOMPARE(walk.wish().stable->version, std::string("v1"));
        QVERIFY(!walk.take(AuditKind::completed));
        QVERIFY(walk.take(AuditKind::replaced, 0));
        QVERIFY(walk.take(AuditKind::completed));
        QCOMPARE(walk.progress.course, Course::undone);
    }

    void anActionTellsWhatItBringsAbout() {
        Specification specification = canary();
        specification.approvals = 0;
        Walk walk(specification);
        walk.take(AuditKind::ready);
        walk.take(AuditKind::step_done);
        walk.take(AuditKind::step_done);
        const Progress before = walk.progress;
        walk.act(Action::abort);
        const auto effects = effects_of(Action::abort, before, walk.progress, walk.beginning);
        for (const char* expected :
             {"canary weight 10 % -> 0 %", "header route inside ends", "mirror copies ends",
              "the canary's 1 instance(s) end after 30 s without traffic",
              "v1 serves everybody; this rollout cannot be resumed"})
            QVERIFY2(std::ranges::find(effects, expected) != effects.end(), expected);
    }
};

QTEST_GUILESS_MAIN(TestStrategies)
#include "tst_strategies.moc"
