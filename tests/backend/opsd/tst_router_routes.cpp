// A HAProxy that opsd's configuration names as a driver: started over the API, split by the real HAProxy.
#include <QTest>
#include <sstream>

#include "opsd/router_check.hpp"
#include "support/haproxy_peer.hpp"
#include "support/opsd_calls.hpp"

using namespace qd;
using test::api::get;
using test::api::post;

namespace {

std::string specification(const std::string& version) {
    return "driver: edge\nstrategy: {canary: {split: roundRobin, steps: [{setWeight: 50}, {pause: {}}]}}\n"
           "target: {version: " +
           version + "}\n";
}

struct Ops : test::OpsdSite {
    Ops() {
        haproxy.start(stable, canary);
        more_config = fmt::format(
            "routers:\n- {{name: edge, kind: haproxy, socket: '{}', backend: streams, stable: [s1], canary: "
            "[c1], versions: {{s1: v1, c1: v2}}}}\n",
            haproxy.socket());
    }
    ~Ops() { stop(); }

    double weight() {
        const auto stat = test::api::get(*this, "/rollouts").body["items"][0];
        return stat["split_confirmed"].get<bool>() ? stat["weight_requested"].get<double>() : -1;
    }
    nlohmann::json driver() { return get(*this, "/rollouts/drivers").body["items"][0]; }
    std::string check() const {
        const auto options = opsd::parse_options(config(), "opsd.yaml");
        if (!options) qFatal("%s", options.error().message.c_str());
        std::ostringstream out;
        const auto code = opsd::check_drivers(*options, clock, out);
        return fmt::format("{} {}", int(code), out.str());
    }

    test::Origin stable{"stable"}, canary{"canary"};
    test::HaproxyPeer haproxy;
};

}  // namespace

class TestRouterRoutes : public QObject {
    Q_OBJECT

private slots:
    void init() {
        if (test::HaproxyPeer::program().isEmpty()) QSKIP("HAProxy is not installed");
    }

    void aRolloutNamesItsRouter() {
        Ops ops;
        ops.start();
        ops.pass(1);
        QVERIFY(ops.driver()["connected"].get<bool>());
        QCOMPARE(ops.driver()["kind"].get<std::string>(), std::string("haproxy"));
        const auto refused = post(ops, "/rollouts?reason=release", specification("v3"));
        QCOMPARE(refused.status, 400u);
        QVERIFY2(refused.said().find("'c1' is labelled v2 and not v3") != std::string::npos,
                 refused.said().c_str());
        const auto nobody =
            post(ops, "/rollouts?reason=release", "driver: none\n" + specification("v2").substr(13));
        QVERIFY2(nobody.said().find("there is none named 'none'") != std::string::npos,
                 nobody.said().c_str());
        const auto begun = post(ops, "/rollouts?reason=release", specification("v2"));
        QVERIFY2(begun.status == 201, begun.said().c_str());
        QCOMPARE(begun.body["driver"].get<std::string>(), std::string("edge"));
        QTRY_COMPARE_WITH_TIMEOUT(ops.weight(), 50.0, 15'000);
        ops.haproxy.canary_of(100);
        QVERIFY(std::abs(ops.haproxy.canary_of(20) - 10) <= 1);
        const std::string id = "/rollouts/" + begun.body["id"].get<std::string>();
        const auto preview = get(ops, id + "/preview?action=abort").body;
        QCOMPARE(preview["requests"][0]["to"].get<std::string>(), std::string("haproxy"));
        QVERIFY(preview["requests"][0]["body"].get<std::string>().starts_with("set server streams/c1 "));
        QCOMPARE(post(ops, id + "/abort", R"({"reason":"enough"})").status, 200u);
        QCOMPARE(ops.weight(), 0.0);
        QCOMPARE(ops.haproxy.canary_of(20), 0);
        ops.haproxy.kill();
        ops.pass(1);
        QVERIFY(!ops.driver()["connected"].get<bool>());
        QVERIFY(ops.driver()["trouble"].get<std::string>().find("cannot be reached") != std::string::npos);
    }

    void theCheckSaysWhatItIs() {
        Ops ops;
        const std::string fine = ops.check();
        QVERIFY2(fine.starts_with("0 router edge: HAProxy 2."), fine.c_str());
        QVERIFY2(fine.find("socket of level admin") != std::string::npos, fine.c_str());
        QVERIFY2(fine.find("c1 (canary, v2): ready, weight 0, up") != std::string::npos, fine.c_str());
        ops.haproxy.kill();
        const std::string gone = ops.check();
        QVERIFY2(gone.starts_with("69 router edge: not reachable"), gone.c_str());
        QVERIFY2(gone.find("level admin") != std::string::npos, gone.c_str());
    }
};

QTEST_GUILESS_MAIN(TestRouterRoutes)
#include "tst_router_routes.moc"
