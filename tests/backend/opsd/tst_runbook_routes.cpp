// Runbooks over the real API: their steps steer a real rollout engine, gateway and faults.
#include <QTest>
#include <nlohmann/json.hpp>

#include "incidents/engine/incident_desk.hpp"
#include "opsd/runbook_desk.hpp"
#include "rollouts/engine/gateway_router.hpp"
#include "rollouts/engine/rollout_engine.hpp"
#include "storage/event_log.hpp"
#include "support/fake_supervisor.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using test::Answer;
using test::OpsdSite;

namespace {

constexpr const char* specification =
    "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}]}}\ntarget: {version: v2}\n";

constexpr const char* own =
    "---\ntitle: Ours\n---\n1. Abort `qd: {action: rollout.abort}`\n2. End `qd: {action: fault.end}`\n"
    "3. Ready? `qd: {action: check, path: /-/ready}`\n4. Missing? `qd: {action: check, path: /nowhere}`\n"
    "5. Healthy? `qd: {action: check, slo: playback-availability}`\n6. Tell them\n"
    "7. Quiet `qd: {action: silence.create, matchers: 'service=\"gateway\"', for: 30m}`\n";

http::ClientResponse ask(OpsdSite& site, http::Method method, const std::string& path,
                          const std::string& body = {}) {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers.set("Authorization", std::string("Bearer ") + test::token);
    request.body = body;
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return *response;
}

nlohmann::json body_of(OpsdSite& site, const std::string& path) {
    return nlohmann::json::parse(ask(site, http::Method::get, path).body);
}

site::ProcessInfo process(const std::string& role, const std::string& instance, const std::string& arm,
                          const std::string& version, const std::string& address = {}) {
    site::ProcessInfo info;
    info.role = role;
    info.instance = instance;
    info.arm = arm;
    info.version = version;
    info.pid = 4'000'000;
    info.address = address;
    info.state = site::ProcessState::ready;
    return info;
}

/// A supervised site with an open incident and a runbook of the team's own.
struct Ops : OpsdSite {
    Ops() : supervisor((data() / "site.sock").string()) {
        supervisor.list({process("api", "api-1", "stable", "v1"), process("api", "api-2", "canary", "v2"),
                         process("gateway", "gateway-1", "", "v1", gateway.address())});
        more_config = fmt::format("site_socket: {}/site.sock\n", data().string());
        std::filesystem::create_directories(data() / "runbooks");
        write(own);
        start();
        ask(*this, http::Method::post, "/incidents", R"({"title":"Errors","service":"gateway"})");
    }
    ~Ops() { stop(); }
    void write(const std::string& text) {
        if (!core::write_file_atomically(data() / "runbooks" / "ours.md", text)) qFatal("not written");
    }
    http::ClientResponse run(const std::string& step, const std::string& body) {
        return ask(*this, http::Method::post, "/incidents/INC-1/runbooks/ours/steps/" + step + "/run", body);
    }
    nlohmann::json step(const std::string& id) {
        const auto list = body_of(*this, "/incidents/INC-1/runbooks");
        for (const auto& guide : list["items"])
            if (guide["runbook"]["id"] == "ours") return guide["steps"].value(id, nlohmann::json());
        return {};
    }
    std::vector<nlohmann::json> runs() {
        std::vector<nlohmann::json> found;
        const auto list = body_of(*this, "/incidents/INC-1/timeline");
        for (const auto& event : list["items"])
            if (event["kind"] == "runbook") found.push_back(event);
        return found;
    }

    test::FakeSupervisor supervisor;
};

const std::string confirmed = R"({"confirm":true,"reason":"the canary fails"})";

}  // namespace

