// Whatever was counted: every view of it adds up to the same, and the order of counting does not matter.
#include <QtTest>
#include <map>

#include "core/random.hpp"
#include "timeseries/tiers.hpp"

using namespace qd;
using namespace qd::timeseries;

namespace {

constexpr std::int64_t begin = 1'699'999'200;  // a whole hour

struct Event {
    std::int64_t second = 0;
    slo::Counts counts;
};

/// Events of five hours, some seconds with several, some stretches with none.
std::vector<Event> any_events(core::Random& random) {
    std::vector<Event> events;
    for (std::int64_t second = begin; second < begin + 5 * 3600; ++second) {
        if (random.below(500) == 0) second += std::int64_t(random.below(400));
        if (second >= begin + 5 * 3600) break;
        for (std::uint64_t n = random.below(4); n > 0; --n) {
            const std::uint64_t total = random.below(50);
            events.push_back({second, {total - random.below(total + 1), total}});
        }
    }
    return events;
}

Tiers counted(const std::vector<Event>& events, std::int64_t until) {
    Tiers tiers({10, 60, 3600, 4 * 3600});
    for (const Event& event : events) {
        tiers.advance(event.second);
        tiers.add(event.counts);
    }
    tiers.advance(until);
    return tiers;
}

slo::Counts truth(const std::vector<Event>& events, std::int64_t from_s, std::int64_t to_s) {
    slo::Counts sum;
    for (const Event& event : events)
        if (event.second >= from_s && event.second < to_s) sum += event.counts;
    return sum;
}

}  // namespace

class TestTiersProperties : public QObject {
    Q_OBJECT

private slots:
    void everyStepOfTheHistoryAddsUpToTheSame() {
        core::SeededRandom random(31);
        const auto events = any_events(random);
        const std::int64_t end = begin + 5 * 3600;
        const Tiers tiers = counted(events, end);
        for (int i = 0; i < 300; ++i) {
            // Whole hours fit every step; from 2 hours ago on there are seconds.
            const auto hours = std::int64_t(1 + random.below(5));
            const std::int64_t from = end - hours * 3600;
            const auto history = tiers.history(from, end, 2 + int(random.below(1'999)));
            slo::Counts sum;
            for (const slo::HistoryPoint& point : history.points) {
                sum += point.counts;
                QVERIFY(!point.min || (*point.min >= 0 && *point.min <= *point.counts.good_ratio()));
                QVERIFY(!point.max || (*point.max <= 1 && *point.max >= *point.counts.good_ratio()));
            }
            const auto first =
                std::chrono::duration_cast<std::chrono::seconds>(history.points.front().at.time_since_epoch())
                    .count();
            // All that was asked for, and nothing from before the first point. That may begin a step earlier,
            // when the seconds before are no longer kept.
            const slo::Counts least = truth(events, from, end);
            const slo::Counts most = truth(events, std::min(first, from), end);
            QVERIFY(sum.total >= least.total && sum.total <= most.total);
            QVERIFY(sum.good >= least.good && sum.good <= most.good);
            if (first >= from) QCOMPARE(sum, least);
        }
    }

    void thePastIsTheSumOfItsCellsWhereverItIsCut() {
        core::SeededRandom random(32);
        const auto events = any_events(random);
        const std::int64_t end = begin + 5 * 3600;
        const Tiers tiers = counted(events, end);
        for (int i = 0; i < 100; ++i) {
            const std::int64_t middle = begin + 60 * std::int64_t(1 + random.below(299));
            slo::Counts sum;
            std::int64_t last = 0;
            for (const auto& [from, to] : {std::pair(begin, middle), std::pair(middle, end)})
                for (const slo::PastCell& cell : tiers.past(from, to)) {
                    QVERIFY(cell.at_s >= last);
                    QVERIFY(cell.counts.good <= cell.counts.total && cell.covered_s <= cell.step_s);
                    last = cell.end_s();
                    sum += cell.counts;
                }
            QCOMPARE(sum, truth(events, begin, end));
        }
    }

    void theOrderWithinASecondDoesNotMatter() {
        core::SeededRandom random(33);
        const auto events = any_events(random);
        auto other = events;
        for (std::size_t i = 1; i < other.size(); ++i)
            if (other[i].second == other[i - 1].second && random.below(2) == 0)
                std::swap(other[i], other[i - 1]);
        const std::int64_t end = begin + 5 * 3600;
        const Tiers a = counted(events, end), b = counted(other, end);
        for (std::size_t window = 0; window < 4; ++window) {
            QCOMPARE(a.window(window), b.window(window));
            QVERIFY(a.window(window).coverage() <= 1 &&
                    a.window(window).counts.good <= a.window(window).counts.total);
        }
        for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
            const auto mine = a.cells(tier, 0), theirs = b.cells(tier, 0);
            QCOMPARE(mine.size(), theirs.size());
            for (std::size_t i = 0; i < mine.size(); ++i) QVERIFY(mine[i] == theirs[i]);
        }
    }

    void twoHalvesAreTheWhole() {
        core::SeededRandom random(34);
        const auto events = any_events(random);
        std::vector<Event> halves[2];
        for (const Event& event : events) halves[random.below(2)].push_back(event);
        const std::int64_t end = begin + 5 * 3600;
        const Tiers all = counted(events, end), a = counted(halves[0], end), b = counted(halves[1], end);
        for (std::size_t window = 0; window < 4; ++window)
            QCOMPARE(a.window(window).counts + b.window(window).counts, all.window(window).counts);
    }
};

QTEST_GUILESS_MAIN(TestTiersProperties)
#include "tst_tiers_properties.moc"
