// Two live windows in step. Time is real; what is waited for has a minute to come true.

#include "backend/compare/live_site.hpp"
#include "backend/compare/stage.hpp"

using namespace qd;
using namespace qd::compare;
using core::Seconds;
using decode::PlaybackState;
using test::LiveSite;

namespace {

LiveSite& site() {
    static LiveSite shared;
    return shared;
}

struct LiveStage : test::Stage {
    explicit LiveStage(double patience_s = 60, LockstepOptions options = {},
                       decode::AudioSink* audio = nullptr)
        : test::Stage(audio, [&] {
              options.live_patience = Seconds(patience_s);
              return options;
          }()) {}
    void play() { test::Stage::play(site().sides()); }
    LockstepSnapshot now() const { return lockstep->snapshot(); }
    /// So much of both has been shown from now on.
    bool goes_on(int pictures = 30) {
        const auto a = sink_a.count(), b = sink_b.count();
        return until([&] {
            return sink_a.count() >= a + std::size_t(pictures) && sink_b.count() >= b + std::size_t(pictures);
        });
    }
    bool all_pairs_are_of_the_same_frames() const {
        const auto scores = lockstep->scores();
        for (const PairScore& score : scores)
            if (score.frame_number.a != score.frame_number.b) return false;
        return !scores.empty();
    }
};

LiveSite::Window numbered_otherwise() {
    LiveSite::Window window;
    window.first_number = 7'000;
    return window;
}

}  // namespace

