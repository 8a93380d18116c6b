// Whole canaries by the engine over the real HAProxy: judged by what HAProxy counted.

#include <QTest>

#include "backend/rollouts/fake_site.hpp"
#include "haproxy/haproxy_metrics.hpp"
#include "haproxy/haproxy_router.hpp"
#include "haproxy/haproxy_runner.hpp"
#include "haproxy/runtime_socket.hpp"
#include "haproxy/survey.hpp"
#include "support/haproxy_peer.hpp"

using namespace qd;
using namespace qd::haproxy;
using namespace std::chrono_literals;
using rollouts::Action;
using rollouts::Course;
using rollouts::Phase;
using rollouts::Rollout;
using rollouts::RolloutId;

namespace {

constexpr const char* half_then_wait =
    "driver: edge\n"
    "strategy: {canary: {split: roundRobin, abortScaleDownDelaySeconds: 5, steps: [{setWeight: 50}, {pause: "
    "{}}]}}\n"
    "target: {version: v2}\n"
    "analysis: {onFailure: abort, minSample: 20}\n";

/// An engine whose driver "edge" is a HAProxy; the seconds pass when told, the requests are real.
struct Edge {
    test::Origin stable{"stable"}, canary{"canary"};
    test::HaproxyPeer haproxy;
    test::FakeSite site;
    std::unique_ptr<HaproxyRouter> router;
    std::unique_ptr<HaproxyRunner> runner;
    std::unique_ptr<HaproxyMetrics> metrics;

    const Affinity affinity;

    explicit Edge(Affinity kept = Affinity::none) : affinity(kept) {
        haproxy.start(stable, canary);
        label("v1", "v2");
        router = std::make_unique<HaproxyRouter>(options(), site.clock);
        runner = std::make_unique<HaproxyRunner>(options());
        metrics = std::make_unique<HaproxyMetrics>(options(), site.clock);
        site.others = {{"edge", {router.get(), runner.get(), metrics.get(), "HAProxy"}}};
        site.restart();
    }
    ~Edge() { site.engine.reset(); }

    Options options() const {
        Options options;
        options.name = "edge";
        options.socket = haproxy.socket();
        options.backend = "streams";
        options.stable = {"s1"};
        options.canary = {"c1"};
        options.affinity = affinity;
        options.versions_file = haproxy.path("versions.yaml").toStdString();
        return options;
    }
    void label(const std::string& s1, const std::string& c1) {
        if (!core::write_file_atomically(options().versions_file, "s1: " + s1 + "\nc1: " + c1 + "\n"))
            qFatal("no labels");
    }
    RolloutId begin() {
        auto request = rollouts::parse_start_request(half_then_wait);
        if (!request) qFatal("%s", request.error().message.c_str());
        if (affinity != Affinity::none) request->specification.split = traffic::SplitMode::session;
        if (const auto fine = runner->check(request->specification); !fine)
            qFatal("%s", fine.error().message.c_str());
        return site.begin(request->specification).id;
    }
    /// With 20 requests in each.
    void pass(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            haproxy.canary_of(20);
            if (!metrics->sample()) qFatal("HAProxy is not asked");
            site.pass(1s);
        }
    }
    double weight() const { return router->read()->plan.canary_weight; }
    Admin admin(const std::string& server) const {
        return parse_servers_state(*ask(options().socket, "show servers state streams", 2s), "streams")
            ->at(server)
            .admin;
    }
};

}  // namespace

class TestHaproxyCanary : public QObject {
    Q_OBJECT

private slots:
    void init() {
        if (test::HaproxyPeer::program().isEmpty()) QSKIP("HAProxy is not installed");
    }

