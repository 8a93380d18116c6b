#include <QtTest>
#include <random>

#include "player/qoe.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;

namespace {
core::SteadyTime at(double seconds) {
    return core::SteadyTime(std::chrono::duration_cast<core::SteadyTime::duration>(Seconds(1000 + seconds)));
}
bool near(double a, double b) {
    return qAbs(a - b) < 1e-6;
}
}  // namespace

class TestQoe : public QObject {
    Q_OBJECT
private slots:
    void what_never_started_has_no_stalled_share() {
        QoeTracker tracker;
        tracker.requested(at(0));
        QVERIFY(!tracker.snapshot(at(5)).stalled_ratio());
        tracker.finished(at(9), true, false);
        QVERIFY(!tracker.snapshot(at(9)).stalled_ratio());
    }
    void startup_is_absent_until_the_first_frame_and_never_zero() {
        QoeTracker qoe;
        qoe.requested(at(0));
        QVERIFY(!qoe.snapshot(at(5)).startup.has_value());
        qoe.first_frame(at(1.5));
        qoe.first_frame(at(9));
        QVERIFY(near(qoe.snapshot(at(10)).startup->count(), 1.5));
    }

    void stalls_count_against_the_time_watched() {
        QoeTracker qoe;
        qoe.requested(at(0));
        qoe.stall_began(at(0.5), Seconds(0));  // waiting for the start is no stall
        qoe.first_frame(at(1));
        qoe.stall_began(at(5), Seconds(4));
        qoe.stall_ended(at(6));
        qoe.stall_began(at(8), Seconds(6));
        const Qoe open = qoe.snapshot(at(11));
        QVERIFY(open.stalled_now);
        QCOMPARE(open.stalls, 2u);
        QVERIFY(near(open.stalled.count(), 4));
        QVERIFY(near(open.longest_stall.count(), 3));
        QVERIFY(near(*open.stalled_ratio(), 4.0 / 11));
        qoe.finished(at(20), false, false);
        const Qoe done = qoe.snapshot(at(100));
        QVERIFY(near(done.watched.count(), 20));
        QVERIFY(near(done.stalled.count(), 13));
        QCOMPARE(done.outcome, Outcome::stopped);
    }

    void pauses_and_seeks_are_neither_watched_nor_stalled() {
        QoeTracker qoe;
        qoe.requested(at(0));
        qoe.first_frame(at(1));
        qoe.paused(at(10));
        qoe.stall_began(at(11), Seconds(9));
        qoe.resumed(at(60));
        qoe.seek_began(at(61));
        qoe.stall_began(at(61), Seconds(30));
        qoe.seek_ended(at(63));
        const Qoe result = qoe.snapshot(at(65));
        QVERIFY(near(result.watched.count(), 15));
        QCOMPARE(result.stalls, 0u);
        QCOMPARE(result.seeks, 1u);
    }

    void outcomes_follow_cta_2066() {
        const auto outcome = [](bool started, bool fatal, bool at_end) {
            QoeTracker qoe;
            qoe.requested(at(0));
            if (started) qoe.first_frame(at(1));
            qoe.finished(at(2), fatal, at_end);
            qoe.finished(at(3), true, true);  // later ones are ignored
            return qoe.snapshot(at(4)).outcome;
        };
        QCOMPARE(outcome(false, false, false), Outcome::exit_before_start);
        QCOMPARE(outcome(false, true, false), Outcome::start_failure);
        QCOMPARE(outcome(true, true, false), Outcome::failed);
        QCOMPARE(outcome(true, false, true), Outcome::ended);
        QCOMPARE(outcome(true, false, false), Outcome::stopped);
    }

    void the_average_bitrate_is_weighted_by_media_time() {
        QoeTracker qoe;
        QVERIFY(!qoe.snapshot(at(0)).average_bps().has_value());
        qoe.rendered(0, 300e3, Seconds(2));
        qoe.rendered(2, 3000e3, Seconds(6));
        qoe.rendered(1, 1200e3, Seconds(2));
        const Qoe result = qoe.snapshot(at(0));
        QVERIFY(near(*result.average_bps(), (300e3 * 2 + 3000e3 * 6 + 1200e3 * 2) / 10));
        QCOMPARE(result.switches_up, 1u);
        QCOMPARE(result.switches_down, 1u);
    }

