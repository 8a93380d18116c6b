#include <QtTest>
#include <random>

#include "player/playlist_tracker.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;

namespace {
core::SteadyTime at(double seconds) {
    return core::SteadyTime(std::chrono::duration_cast<core::SteadyTime::duration>(Seconds(1000 + seconds)));
}
double since(core::SteadyTime time) {
    return Seconds(time.time_since_epoch()).count() - 1000;
}

std::string window(int first, int count, bool end = false, const std::string& extra = {}) {
    std::string text =
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(first) + "\n" + extra;
    for (int i = first; i < first + count; ++i) text += "#EXTINF:4,\nseg-" + std::to_string(i) + ".ts\n";
    if (end) text += "#EXT-X-ENDLIST\n";
    return text;
}

void load(PlaylistTracker& tracker, double when, const std::string& text) {
    tracker.begin_load(at(when));
    QVERIFY(tracker.loaded(text, at(when + 0.01)).has_value());
}
}  // namespace

class TestPlaylistTracker : public QObject {
    Q_OBJECT
private slots:
    void a_complete_playlist_is_loaded_once() {
        PlaylistTracker tracker("http://h/a/index.m3u8");
        QVERIFY(*tracker.due() <= at(0));
        load(tracker, 0, window(0, 5, true));
        QVERIFY(!tracker.due());
        QVERIFY(tracker.complete());
        QCOMPARE(tracker.end().count(), 20.0);
        QCOMPARE(tracker.segments()[2].url, std::string("http://h/a/seg-2.ts"));
        QCOMPARE(tracker.at(Seconds(8.5))->sequence, std::uint64_t(2));
        QCOMPARE(tracker.at(Seconds(-1))->sequence, std::uint64_t(0));
        QVERIFY(tracker.at(Seconds(20)) == nullptr);
        QVERIFY(tracker.by_sequence(5) == nullptr);
    }

    void a_live_one_is_reloaded_after_a_target_duration_and_sooner_when_nothing_was_new() {
        PlaylistTracker tracker("http://h/index.m3u8");
        load(tracker, 0, window(10, 3));
        QCOMPARE(qRound(since(*tracker.due()) * 100), 400);  // from when the load began
        load(tracker, 4, window(10, 3));
        QCOMPARE(qRound(since(*tracker.due()) * 100), 600);  // unchanged: half
        load(tracker, 6, window(11, 3));
        QCOMPARE(qRound(since(*tracker.due()) * 100), 1000);
        tracker.begin_load(at(10));
        QVERIFY(!tracker.due());  // one at a time
    }

    void a_window_slides_without_moving_what_stays() {
        PlaylistTracker tracker("http://h/index.m3u8");
        load(tracker, 0, window(10, 3));
        const Seconds twelve = tracker.by_sequence(12)->start;
        load(tracker, 4, window(12, 3));
        QCOMPARE(tracker.by_sequence(12)->start.count(), twelve.count());
        QVERIFY(tracker.by_sequence(11) == nullptr);
        load(tracker, 8, window(20, 3));  // missed 15 to 19
        QCOMPARE(tracker.by_sequence(20)->start.count(), twelve.count() + 8 * 4);
        load(tracker, 12, window(3, 3));  // started anew
        QCOMPARE(tracker.start().count(), twelve.count() + 11 * 4);
    }

    void an_event_that_ends_stops_being_reloaded() {
        PlaylistTracker tracker("http://h/index.m3u8");
        load(tracker, 0, window(0, 2, false, "#EXT-X-PLAYLIST-TYPE:EVENT\n"));
        QVERIFY(tracker.keeps_all());
        QVERIFY(!tracker.complete());
        load(tracker, 4, window(0, 4, true, "#EXT-X-PLAYLIST-TYPE:EVENT\n"));
        QVERIFY(tracker.complete());
        QVERIFY(!tracker.due());
        QCOMPARE(tracker.end().count(), 16.0);
    }

