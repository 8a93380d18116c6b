// Several rollouts as one, and several controllers behind one door.
#include <QTest>

#include "incidents/engine/incident_desk.hpp"
#include "opsd/rollout_desk.hpp"
#include "rollouts/engine/gateway_router.hpp"
#include "storage/event_log.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using rollouts::Action;
using rollouts::Rollout;
using rollouts::RolloutId;

namespace {

struct Nobody final : rollouts::VersionRunner {
    core::Result<std::vector<rollouts::RunningInstance>> list() override {
        return std::vector<rollouts::RunningInstance>{};
    }
    core::Result<> start(const rollouts::StartVersion&) override { return {}; }
    core::Result<> stop(const std::string&) override { return {}; }
};

struct Unmeasured final : rollouts::ArmMetrics {
    std::optional<rollouts::ArmWindow> counts(core::WallTime, std::chrono::milliseconds, double) override {
        return std::nullopt;
    }
};

/// Does what it is told, and says so.
struct Cluster final : rollouts::Controller {
    void add(const std::string& id, int minute, const std::string& group) {
        Rollout rollout;
        rollout.id = RolloutId(id);
        rollout.specification.name = id;
        rollout.specification.group = group;
        rollout.specification.steps.resize(2);
        rollout.progress.version = 7;
        rollout.created_at = core::WallTime(std::chrono::minutes(minute));
        all.push_back(rollout);
    }
    std::vector<Rollout> list() const override { return {all.rbegin(), all.rend()}; }
    core::Result<Rollout> get(const RolloutId& id) const override {
        for (const Rollout& rollout : all)
            if (rollout.id == id) return rollout;
        return core::fail(core::Errc::not_found, "none");
    }
    core::Result<Rollout> act(const RolloutId& id, Action action, const std::string& reason,
                              const rollouts::RolloutAuthor&) override {
        if (fails == id.value) return core::fail(core::Errc::unavailable, "no answer");
        acted.push_back(fmt::format("{} {} {}", id.value, to_string(action), reason));
        return get(id);
    }
    core::Result<rollouts::ActionPreview> preview(const RolloutId& id, Action action) const override {
        rollouts::ActionPreview preview;
        preview.action = to_string(action);
        preview.version = get(id)->progress.version;
        if (refuses == id.value) preview.refusal = "it is not ready";
        return preview;
    }

    std::vector<Rollout> all;
    std::vector<std::string> acted;
    std::string refuses, fails;
};

struct Fixture {
    explicit Fixture(opsd::RolloutSettings settings = {})
        : log(*storage::open_event_log(data() / "journal.sqlite", clock)),
          audit(*storage::open_event_log(data() / "audit.sqlite", clock)),
          incidents(*incidents::IncidentDesk::open(*log, clock, telemetry::null_log())),
          engine(*rollouts::RolloutEngine::open(
              {*audit, clock, pool, telemetry::null_log(), router, runner, arms}, {})),
          policy(context, *incidents, std::move(settings)),
          desk(*engine, policy) {
        cluster.add("a", 1, "shop");
        cluster.add("b", 2, "shop");
        cluster.add("c", 3, "");
        desk.add(cluster);
    }
    ~Fixture() { pool.stop(); }
    std::filesystem::path data() const { return folder.path().toStdString(); }
    auto group(Action action, const rollouts::ActionRequest& request) {
        return desk.act_on_group("shop", action, request, {"anna", {}, {}, false});
    }

    QTemporaryDir folder;
    test::FakeClock clock;
    core::SystemRandom random;
    core::ThreadPool pool{1, "work"};
    telemetry::Metrics metrics;
    http::EventHub events;
    http::Client http;
    opsd::Context context{{clock, random, pool, http, telemetry::null_log(), metrics, events,
                           security::Tokens({}), {data(), "", ""}, nullptr}};
    Nobody runner;
    Unmeasured arms;
    rollouts::GatewayRouter router{http, "http://127.0.0.1:9", "Bearer x"};
    std::unique_ptr<storage::EventLog> log, audit;
    std::unique_ptr<incidents::IncidentDesk> incidents;
    std::unique_ptr<rollouts::RolloutEngine> engine;
    opsd::RolloutPolicy policy;
    Cluster cluster;
    opsd::RolloutDesk desk;
};

}  // namespace

