// Rollouts over the real API: who may do what when, and what is told before and after.
#include <QTest>
#include <nlohmann/json.hpp>

#include "support/fake_supervisor.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using test::OpsdSite;

namespace {

constexpr const char* specification =
    "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}, {setWeight: 50}, {pause: {}}]}}\n"
    "target: {version: v2}\n";
constexpr const char* always =
    "rollouts: {freeze: [{name: Year end, from: '2000-01-01T00:00:00Z', to: '2200-01-01T00:00:00Z', "
    "reason: the books are closed}]}\n";
const std::string why = R"({"reason":"it is fine"})";

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

struct Answered {
    unsigned status = 0;
    nlohmann::json body;
    std::string said() const { return body.value("detail", body.dump()); }
};

/// A supervised site that runs v1, with a v2 beside it.
struct Ops : OpsdSite {
    explicit Ops(const std::string& settings = {}) : supervisor((data() / "site.sock").string()) {
        supervisor.list({process("api", "api-1", "stable", "v1"), process("api", "api-2", "canary", "v2"),
                         process("gateway", "gateway-1", "", "v1", gateway.address())});
        more_config = fmt::format("site_socket: {}/site.sock\n{}", data().string(), settings);
        start();
    }
    ~Ops() { stop(); }
    Answered call(http::Method method, const std::string& path, const std::string& body = {}) {
        http::ClientRequest request;
        request.method = method;
        request.url = "http://" + opsd->address() + "/api/v1/rollouts" + path;
        request.headers.set("Authorization", std::string("Bearer ") + test::token);
        request.body = body;
        const auto response = http.fetch(std::move(request));
        if (!response) qFatal("%s", response.error().message.c_str());
        return {response->status, nlohmann::json::parse(response->body, nullptr, false)};
    }
    Answered post(const std::string& path, const std::string& body) {
        return call(http::Method::post, path, body);
    }
    Answered get(const std::string& path) { return call(http::Method::get, path); }

    test::FakeSupervisor supervisor;
};

}  // namespace

class TestRolloutRoutes : public QObject {
    Q_OBJECT

private slots:
    void adviceIsGivenForAnswers() {
        Ops ops;
        const Answered said = ops.get("/advice?risk=high&double_capacity=true&instant_rollback=true&version=v5");
        QCOMPARE(said.status, 200u);
        QCOMPARE(said.body["way"].get<std::string>(), std::string("blueGreen"));
        QVERIFY(said.body["specification"].get<std::string>().find("version: v5") != std::string::npos);
        QCOMPARE(ops.post("/advice", R"({"experimental":true})").body["way"].get<std::string>(),
                 std::string("featureFlag"));
        QCOMPARE(ops.get("/advice?risk=much").status, 400u);
        QCOMPARE(ops.post("/advice", "[]").status, 400u);
    }

    void aFreezeForbidsTheWayUpAndNeverTheWayBack() {
        Ops ops(always);
        const Answered refused = ops.post("?reason=release", specification);
        QCOMPARE(refused.status, 409u);
        QVERIFY2(refused.said().find("Year end (until 2200-01-01") != std::string::npos,
                 refused.said().c_str());
        // To override takes a reason.
        QCOMPARE(ops.post("?override=true", specification).status, 400u);
        const Answered begun = ops.post("?override=true&reason=a%20fix", specification);
        QVERIFY2(begun.status == 201, begun.said().c_str());
        QCOMPARE(begun.body["frozen"].get<std::string>().substr(0, 8), std::string("Year end"));
        const std::string id = "/" + begun.body["id"].get<std::string>();
        const std::string kept = begun.body["audit"][0]["reason"];
        QVERIFY2(kept.starts_with("a fix (in spite of Year end"), kept.c_str());

        const Answered preview = ops.get(id + "/preview?action=promote");
        QVERIFY(!preview.body["frozen"].is_null());
        QVERIFY(ops.get(id + "/preview?action=abort").body["frozen"].is_null());
        QCOMPARE(ops.post(id + "/promote", why).status, 409u);
        QCOMPARE(ops.post(id + "/abort", why).status, 200u);
        QVERIFY(ops.get(id).body["frozen"].is_null());
    }

    void readOnlyIsToldAndNobodyActs() {
        Ops ops("rollouts: {read_only: true, read_only_reason: the site moves}\n");
        const Answered refused = ops.post("?reason=release", specification);
        QCOMPARE(refused.status, 403u);
        QCOMPARE(refused.said(), std::string("rollouts are read-only here: the site moves"));
        const auto policy = ops.get("/policy").body;
        QCOMPARE(policy["read_only"].get<bool>(), true);
        QCOMPARE(policy["read_only_reason"].get<std::string>(), std::string("the site moves"));
    }

