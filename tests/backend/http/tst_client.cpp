// The client: answers, failures by kind, limits, cancelling, files, and its end with transfers under way.

#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <future>

#include "http/client.hpp"
#include "http/server.hpp"

using namespace qd;
using namespace std::chrono_literals;
using core::Errc;

class TestClient : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::unique_ptr<http::Server> server_;
    std::vector<http::Responder> held_;
    std::mutex mutex_;

    std::string url(const std::string& path) const { return "http://" + server_->address() + path; }
    http::ClientRequest request(const std::string& path) const {
        http::ClientRequest request;
        request.url = url(path);
        return request;
    }
    std::size_t held() {
        const std::lock_guard lock(mutex_);
        return held_.size();
    }

private slots:
    void init() {
        http::ServerOptions options;
        options.spool_folder = folder_.path().toStdString();
        server_ = std::make_unique<http::Server>(options);
        http::RouteOptions large;
        large.body_limit_bytes = 64 << 20;
        const auto echo = [](http::Request&& r, http::Responder&& responder) {
            const std::string body = r.spooled ? core::read_file(r.spooled->path()).value_or("") : r.body;
            http::Response response =
                http::Response::text(200, std::string(to_string(r.method)) + " " + body);
            response.headers.add("X-Seen", std::string(r.headers.get("X-Mine")));
            responder.send(std::move(response));
        };
        for (const auto method : {http::Method::get, http::Method::post, http::Method::put,
                                  http::Method::patch, http::Method::del, http::Method::options})
            server_->route(method, "/echo", echo, large);
        server_->route(http::Method::get, "/never", [this](http::Request&&, http::Responder&& responder) {
            const std::lock_guard lock(mutex_);
            held_.push_back(std::move(responder));
        });
        server_->route(http::Method::get, "/large", [](http::Request&&, http::Responder&& responder) {
            responder.send(http::Response::text(200, std::string(1'000'000, 'x')));
        });
        server_->route(http::Method::get, "/problem", [](http::Request&& r, http::Responder&& responder) {
            responder.send(http::problem(409, "not now", r.request_id));
        });
        server_->route(http::Method::get, "/trickle", [](http::Request&&, http::Responder&& responder) {
            http::Response response;
            response.body = http::StreamBody{[](auto writer) { writer->write("a bit"); }};
            responder.send(std::move(response));
        });
        QVERIFY(server_->start());
    }
    void cleanup() {
        server_->stop(0ms);
        held_.clear();
        server_.reset();
    }

    void every_method_and_body_arrives() {
        http::Client client;
        for (const auto method : {http::Method::get, http::Method::post, http::Method::put,
                                  http::Method::patch, http::Method::del, http::Method::options}) {
            for (const std::string& body :
                 {std::string(), std::string("hello"), std::string(2'000'000, 'b')}) {
                auto one = request("/echo");
                one.method = method;
                one.body = body;
                one.headers.add("X-Mine", "yes");
                const auto answer = client.fetch(one);
                QVERIFY2(answer, answer ? "" : answer.error().message.c_str());
                QCOMPARE(answer->status, 200u);
                QVERIFY(answer->body == std::string(to_string(method)) + " " + body);
                QCOMPARE(std::string(answer->headers.get("x-seen")), std::string("yes"));
            }
        }
        auto head = request("/large");
        head.method = http::Method::head;
        const auto answer = client.fetch(head);
        QVERIFY(answer && answer->body.empty());
        QCOMPARE(std::string(answer->headers.get("Content-Length")), std::string("1000000"));
    }

    void files_are_uploaded_with_progress() {
        const std::filesystem::path path = folder_.filePath("upload").toStdString();
        const std::string content(5'000'000, 'f');
        QVERIFY(core::write_file_atomically(path, content));
        http::Client client;
        std::atomic<std::uint64_t> sent{0};
        auto upload = request("/echo");
        upload.method = http::Method::post;
        upload.body_file = path;
        upload.on_upload_progress = [&](std::uint64_t bytes) { sent = bytes; };
        const auto answer = client.fetch(upload);
        QVERIFY(answer && answer->body == "POST " + content);
        QCOMPARE(sent.load(), std::uint64_t(content.size()));
        upload.body_file = "/nowhere";
        QCOMPARE(client.fetch(upload).error().code, Errc::not_found);
    }

    void connections_are_kept() {
        http::Client client;
        QVERIFY(!client.fetch(request("/echo"))->timings.reused_connection);
        const auto second = client.fetch(request("/echo"));
        QVERIFY(second->timings.reused_connection);
        QVERIFY(second->timings.total >= second->timings.first_byte);
    }

    void failures_tell_their_kind() {
        http::Client client;
        auto slow = request("/never");
        slow.timeout = 50ms;
        QCOMPARE(client.fetch(slow).error().code, Errc::timeout);
        auto stalled = request("/trickle");
        stalled.timeout = {};
        stalled.stall_timeout = 50ms;
        QCOMPARE(client.fetch(stalled).error().code, Errc::timeout);
        auto large = request("/large");
        large.max_body_bytes = 1'000;
        QCOMPARE(client.fetch(large).error().code, Errc::too_large);
        auto nowhere = request("/echo");
        nowhere.url = "not a url";
        QCOMPARE(client.fetch(nowhere).error().code, Errc::invalid_argument);
        auto injected = request("/echo");
        injected.headers.add("X-A", "b\r\nX-C: d");
        QCOMPARE(client.fetch(injected).error().code, Errc::invalid_argument);
        const auto gone = request("/echo");
        server_->stop(0ms);
        QCOMPARE(client.fetch(gone).error().code, Errc::unavailable);
    }

    void problems_become_errors_with_their_detail() {
        http::Client client;
        const auto failed = http::expect_success(client.fetch(request("/problem")));
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, Errc::conflict);
        QCOMPARE(failed.error().message, std::string("not now"));
        QVERIFY(http::expect_success(client.fetch(request("/echo"))));
    }

    void data_goes_to_the_receiver_who_may_stop_it() {
        http::Client client;
        std::atomic<std::uint64_t> received{0};
        std::atomic<unsigned> status{0};
        auto streamed = request("/large");
        streamed.max_body_bytes = 1;  // does not apply to a receiver
        streamed.on_head = [&](unsigned code, const http::Headers&) { status = code; };
        streamed.on_data = [&](std::string_view bytes) { return (received += bytes.size()) > 0; };
        const auto answer = client.fetch(streamed);
        QVERIFY(answer && answer->body.empty());
        QCOMPARE(received.load(), std::uint64_t(1'000'000));
        QCOMPARE(status.load(), 200u);
        streamed.on_data = [](std::string_view) { return false; };
        QCOMPARE(client.fetch(streamed).error().code, Errc::cancelled);
    }

    void cancelling_calls_back_once_and_later_has_no_effect() {
        http::Client client;
        std::promise<core::Result<http::ClientResponse>> promise;
        const auto ticket =
            client.send(request("/never"), [&](auto response) { promise.set_value(std::move(response)); });
        QTRY_COMPARE(held(), std::size_t(1));
        client.cancel(ticket);
        QCOMPARE(promise.get_future().get().error().code, Errc::cancelled);
        client.cancel(ticket);
        client.cancel(12345);
        QVERIFY(client.fetch(request("/echo")));
    }

    void the_end_cancels_all_that_runs_and_callbacks_may_send() {
        std::atomic<int> cancelled{0};
        {
            http::Client client;
            for (int i = 0; i < 10; ++i)
                client.send(request("/never"), [&](auto response) {
                    cancelled += !response && response.error().code == Errc::cancelled;
                    client.send(request("/never"), [&](auto again) {
                        cancelled += !again && again.error().code == Errc::cancelled;
                    });
                });
            QTRY_COMPARE(held(), std::size_t(10));
        }
        QCOMPARE(cancelled.load(), 20);
    }

    void many_at_once() {
        http::Client::Options options;
        options.max_connections_per_host = 8;
        http::Client client(options);
        std::atomic<int> left{500}, good{0};
        for (int i = 0; i < 500; ++i) {
            auto one = request("/echo");
            one.method = http::Method::post;
            one.body = std::to_string(i);
            client.send(std::move(one), [&, i](auto response) {
                good += response && response->body == "POST " + std::to_string(i);
                --left;
            });
        }
        QTRY_COMPARE_WITH_TIMEOUT(left.load(), 0, 20'000);
        QCOMPARE(good.load(), 500);
    }
};

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
