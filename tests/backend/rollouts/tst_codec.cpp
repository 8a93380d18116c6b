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
    rollout.progress = {Course::stepping, true, 1, 10, true, "hm", at, 1'500ms, at + 1s, at, 7};
    rollout.progress.starter = "anna";
    rollout.progress.approvers = {"bob"};
    rollout.progress.instances = 4;
    rollout.progress.replaced = 2;
    rollout.progress.step_ready = true;
    rollout.progress.step_run = RunPhase::inconclusive;
    rollout.progress.background_run = RunPhase::running;
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
    const Stratum counted{{{5'000, 10, 5'000, 3}, {}}, {{500, 60, 500, 4}, {}}, std::nullopt};
    rollout.verdict = judge(std::span(&counted, 1), rollout.specification.analysis, at);
    rollout.arms["stable"] = {"v1", {"api-1", "api-2"}, {5'000, 10, 5'000, 3}, 0.9, 0.002, 0.0006};
    rollout.arms["canary"] = {"v2", {}, {}, {}, {}, {}};
    rollout.refusals["undo"] = "only what was promoted can be undone";
    rollout.audit = {{1, AuditKind::start, at, "anna", "a fix", {}, {}},
                     {2, AuditKind::action, at, "anna", "", Action::ramp_down, {}},
                     {3, AuditKind::ramped, at, "engine", "", {}, 10},
                     {4, AuditKind::action, at, "bob", "looks well", Action::approve, {}},
                     {5, AuditKind::replaced, at, "engine", "", {}, {}, 3},
                     {6, AuditKind::analysis, at, "engine", "", {}, {}, {}, "background", RunPhase::failed},
                     {7, AuditKind::clock, at, "engine", "", {}, {}, {}, {}, {}, -61'500ms}};
    rollout.driver = "haproxy";
    rollout.driver_note = "a note";
    rollout.driver_connected = false;
    rollout.observed_at = at + 4s;
    rollout.traffic.rollout = "RO-4";
    rollout.traffic.canary_weight = 10;
    rollout.observed_low = 8.25;
    rollout.observed_high = 10.75;
    rollout.canary_sessions = 19;
    rollout.all_sessions = 200;
    MetricSpec metric;
    metric.name = "errors";
    rollout.analyses = {*begin_run("RO-4/step-2", "step", {{"t", {}, {metric}}}, {}, at)};
    rollout.approvals = {{"bob", at + 2s, "looks well"}};
    rollout.frozen = "INC-3 is open";
    rollout.read_only = true;
    rollout.ended_at = at + 9s;
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

    void otherStrategiesTellTheirStepsToo() {
        Rollout rollout = example();
        rollout.specification.strategy = Strategy::blue_green;
        rollout.specification.blue_green.scale_down_delay = 30s;
        const auto steps = to_json(rollout)["steps"];
        QCOMPARE(steps.size(), std::size_t(3));  // scale, switch, and the former version stays
        QCOMPARE(steps[1]["weight"].get<unsigned>(), 100u);
        QCOMPARE(steps[1]["status"].get<std::string>(), std::string("current"));
        rollout.specification.strategy = Strategy::rolling;
        QVERIFY(to_json(rollout)["steps"].empty());
    }

    void listsAreRead() {
        QCOMPARE(decode_rollouts("{\"items\":[" + encode(example()) + "],\"next\":null}")->size(),
                 std::size_t(1));
        QVERIFY(!decode_rollouts("{}"));
        QVERIFY(!decode_rollouts("{\"items\":[{}]}"));
    }

    void whatAnOlderOpsdDoesNotSayIsTheDefault() {
        auto json = to_json(example());
        for (const char* field : {"driver", "driver_note", "driver_connected", "observed_at", "traffic",
                                  "observed_low", "analyses", "approvals", "frozen", "read_only", "ended_at"})
            json.erase(field);
        const auto back = rollout_from_json(json);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(back->driver, std::string("gateway"));
        QVERIFY(back->driver_connected);
        QVERIFY(!back->frozen && !back->read_only && !back->ended_at && back->approvals.empty());
    }

    void whatDoesNotFitIsNamed() {
        for (const auto& [field, value] : {std::pair("traffic", nlohmann::json{{"canary_weight", 400}}),
                                           {"approvals", {{{"actor", 3}}}},
                                           {"observed_low", "much"},
                                           {"ended_at", "yesterday"},
                                           {"canary_sessions", -1}}) {
            auto json = to_json(example());
            json[field] = value;
            const auto back = rollout_from_json(json);
            QVERIFY2(!back, field);
            QVERIFY2(back.error().message.starts_with(field), back.error().message.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestCodec)
#include "tst_codec.moc"
