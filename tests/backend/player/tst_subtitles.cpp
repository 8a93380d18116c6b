#include <QtTest>

#include "backend/player/recorder.hpp"
#include "player/cue_store.hpp"
#include "player/media_time.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;
using test::FakeAnswer;
using test::SessionRig;

namespace {
std::string be32(std::uint32_t value) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) text += char(value >> shift & 0xff);
    return text;
}
std::string box(const std::string& name, const std::string& payload) {
    return be32(std::uint32_t(payload.size() + 8)) + name + payload;
}
/// moov with one track of that number and timescale, as far as clocks need it.
std::string init_section(std::uint32_t track, std::uint32_t scale) {
    const std::string tkhd = be32(7) + be32(0) + be32(0) + be32(track) + std::string(68, '\0');
    const std::string mdhd = be32(0) + be32(0) + be32(0) + be32(scale) + be32(0) + std::string(4, '\0');
    return box("ftyp", "iso6") +
           box("moov", box("mvhd", std::string(100, '\0')) +
                           box("trak", box("tkhd", tkhd) + box("mdia", box("mdhd", mdhd))));
}
std::string fragment(std::uint32_t track, std::uint64_t time) {
    const std::string tfdt =
        std::string("\1\0\0\0", 4) + be32(std::uint32_t(time >> 32)) + be32(std::uint32_t(time));
    return box("moof", box("mfhd", be32(0) + be32(1)) +
                           box("traf", box("tfhd", be32(0) + be32(track)) + box("tfdt", tfdt))) +
           box("mdat", std::string(50, 'x'));
}
std::string ts_packet_at(unsigned stream, std::uint64_t pts, char kind = '\xc0') {
    std::string packet = "G";
    packet += char(0x40 | (stream >> 8));
    packet += char(stream & 0xff);
    packet += '\x10';
    packet += std::string("\0\0\1", 3) + kind + std::string("\0\0\x80\x80\x05", 5);
    packet += char(0x21 | (pts >> 29 & 0x0e));
    packet += char(pts >> 22 & 0xff);
    packet += char((pts >> 14 & 0xfe) | 1);
    packet += char(pts >> 7 & 0xff);
    packet += char((pts << 1 & 0xfe) | 1);
    return packet + std::string(188 - packet.size(), '\xff');
}

CueStore::Entry entry(double start, const std::string& text, std::uint64_t discontinuity = 0) {
    return {Seconds(start), Seconds(4), discontinuity, *hls::parse_webvtt(text)};
}
std::string texts(const std::vector<hls::Cue>& cues) {
    std::string all;
    for (const hls::Cue& cue : cues) all += (all.empty() ? "" : "|") + cue.text;
    return all;
}

bool has(const http::ClientRequest& request, std::string_view part) {
    return request.url.find(part) != std::string::npos;
}
std::string two_digits(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

/// The fake title with two sound tracks and two of subtitles, whose segment i says "sub i".
struct Tracks {
    explicit Tracks(SessionRig& rig_) : rig(rig_) {
        rig.network.handler = [this](const http::ClientRequest& request) { return answer(request); };
    }
    FakeAnswer answer(const http::ClientRequest& request) const {
        FakeAnswer answer = rig.title.answer(request);
        if (request.url.starts_with(rig.title.url())) {
            answer.body =
                "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT="
                "YES,"
                "AUTOSELECT=YES,URI=\"/media/t1/en/index.m3u8\"\n"
                "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"Deutsch\",LANGUAGE=\"de\",CHANNELS=\"2\","
                "URI=\"/media/t1/de/index.m3u8\"\n"
                "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"with the picture\"\n"
                "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"one\",URI=\"/media/t1/sub1/index.m3u8\"\n"
                "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"two\",URI=\"/media/t1/sub2/index.m3u8\"\n"
                "#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=426x240,AUDIO=\"a\",SUBTITLES=\"s\"\n"
                "/media/t1/0/index.m3u8\n";
        } else if (has(request, "/sub")) {
            const std::string track = has(request, "/sub2/") ? "two " : "sub ";
            if (request.url.ends_with("index.m3u8")) {
                answer = {};
                answer.body = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";
                for (int i = 0; i < rig.title.segments; ++i)
                    answer.body += "#EXTINF:2,\nseg-" + std::to_string(i) + ".vtt\n";
                answer.body += "#EXT-X-ENDLIST\n";
            } else {
                const int i = std::atoi(request.url.c_str() + request.url.find("seg-") + 4);
                answer = {};
                answer.body = "WEBVTT\n\n00:" + two_digits(2 * i) + ".500 --> 00:" + two_digits(2 * i + 1) +
                              ".500\n" + track + std::to_string(i) + "\n";
            }
        }
        return answer;
    }
    SessionRig& rig;
};

/// Takes what is there of picture and sound, `seconds` long.
int follow(SessionRig& rig, double seconds) {
    int taken = 0;
    for (double passed = 0; passed < seconds; passed += 0.1) {
        while (rig.session->pull(Track::main).state == PullState::segment) ++taken;
        while (rig.session->pull(Track::audio).state == PullState::segment) {
        }
        rig.run(0.1);
        rig.session->set_playhead(Seconds(rig.position += 0.1), 1);
    }
    return taken;
}
}  // namespace

