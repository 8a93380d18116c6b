#include <QTest>

#include "backend/rollouts/fake_site.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;
using test::FakeSite;

namespace {

struct Killed {};

struct Ending {
    std::vector<std::string> rows;  // of the state machine
    std::vector<std::string> instances;
    traffic::TrafficPlan traffic;
    unsigned calls = 0;
    std::size_t most = 0, fewest_ready = 0, canary_starts = 0;
};

Specification specification(int strategy) {
    Specification wanted;
    wanted.name = wanted.target.label = "v2";
    if (strategy == 1) {
        wanted.strategy = Strategy::blue_green;
        wanted.blue_green.auto_promotion_after = 2s;
        wanted.blue_green.scale_down_delay = 3s;
        return wanted;
    }
    if (strategy == 2) {
        wanted.strategy = Strategy::rolling;
        wanted.rolling = {1, 1, 2s, 600s};
        return wanted;
    }
    wanted.abort_scale_down_delay = 5s;
    Step ten, pause, experiment, half;
    ten.weight = 10;
    pause.kind = StepKind::pause;
    pause.duration = 3s;
    experiment.kind = StepKind::experiment;
    experiment.duration = 2s;
    experiment.experiment.sets = {{"baseline", "stable", 1, 10}};
    half.weight = 50;
    wanted.steps = {ten, pause, half};
    if (strategy == 0) wanted.steps.insert(wanted.steps.begin() + 2, experiment);
    if (strategy == 4) {
        AnalysisTemplate errors{"errors", {}, {MetricSpec()}};
        MetricSpec& metric = errors.metrics[0];
        metric.name = "error-ratio";
        metric.interval = 2s;
        metric.count = 3;
        metric.success_condition = "result[0] >= 0.95";
        metric.provider.query = "ratio";
        wanted.templates = {errors};
        errors.name = "always";
        errors.metrics[0].count.reset();
        wanted.templates.push_back(errors);
        wanted.background = AnalysisUse{{"always"}, {}, 1};
        Step analysis;
        analysis.kind = StepKind::analysis;
        analysis.analysis.templates = {"errors"};
        wanted.steps.insert(wanted.steps.begin() + 2, analysis);
    }
    return wanted;
}

/// A whole rollout, and then its undoing; killed after the call number `kill_at` (0: never).
Ending live(int strategy, unsigned kill_at) {
    FakeSite site;
    site.metrics.good();
    Ending ending;
    site.called = [&](const char*) {
        if (++ending.calls == kill_at) throw Killed();
    };
    const auto guarded = [&](auto what) {
        try {
            what();
        } catch (const Killed&) {
            site.restart();
        }
    };
    const RolloutId id("RO-1");
    guarded([&] { site.begin(specification(strategy)); });
    for (int i = 0; i < 60; ++i) guarded([&] { site.pass(1s); });
    const RolloutAuthor anna{"anna", {}, "the undo"};
    guarded([&] { (void)site.engine->act(id, Action::undo, "a second thought", anna); });
    (void)site.engine->act(id, Action::undo, "a second thought",
                           anna);  // a client asks again when it got no answer
    for (int i = 0; i < 30; ++i) guarded([&] { site.pass(1s); });
    site.called = nullptr;
    const auto audit = AuditJournal(*site.log).read(id);
    if (!audit) qFatal("%s", audit.error().message.c_str());
    for (const AuditRow& row : *audit) {
        const AuditKind kind = row.event.kind;
        if (kind == AuditKind::note || kind == AuditKind::verdict) continue;
        ending.rows.push_back(fmt::format("{} {}", to_string(kind), row.event.instances.value_or(0)));
    }
    for (const RunningInstance& each : site.runner.running)
        ending.instances.push_back(each.arm + " " + each.version);
    std::ranges::sort(ending.instances);
    ending.traffic = site.router.applied;
    ending.most = site.runner.most;
    ending.fewest_ready = site.runner.fewest_ready;
    for (const std::string& line : site.runner.log)
        ending.canary_starts += line.find(" canary ") != std::string::npos ? 1u : 0u;
    return ending;
}

}  // namespace

class TestRolloutCrash : public QObject {
    Q_OBJECT

private slots:
    void killedAfterAnyStepItGoesOnExactlyThere_data() {
        QTest::addColumn<int>("strategy");
        QTest::newRow("canary with an experiment") << 0;
        QTest::newRow("blue-green") << 1;
        QTest::newRow("rolling") << 2;
        QTest::newRow("canary") << 3;
        QTest::newRow("canary with analysis templates") << 4;
    }
    void killedAfterAnyStepItGoesOnExactlyThere() {
        QFETCH(int, strategy);
        const auto read_back = parse_specification(to_json_text(specification(strategy)));
        QVERIFY2(read_back, read_back ? "" : read_back.error().message.c_str());
        QVERIFY(*read_back == specification(strategy));
        const Ending undisturbed = live(strategy, 0);
        QCOMPARE(undisturbed.rows.back(), std::string("completed 0"));
        QCOMPARE(undisturbed.instances, (std::vector<std::string>{"stable v1", "stable v1"}));
        QVERIFY(undisturbed.calls > 10);
        for (unsigned kill_at = 1; kill_at <= undisturbed.calls; ++kill_at) {
            const Ending killed = live(strategy, kill_at);
            QCOMPARE(killed.rows, undisturbed.rows);
            QCOMPARE(killed.instances, undisturbed.instances);
            QCOMPARE(killed.traffic.canary_weight, 0.0);
            QCOMPARE(killed.traffic.baseline_weight, 0.0);
            QCOMPARE(killed.canary_starts, undisturbed.canary_starts);
            if (strategy == 2) QVERIFY(killed.most <= 3 && killed.fewest_ready >= 1);
        }
    }
};

QTEST_GUILESS_MAIN(TestRolloutCrash)
#include "tst_rollout_crash.moc"
