#include <QtTest>
#include <random>

#include "hls/playlist.hpp"

using namespace qd::hls;
using qd::core::Errc;

namespace {

constexpr std::string_view vod =
    "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-"
    "SEGMENTS\n"
    "#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:2.000,\nseg-00001.m4s\n#EXTINF:1.033333,a title, with commas\n"
    "seg-00002.m4s\n#EXT-X-ENDLIST\n";

std::string error_of(std::string_view text) {
    const auto result = parse(text);
    return result ? "accepted" : result.error().message;
}

MediaPlaylist random_playlist(std::mt19937_64& random) {
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    MediaPlaylist playlist;
    playlist.version = 7;
    playlist.target_duration_s = 1 + random() % 10;
    playlist.media_sequence = random() % 1'000'000;
    playlist.discontinuity_sequence = random() % 10;
    playlist.type = PlaylistType(random() % 3);
    playlist.end_list = chance(50);
    playlist.independent_segments = chance(50);
    if (chance(20)) playlist.start_offset = qd::core::Seconds(double(random() % 100) - 50);
    std::optional<Map> map;
    std::optional<Key> key;
    for (std::uint64_t i = 0, count = random() % 20; i < count; ++i) {
        if (chance(20)) map = Map{"init-" + std::to_string(i), {}};
        if (map && chance(20)) map->byte_range = ByteRange{random() % 100, 1 + random() % 1'000};
        if (chance(20)) {
            key = Key{KeyMethod(random() % 3), "key-" + std::to_string(i), {}, chance(50) ? "identity" : ""};
            if (chance(50)) {
                key->iv.emplace();
                for (auto& byte : *key->iv) byte = std::uint8_t(random());
            }
        } else if (chance(20)) {
            key.reset();
        }
        Segment segment;
        segment.uri = "seg-" + std::to_string(i);
        segment.duration = qd::core::Seconds(double(random() % 10'000'000) / 1e6);
        if (chance(20)) segment.title = "title " + std::to_string(random());
        if (chance(30)) segment.byte_range = ByteRange{random() % 100'000, 1 + random() % 100'000};
        segment.map = map;
        segment.key = key;
        segment.discontinuity = chance(10);
        segment.gap = chance(10);
        if (chance(10))
            segment.program_date_time =
                qd::core::WallTime(std::chrono::milliseconds(1'700'000'000'000 + i * 4'000));
        playlist.segments.push_back(segment);
    }
    return playlist;
}

}  // namespace

class TestMediaPlaylist : public QObject {
    Q_OBJECT
private slots:
    void reads_a_title() {
        const auto playlist = parse_media(vod);
        QVERIFY2(playlist, playlist ? "" : playlist.error().message.c_str());
        QCOMPARE(playlist->version, 7);
        QCOMPARE(playlist->target_duration_s, 2u);
        QVERIFY(playlist->type == PlaylistType::vod);
        QVERIFY(playlist->end_list && playlist->independent_segments);
        QCOMPARE(playlist->segments.size(), std::size_t(2));
        QCOMPARE(playlist->segments[1].uri, std::string("seg-00002.m4s"));
        QCOMPARE(playlist->segments[1].title, std::string("a title, with commas"));
        QCOMPARE(playlist->segments[1].map->uri, std::string("init.mp4"));
        QCOMPARE(playlist->duration().count(), 3.033333);
    }

    void byte_ranges_follow_each_other() {
        const auto playlist = parse_media(
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n#EXT-X-BYTERANGE:100@50\na\n#EXTINF:4,\n#EXT-X-"
            "BYTERANGE:30\na\n");
        QVERIFY(playlist);
        QVERIFY(playlist->segments[1].byte_range == (ByteRange{150, 30}));
        QCOMPARE(
            error_of("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n#EXT-X-BYTERANGE:100@50\na\n#EXTINF:4,\n"
                     "#EXT-X-BYTERANGE:30\nb\n"),
            std::string("line 8: a byte range without an offset, and none before it to follow"));
    }

    void keys_apply_until_changed() {
        const auto playlist = parse_media(
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x10\n#EXTINF:4,\na\n#"
            "EXTINF:4,\nb\n"
            "#EXT-X-KEY:METHOD=NONE\n#EXTINF:4,\nc\n");
        QVERIFY(playlist);
        QVERIFY(playlist->segments[1].key.has_value());
        QCOMPARE(int(playlist->segments[1].key->iv->back()), 0x10);
        QVERIFY(!playlist->segments[2].key);
    }

    void tolerates_what_the_rfc_tolerates() {
        const auto playlist = parse_media(
            "\xef\xbb\xbf#EXTM3U\r\n# a "
            "comment\r\n\r\n#EXT-X-TARGETDURATION:4\r\n#EXT-X-UNHEARD-OF:1\r\n#EXTINF:3.9\r\na\r\n");
        QVERIFY(playlist);
        QCOMPARE(playlist->segments.at(0).uri, std::string("a"));
    }

    void says_where_and_what_is_wrong_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("html") << "<html>"
                              << "line 1: not an HLS playlist (#EXTM3U is missing)";
        QTest::newRow("no target") << "#EXTM3U\n#EXTINF:4,\na\n"
                                   << "#EXT-X-TARGETDURATION is missing";
        QTest::newRow("negative") << "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:-1,\na\n"
                                  << "line 3: #EXTINF without a usable duration";
        QTest::newRow("infinite") << "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:inf,\na\n"
                                  << "line 3: #EXTINF without a usable duration";
        QTest::newRow("uri alone") << "#EXTM3U\n#EXT-X-TARGETDURATION:4\na\n"
                                   << "line 3: a URI without #EXTINF before it";
        QTest::newRow("cut") << "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n"
                             << "line 3: the last segment has no URI";
        QTest::newRow("mixed") << "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n"
                               << "line 3: tags of multivariant and media playlists in one text";
        QTest::newRow("sequence")
            << "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:99999999999999999999\n"
            << "line 3: not a whole number";
        QTest::newRow("last sequence")
            << "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:18446744073709551615\n"
            << "line 3: a sequence number beyond 9223372036854775807";
        QTest::newRow("map") << "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:BYTERANGE=\"1@0\"\n"
                             << "line 3: URI is missing";
    }
    void says_where_and_what_is_wrong() {
        QFETCH(QString, text);
        QFETCH(QString, message);
        QCOMPARE(QString::fromStdString(error_of(text.toStdString())), message);
    }

    void is_bounded() {
        Limits limits;
        limits.entries = 1;
        QVERIFY(parse(vod, limits).error().code == Errc::too_large);
        limits = {};
        limits.bytes = 10;
        QVERIFY(parse(vod, limits).error().code == Errc::too_large);
    }

    void what_is_written_reads_back() {
        std::mt19937_64 random(7);
        for (int i = 0; i < 500; ++i) {
            const MediaPlaylist playlist = random_playlist(random);
            const std::string text = write(playlist);
            auto again = parse_media(text);
            QVERIFY2(again, again ? "" : again.error().message.c_str());
            QCOMPARE(again->segments.size(), playlist.segments.size());
            for (std::size_t k = 0; k < playlist.segments.size(); ++k) {
                QVERIFY(std::abs((again->segments[k].duration - playlist.segments[k].duration).count()) <
                        1e-6);
                again->segments[k].duration = playlist.segments[k].duration;
                // Neither a map nor its absence can be taken back in the text; the generator never does.
                QVERIFY(again->segments[k] == playlist.segments[k]);
            }
            QVERIFY(*again == playlist);
        }
    }

    void a_carriage_return_belongs_to_the_end_of_a_line() {
        QVERIFY(parse_media("#EXTM3U\r\n#EXT-X-TARGETDURATION:4\r\n#EXTINF:4,\r\n1.ts\r\n"));
        const auto read = parse_media("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,a\rb\n1.ts\n");
        QVERIFY(!read && read.error().message.find("line 3") == 0);
    }

    void an_init_section_has_the_key_in_force_where_its_tag_stands() {
        const std::string text =
            "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n"
            "#EXT-X-KEY:METHOD=AES-128,URI=\"k1\",IV=0x01\n#EXT-X-MAP:URI=\"a.mp4\"\n"
            "#EXT-X-KEY:METHOD=AES-128,URI=\"k2\"\n#EXTINF:4,\n1.m4s\n"
            "#EXT-X-KEY:METHOD=NONE\n#EXT-X-MAP:URI=\"b.mp4\"\n#EXTINF:4,\n2.m4s\n";
        const auto read = parse_media(text);
        QVERIFY(read.has_value());
        QCOMPARE(read->segments[0].map->key->uri, std::string("k1"));
        QCOMPARE(read->segments[0].key->uri, std::string("k2"));
        QVERIFY(!read->segments[1].map->key && !read->segments[1].key);
        const auto again = parse_media(write(*read));
        QVERIFY(again && *again == *read);
        QVERIFY(
            !parse_media("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n"
                         "#EXT-X-MAP:URI=\"a.mp4\"\n"));  // without an IV
    }

    void of_several_key_formats_the_plain_one_is_taken() {
        const std::string drm = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://1\",KEYFORMAT=\"com.x\"\n";
        const std::string plain = "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",KEYFORMAT=\"identity\"\n";
        const std::string end = "#EXTINF:4,\n1.ts\n";
        for (const std::string& keys : {drm + plain, plain + drm}) {
            const auto read = parse_media("#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + keys + end);
            QCOMPARE(read->segments[0].key->uri, std::string("k"));
        }
        const auto rotated = parse_media("#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + plain + end + drm + end);
        QCOMPARE(rotated->segments[1].key->uri, std::string("skd://1"));
    }

    void what_no_player_here_does_is_named_once() {
        const auto read = parse_media(
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n#EXTINF:4,\n1.ts\n"
            "#EXT-X-PART:DURATION=1,URI=\"p1\"\n#EXT-X-PART:DURATION=1,URI=\"p2\"\n"
            "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p3\"\n");
        QCOMPARE(read->ignored, (std::vector{IgnoredFeature::delta_updates, IgnoredFeature::parts}));
        QCOMPARE(read->segments.size(), std::size_t(1));
        const auto multivariant = parse_multivariant(
            "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"s\"\n#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="
            "\"skd://1\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=1\na\n");
        QCOMPARE(multivariant->ignored,
                 (std::vector{IgnoredFeature::content_steering, IgnoredFeature::session_keys}));
    }

    void dates_may_have_the_zone_as_ffmpeg_writes_it() {
        const auto at = [](const std::string& date) {
            const auto playlist =
                parse_media("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PROGRAM-DATE-TIME:" + date +
                            "\n#EXTINF:2,\na.ts\n");
            return playlist ? playlist->segments.at(0).program_date_time : std::nullopt;
        };
        const auto noon = at("2026-11-27T12:00:00.500Z");
        QVERIFY(noon.has_value());
        QVERIFY(at("2026-11-27T12:00:00.500+0000") == noon);
        QVERIFY(at("2026-11-27T13:30:00.500+0130") == noon);
        QVERIFY(at("2026-11-27T07:00:00.500-05:00") == noon);
        QVERIFY(!at("yesterday-0000"));
    }
};

QTEST_GUILESS_MAIN(TestMediaPlaylist)
#include "tst_media_playlist.moc"
