// The whole gateway in front of real servers: arms, retries, ejection, cache, admin, limits, uploads.

#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>

#include "gateway/gateway.hpp"
#include "http/client.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace std::chrono_literals;
using gateway::Arm;
using http::Method;
namespace fs = std::filesystem;

namespace {

/// An api process: tells who it is, and misbehaves when told to.
struct Origin {
    explicit Origin(std::string name) : instance(std::move(name)), server(http::ServerOptions{}) {
        const auto answer = [this](http::Request&& request, http::Responder&& responder) {
            ++requests;
            session = std::string(request.headers.get("X-Quarterdeck-Session"));
            told_arm = std::string(request.headers.get("X-Quarterdeck-Session-Arm"));
            told_version = std::string(request.headers.get("X-Quarterdeck-Session-Version"));
            copies += request.headers.has("X-Quarterdeck-Mirror");
            if (holding) {
                const std::lock_guard lock(held_mutex);
                return held.push_back(std::move(responder));
            }
            if (failing) return responder.send(http::problem(failing, "broken", request.request_id));
            http::Response response = http::Response::text(200, instance + " " + request.path, "video/mp4");
            response.headers.add("X-Served-By", "api/v1/" + instance);
            response.headers.add("Cache-Control", "max-age=60");
            if (request.method == Method::post)
                response = http::Response::json(
                    202, fmt::format("{{\"bytes\":{}}}",
                                     request.spooled ? request.spooled->size() : request.body.size()));
            responder.send(std::move(response));
        };
        server.route(Method::get, "/-/ready", [this](http::Request&&, http::Responder&& responder) {
            responder.send(http::Response::empty(ready ? 200 : 503));
        });
        server.route(Method::get, "/{rest...}", answer);
        server.route(Method::del, "/{rest...}", answer);
        http::RouteOptions large;
        large.memory_limit_bytes = large.body_limit_bytes = 8 << 20;
        server.route(Method::post, "/{rest...}", answer, large);
        if (!server.start()) qFatal("no origin");
    }
    gateway::Upstream upstream(Arm arm) const {
        return {arm, instance, arm == Arm::canary ? "v2" : "v1", server.address()};
    }

    const std::string instance;
    void let_go() {
        holding = false;
        const std::lock_guard lock(held_mutex);
        for (http::Responder& one : held) one.send(http::Response::text(200, "late"));
        held.clear();
    }

    std::atomic<int> requests{0}, copies{0};
    std::atomic<bool> holding{false};
    std::mutex held_mutex;
    std::vector<http::Responder> held;
    std::atomic<unsigned> failing{0};
    std::atomic<bool> ready{true};
    std::string session, told_arm, told_version;
    http::Server server;
};

core::Result<gateway::Access> authenticate(std::string_view token) {
    if (token == "admin") return gateway::Access::admin;
    if (token == "responder") return gateway::Access::responder;
    if (token == "viewer") return gateway::Access::viewer;
    return core::fail(core::Errc::unauthenticated, "this token is not known");
}

}  // namespace

class TestGateway : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    core::SystemClock clock_;
    core::SeededRandom random_{1};
    std::unique_ptr<telemetry::Metrics> metrics_;
    std::unique_ptr<gateway::Gateway> gateway_;
    std::unique_ptr<http::Client> client_;

    gateway::Options options() {
        gateway::Options options;
        const fs::path data = folder_.path().toStdString();
        options.server.spool_folder = data / "spool";
        options.cache.folder = data / "cache";
        options.authenticate = authenticate;
        options.upload_limit_bytes = 4 << 20;
        options.health.interval = 20ms;
        return options;
    }

    void start(gateway::Options options) {
        metrics_ = std::make_unique<telemetry::Metrics>();
        gateway_ = std::make_unique<gateway::Gateway>(
            std::move(options), gateway::Environment{clock_, random_, *metrics_, telemetry::null_log()});
        QVERIFY(gateway_->start());
    }

    http::ClientResponse send(Method method, const std::string& target, http::Headers headers = {},
                              std::string body = {}) {
        http::ClientRequest request;
        request.method = method;
        request.url = "http://" + gateway_->address() + target;
        request.headers = std::move(headers);
        request.body = std::move(body);
        auto response = client_->fetch(std::move(request));
        if (!response) qWarning("%s", response.error().message.c_str());
        return response.value_or(http::ClientResponse{});
    }
    http::ClientResponse get(const std::string& target, http::Headers headers = {}) {
        return send(Method::get, target, std::move(headers));
    }
    static std::string header(const http::ClientResponse& response, std::string_view name) {
        return std::string(response.headers.get(name));
    }

