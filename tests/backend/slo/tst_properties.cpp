// What holds for any counts: a whole is the sum of its parts, in whatever order they are put together, and
// no ratio leaves [0, 1].
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.hpp"
#include "slo/burn_row.hpp"
#include "slo/error_budget.hpp"
#include "slo/replay.hpp"
#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::slo;

namespace {

constexpr std::int64_t begin_s = 1'800'000'000;  // a whole hour

template <class T>
void shuffle(std::vector<T>& values, core::Random& random) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

WindowReading any_window(core::Random& random) {
    const auto length_s = std::int64_t(1 + random.below(100'000));
    const std::uint64_t total = random.below(5) == 0 ? 0 : random.below(std::uint64_t(1) << random.below(50));
    return {length_s,
            std::int64_t(random.below(std::uint64_t(length_s) + 1)),
            {total - random.below(total + 1), total}};
}

bool is_share(const std::optional<double>& ratio) {
    return !ratio || (*ratio >= 0 && *ratio <= 1);
}

/// Seconds with gaps, and outages, and hours without traffic.
Past any_seconds(core::Random& random, std::int64_t length_s) {
    Past past{{}, {{7'200, 1}, {7 * 86'400, 60}, {93 * 86'400, 3'600}}, begin_s};
    double bad_share = 0;
    std::uint64_t rate = 20;
    for (std::int64_t second = 0; second < length_s; ++second) {
        if (random.below(60) == 0) bad_share = random.below(3) == 0 ? 1 : random.uniform() * 0.1;
        if (random.below(90) == 0) rate = random.below(3) * random.below(100);
        if (random.below(40) == 0) second += std::int64_t(random.below(20));
        if (second >= length_s) break;
        const bool read = random.below(10) > 0;
        const std::uint64_t total = read ? rate : 0;
        const std::uint64_t bad = std::min(total, std::uint64_t(std::llround(double(total) * bad_share)));
        past.cells.push_back({begin_s + second, 1, {total - bad, total}, read, 1});
    }
    return past;
}

Replay run(const Objective& objective, const Past& past, std::int64_t from, std::int64_t to, int points,
           const std::vector<Span>& excluded) {
    ReplayRequest request;
    request.from = core::WallTime(std::chrono::seconds(begin_s + from));
    request.to = core::WallTime(std::chrono::seconds(begin_s + to));
    request.points = points;
    auto result = replay(objective, past, excluded, request);
    if (!result) qFatal("%s", result.error().message.c_str());
    return *result;
}

Counts sum(const std::vector<ReplayPoint>& points) {
    Counts all;
    for (const ReplayPoint& point : points) all += point.counts;
    return all;
}

}  // namespace

class TestProperties : public QObject {
    Q_OBJECT

private slots:
    void theOrderOfMergingDoesNotMatter() {
        core::SeededRandom random(21);
        for (int i = 0; i < 2'000; ++i) {
            std::vector<WindowReading> parts(2 + random.below(12));
            std::ranges::generate(parts, [&] { return any_window(random); });
            const auto whole = std::accumulate(parts.begin() + 1, parts.end(), parts[0], join);
            shuffle(parts, random);
            // Neighbours are joined in any order, until one is left.
            while (parts.size() > 1) {
                const std::size_t at = random.below(parts.size() - 1);
                parts[at] = join(parts[at], parts[at + 1]);
                parts.erase(parts.begin() + std::ptrdiff_t(at) + 1);
            }
            QCOMPARE(parts[0], whole);
        }
    }

    void whatIsTakenAwayLeavesWhatWasThere() {
        core::SeededRandom random(22);
        for (int i = 0; i < 10'000; ++i) {
            const Counts a = any_window(random).counts, b = any_window(random).counts;
            Counts both = a + b;
            both -= b;
            QCOMPARE(both, a);
            both -= a + b;  // more than there is: none, and not 2^64 - 1
            QCOMPARE(both, Counts{});
        }
    }

    void ratiosAreShares() {
        core::SeededRandom random(23);
        for (int i = 0; i < 20'000; ++i) {
            WindowReading window = any_window(random);
            // Not even when whoever counts breaks the promise.
            if (random.below(4) == 0) window.counts.good = window.counts.total + random.below(1'000);
            if (random.below(4) == 0) window.covered_s = window.window_s + std::int64_t(random.below(100));
            if (random.below(50) == 0) window.counts = {UINT64_MAX - random.below(3), UINT64_MAX};
            const auto good = window.counts.good_ratio(), bad = window.counts.error_ratio();
            QVERIFY(is_share(good) && is_share(bad) && is_share(window.coverage()));
            QCOMPARE(good.has_value(), window.counts.total > 0);
            if (good) QVERIFY(std::abs(*good + *bad - 1) < 1e-12);
            const double target = 0.5 + random.uniform() * 0.4999;
            const auto burn = burn_rate(window.counts, target);
            QVERIFY(!burn || (*burn >= 0 && *burn <= (1 + 1e-9) / (1 - target)));
            const auto budget = error_budget(target, window, window);
            QVERIFY(!budget.remaining || *budget.remaining <= 1);
            QVERIFY(!budget.remaining || *budget.remaining >= 1 - (1 + 1e-9) / (1 - target));
            QVERIFY(!budget.exhausted_in_s || *budget.exhausted_in_s >= 0);
        }
    }

    void aReplaysPointsAreTheSumOfItsCells() {
        core::SeededRandom random(24);
        Objective objective = test::availability();
        objective.window_s = 600;
        objective.rows = {{10, 60, 2, 20, 3}, {30, 120, 1.2, 20, 3}};
        for (int i = 0; i < 12; ++i) {
            const std::int64_t length_s = 1'800 + std::int64_t(random.below(900));
            const Past past = any_seconds(random, length_s);
            std::vector<Span> excluded;
            if (i % 2 == 1) excluded = {{begin_s + 900, begin_s + 1'020}, {begin_s + 1'200, begin_s + 1'260}};
            const auto from = std::int64_t(600 + random.below(200)),
                       to = std::int64_t(1'500 + random.below(200));
            Counts all, in_window;
            for (const PastCell& cell : past.cells) {
                const bool left_out =
                    std::ranges::any_of(excluded, [&](const Span& span) { return span.contains(cell.at_s); });
                if (left_out || cell.at_s >= begin_s + to) continue;
                if (cell.at_s >= begin_s + from) all += cell.counts;
                if (cell.at_s >= begin_s + to - objective.window_s) in_window += cell.counts;
            }
            const auto whole = run(objective, past, from, to, 300, excluded);
            QCOMPARE(sum(whole.points), all);
            QCOMPARE(whole.window.counts, in_window);
            QCOMPARE(sum(run(objective, past, from, to, 7, excluded).points), all);
            // What is replayed in two goes is the same, and ends where the whole does.
            const auto middle = from + 1 + std::int64_t(random.below(std::uint64_t(to - from - 1)));
            const auto first = run(objective, past, from, middle, 300, excluded);
            const auto second = run(objective, past, middle, to, 300, excluded);
            QCOMPARE(sum(first.points) + sum(second.points), all);
            QCOMPARE(second.window, whole.window);
            QCOMPARE(second.budget, whole.budget);
        }
    }

    void aReplayStaysWithinItsBounds() {
        core::SeededRandom random(25);
        Objective objective = test::availability();
        objective.window_s = 600;
        objective.rows = {{10, 60, 2, 20, 3}, outage_row(objective.target, 20, Severity::sev1)};
        for (int i = 0; i < 12; ++i) {
            const Past past = any_seconds(random, 1'800);
            const auto all = run(objective, past, 600, 1'800, 2 + int(random.below(400)), {});
            for (const ReplayPoint& point : all.points) {
                QVERIFY(point.counts.good <= point.counts.total);
                QVERIFY(!point.burn || (*point.burn >= 0 && *point.burn <= (1 + 1e-9) / 0.005));
                QVERIFY(!point.remaining || *point.remaining <= 1);
                QVERIFY(!point.lowest || *point.lowest <= *point.remaining);
                if (point.lowest) QVERIFY(*all.lowest <= *point.lowest);
            }
            QVERIFY(is_share(all.window.counts.good_ratio()) && is_share(all.window.coverage()));
            for (const ReplayedAlert& replayed : all.alerts) {
                QVERIFY(replayed.counts.good <= replayed.counts.total);
                QVERIFY(!replayed.alert.ended_at || *replayed.alert.ended_at > replayed.alert.started_at);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestProperties)
#include "tst_properties.moc"
