// The breaker: opens after failures in a row, lets one probe through after a while, and closes when that
// succeeds.

#include <QtTest>

#include "core/random.hpp"
#include "gateway/breaker.hpp"
#include "gateway/retry_budget.hpp"

using namespace qd;
using namespace std::chrono_literals;
using gateway::Breaker;
using State = Breaker::State;

class TestBreaker : public QObject {
    Q_OBJECT

    const gateway::BreakerOptions options_{3, 1'000ms, 4'000ms};
    core::SteadyTime start_{1h};

private slots:
    void failures_in_a_row_open_it_and_others_do_not() {
        Breaker breaker(options_);
        for (int i = 0; i < 10; ++i) {
            breaker.failed(start_);
            breaker.failed(start_);
            breaker.succeeded();
        }
        QCOMPARE(breaker.state(start_), State::closed);
        for (int i = 0; i < 3; ++i) breaker.failed(start_);
        QCOMPARE(breaker.state(start_), State::open);
        QVERIFY(!breaker.allow(start_ + 999ms));
    }

    void one_probe_decides() {
        Breaker breaker(options_);
        for (int i = 0; i < 3; ++i) breaker.failed(start_);
        const auto later = start_ + 1'000ms;
        QCOMPARE(breaker.state(later), State::half_open);
        QVERIFY(breaker.allow(later));
        QVERIFY(!breaker.allow(later));
        breaker.succeeded();
        QCOMPARE(breaker.state(later), State::closed);
        QVERIFY(breaker.allow(later));
    }

    void failed_probes_double_the_wait_up_to_the_longest() {
        Breaker breaker(options_);
        for (int i = 0; i < 3; ++i) breaker.failed(start_);
        auto at = start_;
        for (const auto wait : {1'000ms, 2'000ms, 4'000ms, 4'000ms}) {
            QVERIFY(!breaker.allow(at + wait - 1ms));
            at += wait;
            QVERIFY(breaker.allow(at));
            breaker.failed(at);
        }
    }

    void stragglers_from_before_it_opened_do_not_count() {
        Breaker breaker(options_);
        for (int i = 0; i < 20; ++i) breaker.failed(start_);
        breaker.succeeded();
        QCOMPARE(breaker.state(start_), State::open);
        QVERIFY(breaker.allow(start_ + 1'000ms));
    }

    void a_probe_that_is_never_heard_of_does_not_block_for_ever() {
        Breaker breaker(options_);
        for (int i = 0; i < 3; ++i) breaker.failed(start_);
        QVERIFY(breaker.allow(start_ + 1s));
        QVERIFY(!breaker.allow(start_ + 1'500ms));
        QVERIFY(breaker.allow(start_ + 2s));
    }

    void whatever_happens_it_lets_something_through_within_the_longest_wait() {
        core::SeededRandom random(7);
        Breaker breaker(options_);
        auto now = start_, last_allowed = start_;
        for (int i = 0; i < 50'000; ++i) {
            now += std::chrono::milliseconds(random.below(200));
            switch (random.below(3)) {
                case 0:
                    breaker.failed(now);
                    break;
                case 1:
                    breaker.succeeded();
                    break;
                default:
                    break;
            }
            QCOMPARE(breaker.would_allow(now), breaker.state(now) != State::open);
            if (breaker.allow(now)) last_allowed = now;
            // A probe may fail as late as the next would have been let through: twice the wait, at most.
            QVERIFY(now - last_allowed < 2 * options_.longest_open + 200ms);
        }
    }

    void retries_stay_within_their_budget() {
        core::SeededRandom random(3);
        gateway::RetryBudget budget(0.2);
        int requests = 0, retries = 0;
        for (int i = 0; i < 20'000; ++i) {
            if (random.below(2)) {
                budget.earn();
                ++requests;
            } else {
                retries += budget.spend();
            }
            QVERIFY(retries <= 10 + 0.2 * requests + 1e-6);
        }
        QVERIFY(retries > 0.15 * requests);
        gateway::RetryBudget none(0);
        QVERIFY(!none.spend());
    }
};

QTEST_GUILESS_MAIN(TestBreaker)
#include "tst_breaker.moc"
