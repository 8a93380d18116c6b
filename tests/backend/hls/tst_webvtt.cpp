#include <QtTest>
#include <random>

#include "hls/define.hpp"
#include "hls/playlist.hpp"
#include "hls/webvtt.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::hls;

namespace {
std::vector<Cue> cues(const std::string& text) {
    const auto read = parse_webvtt(text);
    return read ? read->cues : std::vector<Cue>{{Seconds(0), Seconds(1), "failed: " + read.error().message}};
}
Cue one(const std::string& body) {
    const auto all = cues("WEBVTT\n\n00:01.000 --> 00:02.500\n" + body);
    return all.size() == 1 ? all[0] : Cue{Seconds(-1), Seconds(-1), "not one cue"};
}
std::string media(const std::string& lines) {
    return "#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + lines;
}
}  // namespace

class TestWebvtt : public QObject {
    Q_OBJECT
private slots:
    void a_segment_as_packagers_write_it() {
        const auto read = parse_webvtt(
            "\xef\xbb\xbfWEBVTT - a title\r\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:01.500\r\n\r\n"
            "STYLE\r\n::cue { color: red }\r\n\r\nNOTE nothing\r\nto see\r\n\r\n"
            "id-1\r\n00:00:04.000 --> 00:00:06.250 line:90% align:center\r\n<v Anna>Good "
            "<b>morning</b></v>\r\nagain\r\n\r\n"
            "100:59:59.999 --> 101:00:00.000\r\nlate\r\n");
        QVERIFY(read.has_value());
        QCOMPARE(read->timestamp_map->mpegts, std::uint64_t(900'000));
        QCOMPARE(read->timestamp_map->local.count(), 1.5);
        QCOMPARE(read->cues.size(), std::size_t(2));
        QCOMPARE(read->cues[0].from.count(), 4.0);
        QCOMPARE(read->cues[0].to.count(), 6.25);
        QCOMPARE(read->cues[0].text, std::string("Good morning\nagain"));
        QCOMPARE(read->cues[1].from.count(), 100 * 3600 + 59 * 60 + 59.999);
        QCOMPARE(read->ignored, 0u);
    }

    void line_ends_of_all_kinds_and_no_last_line_end() {
        for (const std::string end : {"\n", "\r\n", "\r"}) {
            const auto all = cues("WEBVTT" + end + end + "00:01.000 --> 00:02.000" + end + "a" + end + "b" +
                                  end + end + "00:02.000 --> 00:03.000" + end + "c");
            QCOMPARE(all.size(), std::size_t(2));
            QCOMPARE(all[0].text, std::string("a\nb"));
            QCOMPARE(all[1].text, std::string("c"));
        }
    }

    void entities_become_characters_and_markup_goes() {
        QCOMPARE(one("a &amp; b &lt;i&gt; &quot;x&quot; &apos;").text, std::string("a & b <i> \"x\" '"));
        QCOMPARE(one("&nbsp;&#228;&#x1F600;&unknown; & &#xZ;").text,
                 std::string("\xc2\xa0\xc3\xa4\xf0\x9f\x98\x80&unknown; & &#xZ;"));
        QCOMPARE(one("&#xD800;&#0;&#x110000;").text, std::string("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
        QCOMPARE(one("<c.yellow.bg_blue><00:01.200>hi</c> <unclosed").text, std::string("hi "));
    }

    void what_is_no_utf_8_is_replaced() {
        QCOMPARE(one("a\xff\xc3(\xe2\x82").text,
                 std::string("a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd"));
        QCOMPARE(one("\xc0\xaf").text, std::string("\xef\xbf\xbd\xef\xbf\xbd"));  // an overlong slash
    }

    void a_bad_cue_costs_that_cue_alone() {
        const auto read = parse_webvtt(
            "WEBVTT\n\n00:01.000 --> 00:00.500\nbackwards\n\n1:2:3 --> never\nx\n\n00:61.000 --> "
            "00:62.000\nx\n\n"
            "00:05.000 --> 00:06.000\ngood\n00:07.000 --> 00:08.000\nwithout an empty line before it\n\n"
            "00:09.000 --> 00:10.000\n\n");
        QVERIFY(read.has_value());
        QCOMPARE(read->cues.size(), std::size_t(2));
        QCOMPARE(read->ignored, 3u);
        QCOMPARE(read->cues[0].text, std::string("good"));
        QCOMPARE(read->cues[1].from.count(), 7.0);
    }

    void what_is_no_webvtt_is_refused() {
        for (const std::string text :
             {"", "<tt>", "WEBVTTX\n", "webvtt\n", "1\n00:00:01,000 --> 00:00:02,000\nsrt\n"})
            QCOMPARE(parse_webvtt(text).error().code, core::Errc::corrupt);
        QVERIFY(parse_webvtt("WEBVTT").has_value());
        for (const std::string map :
             {"LOCAL:00:00.000", "MPEGTS:1", "LOCAL:x,MPEGTS:1", "LOCAL:00:00.000,MPEGTS:-1"})
            QVERIFY(!parse_webvtt("WEBVTT\nX-TIMESTAMP-MAP=" + map + "\n"));
        QCOMPARE(parse_webvtt("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:8589934593,LOCAL:00:00.000\n")
                     ->timestamp_map->mpegts,
                 std::uint64_t(1));  // 33 bits
    }

    void limits_hold() {
        WebVttLimits limits;
        limits.cues = 3;
        limits.cue_bytes = 10;
        std::string text = "WEBVTT\n\n";
        for (int i = 0; i < 5; ++i) text += "00:01.000 --> 00:02.000\nabcdefgh\xc3\xa4\xc3\xa4xyz\nmore\n\n";
        const auto read = parse_webvtt(text, limits);
        QCOMPARE(read->cues.size(), std::size_t(3));
        QCOMPARE(read->ignored, 2u);
        QCOMPARE(read->cues[0].text, std::string("abcdefgh\xc3\xa4"));  // at a character
        limits.bytes = 20;
        QCOMPARE(parse_webvtt(text, limits).error().code, core::Errc::too_large);
    }

    void any_bytes_are_survived_and_cues_are_sound() {
        std::mt19937 random(5);
        const std::string pieces[] = {"WEBVTT\n", "\n",   "00:01.000 --> 00:02.000\n", "-->", "<b>", "&#x",
                                      ";",        "\xff", "X-TIMESTAMP-MAP=",          "\r",  "<",   "&lt;"};
        for (int round = 0; round < 3'000; ++round) {
            std::string text = "WEBVTT\n";
            for (unsigned i = 0; i < random() % 30; ++i) text += pieces[random() % std::size(pieces)];
            const auto read = parse_webvtt(text);
            if (!read) continue;
            for (const Cue& cue : read->cues) {
                QVERIFY(cue.to > cue.from && !cue.text.empty());
                QVERIFY(QString::fromStdString(cue.text).toStdString() == cue.text);  // valid UTF-8
            }
        }
    }

    // EXT-X-DEFINE

    void variables_are_replaced_in_addresses_and_quoted_strings() {
        const auto read = parse_media(media(
            "#EXT-X-DEFINE:NAME=\"host\",VALUE=\"http://cdn\"\n#EXT-X-DEFINE:NAME=\"base\",VALUE=\"{$host}/"
            "v1\"\n"
            "#EXT-X-DEFINE:NAME=\"iv\",VALUE=\"0x10\"\n"
            "#EXT-X-MAP:URI=\"{$base}/init.mp4\"\n#EXT-X-KEY:METHOD=AES-128,URI=\"{$base}/k\",IV={$iv}\n"
            "#EXTINF:4,a {$title}\n{$base}/1.m4s\n#EXTINF:4,\nx/{$host\n"));
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->segments[0].uri, std::string("http://cdn/v1/1.m4s"));
        QCOMPARE(read->segments[0].map->uri, std::string("http://cdn/v1/init.mp4"));
        QCOMPARE(int((*read->segments[0].key->iv)[15]), 16);
        QCOMPARE(read->segments[0].title, std::string("a {$title}"));  // a title is no quoted string
        QCOMPARE(read->segments[1].uri, std::string("x/{$host"));      // not a reference
    }

    void imports_and_query_parameters() {
        const std::string text = media(
            "#EXT-X-DEFINE:IMPORT=\"a\"\n#EXT-X-DEFINE:QUERYPARAM=\"tok\"\n#EXTINF:4,\n{$a}?t={$tok}\n");
        const Definitions given{{{"a", "one.ts"}}, "x=1&tok=p%26q&tok=2"};
        QCOMPARE(parse_media(text, {}, given)->segments[0].uri, std::string("one.ts?t=p&q"));
        QVERIFY(parse_media(text, {}, {{}, "tok=1"}).error().message.find("line 3") == 0);
        QVERIFY(!parse_media(text, {}, {{{"a", "b"}}, "other=1"}));
        const auto multivariant = parse_multivariant(
            "#EXTM3U\n#EXT-X-DEFINE:NAME=\"v\",VALUE=\"w\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{$v}.m3u8\n");
        QCOMPARE(multivariant->variants[0].uri, std::string("w.m3u8"));
        QCOMPARE(multivariant->variables.at("v"), std::string("w"));
    }

    void definitions_that_make_no_sense_are_errors_with_their_line() {
        for (const std::string line :
             {"#EXT-X-DEFINE:NAME=\"a\"", "#EXT-X-DEFINE:VALUE=\"a\"",
              "#EXT-X-DEFINE:NAME=\"a b\",VALUE=\"\"", "#EXT-X-DEFINE:NAME=\"twice\",VALUE=\"\"",
              "#EXT-X-DEFINE:QUERYPARAM=\"evil\"", "#EXT-X-MAP:URI=\"{$unknown}\"", "{$unknown}.ts"}) {
            const auto read = parse_media(media("#EXT-X-DEFINE:NAME=\"twice\",VALUE=\"x\"\n" + line + "\n"),
                                          {}, {{}, "evil=%22%0a%23EXT-X-ENDLIST"});
            QVERIFY2(!read && read.error().message.find("line 4") == 0, line.c_str());
        }
        QVERIFY(
            parse_media(media("#EXTINF:4,\n{$free}.ts\n")).has_value());  // without definitions no references
    }

    void variables_cannot_blow_a_playlist_up() {
        std::string text = media("#EXT-X-DEFINE:NAME=\"a\",VALUE=\"" + std::string(4'000, 'x') + "\"\n");
        std::string line;
        for (int i = 0; i < 40; ++i) line += "{$a}";
        const auto wide = parse_media(text + "#EXTINF:4,\n" + line + "\n");
        QVERIFY(!wide && wide.error().code == core::Errc::too_large);
        line.resize(4 * 12);
        for (int i = 0; i < 2'000; ++i) text += "#EXTINF:4,\n" + line + "\n";
        Limits limits;
        limits.bytes = 1u << 20;
        const auto long_one = parse_media(text, limits);
        QVERIFY(!long_one && long_one.error().code == core::Errc::too_large);
        std::string many;
        for (int i = 0; i < 300; ++i)
            many += "#EXT-X-DEFINE:NAME=\"v" + std::to_string(i) + "\",VALUE=\"\"\n";
        QVERIFY(!parse_media(media(many)));
    }
};

QTEST_GUILESS_MAIN(TestWebvtt)
#include "tst_webvtt.moc"