    void failures_back_off_and_leave_what_is_known() {
        PlaylistTracker tracker("http://h/index.m3u8");
        load(tracker, 0, window(0, 3));
        double last = 0;
        for (int i = 0; i < 8; ++i) {
            tracker.begin_load(at(10));
            if (i % 2 == 0) {
                QVERIFY(!tracker.loaded("<html>", at(10)));
            }
            tracker.load_failed(at(10));
            const double delay = since(*tracker.due()) - 10;
            QVERIFY(delay >= last && delay <= 4.001);
            last = delay;
        }
        QCOMPARE(tracker.segments().size(), std::size_t(3));
        QCOMPARE(tracker.failures(), 8u);
        load(tracker, 20, window(0, 4));
        QCOMPARE(tracker.failures(), 0u);
    }

    void discontinuities_gaps_ranges_keys_and_dates_are_carried() {
        PlaylistTracker tracker("http://h/a/index.m3u8");
        load(
            tracker, 0,
            "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:4\n#EXT-X-DISCONTINUITY-SEQUENCE:7\n"
            "#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"700@0\"\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n"
            "#EXTINF:4,\n#EXT-X-BYTERANGE:1000@700\nall.mp4\n#EXTINF:4,\n#EXT-X-BYTERANGE:500\nall.mp4\n"
            "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"other.mp4\"\n#EXTINF:4,\n#EXT-X-GAP\nx.m4s\n"
            "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:4,\ny.m4s\n#EXT-X-ENDLIST\n");
        const auto& segments = tracker.segments();
        QCOMPARE(segments.size(), std::size_t(4));
        QCOMPARE(segments[1].range->offset, std::uint64_t(1700));
        QCOMPARE(segments[0].init->range->length, std::uint64_t(700));
        QCOMPARE(segments[2].init->url, std::string("http://h/a/other.mp4"));
        QVERIFY(!segments[2].init->range);
        QCOMPARE(segments[1].discontinuity_sequence, std::uint64_t(7));
        QCOMPARE(segments[2].discontinuity_sequence, std::uint64_t(8));
        QVERIFY(segments[2].gap && !segments[3].gap);
        QVERIFY(segments[3].key && !segments[2].key);
        QCOMPARE(segments[3].key->url, std::string("http://h/a/k"));
        QCOMPARE(segments[3].key->iv, iv_of_sequence(3));
        QCOMPARE((*segments[1].program_date_time - *segments[0].program_date_time).count(), 4000);
    }

    void levels_of_a_live_stream_share_one_timeline() {
        PlaylistTracker first("http://h/0/index.m3u8"), second("http://h/1/index.m3u8");
        load(first, 0, window(10, 3));
        load(first, 4, window(13, 3));
        load(second, 5, window(14, 3));
        second.align_with(first);
        QCOMPARE(second.by_sequence(14)->start.count(), first.by_sequence(14)->start.count());
        PlaylistTracker dated("http://h/2/index.m3u8"), reference("http://h/3/index.m3u8");
        load(reference, 0, window(5, 3, false, "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n"));
        load(dated, 0, window(900, 3, false, "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:08Z\n"));
        dated.align_with(reference);
        QCOMPARE(dated.start().count(), 8.0);
    }

    void a_multivariant_playlist_becomes_levels_by_bandwidth() {
        const auto read = read_presentation(
            "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"en\",URI=\"en.m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"de\",DEFAULT=YES,AUTOSELECT=YES,URI=\"de.m3u8\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720,FRAME-RATE=25,AUDIO=\"a\"\n720.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=100000,CODECS=\"mp4a.40.2\"\naudio.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=300000,AVERAGE-BANDWIDTH=200000,RESOLUTION=426x240\n/abs/240.m3u8\n",
            "http://h/x/master.m3u8?s=1");
        QVERIFY(read.has_value());
        QCOMPARE(read->levels.size(), std::size_t(2));  // the audio-only one is no level beside video
        QCOMPARE(read->levels[0].height, 240);
        QCOMPARE(read->levels[0].url, std::string("http://h/abs/240.m3u8"));
        QCOMPARE(read->levels[1].frame_rate, 25.0);
        QCOMPARE(read->audio_tracks.size(), std::size_t(2));
        QCOMPARE(read->audio_tracks[1].url, std::string("http://h/x/de.m3u8"));
        QCOMPARE(read->default_audio, 1);
    }

