// Two players in step, and two addresses compared without a screen: real titles over real servers.

#include <QtTest>
#include <cmath>

#include "backend/compare/stage.hpp"
#include "compare/headless.hpp"

using namespace qd;
using namespace qd::compare;
using core::Seconds;
using decode::PlaybackState;
using test::Services;
using test::TitleSite;

namespace {

/// The site's files are asked for with this header by side b: trouble for one side alone.
constexpr const char* arm_header = "X-Quarterdeck-Arm";

bool of_b(const http::Request& request) {
    return request.headers.get(arm_header) == "canary";
}
TitleSite& site() {
    static TitleSite shared(6, 240);
    return shared;
}
Both<SideOptions> both_sides() {
    Both<SideOptions> what;
    what.a.name = "stable";
    what.b.name = "canary";
    what.a.url = what.b.url = site().url();
    what.b.session.headers.set(arm_header, "canary");
    for (const Side side : sides) {
        what[side].session.retry_delay = std::chrono::milliseconds(20);
        what[side].session.attempts = 1;
    }
    return what;
}
std::string damaged(std::string content) {
    for (std::size_t i = content.size() / 4; i < content.size(); ++i) content[i] = char(i * 7);
    return content;
}

HeadlessResult compare_headless(HeadlessOptions options = {}, std::vector<SegmentResult>* segments = nullptr,
                                Both<SideOptions> what = both_sides()) {
    Services services;
    HeadlessCallbacks callbacks;
    callbacks.on_segment = [&](const SegmentResult& segment) {
        if (segments != nullptr) segments->push_back(segment);
    };
    return compare_streams(what, services, options, callbacks, {});
}

/// The site's title on both sides.
struct Stage : test::Stage {
    using test::Stage::Stage;
    void play(double rate = 1) { test::Stage::play(both_sides(), rate); }
};

}  // namespace

class TestLockstep : public QObject {
    Q_OBJECT
private slots:
    void cleanup() { site().make_trouble({}); }

