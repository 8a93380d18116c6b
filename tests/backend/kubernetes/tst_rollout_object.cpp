// Argo's objects of every phase, and objects that are not as they should be.

#include <QtTest>

#include "kubernetes/rollout_object.hpp"
#include "support/argo_objects.hpp"

using namespace qd;
using namespace qd::kubernetes;
using nlohmann::json;
using rollouts::Course;
using rollouts::Phase;
using test::argoObject;

class TestRolloutObject : public QObject {
    Q_OBJECT

    static rollouts::Rollout decode(const char* name) {
        return decode_rollout(argoObject(name), *core::parse_rfc3339("2026-11-24T10:30:00Z"));
    }

private slots:
    void every_phase_is_what_the_controller_calls_it_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("phase");
        QTest::addColumn<QString>("message");
        using enum ArgoPhase;
        QTest::newRow("progressing") << "progressing" << int(progressing)
                                     << "waiting for all steps to complete";
        QTest::newRow("step") << "paused_by_step" << int(paused) << "CanaryPauseStep";
        QTest::newRow("hand") << "paused_by_hand" << int(paused) << "manually paused";
        QTest::newRow("inconclusive") << "inconclusive" << int(paused) << "InconclusiveAnalysisRun";
        QTest::newRow("aborted") << "aborted" << int(degraded)
                                 << "RolloutAborted: Rollout aborted update to revision 2";
        QTest::newRow("timed out")
            << "timed_out" << int(degraded)
            << "ProgressDeadlineExceeded: ReplicaSet \"web-6f9c8d7b55\" has timed out progressing.";
        QTest::newRow("healthy") << "healthy" << int(healthy) << "";
        QTest::newRow("blue-green") << "blue_green_paused" << int(paused) << "BlueGreenPause";
    }
    void every_phase_is_what_the_controller_calls_it() {
        QFETCH(QString, name);
        QFETCH(int, phase);
        QFETCH(QString, message);
        const auto reading = argo_phase(argoObject(name.toStdString()));
        QCOMPARE(int(reading.phase), phase);
        QCOMPARE(QString::fromStdString(reading.message), message);
        // The sample's own words, where the controller has written them.
        const json object = argoObject(name.toStdString());
        QCOMPARE(object["status"].value("message", message.toStdString()), message.toStdString());
    }

    void an_earlier_reason_goes_before_a_later_one() {
        json object = argoObject("healthy");
        object["status"]["pauseConditions"] = {{{"reason", "CanaryPauseStep"}}};
        QCOMPARE(argo_phase(object).message, std::string("CanaryPauseStep"));
        object["spec"]["paused"] = true;
        QCOMPARE(argo_phase(object).message, std::string("manually paused"));
        object["status"]["conditions"] = {
            {{"type", "Progressing"}, {"reason", "RolloutAborted"}, {"message", "a"}}};
        QCOMPARE(argo_phase(object).message, std::string("RolloutAborted: a"));
        const json invalid{{"type", "InvalidSpec"}, {"message", "b"}};
        object["status"]["conditions"].insert(object["status"]["conditions"].begin(), invalid);
        QCOMPARE(argo_phase(object).message, std::string("InvalidSpec: b"));
        object["status"]["observedGeneration"] = "6";
        QCOMPARE(argo_phase(object).message, std::string("waiting for rollout spec update to be observed"));
    }

    void replicas_keep_it_progressing() {
        json object = argoObject("healthy");
        object["status"]["updatedReplicas"] = 4;
        QCOMPARE(argo_phase(object).message, std::string("more replicas need to be updated"));
        object = argoObject("healthy");
        object["status"]["replicas"] = 6;
        QCOMPARE(argo_phase(object).message, std::string("old replicas are pending termination"));
        object = argoObject("healthy");
        object["status"]["availableReplicas"] = 4;
        QCOMPARE(argo_phase(object).message, std::string("updated replicas are still becoming available"));
        object = argoObject("healthy");
        object["status"]["controllerPause"] = true;
        QCOMPARE(argo_phase(object).message, std::string("waiting for rollout to unpause"));
        object = argoObject("blue_green_paused");
        object["status"]["pauseConditions"] = json::array();
        object["status"]["controllerPause"] = false;
        QCOMPARE(argo_phase(object).message, std::string("active service cutover pending"));
    }

    void a_hash_as_observed_generation_is_of_an_old_controller() {
        json object = argoObject("healthy");
        object["status"]["observedGeneration"] = "5f79b78d7f";
        QCOMPARE(argo_phase(object).phase, ArgoPhase::healthy);
        object["status"].erase("observedGeneration");
        QCOMPARE(argo_phase(object).phase, ArgoPhase::progressing);
    }

    void a_canary_at_a_pause_is_shown_with_its_steps_and_weights() {
        const auto rollout = decode("paused_by_step");
        QCOMPARE(rollout.id.value, std::string("argo:shop:web"));
        QCOMPARE(rollout.phase, Phase::paused);
        QCOMPARE(rollout.progress.step, 1u);
        QCOMPARE(rollout.weight_requested, 10u);
        QVERIFY(rollout.split_confirmed);
        QVERIFY(!rollout.weight_observed);
        QCOMPARE(rollout.stable_version, std::string("5d4f7c9b68"));
        QCOMPARE(rollout.specification.target.label, std::string("6f9c8d7b55"));
        QCOMPARE(rollout.specification.target.program, std::string("registry.example/web:2.4.0"));
        QCOMPARE(rollout.specification.steps.size(), 7u);
        QCOMPARE(describe(rollout.specification.steps[5]), std::string("pause 10 min"));
        QCOMPARE(rollout.specification.steps[3].analysis.templates, std::vector<std::string>{"success-rate"});
        QVERIFY(!rollout.progress.held);
        QCOMPARE(rollout.progress.version, 48213u);
    }

    void what_course_it_is_on() {
        QCOMPARE(decode("progressing").progress.course, Course::stepping);
        QCOMPARE(decode("aborted").progress.course, Course::aborted);
        QCOMPARE(decode("aborted").weight_requested, 0u);
        QCOMPARE(decode("aborted").progress.step, 0u);
        QCOMPARE(decode("healthy").progress.course, Course::promoted);
        QCOMPARE(decode("invalid_spec").phase, Phase::degraded);
        QVERIFY(decode("paused_by_hand").progress.held);
        QVERIFY(decode("inconclusive").progress.held);
        const auto blue_green = decode("blue_green_paused").specification;
        QCOMPARE(blue_green.strategy, rollouts::Strategy::blue_green);
        QVERIFY(!blue_green.blue_green.auto_promotion);
    }

    void analysis_runs_keep_their_numbers() {
        const auto owned = decode_analysis_run(argoObject("analysis_run"));
        QCOMPARE(owned.owner, std::string("web"));
        QCOMPARE(owned.run.purpose, std::string("step"));
        QCOMPARE(owned.run.phase, rollouts::RunPhase::running);
        QCOMPARE(owned.run.metrics.size(), 1u);
        const auto& metric = owned.run.metrics.front();
        QCOMPARE(metric.spec.count, std::optional<std::uint64_t>(5));
        QCOMPARE(metric.spec.failure_limit, 2);
        QCOMPARE(metric.spec.inconclusive_limit, 1);
        QCOMPARE(metric.failed, 1u);
        QCOMPARE(metric.latest.size(), 2u);
        QCOMPARE(metric.latest[1].value, std::string("[0.91]"));
        QCOMPARE(metric.latest[1].phase, rollouts::RunPhase::failed);
    }

    /// Whatever stands at any place of an object, reading it gives a value.
    void junk_at_any_place_is_survived() {
        const std::vector<json> junk{nullptr,       true, -7, 1e300, "x", json::array({1, nullptr, "a"}),
                                     json::object()};
        for (const char* name : {"paused_by_step", "inconclusive", "blue_green_paused", "analysis_run"}) {
            const json whole = argoObject(name);
            const json flat = whole.flatten();
            for (const auto& [pointer, value] : flat.items()) {
                for (json::json_pointer at(pointer); !at.empty(); at.pop_back())
                    for (const json& bad : junk) {
                        json object = whole;
                        object[at] = bad;
                        (void)decode_rollout(object, core::WallTime{});
                        (void)decode_analysis_run(object);
                    }
            }
        }
        for (const json& bad : junk) (void)decode_rollout(bad, core::WallTime{});
    }
};

QTEST_GUILESS_MAIN(TestRolloutObject)
#include "tst_rollout_object.moc"