class TestLockstepLive : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { site(); }
    void cleanup() { site().hold_segments_of_b = site().hold_playlists_of_b = false; }

    void both_begin_near_the_edge_with_the_same_picture_and_follow_their_windows() {
        LiveSite::Window late = numbered_otherwise();
        late.late_s = 3;
        late.rungs = 3;
        LiveSite::Window window;
        window.length = late.length = 6;
        site().begin({window, late});
        LockstepOptions options;
        options.level = 0;
        LiveStage stage(60, options);
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        // Three segments before the late one's edge: not at the beginning of the windows, nor at the other's.
        const double first = stage.sink_b.seen().front().frame.frame_number.value_or(0) / 25.0;
        QVERIFY2(first >= 5 && first <= site().edge(Side::b) - 2, qPrintable(QString::number(first)));
        QVERIFY(stage.until([&] { return stage.sink_a.count() > 25 * 7; }));  // longer than a window
        QVERIFY(stage.in_step());
        const auto snapshot = stage.now();
        QVERIFY(snapshot.live && snapshot.side.a.level == 0 && snapshot.side.b.level == 0);
        QVERIFY(stage.lockstep->skipped(Side::a).empty() && stage.lockstep->skipped(Side::b).empty());
        QVERIFY(stage.all_pairs_are_of_the_same_frames());
        QVERIFY(stage.until([&] { return stage.lockstep->verdict().kind == Verdict::Kind::same; }));
    }

    void where_there_are_no_dates_numbers_tell() {
        LiveSite::Window undated, late;
        undated.dated = late.dated = false;
        late.late_s = 2;
        site().begin({undated, late});
        LiveStage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        QVERIFY(stage.goes_on(60));
        QVERIFY(stage.in_step());
        QVERIFY(stage.all_pairs_are_of_the_same_frames());
    }

    void a_ladder_of_its_own_does_not_move_the_beginning_from_the_edge() {
        LiveSite::Window more;
        more.rungs = 3;
        site().begin({{}, more});
        LiveStage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        const auto first = stage.sink_a.seen().front().frame.frame_number;
        QVERIFY2(first && *first >= 25 * 8, qPrintable(QString::number(first.value_or(0))));
        QVERIFY(stage.until([&] { return stage.now().side.a.level == 1 && stage.now().side.b.level == 1; }));
        QVERIFY(stage.in_step());
    }

    void a_side_that_stops_is_said_and_joins_again() {
        site().begin({{}, numbered_otherwise()});
        test::RealTimeAudio audio;
        LiveStage stage(1.5, {}, &audio);
        stage.lockstep->set_audible(Side::b);  // that it falls silent must not hold the clock
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        const double stop = site().edge(Side::b);
        site().change(Side::b, [stop](LiveSite::Window& window) { window.stopped_at_s = stop; });
        QVERIFY(stage.wait_for(PlaybackState::stalled));
        QVERIFY(stage.now().waits_for == Side::b);
        QVERIFY(stage.until([&] { return stage.now().side.b.left_behind; }));
        QVERIFY(stage.told("canary has had nothing to show for"));
        const auto alone = stage.sink_a.count();
        QVERIFY(stage.until([&] { return stage.sink_a.count() > alone + 30; }));
        QVERIFY(stage.now().state == PlaybackState::playing && stage.now().side.b.qoe.stalls >= 1);
        site().change(Side::b, [](LiveSite::Window& window) { window.stopped_at_s.reset(); });
        QVERIFY(stage.until([&] { return stage.told("canary is in step again"); }));
        QVERIFY(stage.goes_on());
        QVERIFY(stage.in_step());
        QVERIFY(stage.all_pairs_are_of_the_same_frames());
        QVERIFY(stage.until([&] { return !stage.lockstep->verdict().notes.empty(); }));
    }

    void a_side_that_comes_back_late_takes_both_back() {
        site().begin({{}, numbered_otherwise()});
        LiveStage stage(1);
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        const double stop = site().edge(Side::b);
        site().change(Side::b, [stop](LiveSite::Window& window) { window.stopped_at_s = stop; });
        QVERIFY(stage.until([&] { return stage.now().side.b.left_behind; }));
        const double lost = site().edge(Side::a) - stop;
        QVERIFY(lost > 0);
        site().change(Side::a, [](LiveSite::Window& window) { window.length = 25; });
        site().change(Side::b, [lost](LiveSite::Window& window) {
            window.stopped_at_s.reset();
            window.late_s = lost + 1;
        });
        QVERIFY(stage.until([&] { return stage.told("both go back to what it has"); }));
        QVERIFY(stage.until([&] { return stage.now().state == PlaybackState::playing; }));
        QVERIFY(stage.goes_on());
        QVERIFY(stage.in_step());
        QVERIFY(!stage.now().side.b.left_behind);
        QVERIFY(stage.all_pairs_are_of_the_same_frames());
    }

    void a_side_that_never_comes_does_not_hold_the_other_up() {
        LiveSite::Window far;
        far.length = 3;
        far.late_s = 9;  // what it has is gone on the other side
        LiveSite::Window quick;
        quick.length = 4;
        far.stopped_at_s = 3;
        site().begin({quick, far});
        LiveStage stage(1);
        stage.play();
        QVERIFY(stage.until([&] { return stage.now().side.b.left_behind; }));
        const auto alone = stage.sink_a.count();
        QVERIFY(stage.until([&] { return stage.sink_a.count() > alone + 30; }));
        QVERIFY(stage.told("canary has had nothing to show for"));
    }

    void a_side_that_opens_late_is_aligned_when_it_does() {
        LiveSite::Window later = numbered_otherwise();
        later.rungs = 1;
        LiveSite::Window wide;
        wide.length = 12;
        site().begin({wide, later});
        site().hold_playlists_of_b = true;
        LiveStage stage(1);
        stage.play();
        QVERIFY(stage.until([&] { return stage.now().side.b.left_behind; }));
        QVERIFY(stage.until([&] { return stage.sink_a.count() > 30; }));
        site().hold_playlists_of_b = false;
        QVERIFY(stage.until([&] { return stage.sink_b.count() > 0; }));
        QVERIFY(stage.until([&] { return stage.now().state == PlaybackState::playing; }));
        QVERIFY(stage.goes_on());
        QVERIFY(stage.in_step());
        QVERIFY(stage.all_pairs_are_of_the_same_frames());
    }

    void who_falls_out_of_the_window_takes_both_ahead() {
        LiveSite::Window narrow = numbered_otherwise();
        narrow.length = 4;
        site().begin({{}, narrow});
        LiveStage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        site().hold_segments_of_b = true;
        QVERIFY(stage.wait_for(PlaybackState::stalled));
        const double then = site().edge(Side::b);
        QVERIFY(stage.until([&] { return site().edge(Side::b) > then + 8; }));
        site().hold_segments_of_b = false;
        QVERIFY(stage.until([&] { return stage.told("a window has moved on: both skip"); }));
        QVERIFY(stage.until([&] { return stage.now().state == PlaybackState::playing; }));
        QVERIFY(stage.goes_on());
        QVERIFY(stage.in_step());
        QVERIFY(!stage.lockstep->skipped(Side::b).empty());
        QVERIFY(stage.all_pairs_are_of_the_same_frames());
    }

    void a_pause_longer_than_the_windows_is_skipped_by_both() {
        LiveSite::Window narrow = numbered_otherwise();
        narrow.length = 5;
        site().begin({{}, narrow});
        auto what = site().sides();
        for (const Side side : sides) what[side].session.buffer_goal = Seconds(2);
        LiveStage stage;
        static_cast<test::Stage&>(stage).play(what);
        QVERIFY(stage.wait_for(PlaybackState::playing));
        stage.lockstep->pause();
        QVERIFY(stage.wait_for(PlaybackState::paused));
        const double then = site().edge(Side::a);
        QVERIFY(stage.until([&] { return site().edge(Side::a) > then + 11; }));
        stage.lockstep->resume();
        QVERIFY(stage.until([&] { return stage.told("a window has moved on: both skip"); }));
        QVERIFY(stage.until([&] { return stage.now().state == PlaybackState::playing; }));
        QVERIFY(stage.goes_on());
        QVERIFY(stage.in_step());
        QVERIFY(stage.all_pairs_are_of_the_same_frames());
    }

    void a_discontinuity_is_passed_together() {
        LiveSite::Window plain, other = numbered_otherwise();
        plain.discontinuity_at = other.discontinuity_at = 14;
        site().begin({plain, other});
        LiveStage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        QVERIFY(stage.until(
            [&] { return stage.shown(stage.sink_b) >= 25 * 35 && stage.shown(stage.sink_b) < 99'999; }));
        QVERIFY(stage.goes_on());
        QVERIFY(stage.in_step());
        QVERIFY(stage.all_pairs_are_of_the_same_frames());
    }

    void a_timeline_that_went_on_by_guess_is_aligned_again() {
        // Of what it missed it believes that segments last the target duration: twice what they do.
        LiveSite::Window lying = numbered_otherwise();
        lying.target_s = 2;
        lying.length = 5;
        site().begin({{}, lying});
        auto what = site().sides();
        what.b.session.outage_patience = Seconds(60);
        LiveStage stage;
        static_cast<test::Stage&>(stage).play(what);
        QVERIFY(stage.wait_for(PlaybackState::playing));
        site().change(Side::b, [](LiveSite::Window& window) { window.unreachable = true; });
        const double then = site().edge(Side::b);
        QVERIFY(stage.until([&] { return site().edge(Side::b) > then + 9; }));
        site().change(Side::b, [](LiveSite::Window& window) { window.unreachable = false; });
        QVERIFY(stage.until([&] { return stage.told("both are aligned again"); }));
        QVERIFY(stage.until([&] { return stage.now().state == PlaybackState::playing; }));
        QVERIFY(stage.goes_on());
        QVERIFY(stage.in_step());
    }

    void a_looped_range_goes_on_when_the_window_has_left_it() {
        LiveSite::Window narrow;
        narrow.length = 4;
        site().begin({narrow, narrow});
        LiveStage stage;
        stage.play();
        QVERIFY(stage.wait_for(PlaybackState::playing));
        const Seconds at = stage.now().position;
        stage.lockstep->set_loop(decode::LoopRange{at, at + Seconds(1)});
        QVERIFY(stage.until([&] { return stage.now().laps >= 2; }));  // kept, whatever the window does
        QVERIFY(stage.in_step());
        stage.lockstep->set_loop(std::nullopt);
        stage.lockstep->resume();
        QVERIFY(stage.goes_on());
    }
};

QTEST_GUILESS_MAIN(TestLockstepLive)
#include "tst_lockstep_live.moc"