    void aCanaryThatFailsIsJudgedAndGetsNothing() {
        Edge edge;
        edge.canary.fails = true;
        const RolloutId id = edge.begin();
        edge.pass(4);
        QCOMPARE(edge.weight(), 50.0);
        const Rollout under_way = edge.site.now(id);
        QCOMPARE(under_way.driver, std::string("edge"));
        QCOMPARE(under_way.arms.at("canary").instances, std::vector<std::string>{"c1"});
        for (int i = 0; i < 30 && edge.site.now(id).progress.course == Course::stepping; ++i) edge.pass(1);
        edge.pass(1);

        const Rollout aborted = edge.site.now(id);
        QCOMPARE(aborted.progress.course, Course::aborted);
        QVERIFY(aborted.verdict && aborted.verdict->outcome == rollouts::Outcome::fail);
        QVERIFY(aborted.split_confirmed);
        QVERIFY(aborted.time_to_zero);
        QCOMPARE(edge.weight(), 0.0);
        QCOMPARE(edge.haproxy.canary_of(30), 0);
        // HAProxy's own counters are the evidence, and what it does not count is not made up.
        const auto& errors = aborted.verdict->metrics.front();
        QVERIFY(errors.canary_ratio && std::abs(*errors.canary_ratio - 0.5) < 0.05);
        QCOMPARE(errors.stable_bad, std::uint64_t(0));
        QCOMPARE(aborted.verdict->metrics.size(), std::size_t(1));
        QVERIFY(aborted.verdict->explanation.find("Latency is not measured") != std::string::npos);
        edge.pass(10);
        QCOMPARE(edge.admin("c1"), Admin::maint);
        QCOMPARE(edge.weight(), 0.0);

        // Another version is put there, and begins from maintenance.
        edge.label("v1", "v3");
        edge.canary.fails = false;
        auto request = *rollouts::parse_start_request(half_then_wait);
        request.specification.target.label = "v3";
        const RolloutId next = edge.site.begin(request.specification).id;
        edge.pass(6);
        QVERIFY2(edge.weight() == 50.0, edge.site.now(next).message.c_str());
    }

    void aPromotionWaitsForWhoeverDeploys() {
        Edge edge;
        const RolloutId id = edge.begin();
        edge.pass(5);
        QVERIFY(edge.site.act(id, Action::promote));
        edge.pass(5);
        const Rollout waiting = edge.site.now(id);
        QCOMPARE(waiting.progress.course, Course::promoting);
        QVERIFY2(waiting.message.find("deploy v2 on s1 and write it into") != std::string::npos,
                 waiting.message.c_str());
        QCOMPARE(edge.weight(), 100.0);
        QCOMPARE(edge.haproxy.canary_of(10), 10);
        edge.label("v2", "v2");
        edge.pass(20);
        const Rollout done = edge.site.now(id);
        QVERIFY2(done.progress.course == Course::promoted, done.message.c_str());
        QCOMPARE(done.stable_version, std::string("v2"));
        QCOMPARE(edge.weight(), 0.0);
        QCOMPARE(edge.admin("c1"), Admin::maint);
        QCOMPARE(edge.admin("s1"), Admin::ready);
        QCOMPARE(edge.haproxy.canary_of(10), 0);
    }

    // Cookies lead to a drained server, so an idle one is in maintenance, where nothing is checked.
    void withCookiesAnIdleArmIsInMaintenance() {
        Edge edge(Affinity::cookie);
        const RolloutId id = edge.begin();
        edge.pass(6);
        QVERIFY2(edge.weight() == 50.0, edge.site.now(id).message.c_str());
        QVERIFY(edge.site.act(id, Action::promote));
        edge.pass(5);
        QCOMPARE(edge.weight(), 100.0);
        QCOMPARE(edge.admin("s1"), Admin::maint);
        edge.label("v2", "v2");
        edge.pass(10);
        QVERIFY2(edge.site.now(id).progress.course == Course::promoted, edge.site.now(id).message.c_str());
        QCOMPARE(edge.admin("s1"), Admin::ready);
        QCOMPARE(edge.admin("c1"), Admin::maint);
        QCOMPARE(edge.haproxy.canary_of(10), 0);
        // The next begins from maintenance, and ends there.
        edge.label("v2", "v3");
        auto request = *rollouts::parse_start_request(half_then_wait);
        request.specification.target.label = "v3";
        request.specification.split = traffic::SplitMode::session;
        const RolloutId next = edge.site.begin(request.specification).id;
        edge.pass(6);
        QVERIFY2(edge.weight() == 50.0, edge.site.now(next).message.c_str());
        QVERIFY(edge.site.act(next, Action::abort));
        QCOMPARE(edge.admin("c1"), Admin::maint);
        edge.pass(12);
        QCOMPARE(edge.admin("c1"), Admin::maint);
        QCOMPARE(edge.haproxy.canary_of(10), 0);
    }

    void blueGreenSwitchesAtOnce() {
        Edge edge;
        const auto request = rollouts::parse_start_request(
            "driver: edge\nstrategy: {blueGreen: {autoPromotionEnabled: false}}\ntarget: {version: v2}\n");
        QVERIFY2(request, request ? "" : request.error().message.c_str());
        const auto fine = edge.runner->check(request->specification);
        QVERIFY2(fine, fine ? "" : fine.error().message.c_str());
        const RolloutId id = edge.site.begin(request->specification).id;
        edge.pass(4);
        QCOMPARE(edge.weight(), 0.0);
        QVERIFY(edge.site.act(id, Action::next));
        edge.pass(2);
        QCOMPARE(edge.weight(), 100.0);
        QCOMPARE(edge.haproxy.canary_of(10), 10);
    }

