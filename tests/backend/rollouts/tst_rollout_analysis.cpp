// Runs of analysis templates while a rollout goes its way.
#include <QTest>

#include "backend/rollouts/fake_site.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;
using test::FakeSite;

namespace {

/// A template of one metric of that name, by default three measurements 5 s apart.
std::string a_template(const std::string& name, const std::string& more = "count: 3, interval: 5s",
                       const std::string& provider = "prometheus: {query: up}") {
    return "{metadata: {name: " + name + "}, spec: {metrics: [{name: " + name +
           ", successCondition: 'result[0] >= 0.95', " + more + ", provider: {" + provider + "}}]}}";
}

std::string templates(const std::string& list, const std::string& on_failure = "pause") {
    return "templates: [" + list + "]\nanalysis: {onFailure: " + on_failure + ", background: false}\n";
}

const std::string one_step =
    "{setWeight: 10}, {analysis: {templates: [{templateName: ok}]}}, {setWeight: 50}, {pause: {}}";

const AnalysisRun& run_named(const Rollout& rollout, const std::string& end) {
    for (const AnalysisRun& run : rollout.analyses)
        if (run.name.ends_with(end)) return run;
    qFatal("no run %s", end.c_str());
}

core::Result<std::string> bad(const MetricSpec&) {
    return std::string("[0.5]");
}

}  // namespace

class TestRolloutAnalysis : public QObject {
    Q_OBJECT

private slots:
    void aStepGoesOnWhenItsRunHasSucceeded() {
        FakeSite site;
        const RolloutId id = site.start(one_step, templates(a_template("ok"))).id;
        site.pass(7s);
        QCOMPARE(site.now(id).progress.step, std::size_t(1));
        QCOMPARE(run_named(site.now(id), "step-2").metrics[0].successful, std::uint64_t(2));
        QVERIFY(site.now(id).message.find("0 of 1 metric(s)") != std::string::npos);
        site.pass(10s);
        const Rollout after = site.now(id);
        QCOMPARE(after.progress.weight, 50u);
        QCOMPARE(run_named(after, "step-2").phase, RunPhase::successful);
        QCOMPARE(run_named(after, "step-2").metrics[0].latest.size(), std::size_t(3));
        QCOMPARE(site.source.asked.size(), std::size_t(3));
    }

    void nothingIsMeasuredBeforeTheTrafficIsThere() {
        FakeSite site;
        site.router.lies = true;
        (void)site.start(one_step, templates(a_template("ok")));
        site.pass(20s);
        QVERIFY(site.source.asked.empty());
    }

    void whatFailedDoesAsItIsTrusted_data() {
        QTest::addColumn<QString>("trust");
        QTest::newRow("abort") << "abort";
        QTest::newRow("pause") << "pause";
        QTest::newRow("advise") << "advise";
    }
    void whatFailedDoesAsItIsTrusted() {
        QFETCH(QString, trust);
        FakeSite site;
        site.source.answer = bad;
        const RolloutId id = site.start(one_step, templates(a_template("ok"), trust.toStdString())).id;
        site.pass(12s);
        const Rollout after = site.now(id);
        QCOMPARE(run_named(after, "step-2").phase, RunPhase::failed);
        if (trust == "abort") {
            QCOMPARE(after.progress.course, Course::aborted);
            QCOMPARE(site.router.applied.canary_weight, 0.0);
            QVERIFY(after.time_to_zero);
        } else if (trust == "pause") {
            QVERIFY(after.progress.held);
            QVERIFY(after.progress.hold_reason.find("metric 'ok'") != std::string::npos);
            QCOMPARE(site.router.applied.canary_weight, 10.0);
            site.source.answer = nullptr;
            QVERIFY(site.act(id, Action::resume));
            site.pass(20s);
            QCOMPARE(run_named(site.now(id), "step-2").phase, RunPhase::successful);
            QCOMPARE(site.now(id).progress.weight, 50u);
        } else {
            QCOMPARE(after.progress.weight, 50u);
        }
    }

