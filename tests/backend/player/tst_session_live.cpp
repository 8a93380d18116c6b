#include <QtTest>

#include "backend/player/recorder.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using test::FakeAnswer;
using test::SessionRig;

namespace {
double now(const SessionRig& rig) {
    return Seconds(rig.clock.steady_now().time_since_epoch()).count() - 3600;
}

/// A window of `length` segments of 2 s over a stream that has begun 40 s ago.
FakeAnswer window(const SessionRig& rig, const http::ClientRequest& request, int length) {
    FakeAnswer answer = rig.title.answer(request);
    if (request.url.ends_with("index.m3u8"))
        answer.body = rig.title.playlist(20 + int(now(rig) / 2) - length, length, false);
    return answer;
}
}  // namespace

class TestSessionLive : public QObject {
    Q_OBJECT
private slots:
    void a_live_stream_starts_near_its_end_and_is_followed() {
        SessionRig rig;
        rig.network.handler = [&](const http::ClientRequest& request) { return window(rig, request, 6); };
        rig.session->open(rig.title.url());
        const auto segments = rig.play(30);
        QCOMPARE(segments.front().sequence, std::uint64_t(17));  // three target durations from the end at 20
        QVERIFY(segments.size() >= 16 && segments.size() <= 18);
        for (std::size_t i = 1; i < segments.size(); ++i) {
            QCOMPARE(segments[i].sequence, segments[i - 1].sequence + 1);
            QVERIFY(qAbs((segments[i].start - segments[i - 1].start).count() - 2) < 1e-6);
        }
        QVERIFY(rig.seen.presentations.back().live);
        QVERIFY(rig.seen.skipped.empty());
        // Reloads: about one per target duration, or half of it while nothing is new.
        QVERIFY(rig.network.count("index.m3u8") < 34);
    }

    void who_falls_out_of_the_window_is_told_and_goes_on_at_its_start() {
        SessionRig rig;
        bool slow = false;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = window(rig, request, 4);
            if (slow && request.url.ends_with(".m4s")) answer.latency = std::chrono::milliseconds(15'000);
            return answer;
        };
        rig.session->open(rig.title.url());
        rig.play(10);
        slow = true;
        rig.play(14);
        slow = false;
        const auto segments = rig.play(20);
        QVERIFY(!rig.seen.skipped.empty());
        QVERIFY(std::any_of(segments.begin(), segments.end(), [](const auto& s) { return s.follows_gap; }));
        QVERIFY(rig.seen.failures.empty());
    }

    void a_level_change_keeps_the_timeline() {
        SessionRig rig;
        rig.network.handler = [&](const http::ClientRequest& request) { return window(rig, request, 10); };
        SessionOptions options;
        options.locked_level = 0;
        rig.session->open(rig.title.url(), options);
        auto segments = rig.play(10);
        rig.session->lock_level(2);
        for (auto& segment : rig.play(20)) segments.push_back(std::move(segment));
        QCOMPARE(segments.back().level, 2);
        for (std::size_t i = 1; i < segments.size(); ++i) {
            QCOMPARE(segments[i].sequence, segments[i - 1].sequence + 1);
            QVERIFY(qAbs((segments[i].start - segments[i - 1].start).count() - 2) < 1e-6);
        }
    }

    void separate_sound_comes_alongside() {
        SessionRig rig;
        const auto original = rig.network.handler;
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = original(request);
            if (request.url.starts_with(rig.title.url()))
                answer.body =
                    "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",DEFAULT=YES,AUTOSELECT=YES,"
                    "URI=\"/media/t1/audio/"
                    "index.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=426x240,AUDIO=\"a\"\n/media/"
                    "t1/0/index.m3u8\n";
            return answer;
        };
        rig.session->open(rig.title.url());
        rig.run(10);
        QVERIFY(rig.seen.presentations.back().separate_audio);
        for (std::uint64_t i = 0; i < 5; ++i) {
            const Pull picture = rig.session->pull(Track::main);
            const Pull sound = rig.session->pull(Track::audio);
            QCOMPARE(picture.state, PullState::segment);
            QCOMPARE(sound.state, PullState::segment);
            QCOMPARE(picture.segment.sequence, i);
            QCOMPARE(sound.segment.sequence, i);
            QVERIFY(*sound.segment.init != *picture.segment.init);
        }
        rig.session->seek(Seconds(30));
        rig.run(1);
        QCOMPARE(rig.session->pull(Track::main).segment.sequence, std::uint64_t(15));
        QCOMPARE(rig.session->pull(Track::audio).segment.sequence, std::uint64_t(15));
    }
};

QTEST_GUILESS_MAIN(TestSessionLive)
#include "tst_session_live.moc"
