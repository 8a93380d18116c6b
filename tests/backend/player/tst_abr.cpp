#include <QtTest>
#include <random>

#include "player/abr.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;

namespace {
AbrInputs steady(int current, double estimate_bps, double buffered_s) {
    AbrInputs inputs;
    inputs.level_bps = {300e3, 1200e3, 3000e3, 6000e3};
    inputs.current = current;
    inputs.estimate_bps = estimate_bps;
    inputs.ttfb = Seconds(0.02);
    inputs.buffered = Seconds(buffered_s);
    inputs.segment_duration = Seconds(2);
    inputs.remaining = Seconds(300);
    return inputs;
}
}  // namespace

class TestAbr : public QObject {
    Q_OBJECT
private slots:
    void the_first_choice_trusts_seven_tenths_of_the_estimate() {
        QCOMPARE(choose_level(steady(-1, 500e3, 0)).level, 0);  // 0.7 x 500 = 350
        QCOMPARE(choose_level(steady(-1, 2e6, 0)).level, 1);
        QCOMPARE(choose_level(steady(-1, 100, 0)).level, 0);  // something must play
        QCOMPARE(choose_level(steady(-1, 2e6, 0)).reason, AbrReason::initial);
    }

    void going_up_wants_bandwidth_and_ten_seconds_of_buffer() {
        QCOMPARE(choose_level(steady(1, 4e6, 10)).level, 1);  // 0.70 x 4 < 3
        const AbrDecision up = choose_level(steady(1, 4.5e6, 10));
        QCOMPARE(up.level, 2);
        QCOMPARE(up.reason, AbrReason::up);
        const AbrDecision waiting = choose_level(steady(1, 4.5e6, 9.9));
        QCOMPARE(waiting.level, 1);
        QCOMPARE(waiting.reason, AbrReason::up_deferred);
        QCOMPARE(waiting.up_guard.count(), 10.0);
    }

    void a_long_buffer_pays_for_what_the_estimate_does_not_carry() {
        // 2.5 Mbit/s: 0.7 of it and 10 s above the reserve over 10 s make 4.25; the next level needs 3.
        const AbrDecision up = choose_level(steady(1, 2.5e6, 20));
        QCOMPARE(up.level, 2);
        QCOMPARE(up.reason, AbrReason::surplus);
        QCOMPARE(up.usable_bps, 1.7 * 2.5e6);
        QCOMPARE(choose_level(steady(1, 2.5e6, 12)).level, 1);
        // Once there it stays until most of that is spent, so that it does not change with each segment.
        QCOMPARE(choose_level(steady(2, 2.5e6, 12)).level, 2);
        QCOMPARE(choose_level(steady(2, 2.5e6, 7)).level, 1);
    }

    void nothing_need_be_left_at_the_end_of_a_title() {
        AbrInputs inputs = steady(0, 800e3, 11);
        QCOMPARE(choose_level(inputs).level, 0);
        inputs.remaining = Seconds(13);  // one segment more, and 11 s to load it in
        QCOMPARE(choose_level(inputs).level, 2);
    }

    void segments_smaller_than_declared_leave_room_for_a_higher_level() {
        AbrInputs inputs = steady(1, 2.5e6, 10);
        QCOMPARE(choose_level(inputs).level, 1);
        inputs.fill = 0.5;
        QCOMPARE(choose_level(inputs).level, 2);
        inputs.fill = 1.5;  // a playlist that promises less than it sends
        inputs.current = 2;
        inputs.estimate_bps = 3.5e6;
        inputs.buffered = Seconds(4);
        QCOMPARE(choose_level(inputs).level, 1);
    }

    void what_was_abandoned_is_not_tried_again_for_that_segment() {
        AbrInputs inputs = steady(1, 20e6, 20);
        QCOMPARE(choose_level(inputs).level, 3);
        inputs.no_higher = 1;
        QCOMPARE(choose_level(inputs).level, 1);
    }

    void a_short_live_window_may_go_up_too() {
        AbrInputs inputs = steady(0, 20e6, 5);
        inputs.remaining = Seconds(-1);
        QCOMPARE(choose_level(inputs).reason, AbrReason::up_deferred);
        inputs.to_live_edge = Seconds(6);
        QCOMPARE(choose_level(inputs).up_guard.count(), 3.0);
        QCOMPARE(up_guard(Seconds(6), Seconds(-1), Seconds(4)).count(), 0.0);
        QVERIFY(choose_level(inputs).level > 0);
    }