    void whoCannotMeasureHoldsAndNeverAborts() {
        FakeSite site;
        site.source.answer = [](const MetricSpec&) -> core::Result<std::string> {
            return core::fail(core::Errc::unavailable, "connection refused");
        };
        const RolloutId id = site.start(one_step, templates(a_template("ok"), "abort")).id;
        site.pass(60s);
        const Rollout after = site.now(id);
        QCOMPARE(run_named(after, "step-2").phase, RunPhase::error);
        QVERIFY(after.progress.held);
        QCOMPARE(after.progress.weight, 10u);
        QCOMPARE(site.source.asked.size(), std::size_t(5));  // consecutiveErrorLimit 4, 10 s apart
    }

    void neitherGoodNorBadIsInconclusiveAndHolds() {
        FakeSite site;
        site.source.answer = bad;
        const RolloutId id =
            site.start(one_step,
                       templates(a_template("ok", "failureCondition: 'result[0] < 0.1', count: 1"), "abort"))
                .id;
        site.pass(10s);
        QCOMPARE(run_named(site.now(id), "step-2").phase, RunPhase::inconclusive);
        QVERIFY(site.now(id).progress.held);
    }

    void theBackgroundIsWatchedUntilTheEnd() {
        FakeSite site;
        const auto steps =
            std::string("{setWeight: 10}, {pause: {duration: 5s}}, {setWeight: 50}, {pause: {duration: 8s}}");
        const auto request = parse_start_request(
            "strategy: {canary: {steps: [" + steps +
            "], analysis: {templates: [{templateName: ok}], startingStep: 2}}}\ntarget: {version: v2}\n" +
            templates(a_template("ok", "interval: 1s")));
        QVERIFY2(request, request ? "" : request.error().message.c_str());
        const RolloutId id = site.begin(request->specification).id;
        site.pass(4s);
        QVERIFY(site.source.asked.empty());
        site.pass(6s);
        QVERIFY(!site.source.asked.empty());
        QCOMPARE(run_named(site.now(id), "/background").phase, RunPhase::running);
        site.pass(30s);
        QCOMPARE(site.now(id).progress.course, Course::promoted);
        const AnalysisRun run = run_named(site.now(id), "/background");
        QCOMPARE(run.phase, RunPhase::successful);
        QVERIFY(run.terminate);
        const std::size_t asked = site.source.asked.size();
        site.pass(10s);
        QCOMPARE(site.source.asked.size(), asked);
    }

    void aFailureInTheBackgroundAborts() {
        FakeSite site;
        const auto request = parse_start_request(
            "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}], analysis: {templates: "
            "[{templateName: "
            "ok}]}}}\ntarget: {version: v2}\n" +
            templates(a_template("ok", "interval: 1s, failureLimit: 2"), "abort"));
        const RolloutId id = site.begin(request->specification).id;
        site.pass(10s);
        QCOMPARE(site.now(id).progress.weight, 10u);
        site.source.answer = bad;
        site.pass(5s);
        QCOMPARE(site.now(id).progress.course, Course::aborted);
        QVERIFY(std::ranges::any_of(site.told, [](const std::string& line) {
            return line.find("the analysis in the background is Failed: metric 'ok'") != std::string::npos;
        }));
    }

    void aRestartGoesOnWithWhatWasMeasured() {
        FakeSite site;
        const RolloutId id = site.start(one_step, templates(a_template("ok", "count: 4, interval: 5s"))).id;
        site.pass(13s);
        QCOMPARE(site.source.asked.size(), std::size_t(3));
        site.restart();
        QCOMPARE(run_named(site.now(id), "step-2").metrics[0].successful, std::uint64_t(3));
        site.pass(10s);
        QCOMPARE(site.source.asked.size(), std::size_t(4));
        QCOMPARE(site.now(id).progress.weight, 50u);
    }

