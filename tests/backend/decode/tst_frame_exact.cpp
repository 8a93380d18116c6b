#include <QtTest>
#include <algorithm>
#include <cmath>

#include "backend/decode/title_site.hpp"

using namespace qd;
using core::Seconds;
using decode::PlaybackState;
using test::Theatre;
using test::TitleSite;

namespace {

TitleSite& site() {
    static TitleSite shared(6, 360, {240, 360});
    return shared;
}
constexpr int last_frame = 6 * TitleSite::fps - 1;

/// A playback that stands paused on the frame at `position`, with everything fetched.
struct Paused : Theatre {
    explicit Paused(double position, decode::AudioSink* audio = nullptr) : Theatre(audio) {
        playback->set_output_size(160, 90);
        player::SessionOptions options;
        options.locked_level = 0;
        playback->play(site().url(), options);
        ready = sink.wait_for(1);
        playback->pause();
        ready = ready && wait_for(PlaybackState::paused);
        go(position);
        for (int i = 0; i < 200 && playback->snapshot().session.state != player::SessionState::complete; ++i)
            QTest::qWait(10);
    }
    /// The number of the frame that comes next, or -1.
    int next_after(std::size_t before) {
        return sink.wait_for(before + 1) ? int(sink.seen().back().frame.frame_number.value_or(999'999)) : -1;
    }
    int go(double position, decode::SeekMode mode = decode::SeekMode::exact) {
        const std::size_t before = sink.count();
        playback->seek(Seconds(position), mode);
        const int shown = next_after(before);
        wait_for(PlaybackState::paused);
        return shown;
    }
    int step(int frames) {
        const std::size_t before = sink.count();
        playback->step(frames);
        const int shown = next_after(before);
        wait_for(PlaybackState::paused);
        return shown;
    }
    bool ready = false;
};

}  // namespace

class TestFrameExact : public QObject {
    Q_OBJECT
private slots:
    void steps_go_one_frame_both_ways_without_another_request() {
        Paused p(3);
        QVERIFY(p.ready);
        const std::size_t asked = site().asked().size();
        int expected = 75;
        for (int i = 0; i < 60; ++i) QCOMPARE(p.step(-1), --expected);  // over a key picture, and a segment
        for (int i = 0; i < 20; ++i) QCOMPARE(p.step(1), ++expected);
        for (const int by : {-7, 12, -1, 30, -44, 3, 70}) QCOMPARE(p.step(by), expected += by);
        QCOMPARE(site().asked().size(), asked);
        QCOMPARE(p.playback->snapshot().qoe.seeks, 1u);  // stepping is not seeking
    }

    void steps_stop_at_the_first_and_the_last_frame() {
        Paused p(1);
        QCOMPARE(p.step(-1000), 0);
        const std::size_t before = p.sink.count();
        p.playback->step(-1);
        QTest::qWait(100);
        QVERIFY(p.sink.seen().back().frame.frame_number == 0u);
        QVERIFY(p.sink.count() <= before + 1);
        p.playback->step(1000);  // the frame before may still be shown once more
        QTRY_COMPARE(int(*p.sink.seen().back().frame.frame_number), last_frame);
        QCOMPARE(p.step(-1), last_frame - 1);
        QCOMPARE(p.step(1), last_frame);
    }

    void a_step_while_playing_pauses_and_play_goes_on_from_there() {
        test::RealTimeAudio audio;
        Theatre theatre(&audio);
        theatre.playback->set_output_size(160, 90);
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(40));
        theatre.playback->step(-20);
        QVERIFY(theatre.wait_for(PlaybackState::paused));
        QTRY_VERIFY(*theatre.sink.seen().back().frame.frame_number < 35);
        const auto stood = *theatre.sink.seen().back().frame.frame_number;
        const std::size_t before = theatre.sink.count();
        theatre.playback->resume();
        QVERIFY(theatre.sink.wait_for(before + 8));
        const auto seen = theatre.sink.seen();
        QVERIFY(*seen[before + 1].frame.frame_number <= stood + 2);
        QVERIFY(*seen[before + 7].frame.frame_number > stood + 4);
        QTRY_VERIFY(theatre.playback->snapshot().audio_clock);
    }

