#include <QtTest>
#include <random>

#include "player/network_trace.hpp"
#include "support/offline_optimum.hpp"

using namespace qd;
using core::Seconds;
using namespace qd::player;

namespace {
NetworkTrace trace_of(std::string_view text) {
    return *NetworkTrace::parse("t", text);
}

/// Every choice there is, one by one.
std::optional<double> best_of_all(const NetworkTrace& trace, const test::OptimumTask& task, std::size_t index,
                                  double free_s, double sum) {
    if (index == task.segment_bits.front().size()) return sum / double(index);
    std::optional<double> best;
    const double ask = test::may_ask(task, index, free_s);
    for (std::size_t level = 0; level < task.level_bps.size(); ++level) {
        const double at = test::arrival(trace, ask, task.segment_bits[level][index]);
        if (at > task.start_s + double(index) * task.segment_s) continue;
        const auto rest = best_of_all(trace, task, index + 1, at, sum + double(task.level_bps[level]));
        if (rest && (!best || *rest > *best)) best = rest;
    }
    return best;
}
}  // namespace

class TestNetworkTrace : public QObject {
    Q_OBJECT
private slots:
    void lines_are_steps_and_what_is_left_out_stays() {
        const NetworkTrace trace =
            trace_of("# a tunnel\n20 4000 50\r\n\n  6\t0\n1.5 4000.5 80 0.02 # out\n2 1");
        QCOMPARE(trace.steps().size(), std::size_t(4));
        QCOMPARE(trace.steps()[0].bps, 4e6);
        QCOMPARE(trace.steps()[1].bps, 0.0);
        QCOMPARE(trace.steps()[1].latency.count(), 0.05);
        QCOMPARE(trace.steps()[2].loss, 0.02);
        QCOMPARE(trace.steps()[3].latency.count(), 0.08);
        QCOMPARE(trace.steps()[3].loss, 0.02);
        QCOMPARE(trace.length().count(), 29.5);
    }

