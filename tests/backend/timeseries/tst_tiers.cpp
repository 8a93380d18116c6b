#include <QtTest>
#include <map>

#include "core/random.hpp"
#include "slo/exclusion.hpp"
#include "timeseries/tiers.hpp"

using namespace qd;
using namespace qd::timeseries;

class TestTiers : public QObject {
    Q_OBJECT

    static constexpr std::int64_t begin_ = 1'700'000'000;

private slots:
    void windowsHoldTheirLastSeconds() {
        Tiers tiers({10, 60});
        for (int i = 1; i <= 100; ++i) {
            tiers.advance(begin_ + i);
            tiers.add({9, 10});
        }
        QCOMPARE(tiers.window(0), (slo::WindowReading{10, 10, {90, 100}}));
        QCOMPARE(tiers.window(1), (slo::WindowReading{60, 60, {540, 600}}));
    }

    void aGapIsAGap() {
        Tiers tiers({10, 60});
        tiers.advance(begin_);
        tiers.add({10, 10});
        tiers.advance(begin_ + 20);
        tiers.add({5, 5});
        QCOMPARE(tiers.window(0), (slo::WindowReading{10, 1, {5, 5}}));
        QCOMPARE(tiers.window(1), (slo::WindowReading{60, 2, {15, 15}}));
        tiers.advance(begin_ + 10'000);
        QCOMPARE(tiers.window(1), (slo::WindowReading{60, 0, {}}));
    }

    void lateReadingsCoverTheSecondsBefore() {
        Tiers tiers({10});
        tiers.advance(begin_);
        tiers.add({1, 1});
        tiers.advance(begin_ + 2);
        tiers.cover_since(begin_ + 1);
        tiers.add({4, 4});
        QCOMPARE(tiers.window(0).covered_s, std::int64_t(3));
    }

    void runningSumsEqualSumsMadeAnew() {
        core::SeededRandom random(3);
        const std::vector<std::int64_t> lengths{1,    7,    10,     60,         300,       3600,
                                                7200, 7201, 90'000, 7 * 86'400, 9 * 86'400};
        Tiers tiers(lengths);
        std::map<std::int64_t, slo::Counts> all;  // the truth
        std::int64_t now = begin_;
        for (int i = 0; i < 30'000; ++i) {
            const auto dice = random.below(1000);
            now += dice < 990   ? 1
                   : dice < 996 ? std::int64_t(random.below(30)) + 1
                                : std::int64_t(random.below(40'000)) + 1;
            tiers.advance(now);
            if (random.below(10) == 0) continue;  // not covered
            const std::uint64_t total = random.below(50);
            const slo::Counts counts{total - random.below(total + 1), total};
            tiers.add(counts);
            all[now] += counts;
            if (i % 500 != 0) continue;
            for (std::size_t w = 0; w < lengths.size(); ++w) {
                const std::int64_t step = lengths[w] <= 7200 ? 1 : lengths[w] <= 7 * 86'400 ? 60 : 3600;
                const std::int64_t first = (now - lengths[w] + 1) / step * step;
                slo::Counts sum;
                std::int64_t covered = 0;
                for (auto at = all.lower_bound(first); at != all.end(); ++at) sum += at->second, ++covered;
                const auto window = tiers.window(w);
                QCOMPARE(window.counts, sum);
                QCOMPARE(window.covered_s, std::min(covered, lengths[w]));
            }
        }
    }

    void savedAndRestoredItIsTheSame() {
        core::SeededRandom random(4);
        const std::vector<std::int64_t> lengths{10, 3600, 90'000, 9 * 86'400};
        Tiers tiers(lengths);
        std::int64_t now = begin_;
        for (int i = 0; i < 20'000; ++i) {
            tiers.advance(now += 1 + std::int64_t(random.below(3)));
            const std::uint64_t total = random.below(50);
            tiers.add({total - random.below(total + 1), total});
        }
        Tiers again(lengths);
        for (std::size_t tier = 0; tier < timeseries::tiers.size(); ++tier) {
            auto cells = tiers.cells(tier, 0);
            std::reverse(cells.begin(), cells.end());  // any order
            for (const auto& [index, cell] : cells) again.restore(tier, index, cell);
        }
        again.restored(now);
        for (std::size_t w = 0; w < lengths.size(); ++w) QCOMPARE(again.window(w), tiers.window(w));
        QCOMPARE(again.last_covered(), tiers.last_covered());
        // And goes on the same.
        for (int i = 0; i < 5'000; ++i) {
            now += 1;
            for (Tiers* each : {&tiers, &again}) each->advance(now), each->add({1, 2});
        }
        for (std::size_t w = 0; w < lengths.size(); ++w) QCOMPARE(again.window(w), tiers.window(w));
    }

    void aRestartLongAfterwardsKnowsOnlyWhatIsStillInTheWindow() {
        Tiers tiers({3600, 86'400});
        Cell cell;
        cell.counts = {5, 6};
        cell.covered_s = 1;
        tiers.restore(0, begin_, cell);
        tiers.restore(1, begin_ / 60, cell);
        tiers.restored(begin_ + 5000);
        QCOMPARE(tiers.window(0).covered_s, std::int64_t(0));
        QCOMPARE(tiers.window(1).counts, (slo::Counts{5, 6}));
    }

    void exclusionsAreLeftOutAndTakenBackTheyRestoreTheFigures() {
        core::SeededRandom random(11);
        const std::vector<std::int64_t> lengths{10, 600, 7200, 90'000, 6 * 86'400, 9 * 86'400, 30 * 86'400};
        Tiers tiers(lengths), untouched(lengths);
        std::map<std::int64_t, slo::Counts> all;  // the truth
        std::vector<slo::Exclusion> exclusions;
        const auto minute = [](std::int64_t second) {
            return core::WallTime(std::chrono::seconds(second / 60 * 60));
        };
        const auto apply = [&] {
            tiers.set_excluded(slo::excluded_spans(exclusions, slo::SloId("a")),
                               slo::excluded_edges(exclusions, slo::SloId("a")));
        };
        std::int64_t now = begin_;
        const auto compare = [&] {
            const auto spans = slo::excluded_spans(exclusions, slo::SloId("a"));
            for (std::size_t w = 0; w < lengths.size(); ++w) {
                const std::int64_t step = lengths[w] <= 7200 ? 1 : lengths[w] <= 7 * 86'400 ? 60 : 3600;
                slo::Counts counted, left_out;
                std::int64_t left_out_s = 0;
                auto at = all.lower_bound((now - lengths[w] + 1) / step * step);
                for (auto span = spans.begin(); at != all.end(); ++at) {
                    while (span != spans.end() && span->to_s <= at->first) ++span;
                    const bool out = span != spans.end() && span->contains(at->first);
                    (out ? left_out : counted) += at->second;
                    left_out_s += out;
                }
                QCOMPARE(tiers.window(w).counts, counted);
                QCOMPARE(tiers.excluded(w).counts, left_out);
                QCOMPARE(tiers.excluded(w).covered_s, left_out_s);
            }
        };
        for (int i = 0; i < 120'000; ++i) {
            now += 1 + std::int64_t(random.below(40));
            const std::uint64_t total = random.below(50);
            const slo::Counts counts{total - random.below(total + 1), total};
            for (Tiers* each : {&tiers, &untouched}) each->advance(now), each->add(counts);
            all[now] += counts;
            if (random.below(1000) == 0) {
                // Up to six days after the fact, or planned.
                const std::int64_t from = now - 6 * 86'400 + std::int64_t(random.below(7 * 86'400));
                const std::int64_t length = 60 * (1 + std::int64_t(random.below(300)));
                exclusions.push_back({slo::ExclusionId("x"), minute(from), minute(from + length)});
                apply();
            } else if (!exclusions.empty() && random.below(1500) == 0) {
                exclusions.erase(exclusions.begin() + std::ptrdiff_t(random.below(exclusions.size())));
                apply();
            }
            if (i % 2000 == 0) compare();
        }
        QVERIFY(exclusions.size() > 5);
        compare();
        exclusions.clear();
        apply();
        for (std::size_t w = 0; w < lengths.size(); ++w) {
            QCOMPARE(tiers.window(w), untouched.window(w));
            QCOMPARE(tiers.excluded(w), slo::Excluded{});
        }
    }

    void exclusionsOutliveARestartAndTheMinutes() {
        core::SeededRandom random(12);
        const std::vector<std::int64_t> lengths{3600, 30 * 86'400};
        Tiers tiers(lengths);
        std::int64_t now = begin_ / 3600 * 3600;
        const std::vector<slo::Span> spans{{now + 25 * 60, now + 7 * 3600 + 10 * 60}};
        tiers.set_excluded(spans);
        tiers.begin_window(1, {now - 30 * 60, now + 31 * 86'400});
        for (int i = 0; i < 20 * 24 * 60; ++i) {
            tiers.advance(now += 60);
            tiers.add({random.below(5), 5});
        }
        QCOMPARE(tiers.excluded(1).counts.total, std::uint64_t(5 * (6 * 60 + 45)));
        Tiers again(lengths);
        for (const auto& [minute, cell] : tiers.kept_minutes()) again.restore_kept_minute(minute, cell);
        for (std::size_t tier = 0; tier < timeseries::tiers.size(); ++tier)
            for (const auto& [index, cell] : tiers.cells(tier, 0)) again.restore(tier, index, cell);
        again.restored(now);
        again.begin_window(1, {begin_ / 3600 * 3600 - 30 * 60, begin_ / 3600 * 3600 + 31 * 86'400});
        again.set_excluded(spans);
        for (std::size_t w = 0; w < lengths.size(); ++w) {
            QCOMPARE(again.window(w), tiers.window(w));
            QCOMPARE(again.excluded(w), tiers.excluded(w));
        }
    }

    void anExclusionToldTooLateLeavesOutWholeHours() {
        Tiers tiers({30 * 86'400});
        std::int64_t now = begin_ / 3600 * 3600;
        const slo::Span cut{now + 3600 + 600, now + 3600 + 1200};
        for (int i = 0; i < 9 * 24 * 60; ++i) tiers.advance(now += 60), tiers.add({1, 1});
        tiers.set_excluded({cut});
        QCOMPARE(tiers.excluded(0).counts.total, std::uint64_t(60));
        QVERIFY(!tiers.excluded(0).now);
        tiers.set_excluded({});
        QCOMPARE(tiers.window(0).counts.total, std::uint64_t(9 * 24 * 60));
    }

    void aCalendarWindowBeginsWithItsPeriod() {
        core::SeededRandom random(13);
        for (const std::int64_t offset_s : {0, 1800, 2700}) {  // zones of whole, half and quarter hours
            Tiers tiers({40 * 86'400});
            std::map<std::int64_t, slo::Counts> all;
            std::int64_t now = begin_, next = 0;
            slo::Span period{};
            for (int i = 0; i < 30'000; ++i) {
                now += 1 + std::int64_t(random.below(60));
                tiers.advance(now);
                if (now >= next) {
                    const std::int64_t from = (now + offset_s) / 86'400 * 86'400 - offset_s;
                    period = {from, from + std::int64_t(1 + random.below(12)) * 86'400};
                    next = period.to_s;
                    tiers.begin_window(0, period);
                }
                const std::uint64_t total = random.below(50);
                const slo::Counts counts{random.below(total + 1), total};
                tiers.add(counts);
                all[now] += counts;
                if (i % 300 != 0) continue;
                slo::Counts sum;
                for (auto at = all.lower_bound(period.from_s); at != all.end(); ++at) sum += at->second;
                QCOMPARE(tiers.window(0).counts, sum);
                QCOMPARE(tiers.window(0).window_s, period.length_s());
                tiers.restored(now);  // made anew it is the same
                QCOMPARE(tiers.window(0).counts, sum);
            }
        }
    }

    void aClockSetBackForgetsTheFuture() {
        Tiers tiers({60});
        for (int i = 0; i < 100; ++i) tiers.advance(begin_ + i), tiers.add({1, 1});
        tiers.restored(begin_ + 50);
        QCOMPARE(tiers.window(0).counts.total, std::uint64_t(51));
        tiers.advance(begin_ + 51);
        tiers.add({1, 1});
        QCOMPARE(tiers.window(0).counts.total, std::uint64_t(52));
    }

    void historyAddsUpAndKeepsItsExtremes() {
        Tiers tiers({60});
        for (int i = 0; i < 3600; ++i) {
            tiers.advance(begin_ + i);
            tiers.add({i == 1000 ? 0u : 10u, 10});
        }
        const auto fine = tiers.history(begin_, begin_ + 3600, 2000);
        QVERIFY(fine.step_s <= 2 && fine.points.size() <= 2000);
        const auto coarse = tiers.history(begin_, begin_ + 3600, 50);
        QVERIFY(coarse.points.size() <= 50 && coarse.points.size() > 20);
        std::uint64_t fine_total = 0, coarse_total = 0;
        double lowest = 1;
        for (const auto& point : fine.points) fine_total += point.counts.total;
        for (const auto& point : coarse.points)
            coarse_total += point.counts.total, lowest = std::min(lowest, *point.min);
        QCOMPARE(fine_total, std::uint64_t(36'000));
        QCOMPARE(coarse_total, std::uint64_t(36'000));
        QCOMPARE(lowest, 0.0);  // the bad second is still to be seen
    }

    void historyLeavesGapsOut() {
        Tiers tiers({60});
        for (int i = 0; i < 100; ++i) {
            if (i >= 40 && i < 60) continue;
            tiers.advance(begin_ + i);
            tiers.add({1, 1});
        }
        const auto history = tiers.history(begin_, begin_ + 100, 2000);
        QCOMPARE(history.step_s, std::int64_t(1));
        QCOMPARE(history.points.size(), std::size_t(80));
    }

    void historyOfAgesAgoComesFromTheCoarserTiers() {
        Tiers tiers({60});
        for (std::int64_t i = 0; i < 20 * 86'400; i += 60) {
            tiers.advance(begin_ + i);
            tiers.add({60, 60});
        }
        const std::int64_t now = begin_ + 20 * 86'400;
        const auto days = tiers.history(begin_, now, 200);
        QVERIFY(days.step_s % 3600 == 0);
        QVERIFY(days.points.size() > 100 && days.points.size() <= 200);
        QVERIFY(tiers.history(begin_ - 86'400, begin_ - 3600, 100).points.empty());
        QVERIFY(tiers.history(5, 5, 100).points.empty());
        QVERIFY(tiers.history(now + 5, now + 10, 100).points.empty());
        (void)tiers.history(-5, INT64_MAX / 2, 2);
    }

    void movingOnCostsTheSameForAnHourAndForAMonth() {
        const auto cost = [](std::int64_t window) {
            Tiers tiers({window});
            for (int i = 0; i < 8000; ++i) tiers.advance(begin_ + i), tiers.add({1, 1});
            QElapsedTimer timer;
            timer.start();
            for (int i = 8000; i < 208'000; ++i) tiers.advance(begin_ + i), tiers.add({1, 1});
            return double(timer.nsecsElapsed()) / 200'000;
        };
        const double hour = cost(3600), month = cost(28 * 86'400);
        qInfo("a second costs %.0f ns with a window of an hour, %.0f ns with one of 28 days", hour, month);
        QVERIFY(month < hour * 5 + 1000);
    }
};

QTEST_GUILESS_MAIN(TestTiers)
#include "tst_tiers.moc"