    void whatIsNotEasilyTakenBackNeedsAReason() {
        Ops ops;
        const std::string id = "/" + ops.post("", specification).body["id"].get<std::string>();
        for (const char* action : {"abort", "promote", "ramp-down", "undo"}) {
            QCOMPARE(ops.post(id + "/" + action, "").status, 400u);
            QCOMPARE(ops.post(id + "/" + action, R"({"reason":" \n"})").status, 400u);
        }
        QCOMPARE(ops.post(id + "/rollback", R"({"to_version":"v1","reason":"r"})").status, 409u);  // under way
        QCOMPARE(ops.post(id + "/pause", "").status, 200u);
        QCOMPARE(ops.post(id + "/nothing", why).status, 404u);
        // An override without a freeze needs one as well: it is kept.
        QCOMPARE(ops.post(id + "/resume", R"({"override":true})").status, 400u);
        QCOMPARE(ops.post(id + "/abort", why).status, 200u);
        QCOMPARE(ops.post(id + "/rollback", R"({"to_version":"v1"})").status, 400u);
        QCOMPARE(ops.post(id + "/rollback", R"({"to_version":"v1","reason":"r"})").status, 409u);  // is stable
        QCOMPARE(ops.post(id + "/rollback", R"({"to_version":"v9","reason":"r"})").status, 404u);
    }

    void whoStartedItDoesNotApproveIt() {
        Ops ops;
        const std::string id = "/" + ops.post("", specification).body["id"].get<std::string>();
        const Answered refused = ops.post(id + "/approve", why);
        QCOMPARE(refused.status, 409u);
        QVERIFY2(refused.said().find("another person") != std::string::npos, refused.said().c_str());
        QCOMPARE(ops.post("/RO-99/approve", why).status, 404u);
    }

    void theListIsFilteredAndCut() {
        Ops ops;
        const std::string first = ops.post("", specification).body["id"];
        QCOMPARE(ops.get("?state=open").body["items"].size(), std::size_t(1));
        QVERIFY(ops.get("?state=ended").body["items"].empty());
        QCOMPARE(ops.post("/" + first + "/abort", why).status, 200u);
        QVERIFY(ops.get("?state=open").body["items"].empty());
        QCOMPARE(ops.get("?state=ended").body["items"][0]["id"].get<std::string>(), first);
        QCOMPARE(ops.get("?state=degraded&limit=1").body["items"].size(), std::size_t(1));
        QCOMPARE(ops.get("?state=strange").status, 400u);
        for (const char* limit : {"0", "-1", "501", "x", "1x"})
            QCOMPARE(ops.get(std::string("?limit=") + limit).status, 400u);
    }

    void aPreviewSaysWhatItWasMadeFor() {
        Ops ops;
        const auto begun = ops.post("", specification).body;
        const std::string id = "/" + begun["id"].get<std::string>();
        const auto preview = ops.get(id + "/preview?action=undo").body;
        QCOMPARE(preview["action"].get<std::string>(), std::string("undo"));
        QVERIFY(!preview["refusal"].is_null());
        QCOMPARE(ops.get(id + "/preview?action=jump").status, 404u);
        QCOMPARE(ops.get("/RO-99/preview?action=abort").status, 404u);
        QCOMPARE(ops.get("/groups/none/preview?action=abort").status, 404u);
    }

    void eachStepIsAMarkInTheIncidentThatIsOpen() {
        Ops ops;
        http::ClientRequest request;
        request.method = http::Method::post;
        request.url = "http://" + ops.opsd->address() + "/api/v1/incidents";
        request.headers.set("Authorization", std::string("Bearer ") + test::token);
        request.body = R"({"title":"Errors","service":"gateway"})";
        QCOMPARE(ops.http.fetch(std::move(request))->status, 201u);
        const auto begun = ops.post("?reason=a%20fix", specification);
        QVERIFY2(begun.status == 201, begun.said().c_str());
        QCOMPARE(ops.post("/" + begun.body["id"].get<std::string>() + "/abort", why).status, 200u);
        test::Answer<std::vector<incidents::Event>> answer;
        ops.client->timeline(incidents::IncidentId("INC-1"), answer.callback());
        const auto events = answer.get();
        QVERIFY(events);
        std::string actors, texts;
        for (const auto& event : *events)
            if (event.kind == incidents::EventKind::rollout) texts += event.body.text, actors += event.actor;
        QVERIFY2(texts.find("a fix") != std::string::npos, texts.c_str());
        QVERIFY2(texts.find("it is fine") != std::string::npos, texts.c_str());
        QVERIFY(!actors.empty());
    }
};

QTEST_GUILESS_MAIN(TestRolloutRoutes)
#include "tst_rollout_routes.moc"