    void redundant_copies_tracks_and_i_frames_are_told_apart() {
        const auto read = read_presentation(
            "#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"hi\",NAME=\"en\",LANGUAGE=\"en\",CHANNELS=\"6\",URI=\"hi."
            "m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"lo\",NAME=\"en\",LANGUAGE=\"en\",CHANNELS=\"2\",URI=\"lo."
            "m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"Deutsch\",LANGUAGE=\"de\",FORCED=YES,URI=\"de."
            "m3u8\"\n"
            "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"unused\",NAME=\"x\",URI=\"x.m3u8\"\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=2000,RESOLUTION=640x360,AUDIO=\"hi\",SUBTITLES=\"s\"\na/"
            "2.m3u8?t={$token}\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=1000,RESOLUTION=320x180,AUDIO=\"lo\",SUBTITLES=\"s\"\na/1.m3u8\n"
            "#EXT-X-STREAM-INF:BANDWIDTH=2000,RESOLUTION=640x360,AUDIO=\"hi\",SUBTITLES=\"s\"\nb/2.m3u8\n"
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=200,RESOLUTION=320x180,URI=\"i.m3u8\"\n",
            "http://h/m.m3u8?token=a%2Fb");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(read->levels.size(), std::size_t(2));
        QCOMPARE(read->levels[1].url, std::string("http://h/a/2.m3u8?t=a/b"));
        QCOMPARE(read->backups[1], std::vector<std::string>{"http://h/b/2.m3u8"});
        QVERIFY(read->backups[0].empty());
        QCOMPARE(read->audio_tracks.size(), std::size_t(1));  // the same in two groups is one track
        QCOMPARE(read->audio_tracks[0].url, std::string("http://h/lo.m3u8"));
        QCOMPARE(read->audio_backups[0], std::vector<std::string>{"http://h/hi.m3u8"});
        QCOMPARE(read->subtitle_tracks.size(), std::size_t(1));
        QVERIFY(read->subtitle_tracks[0].forced);
        QCOMPARE(read->i_frames.size(), std::size_t(1));
        QCOMPARE(read->variables.at("token"), std::string("a/b"));
    }

    void an_i_frame_playlist_gives_each_picture_with_all_it_needs() {
        const auto read = read_media_segments(
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-I-FRAMES-ONLY\n#EXT-X-DEFINE:IMPORT="
            "\"v\"\n"
            "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x07\n#EXT-X-MAP:URI=\"{$v}.mp4\",BYTERANGE=\"10@0\"\n"
            "#EXT-X-KEY:METHOD=AES-128,URI=\"k2\"\n"
            "#EXTINF:2,\n#EXT-X-BYTERANGE:100@10\nv.mp4\n#EXTINF:1.5,\n#EXT-X-BYTERANGE:90@600\nv.mp4\n#EXT-"
            "X-ENDLIST\n",
            "http://h/i/i.m3u8", {{"v", "init"}});
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QVERIFY(read->i_frames_only && read->complete);
        QCOMPARE(read->segments.size(), std::size_t(2));
        const TimelineSegment& second = read->segments[1];
        QCOMPARE(second.start.count(), 2.0);
        QCOMPARE(second.range->offset, std::uint64_t(600));
        QCOMPARE(second.init->url, std::string("http://h/i/init.mp4"));
        QCOMPARE(second.init->key->url,
                 std::string("http://h/i/k"));  // the key in force where the map stands
        QCOMPARE(int(second.init->key->iv[15]), 7);
        QCOMPARE(second.key->url, std::string("http://h/i/k2"));
        QVERIFY(!read_media_segments("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na\n", "http://h/"));
    }

    void what_cannot_be_decrypted_says_so_without_its_address() {
        const auto read = read_media_segments(
            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n"
            "#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\n",
            "http://h/i.m3u8");
        QVERIFY(read.has_value());
        QVERIFY(read->segments[0].key->refusal.find("SAMPLE-AES") != std::string::npos);
        QVERIFY(read->segments[0].key->refusal.find("streamingkeydelivery") != std::string::npos);
        QVERIFY(read->segments[0].key->url.empty());
    }

