// A real Alertmanager beside opsd: its alerts become incidents, and silences go both ways.
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/files.hpp"
#include "opsd/opsd.hpp"
#include "support/peer.hpp"

using namespace qd;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr const char* secret = "0123456789abcdef0123456789abcdef";
constexpr int patience_ms = 30'000;

}  // namespace

class TestAlertmanager : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    core::SystemClock clock_;
    http::Client client_;
    quint16 port_ = 0;
    std::unique_ptr<opsd::Opsd> opsd_;
    std::unique_ptr<test::Peer> peer_;

    std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }
    std::string there(const std::string& tail) const {
        return fmt::format("http://127.0.0.1:{}{}", port_, tail);
    }

    json ask(http::Method method, const std::string& url, const json& body = nullptr) {
        http::ClientRequest request;
        request.method = method;
        request.url = url;
        request.headers.set("Authorization", std::string("Bearer ") + secret);
        request.headers.set("Content-Type", "application/json");
        if (!body.is_null()) request.body = body.dump();
        const auto response = client_.fetch(std::move(request));
        if (!response || response->status >= 300) {
            qWarning("%s: %s", url.c_str(),
                     response ? response->body.c_str() : response.error().message.c_str());
            return {};
        }
        return json::parse(response->body, nullptr, false);
    }
    json ours(http::Method method, const std::string& tail, const json& body = nullptr) {
        return ask(method, "http://" + opsd_->address() + "/api/v1" + tail, body);
    }
    json get(const std::string& tail) { return ours(http::Method::get, tail)["items"]; }
    void fire(const char* name, std::chrono::seconds lasts) {
        const core::WallTime now = clock_.now();
        const json alerts =
            json::array({{{"labels", {{"alertname", name}, {"service", "origin"}, {"severity", "warning"}}},
                          {"annotations", {{"summary", std::string(name) + " is wrong"}}},
                          {"startsAt", core::format_rfc3339(started_)},
                          {"endsAt", core::format_rfc3339(now + lasts)}}});
        ask(http::Method::post, there("/api/v2/alerts"), alerts);
    }
    json incident() {
        const json all = get("/incidents");
        return all.is_array() && !all.empty() ? all[0] : json::object();
    }
    bool has_event(const std::string& kind, const std::string& phase) {
        const json events = get("/incidents/" + incident().value("id", "none") + "/timeline");
        for (const json& event : events)
            if (event["kind"] == kind && event["body"].value("phase", "") == phase) return true;
        return false;
    }
    core::WallTime started_{};