    void seeks_into_what_is_there_are_exact_quick_and_ask_for_nothing() {
        Paused p(0);
        const std::size_t asked = site().asked().size();
        std::uint32_t state = 7;
        for (int i = 0; i < 60; ++i) {
            state = state * 1'664'525 + 1'013'904'223;
            const double position = double(state >> 8) / double(1 << 24) * 5.95;
            // So close to the next one, either is the frame.
            if (std::abs(std::remainder(position, 0.04)) < 2e-4) continue;
            QCOMPARE(p.go(position), int(position * TitleSite::fps));
        }
        QCOMPARE(site().asked().size(), asked);
        const auto snapshot = p.playback->snapshot();
        QVERIFY(snapshot.kept_bytes > 10'000 && snapshot.kept_bytes < (24u << 20));
    }

    void a_locked_level_is_not_shown_from_what_was_kept_of_another() {
        Paused p(5);
        const std::size_t asked = site().asked().size();
        p.playback->lock_level(1);
        QCOMPARE(p.go(1), 25);
        QVERIFY(site().asked().size() > asked);
        QCOMPARE(p.playback->snapshot().shown_level, 1);
    }

    void a_keyframe_seek_shows_the_key_picture_before() {
        Paused p(0);
        for (const auto& [position, frame] :
             {std::pair{3.3, 75}, {3.0, 75}, {2.99, 50}, {5.9, 125}, {4.0, 100}, {0.5, 0}}) {
            QCOMPARE(p.go(position, decode::SeekMode::keyframe), frame);
            const auto info = p.playback->frame_info();
            QVERIFY(info && info->key && info->picture_type == 'I');
            QVERIFY(std::abs(p.playback->snapshot().position.count() - frame / 25.0) < 1e-6);
        }
        QCOMPARE(p.step(1), 1);
    }

    void the_frame_on_the_screen_is_described_and_can_be_had_in_full() {
        Paused p(4.2);
        const auto info = p.playback->frame_info();
        QVERIFY(info.has_value());
        QVERIFY(std::string("IPB").find(info->picture_type) != std::string::npos);
        QVERIFY(info->qp && *info->qp > 5 && *info->qp < 51);
        QVERIFY(info->codec.starts_with("H.264"));
        QCOMPARE(info->pixel_format, std::string("yuv420p"));
        QVERIFY(info->packet_bytes > 10);
        QCOMPARE(info->frame_number, std::optional<std::uint32_t>(105));
        QVERIFY(std::abs(double(info->pts) * info->time_base_num / info->time_base_den - 4.2) < 1e-3);
        QVERIFY(info->dts && *info->dts <= info->pts);
        QVERIFY(std::abs(info->duration.count() - 0.04) < 1e-3);
        QCOMPARE(info->sequence, p.playback->fetches().back().sequence);  // the third and last segment
        const auto grabbed = p.playback->grab();
        QVERIFY(grabbed.has_value());
        QCOMPARE(grabbed->width, info->width);
        QCOMPARE(grabbed->height, info->height);
        QVERIFY(grabbed->width > 160);
        QCOMPARE(grabbed->frame_number, info->frame_number);
        const auto snapshot = p.playback->snapshot();
        QVERIFY(snapshot.video_codec.starts_with("H.264"));
        QVERIFY(snapshot.audio_codec.empty());  // there is no device: nothing was decoded
        if (snapshot.decoder == "software") QVERIFY(!snapshot.decoder_reason.empty());
        Theatre idle;
        QVERIFY(!idle.playback->frame_info());
        QCOMPARE(idle.playback->grab().error().code, core::Errc::not_found);
    }

    void a_range_repeats_frame_by_frame_without_a_gap() {
        test::RealTimeAudio audio;
        Theatre theatre(&audio);
        theatre.playback->set_output_size(160, 90);
        player::SessionOptions options;
        options.start_at = Seconds(1);
        theatre.playback->play(site().url(), options);
        theatre.playback->set_loop(decode::LoopRange{Seconds(1), Seconds(2.4)});
        QVERIFY(theatre.sink.wait_for(35 * 3));
        const int flushes = audio.flushes;
        QVERIFY(theatre.sink.wait_for(35 * 3 + 30));
        QCOMPARE(audio.flushes.load(), flushes);  // the sound goes on as well
        const auto snapshot = theatre.playback->snapshot();
        QVERIFY(snapshot.laps >= 2);
        QVERIFY(snapshot.audio_clock && snapshot.av_offset);
        QVERIFY2(std::abs(snapshot.av_offset->count()) < 0.04,
                 qPrintable(QString::number(snapshot.av_offset->count())));
        const auto seen = theatre.sink.seen();
        int wraps = 0;
        std::size_t missing = 0;
        for (std::size_t i = 1; i < seen.size(); ++i) {
            const int number = int(*seen[i].frame.frame_number),
                      before = int(*seen[i - 1].frame.frame_number);
            QVERIFY2(number >= 25 && number <= 59, qPrintable(QString::number(number)));
            if (number <= before) ++wraps;
            missing += std::size_t((number - before - 1 + 35) % 35);
        }
        QVERIFY(wraps >= 2);
        const auto qoe = snapshot.qoe;
        QVERIFY(missing <= qoe.frames_dropped_early + qoe.frames_dropped_late + 2);
        // The clock has no gap: as much wall time as media time, laps and all.
        const double took = Seconds(seen.back().at - seen[10].at).count();
        const double frames = double(seen.size() - 11 + missing) / 25;
        QVERIFY2(std::abs(took - frames) < 0.12, qPrintable(QString("%1 s for %2 s").arg(took).arg(frames)));
        QCOMPARE(qoe.stalls, 0u);
        theatre.playback->set_loop(std::nullopt);
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        QCOMPARE(*theatre.sink.seen().back().frame.frame_number, std::uint32_t(last_frame));
    }

    void the_whole_title_repeats_from_its_end() {
        Theatre theatre;
        theatre.playback->set_output_size(160, 90);
        player::SessionOptions options;
        options.start_at = Seconds(4.8);
        theatre.playback->play(site().url(), options);
        theatre.playback->set_loop(decode::LoopRange{});
        QVERIFY(theatre.sink.wait_for(30 + 25));
        const auto seen = theatre.sink.seen();
        const auto wrap = std::find_if(seen.begin(), seen.end(),
                                       [](const auto& frame) { return *frame.frame.frame_number < 5; });
        QVERIFY(wrap != seen.end() && wrap != seen.begin());
        QVERIFY(*std::prev(wrap)->frame.frame_number >= last_frame - 1);
        QVERIFY(Seconds(wrap->at - std::prev(wrap)->at).count() < 0.12);
        QCOMPARE(theatre.playback->snapshot().laps, std::uint64_t(1));
        QCOMPARE(theatre.playback->snapshot().qoe.stalls, 0u);
        // A seek stays within a range that is set.
        theatre.playback->set_loop(decode::LoopRange{Seconds(2), Seconds(3)});
        QTRY_VERIFY(*theatre.sink.seen().back().frame.frame_number >= 50 &&
                    *theatre.sink.seen().back().frame.frame_number < 75);
    }

    void rates_take_the_time_they_should_with_sound_in_step_data() {
        QTest::addColumn<double>("rate");
        for (const double rate : {0.5, 1.5, 2.0, 4.0}) QTest::addRow("%.1f", rate) << rate;
    }
    void rates_take_the_time_they_should_with_sound_in_step() {
        QFETCH(double, rate);
        test::RealTimeAudio audio;
        Theatre theatre(&audio);
        theatre.playback->set_output_size(160, 90);
        theatre.playback->set_rate(rate);
        player::SessionOptions options;
        options.start_at = Seconds(rate < 1 ? 4 : 0);
        options.locked_level = 0;
        theatre.playback->play(site().url(), options);
        QVERIFY(theatre.sink.wait_for(12));
        double worst = 0;
        while (theatre.playback->snapshot().state == PlaybackState::playing) {
            const auto snapshot = theatre.playback->snapshot();
            if (snapshot.av_offset) worst = std::max(worst, std::abs(snapshot.av_offset->count()));
            QTest::qWait(20);
        }
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        QVERIFY2(worst > 0 && worst < 0.06, qPrintable(QString::number(worst)));
        const auto seen = theatre.sink.seen();
        const double media = (seen.back().frame.at - seen[0].frame.at).count();
        const double took = Seconds(seen.back().at - seen[0].at).count();
        QVERIFY2(std::abs(took - media / rate) < 0.2,
                 qPrintable(QString("%1 s for %2 s").arg(took).arg(media)));
        QVERIFY(std::abs(double(audio.total) / decode::audio_rate_hz - (media + 0.04) / rate) < 0.2);
        for (const auto& frame : seen)
            QCOMPARE(*frame.frame.frame_number, std::uint32_t(frame.frame.at.count() * 25 + 0.01));
        const auto snapshot = theatre.playback->snapshot();
        QCOMPARE(snapshot.rate, rate);
        const std::size_t dropped = snapshot.qoe.frames_dropped_early + snapshot.qoe.frames_dropped_late;
        QCOMPARE(seen.size() + dropped + snapshot.frames_above_screen, std::size_t(media * 25 + 1.5));
        if (rate == 4) QVERIFY(snapshot.frames_above_screen > 50);  // 100 pictures a second on a screen of 60
        if (rate < 2) QCOMPARE(snapshot.frames_above_screen, std::uint64_t(0));
        QVERIFY2(dropped < 10, qPrintable(QString::number(dropped)));
    }

    void a_rate_may_change_at_any_moment() {
        test::RealTimeAudio audio;
        Theatre theatre(&audio);
        theatre.playback->set_output_size(160, 90);
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(5));
        for (const double rate : {2.0, 0.25, 9.0, 1.0, std::nan("")}) {
            theatre.playback->set_rate(rate);
            QTest::qWait(120);
        }
        QCOMPARE(theatre.playback->snapshot().rate, 1.0);
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        const auto snapshot = theatre.playback->snapshot();
        QCOMPARE(snapshot.qoe.stalls, 0u);
        QVERIFY(*theatre.sink.seen().back().frame.frame_number == std::uint32_t(last_frame));
        QCOMPARE(audio.flushes.load(), 0);  // nothing of the sound was thrown away
    }
};

QTEST_GUILESS_MAIN(TestFrameExact)
#include "tst_frame_exact.moc"