    void the_pace_of_reloads_follows_the_segments_when_the_target_duration_lies() {
        PlaylistTracker honest("http://h/i.m3u8"), high("http://h/i.m3u8"), low("http://h/i.m3u8");
        load(honest, 0, window(0, 3));
        QCOMPARE(honest.pace().count(), 4.0);
        const auto with_target = [](int seconds, const char* each) {
            return "#EXTM3U\n#EXT-X-TARGETDURATION:" + std::to_string(seconds) + "\n#EXTINF:" + each +
                   ",\na.ts\n";
        };
        load(high, 0, with_target(3600, "2"));
        QCOMPARE(high.pace().count(), 2.0);
        load(low, 0, with_target(1, "9"));
        QCOMPARE(low.pace().count(), 9.0);
    }

    void a_playlist_read_elsewhere_keeps_its_place_on_the_timeline() {
        PlaylistTracker live("http://h/a.m3u8");
        load(live, 0, window(10, 3));
        load(live, 4, window(12, 3));
        const double twelve = live.by_sequence(12)->start.count();
        live.relocate("http://other/a.m3u8", at(5));
        QVERIFY(!live.known() && live.due() && *live.due() <= at(5));
        load(live, 5, window(13, 3));
        QCOMPARE(live.by_sequence(13)->start.count(), twelve + 4);
        QCOMPARE(live.segments()[0].url, std::string("http://other/seg-13.ts"));
        PlaylistTracker whole("http://h/b.m3u8");
        load(whole, 0, window(0, 3, true));
        whole.relocate("http://other/b.m3u8", at(1));
        load(whole, 1, window(7, 3, true));  // numbered otherwise, but it begins at 0 all the same
        QCOMPARE(whole.start().count(), 0.0);
        QCOMPARE(whole.resets(), 0u);
    }

    void silence_and_new_beginnings_are_noticed() {
        PlaylistTracker tracker("http://h/i.m3u8");
        load(tracker, 0, window(10, 3));
        QVERIFY(!tracker.unchanged_since());
        load(tracker, 4, window(10, 3));
        load(tracker, 6, window(10, 3));
        QCOMPARE(qRound(since(*tracker.unchanged_since())), 4);
        load(tracker, 8, window(2, 3));
        QVERIFY(!tracker.unchanged_since());
        QCOMPARE(tracker.resets(), 1u);
    }

    void long_addresses_cannot_fill_the_memory() {
        std::string text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";
        for (int i = 0; i < 10'000; ++i) text += "#EXTINF:2,\na\n";
        const std::string folder = "http://h/" + std::string(8'000, 'x') + "/i.m3u8";
        QCOMPARE(read_media_segments(text, folder).error().code, core::Errc::too_large);
        const std::string longer = "http://h/" + std::string(20'000, 'x') + "/i.m3u8";
        QVERIFY(!read_media_segments("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na\n", longer));
    }

    void addresses_that_are_not_http_are_refused() {
        QVERIFY(!read_presentation("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nfile:///etc/passwd\n",
                                   "http://h/m.m3u8"));
        PlaylistTracker tracker("http://h/index.m3u8");
        tracker.begin_load(at(0));
        QVERIFY(!tracker.loaded("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:///dev/zero\n", at(0)));
    }

    void any_sequence_of_reloads_keeps_the_timeline_in_order() {
        std::mt19937_64 random(17);
        for (int round = 0; round < 300; ++round) {
            PlaylistTracker tracker("http://h/index.m3u8");
            double now = 0;
            for (int i = 0; i < 30 && !tracker.complete(); ++i) {
                now += double(random() % 8000) / 1000;
                tracker.begin_load(at(now));
                if (random() % 4 == 0) {
                    tracker.load_failed(at(now));
                } else {
                    QVERIFY(tracker
                                .loaded(window(int(random() % 60), int(random() % 6),
                                               random() % 30 == 0 && i > 3),
                                        at(now))
                                .has_value() ||
                            tracker.segments().empty());
                }
                Seconds end = tracker.start();
                for (const TimelineSegment& segment : tracker.segments()) {
                    QVERIFY(qAbs((segment.start - end).count()) < 1e-6);
                    end = segment.end();
                    QCOMPARE(tracker.by_sequence(segment.sequence), &segment);
                    QCOMPARE(tracker.at(segment.start + segment.duration / 2), &segment);
                }
                if (tracker.due()) QVERIFY(*tracker.due() > at(now) || !tracker.known());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestPlaylistTracker)
#include "tst_playlist_tracker.moc"
