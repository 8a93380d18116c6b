#include <QTest>

#include <thread>

#include "backend/rollouts/fake_site.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;
using test::FakeSite;

class TestRolloutEngine : public QObject {
    Q_OBJECT

private slots:
    void fromTenPercentToTheNewStableVersion() {
        FakeSite site;
        site.metrics.good();
        const RolloutId id =
            site.start("{setWeight: 10}, {pause: {duration: 20s}}, {analysis: {}}, {setWeight: 50}").id;
        QVERIFY(site.router.weights.empty());  // no traffic before an instance serves
        site.pass(3s);
        QCOMPARE(site.runner.log,
                 (std::vector<std::string>{
                     R"(start 1 v2 canary [{"amount":0.0,"for_s":3600.0,"kind":"error","ratio":1.0}])"}));
        QCOMPARE(site.router.applied.canary_weight, 10.0);
        QCOMPARE(site.router.applied.rollout, id.value);
        QCOMPARE(site.now(id).phase, Phase::paused);
        QVERIFY(site.now(id).split_confirmed);
        QCOMPARE(*site.now(id).weight_observed, 10.0);
        site.pass(60s);
        const Rollout done = site.now(id);
        QCOMPARE(done.phase, Phase::healthy);
        QCOMPARE(done.stable_version, std::string("v2"));
        QCOMPARE(site.router.weights, (std::vector<unsigned>{10, 50, 100, 0}));
        QCOMPARE(site.runner.count("stable", "v2"), 2u);
        QCOMPARE(site.runner.count("stable", "v1"), 0u);
        QCOMPARE(site.runner.count("canary", "v2"), 0u);
        QVERIFY(!site.told.empty());
    }

    void newStableInstancesServeBeforeOldOnesGo() {
        FakeSite site;
        const RolloutId id = site.start("{setWeight: 10}, {pause: {}}").id;
        site.pass(3s);
        QVERIFY(site.act(id, Action::promote));
        site.pass(10s);
        std::size_t started = 0, stopped = 0;
        for (std::size_t i = 0; i < site.runner.log.size(); ++i) {
            if (site.runner.log[i].starts_with("start 2 v2 stable")) started = i;
            if (site.runner.log[i] == "stop api-1") stopped = i;
        }
        QVERIFY(started > 0 && stopped > started);
    }

    void abortTakesTheCanaryToZeroBeforeItReturns() {
        FakeSite site;
        site.metrics.good();
        const RolloutId id = site.start("{setWeight: 10}, {pause: {}}").id;
        site.pass(3s);
        site.router.before_set = [&site] { site.clock.advance(37ms); };
        const auto aborted = site.act(id, Action::abort);
        QVERIFY(aborted);
        QCOMPARE(site.router.applied.canary_weight, 0.0);
        QCOMPARE(*aborted->time_to_zero, 37ms);
        QCOMPARE(aborted->phase, Phase::degraded);
        // Open requests end first.
        site.pass(3s);
        QCOMPARE(site.runner.count("canary", "v2"), 1u);
        site.pass(5s);
        QCOMPARE(site.runner.count("canary", "v2"), 0u);
        QCOMPARE(site.runner.count("stable", "v1"), 2u);
        site.restart();
        QCOMPARE(*site.now(id).time_to_zero, 37ms);
    }

    void aGatewayThatCannotBeReachedIsToldAsSoonAsItCan() {
        FakeSite site;
        const RolloutId id = site.start("{setWeight: 10}, {pause: {}}").id;
        site.pass(3s);
        site.router.reachable = false;
        const auto aborted = site.act(id, Action::abort);
        QVERIFY(aborted && !aborted->split_confirmed);
        QVERIFY(!aborted->time_to_zero);
        QVERIFY(aborted->message.find("connection refused") != std::string::npos);
        site.pass(10s);
        QCOMPARE(site.runner.count("canary", "v2"), 1u);  // it may still get requests
        site.router.reachable = true;
        site.pass(2s);
        QCOMPARE(site.router.applied.canary_weight, 0.0);
        QVERIFY(*site.now(id).time_to_zero >= 10s);
    }

    void aRestartedGatewayGetsItsSplitBack() {
        FakeSite site;
        const RolloutId id = site.start("{setWeight: 25}, {pause: {}}").id;
        site.pass(3s);
        site.router.applied = {};
        site.pass(3s);
        QCOMPARE(site.router.applied.canary_weight, 25.0);
        QVERIFY(site.now(id).split_confirmed);
    }