    void both_sides_show_the_same_frames_at_the_same_time() {
        Stage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::ended));
        const auto a = stage.sink_a.seen(), b = stage.sink_b.seen();
        QVERIFY2(a.size() >= 130 && b.size() >= 130,
                 qPrintable(QString("%1 %2").arg(a.size()).arg(b.size())));
        // By the frame code: when a shows a frame, b shows it within a frame's time (the machine may be
        // busy).
        std::map<std::uint32_t, std::chrono::steady_clock::time_point> at;
        for (const auto& seen : b) at[*seen.frame.frame_number] = seen.at;
        int together = 0, met = 0;
        for (const auto& seen : a) {
            const auto other = at.find(*seen.frame.frame_number);
            if (other == at.end()) continue;
            ++met;
            if (std::abs(Seconds(other->second - seen.at).count()) < 0.02) ++together;
        }
        QVERIFY2(met >= 120 && together >= met * 9 / 10,
                 qPrintable(QString("%1 of %2").arg(together).arg(met)));
        QVERIFY(stage.until([&] { return stage.lockstep->verdict().pairs >= 100; }));
        const auto snapshot = stage.lockstep->snapshot();
        QVERIFY(snapshot.side.a.qoe.startup && snapshot.side.b.qoe.startup && snapshot.delta.startup);
        QVERIFY(snapshot.side.a.qoe.outcome == player::Outcome::ended);
        QVERIFY(snapshot.offset && snapshot.offset->frames() == 0);
        QVERIFY(snapshot.delta.first_byte && snapshot.side.a.first_byte);
        const auto rows = stage.lockstep->segments();
        QVERIFY(rows.size() >= 3 && rows[0].first_byte.a && rows[0].first_byte.b);
        const Verdict verdict = stage.lockstep->verdict();
        QVERIFY2(verdict.kind == Verdict::Kind::same, verdict.text.c_str());
        QCOMPARE(verdict.identical, verdict.pairs);
        for (const PairScore& score : stage.lockstep->scores())
            QCOMPARE(score.frame_number.a, score.frame_number.b);
        QCOMPARE(stage.lockstep->scores(stage.lockstep->scores().back().number).size(), std::size_t(0));
    }

    void seeks_and_steps_move_both_to_the_same_frame() {
        Stage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        stage.lockstep->pause();
        QVERIFY(stage.wait_for(PlaybackState::paused));
        const auto both_show = [&](std::uint32_t number) {
            const bool shown = stage.until(
                [&] { return stage.shown(stage.sink_a) == number && stage.shown(stage.sink_b) == number; });
            if (!shown)
                qWarning("%u: a shows %u, b %u", number, stage.shown(stage.sink_a),
                         stage.shown(stage.sink_b));
            return shown;
        };
        for (const double position : {4.5, 0.0, 2.0, 1.98, 5.0}) {
            stage.lockstep->seek(Seconds(position + 0.001));
            QVERIFY(both_show(std::uint32_t((position + 0.001) * TitleSite::fps)));
        }
        stage.lockstep->step(1);
        QVERIFY(both_show(126));
        stage.lockstep->step(3);
        QVERIFY(both_show(129));
        stage.lockstep->step(-1);
        QVERIFY(both_show(128));
        stage.lockstep->step(-5);
        QVERIFY(both_show(123));
        QVERIFY(stage.wait_for(PlaybackState::paused));
        stage.lockstep->set_rate(4);
        stage.lockstep->resume();
        QVERIFY(stage.wait_for(PlaybackState::ended));
        QCOMPARE(stage.shown(stage.sink_a), 149u);
        QCOMPARE(stage.shown(stage.sink_b), 149u);
    }

    void both_wait_when_one_has_nothing_to_show_and_it_says_which() {
        Stage stage;
        const auto hold = std::make_shared<std::atomic<bool>>(true);  // an answer may outlive the test
        site().make_trouble([hold](const http::Request& request) -> std::optional<http::Response> {
            if (of_b(request) && request.path.find("seg-00002") != std::string::npos)
                for (int i = 0; i < 600 && *hold; ++i)
                    std::this_thread::sleep_for(std::chrono::milliseconds(10));
            return std::nullopt;
        });
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::stalled));
        auto snapshot = stage.lockstep->snapshot();
        QVERIFY(snapshot.waits_for == Side::b && snapshot.side.b.holds_up && !snapshot.side.a.holds_up);
        const auto shown = stage.sink_a.count();
        QTest::qWait(150);
        QCOMPARE(stage.sink_a.count(), shown);
        *hold = false;
        stage.lockstep->set_rate(4);
        QVERIFY(stage.wait_for(PlaybackState::ended));
        snapshot = stage.lockstep->snapshot();
        QCOMPARE(snapshot.side.a.qoe.stalls, 0u);
        QCOMPARE(snapshot.side.b.qoe.stalls, 1u);
        QVERIFY(snapshot.side.b.qoe.stalled.count() > 0.1);
        QVERIFY(snapshot.delta.stalled_ratio && *snapshot.delta.stalled_ratio > 0);
        QCOMPARE(stage.shown(stage.sink_b), 149u);
    }

    void a_side_that_fails_does_not_stop_the_other() {
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (of_b(request) && (request.path.find("seg-00002") != std::string::npos ||
                                  request.path.find("seg-00003") != std::string::npos))
                return http::Response::text(404, "gone");
            return std::nullopt;
        });
        Stage stage;
        stage.play(4);
        QVERIFY(stage.wait_for(PlaybackState::ended));
        QCOMPARE(stage.shown(stage.sink_a), 149u);
        QVERIFY(stage.until([&] { return stage.lockstep->verdict().kind == Verdict::Kind::differ; }));
        QVERIFY2(stage.lockstep->verdict().text.find("canary lacks") != std::string::npos,
                 stage.lockstep->verdict().text.c_str());
    }

    void a_side_that_cannot_be_opened_is_said_and_the_other_plays() {
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (of_b(request)) return http::Response::text(404, "gone");
            return std::nullopt;
        });
        Stage stage;
        stage.play(4);
        QVERIFY(stage.wait_for(PlaybackState::ended));
        QCOMPARE(stage.shown(stage.sink_a), 149u);
        const auto snapshot = stage.lockstep->snapshot();
        QVERIFY(snapshot.side.b.error && snapshot.side.b.qoe.outcome == player::Outcome::start_failure);
        QVERIFY(!snapshot.side.b.qoe.startup && !snapshot.delta.startup);
        QVERIFY(stage.until([&] { return !stage.lockstep->verdict().text.empty(); }));
        QVERIFY(stage.lockstep->verdict().kind == Verdict::Kind::insufficient);
    }

    void one_side_is_heard_and_the_ear_can_change() {
        test::RealTimeAudio audio;
        Stage stage(&audio);
        stage.play();
        QVERIFY(stage.until([&] { return stage.lockstep->snapshot().audio_clock; }));
        const auto before = audio.total.load();
        stage.lockstep->set_audible(Side::b);
        QVERIFY(stage.until([&] { return audio.total.load() > before + decode::audio_rate_hz / 2; }));
        QVERIFY(audio.loud > 1000);
        QVERIFY(stage.lockstep->snapshot().audible == Side::b);
        QVERIFY(stage.wait_for(PlaybackState::ended));
        // The sound of one title, not of two.
        QVERIFY2(double(audio.total) / decode::audio_rate_hz < 7, qPrintable(QString::number(audio.total)));
    }

    void an_offset_that_is_given_moves_one_side() {
        Stage stage;
        stage.lockstep->set_offset(Seconds(0.4));
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        stage.lockstep->pause();
        QVERIFY(stage.wait_for(PlaybackState::paused));
        stage.lockstep->seek(Seconds(2.001));
        QVERIFY(
            stage.until([&] { return stage.shown(stage.sink_a) == 50 && stage.shown(stage.sink_b) == 60; }));
        QCOMPARE(stage.lockstep->snapshot().offset->frames(),
                 0);  // in seconds: no frame length is known for it
        QCOMPARE(stage.lockstep->snapshot().offset->b_minus_a.count(), 0.4);
    }

    void playing_again_and_stopping_at_any_moment_is_fine() {
        Stage stage;
        for (int i = 0; i < 8; ++i) {
            stage.play();
            if (i % 3 == 1) stage.lockstep->seek(Seconds(3));
            if (i % 3 == 2) QVERIFY(stage.sink_b.wait_for(stage.sink_b.count() + 2));
            if (i % 4 == 3) stage.lockstep->stop();
        }
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        stage.lockstep->lock_level(0);
        stage.lockstep->set_rate(2);
        stage.lockstep->step(2);
        stage.lockstep.reset();
        QVERIFY(stage.was(PlaybackState::playing));
    }

    void a_loop_takes_both_round_and_round() {
        Stage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        stage.lockstep->set_loop(decode::LoopRange{Seconds(1), Seconds(2)});
        QVERIFY(stage.until([&] { return stage.lockstep->snapshot().laps >= 1; }));
        const auto asked = site().asked().size();
        const auto from_a = stage.sink_a.count(), from_b = stage.sink_b.count();
        QVERIFY(stage.until([&] { return stage.lockstep->snapshot().laps >= 3; }));
        QCOMPARE(site().asked().size(), asked);  // what is looped is kept
        for (const auto* sink : {&stage.sink_a, &stage.sink_b}) {
            const auto seen = sink->seen();
            for (std::size_t i = sink == &stage.sink_a ? from_a : from_b; i < seen.size(); ++i)
                QVERIFY2(*seen[i].frame.frame_number >= 25 && *seen[i].frame.frame_number < 50,
                         qPrintable(QString::number(*seen[i].frame.frame_number)));
        }
        QVERIFY(stage.in_step());
        auto snapshot = stage.lockstep->snapshot();
        QVERIFY(snapshot.loop == (decode::LoopRange{Seconds(1), Seconds(2)}));
        QVERIFY(snapshot.position >= Seconds(1) && snapshot.position < Seconds(2));
        // Outside of it there is nothing; without it there is.
        stage.lockstep->seek(Seconds(4));
        QVERIFY(
            stage.until([&] { return stage.shown(stage.sink_a) == 25 && stage.shown(stage.sink_b) == 25; }));
        stage.lockstep->set_loop(decode::LoopRange{Seconds(5.6), {}});  // to the end
        stage.lockstep->resume();
        QVERIFY(stage.until([&] { return stage.lockstep->snapshot().laps >= 2; }));
        QVERIFY(stage.in_step());
        QVERIFY(stage.shown(stage.sink_b) >= 140);
        stage.lockstep->set_loop(std::nullopt);
        stage.lockstep->resume();
        QVERIFY(stage.wait_for(PlaybackState::ended));
        QCOMPARE(stage.shown(stage.sink_a), 149u);
        QCOMPARE(stage.shown(stage.sink_b), 149u);
        QVERIFY(!stage.lockstep->snapshot().loop);
        QVERIFY(stage.until([&] { return stage.lockstep->verdict().kind == Verdict::Kind::same; }));
        for (const PairScore& score : stage.lockstep->scores())
            QCOMPARE(score.frame_number.a, score.frame_number.b);
    }

    void subtitles_of_one_language_are_shown_on_both() {
        const std::string original =
            core::read_file(site().root() / "media" / "master.m3u8").value_or(std::string());
        site().make_trouble([original](const http::Request& request) -> std::optional<http::Response> {
            const auto text = [](std::string body) { return http::Response::text(200, std::move(body)); };
            const auto track = [](const char* name, const char* language) {
                return std::string("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"") + name +
                       "\",LANGUAGE=\"" + language + "\",URI=\"" + language + ".m3u8\"\n";
            };
            if (request.path.ends_with("master.m3u8")) {
                std::string body = original;
                for (std::size_t at = 0; (at = body.find("STREAM-INF:", at)) != std::string::npos; at += 11)
                    body.insert(at + 11, "SUBTITLES=\"s\",");
                const std::string tracks = of_b(request) ? track("English", "en") + track("Deutsch", "de")
                                                         : track("Deutsch", "de") + track("French", "fr");
                return text(body.insert(body.find('\n') + 1, tracks));
            }
            for (const std::string language : {"de", "en", "fr"}) {
                if (request.path.ends_with(language + ".m3u8"))
                    return text("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n" + language +
                                ".vtt\n#EXT-X-ENDLIST\n");
                if (request.path.ends_with(language + ".vtt"))
                    return text("WEBVTT\n\n00:00:00.000 --> 00:01:00.000\n" + language + "\n");
            }
            return std::nullopt;
        });
        Stage stage;
        stage.play();
        stage.lockstep->select_subtitles(0);  // before anything is known of them
        const auto both_say = [&](const std::string& a, const std::string& b) {
            return stage.until([&] {
                const auto both = stage.lockstep->snapshot().side;
                return both.a.cues.size() == 1 && both.a.cues[0].text == a && both.b.cues.size() == 1 &&
                       both.b.cues[0].text == b;
            });
        };
        QVERIFY(both_say("de", "de"));
        const auto snapshot = stage.lockstep->snapshot();
        QVERIFY(snapshot.side.a.subtitle_track == 0 && snapshot.side.b.subtitle_track == 1);
        QVERIFY(!stage.told("no subtitles"));
        stage.lockstep->select_subtitles(1);
        QVERIFY(both_say("fr", "de"));
        QVERIFY(stage.told("canary has no subtitles 'French': 'Deutsch' are shown"));
        stage.lockstep->select_subtitles(std::nullopt);
        QVERIFY(stage.until([&] {
            const auto both = stage.lockstep->snapshot().side;
            return !both.a.subtitle_track && !both.b.subtitle_track && both.a.cues.empty() &&
                   both.b.cues.empty();
        }));
    }

    void each_side_can_be_read_like_a_player_of_its_own() {
        Stage stage;
        QVERIFY(stage.lockstep->grab(Side::b).error().code == core::Errc::not_found);
        QVERIFY(!stage.lockstep->frame_info(Side::b));
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (of_b(request) && request.path.find("seg-00002") != std::string::npos)
                return http::Response::text(404, "gone");
            return std::nullopt;
        });
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        stage.lockstep->pause();
        QVERIFY(stage.wait_for(PlaybackState::paused));
        stage.lockstep->seek(Seconds(1.001));
        QVERIFY(
            stage.until([&] { return stage.shown(stage.sink_a) == 25 && stage.shown(stage.sink_b) == 25; }));
        for (const Side side : sides) {
            const auto grabbed = stage.lockstep->grab(side);
            QVERIFY(grabbed && grabbed->width == 426 && grabbed->height == 240 &&
                    grabbed->frame_number == 25u);
            const auto info = stage.lockstep->frame_info(side);
            QVERIFY(info && info->frame_number == 25u && info->width == 426 && info->qp);
            QVERIFY(!stage.lockstep->decisions(side).empty());
            const auto alone = stage.lockstep->playback(side);
            QVERIFY(alone.state == PlaybackState::paused && alone.has_video && alone.has_audio);
            QVERIFY(alone.position == info->at && alone.source_height == 240 && alone.last_decision);
            QVERIFY(alone.video_codec.starts_with("H.264") && alone.decoder == "software");
            QVERIFY(stage.lockstep->stalls(side).empty());
        }
        QVERIFY(stage.until([&] { return stage.lockstep->skipped(Side::b).size() == 1; }));
        QCOMPARE(stage.lockstep->skipped(Side::b)[0].segment.sequence,
                 stage.lockstep->frame_info(Side::b)->sequence + 1);
        QVERIFY(stage.lockstep->skipped(Side::a).empty());
    }

    void what_was_learnt_of_one_title_is_forgotten_with_it() {
        // The same pictures, their stamps an hour on, as another title carries them.
        Stage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        auto later = both_sides();
        for (const Side side : sides) later[side].url = site().url("later.m3u8");
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (!request.path.ends_with("later.m3u8")) return std::nullopt;
            // Its first segment is the other's second: stamps begin at 2 s, positions at 0.
            return http::Response::text(200,
                                        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"240p/init.mp4\"\n"
                                        "#EXTINF:2,\n240p/seg-00002.m4s\n#EXTINF:2,\n240p/seg-00003.m4s\n"
                                        "#EXT-X-ENDLIST\n");
        });
        static_cast<test::Stage&>(stage).play(later);
        QVERIFY(stage.until([&] {
            const auto snapshot = stage.lockstep->snapshot();
            return stage.shown(stage.sink_a) >= 50 && stage.shown(stage.sink_a) < 99'999 &&
                   snapshot.side.a.url.ends_with("later.m3u8") && snapshot.state == PlaybackState::playing;
        }));
        stage.lockstep->pause();
        QVERIFY(stage.wait_for(PlaybackState::paused));
        stage.lockstep->seek(Seconds(0.001));
        QVERIFY(
            stage.until([&] { return stage.shown(stage.sink_a) == 50 && stage.shown(stage.sink_b) == 50; }));
        QVERIFY(stage.lockstep->snapshot().position < Seconds(0.02));
    }

    void headless_the_same_title_is_the_same() {
        std::vector<SegmentResult> segments;
        const auto result = compare_headless({}, &segments);
        QVERIFY2(result.verdict.kind == Verdict::Kind::same, result.verdict.text.c_str());
        QCOMPARE(result.verdict.pairs, std::uint64_t(150));
        QCOMPARE(result.verdict.identical, std::uint64_t(150));
        QVERIFY(!result.error.a && !result.error.b && result.verdict.offset == "no offset (by frame code)");
        QCOMPARE(segments.size(), std::size_t(3));
        for (const SegmentResult& segment : segments) {
            QCOMPARE(segment.pairs, std::uint64_t(50));
            QVERIFY(segment.sequence.a == segment.sequence.b && segment.fetch.a && segment.fetch.b);
        }
    }

    void headless_a_range_and_an_offset_can_be_given() {
        HeadlessOptions options;
        options.at = Seconds(2);
        options.length = Seconds(1);
        const auto part = compare_headless(options);
        QCOMPARE(part.verdict.pairs, std::uint64_t(25));
        QVERIFY2(part.verdict.kind == Verdict::Kind::same, part.verdict.text.c_str());
        HeadlessOptions wrong;
        wrong.b_minus_a = Seconds(1);  // frames a second apart: other pictures
        const auto shifted = compare_headless(wrong);
        QVERIFY2(shifted.verdict.kind == Verdict::Kind::differ, shifted.verdict.text.c_str());
    }

    void headless_damage_is_found_where_it_is() {
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (!of_b(request) || request.path.find("seg-00002") == std::string::npos) return std::nullopt;
            http::ClientRequest plain;
            http::Client client;
            plain.url = site().url().substr(0, site().url().find("/media")) + request.path;
            auto original = client.fetch(std::move(plain));
            if (!original) return std::nullopt;
            return http::Response::text(200, damaged(std::move(original->body)), "video/mp4");
        });
        const auto result = compare_headless();
        QVERIFY2(result.verdict.kind == Verdict::Kind::differ, result.verdict.text.c_str());
        QVERIFY2(result.verdict.from->count() >= 2 && result.verdict.from->count() < 4,
                 result.verdict.text.c_str());
        QVERIFY(!result.error.b);
    }

    void headless_a_missing_segment_is_missing_frames() {
        site().make_trouble([](const http::Request& request) -> std::optional<http::Response> {
            if (of_b(request) && request.path.find("seg-00002") != std::string::npos)
                return http::Response::text(404, "gone");
            return std::nullopt;
        });
        const auto result = compare_headless();
        QCOMPARE(QString::fromStdString(result.verdict.text),
                 QString("canary lacks 50 frames from 00:02.0 to 00:04.0"));
        QCOMPARE(result.verdict.identical, std::uint64_t(100));
    }

    void headless_what_cannot_be_had_is_an_error_of_its_side() {
        auto what = both_sides();
        what.b.url += "x";
        const auto result = compare_headless({}, nullptr, what);
        QVERIFY(result.verdict.kind == Verdict::Kind::insufficient);
        QVERIFY(!result.error.a && result.error.b);
        std::stop_source stop;
        stop.request_stop();
        Services services;
        const auto interrupted = compare_streams(both_sides(), services, {}, {}, stop.get_token());
        QVERIFY(interrupted.interrupted);
    }
};

QTEST_GUILESS_MAIN(TestLockstep)
#include "tst_lockstep.moc"
