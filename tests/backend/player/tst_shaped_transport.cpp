#include <QtTest>
#include <set>
#include <thread>

#include "backend/player/fake_network.hpp"
#include "player/shaped_transport.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using namespace std::chrono_literals;

namespace {
/// One request with all that came of it, and when.
struct Asked {
    unsigned status = 0;
    std::size_t bytes = 0, pieces = 0;
    double head_at = -1, first_at = -1, last_at = -1, done_at = -1;
    int answers = 0;
    std::optional<core::Error> error;
    http::ClientResponse response;
    http::Client::Ticket ticket = 0;
};

struct Rig {
    Rig() {
        network.handler = [this](const http::ClientRequest&) { return answer; };
        answer.latency = 0ms;
        answer.bps = 1e15;
        answer.body = std::string(250'000, 'x');  // 2 Mbit
    }
    double now() const { return Seconds(clock.steady_now().time_since_epoch()).count() - 3600; }
    std::shared_ptr<Asked> ask(std::function<void(http::ClientRequest&)> change = {}) {
        auto asked = std::make_shared<Asked>();
        http::ClientRequest request;
        request.url = "http://site/x";
        request.on_head = [this, asked](unsigned status, const http::Headers&) {
            asked->status = status;
            asked->head_at = now();
        };
        request.on_data = [this, asked](std::string_view data) {
            if (asked->bytes == 0) asked->first_at = now();
            asked->bytes += data.size();
            ++asked->pieces;
            asked->last_at = now();
            return true;
        };
        if (change) change(request);
        asked->ticket =
            shaped.send(std::move(request), [this, asked](core::Result<http::ClientResponse> answered) {
                ++asked->answers;
                asked->done_at = now();
                if (answered)
                    asked->response = std::move(*answered);
                else
                    asked->error = answered.error();
            });
        return asked;
    }
    void run(double seconds) {
        network.run_for(std::chrono::milliseconds(std::int64_t(seconds * 1000)), 1ms);
    }

    test::ManualExecutor executor;
    test::FakeClock clock;
    core::SeededRandom random{1};
    test::FakeAnswer answer;
    test::FakeNetwork network{executor, clock};
    ShapedTransport shaped{network, executor, clock, random};
};

bool near(double value, double wanted, double by = 0.02) {
    return std::abs(value - wanted) <= by;
}
}  // namespace

class TestShapedTransport : public QObject {
    Q_OBJECT
private slots:
    void without_a_shape_everything_passes_as_it_comes() {
        Rig rig;
        rig.answer.latency = 20ms;
        rig.answer.bps = 1e6;
        const auto asked = rig.ask();
        rig.run(1);
        QVERIFY(near(asked->head_at, 0.02, 0.005));
        QVERIFY(asked->bytes > 100'000 && asked->bytes < 140'000);
        rig.run(2);
        QCOMPARE(asked->answers, 1);
        QCOMPARE(asked->response.status, 200u);
        QCOMPARE(asked->bytes, std::size_t(250'000));
        QCOMPARE(asked->response.body_bytes, std::uint64_t(250'000));
    }

    void a_body_comes_at_the_rate_after_the_latency() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 1e6, .latency = Seconds(0.3)});
        const auto asked = rig.ask();
        rig.run(1.3);
        QVERIFY(near(asked->head_at, 0.3, 0.003));
        QVERIFY2(near(double(asked->bytes), 125'000, 2'000), qPrintable(QString::number(asked->bytes)));
        rig.run(2);
        // The latency is not made up for by a burst: 2 Mbit at 1 Mbit/s after 0.3 s.
        QVERIFY2(near(asked->done_at, 2.3), qPrintable(QString::number(asked->done_at)));
        QVERIFY(near(asked->response.timings.first_byte.count() / 1e6, 0.3, 0.003));
        QVERIFY(near(asked->response.timings.total.count() / 1e6, 2.3));
        QVERIFY(asked->pieces > 50);  // as a stream, not as one lump at the end
    }

    void two_bodies_share_the_rate() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 2e6});
        const auto one = rig.ask(), two = rig.ask();
        rig.run(1);
        QVERIFY(near(double(one->bytes), 125'000, 4'000));
        QVERIFY(near(double(two->bytes), 125'000, 4'000));
        rig.run(1.1);
        QVERIFY(near(one->done_at, 2.0) && near(two->done_at, 2.0));
    }

    void time_without_a_request_is_not_saved_up() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 1e6});
        rig.run(60);
        const auto asked = rig.ask();
        rig.run(1);
        QVERIFY(near(double(asked->bytes), 125'000, 2'000));
    }

    void a_new_shape_counts_at_once() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 1e5});
        const auto asked = rig.ask();
        rig.run(1);
        QVERIFY(near(double(asked->bytes), 12'500, 1'500));
        rig.shaped.set_shape({.rate_bps = 1e6});
        rig.run(1);
        QVERIFY(near(double(asked->bytes), 137'500, 3'000));
        rig.shaped.set_shape({});
        rig.run(0.01);
        QCOMPARE(asked->answers, 1);
        QCOMPARE(asked->bytes, std::size_t(250'000));
    }

    void a_trace_is_followed_through_a_dead_spot_and_around() {
        Rig rig;
        rig.shaped.set_trace(*NetworkTrace::parse("tunnel", "1 1000\n2 0"), Seconds(0.5));
        QCOMPARE(rig.shaped.trace_name(), std::string("tunnel"));
        QVERIFY(!rig.shaped.shape());
        const auto asked = rig.ask();
        rig.run(0.6);
        QVERIFY(near(double(asked->bytes), 62'500, 2'000));
        QCOMPARE(rig.shaped.trace_step()->bps, 0.0);
        rig.run(1.8);
        QVERIFY(near(double(asked->bytes), 62'500, 2'000));
        rig.run(1.2);
        QVERIFY(near(double(asked->bytes), 187'500, 2'000));
        rig.run(2.5);
        QCOMPARE(asked->answers, 1);
        rig.shaped.set_shape({});
        QVERIFY(rig.shaped.shape() && !rig.shaped.trace_step());
    }

    void all_lost_means_every_answer_breaks_off_somewhere() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 1e7, .loss = 1});
        std::set<std::size_t> places;
        for (int i = 0; i < 10; ++i) {
            const auto asked = rig.ask();
            rig.run(0.5);
            QCOMPARE(asked->answers, 1);
            QVERIFY(asked->error && asked->error->code == core::Errc::unavailable);
            QVERIFY(asked->bytes < 250'000);
            places.insert(asked->bytes);
        }
        QVERIFY(places.size() > 5);
        QCOMPARE(rig.network.under_way(), std::size_t(0));
    }

    void loss_takes_about_its_part() {
        Rig rig;
        rig.shaped.set_shape({.loss = 0.2});
        rig.answer.body = "small";
        int lost = 0;
        for (int i = 0; i < 500; ++i) {
            const auto asked = rig.ask();
            rig.run(0.005);
            lost += asked->error ? 1 : 0;
        }
        QVERIFY2(lost > 70 && lost < 130, qPrintable(QString::number(lost)));
    }

    void a_cancelled_request_ends_once_and_takes_nothing_more() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 1e6});
        const auto gone = rig.ask(), stays = rig.ask();
        rig.run(0.5);
        rig.shaped.cancel(gone->ticket);
        QCOMPARE(gone->answers, 0);  // never from within the call
        rig.run(0.002);
        QCOMPARE(gone->answers, 1);
        QCOMPARE(int(gone->error->code), int(core::Errc::cancelled));
        const std::size_t had = gone->bytes;
        rig.run(5);
        QCOMPARE(gone->bytes, had);
        QCOMPARE(gone->answers, 1);
        QVERIFY(near(stays->done_at, 2.25, 0.05));  // the whole rate is its own from then on
        rig.shaped.cancel(stays->ticket);
        rig.shaped.cancel(12345);
        rig.run(0.1);
        QCOMPARE(stays->answers, 1);
    }

    void a_receiver_who_wants_no_more_ends_it() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 1e6});
        std::size_t got = 0;
        const auto asked = rig.ask([&](http::ClientRequest& request) {
            request.on_data = [&](std::string_view data) { return (got += data.size()) < 50'000; };
        });
        rig.run(3);
        QCOMPARE(asked->answers, 1);
        QCOMPARE(int(asked->error->code), int(core::Errc::cancelled));
        QVERIFY(got < 55'000);
    }

    void the_queue_counts_into_the_time_outs() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 1e5});
        const auto slow = rig.ask([](http::ClientRequest& request) { request.timeout = 2'000ms; });
        rig.run(2.1);
        QCOMPARE(slow->answers, 1);
        QCOMPARE(int(slow->error->code), int(core::Errc::timeout));
        QVERIFY(near(slow->done_at, 2.0));
        rig.shaped.set_trace(*NetworkTrace::parse("t", "1 1000\n60 0"));
        const auto stalled = rig.ask([](http::ClientRequest& request) { request.stall_timeout = 3'000ms; });
        rig.run(10);
        QCOMPARE(stalled->answers, 1);
        QCOMPARE(int(stalled->error->code), int(core::Errc::timeout));
        QVERIFY(near(stalled->done_at - 2.1, 4.0, 0.05));
    }

    void failures_and_statuses_come_through() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 1e6, .latency = Seconds(0.1)});
        rig.answer.error = core::Error{core::Errc::unavailable, "nobody listens"};
        const auto refused = rig.ask();
        rig.run(0.2);
        QCOMPARE(refused->error->message.empty(), false);
        QVERIFY(near(refused->done_at, 0.1, 0.005));
        rig.answer.error.reset();
        rig.answer.status = 404;
        rig.answer.body = "nothing here";
        const auto missing = rig.ask();
        rig.run(0.2);
        QCOMPARE(missing->status, 404u);
        QCOMPARE(missing->response.status, 404u);
        rig.answer.status = 200;
        rig.answer.body = std::string(100'000, 'x');
        rig.answer.cut_after = 40'000;
        const auto cut = rig.ask();
        rig.run(2);
        QCOMPARE(int(cut->error->code), int(core::Errc::unavailable));
        QCOMPARE(cut->bytes, std::size_t(40'000));  // what came is handed on first
    }

    void whoever_has_no_receiver_gets_the_body_within_its_limit() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = 8e6});
        const auto whole = rig.ask([](http::ClientRequest& request) { request.on_data = nullptr; });
        rig.run(0.5);
        QCOMPARE(whole->response.body.size(), std::size_t(250'000));
        const auto limited = rig.ask([](http::ClientRequest& request) {
            request.on_data = nullptr;
            request.max_body_bytes = 100'000;
        });
        rig.run(0.5);
        QCOMPARE(int(limited->error->code), int(core::Errc::too_large));
    }

    void nonsense_is_clamped() {
        Rig rig;
        rig.shaped.set_shape({.rate_bps = -5, .latency = Seconds(-1), .loss = 7});
        QCOMPARE(rig.shaped.shape()->rate_bps, 0.0);
        QCOMPARE(rig.shaped.shape()->latency.count(), 0.0);
        QCOMPARE(rig.shaped.shape()->loss, 1.0);
        rig.shaped.set_shape({.rate_bps = std::nan(""), .latency = Seconds(1e9)});
        QCOMPARE(rig.shaped.shape()->rate_bps, 0.0);
        QCOMPARE(rig.shaped.shape()->latency.count(), 60.0);
    }

    void destroyed_it_ends_what_is_under_way() {
        test::ManualExecutor executor;
        test::FakeClock clock;
        core::SeededRandom random(1);
        test::FakeNetwork network(executor, clock);
        network.handler = [](const http::ClientRequest&) {
            return test::FakeAnswer{200, std::string(9'000, 'x'), {}};
        };
        std::optional<core::Errc> code;
        {
            ShapedTransport shaped(network, executor, clock, random);
            shaped.set_shape({.rate_bps = 1'000});
            http::ClientRequest request;
            request.url = "http://site/x";
            shaped.send(std::move(request), [&](core::Result<http::ClientResponse> answer) {
                code = answer ? core::Errc::internal : answer.error().code;
            });
            network.run_for(100ms);
        }
        QVERIFY(code == core::Errc::cancelled);
        network.run_for(5'000ms);  // what was on its way inside finds nobody, and that is all
    }

    /// For the thread sanitizer: real threads send, cancel and reshape at once.
    void threads_may_do_everything_at_once() {
        const core::SystemClock clock;
        core::SeededRandom random(3);
        core::ThreadPool pool(2, "shaper");

        /// Answers from the pool at once.
        struct Echo final : Transport {
            explicit Echo(core::Executor& where) : executor(where) {}
            http::Client::Ticket send(http::ClientRequest request, http::Client::Callback done) override {
                executor.post([request = std::move(request), done = std::move(done)] {
                    request.on_head(200, {});
                    const std::string body(20'000, 'x');
                    if (!request.on_data(body)) return done(core::fail(core::Errc::cancelled, "refused"));
                    http::ClientResponse response;
                    response.status = 200;
                    done(std::move(response));
                });
                return ++last;
            }
            void cancel(http::Client::Ticket) override {}
            core::Executor& executor;
            std::atomic<http::Client::Ticket> last{0};
        } echo(pool);

        std::atomic<int> sent{0}, answered{0};
        {
            ShapedTransport shaped(echo, pool, clock, random);
            const auto work = [&](int seed) {
                std::mt19937_64 dice{std::uint64_t(seed)};
                for (int i = 0; i < 100; ++i) {
                    http::ClientRequest request;
                    request.url = "http://site/x";
                    request.on_data = [count = std::size_t(0)](std::string_view data) mutable {
                        count += data.size();
                        return count <= 20'000;
                    };
                    ++sent;
                    const auto ticket = shaped.send(std::move(request), [&](auto) { ++answered; });
                    if (dice() % 4 == 0) shaped.cancel(ticket);
                    if (dice() % 8 == 0)
                        shaped.set_shape(
                            {.rate_bps = double(1 + dice() % 5) * 1e8, .latency = Seconds(0.001)});
                    if (dice() % 16 == 0) shaped.set_trace(network_traces().front());
                }
            };
            std::thread one(work, 1), two(work, 2);
            one.join();
            two.join();
            shaped.set_shape({});
        }
        QCOMPARE(answered.load(), sent.load());
    }
};

QTEST_GUILESS_MAIN(TestShapedTransport)
#include "tst_shaped_transport.moc"
