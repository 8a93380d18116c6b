#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QtTest>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "http/event_stream.hpp"
#include "http/server.hpp"
#include "opsclient/client.hpp"
#include "slo/codec.hpp"
#include "support/answer.hpp"
#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::opsclient;
using nlohmann::json;
using test::Answer;

namespace {

/// What stands in for opsd: one answer a path.
struct Fake {
    Fake() : server(http::ServerOptions{}), hub(64, 1) {
        server.fallback([this](http::Request&& request, http::Responder&& responder) {
            const std::lock_guard lock(mutex);
            requests.push_back(request);
            if (request.path == "/api/v1/events") return responder.send(hub.subscribe(request));
            const auto at = answers.find(request.path);
            responder.send(at == answers.end() ? http::problem(404, "nothing here", "") : at->second);
        });
        if (!server.start()) qFatal("no server");
    }
    ~Fake() {
        hub.close();
        server.stop(std::chrono::milliseconds(100));
    }
    http::Server server;
    http::EventHub hub;
    std::mutex mutex;
    std::vector<http::Request> requests;
    std::map<std::string, http::Response> answers;
};

slo::Status status(const char* id = "playback-availability") {
    slo::Objective objective = test::availability();
    objective.id = slo::SloId(id);
    return slo::Evaluator(objective).evaluate({}, 0);
}

http::Response list(const std::vector<json>& items) {
    return http::Response::json(200, json{{"items", items}, {"next", nullptr}}.dump());
}

}  // namespace

class TestClient : public QObject {
    Q_OBJECT

    http::Client http_;
    core::ThreadPool pool_{1, "retry"};
    core::SystemRandom random_;

private slots:
    void readsWithItsToken() {
        Fake fake;
        fake.answers["/api/v1/slos"] = list({slo::to_json(status())});
        Client client({"http://" + fake.server.address() + "/", "secret"}, http_, pool_, random_);
        Answer<std::vector<slo::Status>> answer;
        client.slos(answer.callback());
        const auto slos = answer.get();
        QVERIFY2(slos.has_value(), slos ? "" : slos.error().message.c_str());
        QVERIFY(slos->at(0) == status());
        QCOMPARE(std::string(fake.requests.at(0).headers.get("Authorization")), std::string("Bearer secret"));
    }

    void answersThatMakeNoSenseAreCorrupt_data() {
        QTest::addColumn<QByteArray>("body");
        for (const char* body :
             {"", "{", "[]", "{}", R"({"items":7})", R"({"items":[{}]})", R"({"items":[7]})", "null"})
            QTest::newRow(body) << QByteArray(body);
    }
    void answersThatMakeNoSenseAreCorrupt() {
        QFETCH(QByteArray, body);
        Fake fake;
        for (const char* path : {"slos", "alerts", "incidents", "rollouts", "chaos/faults"})
            fake.answers[std::string("/api/v1/") + path] = http::Response::json(200, body.toStdString());
        Client client({"http://" + fake.server.address(), "t"}, http_, pool_, random_);
        Answer<std::vector<slo::Status>> slos;
        client.slos(slos.callback());
        QCOMPARE(slos.get().error().code, core::Errc::corrupt);
        Answer<std::vector<slo::Alert>> alerts;
        client.alerts(alerts.callback());
        QCOMPARE(alerts.get().error().code, core::Errc::corrupt);
        Answer<std::vector<chaos::Fault>> faults;
        client.faults(faults.callback());
        QCOMPARE(faults.get().error().code, core::Errc::corrupt);
    }

    void opsdsOwnWordsComeThrough() {
        Fake fake;
        Client client({"http://" + fake.server.address(), "t"}, http_, pool_, random_);
        Answer<Site> answer;
        client.site(answer.callback());
        QCOMPARE(answer.get().error().code, core::Errc::not_found);
        QCOMPARE(answer.get().error().message, std::string("nothing here"));
    }

    void writesCarryAKeyAndTheExpectedVersion() {
        Fake fake;
        fake.answers["/api/v1/incidents/i-1/events"] = http::Response::json(412, "{}");
        Client client({"http://" + fake.server.address(), "t"}, http_, pool_, random_);
        incidents::EventRequest request;
        request.kind = incidents::EventKind::acknowledge;
        for (int i = 0; i < 2; ++i) {
            Answer<incidents::Event> answer;
            client.post_event(incidents::IncidentId("i-1"), request, 12, answer.callback());
            QCOMPARE(answer.get().error().code, core::Errc::precondition_failed);
        }
        QCOMPARE(std::string(fake.requests.at(0).headers.get("If-Match")), std::string("\"12\""));
        const std::string first(fake.requests.at(0).headers.get("Idempotency-Key"));
        QVERIFY(first.size() >= 16);
        QVERIFY(first != fake.requests.at(1).headers.get("Idempotency-Key"));  // two writes, not one repeated
    }

