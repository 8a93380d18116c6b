#include <QtTest>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "backend/player/fake_network.hpp"
#include "core/executor.hpp"
#include "http/server.hpp"
#include "player/simulated_playback.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;

// The same session over a real server, a real client and real threads: what the thread sanitizer is to look
// at.
namespace {
struct Site {
    Site() : server(http::ServerOptions{}) {
        title.segments = 3;
        title.segment_s = 0.5;
        server.fallback([this](http::Request&& request, http::Responder&& responder) {
            http::ClientRequest as_asked;
            as_asked.url = title.host + request.path;
            if (request.path == "/moved") {
                http::Response away = http::Response::empty(302);
                away.headers.set("Location", "/api/v1/stream/t1");
                responder.send(std::move(away));
                return;
            }
            test::FakeAnswer answer = title.answer(as_asked);
            if (request.path.find("m4s") != std::string::npos && trouble-- > 0) answer.status = 503;
            http::Response response = http::Response::text(answer.status, answer.body);
            response.headers.set("X-Served-By", "canary/v2/api-3");
            response.headers.set("X-Cache", "HIT");
            response.headers.set("X-Request-Id", request.request_id);
            responder.send(std::move(response));
        });
        if (!server.start()) qFatal("no server");
    }
    std::string url() const { return "http://" + server.address() + "/api/v1/stream/t1"; }

    test::FakeTitle title;
    std::atomic<int> trouble{0};
    http::Server server;
};

struct Audience {
    core::SystemClock clock;
    core::SeededRandom random{3};
    core::ThreadPool pool{1, "timers"};
    http::Client client;
    HttpTransport transport{client};
};

class Latch {
public:
    void set() {
        const std::lock_guard lock(mutex_);
        set_ = true;
        changed_.notify_all();
    }
    bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [this] { return set_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool set_ = false;
};
}  // namespace

class TestSessionHttp : public QObject {
    Q_OBJECT
private slots:
    void a_title_plays_and_every_request_explains_itself() {
        Site site;
        Audience audience;
        Latch done;
        Qoe result;
        std::vector<FetchRecord> fetches;
        SimulatedPlayback::Callbacks callbacks;
        callbacks.on_fetch = [&](const FetchRecord& record) { fetches.push_back(record); };
        callbacks.on_finished = [&](const Qoe& qoe, const std::optional<core::Error>&) {
            result = qoe;
            done.set();
        };
        site.trouble = 1;
        SimulatedPlayback viewer(audience.transport, audience.pool, audience.clock, audience.random,
                                 callbacks);
        SimulatedOptions options;
        options.start_buffer = Seconds(0.5);
        viewer.start(site.url(), {}, options);
        QVERIFY(done.wait());
        QCOMPARE(result.outcome, Outcome::ended);
        QVERIFY(qAbs(result.media_played.count() - 1.5) < 0.01);
        QCOMPARE(result.errors_by_kind.at("status_5xx"), 1u);
        for (const FetchRecord& record : fetches) {
            QCOMPARE(record.served_by, (ServedBy{"canary", "v2", "api-3"}));
            QCOMPARE(record.cache, std::string("HIT"));
            QVERIFY(!record.request_id.empty() && record.trace_id.size() == 32);
            QVERIFY(record.timings.total.count() > 0);
            QVERIFY(record.timings.first_byte <= record.timings.total);
        }
        QVERIFY(fetches.back().timings.reused_connection);
    }

    void once_closed_nothing_is_told_of_what_was_open() {
        struct Listener final : SessionObserver {
            std::atomic<int> inside{0}, told{0};
            void tell() {
                ++inside;
                ++told;
                std::this_thread::yield();
                --inside;
            }
            void on_presentation(const PresentationInfo&) override { tell(); }
            void on_fetch(const FetchRecord&) override { tell(); }
            void on_decision(const AbrDecision&) override { tell(); }
        };
        Site site;
        Audience audience;
        Listener listener;
        PlayerSession session(audience.transport, audience.pool, audience.clock, audience.random, &listener);
        for (int i = 0; i < 200; ++i) {
            const int before = listener.told;
            session.open(site.url());
            while (listener.told - before < i % 4) std::this_thread::yield();
            session.close();
            const int told = listener.told;
            QCOMPARE(listener.inside.load(), 0);
            std::this_thread::yield();
            QCOMPARE(listener.told.load(), told);
        }
    }

    void a_redirect_leads_to_the_title() {
        Site site;
        Audience audience;
        Latch done;
        std::vector<FetchRecord> fetches;
        SimulatedPlayback::Callbacks callbacks;
        callbacks.on_fetch = [&](const FetchRecord& record) { fetches.push_back(record); };
        callbacks.on_finished = [&](const Qoe&, const std::optional<core::Error>&) { done.set(); };
        SimulatedPlayback viewer(audience.transport, audience.pool, audience.clock, audience.random,
                                 callbacks);
        SimulatedOptions options;
        options.start_buffer = Seconds(0.5);
        viewer.start("http://" + site.server.address() + "/moved", {}, options);
        QVERIFY(done.wait());
        QCOMPARE(viewer.qoe().outcome, Outcome::ended);
        QCOMPARE(fetches.at(0).status, 302u);
        QCOMPARE(fetches.at(1).status, 200u);
        QVERIFY(fetches.at(1).url.ends_with("/api/v1/stream/t1"));
    }

    void viewers_may_leave_at_any_moment() {
        Site site;
        Audience audience;
        for (int round = 0; round < 40; ++round) {
            std::atomic<int> finished{0};
            SimulatedPlayback::Callbacks callbacks;
            callbacks.on_finished = [&](const Qoe&, const std::optional<core::Error>&) { ++finished; };
            Latch some;
            callbacks.on_fetch = [&](const FetchRecord& record) {
                if (int(record.number) > round % 5) some.set();
            };
            auto viewer = std::make_unique<SimulatedPlayback>(audience.transport, audience.pool,
                                                              audience.clock, audience.random, callbacks);
            viewer->start(site.url(), {});
            if (round % 5 > 0) QVERIFY(some.wait());
            if (round % 2 == 0) {
                viewer->stop();
                QCOMPARE(viewer->qoe().outcome == Outcome::running, false);
            }
            viewer.reset();
            QVERIFY(finished <= 1);
        }
    }

    void nobody_listening_is_an_outage() {
        Audience audience;
        std::string url;
        {
            Site gone;
            url = gone.url();
        }
        Latch done;
        std::optional<core::Error> error;
        SimulatedPlayback::Callbacks callbacks;
        callbacks.on_finished = [&](const Qoe&, const std::optional<core::Error>& why) {
            error = why;
            done.set();
        };
        SimulatedPlayback viewer(audience.transport, audience.pool, audience.clock, audience.random,
                                 callbacks);
        SessionOptions options;
        options.outage_patience = Seconds(0.6);
        viewer.start(url, options);
        QVERIFY(done.wait());
        QVERIFY(error && error->code == core::Errc::unavailable);
    }
};

QTEST_GUILESS_MAIN(TestSessionHttp)
#include "tst_session_http.moc"
