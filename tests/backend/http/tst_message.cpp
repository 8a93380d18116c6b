// Headers, queries, ranges, targets, routes and heads: the pure parts, by example and by property.

#include <QtTest>

#include "core/random.hpp"
#include "http/range.hpp"
#include "http/request_target.hpp"
#include "http/response_head.hpp"
#include "http/router.hpp"

using namespace qd;
using Kind = http::ByteRange::Kind;

class TestMessage : public QObject {
    Q_OBJECT

private slots:
    void headers_compare_without_case_and_keep_their_order() {
        http::Headers headers{{"A", "1"}, {"b", "2"}, {"a", "3"}};
        QCOMPARE(std::string(headers.get("a")), std::string("1"));
        headers.set("a", "4");
        QCOMPARE(headers.size(), std::size_t(2));
        QCOMPARE(std::string(headers.get("A")), std::string("4"));
        headers.remove("B");
        QVERIFY(!headers.has("b"));
    }

    void percent_coding_goes_round_for_any_bytes() {
        core::SeededRandom random(1);
        for (int i = 0; i < 2'000; ++i) {
            std::string bytes(random.below(30), '\0');
            for (char& c : bytes) c = char(random.below(256));
            QCOMPARE(http::percent_decode(http::percent_encode(bytes)), std::optional(bytes));
            const auto query = http::Query::parse("x=" + http::percent_encode(bytes) + "&y=1");
            QCOMPARE(query.get("x"), std::optional(bytes));
        }
        QVERIFY(!http::percent_decode("%4"));
        QVERIFY(!http::percent_decode("%g1"));
    }

    void queries() {
        const auto query = http::Query::parse("a=1&b&&c=x+y%21&a=2&=v&bad=%zz");
        QCOMPARE(query.get("a"), std::optional<std::string>("1"));
        QCOMPARE(query.get("b"), std::optional<std::string>(""));
        QCOMPARE(query.get("c"), std::optional<std::string>("x y!"));
        QVERIFY(!query.get("bad"));
        QCOMPARE(query.get_or("d", "fallback"), std::string("fallback"));
    }

    void ranges_data() {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("kind");
        QTest::addColumn<quint64>("offset");
        QTest::addColumn<quint64>("size");
        const auto row = [](const char* header, Kind kind, quint64 offset = 0, quint64 size = 0) {
            QTest::newRow(header) << QByteArray(header) << int(kind) << offset << size;
        };
        row("bytes=0-0", Kind::part, 0, 1);
        row("bytes=10-", Kind::part, 10, 90);
        row("bytes=10-19", Kind::part, 10, 10);
        row("bytes=90-500", Kind::part, 90, 10);
        row("bytes=-5", Kind::part, 95, 5);
        row("bytes=-500", Kind::part, 0, 100);
        row("Bytes= 1 - 2", Kind::part, 1, 2);
        row("bytes=0-99999999999999999999999", Kind::part, 0, 100);
        row("bytes=100-", Kind::unsatisfiable);
        row("bytes=-0", Kind::unsatisfiable);
        row("bytes=5-4", Kind::whole);
        row("bytes=0-1,5-6", Kind::whole);
        row("bytes=a-b", Kind::whole);
        row("bytes=-", Kind::whole);
        row("items=0-1", Kind::whole);
    }
    void ranges() {
        QFETCH(QByteArray, header);
        QFETCH(int, kind);
        QFETCH(quint64, offset);
        QFETCH(quint64, size);
        QCOMPARE(http::parse_range(header.toStdString(), 100), (http::ByteRange{Kind(kind), offset, size}));
    }

    void if_range_sends_the_whole_when_it_has_changed() {
        http::Request request;
        request.headers = {{"Range", "bytes=0-1"}, {"If-Range", "\"old\""}};
        http::Response whole = http::Response::text(200, "hello");
        whole.headers.add("ETag", "\"new\"");
        QCOMPARE(http::apply_range(request, whole).status, 200u);
        request.headers.set("If-Range", "\"new\"");
        QCOMPARE(http::apply_range(request, whole).status, 206u);
        QVERIFY(http::matches_etag("\"a\", W/\"new\"", "\"new\""));
        QVERIFY(http::matches_etag("*", "\"new\""));
        QVERIFY(!http::matches_etag("*", ""));
    }