    void aSiteThatStartsAnewSendsNobodyToACanaryThatIsNotThere() {
        FakeSite site;
        const RolloutId id = site.start("{setWeight: 10}, {pause: {}}").id;
        site.pass(3s);
        site.runner.running.resize(2);
        site.runner.can_start = false;
        site.router.applied = {};
        site.router.weights.clear();
        site.restart();
        site.pass(8s);
        QVERIFY(site.router.weights.empty());
        site.runner.can_start = true;
        site.pass(7s);
        QCOMPARE(site.router.applied.canary_weight, 10.0);
        QCOMPARE(site.now(id).phase, Phase::paused);
    }

    void aRestartGoesOnExactlyWhereItWas() {
        for (int moment = 0; moment < 26; ++moment) {
            FakeSite site;
            site.metrics.good();
            const RolloutId id =
                site.start(
                        "{setWeight: 10}, {pause: {duration: 5s}}, {setWeight: 60}, {pause: {duration: 5s}}")
                    .id;
            site.pass(moment * 500ms);
            const Rollout before = site.now(id);
            site.restart();
            const Rollout after = site.now(id);
            QCOMPARE(after.progress.course, before.progress.course);
            QVERIFY(after.progress.step >= before.progress.step &&
                    after.progress.weight == site.router.applied.canary_weight);
            site.pass(30s);
            QCOMPARE(site.now(id).phase, Phase::healthy);
            QCOMPARE(site.runner.count("stable", "v2"), 2u);
            QCOMPARE(site.runner.running.size(), std::size_t(2));
        }
    }

    void aFailedAnalysisPausesOnceAndWhoResumesIsObeyed() {
        FakeSite site;
        site.metrics.bad();
        const RolloutId id = site.start("{setWeight: 10}, {pause: {duration: 600s}}").id;
        site.pass(6s);
        Rollout rollout = site.now(id);
        QVERIFY(rollout.progress.held);
        QCOMPARE(rollout.progress.weight, 10u);  // it holds, it does not abort
        QVERIFY(rollout.message.find("12.00 %") != std::string::npos);
        QCOMPARE(rollout.verdict->outcome, Outcome::fail);
        QVERIFY(site.act(id, Action::resume));
        site.pass(10s);
        QVERIFY(!site.now(id).progress.held);
        site.restart();
        site.pass(10s);
        QVERIFY(!site.now(id).progress.held);
        // A further run of failures holds again.
        site.metrics.good();
        site.pass(6s);
        site.metrics.bad();
        site.pass(6s);
        QVERIFY(site.now(id).progress.held);
    }

    void aFailedAnalysisAbortsWhereItIsTrusted() {
        FakeSite site;
        site.metrics.bad();
        const RolloutId id = site.start("{setWeight: 10}, {pause: {}}", "analysis: {onFailure: abort}").id;
        site.pass(8s);
        QCOMPARE(site.now(id).progress.course, Course::aborted);
        QCOMPARE(site.router.applied.canary_weight, 0.0);
        QVERIFY(site.now(id).time_to_zero);
    }

    void aFailedAnalysisOnlyTellsWhereItAdvises() {
        FakeSite site;
        site.metrics.bad();
        const RolloutId id =
            site.start("{setWeight: 10}, {pause: {duration: 10s}}, {setWeight: 20}, {pause: {}}",
                       "analysis: {onFailure: advise}")
                .id;
        site.pass(15s);
        QCOMPARE(site.now(id).progress.weight, 20u);
        QCOMPARE(site.now(id).verdict->outcome, Outcome::fail);
    }

    void notEnoughDataHoldsAnAnalysisStepAndNothingElse() {
        FakeSite site;
        site.metrics.few();
        const RolloutId id = site.start("{setWeight: 10}, {analysis: {}}, {setWeight: 50}, {pause: {}}",
                                        "analysis: {onFailure: abort}")
                                 .id;
        site.pass(60s);
        QCOMPARE(site.now(id).progress.step, std::size_t(1));
        QCOMPARE(site.now(id).verdict->outcome, Outcome::not_enough_data);
        QCOMPARE(site.now(id).progress.course, Course::stepping);
        site.metrics.good();
        site.pass(3s);
        QCOMPARE(site.now(id).progress.weight, 50u);
    }

    void rampDownTakesItsTime() {
        FakeSite site;
        const RolloutId id = site.start("{setWeight: 10}, {setWeight: 30}, {setWeight: 60}, {pause: {}}").id;
        site.pass(5s);
        QCOMPARE(site.router.applied.canary_weight, 60.0);
        QVERIFY(site.act(id, Action::ramp_down));
        QCOMPARE(site.router.applied.canary_weight, 30.0);
        site.pass(11s);
        QCOMPARE(site.router.applied.canary_weight, 10.0);
        site.pass(11s);
        QCOMPARE(site.now(id).progress.course, Course::aborted);
        site.pass(7s);
        QCOMPARE(site.runner.count("canary", "v2"), 0u);
    }

