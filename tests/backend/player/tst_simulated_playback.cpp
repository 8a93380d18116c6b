#include <QtTest>

#include "backend/player/trace_play.hpp"
#include "player/simulated_playback.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using test::FakeAnswer;

namespace {
struct Rig {
    Rig() {
        network.handler = [this](const http::ClientRequest& request) { return title.answer(request); };
        SimulatedPlayback::Callbacks callbacks;
        callbacks.on_started = [this](Seconds startup) { started = startup; };
        callbacks.on_skipped = [this](const SkippedSegment&) { ++skipped; };
        callbacks.on_finished = [this](const Qoe& qoe, const std::optional<core::Error>& why) {
            ++finished;
            result = qoe;
            error = why;
        };
        viewer = std::make_unique<SimulatedPlayback>(network, executor, clock, random, callbacks);
    }
    void start(SimulatedOptions options = {}, SessionOptions session = {}) {
        viewer->start(title.url(), session, options);
    }
    void run(double seconds) { network.run_for(std::chrono::milliseconds(std::int64_t(seconds * 1000))); }
    double now() const { return Seconds(clock.steady_now().time_since_epoch()).count() - 3600; }

    test::FakeTitle title;
    test::ManualExecutor executor;
    test::FakeClock clock;
    core::SeededRandom random{1};
    test::FakeNetwork network{executor, clock};
    std::optional<Seconds> started;
    int finished = 0, skipped = 0;
    Qoe result;
    std::optional<core::Error> error;
    std::unique_ptr<SimulatedPlayback> viewer;
};
}  // namespace

class TestSimulatedPlayback : public QObject {
    Q_OBJECT
private slots:
    void a_title_takes_its_own_time() {
        Rig rig;
        rig.start();
        rig.run(39);
        QCOMPARE(rig.finished, 0);
        QVERIFY(qAbs(rig.viewer->position().count() - (39 - rig.started->count())) < 0.05);
        rig.run(2);
        QCOMPARE(rig.finished, 1);
        QCOMPARE(rig.result.outcome, Outcome::ended);
        QVERIFY(qAbs(rig.result.media_played.count() - 40) < 0.01);
        QVERIFY(qAbs(rig.result.watched.count() - 40 - rig.started->count()) < 0.1);
        QCOMPARE(rig.result.stalls, 0u);
        QVERIFY(rig.started->count() > 0.05 && rig.started->count() < 0.5);
        QCOMPARE(rig.result.startup->count(), rig.started->count());
    }

    void a_dry_buffer_is_a_stall_as_long_as_it_lasted() {
        Rig rig;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = rig.title.answer(request);
            if (request.url.ends_with("seg-3.m4s") && rig.now() < 15)
                answer.latency = std::chrono::milliseconds(12'000);
            return answer;
        };
        rig.start();
        rig.run(60);
        QCOMPARE(rig.finished, 1);
        QCOMPARE(rig.result.stalls, 1u);
        // Six seconds were there from about 0.5 s on; the fourth segment came 12 s after it was asked for.
        QVERIFY2(rig.result.stalled.count() > 5 && rig.result.stalled.count() < 7,
                 qPrintable(QString::number(rig.result.stalled.count())));
        QVERIFY(qAbs(rig.result.media_played.count() - 40) < 0.01);
        QVERIFY(qAbs((rig.result.watched - rig.result.stalled - *rig.result.startup).count() - 40) < 0.1);
    }

    void the_viewer_leaves_when_he_has_seen_enough() {
        Rig rig;
        SimulatedOptions options;
        options.watch_for = Seconds(7);
        rig.start(options);
        rig.run(10);
        QCOMPARE(rig.finished, 1);
        QCOMPARE(rig.result.outcome, Outcome::stopped);
        QVERIFY(qAbs(rig.result.watched.count() - 7) < 0.02);
        const std::size_t requests = rig.network.requests.size();
        rig.run(30);
        QCOMPARE(rig.network.requests.size(), requests);
        QCOMPARE(rig.network.under_way(), std::size_t(0));
    }

    void leaving_before_the_start_is_no_startup_time() {
        Rig rig;
        rig.network.handler = [](const http::ClientRequest&) {
            FakeAnswer answer;
            answer.hang = true;
            return answer;
        };
        SimulatedOptions options;
        options.watch_for = Seconds(3);
        rig.start(options);
        rig.run(5);
        QCOMPARE(rig.result.outcome, Outcome::exit_before_start);
        QVERIFY(!rig.result.startup && !rig.started);
    }

    void a_title_that_cannot_be_had_is_a_start_failure() {
        Rig rig;
        rig.network.handler = [](const http::ClientRequest&) {
            FakeAnswer answer;
            answer.status = 404;
            return answer;
        };
        rig.start();
        rig.run(5);
        QCOMPARE(rig.finished, 1);
        QCOMPARE(rig.result.outcome, Outcome::start_failure);
        QVERIFY(rig.error.has_value());
    }