    void going_down_waits_while_the_buffer_is_long() {
        const AbrDecision down = choose_level(steady(2, 2e6, 6));
        QCOMPARE(down.level, 1);
        QCOMPARE(down.reason, AbrReason::down);
        const AbrDecision waiting = choose_level(steady(2, 0.5e6, 25));
        QCOMPARE(waiting.level, 2);
        QCOMPARE(waiting.reason, AbrReason::down_deferred);
    }

    void a_level_is_kept_with_a_twentieth_to_spare() {
        QCOMPARE(choose_level(steady(2, 3.2e6, 5)).reason, AbrReason::keep);
        QCOMPARE(choose_level(steady(2, 3.1e6, 5)).level, 1);
    }

    void a_level_that_loads_too_late_is_not_taken() {
        // 3 Mbit/s x 2 s over 3.04 usable takes 2 s, the buffer holds one.
        QCOMPARE(choose_level(steady(2, 3.2e6, 1)).level, 1);
        QCOMPARE(choose_level(steady(2, 3.2e6, 0)).reason, AbrReason::emergency);
    }

    void short_titles_may_go_up_too() {
        QCOMPARE(up_guard(Seconds(2), Seconds(300)).count(), 10.0);
        QCOMPARE(up_guard(Seconds(2), Seconds(20)).count(), 5.0);
        QCOMPARE(up_guard(Seconds(2), Seconds(6)).count(), 4.0);
        QCOMPARE(up_guard(Seconds(6), Seconds(-1)).count(), 10.0);  // live: no end to measure by
        QCOMPARE(down_guard(up_guard(Seconds(2), Seconds(300))).count(), 25.0);
    }

    void a_lock_beats_everything() {
        AbrInputs inputs = steady(0, 100, 0);
        inputs.locked = 3;
        QCOMPARE(choose_level(inputs).level, 3);
        QCOMPARE(choose_level(inputs).reason, AbrReason::locked);
        inputs.locked = 99;
        QCOMPARE(choose_level(inputs).level, 3);
        inputs.locked = -5;
        QCOMPARE(choose_level(inputs).level, 0);
    }

    void a_cap_is_obeyed() {
        AbrInputs inputs = steady(1, 100e6, 20);
        inputs.max_level = 1;
        QCOMPARE(choose_level(inputs).level, 1);
        inputs.current = 3;
        QCOMPARE(choose_level(inputs).level, 1);
    }

