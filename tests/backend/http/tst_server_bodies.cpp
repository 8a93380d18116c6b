// Bodies both ways: small and spooled uploads, limits, chunks, files with ranges, and streams.

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <future>

#include "http/client.hpp"
#include "http/event_stream.hpp"
#include "http/server.hpp"
#include "raw_client.hpp"

using namespace qd;
using namespace std::chrono_literals;
using test::RawClient;
namespace fs = std::filesystem;

namespace {

http::RouteOptions limits(std::uint64_t memory, std::uint64_t body) {
    http::RouteOptions options;
    options.memory_limit_bytes = memory;
    options.body_limit_bytes = body;
    return options;
}

/// Answers with where the body was and what it held.
void echo(http::Request&& request, http::Responder&& responder) {
    std::string text = request.spooled ? "file:" : "memory:";
    if (request.spooled)
        text += core::read_file(request.spooled->path()).value_or("unreadable");
    else
        text += request.body;
    responder.send(http::Response::text(200, std::move(text)));
}

std::string pattern(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = char('a' + (i * 7 + i / 1000) % 26);
    return text;
}

}  // namespace

class TestServerBodies : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    fs::path spool_;

    http::ServerOptions options() {
        http::ServerOptions options;
        options.spool_folder = spool_;
        return options;
    }