    void undoBringsTheFormerVersionBack() {
        FakeSite site;
        const RolloutId id = site.start("{setWeight: 10}").id;
        site.pass(15s);
        QCOMPARE(site.now(id).stable_version, std::string("v2"));
        QVERIFY(site.act(id, Action::undo));
        site.pass(10s);
        QCOMPARE(site.now(id).stable_version, std::string("v1"));
        QCOMPARE(site.runner.count("stable", "v1"), 2u);
        QCOMPARE(site.runner.running.size(), std::size_t(2));
    }

    void instancesThatDoNotStartAreTriedAgainWithoutTraffic() {
        FakeSite site;
        site.runner.can_start = false;
        const RolloutId id = site.start("{setWeight: 10}, {pause: {}}").id;
        site.pass(20s);
        QVERIFY(site.now(id).message.find("no memory") != std::string::npos);
        for (const unsigned weight : site.router.weights) QCOMPARE(weight, 0u);
        site.runner.can_start = true;
        site.pass(7s);
        QCOMPARE(site.router.applied.canary_weight, 10.0);
        QVERIFY(site.now(id).message.find("no memory") == std::string::npos);
    }

    void aFreezeIsRefusedUnlessOverridden() {
        FakeSite site;
        site.freeze = "INC-1 (SEV2, playback burns) is open";
        const auto request =
            parse_start_request("strategy: {canary: {steps: [{setWeight: 1}]}}\ntarget: {version: v2}");
        const auto refused = site.engine->start(*request, {"anna", {}, {}});
        QCOMPARE(refused.error().code, core::Errc::conflict);
        QVERIFY(refused.error().message.find("INC-1") != std::string::npos);
        StartRequest forced = *request;
        forced.override_freeze = true;
        QCOMPARE(site.engine->start(forced, {"anna", {}, {}}).error().code, core::Errc::invalid_argument);
        forced.reason = "it is the fix";
        QVERIFY(site.engine->start(forced, {"anna", {}, {}}));
    }

    void noStepGoesUpByItselfWhileFrozen() {
        FakeSite site;
        site.metrics.good();
        const RolloutId id =
            site.start("{setWeight: 10}, {pause: {duration: 2s}}, {setWeight: 50}, {pause: {duration: 2s}}")
                .id;
        site.pass(1s);
        site.freeze = "INC-1 is open";
        site.pass(10s);
        QCOMPARE(site.now(id).progress.weight, 10u);
        QVERIFY(site.engine->act(id, Action::next, "it is the fix", {"anna", {}, {}, true}));
        QCOMPARE(site.now(id).progress.weight, 50u);
        site.restart();
        site.pass(5s);  // who went on in spite of it is not asked again
        QCOMPARE(site.now(id).progress.course, Course::promoted);
    }

    void anotherFreezeHoldsAgainAndItsEndLetsGo() {
        FakeSite site;
        site.metrics.good();
        site.freeze = "INC-1 is open";
        auto request = *parse_start_request(
            "strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 2s}}, {setWeight: 50}, {pause: "
            "{}}]}}\n"
            "target: {version: v2}\nreason: it is the fix\noverride: true");
        const RolloutId id = site.engine->start(request, {"anna", {}, {}})->id;
        site.pass(1s);
        QCOMPARE(site.now(id).progress.weight, 10u);
        site.freeze = "INC-2 is open";
        site.pass(10s);
        QCOMPARE(site.now(id).progress.weight, 10u);
        site.freeze.reset();
        site.pass(2s);
        QCOMPARE(site.now(id).progress.weight, 50u);
    }

    void whatTheEngineDoesNotDoIsRefusedAtTheStart() {
        FakeSite site;
        StartRequest request =
            *parse_start_request("strategy: {canary: {steps: [{setWeight: 1}]}}\ntarget: {version: v2}");
        request.specification.background = AnalysisUse{{"not-there"}, {}, 0};
        QCOMPARE(site.engine->start(request, {"anna", {}, {}}).error().code, core::Errc::invalid_argument);
        QVERIFY(site.runner.log.empty());
        QVERIFY(site.engine->list().empty());
    }

