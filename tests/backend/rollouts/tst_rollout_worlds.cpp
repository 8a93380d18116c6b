#include <QTest>

#include "backend/rollouts/fake_site.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;
using test::FakeSite;

namespace {

Specification with(std::vector<Step> steps) {
    Specification specification;
    specification.target.label = "v2";
    specification.abort_scale_down_delay = 5s;
    specification.steps = std::move(steps);
    return specification;
}

Step weight(unsigned percent) {
    Step step;
    step.weight = percent;
    return step;
}

Step rest(std::optional<std::chrono::milliseconds> duration = {}) {
    Step step;
    step.kind = StepKind::pause;
    step.duration = duration;
    return step;
}

Specification rolling(std::chrono::milliseconds min_ready = 2s, std::chrono::milliseconds deadline = 60s) {
    Specification specification = with({});
    specification.strategy = Strategy::rolling;
    specification.rolling = {1, 1, min_ready, deadline};
    return specification;
}

Specification blue_green() {
    Specification specification = with({});
    specification.strategy = Strategy::blue_green;
    specification.blue_green.scale_down_delay = 20s;
    return specification;
}

unsigned applied(const FakeSite& site) {
    return unsigned(site.router.applied.canary_weight);
}

bool has_row(const Rollout& rollout, const std::string& part) {
    return std::ranges::any_of(
        rollout.audit, [&](const AuditEvent& event) { return event.reason.find(part) != std::string::npos; });
}

}  // namespace

class TestRolloutWorlds : public QObject {
    Q_OBJECT

private slots:
    // A binary that does not start: no traffic, the reason is told, it is tried again, an abort ends it.
    void aVersionThatDoesNotStartGetsNoTraffic() {
        FakeSite site;
        site.runner.can_start = false;
        const RolloutId id = site.begin(with({weight(10), rest()})).id;
        site.pass(30s);
        QVERIFY(site.now(id).message.find("no memory") != std::string::npos);
        QCOMPARE(site.now(id).progress.ready, false);
        QCOMPARE(applied(site), 0u);
        QVERIFY(site.act(id, Action::abort));
        QCOMPARE(site.now(id).phase, Phase::degraded);
    }

    // A new version that never gets ready: the rolling update replaces no more than it may, and is held.
    void aRollingUpdateThatFlapsIsHeldWithTheReason() {
        FakeSite site;
        site.runner.becomes_ready = false;
        const RolloutId id = site.begin(rolling()).id;
        for (int i = 0; i < 70; ++i) {
            for (auto& each : site.runner.running)  // ready for a second, then not
                if (each.version == "v2") each.ready = i % 2 == 0;
            site.pass(1s);
        }
        const Rollout held = site.now(id);
        QVERIFY(held.progress.held);
        QVERIFY(held.message.find("no progress for 60 s") != std::string::npos);
        QCOMPARE(held.progress.replaced, 0u);
        QCOMPARE(site.runner.count("stable", "v1"), 1u);
        QVERIFY(site.act(id, Action::abort));
        site.runner.becomes_ready = true;
        site.pass(20s);
        QCOMPARE(site.now(id).progress.course, Course::undone);
        QCOMPARE(site.runner.count("stable", "v1"), 2u);
        QCOMPARE(site.runner.running.size(), std::size_t(2));
    }

    // Healthy by its health checks and failing its requests: the judge's answer by trust.
    void aVersionThatFailsItsRequestsIsAborted() {
        FakeSite site;
        site.metrics.bad();
        Specification specification = with({weight(10), rest()});
        specification.analysis.on_failure = Trust::abort;
        const RolloutId id = site.begin(specification).id;
        site.pass(10s);
        QCOMPARE(site.now(id).progress.course, Course::aborted);
        QCOMPARE(applied(site), 0u);
        QVERIFY(site.now(id).ended_at);
    }

    // A router that says yes and does otherwise: no step is done, and what it does is said.
    void aRouterThatLiesIsFoundOut() {
        FakeSite site;
        site.router.lies = true;
        const RolloutId id = site.begin(with({weight(10), weight(50), rest()})).id;
        site.pass(10s);
        const Rollout rollout = site.now(id);
        QCOMPARE(rollout.progress.step, std::size_t(0));
        QVERIFY(!rollout.split_confirmed);
        QVERIFY(rollout.message.find("says that it gives the canary 10 %, but does 0 %") !=
                std::string::npos);
        site.router.lies = false;
        site.pass(3s);
        QCOMPARE(site.now(id).progress.weight, 50u);
        QVERIFY(site.now(id).split_confirmed);
    }

