#include <QtTest>
#include <algorithm>

#include "backend/decode/title_site.hpp"

using namespace qd;
using core::Seconds;
using decode::PlaybackState;
using test::Theatre;
using test::TitleSite;

namespace {
TitleSite& site() {
    static TitleSite shared(6);
    return shared;
}
/// The frame a player must show at `position`.
std::uint32_t due(double position) {
    return std::uint32_t(position * TitleSite::fps + 1e-6);
}
}  // namespace

class TestPlayback : public QObject {
    Q_OBJECT
private slots:
    void cleanup() { site().make_trouble({}); }

    void every_frame_is_shown_once_in_order_and_on_time() {
        Theatre theatre;
        theatre.playback->set_output_size(320, 180);
        theatre.playback->play(site().url());
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        const auto seen = theatre.sink.seen();
        const auto snapshot = theatre.playback->snapshot();
        // A busy machine may make some late: those are counted, not lost in silence.
        const std::uint64_t dropped = snapshot.qoe.frames_dropped_early + snapshot.qoe.frames_dropped_late;
        QCOMPARE(seen.size() + dropped, std::size_t(6 * TitleSite::fps));
        QVERIFY2(dropped < 15, qPrintable(QString::number(dropped)));
        for (std::size_t i = 0; i < seen.size(); ++i) {
            QVERIFY(seen[i].frame.frame_number.has_value());
            QCOMPARE(*seen[i].frame.frame_number, due(seen[i].frame.at.count() + 0.001));
            if (i > 0) QVERIFY(*seen[i].frame.frame_number > *seen[i - 1].frame.frame_number);
            QCOMPARE(seen[i].frame.width, 320);
            QCOMPARE(seen[i].frame.height, 180);
        }
        const double took = Seconds(seen.back().at - seen.front().at).count();
        const double media = (seen.back().frame.at - seen.front().frame.at).count();
        QVERIFY2(qAbs(took - media) < 0.15, qPrintable(QString("%1 s for %2 s").arg(took).arg(media)));
        QVERIFY(snapshot.qoe.startup && snapshot.qoe.startup->count() > 0 &&
                snapshot.qoe.startup->count() < 1);
        QCOMPARE(snapshot.qoe.outcome, player::Outcome::ended);
        QCOMPARE(snapshot.qoe.stalls, 0u);
        QVERIFY2(qAbs(snapshot.qoe.media_played.count() - 6) < 0.5,
                 qPrintable(QString::number(snapshot.qoe.media_played.count())));
        QVERIFY(snapshot.qoe.average_bps().has_value());
        QVERIFY(!snapshot.audio_clock);
        QVERIFY(snapshot.has_audio && snapshot.has_video);
        const std::vector<PlaybackState> expected{PlaybackState::starting, PlaybackState::playing,
                                                  PlaybackState::ended};
        QCOMPARE(theatre.seen_states(), expected);
    }