    void oneRolloutAtATimeAndNotOfWhatIsStable() {
        FakeSite site;
        const auto same =
            parse_start_request("strategy: {canary: {steps: [{setWeight: 1}]}}\ntarget: {version: v1}");
        QCOMPARE(site.engine->start(*same, {"anna", {}, {}}).error().code, core::Errc::conflict);
        const RolloutId id = site.start("{setWeight: 10}, {pause: {}}").id;
        const auto second = parse_start_request(
            "strategy: {canary: {steps: [{setWeight: 1}, {pause: {}}]}}\ntarget: {version: v3}");
        QCOMPARE(site.engine->start(*second, {"anna", {}, {}}).error().code, core::Errc::conflict);
        QVERIFY(site.act(id, Action::abort));
        QVERIFY(site.engine->start(*second, {"anna", {}, {}}));
        site.pass(10s);  // the old canary goes, the new one serves
        QCOMPARE(site.runner.count("canary", "v2"), 0u);
        QCOMPARE(site.runner.count("canary", "v3"), 1u);
        QCOMPARE(site.act(id, Action::undo).error().code, core::Errc::conflict);
    }

    void theFirstHandWinsAndRepeatsAreAnsweredAgain() {
        FakeSite site;
        const Rollout rollout = site.start("{setWeight: 10}, {pause: {}}, {setWeight: 50}, {pause: {}}");
        site.pass(3s);
        const auto stale =
            site.engine->act(rollout.id, Action::pause, "", {"anna", rollout.progress.version, {}});
        QCOMPARE(stale.error().code, core::Errc::precondition_failed);
        const auto version = site.now(rollout.id).progress.version;
        QVERIFY(site.engine->act(rollout.id, Action::next, "", {"anna", version, "key"}));
        site.restart();
        const auto again = site.engine->act(rollout.id, Action::next, "", {"anna", version, "key"});
        QVERIFY(again);
        QCOMPARE(again->progress.course, site.now(rollout.id).progress.course);
        // For something else it is another key, and is not answered with the old story.
        const auto aborted = site.engine->act(rollout.id, Action::abort, "", {"anna", {}, "key"});
        QVERIFY(aborted);
        QCOMPARE(aborted->progress.course, Course::aborted);
        QCOMPARE(site.engine->act(RolloutId("RO-9"), Action::next, "", {}).error().code,
                 core::Errc::not_found);
    }

    void manyHandsAtOnceLeaveOneStory() {
        FakeSite site;
        core::SystemClock clock;
        core::ThreadPool pool(2, "rollouts");
        test::FakeMetrics metrics;
        metrics.good();
        auto engine = RolloutEngine::open(
            {*site.log, clock, pool, telemetry::null_log(), site.router, site.runner, metrics}, {},
            {.tick = 1ms, .read_split_every = 1ms, .drain = 1ms});
        QVERIFY(engine);
        (*engine)->run();
        const auto request = parse_start_request(
            "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}]}}\ntarget: {version: v2}");
        const RolloutId id = (*engine)->start(*request, {"anna", {}, {}})->id;
        std::vector<std::thread> hands;
        for (int hand = 0; hand < 3; ++hand)
            hands.emplace_back([&, hand] {
                for (int i = 0; i < 40; ++i) {
                    (void)(*engine)->act(id, i % 2 == 0 ? Action::pause : Action::resume,
                                         "hand " + std::to_string(hand), {"h", {}, {}});
                    (void)(*engine)->list();
                }
            });
        for (std::thread& hand : hands) hand.join();
        QVERIFY((*engine)->act(id, Action::abort, "enough", {"anna", {}, {}}) ||
                is_finished((*engine)->get(id)->progress) ||
                (*engine)->get(id)->progress.course == Course::promoting ||
                (*engine)->get(id)->progress.course == Course::undoing);
        (*engine)->stop();
        pool.stop();
        QVERIFY(site.log->verify("rollout/" + id.value));
        QCOMPARE(AuditJournal(*site.log).read(id)->size(), std::size_t((*engine)->get(id)->progress.version));
    }

    void theAuditTellsWhoDidWhatAndWhy() {
        FakeSite site;
        const RolloutId id = site.start("{setWeight: 10}, {pause: {}}", "reason: faster packager").id;
        site.pass(3s);
        QVERIFY(site.act(id, Action::abort));
        const Rollout rollout = site.now(id);
        QCOMPARE(rollout.audit.front().reason, std::string("faster packager"));
        QCOMPARE(rollout.audit.front().actor, std::string("anna"));
        bool found = false;
        for (const std::string& text : site.told)
            found = found || text == "abort by anna: v2 receives 0 % (because)";
        QVERIFY(found);
        QVERIFY(site.log->verify("rollout/" + id.value));
    }
};

QTEST_GUILESS_MAIN(TestRolloutEngine)
#include "tst_rollout_engine.moc"
