// The upstream pool: turns, health by checks and by traffic, breakers, and sets that are replaced.

#include <QtTest>
#include <map>

#include "gateway/pool.hpp"

using namespace qd;
using namespace std::chrono_literals;
using gateway::Arm;
using gateway::Outcome;
using gateway::Upstream;
using gateway::UpstreamPool;

class TestPool : public QObject {
    Q_OBJECT

    core::SteadyTime now_{1h};

    static UpstreamPool make() { return UpstreamPool(gateway::HealthOptions{}, gateway::BreakerOptions{}); }
    static std::vector<Upstream> two_and_one() {
        return {{Arm::stable, "api-1", "v1", "127.0.0.1:1001"},
                {Arm::stable, "api-2", "v1", "127.0.0.1:1002"},
                {Arm::canary, "api-3", "v2", "127.0.0.1:1003"}};
    }

private slots:
    void takes_turns_within_the_arm() {
        auto pool = make();
        QVERIFY(pool.set(two_and_one()));
        std::map<std::string, int> count;
        for (int i = 0; i < 100; ++i) ++count[pool.pick(Arm::stable, now_)->instance];
        QCOMPARE(count["api-1"], 50);
        QCOMPARE(count["api-2"], 50);
        for (int i = 0; i < 10; ++i) QCOMPARE(pool.pick(Arm::canary, now_)->instance, std::string("api-3"));
    }

    void what_sticks_stays_with_one_and_moves_only_when_that_one_goes() {
        auto pool = make();
        const auto four = [](int count) {
            std::vector<Upstream> upstreams;
            for (int i = 1; i <= count; ++i)
                upstreams.push_back(
                    {Arm::stable, "api-" + std::to_string(i), "v1", "127.0.0.1:" + std::to_string(1000 + i)});
            return upstreams;
        };
        const auto where = [&] {
            std::map<std::string, std::string> found;
            for (int i = 0; i < 400; ++i) {
                const std::string session = "s" + std::to_string(i);
                found[session] = pool.pick(Arm::stable, now_, {}, session)->instance;
            }
            return found;
        };
        QVERIFY(pool.set(four(4)));
        const auto before = where();
        QVERIFY(before == where());
        std::map<std::string, int> share;
        for (const auto& [session, instance] : before) ++share[instance];
        for (const auto& [instance, count] : share) QVERIFY2(count > 60 && count < 140, instance.c_str());
        QVERIFY(pool.set(four(3)));
        for (const auto& [session, instance] : where())
            QVERIFY(before.at(session) == "api-4" || before.at(session) == instance);
        QCOMPARE(pool.pick(Arm::stable, now_, "api-1", "s1")->instance == "api-1", false);
        QVERIFY(!pool.pick(Arm::canary, now_, {}, "s1"));
    }

    void an_arm_has_a_version_while_all_of_it_have() {
        auto pool = make();
        QCOMPARE(pool.version_of(Arm::canary), std::string());
        auto upstreams = two_and_one();
        QVERIFY(pool.set(upstreams));
        QCOMPARE(pool.version_of(Arm::stable), std::string("v1"));
        QCOMPARE(pool.version_of(Arm::canary), std::string("v2"));
        upstreams[1].version = "v2";
        QVERIFY(pool.set(upstreams));
        QCOMPARE(pool.version_of(Arm::stable), std::string("mixed"));
    }

    void a_retry_prefers_another_and_takes_the_same_if_there_is_none() {
        auto pool = make();
        QVERIFY(pool.set(two_and_one()));
        for (int i = 0; i < 10; ++i)
            QCOMPARE(pool.pick(Arm::stable, now_, "api-1")->instance, std::string("api-2"));
        QCOMPARE(pool.pick(Arm::canary, now_, "api-3")->instance, std::string("api-3"));
    }

    void two_failed_checks_eject_and_one_success_readmits() {
        auto pool = make();
        QVERIFY(pool.set(two_and_one()));
        pool.report_health("api-3", false);
        QVERIFY(pool.has_healthy(Arm::canary));
        pool.report_health("api-3", false);
        QVERIFY(!pool.has_healthy(Arm::canary));
        QVERIFY(pool.has_any(Arm::canary));
        QVERIFY(!pool.pick(Arm::canary, now_));
        pool.report_health("api-3", true);
        QVERIFY(pool.pick(Arm::canary, now_));
    }

    void connections_that_fail_eject_before_the_next_check() {
        auto pool = make();
        QVERIFY(pool.set(two_and_one()));
        pool.report("api-1", Outcome::unreachable, now_);
        pool.report("api-1", Outcome::unreachable, now_);
        for (int i = 0; i < 10; ++i) QCOMPARE(pool.pick(Arm::stable, now_)->instance, std::string("api-2"));
    }

    void bad_answers_open_the_breaker_but_are_no_ill_health() {
        auto pool = make();
        QVERIFY(pool.set(two_and_one()));
        for (int i = 0; i < 5; ++i) pool.report("api-3", Outcome::error_status, now_);
        QVERIFY(pool.has_healthy(Arm::canary));
        QVERIFY(!pool.pick(Arm::canary, now_));
        QVERIFY(pool.pick(Arm::canary, now_ + 2s));
        QVERIFY(!pool.pick(Arm::canary, now_ + 2s));
        pool.report("api-3", Outcome::success, now_ + 2s);
        QVERIFY(pool.pick(Arm::canary, now_ + 2s));
    }

    void what_stays_in_the_set_keeps_its_health() {
        auto pool = make();
        QVERIFY(pool.set(two_and_one()));
        pool.report_health("api-1", false);
        pool.report_health("api-1", false);
        auto changed = two_and_one();
        changed.pop_back();
        QVERIFY(pool.set(changed));
        QVERIFY(!pool.has_any(Arm::canary));
        for (int i = 0; i < 4; ++i) QCOMPARE(pool.pick(Arm::stable, now_)->instance, std::string("api-2"));
        changed[0].address = "127.0.0.1:2001";  // restarted elsewhere: somebody new
        QVERIFY(pool.set(changed));
        QVERIFY(pool.status(now_)[0].healthy);
    }

    void refuses_sets_that_make_no_sense() {
        auto pool = make();
        QVERIFY(pool.set(two_and_one()));
        QVERIFY(!pool.set({{Arm::stable, "a", "v", "nowhere"}}));
        QVERIFY(!pool.set({{Arm::stable, "a", "v", "127.0.0.1:0"}}));
        QVERIFY(!pool.set({{Arm::stable, "", "v", "127.0.0.1:1"}}));
        QVERIFY(!pool.set({{Arm::stable, "a", "v", "127.0.0.1:1"}, {Arm::canary, "a", "v", "127.0.0.1:2"}}));
        QCOMPARE(pool.upstreams().size(), std::size_t(3));
    }
};

QTEST_GUILESS_MAIN(TestPool)
#include "tst_pool.moc"