    // A connection lost in the middle of a step: a state, and no step is done before it is back.
    void aLostConnectionIsAState() {
        FakeSite site;
        const RolloutId id = site.begin(with({weight(10), rest(10s), weight(50), rest()})).id;
        site.pass(4s);
        QVERIFY(site.now(id).driver_connected);
        site.router.reachable = false;
        site.pass(5s);
        const auto heard = site.now(id).observed_at;
        site.pass(30s);
        Rollout rollout = site.now(id);
        QVERIFY(!rollout.driver_connected);
        QCOMPARE(rollout.observed_at, heard);
        QCOMPARE(rollout.progress.step, std::size_t(1));
        site.router.reachable = true;
        site.pass(4s);
        rollout = site.now(id);
        QVERIFY(rollout.driver_connected && rollout.split_confirmed);
        QCOMPARE(rollout.progress.weight, 50u);
    }

    // The time of steps is that of the steady clock.
    void aClockThatJumpsNeitherSkipsNorDrawsOutAStep() {
        for (const auto jump : {std::chrono::milliseconds(24h), std::chrono::milliseconds(-24h)}) {
            FakeSite site;
            const RolloutId id = site.begin(with({weight(10), rest(60s), weight(50), rest()})).id;
            site.pass(20s);
            const auto left = *site.now(id).remaining;
            site.clock.jump(jump);
            site.pass(1s);
            QCOMPARE(*site.now(id).remaining, left - 1s);
            QVERIFY(has_row(site.now(id), "the wall clock jumped"));
            site.pass(30s);
            QCOMPARE(site.now(id).progress.weight, 10u);
            site.pass(15s);
            QCOMPARE(site.now(id).progress.weight, 50u);
        }
    }

    void aJumpWhileOpsdIsDownEndsTheCurrentStepAtMost() {
        FakeSite site;
        const RolloutId id = site.begin(with({weight(10), rest(60s), weight(50), rest(60s), weight(90)})).id;
        site.pass(5s);
        site.clock.jump(24h);
        site.restart();
        site.pass(10s);
        QCOMPARE(site.now(id).progress.weight, 50u);
    }

    void twoOperatorsAtOnceAreOneAction() {
        FakeSite site;
        const RolloutId id = site.begin(with({weight(10), rest(), weight(50), rest()})).id;
        site.pass(3s);
        const auto version = site.now(id).progress.version;
        QVERIFY(site.engine->act(id, Action::next, "", {"anna", version, {}}));
        QCOMPARE(site.engine->act(id, Action::next, "", {"ben", version, {}}).error().code,
                 core::Errc::precondition_failed);
        QCOMPARE(site.now(id).progress.weight, 50u);
    }

    void blueGreenSwitchesAndTheFormerVersionWaits() {
        FakeSite site;
        const RolloutId id = site.begin(blue_green()).id;
        site.pass(3s);
        QCOMPARE(applied(site), 100u);
        QCOMPARE(site.runner.count("canary", "v2"), 2u);
        QVERIFY(site.now(id).message.find("undo is instant") != std::string::npos);
        site.pass(10s);
        QCOMPARE(site.runner.count("stable", "v1"), 2u);
        const std::size_t orders = site.runner.log.size();
        QVERIFY(site.act(id, Action::undo));
        QCOMPARE(applied(site), 0u);
        QCOMPARE(site.runner.log.size(), orders);  // nothing had to be started for it
        site.pass(10s);
        QCOMPARE(site.now(id).progress.course, Course::undone);
        QCOMPARE(site.runner.running.size(), std::size_t(2));
    }

    void blueGreenGoesThroughToThePromotion() {
        FakeSite site;
        const RolloutId id = site.begin(blue_green()).id;
        site.pass(60s);
        QCOMPARE(site.now(id).phase, Phase::healthy);
        QCOMPARE(site.runner.count("stable", "v2"), 2u);
        QCOMPARE(site.runner.running.size(), std::size_t(2));
    }

    void aRollingUpdateReplacesAllWithoutATimeWithoutAny() {
        FakeSite site;
        const RolloutId id = site.begin(rolling()).id;
        site.pass(30s);
        QCOMPARE(site.now(id).phase, Phase::healthy);
        QCOMPARE(site.runner.count("stable", "v2"), 2u);
        QCOMPARE(site.runner.running.size(), std::size_t(2));
        QVERIFY(site.runner.most <= 3 && site.runner.fewest_ready >= 1);
        QVERIFY(site.act(id, Action::undo));
        site.pass(30s);
        QCOMPARE(site.runner.count("stable", "v1"), 2u);
    }

