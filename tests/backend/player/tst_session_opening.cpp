#include <QtTest>

#include "backend/player/recorder.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using test::FakeAnswer;
using test::SessionRig;

// What is asked for when a title is opened and cannot be had is said.
class TestSessionOpening : public QObject {
    Q_OBJECT
private slots:
    void a_media_playlist_alone_that_cannot_be_used_is_one_row_with_the_reason() {
        SessionRig rig;
        rig.network.handler = [](const http::ClientRequest&) {
            FakeAnswer answer;
            answer.body =
                "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n";
            return answer;
        };
        rig.session->open("http://site/alone.m3u8");
        rig.run(20);
        QCOMPARE(rig.seen.failures.size(), std::size_t(1));
        QCOMPARE(rig.seen.fetches.size(), rig.network.requests.size());
        QCOMPARE(rig.seen.failed_fetches(), rig.seen.fetches.size());
    }

    void a_level_or_a_beginning_that_the_title_does_not_have_is_said() {
        SessionRig rig;
        SessionOptions options;
        options.locked_level = 7;
        options.start_at = Seconds(1'000);
        rig.session->open(rig.title.url(), options);
        QCOMPARE(rig.play(5).size(), std::size_t(1));  // the last segment, in the highest level
        QCOMPARE(rig.seen.noticed("level"), std::size_t(1));
        QCOMPARE(rig.seen.noticed("start"), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestSessionOpening)
#include "tst_session_opening.moc"