private slots:
    void init() { client_ = std::make_unique<http::Client>(); }
    void cleanup() {
        if (gateway_) gateway_->stop();
        gateway_.reset();
        client_.reset();
    }

    void passes_on_and_says_who_answered() {
        Origin api("api-1");
        start(options());
        QVERIFY(gateway_->set_upstreams({api.upstream(Arm::stable)}));
        const auto answer = get("/api/v1/videos/7?s=me", {{"X-Request-Id", "r-1"}});
        QCOMPARE(answer.status, 200u);
        QCOMPARE(answer.body, std::string("api-1 /api/v1/videos/7"));
        QCOMPARE(header(answer, "X-Served-By"), std::string("api/v1/api-1"));
        QCOMPARE(header(answer, "X-Attempts"), std::string("1"));
        QCOMPARE(header(answer, "X-Cache"), std::string("BYPASS"));
        QCOMPARE(header(answer, "X-Request-Id"), std::string("r-1"));
        QCOMPARE(header(answer, "X-Quarterdeck-Arm"), std::string("stable"));
        QVERIFY(!header(answer, "traceparent").empty());
        QCOMPARE(api.session, std::string("me"));
        const auto nothing = get("/nowhere");
        QCOMPARE(nothing.status, 404u);
        QCOMPARE(header(nothing, "X-Served-By"), std::string("gateway/v1/gateway-1"));
    }

    void what_players_report_reaches_the_stable_arm_with_the_arm_they_watch() {
        Origin stable("api-1"), other("api-2"), canary("api-3");
        start(options());
        QVERIFY(gateway_->set_upstreams(
            {stable.upstream(Arm::stable), other.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        const http::Headers forced{{"X-Quarterdeck-Arm", "canary"},
                                   {"Authorization", "Bearer responder"},
                                   {"X-Quarterdeck-Session-Arm", "moon"}};
        std::string served;
        for (int i = 0; i < 6; ++i) {
            const auto answer = send(Method::post, "/api/v1/analytics/playback?s=me", forced, "{}");
            QCOMPARE(answer.status, 202u);
            QVERIFY(served.empty() || served == header(answer, "X-Served-By"));
            served = header(answer, "X-Served-By");
            QCOMPARE(header(answer, "X-Quarterdeck-Arm"), std::string("stable"));
        }
        QCOMPARE(canary.requests.load(), 0);
        QCOMPARE(stable.requests + other.requests, 6);
        Origin& chosen = stable.requests > 0 ? stable : other;
        QCOMPARE(chosen.requests.load(), 6);  // one process knows the whole session
        QCOMPARE(chosen.told_arm, std::string("canary"));
        QCOMPARE(chosen.told_version, std::string("v2"));
        QCOMPARE(chosen.session, std::string("me"));
        // A client cannot say so itself, there or elsewhere.
        send(Method::post, "/api/v1/analytics/playback?s=me", {{"X-Quarterdeck-Session-Arm", "moon"}}, "{}");
        QCOMPARE(chosen.told_arm, std::string("stable"));
        send(Method::post, "/api/v1/anything?s=me", {{"X-Quarterdeck-Session-Arm", "moon"}}, "{}");
        QVERIFY(stable.told_arm != "moon" && other.told_arm != "moon");
        QCOMPARE(
            send(Method::post, "/api/v1/analytics/playback", {{"X-Quarterdeck-Arm", "canary"}}, "{}").status,
            403u);
        QCOMPARE(canary.requests.load(), 0);
    }

    void reports_have_a_limit_of_their_own() {
        Origin api("api-1");
        auto limited = options();
        limited.rate_limit.enabled = true;
        limited.rate_limit.anonymous = {3600, 1};
        limited.rate_limit.beacons = {3600, 3};
        start(std::move(limited));
        QVERIFY(gateway_->set_upstreams({api.upstream(Arm::stable)}));
        QCOMPARE(get("/api/v1/videos").status, 200u);
        QCOMPARE(get("/api/v1/videos").status, 429u);
        for (int i = 0; i < 3; ++i)
            QCOMPARE(send(Method::post, "/api/v1/analytics/playback", {}, "{}").status, 202u);
        const auto refused = send(Method::post, "/api/v1/analytics/playback", {}, "{}");
        QCOMPARE(refused.status, 429u);
        QVERIFY(!header(refused, "Retry-After").empty());
    }

    void an_upstream_that_is_only_slow_is_not_taken_for_dead() {
        std::atomic<int> checks{0}, held{0}, answered{0};
        bool at_once = false;
        std::mutex mutex;
        std::vector<http::Responder> waiting;
        http::Server slow({});
        slow.route(Method::get, "/-/ready", [&](http::Request&&, http::Responder&& responder) {
            ++checks;
            responder.send(http::Response::empty(200));
        });
        slow.route(Method::get, "/{rest...}", [&](http::Request&&, http::Responder&& responder) {
            const std::lock_guard lock(mutex);
            if (at_once) return responder.send(http::Response::empty(204));
            waiting.push_back(std::move(responder));
            ++held;
        });
        QVERIFY(slow.start());
        start(options());
        QVERIFY(gateway_->set_upstreams({{Arm::stable, "api-1", "v1", slow.address()}}));
        http::Client many(http::Client::Options{.max_connections_per_host = 100});
        for (int i = 0; i < 80; ++i) {
            http::ClientRequest request;
            request.url = "http://" + gateway_->address() + "/api/v1/videos/" + std::to_string(i);
            many.send(std::move(request), [&](const auto&) { ++answered; });
        }
        QTRY_VERIFY(held >= 64);  // all that the gateway sends to one upstream at a time
        const int before = checks;
        QTRY_VERIFY(checks >= before + 5);
        QCOMPARE(get("/-/ready").status, 200u);
        {
            const std::lock_guard lock(mutex);
            at_once = true;
            for (http::Responder& responder : waiting) responder.send(http::Response::empty(204));
        }
        QTRY_COMPARE(answered.load(), 80);
    }

    void bodies_that_no_call_needs_are_refused() {
        Origin api("api-1");
        start(options());
        QVERIFY(gateway_->set_upstreams({api.upstream(Arm::stable)}));
        QCOMPARE(send(Method::post, "/api/v1/anything", {}, std::string(64 << 10, 'x')).status, 202u);
        QCOMPARE(send(Method::post, "/api/v1/anything", {}, std::string(65 << 10, 'x')).status, 413u);
    }

    void sessions_stay_on_their_arm_and_the_weight_is_kept() {
        Origin stable("api-1"), canary("api-2");
        start(options());
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        QVERIFY(gateway_->set_split({"r1", 30}));
        int on_canary = 0;
        for (int i = 0; i < 300; ++i) {
            const std::string s = "?s=" + std::to_string(i);
            const auto first = header(get("/api/v1/stream/1" + s), "X-Quarterdeck-Arm");
            const auto second = header(get("/media/1/seg.m4s" + s), "X-Quarterdeck-Arm");
            QCOMPARE(first, second);
            on_canary += first == "canary";
        }
        QVERIFY2(on_canary > 55 && on_canary < 125, qPrintable(QString::number(on_canary)));
        QVERIFY(gateway_->set_split({"r1", 0}));
        for (int i = 0; i < 50; ++i)
            QCOMPARE(header(get("/api/v1/stream/1?s=" + std::to_string(i)), "X-Quarterdeck-Arm"),
                     std::string("stable"));
    }

    void an_arm_is_forced_by_responders_only() {
        Origin stable("api-1"), canary("api-2");
        start(options());
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        QCOMPARE(get("/api/v1/videos/1?arm=canary").status, 403u);
        QCOMPARE(get("/api/v1/videos/1?arm=canary", {{"Authorization", "Bearer viewer"}}).status, 403u);
        QCOMPARE(get("/api/v1/videos/1?arm=canary", {{"Authorization", "Bearer wrong"}}).status, 403u);
        QCOMPARE(get("/api/v1/videos/1?arm=blue", {{"Authorization", "Bearer responder"}}).status, 400u);
        const auto forced =
            get("/api/v1/videos/1", {{"Authorization", "Bearer responder"}, {"X-Quarterdeck-Arm", "canary"}});
        QCOMPARE(forced.body, std::string("api-2 /api/v1/videos/1"));
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable)}));
        QCOMPARE(get("/api/v1/videos/1?arm=canary", {{"Authorization", "Bearer responder"}}).status, 503u);
    }

    void copies_go_to_the_canary_and_change_nothing_for_anybody() {
        Origin stable("api-1"), canary("api-2");
        auto narrow = options();
        narrow.mirror.most_under_way = 2;
        narrow.breaker.failures_to_open = 1000;
        start(std::move(narrow));
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        traffic::TrafficPlan plan{"r1"};
        plan.mirrors = {{"all"}};
        QVERIFY(gateway_->set_split(plan));
        const auto has = [this](const char* line) {
            return metrics_->expose().find(line) != std::string::npos;
        };

        QCOMPARE(get("/api/v1/videos/1", {{"X-Quarterdeck-Mirror", "1"}}).body,
                 std::string("api-1 /api/v1/videos/1"));
        QTRY_COMPARE(canary.copies.load(), 1);
        QCOMPARE(stable.copies.load(), 0);  // only the gateway marks copies
        QTRY_VERIFY(has("gateway_mirrored_total{outcome=\"success\"} 1"));
        canary.failing = 500;
        QCOMPARE(get("/api/v1/videos/1").status, 200u);
        QTRY_VERIFY(has("gateway_mirrored_total{outcome=\"error_status\"} 1"));
        send(Method::post, "/api/v1/upload?title=T", {{"Authorization", "Bearer viewer"}}, "x");
        send(Method::del, "/api/v1/videos/1");

        // A canary that answers nobody holds up no one; copies are dropped once there is no room.
        canary.holding = true;
        for (int i = 0; i < 6; ++i) QCOMPARE(get("/api/v1/videos/1").status, 200u);
        QTRY_VERIFY(has("gateway_mirrored_total{outcome=\"dropped\"} 4"));
        QTRY_COMPARE(canary.copies.load(), 4);
        canary.let_go();
        QTRY_VERIFY(has("gateway_mirrored_total{outcome=\"success\"} 3"));
        QVERIFY(!has("gateway_responses_total{arm=\"canary\""));
        const auto status =
            nlohmann::json::parse(send(Method::get, "/-/split", {{"Authorization", "Bearer admin"}}).body);
        QCOMPARE(status["counts"]["mirrored"].get<int>(), 4);
        QCOMPARE(status["counts"]["mirrors_dropped"].get<int>(), 4);
        QCOMPARE(status["counts"]["canary"].get<int>(), 0);
    }

    void a_baseline_is_an_arm_of_its_own() {
        Origin stable("api-1"), canary("api-2"), baseline("api-3");
        start(options());
        QVERIFY(gateway_->set_upstreams(
            {stable.upstream(Arm::stable), canary.upstream(Arm::canary), baseline.upstream(Arm::baseline)}));
        QVERIFY(gateway_->set_split({"r1", 30, 30}));
        const std::string segment = "/media/1/720p/seg-1.m4s?s=";
        std::map<std::string, std::string> bodies;
        for (int i = 0; i < 60; ++i) {
            const std::string s = std::to_string(i);
            const auto playlist = get("/api/v1/stream/1?s=" + s), media = get(segment + s);
            const std::string arm = header(playlist, "X-Quarterdeck-Arm");
            QCOMPARE(header(media, "X-Quarterdeck-Arm"), arm);
            QCOMPARE(header(media, "X-Quarterdeck-Arm-By"), std::string("weight"));
            const auto known = bodies.emplace(arm, media.body).first;  // cached by arm: never another's
            QCOMPARE(media.body, known->second);
        }
        QCOMPARE(bodies.size(), std::size_t(3));
        QVERIFY(bodies["baseline"].starts_with("api-3"));
        QTRY_VERIFY(metrics_->expose().find("gateway_responses_total{arm=\"baseline\"") != std::string::npos);
    }

    void a_session_stays_on_its_arm_under_round_robin() {
        Origin stable("api-1"), canary("api-2");
        start(options());
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        QVERIFY(gateway_->set_split({"r1", 25, 0, traffic::SplitMode::round_robin}));
        int on_canary = 0;
        for (int i = 0; i < 40; ++i) {
            const std::string s = "?s=" + std::to_string(i);
            const auto first = header(get("/api/v1/stream/1" + s), "X-Quarterdeck-Arm");
            QCOMPARE(header(get("/media/1/seg.m4s" + s), "X-Quarterdeck-Arm"), first);
            on_canary += first == "canary";
        }
        QCOMPARE(on_canary, 10);
    }

    void an_abort_lets_those_under_way_complete_and_sends_no_more() {
        Origin stable("api-1"), canary("api-2");
        start(options());
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        QVERIFY(gateway_->set_split({"r1", 100}));
        canary.holding = true;
        std::atomic<int> completed{0};
        for (int i = 0; i < 5; ++i) {
            http::ClientRequest request;
            request.url = "http://" + gateway_->address() + "/api/v1/videos/1?s=" + std::to_string(i);
            client_->send(std::move(request),
                          [&](auto response) { completed += response && response->body == "late"; });
        }
        const http::Headers admin{{"Authorization", "Bearer admin"}};
        const auto in_flight = [&] {
            return nlohmann::json::parse(get("/-/split", admin).body)["counts"]["canary_in_flight"]
                .get<int>();
        };
        QTRY_COMPARE(canary.requests.load(), 5);
        QCOMPARE(in_flight(), 5);
        QCOMPARE(send(Method::put, "/-/split", admin, R"({"rollout":"r1","canary_weight":0})").status, 200u);
        for (int i = 0; i < 20; ++i)
            QCOMPARE(get("/api/v1/videos/1?s=" + std::to_string(i)).body,
                     std::string("api-1 /api/v1/videos/1"));
        QCOMPARE(canary.requests.load(), 5);
        QCOMPARE(in_flight(), 5);
        canary.let_go();
        QTRY_COMPARE(completed.load(), 5);
        QTRY_COMPARE(in_flight(), 0);
    }

    void a_retry_stays_in_the_arm() {
        Origin one("api-1"), two("api-2"), canary("api-3");
        auto patient = options();
        patient.breaker.failures_to_open = 1000;
        start(std::move(patient));
        QVERIFY(gateway_->set_upstreams(
            {one.upstream(Arm::stable), two.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        one.failing = 503;
        for (int i = 0; i < 6; ++i) {
            const auto answer = get("/api/v1/videos/1");
            QCOMPARE(answer.status, 200u);
            QCOMPARE(answer.body, std::string("api-2 /api/v1/videos/1"));
        }
        QVERIFY(one.requests > 0);
        two.failing = 502;
        const auto failed = get("/api/v1/videos/1");
        QVERIFY(failed.status == 502 || failed.status == 503);
        QCOMPARE(header(failed, "X-Attempts"), std::string("2"));
        QCOMPARE(canary.requests.load(), 0);
        one.requests = two.requests = 0;
        send(Method::post, "/api/v1/comments", {}, "x");
        QCOMPARE(one.requests + two.requests, 1);  // what is not idempotent is sent once
    }

    void an_ill_canary_is_503_and_an_empty_one_falls_back() {
        Origin stable("api-1"), canary("api-2");
        start(options());
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        QVERIFY(gateway_->set_split({"r1", 100}));
        QCOMPARE(get("/api/v1/videos/1").body, std::string("api-2 /api/v1/videos/1"));
        canary.ready = false;
        QTRY_COMPARE(get("/api/v1/videos/1").status, 503u);
        QCOMPARE(header(get("/api/v1/videos/1"), "X-Quarterdeck-Arm"), std::string("canary"));
        canary.ready = true;
        QTRY_COMPARE(get("/api/v1/videos/1").status, 200u);
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable)}));
        QCOMPARE(get("/api/v1/videos/1").body, std::string("api-1 /api/v1/videos/1"));
    }

    void a_dead_upstream_costs_viewers_nothing() {
        auto dead = std::make_unique<Origin>("api-1");
        Origin alive("api-2");
        start(options());
        QVERIFY(gateway_->set_upstreams({dead->upstream(Arm::stable), alive.upstream(Arm::stable)}));
        dead->server.stop();
        for (int i = 0; i < 20; ++i) QCOMPARE(get("/api/v1/videos/1").status, 200u);
        alive.server.stop();
        QTRY_COMPARE(get("/-/ready").status, 503u);
        QCOMPARE(get("/-/healthy").status, 200u);
    }

    void media_is_cached_by_arm_while_versions_differ() {
        Origin stable("api-1"), canary("api-2");
        start(options());
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable)}));
        const std::string segment = "/media/1/720p/seg-1.m4s";
        QCOMPARE(header(get(segment + "?s=1"), "X-Cache"), std::string("MISS"));
        const auto hit = get(segment + "?s=2", {{"Range", "bytes=0-4"}});
        QCOMPARE(hit.status, 206u);
        QCOMPARE(hit.body, std::string("api-1"));
        QCOMPARE(header(hit, "X-Cache"), std::string("HIT"));
        QCOMPARE(header(hit, "X-Served-By"), std::string("api/v1/api-1"));
        QCOMPARE(stable.requests.load(), 1);
        QCOMPARE(header(get("/media/1/720p/index.m3u8"), "X-Cache"), std::string("BYPASS"));

        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        const http::Headers to_canary{{"Authorization", "Bearer responder"}, {"X-Quarterdeck-Arm", "canary"}};
        QCOMPARE(header(get(segment, to_canary), "X-Cache"), std::string("MISS"));
        QCOMPARE(get(segment, to_canary).body, "api-2 " + segment);
        QCOMPARE(get(segment).body, "api-1 " + segment);

        QCOMPARE(send(Method::del, "/api/v1/videos/1").status, 200u);
        QCOMPARE(header(get(segment), "X-Cache"), std::string("MISS"));
        QVERIFY(metrics_->expose().find("edge_requests_total{result=\"hit\"} 3") != std::string::npos);
    }

    void uploads_need_a_token_have_a_limit_and_arrive_whole() {
        Origin api("api-1");
        start(options());
        QVERIFY(gateway_->set_upstreams({api.upstream(Arm::stable)}));
        QCOMPARE(send(Method::post, "/api/v1/upload?title=t", {}, "x").status, 401u);
        const http::Headers viewer{{"Authorization", "Bearer viewer"}};
        const auto stored = send(Method::post, "/api/v1/upload?title=t", viewer, std::string(3'000'000, 'x'));
        QCOMPARE(stored.status, 202u);
        QCOMPARE(stored.body, std::string("{\"bytes\":3000000}"));
        const auto refused =
            send(Method::post, "/api/v1/upload?title=t", viewer, std::string(5'000'000, 'x'));
        QCOMPARE(refused.status, 413u);
        QCOMPARE(header(refused, "X-Body-Limit"), std::to_string(4 << 20));
        QTRY_VERIFY(fs::is_empty(fs::path(folder_.path().toStdString()) / "spool"));
    }

    void admins_change_upstreams_and_split() {
        Origin api("api-1");
        start(options());
        QCOMPARE(get("/-/ready").status, 503u);
        const http::Headers admin{{"Authorization", "Bearer admin"}};
        const std::string document = nlohmann::json{{"upstreams",
                                                     {{{"arm", "stable"},
                                                       {"instance", "api-1"},
                                                       {"version", "v1"},
                                                       {"address", api.server.address()}}}}}
                                         .dump();
        QCOMPARE(send(Method::put, "/-/upstreams", {}, document).status, 401u);
        QCOMPARE(send(Method::put, "/-/upstreams", {{"Authorization", "Bearer responder"}}, document).status,
                 403u);
        QCOMPARE(send(Method::put, "/-/upstreams", admin, "{}").status, 400u);
        QCOMPARE(send(Method::put, "/-/upstreams", admin, document).status, 200u);
        QCOMPARE(get("/-/ready").status, 200u);
        QCOMPARE(nlohmann::json::parse(get("/-/upstreams", admin).body)["upstreams"][0]["healthy"], true);
        QCOMPARE(send(Method::put, "/-/split", admin, R"({"rollout":"r","canary_weight":25})").status, 200u);
        for (int i = 0; i < 40; ++i) get("/api/v1/videos/1?s=" + std::to_string(i));
        const auto status = nlohmann::json::parse(get("/-/split", admin).body);
        QCOMPARE(status["canary_weight"].get<double>(), 25.0);
        QCOMPARE(status["counts"]["stable"].get<int>(), 40);  // what really happened: there is no canary yet
        QCOMPARE(status["sessions"]["stable"].get<int>(), 40);
        QCOMPARE(send(Method::put, "/-/split", admin, R"({"rollout":"r","canary_weight":125})").status, 400u);
    }

    void limits_are_off_by_default_and_say_when_to_come_back() {
        Origin api("api-1");
        auto limited = options();
        limited.rate_limit.enabled = true;
        limited.rate_limit.anonymous = {3600, 2};
        limited.rate_limit.authenticated = {3600, 5};
        start(std::move(limited));
        QVERIFY(gateway_->set_upstreams({api.upstream(Arm::stable)}));
        QCOMPARE(get("/api/v1/videos").status, 200u);
        QCOMPARE(get("/api/v1/videos").status, 200u);
        const auto refused = get("/api/v1/videos");
        QCOMPARE(refused.status, 429u);
        QCOMPARE(header(refused, "X-RateLimit-Limit"), std::string("3600"));
        QCOMPARE(header(refused, "X-RateLimit-Remaining"), std::string("0"));
        QVERIFY(std::stoll(header(refused, "X-RateLimit-Reset")) > 1'700'000'000);
        QVERIFY(std::stoi(header(refused, "Retry-After")) >= 1);
        QCOMPARE(get("/api/v1/videos", {{"Authorization", "Bearer viewer"}}).status, 200u);
        QCOMPARE(get("/-/healthy").status, 200u);
    }

    void metrics_tell_what_clients_got_by_arm_and_route() {
        Origin stable("api-1"), canary("api-2");
        start(options());
        QVERIFY(gateway_->set_upstreams({stable.upstream(Arm::stable), canary.upstream(Arm::canary)}));
        canary.failing = 500;
        get("/api/v1/stream/1");
        get("/api/v1/stream/1", {{"Authorization", "Bearer responder"}, {"X-Quarterdeck-Arm", "canary"}});
        const auto has = [this](const char* line) {
            return metrics_->expose().find(line) != std::string::npos;
        };
        QTRY_VERIFY(
            has("gateway_responses_total{arm=\"stable\",code=\"200\",route=\"/api/v1/stream/:id\"} 1"));
        QTRY_VERIFY(
            has("gateway_responses_total{arm=\"canary\",code=\"500\",route=\"/api/v1/stream/:id\"} 1"));
        QVERIFY(has("gateway_attempts_total{arm=\"canary\",outcome=\"success\",upstream=\"api-2\"} 1"));
        QVERIFY(
            has("gateway_request_duration_seconds_bucket{arm=\"stable\",route=\"/api/v1/stream/"
                ":id\",le=\"0.1\"} 1"));
    }

    void many_viewers_at_once_get_what_they_asked_for() {
        Origin one("api-1"), two("api-2");
        auto busy = options();
        busy.server.io_threads = 2;
        start(std::move(busy));
        QVERIFY(gateway_->set_upstreams({one.upstream(Arm::stable), two.upstream(Arm::stable)}));
        std::atomic<int> left{400}, right{0};
        for (int i = 0; i < 400; ++i) {
            http::ClientRequest request;
            const std::string path = "/media/" + std::to_string(i % 20) + "/a.m4s";
            request.url = "http://" + gateway_->address() + path + "?s=" + std::to_string(i);
            client_->send(std::move(request), [&, path](auto response) {
                right += response && response->status == 200 && response->body.ends_with(path);
                --left;
            });
        }
        QTRY_COMPARE_WITH_TIMEOUT(left.load(), 0, 20'000);
        QCOMPARE(right.load(), 400);
        QCOMPARE(one.requests + two.requests, 20);
    }
};

QTEST_GUILESS_MAIN(TestGateway)
#include "tst_gateway.moc"
