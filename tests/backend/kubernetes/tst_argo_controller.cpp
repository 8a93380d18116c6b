// Rollouts of a cluster as the console sees and steers them, against an API server with Argo's controller on
// it.

#include <QtTest>

#include "kubernetes/argo_controller.hpp"
#include "support/argo_objects.hpp"
#include "support/kubernetes_api.hpp"

using namespace qd;
using namespace qd::kubernetes;
using namespace std::chrono_literals;
using core::Errc;
using nlohmann::json;
using rollouts::Action;
using rollouts::Phase;
using test::argoObject;

class TestArgoController : public QObject {
    Q_OBJECT

    std::unique_ptr<test::KubernetesApi> server_;
    http::Client client_;
    core::SystemClock clock_;
    core::SeededRandom random_{1};
    std::unique_ptr<Credentials> credentials_;
    std::unique_ptr<ApiClient> api_;
    std::mutex mutex_;
    QStringList acts_;
    std::unique_ptr<ArgoController> controller_;
    const rollouts::RolloutId web_ = argo_id("shop", "web");

    void connect(bool read_only = false) {
        ArgoOptions options;
        options.namespaces = {"shop"};
        options.read_only = read_only;
        options.watch = {60s, 5ms, 40ms};
        ArgoHooks hooks;
        hooks.on_act = [this](const rollouts::Rollout& rollout, Action action, const std::string& actor,
                              const std::string& reason) {
            const std::lock_guard lock(mutex_);
            acts_ << QString::fromStdString(
                fmt::format("{} {} {}: {}", rollout.id.value, to_string(action), actor, reason));
        };
        controller_ = std::make_unique<ArgoController>(*api_, clock_, random_, options, hooks);
        QTRY_COMPARE(server_->watchers(), 2u);
        QTRY_VERIFY(!controller_->trouble());
    }
    void show(const char* name) {
        json object = argoObject(name);
        server_->create("rollouts", object);
    }
    rollouts::Rollout web() const { return controller_->get(web_).value_or(rollouts::Rollout{}); }
    core::Result<rollouts::Rollout> act(Action action) {
        return controller_->act(web_, action, "it looks well", {"maria", std::nullopt, "", false});
    }

private slots:
    void init() {
        server_ = std::make_unique<test::KubernetesApi>();
        ClusterAccess access;
        access.server = server_->url();
        access.user = "ops";
        credentials_ = std::make_unique<Credentials>(access, clock_);
        api_ = std::make_unique<ApiClient>(client_, *credentials_);
        acts_.clear();
    }
    void cleanup() { controller_.reset(); }

    void shows_what_the_cluster_has() {
        show("paused_by_step");
        show("blue_green_paused");
        server_->create("analysisruns", argoObject("analysis_run"));
        connect();
        QCOMPARE(controller_->list().size(), 2u);
        QTRY_COMPARE(web().analyses.size(), 1u);
        const auto rollout = web();
        QCOMPARE(rollout.driver, std::string("argo"));
        QCOMPARE(rollout.driver_note, std::string("not verified on a cluster"));
        QVERIFY(rollout.driver_connected);
        QVERIFY(rollout.refusals.contains("back"));
        QVERIFY(rollout.refusals.contains("ramp-down"));
        QVERIFY(!rollout.refusals.contains("abort"));
        QCOMPARE(controller_->get(argo_id("shop", "none")).error().code, Errc::not_found);
        QCOMPARE(controller_->get(rollouts::RolloutId("RO-1")).error().code, Errc::not_found);
        server_->remove("rollouts", "shop", "web");
        QTRY_COMPARE(controller_->list().size(), 1u);
    }

    void what_is_previewed_is_what_is_sent() {
        show("paused_by_hand");
        connect();
        const auto preview = controller_->preview(web_, Action::next);
        QVERIFY2(preview, preview ? "" : preview.error().message.c_str());
        QVERIFY(!preview->refusal);
        QCOMPARE(preview->requests.size(), 2u);
        QCOMPARE(preview->requests[0].target,
                 server_->url() + "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/status");
        const auto tried = server_->writes();
        QCOMPARE(tried.size(), 2u);
        QVERIFY(tried[0].target.ends_with("/status?dryRun=All"));
        QCOMPARE(server_->get("rollouts", "shop", "web")["spec"]["paused"], true);  // nothing has happened
        QVERIFY(act(Action::next));
        const auto writes = server_->writes();
        QCOMPARE(writes.size(), 4u);
        for (std::size_t i = 0; i < 2; ++i) {
            QCOMPARE(server_->url() + writes[i + 2].target, preview->requests[i].target);
            QCOMPARE(writes[i + 2].body, preview->requests[i].body);
            QCOMPARE(writes[i + 2].content_type, preview->requests[i].content_type);
            QCOMPARE(writes[i + 2].method, preview->requests[i].method);
        }
        QCOMPARE(acts_, QStringList{"argo:shop:web next maria: it looks well"});
    }