class TestRunbookRoutes : public QObject {
    Q_OBJECT

private slots:
    void aStepAbortsTheRolloutThatIsUnderWay() {
        Ops ops;
        // Nothing to abort yet: refused with the reason, and nothing is written.
        QCOMPARE(ops.run("abort", confirmed).status, 409u);
        QVERIFY(ops.runs().empty());
        const auto started =
            ask(ops, http::Method::post, "/rollouts?override=true&reason=release", specification);
        QCOMPARE(started.status, 201u);
        const std::string id = nlohmann::json::parse(started.body)["id"];

        // Asked first, it says exactly what would be sent, and sends nothing.
        const auto asked = nlohmann::json::parse(ops.run("abort", R"({"reason":"it fails"})").body);
        QCOMPARE(asked["confirmed"].get<bool>(), false);
        QCOMPARE(asked["sends"].at(0).get<std::string>(),
                 "POST /api/v1/rollouts/" + id + R"(/abort {"reason":"it fails"})");
        QCOMPARE(asked["role"].get<std::string>(), std::string("release-manager"));
        QVERIFY(asked["refusal"].is_null());
        QVERIFY(body_of(ops, "/rollouts/" + id)["phase"] != "degraded");
        QVERIFY(ops.runs().empty());

        QCOMPARE(ops.run("abort", R"({"confirm":true})").status, 400u);  // without a reason
        const auto done = nlohmann::json::parse(ops.run("abort", confirmed).body);
        QVERIFY2(done["outcome"] == "done", done.dump().c_str());
        const auto rollout = body_of(ops, "/rollouts/" + id);
        QCOMPARE(rollout["phase"].get<std::string>(), std::string("degraded"));
        QCOMPARE(rollout["weight_requested"].get<int>(), 0);
        QVERIFY(!ops.gateway.splits().empty());
        QVERIFY(ops.gateway.splits().back().find(R"("canary_weight":0)") != std::string::npos);
        const auto runs = ops.runs();
        QCOMPARE(runs.size(), std::size_t(2));
        QCOMPARE(runs[0]["body"]["phase"].get<std::string>(), std::string("started"));
        QCOMPARE(runs[0]["body"]["subject"].get<std::string>(), std::string("ours/abort"));
        QVERIFY(runs[0]["body"]["text"].get<std::string>().find("the canary fails") != std::string::npos);
        QVERIFY(runs[0]["body"]["text"].get<std::string>().find("/abort") != std::string::npos);
        QCOMPARE(runs[1]["body"]["phase"].get<std::string>(), std::string("done"));
        QCOMPARE(runs[1]["source"].get<std::string>(), std::string("runbooks"));
        QCOMPARE(ops.step("abort")["state"].get<std::string>(), std::string("done"));
        // It has been aborted: once more does not apply.
        const auto again = ops.run("abort", confirmed);
        QCOMPARE(again.status, 409u);
        QVERIFY(again.body.find(id) != std::string::npos);
    }

    void aStepEndsTheFaultsThatAct() {
        Ops ops;
        QVERIFY(ops.run("end", confirmed).body.find("no fault acts now") != std::string::npos);
        const auto applied = ask(ops, http::Method::post, "/chaos/faults",
                                  R"({"target":{"role":"gateway"},"kind":"error","ratio":0.1,"for_s":600})");
        QCOMPARE(applied.status, 201u);
        QCOMPARE(ops.gateway.faults().size(), std::size_t(1));
        QCOMPARE(ops.run("end", R"({"confirm":true,"reason":"r","parameters":{"fault":"f-none"}})").status,
                 409u);
        const auto done = nlohmann::json::parse(ops.run("end", confirmed).body);
        QVERIFY2(done["outcome"] == "done", done.dump().c_str());
        QVERIFY(ops.gateway.faults().empty());
        QVERIFY(body_of(ops, "/chaos/faults")["items"].empty());
    }

    void aStepSilencesAlertsForAWhile() {
        Ops ops;
        const auto asked = nlohmann::json::parse(ops.run("quiet", R"({"reason":"known"})").body);
        QVERIFY2(asked["sends"].at(0).get<std::string>().starts_with("POST /api/v1/silences {"),
                 asked.dump().c_str());
        QVERIFY(body_of(ops, "/silences")["items"].empty());
        const auto done = nlohmann::json::parse(ops.run("quiet", confirmed).body);
        QVERIFY2(done["outcome"] == "done", done.dump().c_str());
        const auto silences = body_of(ops, "/silences");
        QCOMPARE(silences["items"].size(), std::size_t(1));
        QCOMPARE(silences["items"][0]["comment"], "the canary fails");
        const auto begins = core::parse_rfc3339(silences["items"][0]["starts_at"].get<std::string>());
        const auto ends = core::parse_rfc3339(silences["items"][0]["ends_at"].get<std::string>());
        QCOMPARE(*ends - *begins, std::chrono::milliseconds(std::chrono::minutes(30)));
        // A pattern that would match everything is refused before anything is sent.
        const std::string everything = R"({"confirm":true,"reason":"r","parameters":{"matchers":"a=~.*"}})";
        QCOMPARE(ops.run("quiet", everything).status, 409u);
    }