private slots:
    void initTestCase() {
        const QString program = test::peerPath("prometheus-alertmanager");
        if (program.isEmpty())
            QSKIP("prometheus-alertmanager is neither unpacked in build/peers nor installed");
        if (program.startsWith(qEnvironmentVariable("QUARTERDECK_PEERS")) && !test::canShowPackageFiles())
            QSKIP("an unpacked prometheus-alertmanager needs a mount namespace, which is forbidden here");
        port_ = test::freePort();
        QVERIFY(core::write_file_atomically(path("token"), std::string(secret) + "\n", 0600));
        auto options =
            opsd::parse_options(fmt::format("data: {0}\ntoken_file: {0}/token\nsilence_warning_s: 3600\n"
                                            "alertmanagers: [{{name: pager, url: '{1}', poll_s: 1}}]\n",
                                            folder_.path().toStdString(), there("")),
                                "opsd.yaml");
        QVERIFY2(options.has_value(), options ? "" : options.error().message.c_str());
        auto started = opsd::Opsd::start(std::move(*options), clock_, telemetry::null_log());
        QVERIFY2(started.has_value(), started ? "" : started.error().message.c_str());
        opsd_ = std::move(*started);
        // Until it is up, that is said.
        QVERIFY(test::eventually([&] { return get("/alertmanagers")[0]["error"].is_string(); }, patience_ms));

        const std::string config = path("alertmanager.yml");
        QVERIFY(core::write_file_atomically(
            config,
            fmt::format("route: {{receiver: opsd, group_wait: 1s, group_interval: 1s, group_by: [service]}}\n"
                        "receivers:\n- name: opsd\n  webhook_configs:\n"
                        "  - url: http://{}/api/v1/alertmanager/webhook\n    send_resolved: true\n"
                        "    http_config: {{authorization: {{credentials: {}}}}}\n",
                        opsd_->address(), secret)));
        peer_ = std::make_unique<test::Peer>(program);
        peer_->startWithPackageFiles(
            {"--config.file=" + QString::fromStdString(config), "--storage.path=" + folder_.filePath("am"),
             QString("--web.listen-address=127.0.0.1:%1").arg(port_), "--cluster.listen-address="});
        http::ClientRequest ready;
        ready.url = there("/-/ready");
        QVERIFY2(peer_->answers(client_, ready), peer_->output().constData());
        QVERIFY(test::eventually([&] { return get("/alertmanagers")[0]["error"].is_null(); }, patience_ms));
        started_ = clock_.now() - 5s;
    }
    void cleanupTestCase() {
        opsd_.reset();
        peer_.reset();
    }

    void itsAlertOpensAnIncidentOnce() {
        fire("Disk", 600s);
        QVERIFY(test::eventually([&] { return incident().contains("id"); }, patience_ms));
        QCOMPARE(incident()["service"], json("origin"));
        QCOMPARE(incident()["severity"], json(3));
        // Told by the webhook and read by polling: still one alert, begun once.
        QVERIFY(test::eventually([&] { return get("/alertmanagers")[0]["answered_at"].is_string(); },
                                 patience_ms));
        QCOMPARE(get("/alerts/all").size(), std::size_t(1));
        QCOMPARE(get("/alerts/all")[0]["source"], json("pager"));
        fire("Disk", 600s);
        fire("Memory", 600s);
        QVERIFY(test::eventually([&] { return get("/alerts/all").size() == 2; }, patience_ms));
        QVERIFY(test::eventually([&] { return incident()["firing_alerts"].size() == 2; }, patience_ms));
        QCOMPARE(get("/incidents").size(), std::size_t(1));
    }

    void aSilenceOfOursWorksThere() {
        const json draft{
            {"source", "pager"},
            {"matchers", {{{"name", "alertname"}, {"value", "Disk|Memory"}, {"is_regex", true}}}},
            {"duration_s", 600},
            {"comment", "planned work"}};
        const json made = ours(http::Method::post, "/silences", draft);
        const std::string id = made.value("id", "");
        QVERIFY(!id.empty());
        const json held = ask(http::Method::get, there("/api/v2/silence/" + id));
        QCOMPARE(held["status"]["state"], json("active"));
        QCOMPARE(held["comment"], json("planned work"));
        QVERIFY(
            test::eventually([&] { return get("/alerts/all")[0]["silenced_by"].size() == 1; }, patience_ms));
        QVERIFY(has_event("silence", "created"));
        QVERIFY(test::eventually([&] { return has_event("silence", "lapsing"); }, patience_ms));

        // Only its end changes: it keeps its id there.
        const json longer = ours(http::Method::post, "/silences/" + id + "/extend",
                                 {{"duration_s", 600}, {"reason", "takes longer"}});
        QCOMPARE(longer.value("id", ""), id);
        QVERIFY(has_event("silence", "extended"));
        QCOMPARE(ask(http::Method::get, there("/api/v2/silence/" + id))["endsAt"], longer["ends_at"]);
    }

    void aSilencedAlertThatEndsIsNoticed() {
        // Alertmanager tells nobody of it: only its list does.
        fire("Disk", 0s);
        QVERIFY(test::eventually([&] { return has_event("alert", "ended"); }, patience_ms));
        QVERIFY(test::eventually([&] { return incident()["firing_alerts"].size() == 1; }, patience_ms));
    }

    void whatOthersDoThereIsSeen() {
        const std::string id = get("/silences")[0]["id"];
        ask(http::Method::del, there("/api/v2/silence/" + id));
        QVERIFY(test::eventually([&] { return get("/silences")[0]["state"] == "expired"; }, patience_ms));
        QVERIFY(test::eventually([&] { return has_event("silence", "expired"); }, patience_ms));
        const json theirs{{"matchers", {{{"name", "service"}, {"value", "origin"}, {"isRegex", false}}}},
                          {"startsAt", core::format_rfc3339(clock_.now())},
                          {"endsAt", core::format_rfc3339(clock_.now() + 2h)},
                          {"createdBy", "bert"},
                          {"comment", "night work"}};
        ask(http::Method::post, there("/api/v2/silences"), theirs);
        QVERIFY(test::eventually([&] { return get("/silences")[0]["created_by"] == "bert"; }, patience_ms));
        const std::string other = get("/silences")[0]["id"];
        const json over = ours(http::Method::del, "/silences/" + other + "?reason=not%20needed");
        QCOMPARE(over["state"], json("expired"));
        QCOMPARE(ask(http::Method::get, there("/api/v2/silence/" + other))["status"]["state"],
                 json("expired"));
    }
};

QTEST_GUILESS_MAIN(TestAlertmanager)
#include "tst_alertmanager.moc"