    void a_skipped_segment_is_jumped_over() {
        Rig rig;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = rig.title.answer(request);
            if (request.url.ends_with("seg-5.m4s")) answer.status = 410;
            return answer;
        };
        rig.start();
        rig.run(45);
        QCOMPARE(rig.finished, 1);
        QCOMPARE(rig.skipped, 1);
        QVERIFY(qAbs(rig.result.media_played.count() - 38) < 0.01);
        QCOMPARE(rig.result.skipped_segments, 1u);
    }

    void adaptation_comes_near_the_best_possible_and_never_stalls_needlessly() {
        double ratios = 0;
        int traces = 0;
        for (const char* name : {"steps", "square", "lte-moving", "dead-spots"}) {
            const test::TracePlay play = test::play_trace(*network_trace(name), {});
            QVERIFY2(play.optimum_bps.has_value(), name);
            QCOMPARE(play.qoe.outcome, Outcome::ended);
            QCOMPARE(play.qoe.stalls, 0u);
            QVERIFY2(play.ratio() <= 1, name);  // nobody is better than the best
            QVERIFY2(play.ratio() > 0.8, name);
            ratios += play.ratio();
            ++traces;
            for (const AbrDecision& decision : play.decisions)
                if (decision.inputs.no_higher >= 0) QVERIFY(decision.level <= decision.inputs.no_higher);
        }
        QVERIFY(ratios / traces >= 0.9);
    }

    void a_live_window_of_a_few_seconds_still_gets_the_highest_level() {
        Rig rig;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = rig.title.answer(request);
            if (request.url.ends_with("index.m3u8"))
                answer.body =
                    rig.title.playlist(int(rig.now() / 2), 6, false);  // 12 s, joined 6 s from the end
            return answer;
        };
        SimulatedOptions options;
        options.watch_for = Seconds(60);
        rig.start(options);
        rig.run(59);
        QCOMPARE(rig.viewer->session().level, 2);
        rig.run(2);
        QCOMPARE(rig.finished, 1);
        QVERIFY(rig.result.average_bps().value_or(0) > 1.2e6);
    }

    void a_stall_is_told_with_its_place_and_length() {
        Rig rig;
        std::vector<StallInterval> told;
        SimulatedPlayback::Callbacks callbacks;
        callbacks.on_stall = [&](const StallInterval& stall) { told.push_back(stall); };
        rig.viewer =
            std::make_unique<SimulatedPlayback>(rig.network, rig.executor, rig.clock, rig.random, callbacks);
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = rig.title.answer(request);
            if (request.url.ends_with("seg-3.m4s") && rig.now() < 15)
                answer.latency = std::chrono::milliseconds(12'000);
            answer.hang = request.url.ends_with("seg-8.m4s");
            return answer;
        };
        rig.start();
        rig.run(30);
        QCOMPARE(told.size(), std::size_t(1));
        QVERIFY(qAbs(told[0].media_at.count() - 6) < 0.01 && !told[0].open);
        QVERIFY(told[0].duration.count() > 5 && told[0].duration.count() < 7);
        rig.viewer->stop();  // in the middle of the second one
        QCOMPARE(told.size(), std::size_t(2));
        QVERIFY(told[1].open && qAbs(told[1].media_at.count() - 16) < 0.01);
        QCOMPARE(rig.viewer->qoe().stalls, 2u);
    }

    void stopping_finishes_once() {
        Rig rig;
        rig.start();
        rig.run(5);
        rig.viewer->stop();
        rig.viewer->stop();
        rig.run(5);
        QCOMPARE(rig.finished, 1);
        QVERIFY(qAbs(rig.result.media_played.count() - (5 - rig.started->count())) < 0.05);
    }

    void a_growing_event_is_followed_to_its_end() {
        Rig rig;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = rig.title.answer(request);
            if (request.url.ends_with("index.m3u8")) {
                const int count = std::min(20, 2 + int(rig.now()));  // grows at twice the pace
                answer.body = rig.title.playlist(0, count, count == 20);
                if (count < 20) answer.body.insert(8, "#EXT-X-PLAYLIST-TYPE:EVENT\n");
            }
            return answer;
        };
        rig.start();
        rig.run(60);
        QCOMPARE(rig.finished, 1);
        QCOMPARE(rig.result.outcome, Outcome::ended);
        QVERIFY(qAbs(rig.result.media_played.count() - 40) < 0.01);
        QCOMPARE(rig.result.stalls, 0u);
    }
};

QTEST_GUILESS_MAIN(TestSimulatedPlayback)
#include "tst_simulated_playback.moc"
