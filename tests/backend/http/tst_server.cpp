// The server as clients see it: what it answers, what it refuses, and when it hangs up.

#include <QTemporaryDir>
#include <QtTest>
#include <future>
#include <thread>

#include "http/client.hpp"
#include "http/server.hpp"
#include "raw_client.hpp"

using namespace qd;
using namespace std::chrono_literals;
using test::RawClient;

namespace {

http::Handler says(std::string text) {
    return [text](http::Request&&, http::Responder&& responder) {
        responder.send(http::Response::text(200, text));
    };
}

std::string get(std::string_view target, std::string_view more = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) + "\r\n";
}

}  // namespace

class TestServer : public QObject {
    Q_OBJECT

private slots:
    void answers_head_and_body_with_framing_date_and_ids() {
        http::Server server({});
        server.route(http::Method::get, "/hello", says("hello"));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send(get("/hello",
                        "X-Request-Id: abc-1\r\ntraceparent: "
                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"));
        const auto [head, body] = client.read_answer();
        QVERIFY(head.starts_with("HTTP/1.1 200 OK\r\n"));
        QCOMPARE(body, std::string("hello"));
        QVERIFY(head.find("\r\nDate: ") != std::string::npos);
        QVERIFY(head.find("\r\nX-Request-Id: abc-1\r\n") != std::string::npos);
        QVERIFY(head.find("\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-") != std::string::npos);
        QVERIFY(head.find("b7ad6b7169203331") == std::string::npos);
    }

    void keeps_the_connection_and_answers_pipelined_requests_in_order() {
        http::Server server({});
        server.route(http::Method::get, "/{name}", [](http::Request&& request, http::Responder&& responder) {
            responder.send(http::Response::text(200, std::string(request.capture("name"))));
        });
        QVERIFY(server.start());
        RawClient client(server.port());
        std::string burst;
        for (int i = 0; i < 200; ++i) burst += get("/n" + std::to_string(i));
        client.send(burst);
        for (int i = 0; i < 200; ++i) QCOMPARE(client.read_answer().second, "n" + std::to_string(i));
    }

    void answers_pipelined_requests_in_order_when_a_handler_answers_late() {
        std::promise<http::Responder> waiting;
        http::Server server({});
        server.route(http::Method::get, "/late", [&](http::Request&&, http::Responder&& responder) {
            waiting.set_value(std::move(responder));
        });
        server.route(http::Method::get, "/soon", says("soon"));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send(get("/late") + get("/soon"));
        http::Responder late = waiting.get_future().get();
        late.send(http::Response::text(200, "late"));
        QCOMPARE(client.read_answer().second, std::string("late"));
        QCOMPARE(client.read_answer().second, std::string("soon"));
    }

    void head_gets_the_head_of_get() {
        http::Server server({});
        server.route(http::Method::get, "/hello", says("hello"));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello"));
        QVERIFY(client.read_until("\r\n\r\n").find("Content-Length: 5\r\n") != std::string::npos);
        QCOMPARE(client.read_answer().second, std::string("hello"));
    }

    void http_1_0_and_connection_close_end_the_connection() {
        http::Server server({});
        server.route(http::Method::get, "/hello", says("hello"));
        QVERIFY(server.start());
        for (const std::string request :
             {"GET /hello HTTP/1.0\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}) {
            RawClient client(server.port());
            client.send(request);
            const std::string all = client.read_all();
            QVERIFY(all.find("Connection: close\r\n") != std::string::npos);
            QVERIFY(all.ends_with("hello"));
            QVERIFY(client.is_closed_by_peer());
        }
    }

    void refuses_what_is_wrong_with_a_head_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("status");
        const auto row = [](const char* name, const std::string& request, const char* status) {
            QTest::newRow(name) << QByteArray::fromStdString(request) << QByteArray(status);
        };
        row("no http", "hello there\r\n\r\n", "400");
        row("no host", "GET / HTTP/1.1\r\n\r\n", "400");
        row("two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n", "400");
        row("other host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421");
        row("parent", get("/a/../b"), "400");
        row("encoded parent", get("/a/%2e%2E/b"), "400");
        row("encoded nul", get("/a%00b"), "400");
        row("bad escape", get("/a%zz"), "400");
        row("unknown method", "BREW /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", "501");
        row("wrong method", "DELETE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", "405");
        row("nothing there", get("/nothing"), "404");
        row("huge head", get("/hello", "X-Large: " + std::string(20'000, 'x') + "\r\n"), "431");
        std::string many;
        for (int i = 0; i < 150; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
        row("many headers", get("/hello", many), "431");
        row("version 2", "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", "505");
        row("both lengths",
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: "
            "chunked\r\n\r\n0\r\n\r\n",
            "400");
        row("two lengths",
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "400");
        for (const char* coding : {"gzip", "identity", "xchunked", "chunked, gzip", "gzip, chunked",
                                   "chunked\r\nTransfer-Encoding: chunked"})
            row(coding,
                std::string("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: ") + coding +
                    "\r\n\r\n0\r\n\r\n",
                "400");
        row("chunked in 1.0",
            "POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400");
    }

    void refuses_what_is_wrong_with_a_head() {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, status);
        http::ServerOptions options;
        options.allowed_hosts = {"localhost", "127.0.0.1"};
        http::Server server(std::move(options));
        server.route(http::Method::get, "/hello", says("hello"));
        server.route(http::Method::post, "/echo", says("echo"));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send(request.toStdString());
        const auto [head, body] = client.read_answer();
        QCOMPARE(QByteArray::fromStdString(head.substr(9, 3)), status);
        QVERIFY(head.find("application/problem+json") != std::string::npos);
        QVERIFY(body.find("\"request_id\":\"") != std::string::npos);
    }

    void a_handler_that_throws_costs_one_request_a_500_and_nothing_else() {
        http::Server server({});
        server.route(http::Method::get, "/io", [](http::Request&&, http::Responder&&) {
            throw std::runtime_error("out of its depth");
        });
        server.route_blocking(http::Method::get, "/work", [](const http::Request&) -> http::Response {
            throw std::runtime_error("out of its depth");
        });
        server.route(http::Method::get, "/hello", says("hello"));
        QVERIFY(server.start());
        RawClient client(server.port());
        for (const char* path : {"/io", "/work"}) {
            client.send(get(path));
            QCOMPARE(client.read_answer().first.substr(9, 3), std::string("500"));
        }
        client.send(get("/hello"));
        QCOMPARE(client.read_answer().second, std::string("hello"));
    }

    void slow_heads_time_out_with_408_and_idle_connections_are_closed() {
        http::ServerOptions options;
        options.header_timeout = 60ms;
        options.idle_timeout = 60ms;
        http::Server server(std::move(options));
        server.route(http::Method::get, "/hello", says("hello"));
        QVERIFY(server.start());
        RawClient slow(server.port()), idle(server.port());
        slow.send("GET /hello HTTP/1.1\r\nHo");
        QCOMPARE(slow.read_answer().first.substr(9, 3), std::string("408"));
        QVERIFY(idle.is_closed_by_peer());
    }

    void a_connection_over_the_limit_gets_503() {
        http::ServerOptions options;
        options.max_connections = 1;
        http::Server server(std::move(options));
        server.route(http::Method::get, "/hello", says("hello"));
        QVERIFY(server.start());
        RawClient first(server.port());
        first.send(get("/hello"));
        QCOMPARE(first.read_answer().second, std::string("hello"));
        RawClient second(server.port());
        QVERIFY(second.read_all().starts_with("HTTP/1.1 503"));
    }

    void a_dropped_responder_answers_500() {
        http::Server server({});
        server.route(http::Method::get, "/drop", [](http::Request&&, http::Responder&&) {});
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send(get("/drop"));
        QCOMPARE(client.read_answer().first.substr(9, 3), std::string("500"));
    }

    void a_reset_answer_resets_the_connection() {
        http::Server server({});
        server.route(http::Method::get, "/reset", [](http::Request&&, http::Responder&& responder) {
            http::Response response;
            response.reset = true;
            responder.send(std::move(response));
        });
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send(get("/reset"));
        QVERIFY(client.read_all().empty());
        QVERIFY(client.was_reset());
    }

    void headers_cannot_be_injected() {
        http::Server server({});
        server.route(http::Method::get, "/", [](http::Request&&, http::Responder&& responder) {
            http::Response response = http::Response::text(200, "x");
            response.headers.add("X-Note", "a\r\nX-Evil: yes");
            responder.send(std::move(response));
        });
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send(get("/"));
        QVERIFY(client.read_answer().first.find("\r\nX-Evil") == std::string::npos);
    }

    void filters_run_in_order_and_may_answer() {
        struct Mark : http::Filter {
            explicit Mark(std::string l) : letter(std::move(l)) {}
            void handle(http::Request&& request, http::Responder&& responder,
                        const http::Handler& next) override {
                if (request.query.get("stop") == letter)
                    return responder.send(http::Response::text(503, "stopped by " + letter));
                request.headers.set("X-Marks", std::string(request.headers.get("X-Marks")) + letter);
                next(std::move(request), std::move(responder));
            }
            std::string letter;
        };
        http::Server server({});
        server.add_filter(std::make_shared<Mark>("a"));
        server.add_filter(std::make_shared<Mark>("b"));
        server.route(http::Method::get, "/", [](http::Request&& request, http::Responder&& responder) {
            responder.send(http::Response::text(200, std::string(request.headers.get("X-Marks"))));
        });
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send(get("/") + get("/?stop=b"));
        QCOMPARE(client.read_answer().second, std::string("ab"));
        QCOMPARE(client.read_answer().second, std::string("stopped by b"));
    }

    void completions_tell_route_status_and_size() {
        std::promise<http::Completion> told;
        std::string path;
        http::Server server({});
        server.route(http::Method::get, "/videos/{id}", says("hello"), {.name = "/videos/:id", .admit = {}});
        server.on_complete([&](const http::Completion& completion) {
            path = completion.request->path;
            told.set_value(completion);
        });
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send(get("/videos/7?x=1"));
        const std::size_t size = client.read_answer().first.size() + 5;
        const http::Completion completion = told.get_future().get();
        QCOMPARE(std::string(completion.route), std::string("/videos/:id"));
        QCOMPARE(completion.status, 200u);
        QCOMPARE(completion.sent_bytes, std::uint64_t(size));
        QVERIFY(completion.duration >= completion.to_first_byte);
        QVERIFY(!completion.aborted);
        QCOMPARE(path, std::string("/videos/7"));
    }

    void blocking_handlers_run_at_the_same_time() {
        http::ServerOptions options;
        options.worker_threads = 2;
        http::Server server(std::move(options));
        std::promise<void> first, second;
        server.route_blocking(http::Method::get, "/a", [&](const http::Request&) {
            first.set_value();
            second.get_future().wait();
            return http::Response::text(200, "a");
        });
        server.route_blocking(http::Method::get, "/b", [&](const http::Request&) {
            first.get_future().wait();
            second.set_value();
            return http::Response::text(200, "b");
        });
        QVERIFY(server.start());
        RawClient a(server.port()), b(server.port());
        a.send(get("/a"));
        b.send(get("/b"));
        QCOMPARE(a.read_answer().second, std::string("a"));
        QCOMPARE(b.read_answer().second, std::string("b"));
    }

    void a_taken_port_fails_and_a_default_moves_on() {
        http::Server first({});
        QVERIFY(first.start());
        http::ServerOptions options;
        options.port = first.port();
        http::Server second(options);
        const auto refused = second.start();
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, core::Errc::unavailable);
        options.move_on_if_taken = true;
        http::Server third(options);
        QVERIFY(third.start());
        QVERIFY(third.port() != first.port());
    }

    void stop_lets_a_running_request_end_and_refuses_new_connections() {
        std::promise<http::Responder> waiting;
        http::Server server({});
        server.route(http::Method::get, "/late", [&](http::Request&&, http::Responder&& responder) {
            waiting.set_value(std::move(responder));
        });
        QVERIFY(server.start());
        const auto port = server.port();
        RawClient idle(port), busy(port);
        busy.send(get("/late"));
        http::Responder late = waiting.get_future().get();
        std::thread stopping([&] { server.stop(10s); });
        QVERIFY(idle.is_closed_by_peer());
        late.send(http::Response::text(200, "late"));
        const auto [head, body] = busy.read_answer();
        QCOMPARE(body, std::string("late"));
        QVERIFY(head.find("Connection: close") != std::string::npos);
        busy.close();
        stopping.join();
        QVERIFY(!RawClient(port).send("x") || RawClient(port).is_closed_by_peer());
    }

    void a_responder_may_outlive_the_server() {
        std::optional<http::Responder> kept;
        std::promise<void> there;
        {
            http::Server server({});
            server.route(http::Method::get, "/late", [&](http::Request&&, http::Responder&& responder) {
                kept.emplace(std::move(responder));
                there.set_value();
            });
            QVERIFY(server.start());
            RawClient client(server.port());
            client.send(get("/late"));
            there.get_future().wait();
            server.stop(0ms);
        }
        kept->send(http::Response::text(200, "into the void"));
    }

    void many_clients_on_several_threads() {
        http::ServerOptions options;
        options.io_threads = 3;
        http::Server server(std::move(options));
        server.route(http::Method::get, "/{n}", [](http::Request&& request, http::Responder&& responder) {
            responder.send(http::Response::text(200, request.path));
        });
        QVERIFY(server.start());
        std::atomic<int> right{0};
        std::vector<std::thread> clients;
        for (int c = 0; c < 4; ++c)
            clients.emplace_back([&, c] {
                RawClient client(server.port());
                for (int i = 0; i < 100; ++i) {
                    const std::string path = "/" + std::to_string(c * 1000 + i);
                    client.send(get(path));
                    right += client.read_answer().second == path;
                }
            });
        for (auto& client : clients) client.join();
        QCOMPARE(right.load(), 400);
    }
};

QTEST_GUILESS_MAIN(TestServer)
#include "tst_server.moc"
