#include "services/session.hpp"

#include <QTest>
#include <random>

using namespace qd;

class TstSession : public QObject {
    Q_OBJECT

private slots:
    void every_uri_gets_the_session_and_an_absolute_path() {
        const std::string master =
            "#EXTM3U\n"
            "#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x,URI=\",URI=\"audio/index.m3u8\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1,mp4a\"\n"
            "/media/v/240p/index.m3u8\r\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=2\n"
            "480p/index.m3u8?x=1\n"
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"240p/iframes.m3u8\",X-URI=\"y\"\n"
            "# a remark with URI=\"no\"\n"
            "\n"
            "https://elsewhere/v.m3u8\n";
        QCOMPARE(services::with_session(master, "/media/v/", "abc"),
                 std::string("#EXTM3U\n"
                             "#EXT-X-INDEPENDENT-SEGMENTS\n"
                             "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x,URI=\","
                             "URI=\"/media/v/audio/index.m3u8?s=abc\"\n"
                             "#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1,mp4a\"\n"
                             "/media/v/240p/index.m3u8?s=abc\n"
                             "#EXT-X-STREAM-INF:BANDWIDTH=2\n"
                             "/media/v/480p/index.m3u8?x=1&s=abc\n"
                             "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"/media/v/240p/iframes.m3u8?s=abc\","
                             "X-URI=\"y\"\n"
                             "# a remark with URI=\"no\"\n"
                             "\n"
                             "https://elsewhere/v.m3u8?s=abc\n"));
        QCOMPARE(services::with_session(
                     "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"1@0\"\n#EXTINF:2,\ns.m4s", "/b/", "k"),
                 std::string("#EXTM3U\n#EXT-X-MAP:URI=\"/b/init.mp4?s=k\",BYTERANGE=\"1@0\"\n#EXTINF:2,\n"
                             "/b/s.m4s?s=k\n"));
    }

    // Whatever the text: what is added are sessions and bases only; taken out again, the text is as it was.
    void rewriting_loses_nothing() {
        std::mt19937 random(3);
        const std::string pieces[] = {"#EXT-X-MAP:", "URI=\"", "\"", ",", "\n", "#EXTM3U",
                                      "a.m4s",       "?",      "#",  " ", "x"};
        for (int i = 0; i < 3'000; ++i) {
            std::string text;
            for (unsigned n = random() % 30; n > 0; --n) text += pieces[random() % std::size(pieces)];
            text += '\n';
            QString back = QString::fromStdString(services::with_session(text, "@BASE@", "@KEY@"));
            back.remove("?s=@KEY@").remove("&s=@KEY@").remove("@BASE@");
            QCOMPARE(back, QString::fromStdString(text));
        }
    }

    void the_request_names_the_session() {
        core::SeededRandom random(1);
        http::Request request;
        const std::string fresh = services::session_of(request, random);
        QVERIFY(services::is_session_key(fresh));
        QVERIFY(fresh != services::session_of(request, random));
        request.headers.set("X-Quarterdeck-Session", "gw-1");
        QCOMPARE(services::session_of(request, random), std::string("gw-1"));
        request.query = http::Query::parse("s=q_2");
        QCOMPARE(services::session_of(request, random), std::string("q_2"));
        // What could break out of a playlist's line counts as absent.
        request.query = http::Query::parse("s=a%0Ab");
        QCOMPARE(services::session_of(request, random), std::string("gw-1"));
        request.headers.set("X-Quarterdeck-Session", std::string(65, 'a'));
        QVERIFY(services::session_of(request, random) != std::string(65, 'a'));
    }
};

QTEST_GUILESS_MAIN(TstSession)
#include "tst_session.moc"