    void aHaproxyThatIsGoneIsAState() {
        Edge edge;
        const RolloutId id = edge.begin();
        edge.pass(5);
        edge.haproxy.kill();
        QCOMPARE(edge.metrics->sample().error().code, core::Errc::unavailable);
        edge.site.pass(5s);
        QVERIFY(!edge.site.now(id).driver_connected);
        QVERIFY2(edge.site.now(id).message.find("cannot be reached") != std::string::npos,
                 edge.site.now(id).message.c_str());
        edge.haproxy.start(edge.stable, edge.canary);
        edge.pass(10);
        QVERIFY(edge.site.now(id).driver_connected);
        QCOMPARE(edge.weight(), 50.0);
        // What was counted before it died is still there, and nothing is negative.
        const auto counted = edge.metrics->counts(edge.site.clock.now(), 60s, 0.2);
        QVERIFY(counted);
        QVERIFY(counted->canary.requests + counted->stable.requests >= 200);
        QVERIFY(counted->canary.requests + counted->stable.requests <= 400);
        QCOMPARE(counted->canary.errors, std::uint64_t(0));
    }

    void countsAreThoseOfTheWindow() {
        Edge edge;
        QVERIFY(!edge.metrics->counts(edge.site.clock.now(), 60s, 0.2));
        edge.pass(1);
        QVERIFY(!edge.metrics->counts(edge.site.clock.now(), 60s, 0.2));  // of one sample nothing is known
        edge.pass(10);
        const auto all = edge.metrics->counts(edge.site.clock.now(), 60s, 0.2);
        QVERIFY(all);
        QCOMPARE(all->stable.requests, std::uint64_t(200));
        QCOMPARE(all->stable.errors, std::uint64_t(0));
        QCOMPARE(all->stable.timed, std::uint64_t(0));
        QCOMPARE(all->covered_s, 10.0);
        const auto some = edge.metrics->counts(edge.site.clock.now(), 5s, 0.2);
        QVERIFY(some && some->stable.requests <= 100 && some->stable.requests >= 80);
        // The wall clock is set: what was counted moves with it.
        edge.site.clock.jump(1h);
        QCOMPARE(edge.metrics->counts(edge.site.clock.now(), 60s, 0.2)->stable.requests, std::uint64_t(200));
    }

    void whatItIsAndMayDoIsTold() {
        Edge edge;
        const auto found = survey(edge.options());
        QVERIFY2(found, found ? "" : found.error().message.c_str());
        QVERIFY(!found->version.empty());
        QCOMPARE(found->level, std::string("admin"));
        QCOMPARE(found->backend, std::string("streams: mode http, balance roundrobin"));
        QCOMPARE(found->servers, (std::vector<std::string>{"s1 (stable, v1): ready, weight 100, up",
                                                           "c1 (canary, v2): ready, weight 0, up"}));
        QVERIFY2(found->troubles.empty(), found->troubles.empty() ? "" : found->troubles[0].c_str());
        QCOMPARE(found->remarks.size(), std::size_t(1));
        QVERIFY(found->remarks[0].starts_with("s1, c1: no health check"));

        Options wrong = edge.options();
        wrong.canary = {"c9"};
        wrong.versions_file.clear();
        wrong.versions = {{"s1", "v1"}, {"c9", "v2"}};
        QVERIFY(survey(wrong)->troubles[0].find("no server 'c9'") != std::string::npos);
        wrong.backend = "elsewhere";
        QVERIFY(survey(wrong)->troubles[0].find("no backend 'elsewhere'") != std::string::npos);
        wrong.socket = "/no/such.sock";
        QCOMPARE(survey(wrong).error().code, core::Errc::unavailable);

        edge.haproxy.kill();
        edge.haproxy.start(edge.stable, edge.canary, "operator");
        QVERIFY(survey(edge.options())->troubles[0].find("level admin") != std::string::npos);
        edge.haproxy.kill();
        edge.haproxy.start(edge.stable, edge.canary, "admin", "tcp");
        QVERIFY(survey(edge.options())->troubles[0].find("mode tcp") != std::string::npos);
        QCOMPARE(edge.metrics->sample().error().code, core::Errc::unprocessable);
    }
};

QTEST_GUILESS_MAIN(TestHaproxyCanary)
#include "tst_haproxy_canary.moc"