    void aCheckPassesOrFailsByWhatCameBack() {
        Ops ops;
        QCOMPARE(nlohmann::json::parse(ops.run("ready", confirmed).body)["outcome"], "done");
        const auto missing = nlohmann::json::parse(ops.run("missing", confirmed).body);
        QCOMPARE(missing["outcome"], "failed");
        QVERIFY(missing["text"].get<std::string>().find("/nowhere answered 404, not 200") !=
                std::string::npos);
        QCOMPARE(ops.step("missing")["state"], "failed");
        QCOMPARE(nlohmann::json::parse(ops.run("healthy", confirmed).body)["outcome"],
                 "failed");  // never read
        ops.pass(30);
        QCOMPARE(nlohmann::json::parse(ops.run("healthy", confirmed).body)["outcome"], "done");
    }

    void aManualStepIsTickedOrSkippedWithAReason() {
        Ops ops;
        QCOMPARE(ops.run("tell-them", R"({"outcome":"skipped","confirm":true})").status, 400u);
        QCOMPARE(ops.run("tell-them", R"({"outcome":"skipped","confirm":true,"reason":"they know"})").status,
                 200u);
        QCOMPARE(ops.step("tell-them")["state"], "skipped");
        QVERIFY(ops.step("tell-them")["text"].get<std::string>().find("they know") != std::string::npos);
        QCOMPARE(ops.run("tell-them", confirmed).status, 200u);
        QCOMPARE(ops.step("tell-them")["state"], "done");
        // One that runs may be skipped, too; then nothing runs.
        QCOMPARE(ops.run("end", R"({"outcome":"skipped","confirm":true,"reason":"none acts"})").status, 200u);
        QCOMPARE(ops.step("end")["state"], "skipped");
        QCOMPARE(ops.run("nothing", confirmed).status, 404u);
        QCOMPARE(
            ask(ops, http::Method::post, "/incidents/INC-9/runbooks/ours/steps/end/run", confirmed).status,
            404u);
    }

    void whoMayNotIsTold() {
        Ops ops;
        auto log = storage::open_event_log(ops.data() / "other.sqlite", ops.clock);
        auto desk = incidents::IncidentDesk::open(**log, ops.clock, telemetry::null_log());
        QVERIFY((*desk)->open_incident({.title = "Errors"}, {"anna"}).has_value());
        core::SystemRandom random;
        core::ThreadPool pool(1, "work");
        telemetry::Metrics metrics;
        http::EventHub events;
        opsd::Context context({ops.clock,
                               random,
                               pool,
                               ops.http,
                               telemetry::null_log(),
                               metrics,
                               events,
                               security::Tokens({}),
                               {ops.data(), "", ""},
                               nullptr});
        opsd::Options options;
        opsd::SiteDirectory directory(options, ops.clock);
        opsd::FaultDesk faults(context, directory);
        opsd::RunbookLibrary library(telemetry::null_log(), {ops.data() / "runbooks"});
        struct Nobody final : rollouts::VersionRunner {
            core::Result<std::vector<rollouts::RunningInstance>> list() override {
                return std::vector<rollouts::RunningInstance>{};
            }
            core::Result<> start(const rollouts::StartVersion&) override {
                return {};
            }
            core::Result<> stop(const std::string&) override { return {}; }
        } runner;
        struct Unmeasured final : rollouts::ArmMetrics {
            std::optional<rollouts::ArmWindow> counts(core::WallTime, std::chrono::milliseconds,
                                                      double) override {
                return std::nullopt;
            }
        } arms;
        rollouts::GatewayRouter router(ops.http, "http://" + ops.gateway.address(), "Bearer x");
        auto audit = storage::open_event_log(ops.data() / "audit.sqlite", ops.clock);
        auto engine = rollouts::RolloutEngine::open(
            {**audit, ops.clock, pool, telemetry::null_log(), router, runner, arms}, {});
        QVERIFY(engine.has_value());
        auto store = silences::SilenceStore::open(ops.data() / "silences.sqlite", ops.clock, random);
        opsd::Alertmanagers peers;
        opsd::SilenceDesk silences(context, **desk, **store, peers, std::chrono::minutes(1));
        opsd::RunbookDesk runbooks(context, **desk, library,
                                   opsd::RunbookActions(context, **engine, {}, faults, silences));
        const opsd::StepOrder order{
            incidents::IncidentId("INC-1"), qd::runbooks::RunbookId("ours"), "end", {"r", true, {}, {}}};
        const security::Actor responder{"ben", security::Role::responder};
        const auto refused = runbooks.run(order, responder);
        QCOMPARE(refused.error().code, core::Errc::permission_denied);
        QCOMPARE(refused.error().message, std::string("this takes the role admin; yours is responder"));
        QCOMPARE(runbooks.preview(order, responder)->refusal, refused.error().message);
        QCOMPARE((*desk)->timeline(incidents::IncidentId("INC-1"))->size(), std::size_t(1));
        pool.stop();
    }