    void a_fault_names_its_line_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("empty") << ""
                               << "no step";
        QTest::newRow("comments only") << "# nothing\n\n"
                                       << "no step";
        QTest::newRow("one field") << "1 2\n3\n"
                                   << "line 2";
        QTest::newRow("five fields") << "1 2 3 0.4 5\n"
                                     << "line 1";
        QTest::newRow("no number") << "1 fast\n"
                                   << "line 1";
        QTest::newRow("trailing letters") << "1 2k\n"
                                          << "line 1";
        QTest::newRow("not finite") << "1 inf\n"
                                    << "line 1";
        QTest::newRow("nan") << "1 nan\n"
                             << "line 1";
        QTest::newRow("no time") << "0 100\n"
                                 << "line 1: a step lasts";
        QTest::newRow("negative rate") << "1 1\n1 -1\n"
                                       << "line 2: a rate";
        QTest::newRow("absurd rate") << "1 1e30\n"
                                     << "line 1: a rate";
        QTest::newRow("long latency") << "1 1 60001\n"
                                      << "line 1: a latency";
        QTest::newRow("more than all lost") << "1 1 1 1.5\n"
                                            << "line 1: a loss";
        QTest::newRow("never anything") << "10 0\n5 0\n"
                                        << "never lets anything through";
    }
    void a_fault_names_its_line() {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto trace = NetworkTrace::parse("t", text.toStdString());
        QVERIFY(!trace);
        QCOMPARE(int(trace.error().code), int(core::Errc::invalid_argument));
        QVERIFY2(trace.error().message.find(message.toStdString()) != std::string::npos,
                 trace.error().message.c_str());
    }

    void too_much_is_refused() {
        std::string text(NetworkTrace::max_text_bytes + 1, '\n');
        QCOMPARE(int(NetworkTrace::parse("t", text).error().code), int(core::Errc::too_large));
        text.clear();
        for (std::size_t i = 0; i <= NetworkTrace::max_steps; ++i) text += "1 1\n";
        QCOMPARE(int(NetworkTrace::parse("t", text).error().code), int(core::Errc::too_large));
    }

    void a_trace_begins_again_at_its_end() {
        const NetworkTrace trace = trace_of("2 1000\n3 0\n5 4000");
        QCOMPARE(trace.at(Seconds(-4)).bps, 1e6);
        QCOMPARE(trace.at(Seconds(1.99)).bps, 1e6);
        QCOMPARE(trace.at(Seconds(2)).bps, 0.0);
        QCOMPARE(trace.at(Seconds(10)).bps, 1e6);
        QCOMPARE(trace.at(Seconds(1'000'006)).bps, 4e6);
        QCOMPARE(trace.mean_bps(), 2.2e6);
        QCOMPARE(trace.bits(Seconds(0), Seconds(10)), 22e6);
        QCOMPARE(trace.bits(Seconds(1), Seconds(6)), 5e6);
        QCOMPARE(trace.bits(Seconds(3), Seconds(3)), 0.0);
        QCOMPARE(trace.bits(Seconds(9), Seconds(11)), 5e6);
    }

    void what_is_waited_for_comes_after_the_dead_spot() {
        const NetworkTrace trace = trace_of("2 1000\n3 0\n5 4000");
        QCOMPARE(trace.carried(Seconds(0), 1e6).count(), 1.0);
        QCOMPARE(trace.carried(Seconds(1), 2e6).count(), 5.25);
        QCOMPARE(trace.carried(Seconds(3), 0).count(), 3.0);
        QCOMPARE(trace.carried(Seconds(3), 44e6).count(), 22.0);  // two periods on, before the dead spot
    }

    void bits_and_times_agree_for_any_trace() {
        std::mt19937_64 random(3);
        for (int round = 0; round < 300; ++round) {
            std::vector<NetworkStep> steps;
            for (std::uint64_t i = 1 + random() % 8; i > 0; --i)
                steps.push_back({Seconds(0.1 + double(random() % 50) / 10),
                                 random() % 3 ? double(random() % 9'000'000) : 0.0,
                                 {},
                                 0});
            steps.front().bps = 100'000;
            const NetworkTrace trace = *NetworkTrace::from_steps("r", steps);
            const NetworkTrace again = *NetworkTrace::parse("r", trace.to_text());
            QCOMPARE(again.steps().size(), trace.steps().size());
            for (int i = 0; i < 20; ++i) {
                const Seconds from(double(random() % 200'000) / 1000);
                const double bits = 1 + double(random() % 50'000'000);
                const Seconds at = trace.carried(from, bits);
                QVERIFY(at >= from);
                QVERIFY(std::abs(trace.bits(from, at) - bits) < 1 + 1e-6 * bits);
                // No sooner: a hundredth of a second before, something was still missing.
                if (at - from > Seconds(0.02) && trace.at(at - Seconds(0.005)).bps > 1000)
                    QVERIFY(trace.bits(from, at - Seconds(0.01)) < bits);
            }
        }
    }

    void the_traces_that_come_with_it_repeat_and_differ_by_seed() {
        const auto one = network_traces(1), same = network_traces(1), other = network_traces(2);
        QVERIFY(one.size() >= 10);
        bool differs = false;
        for (std::size_t i = 0; i < one.size(); ++i) {
            QCOMPARE(one[i].name(), other[i].name());
            QVERIFY(one[i].steps() == same[i].steps());
            differs = differs || one[i].steps() != other[i].steps();
            QVERIFY(NetworkTrace::parse("again", one[i].to_text()).has_value());
        }
        QVERIFY(differs);
        const auto has_dead_spot = [](const NetworkTrace& trace) {
            return std::any_of(trace.steps().begin(), trace.steps().end(),
                               [](auto& s) { return s.bps == 0; });
        };
        QVERIFY(has_dead_spot(*network_trace("dead-spots")));
        QVERIFY(!has_dead_spot(*network_trace("lte")));
        const auto unknown = network_trace("5g");
        QVERIFY(!unknown && unknown.error().message.find("lte-moving") != std::string::npos);
    }

    void the_best_possible_is_what_trying_everything_finds() {
        std::mt19937_64 random(17);
        int feasible = 0;
        for (int round = 0; round < 60; ++round) {
            std::vector<NetworkStep> steps;
            for (int i = 0; i < 5; ++i)
                steps.push_back(
                    {Seconds(1 + double(random() % 4)), double(random() % 3'000'000) + 1, Seconds(0.03), 0});
            const NetworkTrace trace = *NetworkTrace::from_steps("r", steps);
            test::OptimumTask task;
            task.level_bps = {300'000, 800'000, 1'500'000};
            for (const std::int64_t bps : task.level_bps) {
                task.segment_bits.emplace_back();
                for (int i = 0; i < 6; ++i)
                    task.segment_bits.back().push_back(double(bps) * 2 *
                                                       (0.5 + double(random() % 100) / 100));
            }
            task.first_request_s = double(random() % 5);
            task.start_s = task.first_request_s + 1.5;
            task.buffer_goal_s = 3 + double(random() % 10);
            const auto best = test::offline_optimum(trace, task);
            const auto all = best_of_all(trace, task, 0, task.first_request_s, 0);
            QCOMPARE(best.has_value(), all.has_value());
            if (best) QVERIFY(std::abs(*best - *all) < 1e-6 * *all);
            feasible += best ? 1 : 0;
        }
        QVERIFY(feasible > 15 && feasible < 60);  // both cases were met
    }
};

QTEST_GUILESS_MAIN(TestNetworkTrace)
#include "tst_network_trace.moc"
