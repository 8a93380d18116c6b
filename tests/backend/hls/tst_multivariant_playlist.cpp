#include <QtTest>
#include <random>

#include "hls/bandwidth.hpp"
#include "hls/playlist.hpp"

using namespace qd::hls;

namespace {

MultivariantPlaylist ladder() {
    MultivariantPlaylist playlist;
    playlist.version = 7;
    playlist.independent_segments = true;
    for (const auto& [height, bandwidth] : {std::pair(240, 428'000), {480, 1'328'000}, {720, 3'128'000}}) {
        Variant variant;
        variant.uri = "/media/x/" + std::to_string(height) + "p/index.m3u8";
        variant.bandwidth = std::uint64_t(bandwidth);
        variant.average_bandwidth = std::uint64_t(bandwidth) / 2;
        variant.codecs = "avc1.64001f,mp4a.40.2";
        variant.resolution = Resolution{height * 16 / 9, height};
        variant.frame_rate = 29.97;
        variant.closed_captions = "NONE";
        playlist.variants.push_back(variant);
    }
    playlist.renditions.push_back(
        {RenditionType::audio, "aac", "English, stereo", "audio/en.m3u8", "en", "2", "", true, true, false});
    Variant i_frames = playlist.variants[0];
    i_frames.closed_captions.reset();
    i_frames.frame_rate.reset();
    i_frames.uri = "/media/x/240p/iframes.m3u8";
    playlist.i_frame_variants.push_back(i_frames);
    return playlist;
}

std::string error_of(std::string_view text) {
    const auto result = parse(text);
    return result ? "accepted" : result.error().message;
}

}  // namespace

class TestMultivariantPlaylist : public QObject {
    Q_OBJECT
private slots:
    void what_is_written_reads_back() {
        const MultivariantPlaylist playlist = ladder();
        const auto again = parse_multivariant(write(playlist));
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QVERIFY(*again == playlist);
    }

    void quotes_and_line_breaks_cannot_smuggle_tags() {
        MultivariantPlaylist playlist = ladder();
        playlist.renditions[0].name = "a\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nevil";
        playlist.variants[0].uri = "a\r\n#EXTINF:1,\nb";
        const auto again = parse_multivariant(write(playlist));
        QVERIFY(again);
        QCOMPARE(again->variants.size(), std::size_t(3));
        QCOMPARE(again->variants[0].uri, std::string("a#EXTINF:1,b"));
    }

    void reads_what_others_write() {
        const auto playlist = parse_multivariant(
            "#EXTM3U\n#EXT-X-STREAM-INF: PROGRAM-ID=1, BANDWIDTH=1280000 "
            ",CODECS=\"avc1.4d401f\",RESOLUTION=1280x720\n"
            "low.m3u8\n");
        QVERIFY2(playlist, playlist ? "" : playlist.error().message.c_str());
        QCOMPARE(playlist->variants[0].bandwidth, std::uint64_t(1'280'000));
        QCOMPARE(playlist->variants[0].height(), 720);
        QVERIFY(!playlist->variants[0].average_bandwidth);
    }

    void says_where_and_what_is_wrong_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("message");
        QTest::newRow("no bandwidth") << "RESOLUTION=1x1"
                                      << "line 2: BANDWIDTH is missing";
        QTest::newRow("negative") << "BANDWIDTH=-5"
                                  << "line 2: BANDWIDTH is not a whole number";
        QTest::newRow("resolution") << "BANDWIDTH=5,RESOLUTION=0x0"
                                    << "line 2: RESOLUTION is not <width>x<height>, each between 1 and 65535";
        QTest::newRow("quote") << "BANDWIDTH=5,CODECS=\"avc1"
                               << "line 2: attribute CODECS has no closing quote";
        QTest::newRow("twice") << "BANDWIDTH=5,BANDWIDTH=6"
                               << "line 2: attribute BANDWIDTH twice";
        QTest::newRow("rate") << "BANDWIDTH=5,FRAME-RATE=nan"
                              << "line 2: FRAME-RATE is not a number";
    }
    void says_where_and_what_is_wrong() {
        QFETCH(QString, line);
        QFETCH(QString, message);
        QCOMPARE(
            QString::fromStdString(error_of("#EXTM3U\n#EXT-X-STREAM-INF:" + line.toStdString() + "\na\n")),
            message);
    }

    void a_variant_needs_a_uri() {
        QCOMPARE(error_of("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-STREAM-INF:BANDWIDTH=2\na\n"),
                 std::string("line 3: the variant before this one has no URI"));
        QCOMPARE(error_of("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n"),
                 std::string("line 2: the last variant has no URI"));
    }

    void bandwidth_is_the_peak_of_runs_near_the_target() {
        using S = qd::core::Seconds;
        // 1 Mbit/s throughout, but for one segment of 2 Mbit/s.
        std::vector<SegmentSize> segments(10, {250'000, S(2)});
        segments[4].bytes = 500'000;
        const Bandwidth measured = measure_bandwidth(segments, S(2));
        QCOMPARE(measured.peak, std::uint64_t(2'000'000));
        QCOMPARE(measured.average, std::uint64_t(1'100'000));
        // A last segment of a tenth of a second is no run of its own: its rate counts only with its
        // neighbour.
        segments[4].bytes = 250'000;
        segments.push_back({100'000, S(0.1)});
        QCOMPARE(measure_bandwidth(segments, S(2)).peak, std::uint64_t(1'333'334));
        QVERIFY(measure_bandwidth({}, S(2)) == Bandwidth{});
        const std::vector<SegmentSize> one{{1'000, S(0.5)}};
        QCOMPARE(measure_bandwidth(one, S(2)).peak, std::uint64_t(16'000));
    }
};

QTEST_GUILESS_MAIN(TestMultivariantPlaylist)
#include "tst_multivariant_playlist.moc"