private slots:
    void init() {
        spool_ = fs::path(folder_.path().toStdString()) / "spool";
        fs::remove_all(spool_);
        fs::create_directories(spool_);
    }

    void small_bodies_stay_in_memory_and_large_ones_are_spooled_and_removed() {
        http::Server server(options());
        server.route(http::Method::post, "/echo", echo, limits(1000, 8 << 20));
        QVERIFY(server.start());
        http::Client client;
        for (const std::size_t size :
             {std::size_t(0), std::size_t(1000), std::size_t(1001), std::size_t(3'000'000)}) {
            http::ClientRequest request;
            request.method = http::Method::post;
            request.url = "http://" + server.address() + "/echo";
            request.body = pattern(size);
            const auto answer = client.fetch(request);
            QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
            QVERIFY(answer->body == (size > 1000 ? "file:" : "memory:") + pattern(size));
        }
        server.stop();
        QVERIFY(fs::is_empty(spool_));
    }

    void chunked_bodies_arrive_whole_however_they_are_cut() {
        http::Server server(options());
        server.route(http::Method::post, "/echo", echo, limits(64, 1 << 20));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
        client.send("lo\r\n6;ext=1\r\n world\r\n");
        client.send("0\r\nTrailer: x\r\n\r\n");
        QCOMPARE(client.read_answer().second, std::string("memory:hello world"));
        const std::string large = pattern(300);
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n12c\r\n" + large +
                    "\r\n0\r\n\r\n");
        QCOMPARE(client.read_answer().second, "file:" + large);
    }

    void too_large_bodies_get_413_with_the_limit_data() {
        QTest::addColumn<QByteArray>("head");
        QTest::newRow("announced") << QByteArray("Content-Length: 2000\r\n\r\n");
        QTest::newRow("asked first") << QByteArray("Content-Length: 2000\r\nExpect: 100-continue\r\n\r\n");
        QTest::newRow("chunked") << QByteArray("Transfer-Encoding: chunked\r\n\r\n7d0\r\n");
    }

    void too_large_bodies_get_413_with_the_limit() {
        QFETCH(QByteArray, head);
        http::Server server(options());
        server.route(http::Method::post, "/echo", echo, limits(100, 1000));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\n" + head.toStdString());
        if (!head.contains("Expect")) client.send(std::string(2000, 'x'));
        const auto [answer, body] = client.read_answer();
        QCOMPARE(answer.substr(9, 3), std::string("413"));
        QVERIFY(answer.find("X-Body-Limit: 1000\r\n") != std::string::npos);
        client.finish_sending();
        QVERIFY(client.is_closed_by_peer());
    }

    void a_client_still_sending_reads_its_413() {
        http::Server server(options());
        server.route(http::Method::post, "/echo", echo, limits(100, 1000));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n");
        client.send(std::string(5'000'000, 'x'));
        QCOMPARE(client.read_answer().first.substr(9, 3), std::string("413"));
    }

    void expect_continue_is_answered_before_the_body() {
        http::Server server(options());
        server.route(http::Method::post, "/echo", echo, limits(100, 1000));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(client.read_until("\r\n\r\n"), std::string("HTTP/1.1 100 Continue\r\n\r\n"));
        client.send("hello");
        QCOMPARE(client.read_answer().second, std::string("memory:hello"));
    }

    void admission_refuses_before_the_body_is_sent() {
        http::Server server(options());
        http::RouteOptions with_admission = limits(100, 1000);
        with_admission.admit = [](const http::Request& request) -> std::optional<http::Response> {
            if (request.headers.has("Authorization")) return std::nullopt;
            return http::problem(401, "who are you?", request.request_id);
        };
        server.route(http::Method::post, "/echo", echo, with_admission);
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(client.read_answer().first.substr(9, 3), std::string("401"));
    }

    void a_body_that_stops_times_out() {
        http::ServerOptions quick = options();
        quick.idle_timeout = 60ms;
        http::Server server(std::move(quick));
        server.route(http::Method::post, "/echo", echo, limits(100, 1000));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf");
        QCOMPARE(client.read_answer().first.substr(9, 3), std::string("408"));
    }

    void a_spool_that_cannot_be_written_is_an_answer_and_leaves_nothing() {
        http::ServerOptions broken = options();
        broken.spool_folder = spool_ / "missing";
        http::Server server(std::move(broken));
        server.route(http::Method::post, "/echo", echo, limits(100, 1 << 20));
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" +
                    std::string(1000, 'x'));
        QCOMPARE(client.read_answer().first.substr(9, 3), std::string("503"));
    }

    void a_client_that_goes_away_in_its_upload_leaves_no_file() {
        http::Server server(options());
        std::promise<bool> aborted;
        server.route(http::Method::post, "/echo", echo, limits(100, 8 << 20));
        server.on_complete(
            [&](const http::Completion& completion) { aborted.set_value(completion.aborted); });
        QVERIFY(server.start());
        {
            RawClient client(server.port());
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n" +
                        pattern(1'000'000));
        }
        QVERIFY(aborted.get_future().get());
        server.stop();
        QVERIFY(fs::is_empty(spool_));
    }

    void files_are_sent_whole_in_ranges_and_to_slow_readers() {
        const fs::path path = spool_ / "file";
        const std::string content = pattern(6'000'000);
        QVERIFY(core::write_file_atomically(path, content));
        http::Server server(options());
        server.route(http::Method::get, "/file", [&](http::Request&& request, http::Responder&& responder) {
            auto file = std::make_shared<core::UniqueFd>(core::open_for_reading(path).value());
            http::Response response;
            response.headers.add("ETag", "\"v1\"");
            response.body = http::FileBody{file, 0, content.size()};
            responder.send(http::apply_range(request, std::move(response)));
        });
        QVERIFY(server.start());
        RawClient client(server.port(), 4096);
        client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
        QVERIFY(client.read_answer().second == content);
        client.send("GET /file HTTP/1.1\r\nHost: x\r\nRange: bytes=5000000-5999999\r\n\r\n");
        const auto [head, part] = client.read_answer();
        QVERIFY(head.starts_with("HTTP/1.1 206"));
        QVERIFY(head.find("Content-Range: bytes 5000000-5999999/6000000\r\n") != std::string::npos);
        QVERIFY(part == content.substr(5'000'000));
        client.send("GET /file HTTP/1.1\r\nHost: x\r\nRange: bytes=6000000-\r\n\r\n");
        const auto [unsatisfiable, ignored] = client.read_answer();
        QVERIFY(unsatisfiable.starts_with("HTTP/1.1 416"));
        QVERIFY(unsatisfiable.find("Content-Range: bytes */6000000\r\n") != std::string::npos);
        client.send("GET /file HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v1\"\r\n\r\n");
        QVERIFY(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 304"));
        client.send("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n");
        QVERIFY(client.read_until("\r\n\r\n").find("Content-Length: 6000000\r\n") != std::string::npos);
    }

    void a_file_shorter_than_announced_ends_the_connection() {
        const fs::path path = spool_ / "short";
        QVERIFY(core::write_file_atomically(path, "short"));
        http::Server server(options());
        server.route(http::Method::get, "/file", [&](http::Request&&, http::Responder&& responder) {
            http::Response response;
            response.body = http::FileBody{
                std::make_shared<core::UniqueFd>(core::open_for_reading(path).value()), 0, 100};
            responder.send(std::move(response));
        });
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
        QVERIFY(client.read_all().ends_with("short"));
        QVERIFY(client.is_closed_by_peer());
    }

    void streams_are_chunked_and_end() {
        std::promise<std::shared_ptr<http::StreamWriter>> started;
        http::Server server(options());
        server.route(http::Method::get, "/stream", [&](http::Request&&, http::Responder&& responder) {
            http::Response response;
            response.body = http::StreamBody{[&](auto writer) { started.set_value(writer); }};
            responder.send(std::move(response));
        });
        QVERIFY(server.start());
        RawClient client(server.port());
        client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto writer = started.get_future().get();
        QVERIFY(client.read_until("\r\n\r\n").find("Transfer-Encoding: chunked") != std::string::npos);
        QVERIFY(writer->write("hello"));
        QCOMPARE(client.read_until("hello\r\n"), std::string("5\r\nhello\r\n"));
        writer->close();
        QCOMPARE(client.read_all(), std::string("0\r\n\r\n"));
        QVERIFY(!writer->write("late"));
    }

    void a_stream_learns_that_its_client_is_gone_or_too_slow() {
        std::promise<std::shared_ptr<http::StreamWriter>> first, second;
        http::Server server(options());
        int count = 0;
        server.route(http::Method::get, "/stream", [&](http::Request&&, http::Responder&& responder) {
            http::Response response;
            auto& promise = count++ == 0 ? first : second;
            response.body = http::StreamBody{[&promise](auto writer) { promise.set_value(writer); }};
            responder.send(std::move(response));
        });
        QVERIFY(server.start());
        RawClient gone(server.port());
        gone.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto to_gone = first.get_future().get();
        gone.close();
        QTRY_VERIFY(!to_gone->write("x"));

        RawClient slow(server.port(), 4096);
        slow.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto to_slow = second.get_future().get();
        bool accepted = true;
        for (int i = 0; i < 20'000 && accepted; ++i) accepted = to_slow->write(std::string(4096, 'x'));
        QVERIFY(!accepted);
    }
};

QTEST_GUILESS_MAIN(TestServerBodies)
#include "tst_server_bodies.moc"