    void what_is_watched_once_more_counts_on() {
        QoeTracker tracker;
        tracker.requested(at(0));
        tracker.first_frame(at(1));
        tracker.finished(at(10), false, true);
        QCOMPARE(tracker.snapshot(at(60)).watched.count(), 10.0);
        tracker.reopened(at(60));
        tracker.seek_began(at(60));
        tracker.seek_ended(at(61));
        tracker.stall_began(at(63), core::Seconds(2));
        tracker.stall_ended(at(65));
        tracker.finished(at(70), false, true);
        const Qoe result = tracker.snapshot(at(99));
        QCOMPARE(result.outcome, Outcome::ended);
        QCOMPARE(result.watched.count(), 20.0);
        QCOMPARE(result.stalls, 1u);
        QCOMPARE(result.stalled.count(), 2.0);
    }

    void errors_are_counted_by_kind_and_abandoned_loads_are_none() {
        QoeTracker qoe(2);
        FetchRecord record;
        record.status = 503;
        record.error = core::Error{core::Errc::unavailable, "the server answered 503"};
        qoe.fetched(record);
        record.status = 404;
        qoe.fetched(record);
        record.status = 0;
        qoe.fetched(record);
        record.status = 200;
        qoe.fetched(record);
        record.error->code = core::Errc::timeout;
        qoe.fetched(record);
        record.error.reset();
        record.abandoned = true;
        qoe.fetched(record);
        const Qoe result = qoe.snapshot(at(0));
        QCOMPARE(result.errors, 5u);
        QCOMPARE(result.errors_by_kind.at("status_5xx"), 1u);
        QCOMPARE(result.errors_by_kind.at("status_4xx"), 1u);
        QCOMPARE(result.errors_by_kind.at("connect"), 1u);
        QCOMPARE(result.errors_by_kind.at("truncated"), 1u);
        QCOMPARE(result.errors_by_kind.at("timeout"), 1u);
        QCOMPARE(result.abandoned_segments, 1u);
        QCOMPARE(qoe.log().size(), std::size_t(2));
    }

    void any_sequence_of_events_keeps_the_sums_sane() {
        std::mt19937_64 random(3);
        for (int round = 0; round < 500; ++round) {
            QoeTracker qoe(8);
            double now = 0;
            qoe.requested(at(0));
            for (int i = 0; i < 60; ++i) {
                now += double(random() % 1000) / 1000;
                switch (random() % 9) {
                    case 0:
                        qoe.first_frame(at(now));
                        break;
                    case 1:
                        qoe.stall_began(at(now), Seconds(0));
                        break;
                    case 2:
                        qoe.stall_ended(at(now));
                        break;
                    case 3:
                        qoe.paused(at(now));
                        break;
                    case 4:
                        qoe.resumed(at(now));
                        break;
                    case 5:
                        qoe.seek_began(at(now));
                        break;
                    case 6:
                        qoe.seek_ended(at(now));
                        break;
                    case 7:
                        qoe.rendered(int(random() % 3), 1e6, Seconds(0.1));
                        break;
                    default:
                        if (random() % 40 == 0) qoe.finished(at(now), random() % 2 != 0, random() % 2 != 0);
                }
                const Qoe result = qoe.snapshot(at(now));
                QVERIFY(result.watched.count() <= now + 1e-9);
                QVERIFY(result.stalled <= result.watched + Seconds(1e-9));
                QVERIFY(result.longest_stall <= result.stalled + Seconds(1e-9));
                QVERIFY(qoe.stall_log().size() <= 8);
            }
        }
    }

    void served_by_names_the_arm() {
        QCOMPARE(parse_served_by("canary/v2/api-3"), (ServedBy{"canary", "v2", "api-3"}));
        QCOMPARE(parse_served_by("api/v2/api-3").arm, std::string("unknown"));
        QCOMPARE(parse_served_by("").arm, std::string("unknown"));
        QCOMPARE(parse_served_by("garbage").arm, std::string("unknown"));
    }
};

QTEST_GUILESS_MAIN(TestQoe)
#include "tst_qoe.moc"