    void decisions_hold_for_any_input() {
        std::mt19937_64 random(11);
        for (int round = 0; round < 20'000; ++round) {
            AbrInputs inputs;
            double bps = 0;
            for (std::uint64_t i = 1 + random() % 6; i > 0; --i)
                inputs.level_bps.push_back(bps += 1 + double(random() % 2'000'000));
            const int top = int(inputs.level_bps.size()) - 1;
            inputs.current = int(random() % std::uint64_t(top + 2)) - 1;
            inputs.max_level = int(random() % std::uint64_t(top + 2)) - 1;
            if (random() % 8 == 0) inputs.locked = int(random() % 8);
            inputs.estimate_bps = double(random() % 12'000'000);
            inputs.ttfb = Seconds(double(random() % 1000) / 1000);
            inputs.buffered = Seconds(double(random() % 35'000) / 1000);
            inputs.segment_duration = Seconds(0.5 + double(random() % 6));
            inputs.remaining = Seconds(double(random() % 1000) - 1);
            inputs.fill = 0.1 + double(random() % 19) / 10;
            if (random() % 4 == 0) inputs.no_higher = int(random() % std::uint64_t(top + 1));
            if (random() % 4 == 0) inputs.to_live_edge = Seconds(double(random() % 40));
            const AbrDecision decision = choose_level(inputs);
            QVERIFY(decision.level >= 0 && decision.level <= top);
            if (!inputs.locked && inputs.max_level >= 0 && decision.reason != AbrReason::keep)
                QVERIFY(decision.level <= std::max(inputs.max_level, 0) || decision.level == inputs.current);
            if (decision.reason == AbrReason::up || decision.reason == AbrReason::surplus)
                QVERIFY(decision.inputs.buffered >= decision.up_guard);
            // More bandwidth never gives less quality.
            AbrInputs richer = inputs;
            richer.estimate_bps *= 1.5;
            QVERIFY(choose_level(richer).level >= decision.level);
        }
    }

    void a_segment_that_comes_too_late_is_abandoned_for_the_level_that_fits() {
        AbandonInputs in;
        in.level_bps = {300e3, 1200e3, 3000e3, 6000e3};
        in.current = 3;
        in.total_bytes = 1'500'000;
        in.loaded_bytes = 150'000;
        in.loading = Seconds(1.2);
        in.since_first_byte = Seconds(1.2);  // 1 Mbit/s: 10.8 s more
        in.ttfb = Seconds(0.02);
        in.estimate_bps = 6e6;
        in.buffered = Seconds(4);
        in.segment_duration = Seconds(2);
        const auto lower = should_abandon(in);
        QVERIFY(lower.has_value());
        QCOMPARE(*lower, 1);  // 2.4 Mbit at 0.8 Mbit/s: 3 s, before the 4 s are over
        in.buffered = Seconds(11);
        QVERIFY(!should_abandon(in));  // it will be here in time
        in.buffered = Seconds(4);
        in.loading = Seconds(0.9);
        QVERIFY(!should_abandon(in));  // too early to tell
        in.loading = Seconds(1.2);
        in.current = 0;
        QVERIFY(!should_abandon(in));  // nothing lower
    }

    void a_nearly_complete_segment_is_not_thrown_away() {
        AbandonInputs in;
        in.level_bps = {300e3, 6000e3};
        in.current = 1;
        in.total_bytes = 1'500'000;
        in.loaded_bytes = 1'480'000;
        in.loading = in.since_first_byte = Seconds(12);
        in.ttfb = Seconds(0.02);
        in.buffered = Seconds(0.1);
        in.segment_duration = Seconds(2);
        QVERIFY(!should_abandon(in));
    }

    void a_transfer_that_has_dried_up_is_judged_by_its_last_seconds() {
        AbandonInputs in;
        in.level_bps = {300e3, 6000e3};
        in.current = 1;
        in.total_bytes = 1'500'000;
        in.loaded_bytes = 1'300'000;
        in.loading = in.since_first_byte = Seconds(3);  // 3.5 Mbit/s in the mean: half a second more
        in.ttfb = Seconds(0.02);
        in.buffered = Seconds(4);
        in.segment_duration = Seconds(2);
        QVERIFY(!should_abandon(in));
        in.recent_bps = 200e3;  // 8 s more
        QCOMPARE(should_abandon(in), std::optional<int>(0));
        in.recent_bps = 0;
        QCOMPARE(should_abandon(in), std::optional<int>(0));
        in.loaded_bytes = 1'450'000;  // less is missing than the lowest level would take
        QVERIFY(!should_abandon(in));
        QCOMPARE(abandon_window(Seconds(1)).count(), 2.0);
        QCOMPARE(abandon_window(Seconds(20)).count(), 10.0);  // with a long buffer a pause may pass
    }

    void abandoning_never_goes_up_and_only_when_it_pays() {
        std::mt19937_64 random(5);
        for (int round = 0; round < 20'000; ++round) {
            AbandonInputs in;
            in.level_bps = {200e3 + double(random() % 100'000), 900e3, 3000e3, 8000e3};
            in.current = int(random() % 4);
            in.total_bytes = random() % 2 ? random() % 4'000'000 : 0;
            in.loaded_bytes = in.total_bytes ? random() % (in.total_bytes + 1) : random() % 1'000'000;
            in.loading = Seconds(double(random() % 10'000) / 1000);
            in.since_first_byte = in.loaded_bytes ? in.loading : Seconds(0);
            in.ttfb = Seconds(double(random() % 500) / 1000);
            in.estimate_bps = double(random() % 9'000'000);
            in.buffered = Seconds(double(random() % 30'000) / 1000);
            in.segment_duration = Seconds(2);
            if (random() % 2) in.recent_bps = double(random() % 3'000'000);
            if (const auto lower = should_abandon(in)) QVERIFY(*lower >= 0 && *lower < in.current);
        }
    }
};

QTEST_GUILESS_MAIN(TestAbr)
#include "tst_abr.moc"
