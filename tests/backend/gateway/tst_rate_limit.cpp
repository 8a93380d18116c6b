// Token buckets: bursts, steady rates, honest waiting times, and a table that stays bounded.

#include <QtTest>

#include "core/random.hpp"
#include "gateway/rate_limit.hpp"

using namespace qd;
using namespace std::chrono_literals;

class TestRateLimit : public QObject {
    Q_OBJECT

    core::SteadyTime start_{1h};

private slots:
    void a_burst_is_allowed_then_the_rate_holds() {
        const gateway::RateClass rate{3600, 10};  // one a second
        gateway::TokenBucket bucket(rate, start_);
        for (int i = 0; i < 10; ++i) QVERIFY(bucket.take(rate, start_).allowed);
        const auto refused = bucket.take(rate, start_);
        QVERIFY(!refused.allowed);
        QCOMPARE(refused.limit, std::uint64_t(3600));
        QCOMPARE(refused.remaining, std::uint64_t(0));
        QVERIFY(std::abs(refused.retry_after.count() - 1) < 1e-6);
        QVERIFY(std::abs(refused.reset_after.count() - 10) < 1e-6);
        QVERIFY(!bucket.take(rate, start_ + 900ms).allowed);
        QVERIFY(bucket.take(rate, start_ + 1s).allowed);
    }

    void never_more_than_burst_plus_rate_and_whoever_waits_is_let_in() {
        core::SeededRandom random(5);
        const gateway::RateClass rate{7200, 5};
        gateway::TokenBucket bucket(rate, start_);
        auto now = start_;
        int allowed = 0;
        for (int i = 0; i < 20'000; ++i) {
            now += std::chrono::milliseconds(random.below(400));
            const auto verdict = bucket.take(rate, now);
            allowed += verdict.allowed;
            QVERIFY(allowed <= 5 + core::Seconds(now - start_).count() * 2 + 1e-6);
            if (!verdict.allowed && random.below(10) == 0) {
                now += std::chrono::ceil<std::chrono::milliseconds>(verdict.retry_after);
                QVERIFY(bucket.take(rate, now).allowed);
                ++allowed;
            }
        }
    }

    void a_clock_that_goes_back_gives_nothing() {
        const gateway::RateClass rate{3600, 1};
        gateway::TokenBucket bucket(rate, start_);
        QVERIFY(bucket.take(rate, start_).allowed);
        QVERIFY(!bucket.take(rate, start_ - 10min).allowed);
        QVERIFY(!bucket.take(rate, start_).allowed);
    }

    void clients_are_apart_and_the_longest_unseen_is_forgotten() {
        const gateway::RateClass rate{1, 1};
        gateway::RateLimiter limiter(2);
        QVERIFY(limiter.take("a", rate, start_).allowed);
        QVERIFY(limiter.take("b", rate, start_).allowed);
        QVERIFY(!limiter.take("a", rate, start_).allowed);
        QVERIFY(limiter.take("c", rate, start_).allowed);   // b goes
        QVERIFY(!limiter.take("a", rate, start_).allowed);  // a is still known
        QVERIFY(limiter.take("b", rate, start_).allowed);
    }
};

QTEST_GUILESS_MAIN(TestRateLimit)
#include "tst_rate_limit.moc"
