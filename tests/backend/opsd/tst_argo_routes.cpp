// A cluster's Argo Rollouts over opsd's own API: beside the others, and through the same doors.
#include <QTest>
#include <sstream>

#include "opsd/router_check.hpp"
#include "storage/event_log.hpp"
#include "support/argo_objects.hpp"
#include "support/kubernetes_api.hpp"
#include "support/opsd_calls.hpp"
#include "support/program.hpp"

using namespace qd;
using test::api::get;
using test::api::post;

namespace {

const std::string web = "/rollouts/argo:shop:web";
const std::string why = R"({"reason":"errors rise"})";

/// An opsd whose configuration names a cluster.
struct Ops : test::OpsdSite {
    explicit Ops(const std::string& more = {}) {
        kubeconfig(cluster.url());
        more_config = fmt::format("argo: {{kubeconfig: '{}/kubeconfig', namespaces: [shop]{}}}\n",
                                  data().string(), more);
    }
    ~Ops() { stop(); }

    void kubeconfig(const std::string& server) const {
        const std::string text = fmt::format(
            "current-context: test\n"
            "contexts: [{{name: test, context: {{cluster: c, user: ops}}}}]\n"
            "clusters: [{{name: c, cluster: {{server: '{}'}}}}]\n"
            "users: [{{name: ops, user: {{token: secret}}}}]\n",
            server);
        if (!core::write_file_atomically(data() / "kubeconfig", text, 0600)) qFatal("no kubeconfig");
    }
    void show(const char* name) {
        nlohmann::json object = test::argoObject(name);
        cluster.create("rollouts", object);
    }
    nlohmann::json seen() { return get(*this, web).body; }
    /// Once the watch has shown it.
    bool shows_web() {
        return test::eventually([&] { return get(*this, web).status == 200; }, 10'000);
    }
    nlohmann::json driver() { return get(*this, "/rollouts/drivers").body["items"][0]; }
    opsd::Options options() const {
        auto options = opsd::parse_options(config(), "opsd.yaml");
        if (!options) qFatal("%s", options.error().message.c_str());
        return *options;
    }

    test::KubernetesApi cluster;
};

}  // namespace

class TestArgoRoutes : public QObject {
    Q_OBJECT

private slots:
    void whatTheClusterHasIsListedAndNeverStored() {
        Ops ops;
        ops.show("paused_by_step");
        ops.show("blue_green_paused");
        ops.start();
        QVERIFY(ops.shows_web());
        QCOMPARE(get(ops, "/rollouts").body["items"].size(), std::size_t(2));
        const auto rollout = ops.seen();
        QCOMPARE(rollout["driver"].get<std::string>(), std::string("argo"));
        QCOMPARE(rollout["driver_note"].get<std::string>(), std::string("not verified on a cluster"));
        QVERIFY(rollout["driver_connected"].get<bool>());
        QTRY_VERIFY(ops.driver()["connected"].get<bool>());
        QCOMPARE(post(ops, web + "/abort", why).status, 200u);
        ops.stop();
        const auto log = storage::open_event_log(ops.data() / "db" / "rollouts.sqlite", ops.clock);
        QVERIFY(log);
        QVERIFY((*log)->streams("", 10, "")->empty());
    }

    void whatIsPreviewedIsSent() {
        Ops ops;
        ops.show("paused_by_step");
        ops.cluster.simulate_argo();
        ops.start();
        QVERIFY(ops.shows_web());
        const auto preview = get(ops, web + "/preview?action=next").body;
        QVERIFY2(preview["refusal"].is_null(), preview.dump().c_str());
        QCOMPARE(preview["requests"].size(), std::size_t(1));
        const auto request = preview["requests"][0];
        QCOMPARE(request["to"].get<std::string>(), std::string("kubernetes"));
        QCOMPARE(request["method"].get<std::string>(), std::string("PATCH"));
        QCOMPARE(request["target"].get<std::string>(),
                 ops.cluster.url() + "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/status");
        QCOMPARE(ops.cluster.writes().size(), std::size_t(1));  // tried with dryRun
        const auto next = post(ops, web + "/next", "");
        QVERIFY2(next.status == 200, next.said().c_str());
        const auto sent = ops.cluster.writes().back();
        QCOMPARE(ops.cluster.url() + sent.target, request["target"].get<std::string>());
        QCOMPARE(sent.body, request["body"].get<std::string>());
        QCOMPARE(sent.content_type, request["content_type"].get<std::string>());
        QCOMPARE(sent.authorization, std::string("Bearer secret"));
        QTRY_COMPARE(ops.seen()["weight_requested"].get<int>(), 40);
        // The site's policy is the same for everybody: an abort needs a reason.
        QCOMPARE(post(ops, web + "/abort", "").status, 400u);
        QCOMPARE(post(ops, web + "/abort", why).status, 200u);
        QTRY_COMPARE(ops.seen()["weight_requested"].get<int>(), 0);
        QCOMPARE(ops.seen()["phase"].get<std::string>(), std::string("degraded"));
        QCOMPARE(post(ops, web + "/abort", why).status, 409u);
        QCOMPARE(post(ops, web + "/rollback", R"({"to_version":"v1","reason":"r"})").status, 404u);
    }

    void whatIsDoneAndWhatComesOfItAreMarksOfTheIncident() {
        Ops ops;
        ops.show("paused_by_step");
        ops.cluster.simulate_argo();
        ops.start();
        QVERIFY(ops.shows_web());
        QCOMPARE(post(ops, "/incidents", R"({"title":"Errors","service":"gateway"})").status, 201u);
        QCOMPARE(post(ops, web + "/abort", why).status, 200u);
        QTRY_VERIFY(test::api::rollout_marks(ops, "INC-1").find("the canary receives 0 %") !=
                    std::string::npos);
        const std::string marks = test::api::rollout_marks(ops, "INC-1");
        QVERIFY2(marks.find("abort of argo:shop:web was sent to the cluster") != std::string::npos,
                 marks.c_str());
        QVERIFY2(marks.find("errors rise") != std::string::npos, marks.c_str());
    }

