#include <QtTest>
#include <map>
#include <random>

#include "backend/player/recorder.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using test::FakeAnswer;
using test::SessionRig;

// Whatever a network does: segments come in order and at most once, requests do not pile up, memory stays
// bounded, and the session either gets through or says why not.
class TestSessionStorm : public QObject {
    Q_OBJECT
private slots:
    void any_weather_is_survived() {
        int got_through = 0;
        for (std::uint64_t seed = 1; seed <= 120; ++seed) {
            std::mt19937_64 random(seed);
            SessionRig rig;
            rig.title.segments = 12;
            rig.title.init = random() % 2 == 0;
            const std::uint64_t severity = random() % 60;  // per cent of requests that go wrong
            rig.network.handler = [&](const http::ClientRequest& request) {
                http::ClientRequest bare = request;
                bare.url.resize(std::min(bare.url.find("?again"), bare.url.size()));
                FakeAnswer answer = rig.title.answer(bare);
                answer.bps = 300e3 + double(random() % 20'000'000);
                answer.latency = std::chrono::milliseconds(random() % 400);
                if (random() % 100 >= severity) return answer;
                switch (random() % 12) {
                    case 0:
                        answer.status = 500 + unsigned(random() % 5);
                        break;
                    case 1:
                        answer.status = 404;
                        break;
                    case 2:
                        answer.hang = true;
                        break;
                    case 3:
                        answer.cut_after = random() % 1000;
                        break;
                    case 4:
                        answer.body.clear();
                        break;
                    case 5:
                        answer.error = core::Error{core::Errc::unavailable, "refused"};
                        break;
                    case 6:
                        answer.bps = 5'000;
                        break;
                    case 7:
                        answer.status = 429;
                        answer.headers.set("Retry-After", std::to_string(random() % 4));
                        break;
                    case 8:
                        answer.status = random() % 2 == 0 ? 403 : 410;
                        break;
                    case 9:
                        answer.status = 302;
                        answer.headers.set("Location",
                                           random() % 4 == 0 ? "ftp://x/" : request.url + "?again");
                        break;
                    case 10:
                        answer.body = rig.title.multivariant();
                        break;
                    default:
                        answer.body = "#EXTM3U\ngarbage";
                }
                return answer;
            };
            SessionOptions options;
            options.buffer_goal = Seconds(4 + double(random() % 20));
            options.request_timeout = std::chrono::seconds(8);
            if (random() % 4 == 0) options.locked_level = int(random() % 3);
            rig.session->open(rig.title.url(), options);
            std::optional<std::uint64_t> last;
            for (int i = 0; i < 2000 && rig.last != PullState::ended && rig.last != PullState::failed; ++i) {
                for (const MediaSegment& segment : rig.play(0.5)) {
                    QVERIFY2(!last || segment.sequence > *last, qPrintable(QString("seed %1").arg(seed)));
                    QVERIFY(segment.sequence < 12);
                    QVERIFY(segment.data && !segment.data->empty());
                    QCOMPARE(bool(segment.init), rig.title.init);
                    if (last && segment.sequence > *last + 1) QVERIFY(segment.follows_gap);
                    last = segment.sequence;
                }
                QVERIFY(rig.network.under_way() <= 3);
                QVERIFY(rig.session->snapshot().buffered <= options.buffer_goal + Seconds(2.1));
            }
            QVERIFY2(rig.last == PullState::ended || rig.last == PullState::failed,
                     qPrintable(QString("seed %1").arg(seed)));
            QCOMPARE(rig.last == PullState::failed, rig.seen.failures.size() == 1);
            if (rig.last == PullState::ended) ++got_through;
            QCOMPARE(rig.network.under_way(), std::size_t(0));
            for (std::size_t i = 0; i < rig.seen.fetches.size(); ++i)
                QCOMPARE(rig.seen.fetches[i].number, i + 1);
        }
        QVERIFY2(got_through > 40, qPrintable(QString::number(got_through)));
    }

    void seeks_and_locks_at_any_moment_leave_a_playable_session() {
        for (std::uint64_t seed = 1; seed <= 60; ++seed) {
            std::mt19937_64 random(seed);
            SessionRig rig;
            rig.network.handler = [&](const http::ClientRequest& request) {
                FakeAnswer answer = rig.title.answer(request);
                answer.bps = 1e6 + double(random() % 20'000'000);
                if (random() % 10 == 0) answer.status = 503;
                return answer;
            };
            rig.session->open(rig.title.url());
            std::uint64_t epoch = 0;
            for (int i = 0; i < 60; ++i) {
                rig.run(double(random() % 700) / 1000);
                switch (random() % 5) {
                    case 0:
                        epoch = rig.session->seek(Seconds(double(random() % 45'000) / 1000 - 2));
                        break;
                    case 1:
                        rig.session->lock_level(int(random() % 3));
                        break;
                    case 2:
                        rig.session->lock_level(std::nullopt);
                        break;
                    case 3:
                        rig.session->set_playhead(Seconds(double(random() % 40)), double(random() % 2));
                        break;
                    default: {
                        const Pull pull = rig.session->pull();
                        if (pull.state == PullState::segment) QVERIFY(pull.segment.epoch >= epoch);
                    }
                }
                QVERIFY(rig.network.under_way() <= 4);
            }
            if (rig.session->snapshot().state == SessionState::failed)
                continue;  // three segments in a row were refused
            rig.session->lock_level(std::nullopt);
            rig.session->seek(Seconds(10));
            rig.run(30);
            const Pull pull = rig.session->pull();
            QVERIFY2(pull.state == PullState::segment || pull.state == PullState::failed,
                     qPrintable(QString("seed %1").arg(seed)));
            if (pull.state == PullState::segment) QVERIFY(pull.segment.start <= Seconds(12.1));
        }
    }
};

QTEST_GUILESS_MAIN(TestSessionStorm)
#include "tst_session_storm.moc"