    void aClockThatJumpsMeasuresNeitherSoonerNorLater() {
        for (const auto jump : {std::chrono::milliseconds(1h), std::chrono::milliseconds(-1h)}) {
            FakeSite site;
            const RolloutId id =
                site.start(one_step, templates(a_template("ok", "count: 9, interval: 5s"))).id;
            site.pass(7s);
            QCOMPARE(site.source.asked.size(), std::size_t(2));
            site.clock.jump(jump);
            site.pass(2s);
            QCOMPARE(site.source.asked.size(), std::size_t(2));
            site.pass(4s);
            QCOMPARE(site.source.asked.size(), std::size_t(3));
            site.restart();
            site.pass(6s);
            QCOMPARE(site.source.asked.size(), std::size_t(4));
            QCOMPARE(run_named(site.now(id), "step-2").metrics[0].successful, std::uint64_t(4));
        }
    }

    void whoGoesOnEndsTheRun() {
        FakeSite site;
        const RolloutId id = site.start(one_step, templates(a_template("ok", "interval: 5s"))).id;
        site.pass(7s);
        QVERIFY(site.act(id, Action::next));
        site.pass(20s);
        QCOMPARE(site.source.asked.size(), std::size_t(2));
        QVERIFY(run_named(site.now(id), "step-2").terminate);
        QCOMPARE(site.now(id).progress.weight, 50u);
    }

    void theJudgesWordIsAMetricAndTooLittleDataHolds() {
        FakeSite site;
        site.has_source = false;
        site.restart();
        const std::string word =
            "{metadata: {name: ok}, spec: {metrics: [{name: errors, count: 2, interval: 1s, "
            "successCondition: "
            "'result == \"pass\"', failureCondition: 'result == \"fail\"', provider: "
            "{judge: {query: ratio}}}]}}";
        const RolloutId id = site.start(one_step, templates(word)).id;
        site.pass(10s);
        QCOMPARE(run_named(site.now(id), "step-2").metrics[0].latest.back().value,
                 std::string("not_enough_data"));
        QCOMPARE(site.now(id).progress.weight, 10u);
        QVERIFY(site.now(id).progress.held);
        site.metrics.good();
        QVERIFY(site.act(id, Action::resume));
        site.pass(10s);
        QCOMPARE(run_named(site.now(id), "step-2").metrics[0].latest.back().value, std::string("pass"));
        QCOMPARE(site.now(id).progress.weight, 50u);
    }

    void whatTheJudgeDoesNotKnowIsRefusedAtTheStart() {
        FakeSite site;
        const auto request =
            parse_start_request("strategy: {canary: {steps: [" + one_step + "]}}\ntarget: {version: v2}\n" +
                                templates(a_template("ok", "count: 1", "judge: {query: ratoi}")));
        QVERIFY2(request, request ? "" : request.error().message.c_str());
        const auto refused = site.engine->start(*request, {"anna", {}, {}});
        QCOMPARE(refused.error().code, core::Errc::invalid_argument);
        QVERIFY(refused.error().message.find("'ratoi'") != std::string::npos);
    }

    void whatCannotBeMeasuredIsRefusedAtTheStart() {
        FakeSite site;
        site.has_source = false;
        site.restart();
        const auto request =
            parse_start_request("strategy: {canary: {steps: [" + one_step + "]}}\ntarget: {version: v2}\n" +
                                templates(a_template("ok")));
        QVERIFY2(request, request ? "" : request.error().message.c_str());
        const auto refused = site.engine->start(*request, {"anna", {}, {}});
        QCOMPARE(refused.error().code, core::Errc::invalid_argument);
        QVERIFY(refused.error().message.find("'ok'") != std::string::npos);
        QVERIFY(site.runner.log.empty());
    }
};

QTEST_GUILESS_MAIN(TestRolloutAnalysis)
#include "tst_rollout_analysis.moc"