    void whatTheWatchShowsIsPublished() {
        Ops ops;
        ops.show("paused_by_step");
        ops.start();
        QVERIFY(ops.shows_web());
        std::mutex mutex;
        std::vector<std::string> seen;
        bool open = false;
        opsclient::EventHandlers handlers;
        handlers.on_open = [&] {
            const std::lock_guard lock(mutex);
            open = true;
        };
        handlers.on_event = [&](const opsclient::Event& event) {
            const std::lock_guard lock(mutex);
            if (event.type == "rollout") seen.push_back(event.subject + " " + event.body);
        };
        const auto subscription = ops.client->subscribe(std::move(handlers));
        const auto is_so = [&](auto&& condition) {
            return test::eventually(
                [&] {
                    const std::lock_guard lock(mutex);
                    return condition();
                },
                10'000);
        };
        QVERIFY(is_so([&] { return open; }));
        ops.cluster.patch("shop", "web",
                          {{"status", {{"canary", {{"weights", {{"canary", {{"weight", 23}}}}}}}}}}, true);
        QVERIFY(is_so([&] {
            return std::ranges::any_of(seen, [](const std::string& each) {
                return each.starts_with("argo:shop:web ") &&
                       each.find("\"weight_requested\":23") != std::string::npos;
            });
        }));
    }

    void aRefusalByTheClusterIsExplained() {
        Ops ops;
        ops.show("progressing");
        ops.cluster.forbid("patch rollouts/status");
        ops.start();
        QVERIFY(ops.shows_web());
        const auto preview = get(ops, web + "/preview?action=abort").body;
        QVERIFY(preview["refusal"].get<std::string>().find("verbs: [\"patch\"]") != std::string::npos);
        const auto refused = post(ops, web + "/abort", why);
        QCOMPARE(refused.status, 403u);
        QVERIFY2(refused.said().find("A Role in namespace shop with the rule") != std::string::npos,
                 refused.said().c_str());
    }

    void aLostClusterIsAState() {
        Ops ops;
        ops.show("progressing");
        ops.start();
        QVERIFY(ops.shows_web());
        ops.cluster.fail_with(503);
        ops.cluster.break_watches();
        QTRY_VERIFY(!ops.seen()["driver_connected"].get<bool>());
        QVERIFY(!ops.driver()["connected"].get<bool>());
        QVERIFY(ops.driver()["trouble"].get<std::string>().find("not well") != std::string::npos);
        QCOMPARE(post(ops, web + "/abort", why).status, 503u);
        ops.cluster.fail_with(0);
        QTRY_VERIFY(ops.seen()["driver_connected"].get<bool>());
    }

    void aClusterThatWasNeverReachedIsToldToo() {
        Ops ops;
        ops.kubeconfig("http://127.0.0.1:1");
        ops.start();
        QCOMPARE(get(ops, "/rollouts").body["items"].size(), std::size_t(0));
        QCOMPARE(ops.driver()["name"].get<std::string>(), std::string("argo"));
        QVERIFY(!ops.driver()["connected"].get<bool>());
        QVERIFY(!ops.driver()["trouble"].get<std::string>().empty());
    }

    void aKubeconfigThatLeadsNowhereKeepsOpsdDown() {
        Ops ops;
        ops.more_config = "argo: {kubeconfig: /no/such/kubeconfig}\n";
        const auto started = opsd::Opsd::start(ops.options(), ops.clock, telemetry::null_log(), false);
        QVERIFY(!started);
        QCOMPARE(started.error().code, core::Errc::config);
        QVERIFY(started.error().message.find("/no/such/kubeconfig") != std::string::npos);
    }

    void theCheckSaysWhatIsAllowed() {
        Ops ops;
        ops.show("progressing");
        const auto check = [&] {
            std::ostringstream out;
            const auto code = opsd::check_drivers(ops.options(), ops.clock, out);
            return fmt::format("{} {}", int(code), out.str());
        };
        const std::string fine = check();
        QVERIFY2(fine.starts_with("0 argo: Kubernetes v1.30.2 at http://127.0.0.1:"), fine.c_str());
        QVERIFY2(fine.find("may in shop: list rollouts, watch rollouts") != std::string::npos, fine.c_str());
        QVERIFY2(fine.find("patch rollouts/status") != std::string::npos, fine.c_str());
        ops.cluster.forbid("patch rollouts/status");
        const std::string lacking = check();
        QVERIFY2(lacking.starts_with("69 "), lacking.c_str());
        QVERIFY2(lacking.find("trouble: Kubernetes refuses to patch rollouts/status in namespace shop") !=
                     std::string::npos,
                 lacking.c_str());
        QVERIFY2(lacking.find("verbs: [\"patch\"]") != std::string::npos, lacking.c_str());
        ops.cluster.require_token("another");
        QVERIFY2(check().find("is it expired?") != std::string::npos, check().c_str());
        ops.kubeconfig("http://127.0.0.1:1");
        QVERIFY2(check().find("trouble: ") != std::string::npos, check().c_str());
        ops.more_config = "argo: {kubeconfig: /no/such/kubeconfig}\n";
        QVERIFY2(check().starts_with("69 argo: no way to the cluster"), check().c_str());
    }
};

QTEST_GUILESS_MAIN(TestArgoRoutes)
#include "tst_argo_routes.moc"
