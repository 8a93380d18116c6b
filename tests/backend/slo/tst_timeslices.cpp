#include <QtTest>

#include "core/random.hpp"
#include "slo/timeslices.hpp"

using namespace qd::slo;

class TestTimeslices : public QObject {
    Q_OBJECT

private slots:
    void aSliceIsGoodWhenItsRatioReachesTheTarget() {
        SliceJudge judge({60, 0.95});
        judge.add(120, {50, 50});
        judge.add(150, {45, 50});
        QVERIFY(!judge.pass_to(179));
        QCOMPARE(*judge.pass_to(180), (Counts{1, 1}));  // exactly 95 %
        judge.add(180, {94, 100});
        QCOMPARE(*judge.pass_to(241), (Counts{0, 1}));
        QVERIFY(!judge.pass_to(300));  // nothing in it: no event
    }

    void aWholeTargetNeedsAllOfIt() {
        SliceJudge judge({10, 1});
        judge.add(0, {999'999, 1'000'000});
        QCOMPARE(*judge.pass_to(10), (Counts{0, 1}));
        judge.add(10, {1'000'000, 1'000'000});
        QCOMPARE(*judge.pass_to(20), (Counts{1, 1}));
    }

    void aClockSetBackForgetsTheSlice() {
        SliceJudge judge({10, 0.5});
        judge.add(5, {0, 10});
        judge.reset();
        QVERIFY(!judge.pass_to(10));
    }

    void everySliceWithEventsIsJudgedOnce() {
        qd::core::SeededRandom random(1);
        SliceJudge judge({30, 0.9});
        std::uint64_t good = 0, slices = 0, expected_good = 0, expected = 0;
        Counts now;
        for (std::int64_t second = 0; second < 30'000; ++second) {
            if (const auto ended = judge.pass_to(second)) good += ended->good, slices += ended->total;
            if (second % 30 == 0) {
                if (now.total > 0) {
                    ++expected;
                    expected_good += now.good * 10 >= now.total * 9;
                }
                now = {};
            }
            if (random.below(3) > 0) continue;
            const std::uint64_t total = random.below(20);
            const Counts counts{total - std::min<std::uint64_t>(total, random.below(4)), total};
            judge.add(second, counts);
            now += counts;
        }
        QCOMPARE(slices, expected);
        QCOMPARE(good, expected_good);
        QVERIFY(good > 0 && good < slices);
    }
};

QTEST_GUILESS_MAIN(TestTimeslices)
#include "tst_timeslices.moc"