    void a_canary_is_taken_through_its_steps() {
        show("paused_by_step");
        server_->simulate_argo();
        connect();
        QVERIFY(act(Action::next));
        QTRY_COMPARE(web().progress.step, 3u);
        QCOMPARE(web().weight_requested, 40u);
        QCOMPARE(web().phase, Phase::progressing);
        QVERIFY(act(Action::pause));
        QTRY_COMPARE(web().phase, Phase::paused);
        QVERIFY(act(Action::resume));
        QTRY_COMPARE(web().phase, Phase::progressing);
        QCOMPARE(web().progress.step, 3u);  // resuming skips nothing
        QVERIFY(act(Action::next));
        QTRY_COMPARE(web().progress.step, 5u);
        QVERIFY(act(Action::abort));
        QTRY_COMPARE(web().phase, Phase::degraded);
        QCOMPARE(web().weight_requested, 0u);
        QCOMPARE(web().progress.step, 0u);
        QVERIFY(act(Action::resume));
        QTRY_COMPARE(web().progress.step, 1u);
        QVERIFY(act(Action::promote));
        QTRY_COMPARE(web().phase, Phase::healthy);
        QCOMPARE(acts_.size(), 7);
        QCOMPARE(act(Action::abort).error().code, Errc::conflict);
        QCOMPARE(acts_.size(), 7);  // what was not sent is not noted
    }

    void nothing_is_taken_as_done_before_it_is_seen() {
        show("progressing");  // and no controller runs
        connect();
        const auto after = act(Action::abort);
        QVERIFY(after);
        QTRY_VERIFY(web().message.find("not observed") == std::string::npos);
        QCOMPARE(web().phase, Phase::progressing);  // the patch is there; nobody has acted on it
        QVERIFY(web().refusals.contains("abort"));
    }

    void without_a_status_subresource_the_main_resource_takes_it() {
        show("progressing");
        server_->status_subresource(false);
        connect();
        QVERIFY(act(Action::abort));
        QCOMPARE(server_->get("rollouts", "shop", "web")["status"]["abort"], true);
        QCOMPARE(server_->writes().size(), 2u);
    }

    void undo_takes_the_template_of_the_earlier_revision() {
        show("aborted");
        for (const auto& set : argoObject("replica_sets")) server_->create("replicasets", set);
        connect();
        QVERIFY(act(Action::undo));
        const auto fresh = server_->get("rollouts", "shop", "web");
        QCOMPARE(fresh["spec"]["template"]["spec"]["containers"][0]["image"], "registry.example/web:2.3.1");
        QCOMPARE(fresh["metadata"]["generation"], 8);
        QTRY_COMPARE(web().message.find("waiting for rollout spec update"), 0u);
    }

    void of_two_operators_one_must_look_again() {
        show("progressing");
        connect();
        const auto version = controller_->preview(web_, Action::next)->version;
        server_->patch("shop", "web", {{"status", {{"currentStepIndex", 4}}}}, true);
        const auto late = controller_->act(web_, Action::next, "go", {"maria", version, "", false});
        QVERIFY(!late);
        QCOMPARE(late.error().code, Errc::precondition_failed);
        QCOMPARE(server_->get("rollouts", "shop", "web")["status"]["currentStepIndex"], 4);
    }

    void a_repeated_action_is_sent_once() {
        show("progressing");
        connect();
        for (int i = 0; i < 2; ++i)
            QVERIFY(controller_->act(web_, Action::next, "go", {"maria", std::nullopt, "key-1", false}));
        QCOMPARE(server_->get("rollouts", "shop", "web")["status"]["currentStepIndex"], 4);
        QCOMPARE(server_->writes().size(), 1u);
    }

    void a_refusal_by_rbac_is_seen_before_acting() {
        show("progressing");
        server_->forbid("patch rollouts/status");
        connect();
        const auto preview = controller_->preview(web_, Action::abort);
        QVERIFY(preview);
        QCOMPARE(preview->requests.size(), 1u);
        QVERIFY(preview->refusal->find("resources: [\"rollouts/status\"], verbs: [\"patch\"]") !=
                std::string::npos);
        QCOMPARE(act(Action::abort).error().code, Errc::permission_denied);
    }

    void half_of_an_action_is_told() {
        show("paused_by_hand");
        server_->forbid("patch rollouts");
        connect();
        const auto half = act(Action::next);
        QVERIFY(!half);
        QVERIFY(half.error().message.find("Of 2 requests 1 had been carried out") != std::string::npos);
    }

    void read_only_sends_nothing() {
        show("progressing");
        connect(true);
        QVERIFY(web().read_only);
        QCOMPARE(web().refusals.size(), rollouts::all_actions.size());
        QCOMPARE(act(Action::abort).error().code, Errc::permission_denied);
        QVERIFY(controller_->preview(web_, Action::abort)->refusal);
        QVERIFY(server_->writes().empty());
    }

    void a_lost_cluster_is_a_state() {
        show("progressing");
        connect();
        const auto heard = web().observed_at;
        server_->fail_with(503);
        server_->break_watches();
        QTRY_VERIFY(!web().driver_connected);
        QVERIFY(web().driver_note.find("the server is not well") != std::string::npos);
        QCOMPARE(web().progress.step, 3u);  // what is known stays
        QCOMPARE(act(Action::abort).error().code, Errc::unavailable);
        server_->fail_with(0);
        QTRY_VERIFY(web().driver_connected);
        QVERIFY(web().observed_at >= heard);
    }

    void analysis_runs_that_may_not_be_read_do_not_hide_the_rollouts() {
        show("progressing");
        server_->forbid("list analysisruns");
        ArgoOptions options;
        options.watch = {60s, 5ms, 40ms};
        controller_ = std::make_unique<ArgoController>(*api_, clock_, random_, options, ArgoHooks{});
        QTRY_COMPARE(controller_->list().size(), 1u);
        QTRY_VERIFY(web().driver_note.find("no analysis runs") != std::string::npos);
        QVERIFY(web().driver_connected);
    }
};

QTEST_GUILESS_MAIN(TestArgoController)
#include "tst_argo_controller.moc"