    void targets_never_escape() {
        core::SeededRandom random(2);
        const std::string pieces[] = {"/", "..", ".",   "%2e", "%2F",    "a", "%00",
                                      "%", "?",  "x=1", "//",  "%2e%2e", "\\"};
        for (int i = 0; i < 20'000; ++i) {
            std::string target = "/";
            for (std::uint64_t n = random.below(8); n > 0; --n)
                target += pieces[random.below(std::size(pieces))];
            http::Request request;
            if (!http::read_target(target, request)) continue;
            QVERIFY(request.path.starts_with('/'));
            QVERIFY2((request.path + "/").find("/../") == std::string::npos, target.c_str());
            QVERIFY(request.path.find('\0') == std::string::npos);
        }
        http::Request request;
        QVERIFY(http::read_target("http://host/a%20b?c=d", request));
        QCOMPARE(request.path, std::string("/a b"));
        QCOMPARE(request.query.get("c"), std::optional<std::string>("d"));
        QVERIFY(!http::read_target("a/b", request));
    }

    void hosts_and_request_ids() {
        QCOMPARE(std::string(http::host_without_port("localhost:80")), std::string("localhost"));
        QCOMPARE(std::string(http::host_without_port("[::1]:80")), std::string("::1"));
        QVERIFY(http::is_sane_request_id("abc-1_2.3"));
        QVERIFY(!http::is_sane_request_id("a b"));
        QVERIFY(!http::is_sane_request_id(std::string(65, 'a')));
    }

    void the_most_specific_route_wins_whatever_the_order() {
        http::Router router;
        for (const char* pattern : {"/a/{rest...}", "/a/{id}", "/a/b", "/a/{id}/c", "/{any...}"})
            router.add({http::Method::get, pattern, {}, {}});
        router.add({http::Method::del, "/a/{id}", {}, {}});
        const auto pattern_of = [&](std::string_view path) {
            const auto match = router.match(http::Method::get, path);
            return match.route ? match.route->pattern : std::string("none");
        };
        QCOMPARE(pattern_of("/a/b"), std::string("/a/b"));
        QCOMPARE(pattern_of("/a/x"), std::string("/a/{id}"));
        QCOMPARE(pattern_of("/a/x/c"), std::string("/a/{id}/c"));
        QCOMPARE(pattern_of("/a/x/d"), std::string("/a/{rest...}"));
        QCOMPARE(pattern_of("/z"), std::string("/{any...}"));
        QCOMPARE(router.match(http::Method::get, "/a/x/d").captures.at("rest"), std::string("x/d"));
        QVERIFY(router.match(http::Method::head, "/a/b").route);
        const auto wrong = router.match(http::Method::put, "/a/x");
        QVERIFY(!wrong.route);
        QVERIFY(wrong.allow.find("DELETE") != std::string::npos);
    }

    void heads_frame_the_body() {
        http::HeadContext context;
        context.date = "D";
        http::Response response = http::Response::text(200, "hello", "text/plain");
        response.headers.add("Content-Length", "99");
        response.headers.add("Transfer-Encoding", "chunked");
        std::string head;
        const auto framing = http::append_head(head, response, context);
        QCOMPARE(head,
                 std::string(
                     "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: D\r\nContent-Length: 5\r\n\r\n"));
        QVERIFY(framing.send_body);
        head.clear();
        http::append_head(head, http::Response::empty(204), context);
        QVERIFY(head.find("Content-Length") == std::string::npos);
        context.method = http::Method::head;
        response.body = std::string{};
        head.clear();
        QVERIFY(!http::append_head(head, response, context).send_body);
        QVERIFY(head.find("Content-Length: 99\r\n") != std::string::npos);  // as a proxied HEAD says
    }

    void problems_carry_code_and_request_id() {
        const auto response = http::problem(core::Error{core::Errc::conflict, "not \"now\""}, "r1");
        QCOMPARE(response.status, 409u);
        const std::string expected =
            "{\"type\":\"conflict\",\"title\":\"Conflict\",\"status\":409,\"detail\":\"not \\\"now\\\"\",\"request_id\":\"r1\"}";
        QCOMPARE(std::get<std::string>(response.body), expected);
    }
};

QTEST_GUILESS_MAIN(TestMessage)
#include "tst_message.moc"