    void approvalsAndFreezesStandInTheWay() {
        FakeSite site;
        Specification specification = with({weight(10), rest(), weight(50), rest()});
        specification.approvals = 1;
        const RolloutId id = site.begin(specification).id;
        site.pass(10s);
        QCOMPARE(applied(site), 0u);
        QCOMPARE(site.now(id).phase, Phase::paused);
        QVERIFY(!site.act(id, Action::approve));  // who started it
        QVERIFY(site.engine->act(id, Action::approve, "looks right", {"ben", {}, {}}));
        QCOMPARE(site.now(id).approvals.size(), std::size_t(1));
        site.pass(3s);
        QCOMPARE(applied(site), 10u);
        site.freeze = "INC-1 is open";
        site.pass(2s);
        QCOMPARE(*site.now(id).frozen, std::string("INC-1 is open"));
        QCOMPARE(site.act(id, Action::next).error().code, core::Errc::conflict);
        QCOMPARE(*site.engine->preview(id, Action::next)->frozen, std::string("INC-1 is open"));
        QVERIFY(!site.engine->preview(id, Action::abort)->frozen);
        RolloutAuthor author{"ben", {}, {}, true};
        QCOMPARE(site.engine->act(id, Action::next, "", author).error().code, core::Errc::invalid_argument);
        QVERIFY(site.engine->act(id, Action::next, "it is the fix", author));
        QVERIFY(has_row(site.now(id), "it is the fix (although INC-1 is open)"));
        QVERIFY(site.act(id, Action::abort));
    }

    void aPreviewSendsNothingAndSaysAll() {
        FakeSite site;
        const RolloutId id = site.begin(with({weight(10), rest(), weight(50), rest()})).id;
        site.pass(3s);
        const auto calls = site.router.weights.size();
        const Rollout before = site.now(id);
        const auto preview = site.engine->preview(id, Action::next);
        QVERIFY(preview);
        QCOMPARE(preview->requests.size(), std::size_t(1));
        QCOMPARE(preview->version, before.progress.version);
        QCOMPARE(preview->effects.front(), std::string("canary weight 10 % -> 50 %"));
        QVERIFY(site.now(id) == before);
        QCOMPARE(site.router.weights.size(), calls);
        QVERIFY(site.engine->preview(id, Action::pause)->requests.empty());
        QVERIFY(site.engine->preview(id, Action::undo)->refusal);
    }

    void whatTheRouterCannotDoIsRefusedBeforeAnythingStarts() {
        FakeSite site;
        site.router.cannot = "it has no mirrors";
        const auto refused = site.engine->start({with({weight(10)}), {}, false}, {"anna", {}, {}});
        QCOMPARE(refused.error().code, core::Errc::invalid_argument);
        QVERIFY(site.runner.log.empty());
    }

    void driversDoNotWaitForOneAnother() {
        FakeSite site;
        test::FakeRouter router;
        test::FakeRunner runner;
        test::FakeMetrics metrics;
        site.others["edge"] = {&router, &runner, &metrics, "an edge"};
        site.restart();
        Specification edge = with({weight(20), rest()});
        edge.driver = "edge";
        const RolloutId first = site.begin(with({weight(10), rest()})).id;
        const RolloutId second = site.begin(edge).id;
        QCOMPARE(site.engine->start({edge, {}, false}, {"anna", {}, {}}).error().code, core::Errc::conflict);
        site.router.reachable = false;
        site.pass(3s);
        QCOMPARE(router.applied.canary_weight, 20.0);
        QCOMPARE(site.now(second).driver, std::string("edge"));
        QCOMPARE(site.now(second).driver_note, std::string("an edge"));
        QVERIFY(site.now(second).driver_connected && !site.now(first).driver_connected);
        edge.driver = "nowhere";
        QCOMPARE(site.engine->start({edge, {}, false}, {"anna", {}, {}}).error().code,
                 core::Errc::invalid_argument);
    }

    void theObservedSplitIsOfSessionsWithItsInterval() {
        FakeSite site;
        const RolloutId id = site.begin(with({weight(10), rest()})).id;
        site.pass(3s);
        site.router.counts.stable_sessions = 895;
        site.router.counts.canary_sessions = 105;
        site.pass(3s);
        const Rollout rollout = site.now(id);
        QCOMPARE(*rollout.weight_observed, 10.5);
        QCOMPARE(*rollout.canary_sessions, std::uint64_t(105));
        QVERIFY(*rollout.observed_low > 8.0 && *rollout.observed_low < 10.0);
        QVERIFY(*rollout.observed_high > 11.0 && *rollout.observed_high < 14.0);
    }

    void whatDoesNotChangeIsNotToldAgain() {
        FakeSite site;
        const RolloutId id = site.begin(with({weight(10), rest()})).id;
        site.pass(5s);
        const std::size_t told = site.published;
        site.pass(60s);
        QCOMPARE(site.published, told);
        QVERIFY(site.act(id, Action::pause));
        QVERIFY(site.published > told);
    }
};

QTEST_GUILESS_MAIN(TestRolloutWorlds)
#include "tst_rollout_worlds.moc"
