#include <QTest>

#include "core/json_fields.hpp"
#include "rollouts/codec.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

Rollout example() {
    const core::WallTime at{std::chrono::hours(480'000)};
    Rollout rollout;
    rollout.id = RolloutId("RO-4");
    rollout.specification = *parse_specification(
        "strategy: {canary: {steps: [{setWeight: 10}, {pause: {duration: 1.5}}, {analysis: {}}]}}\n"
        "target: {version: v2, faults: [{kind: delay, amount: 250}]}\n");
    rollout.canary = {Course::stepping, true, 1, 10, true, "hm", at, 1'500ms, at + 1s, at, 7};
    rollout.phase = Phase::paused;
    rollout.message = "paused until resumed: hm";
    rollout.stable_version = rollout.former_version = "v1";
    rollout.actor = "anna";
    rollout.created_at = at;
    rollout.updated_at = at + 5s;
    rollout.weight_requested = 10;
    rollout.weight_observed = 9.5;
    rollout.observed_over_s = 30;
    rollout.split_confirmed = true;
    rollout.remaining = 750ms;
    rollout.time_to_zero = 41ms;
    rollout.verdict = judge({5'000, 10, 5'000, 3}, {500, 60, 500, 4}, rollout.specification.analysis, at);
    rollout.arms["stable"] = {"v1", {"api-1", "api-2"}, {5'000, 10, 5'000, 3}, 0.9, 0.002, 0.0006};
    rollout.arms["canary"] = {"v2", {}, {}, {}, {}, {}};
    rollout.refusals["undo"] = "only what was promoted can be undone";
    rollout.audit = {{1, AuditKind::start, at, "anna", "a fix", {}, {}},
                     {2, AuditKind::action, at, "anna", "", Action::ramp_down, {}},
                     {3, AuditKind::ramped, at, "engine", "", {}, 10}};
    return rollout;
}

}  // namespace

class TestCodec : public QObject {
    Q_OBJECT

private slots:
    void aRolloutSurvivesTheWire() {
        const Rollout rollout = example();
        const auto back = decode_rollout(encode(rollout));
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(*back == rollout);
    }

    void theWiresFieldsAreThere() {
        const auto json = to_json(example());
        for (const char* field : {"id", "strategy", "phase", "step", "steps", "weight_requested",
                                  "weight_observed", "observed_over_s", "verdict", "arms", "version"})
            QVERIFY2(json.contains(field), field);
        QCOMPARE(json["steps"].size(), std::size_t(3));
        QCOMPARE(json["steps"][1]["duration_s"].get<double>(), 1.5);
        QCOMPARE(json["steps"][0]["status"].get<std::string>(), std::string("done"));
    }

    void listsAreRead() {
        QCOMPARE(decode_rollouts("{\"items\":[" + encode(example()) + "],\"next\":null}")->size(),
                 std::size_t(1));
        QVERIFY(!decode_rollouts("{}"));
        QVERIFY(!decode_rollouts("{\"items\":[{}]}"));
    }

    void actionsAreRead() {
        QVERIFY(decode_action_request("")->reason.empty());
        QCOMPARE(decode_action_request(encode(ActionRequest{"why", true}))->reason, std::string("why"));
        QVERIFY(!decode_action_request("{\"reason\":3}"));
        QVERIFY(!decode_action_request("{\"reason\":\"" + std::string(3'000, 'x') + "\"}"));
    }
};

QTEST_GUILESS_MAIN(TestCodec)
#include "tst_codec.moc"