class TestSubtitles : public QObject {
    Q_OBJECT
private slots:
    void the_first_timestamp_of_fragments_and_transport_streams() {
        QCOMPARE(first_timestamp(init_section(3, 90'000), fragment(3, 900'000))->count(), 10.0);
        QCOMPARE(first_timestamp(init_section(1, 1'000), fragment(1, std::uint64_t(1) << 33))->count(),
                 8'589'934.592);
        QVERIFY(!first_timestamp(init_section(1, 1'000), fragment(2, 5)));  // another track's
        QVERIFY(!first_timestamp({}, fragment(1, 5)));
        QVERIFY(!first_timestamp("garbage", "garbage"));
        const std::string ts =
            ts_packet_at(257, 135'000) + ts_packet_at(256, 126'000) + ts_packet_at(256, 90'000);
        QCOMPARE(first_timestamp({}, ts)->count(), 1.4);  // of each stream's first, the least
        QCOMPARE(first_timestamp({}, ts + ts_packet_at(258, 180'000, '\xe0'))->count(),
                 2.0);  // but video leads
        QCOMPARE(first_timestamp({}, ts_packet_at(256, (std::uint64_t(1) << 33) - 1))->count(),
                 8'589'934'591 / 90e3);
        const std::string whole = init_section(1, 600) + fragment(1, 7);
        for (std::size_t cut = 0; cut < whole.size(); ++cut)  // never beyond the end
            (void)first_timestamp(std::string_view(whole).substr(0, cut),
                                  std::string_view(whole).substr(cut));
        for (std::size_t cut = 0; cut < ts.size(); ++cut)
            (void)first_timestamp({}, std::string_view(ts).substr(0, cut));
    }

    void cues_without_a_map_are_at_their_own_times() {
        CueStore store;
        store.add(5, entry(20, "WEBVTT\n\n00:21.000 --> 00:23.000\na\n\n00:22.000 --> 00:26.000\nb\n"));
        QCOMPARE(texts(store.at(Seconds(20.9))), std::string());
        QCOMPARE(texts(store.at(Seconds(21))), std::string("a"));
        QCOMPARE(texts(store.at(Seconds(22.5))), std::string("a|b"));
        QCOMPARE(texts(store.at(Seconds(23))), std::string("b"));
        store.add(6, entry(24, "WEBVTT\n\n00:22.000 --> 00:26.000\nb\n"));  // repeated where it reaches over
        QCOMPARE(texts(store.at(Seconds(25))), std::string("b"));
        store.add(300, entry(1200, "WEBVTT\n\n00:01.000 --> 00:02.000\nrelative\n"));
        QCOMPARE(texts(store.at(Seconds(1201.5))), std::string("relative"));
    }

    void a_map_lays_cues_against_the_pictures_clock() {
        const std::string text =
            "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:01.000,MPEGTS:900000\n\n00:03.000 --> 00:04.000\nx\n";
        CueStore store;
        store.add(0, entry(0, text));
        store.set_clock(0, Seconds(10), Seconds(0));
        QCOMPARE(texts(store.at(Seconds(2.5))), std::string("x"));  // 3 - 1 + 10 - 10
        // After a discontinuity the picture's clock stands elsewhere.
        store.add(
            7,
            entry(28, "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00.000,MPEGTS:180000\n\n00:01.000 --> 00:02.000\ny\n",
                  1));
        store.set_clock(1, Seconds(1), Seconds(28));
        QCOMPARE(texts(store.at(Seconds(30.5))), std::string("y"));  // 1 + 2 - 1 + 28
        // 33 bits run over between the map and the segment.
        CueStore late;
        late.set_clock(0, Seconds(8'589'934'592 / 90e3 - 2), Seconds(0));
        late.add(
            1, entry(2, "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00.000,MPEGTS:0\n\n00:01.000 --> 00:02.000\nz\n"));
        QCOMPARE(texts(late.at(Seconds(3.5))), std::string("z"));
        // Nobody knows the clock: times within the segment.
        CueStore blind;
        blind.add(
            9,
            entry(36,
                  "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00.000,MPEGTS:90000000\n\n00:01.000 --> 00:02.000\nw\n"));
        QCOMPARE(texts(blind.at(Seconds(37.5))), std::string("w"));
    }

    void what_is_kept_is_bounded() {
        CueStore store;
        const std::string long_text(3'000, 'a');
        for (int i = 0; i < 3'000; ++i) {
            store.add(std::uint64_t(i),
                      entry(4.0 * i, "WEBVTT\n\n00:00.000 --> 00:01.000\n" + long_text + "\n"));
            QVERIFY(store.bytes() <= CueStore::max_bytes);
        }
        QVERIFY(store.holds(2'999) && !store.holds(0));  // the farthest goes first
        store.clear();
        QCOMPARE(store.bytes(), std::size_t(0));
        for (int i = 0; i < 5'000; ++i) store.add(std::uint64_t(i), entry(4.0 * i, "WEBVTT"));
        QVERIFY(!store.holds(0) && store.holds(4'999));
    }

    void tracks_are_listed_and_the_default_one_sounds() {
        SessionRig rig;
        Tracks title(rig);
        rig.session->open(rig.title.url());
        rig.run(3);
        const SessionSnapshot now = rig.session->snapshot();
        QCOMPARE(now.presentation.audio_tracks.size(), std::size_t(3));
        QCOMPARE(now.presentation.audio_tracks[1].language, std::string("de"));
        QCOMPARE(now.presentation.subtitle_tracks.size(), std::size_t(2));
        QCOMPARE(now.audio_track, 0);
        QVERIFY(!now.subtitle_track);
        QVERIFY(now.presentation.separate_audio);
        QVERIFY(rig.network.count("/en/") > 0);
        QCOMPARE(rig.network.count("/de/") + rig.network.count("/sub"), std::size_t(0));
    }

    void another_sound_track_goes_on_at_the_playhead() {
        SessionRig rig;
        Tracks title(rig);
        rig.session->open(rig.title.url());
        rig.run(1);
        follow(rig, 9);
        const std::uint64_t before = rig.session->snapshot().epoch;
        const std::uint64_t epoch = rig.session->select_audio(1);
        QVERIFY(epoch > before);
        QCOMPARE(rig.session->select_audio(1), epoch);  // it is chosen already
        rig.run(2);
        const Pull picture = rig.session->pull(Track::main);
        const Pull sound = rig.session->pull(Track::audio);
        QCOMPARE(picture.segment.sequence, std::uint64_t(4));
        QCOMPARE(sound.segment.sequence, std::uint64_t(4));
        QCOMPARE(sound.segment.epoch, epoch);
        QVERIFY(sound.segment.follows_gap);
        QVERIFY(sound.segment.init->find("/de/") != std::string::npos);
        // What comes with the picture needs no segments of its own.
        rig.session->select_audio(2);
        rig.run(2);
        QVERIFY(!rig.session->snapshot().presentation.separate_audio);
        QCOMPARE(rig.session->pull(Track::main).state, PullState::segment);
        QCOMPARE(rig.session->pull(Track::audio).state, PullState::ended);
        rig.session->select_audio(99);
        QCOMPARE(rig.session->snapshot().audio_track, 2);
    }

    void sound_that_comes_with_the_picture_starts_without_what_was_missing() {
        SessionRig rig;
        Tracks title(rig);
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = title.answer(request);
            if (has(request, "/en/")) answer.hang = true;
            return answer;
        };
        rig.session->open(rig.title.url());
        rig.run(2);
        QCOMPARE(rig.session->pull().state, PullState::waiting);
        rig.session->select_audio(2);
        rig.run(1);
        QCOMPARE(rig.session->pull().state, PullState::segment);
    }

    void a_choice_before_the_presentation_is_known_is_remembered() {
        SessionRig rig;
        Tracks title(rig);
        rig.session->open(rig.title.url());
        rig.session->select_audio(1);
        rig.session->select_subtitles(1);
        rig.run(4);
        QCOMPARE(rig.session->snapshot().audio_track, 1);
        QCOMPARE(rig.session->snapshot().subtitle_track, std::optional(1));
        QCOMPARE(rig.network.count("/en/"), std::size_t(0));
        QCOMPARE(texts(rig.session->subtitles_at(Seconds(1))), std::string("two 0"));
    }

    void a_sound_track_that_cannot_be_had_is_replaced_and_said_so() {
        SessionRig rig;
        Tracks title(rig);
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = title.answer(request);
            if (has(request, "/en/")) answer.status = 404;
            return answer;
        };
        rig.session->open(rig.title.url());
        rig.run(4);
        QCOMPARE(rig.session->snapshot().audio_track, 1);
        QCOMPARE(rig.seen.noticed("audio"), std::size_t(1));
        QCOMPARE(rig.session->pull(Track::audio).state, PullState::segment);
        QVERIFY(rig.seen.failures.empty());
    }

    void subtitles_come_and_go_without_touching_the_picture() {
        SessionRig rig;
        Tracks title(rig);
        rig.session->open(rig.title.url());
        rig.run(2);
        const std::uint64_t epoch = rig.session->snapshot().epoch;
        rig.session->select_subtitles(0);
        rig.run(3);
        QCOMPARE(texts(rig.session->subtitles_at(Seconds(9))), std::string("sub 4"));
        QCOMPARE(texts(rig.session->subtitles_at(Seconds(9.7))), std::string());
        rig.session->select_subtitles(1);
        QCOMPARE(texts(rig.session->subtitles_at(Seconds(9))), std::string());
        rig.run(3);
        QCOMPARE(texts(rig.session->subtitles_at(Seconds(9))), std::string("two 4"));
        rig.session->select_subtitles(std::nullopt);
        QVERIFY(rig.session->subtitles_at(Seconds(9)).empty());
        QCOMPARE(rig.session->snapshot().epoch, epoch);
        QCOMPARE(rig.session->pull(Track::subtitles).state, PullState::ended);
        QCOMPARE(rig.session->pull(Track::main).segment.sequence, std::uint64_t(0));
    }

    void a_seek_brings_the_subtitles_of_there_and_loads_none_twice() {
        SessionRig rig;
        Tracks title(rig);
        SessionOptions options;
        options.buffer_goal = Seconds(6);
        rig.session->open(rig.title.url(), options);
        rig.session->select_subtitles(0);
        rig.run(3);
        rig.session->seek(Seconds(30));
        rig.run(3);
        QCOMPARE(texts(rig.session->subtitles_at(Seconds(31))), std::string("sub 15"));
        rig.session->seek(Seconds(0));
        rig.run(3);
        QCOMPARE(texts(rig.session->subtitles_at(Seconds(1))), std::string("sub 0"));
        QCOMPARE(rig.network.count("/sub1/seg-0.vtt"), std::size_t(1));
        QCOMPARE(rig.network.count("/sub1/seg-10.vtt"), std::size_t(0));  // no more than the buffer's goal
    }

    void missing_subtitles_never_hold_up_the_picture() {
        for (const int trouble : {0, 1, 2, 3}) {
            SessionRig rig;
            Tracks title(rig);
            rig.network.handler = [&](const http::ClientRequest& request) {
                FakeAnswer answer = title.answer(request);
                if (!has(request, "/sub1/")) return answer;
                const bool playlist = request.url.ends_with(".m3u8");
                if (trouble == 0 && playlist) answer.status = 404;
                if (trouble == 1 && !playlist) answer.status = 500;
                if (trouble == 2 && !playlist) answer.hang = true;
                if (trouble == 3 && !playlist) answer.body = "<tt>no WebVTT</tt>";
                return answer;
            };
            SessionOptions options;
            options.request_timeout = std::chrono::seconds(2);
            rig.session->open(rig.title.url(), options);
            rig.session->select_subtitles(0);
            QCOMPARE(follow(rig, 45), 20);
            QVERIFY2(rig.seen.noticed("subtitles") > 0, std::to_string(trouble).c_str());
            QVERIFY(rig.seen.failures.empty() && rig.seen.skipped.empty());
            QCOMPARE(rig.session->snapshot().subtitle_track.has_value(), trouble != 0);
        }
    }

    void a_host_of_subtitles_that_is_gone_is_no_outage() {
        SessionRig rig;
        Tracks title(rig);
        rig.network.handler = [&](const http::ClientRequest& request) {
            FakeAnswer answer = title.answer(request);
            if (has(request, ".vtt")) answer.error = core::Error{core::Errc::unavailable, "refused"};
            return answer;
        };
        rig.session->open(rig.title.url());
        rig.session->select_subtitles(0);
        rig.run(60);  // the picture's buffer is full: nothing else is asked for
        QVERIFY(rig.seen.failures.empty());
        QVERIFY(!rig.session->snapshot().waiting_for_server);
    }
};

QTEST_GUILESS_MAIN(TestSubtitles)
#include "tst_subtitles.moc"
