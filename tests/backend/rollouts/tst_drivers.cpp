#include <QTest>

#include "http/server.hpp"
#include "rollouts/engine/gateway_router.hpp"
#include "rollouts/engine/instance_plan.hpp"

using namespace qd;
using namespace qd::rollouts;

namespace {

/// A gateway's /-/split, as far as the router sees it.
struct Gateway {
    http::Server server{{}};
    http::Client client;
    std::mutex mutex;
    std::string seen_authorization, seen_body;
    http::Response answer = http::Response::json(200, "{}");

    Gateway() {
        const auto handle = [this](const http::Request& request) {
            const std::lock_guard lock(mutex);
            seen_authorization = request.headers.get("Authorization");
            seen_body = request.body;
            return answer;
        };
        server.route_blocking(http::Method::get, "/-/split", handle);
        server.route_blocking(http::Method::put, "/-/split", handle);
        if (const auto started = server.start(); !started) qFatal("%s", started.error().message.c_str());
    }
    GatewayRouter router() { return {client, "http://" + server.address(), "Bearer secret"}; }
};

RunningInstance api(int number, const char* arm, const char* version, bool ready = true) {
    return {"api-" + std::to_string(number), arm, version, ready};
}

}  // namespace

class TestDrivers : public QObject {
    Q_OBJECT

private slots:
    void theWeightIsPutWithTheBearer() {
        Gateway gateway;
        GatewayRouter router = gateway.router();
        QVERIFY(router.apply({.rollout = "RO-1", .canary_weight = 10}));
        QCOMPARE(gateway.seen_authorization, std::string("Bearer secret"));
        QCOMPARE(gateway.seen_body, std::string(R"({"canary_weight":10.0,"rollout":"RO-1"})"));
    }

    void theReadingIsDecoded() {
        Gateway gateway;
        gateway.answer = http::Response::json(
            200, R"({"rollout":"RO-1","canary_weight":12.0,"since":"x","counts":{"stable":90,"canary":10}})");
        const auto reading = gateway.router().read();
        QVERIFY2(reading, reading ? "" : reading.error().message.c_str());
        QCOMPARE(reading->plan.canary_weight, 12.0);
        QCOMPARE(*reading->counts.canary_requests, std::uint64_t(10));
    }

    void refusalsAndNonsenseAreErrors() {
        Gateway gateway;
        gateway.answer = http::Response::json(403, R"({"detail":"no"})");
        QCOMPARE(gateway.router().apply({.rollout = "RO-1", .canary_weight = 1}).error().code, core::Errc::permission_denied);
        for (const char* body : {"", "[]", "{}", R"({"canary_weight":"ten"})"}) {
            gateway.answer = http::Response::json(200, body);
            QVERIFY2(!gateway.router().read(), body);
        }
        GatewayRouter nobody(gateway.client, "http://127.0.0.1:1", "Bearer x");
        QVERIFY(!nobody.read());
    }

    void newBeforeOldAndOneAtATime() {
        WantedInstances wanted;
        wanted.stable = WantedVersion{"v2", 2, "[]"};
        std::vector<RunningInstance> running{api(1, "stable", "v1"), api(2, "stable", "v1"),
                                             api(3, "canary", "v2")};
        auto order = next_order(wanted, running);
        QVERIFY(order && order->start);
        QCOMPARE(order->version.count, 2u);
        running.push_back(api(4, "stable", "v2"));
        running.push_back(api(5, "stable", "v2", false));
        QVERIFY(!next_order(wanted, running));  // the old ones stay until both serve
        running.back().ready = true;
        order = next_order(wanted, running);
        QVERIFY(order && !order->start);
        QCOMPARE(order->instance, std::string("api-1"));
    }

    void canariesGoOnlyWhenTheyMay() {
        WantedInstances wanted;
        const std::vector<RunningInstance> running{api(1, "stable", "v1"), api(3, "canary", "v2")};
        QVERIFY(!next_order(wanted, running));
        wanted.may_stop_canaries = true;
        QCOMPARE(next_order(wanted, running)->instance, std::string("api-3"));
        wanted.canary = WantedVersion{"v2", 1, {}};
        QVERIFY(!next_order(wanted, running));
    }
};

QTEST_GUILESS_MAIN(TestDrivers)
#include "tst_drivers.moc"
