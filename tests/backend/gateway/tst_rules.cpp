// Small pure rules: sessions, cache keys, freshness, what is passed on, and the admin documents.

#include <QtTest>

#include "gateway/admin.hpp"
#include "gateway/forwarding.hpp"
#include "gateway/freshness.hpp"
#include "gateway/session.hpp"
#include "http/request_target.hpp"

using namespace qd;
using namespace std::chrono_literals;

namespace {

http::Request request_for(std::string_view target, http::Headers headers = {}) {
    http::Request request;
    if (!http::read_target(target, request)) qFatal("a bad target in a test");
    request.headers = std::move(headers);
    request.remote_address = "10.0.0.9";
    return request;
}

}  // namespace

class TestRules : public QObject {
    Q_OBJECT

private slots:
    void the_session_is_s_else_cookie_else_address() {
        QCOMPARE(gateway::session_of(request_for("/a?s=abc", {{"Cookie", "qd_session=c"}})),
                 std::string("abc"));
        QCOMPARE(gateway::session_of(request_for("/a", {{"Cookie", "x=1; qd_session=c; y=2"}})),
                 std::string("c"));
        QCOMPARE(gateway::session_of(request_for("/a", {{"Cookie", "not_qd_session=c"}})),
                 std::string("10.0.0.9"));
        QCOMPARE(gateway::session_of(request_for("/a?s=" + std::string(500, 'x'))).size(), std::size_t(128));
    }

    void cache_paths_leave_out_who_asks() {
        QCOMPARE(gateway::cache_path(request_for("/media/1/a.m4s?s=1&arm=canary")),
                 std::string("/media/1/a.m4s"));
        QCOMPARE(gateway::cache_path(request_for("/media/1/a.m4s?s=1&sig=a%26b")),
                 std::string("/media/1/a.m4s?sig=a%26b"));
    }

    void bearers() {
        QCOMPARE(std::string(gateway::bearer_of(request_for("/", {{"Authorization", "bearer abc"}}))),
                 std::string("abc"));
        QVERIFY(gateway::bearer_of(request_for("/", {{"Authorization", "Basic abc"}})).empty());
    }

    void freshness_data() {
        QTest::addColumn<QByteArray>("control");
        QTest::addColumn<int>("seconds");
        const auto row = [](const char* control, int seconds) {
            QTest::newRow(control) << QByteArray(control) << seconds;
        };
        row("max-age=30", 30);
        row("public, max-age=31536000, immutable", 86'400);
        row("max-age=30, s-maxage=7", 7);
        row("max-age=\"12\"", 12);
        row("max-age=99999999999999", 86'400);
        row("max-age=-1", 0);
        row("max-age=soon", 0);
        row("no-store", 0);
        row("NO-CACHE", 0);
        row("private, max-age=30", 0);
        row("public", 60);
    }

    void freshness() {
        QFETCH(QByteArray, control);
        QFETCH(int, seconds);
        const http::Headers headers{{"Cache-Control", control.toStdString()}};
        QCOMPARE(gateway::fresh_for(200, headers, 24h).count(), std::int64_t(seconds));
        QCOMPARE(gateway::fresh_for(404, headers, 24h).count(), std::int64_t(0));
    }

    void freshness_without_cache_control() {
        QCOMPARE(gateway::fresh_for(200, {}, 24h).count(), std::int64_t(60));
        QCOMPARE(gateway::fresh_for(200, {{"Set-Cookie", "a=b"}}, 24h).count(), std::int64_t(0));
        QCOMPARE(gateway::fresh_for(200, {{"Vary", "Cookie"}}, 24h).count(), std::int64_t(0));
    }

    void what_a_client_writes_about_itself_is_replaced() {
        auto request = request_for("/a?b", {{"X-Quarterdeck-Session", "forged"},
                                            {"Connection", "keep-alive, X-Hop"},
                                            {"X-Hop", "1"},
                                            {"Accept", "x"},
                                            {"Range", "bytes=0-1"},
                                            {"Authorization", "Bearer t"}});
        request.request_id = "r1";
        const auto passed = gateway::to_upstream(request, "127.0.0.1:9", "s1", gateway::Purpose::pass_on);
        QCOMPARE(passed.url, std::string("http://127.0.0.1:9/a?b"));
        QCOMPARE(std::string(passed.headers.get("X-Quarterdeck-Session")), std::string("s1"));
        QCOMPARE(std::string(passed.headers.get("X-Request-Id")), std::string("r1"));
        QCOMPARE(std::string(passed.headers.get("X-Forwarded-For")), std::string("10.0.0.9"));
        QCOMPARE(std::string(passed.headers.get("Accept")), std::string("x"));
        QVERIFY(!passed.headers.has("X-Hop"));
        QVERIFY(!passed.headers.has("Connection"));
        QVERIFY(passed.headers.has("Range"));
        QVERIFY(passed.headers.has("Authorization"));
        const auto filling = gateway::to_upstream(request, "127.0.0.1:9", "s1", gateway::Purpose::fill_cache);
        QVERIFY(!filling.headers.has("Range"));
        QVERIFY(!filling.headers.has("Authorization"));
        QVERIFY(!passed.headers.has("X-Quarterdeck-Mirror"));
        const auto copy = gateway::to_upstream(request, "127.0.0.1:9", "s1", gateway::Purpose::mirror);
        QCOMPARE(std::string(copy.headers.get("X-Quarterdeck-Mirror")), std::string("1"));
        QVERIFY(copy.headers.has("Range"));
    }

    void admin_documents() {
        const auto upstreams = gateway::parse_upstreams(
            R"({"upstreams":[{"arm":"canary","instance":"api-3","version":"v2","address":"127.0.0.1:1"}]})");
        QVERIFY(upstreams);
        QCOMPARE(upstreams->front(), (gateway::Upstream{gateway::Arm::canary, "api-3", "v2", "127.0.0.1:1"}));
        for (const char* bad : {"", "[]", "{}", R"({"upstreams":{}})", R"({"upstreams":[1]})",
                                R"({"upstreams":[{"arm":"blue"}]})"})
            QVERIFY(!gateway::parse_upstreams(bad));
    }
};

QTEST_GUILESS_MAIN(TestRules)
#include "tst_rules.moc"
