// Against the real HAProxy.

#include <QTest>

#include "haproxy/haproxy_router.hpp"
#include "haproxy/runtime_socket.hpp"
#include "support/haproxy_peer.hpp"

using namespace qd;
using namespace qd::haproxy;
using traffic::MatchKind;
using traffic::SplitMode;
using traffic::TrafficPlan;

namespace {

traffic::TrafficPlan plan(double canary) {
    traffic::TrafficPlan made;
    made.rollout = "RO-1";
    made.canary_weight = canary;
    made.mode = traffic::SplitMode::round_robin;
    return made;
}

}  // namespace

class TestHaproxyRouter : public QObject {
    Q_OBJECT

    test::Origin stable_{"stable"}, canary_{"canary"};
    core::SystemClock clock_;
    std::optional<test::HaproxyPeer> haproxy_;

    void start(const char* level = "admin") { haproxy_->start(stable_, canary_, level); }

    Options options() const {
        Options options;
        options.socket = haproxy_->socket();
        options.backend = "streams";
        options.stable = {"s1"};
        options.canary = {"c1"};
        options.header_maps = {
            {"X-Canary", traffic::MatchKind::exact, haproxy_->path("exact.map").toStdString()},
            {"X-Canary", traffic::MatchKind::prefix, haproxy_->path("prefix.map").toStdString()}};
        return options;
    }

    std::optional<std::string> served(const std::string& header) { return haproxy_->served(header); }
    int canaryOf(int requests) { return haproxy_->canary_of(requests); }

private slots:
    void init() {
        if (test::HaproxyPeer::program().isEmpty()) QSKIP("HAProxy is not installed");
        haproxy_.emplace();
    }
    void cleanup() { haproxy_.reset(); }

    void aWeightIsWhatRequestsGet() {
        start();
        HaproxyRouter router(options(), clock_);
        QCOMPARE(canaryOf(20), 0);
        const auto preview = router.preview(plan(20));
        QVERIFY(preview && preview->size() == 1);
        QCOMPARE(preview->front().body,
                 std::string("set server streams/c1 weight 1; set server streams/s1 weight 4"));
        QCOMPARE(preview->front().target, options().socket);
        QCOMPARE(canaryOf(20), 0);
        auto applied = router.apply(plan(20));
        QVERIFY2(applied, applied ? "" : applied.error().message.c_str());
        // A server that gets weight joins in when HAProxy's cycle under way ends: 100 requests at first. From
        // then on weighted round robin is exact.
        const int joining = canaryOf(100), canary = canaryOf(100);
        QVERIFY2(qAbs(canary - 20) <= 1, qPrintable(QString::number(canary)));
        const auto reading = router.read();
        QVERIFY(reading);
        QVERIFY(reading->plan == plan(20));
        QCOMPARE(*reading->counts.canary_requests + *reading->counts.stable_requests, std::uint64_t(200));
        QCOMPARE(*reading->counts.canary_requests, std::uint64_t(joining + canary));
        QCOMPARE(*reading->counts.forced_requests, std::uint64_t(0));
        QVERIFY(router.preview(plan(20))->empty());
        applied = router.apply(plan(100));
        QVERIFY(applied);
        QCOMPARE(canaryOf(20), 20);
    }

    void noRequestGoesToADrainedCanary() {
        start();
        HaproxyRouter router(options(), clock_);
        QVERIFY(router.apply(plan(100)));
        QCOMPARE(canaryOf(10), 10);
        QVERIFY(router.apply(plan(0)));
        QCOMPARE(canaryOf(30), 0);
        const auto states = parse_servers_state(
            *ask(options().socket, "show servers state streams", std::chrono::seconds(2)), "streams");
        QCOMPARE(states->at("c1").admin, Admin::drain);
        QVERIFY(router.apply(plan(50)));
        QCOMPARE(canaryOf(20), 10);
    }

