#include <QtTest>
#include <cmath>

#include "backend/decode/stream_maker.hpp"
#include "backend/decode/title_site.hpp"
#include "decode/packed_audio.hpp"
#include "decode/segment_reader.hpp"

using namespace qd;
using core::Seconds;
using decode::PlaybackState;
using test::FolderSite;
using test::StreamMaker;
using test::Theatre;

namespace {

FolderSite& site() {
    static FolderSite shared;
    return shared;
}
std::filesystem::path folder() {
    return site().root() / "media";
}

/// An ADTS header for a frame of AAC LC, 48 kHz, stereo.
std::string adts(std::size_t bytes) {
    const std::size_t size = bytes + 7;
    const unsigned char header[7] = {0xff,
                                     0xf1,
                                     0x40 | 3 << 2,
                                     std::uint8_t(2 << 6 | (size >> 11 & 3)),
                                     std::uint8_t(size >> 3),
                                     std::uint8_t((size & 7) << 5 | 0x1f),
                                     0xfc};
    return {reinterpret_cast<const char*>(header), 7};
}

/// Packed audio in two segments under `name`.m3u8, with timestamps from `origin` (1/90,000 s) on, or without.
void make_packed(const std::string& name, const std::string& encoder, std::optional<std::uint64_t> origin,
                 double tone_hz) {
    std::string parts[2], tags[2];
    StreamMaker::raw_sound(
        encoder, 2, tone_hz, [&](double at, const AVPacket& packet, const AVCodecContext&) {
            const int part = at < 1 ? 0 : 1;
            if (parts[part].empty() && origin)
                tags[part] = test::timestamp_tag(std::uint64_t(double(*origin) + std::max(at, 0.0) * 90'000));
            if (encoder == "aac") parts[part] += adts(std::size_t(packet.size));
            parts[part].append(reinterpret_cast<const char*>(packet.data), std::size_t(packet.size));
        });
    std::string list = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-PLAYLIST-TYPE:VOD\n";
    for (int i = 0; i < 2; ++i) {
        const std::string file = name + "-" + std::to_string(i) + ".sound";
        test::write_text(folder() / file, tags[i] + parts[i]);
        list += "#EXTINF:1.0,\n" + file + "\n";
    }
    test::write_text(folder() / (name + ".m3u8"), list + "#EXT-X-ENDLIST\n");
}

std::string group(const std::vector<std::pair<std::string, std::string>>& tracks, const std::string& video,
                  const std::string& more = {}) {
    std::string text = "#EXTM3U\n";
    for (const auto& [name, list] : tracks)
        text += "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"" + name +
                "\",AUTOSELECT=YES,DEFAULT=" + (&name == &tracks[0].first ? "YES" : "NO") + ",URI=\"" + list +
                "\"\n";
    return text + more + "#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS=\"avc1.64001f,mp4a.40.2\",AUDIO=\"a\"" +
           (more.empty() ? "" : ",SUBTITLES=\"s\"") + "\n" + video + "\n";
}

double pitch_over(test::RealTimeAudio& audio, int ms) {
    const double before = double(audio.waves), total = double(audio.total);
    QTest::qWait(ms);
    return (double(audio.waves) - before) / ((double(audio.total) - total) / decode::audio_rate_hz);
}

/// Plays to the end at four times the speed: every picture is the one its position says, and there is sound.
void play_all(const std::string& url, const std::string& video, const std::string& audio_codec) {
    test::RealTimeAudio audio;
    Theatre theatre(&audio);
    theatre.playback->set_output_size(192, 108);
    theatre.playback->set_rate(2);
    theatre.playback->play(url);
    QVERIFY2(theatre.wait_for(PlaybackState::ended),
             qPrintable(
                 QString::fromStdString(theatre.playback->snapshot().error.value_or(core::Error{}).message)));
    const auto seen = theatre.sink.seen();
    QVERIFY(seen.size() > 25);
    const double first = seen[0].frame.at.count();
    QCOMPARE(*seen[0].frame.frame_number, 0u);
    QVERIFY(first < 0.1);
    for (const auto& frame : seen) {
        QVERIFY(frame.frame.frame_number.has_value());
        QCOMPARE(int(*frame.frame.frame_number), int((frame.frame.at.count() - first) * 25 + 0.5));
    }
    QVERIFY(*seen.back().frame.frame_number >= 48);
    const auto snapshot = theatre.playback->snapshot();
    QVERIFY2(snapshot.video_codec.starts_with(video), snapshot.video_codec.c_str());
    QVERIFY2(snapshot.audio_codec.starts_with(audio_codec), snapshot.audio_codec.c_str());
    QVERIFY(audio.loud > 40'000);  // a second of a tone
    const double pitch = double(audio.waves) / (double(audio.total) / decode::audio_rate_hz);
    QVERIFY2(std::abs(pitch - 440) < 25, qPrintable(QString::number(pitch)));
    QCOMPARE(snapshot.qoe.errors, 0u);
    QCOMPARE(snapshot.qoe.stalls, 0u);
    // And exactly there after a seek.
    Theatre again;
    again.playback->set_output_size(192, 108);
    player::SessionOptions options;
    options.start_at = Seconds(first + 1.53);
    again.playback->play(url, options);
    again.playback->pause();
    QVERIFY(again.sink.wait_for(1));
    QCOMPARE(*again.sink.seen()[0].frame.frame_number, 38u);
}

}  // namespace

class TestFormats : public QObject {
    Q_OBJECT
private slots:
    void each_codec_plays_in_each_container_that_holds_it_data() {
        QTest::addColumn<QString>("video");
        QTest::addColumn<QString>("audio");
        QTest::addColumn<bool>("fragmented");
        QTest::addColumn<QString>("names");
        const auto row = [](const char* video, const char* audio, bool fragmented, const char* names) {
            QTest::addRow("%s %s %s", fragmented ? "fMP4" : "TS", video, audio)
                << video << audio << fragmented << names;
        };
        row("libx264", "aac", false, "H.264|AAC");
        row("libx264", "ac3", false, "H.264|AC-3");
        row("libx264", "eac3", false, "H.264|E-AC-3");
        row("libx265", "aac", false, "HEVC|AAC");
        row("libx264", "libopus", false, "H.264|Opus");
        row("libx264", "aac", true, "H.264|AAC");
        row("libx264", "ac3", true, "H.264|AC-3");
        row("libx264", "eac3", true, "H.264|E-AC-3");
        row("libx265", "aac", true, "HEVC|AAC");
        row("libvpx-vp9", "libopus", true, "VP9|Opus");
        row("libaom-av1", "libopus", true, "AV1|Opus");
        row("libaom-av1", "aac", true, "AV1|AAC");
    }
    void each_codec_plays_in_each_container_that_holds_it() {
        QFETCH(QString, video);
        QFETCH(QString, audio);
        QFETCH(bool, fragmented);
        QFETCH(QString, names);
        for (const QString& encoder : {video, audio})
            if (!StreamMaker::can(encoder.toStdString()))
                QSKIP(qPrintable("this FFmpeg has no encoder " + encoder));
        const std::string name = (video + "-" + audio + (fragmented ? "-mp4" : "-ts")).toStdString();
        StreamMaker({folder(), name, video.toStdString(), audio.toStdString(), fragmented});
        play_all(site().url(name + ".m3u8"), names.split('|')[0].toStdString(),
                 names.split('|')[1].toStdString());
    }

    void packed_audio_beside_the_picture_is_in_step_data() {
        QTest::addColumn<QString>("encoder");
        QTest::addColumn<bool>("placed");
        QTest::addColumn<QString>("name");
        QTest::addRow("AAC") << "aac" << true << "AAC";
        QTest::addRow("AC-3") << "ac3" << true << "AC-3";
        QTest::addRow("E-AC-3") << "eac3" << true << "E-AC-3";
        QTest::addRow("AAC without timestamps") << "aac" << false << "AAC";
    }
    void packed_audio_beside_the_picture_is_in_step() {
        QFETCH(QString, encoder);
        QFETCH(bool, placed);
        QFETCH(QString, name);
        const std::string base = "packed-" + encoder.toStdString() + (placed ? "" : "-bare");
        StreamMaker({folder(), base + "-v", "libx264", "", false});
        decode::StreamConfigPtr video, audio;
        const auto packets = decode::demux_segment(
            nullptr, std::make_shared<const std::string>(test::read_text(folder() / (base + "-v-0.ts"))),
            video, audio);
        QVERIFY(packets.has_value());
        const auto origin = std::uint64_t(packets->front().packet->pts);
        make_packed(base + "-a", encoder.toStdString(), placed ? std::optional(origin) : std::nullopt, 440);
        test::write_text(folder() / (base + ".m3u8"), group({{"sound", base + "-a.m3u8"}}, base + "-v.m3u8"));
        play_all(site().url(base + ".m3u8"), "H.264", name.toStdString());
    }

    void tracks_change_at_the_picture_and_subtitles_come_with_it() {
        StreamMaker({folder(), "t-v", "libx264", "", true, 8});
        StreamMaker({folder(), "t-low", "", "aac", true, 8, 300});
        StreamMaker({folder(), "t-high", "", "aac", true, 8, 900});
        test::write_text(folder() / "t-s.m3u8",
                         "#EXTM3U\n#EXT-X-TARGETDURATION:8\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:8,\nt-s.vtt\n"
                         "#EXT-X-ENDLIST\n");
        test::write_text(folder() / "t-s.vtt",
                         "WEBVTT\n\n00:00.000 --> 00:04.000\n<i>First</i> line\n\n00:05.000 --> "
                         "00:08.000\nSecond\n");
        test::write_text(folder() / "t.m3u8",
                         group({{"low", "t-low.m3u8"}, {"high", "t-high.m3u8"}}, "t-v.m3u8",
                               "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"English\",LANGUAGE=\"en\","
                               "URI=\"t-s.m3u8\"\n"));
        test::RealTimeAudio audio;
        Theatre theatre(&audio);
        theatre.playback->set_output_size(192, 108);
        theatre.playback->play(site().url("t.m3u8"));
        QVERIFY(theatre.sink.wait_for(10));
        QCOMPARE(theatre.playback->snapshot().audio_track, 0);
        QVERIFY(!theatre.playback->snapshot().subtitle_track);
        double pitch = pitch_over(audio, 300);
        QVERIFY2(std::abs(pitch - 300) < 30, qPrintable(QString::number(pitch)));
        const double before = theatre.playback->snapshot().position.count();
        theatre.playback->select_audio(1);
        theatre.playback->select_subtitles(0);
        QTRY_COMPARE(theatre.playback->snapshot().audio_track, 1);
        QVERIFY(theatre.wait_for(PlaybackState::playing));
        QTest::qWait(300);
        pitch = pitch_over(audio, 300);
        QVERIFY2(std::abs(pitch - 900) < 60, qPrintable(QString::number(pitch)));
        const auto snapshot = theatre.playback->snapshot();
        QVERIFY2(std::abs(snapshot.position.count() - before - 0.7) < 0.5,
                 qPrintable(QString::number(snapshot.position.count() - before)));
        QCOMPARE(snapshot.subtitle_track, std::optional<int>(0));
        QTRY_COMPARE(theatre.playback->snapshot().cues.size(), std::size_t(1));
        QCOMPARE(theatre.playback->snapshot().cues[0].text, std::string("First line"));
        theatre.playback->seek(Seconds(6));
        QTRY_VERIFY(!theatre.playback->snapshot().cues.empty());
        QTRY_COMPARE(theatre.playback->snapshot().cues[0].text, std::string("Second"));
        theatre.playback->select_subtitles(std::nullopt);
        QVERIFY(theatre.playback->snapshot().cues.empty());
        QCOMPARE(theatre.playback->snapshot().qoe.stalls, 0u);
    }

    void sound_of_its_own_repeats_with_the_picture() {
        StreamMaker({folder(), "l-v", "libx264", "", true, 4});
        StreamMaker({folder(), "l-a", "", "aac", true, 4, 440});
        test::write_text(folder() / "l.m3u8", group({{"sound", "l-a.m3u8"}}, "l-v.m3u8"));
        test::RealTimeAudio audio;
        Theatre theatre(&audio);
        theatre.playback->set_output_size(192, 108);
        theatre.playback->play(site().url("l.m3u8"));
        theatre.playback->set_loop(decode::LoopRange{Seconds(0.8), Seconds(1.6)});
        QVERIFY(theatre.sink.wait_for(100));
        const int flushes = audio.flushes;
        const double pitch = pitch_over(audio, 500);
        QVERIFY2(std::abs(pitch - 440) < 30, qPrintable(QString::number(pitch)));
        QCOMPARE(audio.flushes.load(), flushes);
        const auto snapshot = theatre.playback->snapshot();
        QVERIFY(snapshot.laps >= 3 && snapshot.av_offset);
        QVERIFY(std::abs(snapshot.av_offset->count()) < 0.04);
        QCOMPARE(snapshot.qoe.stalls, 0u);
        theatre.playback->set_loop(std::nullopt);
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        QCOMPARE(*theatre.sink.seen().back().frame.frame_number, 99u);
    }

    void a_range_of_which_nothing_can_be_had_ends() {
        StreamMaker({folder(), "d", "libx264", "aac", false, 4});
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (request.path.find("d-2.ts") == std::string::npos) return std::nullopt;
            return http::Response::text(200, std::string(30'000, 'z'), "video/mp2t");
        });
        Theatre theatre;
        theatre.playback->set_output_size(192, 108);
        theatre.playback->play(site().url("d.m3u8"));
        theatre.playback->set_loop(decode::LoopRange{Seconds(2.1), Seconds(2.8)});
        theatre.playback->seek(Seconds(2.1));
        const bool ended = theatre.wait_for(PlaybackState::ended);
        site().make_trouble({});
        QVERIFY(ended);
        QVERIFY(theatre.playback->snapshot().qoe.errors_by_kind.contains("media"));
    }

    void timestamps_that_jump_where_the_playlist_knows_of_nothing_are_placed_by_it() {
        StreamMaker({folder(), "jump", "libx264", "aac", false, 3});
        std::string text = "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:1\n#EXT-X-PLAYLIST-TYPE:VOD\n";
        const auto add = [&](int segment) {
            text += "#EXTINF:1.0,\njump-" + std::to_string(segment) + ".ts\n";
        };
        add(0), add(1);
        for (int gap = 0; gap < 14; ++gap) text += "#EXT-X-GAP\n", add(99);
        add(0), add(1), add(2);  // timestamps begin anew, 16 s after those of the first
        test::write_text(folder() / "jumps.m3u8", text + "#EXT-X-ENDLIST\n");
        std::atomic<int> told{0};
        decode::PlaybackCallbacks callbacks;
        callbacks.on_notice = [&](const player::Notice& notice) { told += notice.code == "timestamps"; };
        Theatre theatre(nullptr, callbacks);
        theatre.playback->set_output_size(192, 108);
        theatre.playback->play(site().url("jumps.m3u8"));
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        QCOMPARE(told.load(), 1);
        const auto last = theatre.sink.seen().back().frame;
        QCOMPARE(*last.frame_number, 74u);
        QVERIFY(qAbs(last.at.count() - (16 + 74.0 / 25)) < 0.06);
    }

    void a_title_of_which_no_segment_can_be_read_fails_with_the_reason_and_one_begins_late() {
        StreamMaker({folder(), "noise", "libx264", "aac", false, 3});
        std::atomic<bool> all{false};
        site().make_trouble([&](const http::Request& request) -> std::optional<http::Response> {
            const bool first = request.path.find("noise-0.ts") != std::string::npos;
            if (!first && (!all || request.path.find(".ts") == std::string::npos)) return std::nullopt;
            return http::Response::text(200, std::string(30'000, 'z'), "video/mp2t");
        });
        Theatre theatre;
        theatre.playback->set_output_size(192, 108);
        theatre.playback->play(site().url("noise.m3u8"));
        const bool ended = theatre.wait_for(PlaybackState::ended);
        const auto seen = theatre.sink.seen();
        all = true;
        theatre.playback->play(site().url("noise.m3u8"));
        const bool failed = theatre.wait_for(PlaybackState::failed);
        const auto error = theatre.playback->snapshot().error;
        site().make_trouble({});
        QVERIFY(ended);
        QCOMPARE(*seen.front().frame.frame_number, 25u);
        QCOMPARE(*seen.back().frame.frame_number, 74u);
        QVERIFY(failed);
        QVERIFY2(error && error->message.find("none of the title's segments") != std::string::npos,
                 error ? error->message.c_str() : "no reason");
    }

    void a_live_title_goes_on_and_back_into_what_was_kept() {
        StreamMaker({folder(), "live", "libx264", "aac", false, 10});
        const auto window = [](int first) {
            std::string text = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:" +
                               std::to_string(first) + "\n";
            for (int i = first; i < first + 4; ++i)
                text += "#EXTINF:1.0,\nlive-" + std::to_string(i) + ".ts\n";
            test::write_text(folder() / "window.m3u8", text);
        };
        window(0);
        Theatre theatre;
        theatre.playback->set_output_size(192, 108);
        theatre.playback->play(site().url("window.m3u8"));
        QVERIFY(theatre.sink.wait_for(5));
        QVERIFY(theatre.playback->snapshot().session.presentation.live);
        for (int from = 1; from < 4; ++from) {
            QTest::qWait(900);
            window(from);
        }
        QVERIFY(theatre.sink.wait_for(60));
        const auto first = theatre.sink.seen().front().frame;
        // Two seconds back: out of the window by now, but kept.
        theatre.playback->pause();
        QVERIFY(theatre.wait_for(PlaybackState::paused));
        const std::size_t before = theatre.sink.count();
        theatre.playback->seek(first.at + Seconds(12.5 / 25));
        QVERIFY(theatre.sink.wait_for(before + 1));
        QCOMPARE(*theatre.sink.seen().back().frame.frame_number, *first.frame_number + 12);
        QCOMPARE(theatre.playback->snapshot().qoe.errors, 0u);
    }

    void another_title_has_a_timeline_of_its_own() {
        StreamMaker({folder(), "first", "libx264", "aac", false});
        Theatre theatre;
        theatre.playback->set_output_size(192, 108);
        theatre.playback->play(site().url("first.m3u8"));
        QVERIFY(theatre.sink.wait_for(5));
        // The same segments, said to begin elsewhere: MPEG-TS starts at 1.4 s, the other at 0.
        StreamMaker({folder(), "second", "libx264", "aac", true});
        const std::size_t before = theatre.sink.count();
        theatre.playback->play(site().url("second.m3u8"));
        QVERIFY(theatre.sink.wait_for(before + 1));
        QTRY_VERIFY(theatre.sink.seen().back().frame.frame_number < 40u);
        const auto frame = theatre.sink.seen().back().frame;
        QVERIFY(std::abs(frame.at.count() - double(*frame.frame_number) / 25) < 0.1);
    }

    void the_tag_of_packed_audio_is_read_and_nonsense_is_none() {
        const std::string sound("\xff\xf1\x4c\x80\x01\x3f\xfc some sound", 17);
        const auto read = decode::read_packed_audio(test::timestamp_tag(900'000) + sound);
        QVERIFY(read && read->timestamp == 900'000);
        QCOMPARE(std::string(read->format), std::string("aac"));
        QVERIFY(decode::read_packed_audio(sound) && !decode::read_packed_audio(sound)->timestamp);
        QCOMPARE(decode::read_packed_audio(test::timestamp_tag((1ull << 33) + 5) + sound)->timestamp,
                 std::optional<std::int64_t>(5));
        const std::string tag = test::timestamp_tag(1) + sound;
        for (std::size_t size = 0; size < tag.size() - sound.size() + 6; ++size)
            QVERIFY(!decode::read_packed_audio(std::string_view(tag).substr(0, size)));
        QVERIFY(!decode::read_packed_audio("G@ is a transport stream"));
        QVERIFY(!decode::read_packed_audio(std::string("ID3\4\0\0\x7f\x7f\x7f\x7f", 10) + sound));
    }
};

QTEST_GUILESS_MAIN(TestFormats)
#include "tst_formats.moc"