class TestRolloutDesk : public QObject {
    Q_OBJECT

private slots:
    void everyControllersRolloutsAreListedAndFound() {
        Fixture at;
        QCOMPARE(at.desk.list().size(), std::size_t(3));
        QCOMPARE(at.desk.list().front().id.value, std::string("c"));
        QVERIFY(at.desk.get(RolloutId("b")));
        QCOMPARE(at.desk.get(RolloutId("z")).error().code, core::Errc::not_found);
        QVERIFY(at.desk.act(RolloutId("c"), Action::pause, "", {"anna", {}, {}, false}));
        QCOMPARE(at.cluster.acted, std::vector<std::string>{"c pause "});
    }

    void aGroupActsOneAfterTheOtherInTheOrderOfTheirStarts() {
        Fixture at;
        const auto preview = at.desk.preview_group("shop", Action::next);
        QVERIFY(preview);
        QCOMPARE(preview->members.size(), std::size_t(2));
        QCOMPARE(preview->members.front().id.value, std::string("a"));
        const auto done = at.group(Action::next, {"on", false, {{"a", 7}, {"b", 7}}});
        QVERIFY(done);
        QCOMPARE(at.cluster.acted, (std::vector<std::string>{"a next on", "b next on"}));
        QVERIFY(done->at(0).rollout && done->at(1).rollout);
        QCOMPARE(at.desk.preview_group("nobody", Action::next).error().code, core::Errc::not_found);
        QCOMPARE(at.desk.preview_group("", Action::next).error().code, core::Errc::not_found);
    }

    void oneRefusalIsEnoughForNothingToBeDone() {
        Fixture at;
        at.cluster.refuses = "b";
        const auto refused = at.group(Action::next, {"on", false, {}});
        QCOMPARE(refused.error().code, core::Errc::conflict);
        QCOMPARE(refused.error().message, std::string("nothing was done: b: it is not ready"));
        QVERIFY(at.cluster.acted.empty());
    }

    void whatHasMovedOnIsNotSteppedBlindly() {
        Fixture at;
        QCOMPARE(at.group(Action::next, {"", false, {{"a", 7}, {"b", 6}}}).error().code, core::Errc::conflict);
        QCOMPARE(at.group(Action::next, {"", false, {{"a", 7}}}).error().code, core::Errc::conflict);
        QVERIFY(at.cluster.acted.empty());
    }

    void afterAFailureTheWayUpStopsAndTheWayDownGoesOn() {
        Fixture at;
        at.cluster.fails = "a";
        const auto up = at.group(Action::next, {"on", false, {}});
        QVERIFY(up);
        QCOMPARE(up->at(0).error, std::string("no answer"));
        QCOMPARE(up->at(1).error, std::string("left as it is, since a has failed"));
        QVERIFY(at.cluster.acted.empty());
        const auto down = at.group(Action::abort, {"it fails", false, {}});
        QVERIFY(down);
        QVERIFY(!down->at(0).rollout && down->at(1).rollout);
        QCOMPARE(at.cluster.acted, std::vector<std::string>{"b abort it fails"});
    }

    void policyStandsBeforeEveryController() {
        opsd::RolloutSettings settings;
        settings.calendars.push_back({"always", "never on any day", {}, 0, 1'440, "UTC"});
        settings.calendars.back().days.fill(true);
        Fixture frozen(settings);
        QVERIFY(frozen.desk.preview(RolloutId("a"), Action::next)->frozen);
        QVERIFY(!frozen.desk.preview(RolloutId("a"), Action::back)->frozen);
        QCOMPARE(frozen.group(Action::next, {"on", false, {}}).error().code, core::Errc::conflict);
        QVERIFY(frozen.group(Action::next, {"on", true, {}}));
        QVERIFY(frozen.cluster.acted.front().starts_with("a next on (in spite of always"));

        settings.read_only = true;
        Fixture read_only(settings);
        QVERIFY(read_only.desk.get(RolloutId("a"))->read_only);
        QVERIFY(read_only.desk.preview(RolloutId("a"), Action::abort)->refusal);
        QCOMPARE(read_only.desk.act(RolloutId("a"), Action::abort, "r", {"anna", {}, {}, false}).error().code,
                 core::Errc::permission_denied);
        QVERIFY(read_only.cluster.acted.empty());
    }
};

QTEST_GUILESS_MAIN(TestRolloutDesk)
#include "tst_rollout_desk.moc"