    void headersGoToTheCanaryWhateverTheWeight() {
        start();
        HaproxyRouter router(options(), clock_);
        traffic::TrafficPlan routed = plan(0);
        routed.header_routes = {{"testers", {{"X-Canary", {traffic::MatchKind::exact, "the crew; all"}}}},
                                {"beta", {{"X-Canary", {traffic::MatchKind::prefix, "beta-"}}}}};
        const auto applied = router.apply(routed);
        QVERIFY2(applied, applied ? "" : applied.error().message.c_str());
        QCOMPARE(served("the crew; all").value_or(""), std::string("canary"));
        QCOMPARE(served("beta-7").value_or(""), std::string("canary"));
        QCOMPARE(served("the crew").value_or(""), std::string("stable"));
        QCOMPARE(canaryOf(10), 0);
        const auto reading = router.read();
        QVERIFY(reading && reading->plan == routed);
        QCOMPARE(*reading->counts.forced_requests, std::uint64_t(2));
        routed.header_routes.erase(routed.header_routes.begin());
        QVERIFY(router.apply(routed));
        QCOMPARE(served("the crew; all").value_or(""), std::string("stable"));
        QCOMPARE(served("beta-7").value_or(""), std::string("canary"));
        QVERIFY(router.apply(plan(0)));
        QCOMPARE(served("beta-7").value_or(""), std::string("stable"));
    }

    void whatSomebodyElseDidIsSeen() {
        start();
        HaproxyRouter router(options(), clock_);
        QVERIFY(router.apply(plan(20)));
        QVERIFY(ask(options().socket, "set server streams/c1 weight 4", std::chrono::seconds(2)));
        const auto reading = router.read();
        QVERIFY(reading);
        QCOMPARE(reading->plan.rollout, std::string());
        QCOMPARE(reading->plan.canary_weight, 50.0);
        // Another that knows nothing of the first reads what is in force.
        HaproxyRouter later(options(), clock_);
        QCOMPARE(later.read()->plan.canary_weight, 50.0);
        QVERIFY(router.apply(plan(20)));
        QVERIFY(router.read()->plan == plan(20));
    }

    void aKilledHaproxyIsAStateAndComesBack() {
        start();
        HaproxyRouter router(options(), clock_);
        QVERIFY(router.apply(plan(20)));
        haproxy_->kill();
        QCOMPARE(router.read().error().code, core::Errc::unavailable);
        QCOMPARE(router.apply(plan(0)).error().code, core::Errc::unavailable);
        QCOMPARE(router.preview(plan(0)).error().code, core::Errc::unavailable);
        start();
        // It is as its configuration says, and the router does not pretend otherwise.
        QCOMPARE(router.read()->plan.canary_weight, 0.0);
        QVERIFY(router.apply(plan(20)));
        canaryOf(100);
        QVERIFY(qAbs(canaryOf(50) - 10) <= 1);
    }

    void whatHaproxyDoesNotHaveIsNamed() {
        start();
        Options wrong = options();
        wrong.canary = {"c9"};
        QCOMPARE(HaproxyRouter(wrong, clock_).apply(plan(10)).error().code, core::Errc::not_found);
        wrong = options();
        wrong.backend = "elsewhere";
        const auto elsewhere = HaproxyRouter(wrong, clock_).read();
        QCOMPARE(elsewhere.error().code, core::Errc::not_found);
        wrong = options();
        wrong.header_maps[0].file = "/no/such.map";
        QCOMPARE(HaproxyRouter(wrong, clock_).read().error().code, core::Errc::not_found);
        traffic::TrafficPlan session = plan(10);
        session.mode = traffic::SplitMode::session;
        QCOMPARE(HaproxyRouter(options(), clock_).apply(session).error().code, core::Errc::invalid_argument);
    }

    void aSocketThatMayOnlyLookSaysSo() {
        start("operator");
        HaproxyRouter router(options(), clock_);
        const auto applied = router.apply(plan(20));
        QCOMPARE(applied.error().code, core::Errc::permission_denied);
        QVERIFY(applied.error().message.find("level admin") != std::string::npos);
        QCOMPARE(canaryOf(10), 0);
    }
};

QTEST_GUILESS_MAIN(TestHaproxyRouter)
#include "tst_haproxy_router.moc"
