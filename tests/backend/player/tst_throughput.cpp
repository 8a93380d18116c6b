#include <QtTest>
#include <random>

#include "player/throughput.hpp"

using namespace qd;
using core::Seconds;
using player::Ewma;
using player::ThroughputEstimator;

class TestThroughput : public QObject {
    Q_OBJECT
private slots:
    void a_constant_rate_is_measured_from_the_first_sample() {
        // Without the correction for its start at zero the mean would read far too low here.
        Ewma mean(9);
        mean.add(0.1, 4e6);
        QVERIFY(qAbs(mean.value() - 4e6) < 1);
        mean.add(5, 4e6);
        QVERIFY(qAbs(mean.value() - 4e6) < 1);
    }

    void half_the_weight_is_gone_after_a_half_life() {
        Ewma mean(3);
        mean.add(1000, 1);
        mean.add(3, 0);
        QVERIFY(qAbs(mean.value() - 0.5) < 1e-9);
    }

    void a_mean_stays_within_its_samples() {
        std::mt19937_64 random(7);
        for (int round = 0; round < 200; ++round) {
            Ewma mean(0.5 + double(random() % 100) / 10);
            double low = 1e18, high = 0;
            for (int i = 0; i < 50; ++i) {
                const double value = double(random() % 10'000'000);
                low = std::min(low, value);
                high = std::max(high, value);
                mean.add(0.001 + double(random() % 10'000) / 1000, value);
                QVERIFY(mean.value() >= low - 1e-3 && mean.value() <= high * (1 + 1e-9) + 1e-3);
            }
        }
    }

    void nonsense_is_left_out() {
        Ewma mean(3);
        mean.add(-1, 5);
        mean.add(std::numeric_limits<double>::infinity(), 5);
        mean.add(1, std::numeric_limits<double>::quiet_NaN());
        QCOMPARE(mean.value(), 0.0);
        QCOMPARE(mean.total_weight(), 0.0);
    }

    void the_default_holds_until_something_was_measured() {
        ThroughputEstimator estimator;
        QCOMPARE(estimator.bits_per_second(), 500'000.0);
        QCOMPARE(estimator.ttfb().count(), 0.1);
        estimator.add_transfer(15'999, Seconds(0.1));  // too small to say anything
        QVERIFY(!estimator.measured());
        estimator.add_transfer(1'000'000, Seconds(1));
        QVERIFY(estimator.measured());
        QVERIFY(qAbs(estimator.bits_per_second() - 8e6) < 1);
    }

    void a_drop_is_seen_soon_and_a_rise_believed_late() {
        ThroughputEstimator estimator;
        for (int i = 0; i < 20; ++i) estimator.add_transfer(1'250'000, Seconds(1));  // 10 Mbit/s
        estimator.add_transfer(375'000, Seconds(3));                                 // 1 Mbit/s for 3 s
        QVERIFY(estimator.bits_per_second() < 5.6e6);                                // the fast mean counts
        ThroughputEstimator rising;
        for (int i = 0; i < 20; ++i) rising.add_transfer(125'000, Seconds(1));
        rising.add_transfer(3'750'000, Seconds(3));
        QVERIFY(rising.bits_per_second() < 3.5e6);  // the slow mean counts
    }

    void a_cached_answer_does_not_count_as_gigabits() {
        ThroughputEstimator estimator;
        estimator.add_transfer(100'000, Seconds(0.0001));
        QVERIFY(estimator.bits_per_second() <= 16e6 + 1);
    }

    void the_fill_is_what_segments_take_of_what_they_may() {
        ThroughputEstimator estimator;
        QVERIFY(!estimator.fill());
        estimator.add_segment(0, Seconds(2), 1e6);
        estimator.add_segment(1000, Seconds(2), 0);
        QVERIFY(!estimator.fill());
        for (int i = 0; i < 5; ++i) estimator.add_segment(125'000, Seconds(2), 1e6);  // 0.5 of 2 Mbit
        QVERIFY(qAbs(*estimator.fill() - 0.5) < 1e-9);
        for (int i = 0; i < 50; ++i) estimator.add_segment(250'000, Seconds(2), 1e6);
        QVERIFY(*estimator.fill() > 0.9 && *estimator.fill() < 1);
        estimator.add_segment(1'000'000'000, Seconds(2), 1e6);
        QCOMPARE(*estimator.fill(), 2.0);
    }

    void the_last_seconds_of_a_transfer_tell_that_it_dried_up() {
        player::ProgressWindow window;
        const core::SteadyTime began{std::chrono::seconds(100)};
        const auto at = [&](double seconds) { return core::after(began, Seconds(seconds)); };
        for (int i = 0; i <= 20; ++i) window.add(at(i * 0.1), std::uint64_t(i) * 10'000);  // 0.8 Mbit/s
        QVERIFY(!window.bps(at(2), Seconds(3)));  // not watched for so long
        QVERIFY(qAbs(*window.bps(at(2), Seconds(1)) - 800e3) < 1);
        for (int i = 21; i <= 40; ++i) window.add(at(i * 0.1), 200'000);
        QCOMPARE(*window.bps(at(4), Seconds(2)), 0.0);
        QVERIFY(*window.bps(at(4), Seconds(3)) > 200e3);
        for (int i = 0; i < 10'000; ++i) window.add(at(4 + i), 200'000);
        QVERIFY(!window.bps(at(10'003), Seconds(5'000)));  // old samples have made room
        window.add(at(20'000), 100);                       // another transfer
        QVERIFY(!window.bps(at(20'000), Seconds(1)));
    }

    void one_slow_answer_does_not_spoil_the_ttfb() {
        ThroughputEstimator estimator;
        for (int i = 0; i < 10; ++i) estimator.add_ttfb(Seconds(0.02));
        estimator.add_ttfb(Seconds(4));
        QVERIFY(estimator.ttfb().count() < 0.03);
    }
};

QTEST_GUILESS_MAIN(TestThroughput)
#include "tst_throughput.moc"
