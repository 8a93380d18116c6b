#include <QtTest>

#include "player/cmcd.hpp"

using namespace qd;
using player::CmcdObject;
using player::CmcdState;

namespace {
std::string field(const CmcdState& state, const char* name) {
    http::Headers headers;
    player::add_cmcd(headers, state);
    return std::string(headers.get(name));
}
}  // namespace

class TestCmcd : public QObject {
    Q_OBJECT
private slots:
    void numbers_are_rounded_as_the_specification_asks() {
        CmcdState state;
        state.object = CmcdObject::muxed;
        state.session_id = "s1";
        state.bitrate_bps = 1'200'400;
        state.top_bitrate_bps = 6e6;
        state.duration = core::Seconds(2.0021);
        state.buffered = core::Seconds(12.34);
        state.throughput_bps = 25'449'000;
        state.live = false;
        QCOMPARE(field(state, "CMCD-Object"), std::string("br=1200,d=2002,ot=av,tb=6000"));
        QCOMPARE(field(state, "CMCD-Request"), std::string("bl=12300,mtp=25400"));
        QCOMPARE(field(state, "CMCD-Session"), std::string("sf=h,sid=\"s1\",st=v"));
        QVERIFY(field(state, "CMCD-Status").empty());
    }

    void the_deadline_the_rate_and_the_next_object_are_told() {
        CmcdState state;
        state.object = CmcdObject::video;
        state.session_id = "s";
        state.buffered = core::Seconds(6);
        state.rate = 2;
        state.next_object = "seg%204.m4s";
        QCOMPARE(field(state, "CMCD-Request"), std::string("bl=6000,dl=3000,nor=\"seg%204.m4s\""));
        QCOMPARE(field(state, "CMCD-Session"), std::string("pr=2.00,sf=h,sid=\"s\""));
        state.object = CmcdObject::caption;
        QCOMPARE(field(state, "CMCD-Object"), std::string("ot=c"));
        QVERIFY(field(state, "CMCD-Request").empty());
        QCOMPARE(player::next_object_of("http://h/a/1.ts?x=/y/", "http://h/a/2 b.ts"),
                 std::string("2%20b.ts"));
        QCOMPARE(player::next_object_of("http://h/a/1.ts", "http://h/b/2.ts"), std::string());
        QCOMPARE(player::next_object_of("", ""), std::string());
    }

    void flags_and_ids_appear_when_they_hold() {
        CmcdState state;
        state.object = CmcdObject::manifest;
        state.session_id = "a";
        state.content_id = "t\"1\r\nX: y";
        state.starting_up = state.starved = true;
        QCOMPARE(field(state, "CMCD-Object"), std::string("ot=m"));
        QCOMPARE(field(state, "CMCD-Request"), std::string("su"));
        QCOMPARE(field(state, "CMCD-Session"),
                 std::string("cid=\"t\\\"1X: y\",sf=h,sid=\"a\""));  // no line breaks get out
        QCOMPARE(field(state, "CMCD-Status"), std::string("bs"));
    }
};

QTEST_GUILESS_MAIN(TestCmcd)
#include "tst_cmcd.moc"