    void aWriteWhoseConnectionFailsIsSentAgainWithTheSameKey() {
        // A server that hangs up on the first request, unanswered, and answers the second.
        const core::UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QCOMPARE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
        QCOMPARE(::listen(listener.get(), 4), 0);
        QCOMPARE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
        std::vector<std::string> heads;
        std::thread server([&] {
            for (int i = 0; i < 2; ++i) {
                const core::UniqueFd connection(::accept(listener.get(), nullptr, nullptr));
                std::string head;
                char byte = 0;
                while (head.find("\r\n\r\n") == std::string::npos && ::read(connection.get(), &byte, 1) == 1)
                    head += byte;
                heads.push_back(head);
                const std::string_view answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
                if (i == 1 && ::write(connection.get(), answer.data(), answer.size()) < 0) return;
            }
        });
        Client client({fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port)), "t"}, http_, pool_,
                      random_);
        Answer<void> answer;
        client.remove_fault(chaos::FaultId("f"), answer.callback());
        const auto done = answer.get();
        server.join();
        QVERIFY2(done.has_value(), done ? "" : done.error().message.c_str());
        const auto key = [](const std::string& head) {
            const auto at = head.find("Idempotency-Key: ");
            return head.substr(at, head.find("\r\n", at) - at);
        };
        QVERIFY(key(heads[0]).size() > 30);
        QCOMPARE(key(heads[0]), key(heads[1]));
    }

    void nobodyThereIsUnavailable() {
        Client client({"http://127.0.0.1:1", "t"}, http_, pool_, random_);
        Answer<Site> answer;
        client.site(answer.callback());
        QCOMPARE(answer.get().error().code, core::Errc::unavailable);
    }

    void afterItsEndNoCallbackRuns() {
        std::mutex mutex;
        std::vector<http::Responder> waiting;
        http::Server server(http::ServerOptions{});
        server.fallback([&](http::Request&&, http::Responder&& responder) {
            const std::lock_guard lock(mutex);
            waiting.push_back(std::move(responder));
        });
        QVERIFY(server.start().has_value());
        std::atomic<int> called{0};
        {
            Client client({"http://" + server.address(), "t"}, http_, pool_, random_);
            client.site([&](auto) { ++called; });
            QTRY_VERIFY_WITH_TIMEOUT((std::lock_guard(mutex), !waiting.empty()), 20'000);
        }
        {
            const std::lock_guard lock(mutex);
            waiting.clear();  // answered 500 now
        }
        // Another call over the same HTTP client: its callbacks run in order on one thread.
        http::ClientRequest request;
        request.url = "http://127.0.0.1:1/";
        (void)http_.fetch(request);
        server.stop();
        QCOMPARE(called.load(), 0);
    }

    void statusesFollowTheStream() {
        Fake fake;
        fake.answers["/api/v1/slos"] = list({slo::to_json(status())});
        Client client({"http://" + fake.server.address(), "t"}, http_, pool_, random_);
        std::mutex mutex;
        std::vector<std::vector<slo::Status>> seen;
        std::vector<std::string> others;
        EventHandlers handlers;
        handlers.on_slos = [&](const std::vector<slo::Status>& statuses) {
            const std::lock_guard lock(mutex);
            seen.push_back(statuses);
        };
        handlers.on_event = [&](const Event& event) {
            const std::lock_guard lock(mutex);
            others.push_back(event.subject + event.body);
        };
        const auto subscription = client.subscribe(std::move(handlers));
        const auto count = [&] {
            const std::lock_guard lock(mutex);
            return seen.size();
        };
        QTRY_VERIFY_WITH_TIMEOUT(count() >= 1 && fake.hub.subscribers() == 1, 20'000);
        const auto publish = [&](const std::string& type, const json& body) {
            fake.hub.publish(type, [&](std::uint64_t seq) {
                return json{{"seq", seq},
                            {"at", "2026-11-23T19:37:04.123Z"},
                            {"type", type},
                            {"subject", "s"},
                            {"body", body}}
                    .dump();
            });
        };
        slo::Status next = status();
        next.health = slo::Health::burning;
        publish("slo", {{"slos", {slo::to_compact_json(next)}}});
        QTRY_COMPARE_WITH_TIMEOUT(count(), std::size_t(2), 20'000);
        QCOMPARE(seen[1][0].health, slo::Health::burning);
        // The objectives have changed: they are read again.
        {
            const std::lock_guard lock(fake.mutex);
            fake.answers["/api/v1/slos"] = list({slo::to_json(status()), slo::to_json(status("other"))});
        }
        publish("slo", {{"slos", {slo::to_compact_json(next), slo::to_compact_json(status("other"))}}});
        QTRY_COMPARE_WITH_TIMEOUT(count(), std::size_t(3), 20'000);
        QCOMPARE(seen[2].size(), std::size_t(2));
        publish("site", {{"a", 1}});
        QTRY_VERIFY_WITH_TIMEOUT((std::lock_guard(mutex), others.size() == 1), 20'000);
        QCOMPARE(others[0], std::string(R"(s{"a":1})"));
    }
};

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