    void pixels_are_what_was_encoded() {
        Theatre theatre;
        theatre.playback->set_output_size(240, 240);
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(3));
        theatre.playback->pause();
        QVERIFY(theatre.wait_for(PlaybackState::paused));
        const auto frame = theatre.sink.seen().back().frame;
        QCOMPARE(frame.width, 240);  // the shape is kept
        QCOMPARE(frame.height, 135);
        QVERIFY(frame.stride_bytes >= 960 && frame.stride_bytes % 32 == 0);
        // The code's first block is a zero: black, and opaque.
        const std::uint8_t* pixel = frame.pixels.get() + 2 * frame.stride_bytes + 4 * 4;
        QVERIFY(pixel[0] < 40 && pixel[1] < 40 && pixel[2] < 40);
        QCOMPARE(int(pixel[3]), 255);
    }

    void seeking_shows_exactly_the_frame_asked_for() {
        Theatre theatre;
        theatre.playback->set_output_size(320, 180);
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(1));
        theatre.playback->pause();
        QVERIFY(theatre.wait_for(PlaybackState::paused));
        for (const double position : {4.52, 0.0, 2.0, 1.999, 5.96, 3.3, 3.34, 0.04, 100.0}) {
            const std::size_t before = theatre.sink.count();
            theatre.playback->seek(Seconds(position));
            QVERIFY(theatre.wait_for(PlaybackState::paused));
            QVERIFY(theatre.sink.wait_for(before + 1));
            const auto frame = theatre.sink.seen().back().frame;
            QVERIFY(frame.frame_number.has_value());
            QCOMPARE(*frame.frame_number, due(std::min(position, 5.97)));
            QCOMPARE(theatre.sink.count(), before + 1);
        }
        QCOMPARE(theatre.playback->snapshot().qoe.stalls, 0u);
    }

    void seeking_while_playing_plays_on_from_there() {
        Theatre theatre;
        theatre.playback->set_output_size(160, 90);
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(5));
        theatre.playback->seek(Seconds(4));
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        const auto seen = theatre.sink.seen();
        const auto jump = std::adjacent_find(seen.begin(), seen.end(), [](const auto& a, const auto& b) {
            return *b.frame.frame_number != *a.frame.frame_number + 1 && *b.frame.frame_number == 100;
        });
        QVERIFY(jump != seen.end());
        QCOMPARE(*seen.back().frame.frame_number, 149u);
    }

    void stepping_shows_one_frame_at_a_time() {
        Theatre theatre;
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(1));
        theatre.playback->pause();
        QVERIFY(theatre.wait_for(PlaybackState::paused));
        theatre.playback->seek(Seconds(1));
        QVERIFY(theatre.wait_for(PlaybackState::seeking) || true);
        QVERIFY(theatre.wait_for(PlaybackState::paused));
        for (std::uint32_t number = 26; number < 32; ++number) {
            const std::size_t before = theatre.sink.count();
            theatre.playback->step();
            QVERIFY(theatre.sink.wait_for(before + 1));
            QCOMPARE(*theatre.sink.seen().back().frame.frame_number, number);
        }
        theatre.playback->resume();
        const std::size_t before = theatre.sink.count();
        QVERIFY(theatre.sink.wait_for(before + 3));
        QVERIFY(*theatre.sink.seen()[before].frame.frame_number >= 32);
    }

    void resizing_while_paused_paints_the_same_frame_anew() {
        Theatre theatre;
        theatre.playback->set_output_size(320, 180);
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(2));
        theatre.playback->pause();
        QVERIFY(theatre.wait_for(PlaybackState::paused));
        const auto before = theatre.sink.seen();
        theatre.playback->set_output_size(100, 1000);
        QVERIFY(theatre.sink.wait_for(before.size() + 1));
        const auto after = theatre.sink.seen().back().frame;
        QCOMPARE(after.width, 100);
        QCOMPARE(after.height, 56);
        QCOMPARE(*after.frame_number, *before.back().frame.frame_number);
    }

    void sound_is_the_clock_where_there_is_a_device() {
        test::RealTimeAudio audio;
        Theatre theatre(&audio);
        theatre.playback->set_output_size(160, 90);
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(60));
        QVERIFY(theatre.playback->snapshot().audio_clock);
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        QCOMPARE(audio.starts.load(), 1);
        QVERIFY(audio.loud > 1000);  // the test card beeps
        QVERIFY2(qAbs(double(audio.total) / decode::audio_rate_hz - 6) < 0.1,
                 qPrintable(QString::number(audio.total)));
        QCOMPARE(theatre.playback->snapshot().qoe.stalls, 0u);
    }

    void without_a_device_the_system_clock_paces() {
        test::RealTimeAudio audio;
        audio.present = false;
        Theatre theatre(&audio);
        theatre.playback->play(site().url());
        QVERIFY(theatre.sink.wait_for(30));
        QVERIFY(!theatre.playback->snapshot().audio_clock);
        QCOMPARE(audio.total.load(), std::uint64_t(0));
    }

    void a_server_in_trouble_is_asked_again_while_the_buffer_lasts() {
        std::atomic<int> refusals{3};
        site().make_trouble([&](const http::Request& request) -> std::optional<http::Response> {
            if (request.path.find("seg-00002") == std::string::npos || refusals-- <= 0) return std::nullopt;
            return http::Response::text(503, "later");
        });
        Theatre theatre;
        theatre.playback->set_output_size(160, 90);
        theatre.playback->play(site().url());
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        const auto qoe = theatre.playback->snapshot().qoe;
        QCOMPARE(qoe.errors_by_kind.at("status_5xx"), 3u);
        QCOMPARE(qoe.skipped_segments, 0u);
        QCOMPARE(qoe.stalls, 0u);
    }

    void a_dry_buffer_is_a_stall_that_passes() {
        Theatre theatre;
        site().make_trouble([&](const http::Request& request) -> std::optional<http::Response> {
            if (request.path.find("seg-00002") != std::string::npos)
                theatre.wait_for(PlaybackState::stalled, 6);
            return std::nullopt;
        });
        theatre.playback->set_output_size(160, 90);
        theatre.playback->play(site().url());
        QVERIFY(theatre.wait_for(PlaybackState::stalled));
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        const auto qoe = theatre.playback->snapshot().qoe;
        QCOMPARE(qoe.stalls, 1u);
        QVERIFY(qoe.stalled.count() > 0.04 && qoe.stalled.count() < 2);
        QCOMPARE(*theatre.sink.seen().back().frame.frame_number, 149u);
        QCOMPARE(theatre.playback->stalls().size(), std::size_t(1));
        QVERIFY(qAbs(theatre.playback->stalls()[0].media_at.count() - 2) < 0.2);
    }

    void a_missing_segment_is_jumped_over_and_reported() {
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (request.path.find("seg-00002") != std::string::npos) return http::Response::text(404, "gone");
            return std::nullopt;
        });
        std::atomic<int> skipped{0};
        decode::PlaybackCallbacks callbacks;
        callbacks.on_skipped = [&](const player::SkippedSegment&) { ++skipped; };
        Theatre theatre(nullptr, callbacks);
        theatre.playback->set_output_size(160, 90);
        theatre.playback->play(site().url());
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        QCOMPARE(skipped.load(), 1);
        const auto seen = theatre.sink.seen();
        QVERIFY(Seconds(seen.back().at - seen.front().at).count() < 5);
        QCOMPARE(*seen.back().frame.frame_number, 149u);
        const auto qoe = theatre.playback->snapshot().qoe;
        QCOMPARE(qoe.skipped_segments, 1u);
        QVERIFY(qoe.errors >= 2);
    }

    void a_damaged_segment_is_reported_and_passed_over() {
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (request.path.find("seg-00002") == std::string::npos) return std::nullopt;
            return http::Response::text(200, std::string(50'000, 'z'), "video/mp4");
        });
        Theatre theatre;
        theatre.playback->set_output_size(160, 90);
        theatre.playback->play(site().url());
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        QVERIFY(theatre.playback->snapshot().qoe.errors_by_kind.contains("media"));
        QCOMPARE(*theatre.sink.seen().back().frame.frame_number, 149u);
    }

    void what_cannot_be_had_fails_with_the_reason() {
        Theatre theatre;
        theatre.playback->play(site().url() + "x");
        QVERIFY(theatre.wait_for(PlaybackState::failed));
        const auto snapshot = theatre.playback->snapshot();
        QVERIFY(snapshot.error.has_value());
        QCOMPARE(snapshot.qoe.outcome, player::Outcome::start_failure);
        QVERIFY(!snapshot.qoe.startup);
        theatre.playback->play(site().url());  // and another may follow
        QVERIFY(theatre.wait_for(PlaybackState::playing));
    }

    void playing_again_and_stopping_at_any_moment_is_fine() {
        Theatre theatre;
        for (int i = 0; i < 12; ++i) {
            theatre.playback->play(site().url());
            if (i % 3 == 1) theatre.playback->seek(Seconds(3));
            if (i % 3 == 2) QVERIFY(theatre.sink.wait_for(theatre.sink.count() + 2));
            if (i % 4 == 3) theatre.playback->stop();
        }
        theatre.playback->play(site().url());
        QVERIFY(theatre.wait_for(PlaybackState::playing));
        theatre.playback.reset();
        const std::size_t shown = theatre.sink.count();
        QCOMPARE(theatre.sink.count(), shown);
    }

    void after_the_end_play_starts_over() {
        Theatre theatre;
        player::SessionOptions options;
        options.start_at = Seconds(5);
        theatre.playback->play(site().url(), options);
        QVERIFY(theatre.wait_for(PlaybackState::ended));
        QCOMPARE(*theatre.sink.seen().front().frame.frame_number, 125u);
        const std::size_t before = theatre.sink.count();
        theatre.playback->resume();
        QVERIFY(theatre.sink.wait_for(before + 2));
        QCOMPARE(*theatre.sink.seen()[before].frame.frame_number, 0u);
    }
};

QTEST_GUILESS_MAIN(TestPlayback)
#include "tst_playback.moc"
