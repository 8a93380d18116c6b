// The split: every session has one arm, weights are kept, and a higher weight only adds sessions.

#include <QtTest>
#include <cmath>

#include "core/random.hpp"
#include "gateway/arm.hpp"

using namespace qd;
using gateway::Arm;
using traffic::TrafficPlan;

class TestArm : public QObject {
    Q_OBJECT

private slots:
    void the_share_of_sessions_is_the_weight() {
        for (const double weight : {0.0, 1.0, 10.0, 50.0, 99.0, 100.0}) {
            int canary = 0;
            for (int i = 0; i < 20'000; ++i)
                canary += gateway::choose_arm({"r1", weight}, "session-" + std::to_string(i)) == Arm::canary;
            const double expected = 20'000 * weight / 100;
            const double deviation = std::sqrt(20'000 * weight / 100 * (1 - weight / 100));
            QVERIFY2(std::abs(canary - expected) <= 4 * deviation,
                     qPrintable(QString("%1 %: %2").arg(weight).arg(canary)));
        }
    }

    void a_higher_weight_only_adds_sessions_and_a_lower_one_only_removes() {
        core::SeededRandom random(1);
        for (int i = 0; i < 5'000; ++i) {
            const std::string session = random.hex(1 + random.below(20));
            const double a = random.uniform() * 100, b = random.uniform() * 100;
            const Arm at_low = gateway::choose_arm({"r", std::min(a, b)}, session);
            const Arm at_high = gateway::choose_arm({"r", std::max(a, b)}, session);
            QVERIFY(at_low == Arm::stable || at_high == Arm::canary);
        }
    }

    void another_rollout_draws_other_sessions() {
        int both = 0;
        for (int i = 0; i < 10'000; ++i) {
            const std::string session = std::to_string(i);
            both += gateway::choose_arm({"r1", 10}, session) == Arm::canary &&
                    gateway::choose_arm({"r2", 10}, session) == Arm::canary;
        }
        QVERIFY(both < 160);  // 100 expected of independent draws; 1,000 if they were the same
    }

    void places_are_within_the_unit_interval_and_tell_parts_apart() {
        QVERIFY(gateway::place_of("ab", "c") != gateway::place_of("a", "bc"));
        for (int i = 0; i < 1'000; ++i) {
            const double place = gateway::place_of("r", std::to_string(i));
            QVERIFY(place >= 0 && place < 1);
        }
    }

    void no_session_ever_changes_between_canary_and_baseline() {
        core::SeededRandom random(2);
        for (int i = 0; i < 5'000; ++i) {
            const std::string session = random.hex(8);
            const auto plan = [&] {
                const double canary = random.uniform() * 100;
                return traffic::TrafficPlan{"r", canary, random.uniform() * (100 - canary)};
            };
            const traffic::TrafficPlan one = plan(), other = plan();
            const Arm before = gateway::choose_arm(one, session), after = gateway::choose_arm(other, session);
            if (other.canary_weight >= one.canary_weight && before == Arm::canary)
                QCOMPARE(after, Arm::canary);
            if (other.baseline_weight >= one.baseline_weight && before == Arm::baseline)
                QCOMPARE(after, Arm::baseline);
        }
    }

    void both_weights_together_may_be_everything() {
        for (int i = 0; i < 1'000; ++i)
            QVERIFY(gateway::choose_arm({"r", 60, 40}, std::to_string(i)) != Arm::stable);
    }
};

QTEST_GUILESS_MAIN(TestArm)
#include "tst_arm.moc"