    void aRunThatWasKilledIsUnknownAndNeverDone() {
        OpsdSite site;
        std::filesystem::create_directories(site.data() / "db");
        std::filesystem::create_directories(site.data() / "runbooks");
        QVERIFY(core::write_file_atomically(site.data() / "runbooks" / "ours.md", own).has_value());
        {
            // What an opsd leaves behind that was killed after the first of the two rows.
            auto log = storage::open_event_log(site.data() / "db" / "journal.sqlite", site.clock);
            auto desk = incidents::IncidentDesk::open(**log, site.clock, telemetry::null_log());
            QVERIFY((*desk)->open_incident({.title = "Errors"}, {"anna"}).has_value());
            incidents::EventBody body;
            body.subject = "ours/abort";
            body.phase = "started";
            body.text = "sent";
            QVERIFY((*desk)
                        ->record(incidents::IncidentId("INC-1"), incidents::EventKind::runbook, body, "anna",
                                 "runbooks")
                        .has_value());
        }
        site.start();
        Answer<std::vector<runbooks::Guide>> answer;
        site.client->incident_runbooks(incidents::IncidentId("INC-1"), answer.callback());
        const auto guides = answer.get();
        QVERIFY2(guides.has_value(), guides ? "" : guides.error().message.c_str());
        const auto ours = std::find_if(guides->begin(), guides->end(),
                                       [](const auto& guide) { return guide.runbook.id.value == "ours"; });
        QVERIFY(ours != guides->end());
        QCOMPARE(ours->of("abort").state, runbooks::StepState::unknown);
        QCOMPARE(ours->of("abort").actor, std::string("anna"));
        QCOMPARE(ours->of("end").state, runbooks::StepState::todo);
    }

    void theLibraryFollowsItsFiles() {
        Ops ops;
        auto items = body_of(ops, "/runbooks")["items"];
        QVERIFY(items.size() >= 5);
        QCOMPARE(items[0]["source"], "built-in");
        QVERIFY(!items[0].contains("markdown"));
        QVERIFY(body_of(ops, "/runbooks/ours")["markdown"].get<std::string>().find("Tell them") !=
                std::string::npos);
        // Broken, it keeps its last good version and says what is wrong.
        ops.write("---\ntitle: Ours\n---\nnothing to do\n");
        ops.pass(1);
        auto entry = body_of(ops, "/runbooks/ours");
        QCOMPARE(entry["problem"].get<std::string>(),
                 std::string("ours.md:4: there is no step: a numbered list, or check boxes"));
        QCOMPARE(entry["steps"].size(), std::size_t(7));
        ops.write("---\nid: canary-misbehaves\ntitle: Our canary\n---\n1. x\n");
        ops.pass(1);
        QCOMPARE(body_of(ops, "/runbooks/canary-misbehaves")["title"], "Our canary");
        QCOMPARE(ask(ops, http::Method::get, "/runbooks/ours").status, 404u);
    }

    void whatAppliesComesFirstWithItsReasons() {
        OpsdSite site;
        site.start();
        site.pass(90, 30, 0);
        site.pass(15, 27, 0, 3, 3);
        const auto guides = body_of(site, "/incidents/INC-1/runbooks")["items"];
        QCOMPARE(guides.at(0)["runbook"]["id"], "origin-errors");
        QCOMPARE(guides.at(0)["applies"], true);
        QCOMPARE(guides.at(0)["reasons"].at(0), "the objective playback-availability fired");
        QCOMPARE(guides.back()["applies"], false);
        QVERIFY(!guides.back()["reasons"].empty());
    }
};

QTEST_GUILESS_MAIN(TestRunbookRoutes)
#include "tst_runbook_routes.moc"
