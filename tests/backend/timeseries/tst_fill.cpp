// The past of a source in the tiers: where nothing was counted, once, and after a restart.
#include <QTemporaryDir>
#include <QtTest>

#include "core/random.hpp"
#include "support/fake_clock.hpp"
#include "support/slo_samples.hpp"
#include "timeseries/store.hpp"

using namespace qd;
using namespace qd::timeseries;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t begin = 1'700'000'400;  // a whole hour and 20 minutes
constexpr std::int64_t step = past_step_s, hour = 3600, day = 86'400;

std::vector<Past> steady(std::int64_t from, std::int64_t to, slo::Counts each = {290, 300}) {
    std::vector<Past> past;
    for (; from < to; from += step) past.push_back({from, each});
    return past;
}

std::int64_t up(std::int64_t second, std::int64_t unit) {
    return (second + unit - 1) / unit * unit;
}

}  // namespace

class TestFill : public QObject {
    Q_OBJECT

private slots:
    void everyWindowSeesTheWholeOfIt() {
        Tiers tiers({600, hour, 6 * hour, 28 * day});
        tiers.advance(begin);
        const std::int64_t to = begin / step * step, from = up(begin - 9 * day, hour);
        QCOMPARE(tiers.gaps(begin - 9 * day, begin, step).size(), std::size_t(1));
        QVERIFY(!tiers.fill(step, steady(from, to)).empty());
        for (const std::size_t window : {0u, 1u, 2u}) {
            const auto reading = tiers.window(window);
            const auto unknown = begin - to + 1;  // seconds after the last step
            QVERIFY2(reading.window_s - reading.covered_s <= unknown + 60,
                     qPrintable(QString("window %1: %2 s").arg(window).arg(reading.covered_s)));
            QVERIFY(std::abs(double(reading.counts.total) - double(reading.covered_s)) <= 60);
            QVERIFY(std::abs(*reading.counts.good_ratio() - 290.0 / 300) < 0.005);
        }
        const auto whole = tiers.window(3);
        QCOMPARE(whole.covered_s, to - from);
        QCOMPARE(whole.counts, (slo::Counts{std::uint64_t((to - from) / step * 290),
                                            std::uint64_t((to - from) / step * 300)}));
        QCOMPARE(QString::fromStdString(slo::describe_coverage(whole)).left(9), QString("8 of 28 d"));
    }

    void whatWasCountedIsNotCountedAgain() {
        Tiers tiers({hour, 2 * day});
        tiers.advance(begin - 3000);
        for (std::int64_t second = begin - 3000; second <= begin - 1000; ++second) {
            tiers.advance(second);
            tiers.add({1, 1});
        }
        tiers.advance(begin);
        const auto before = tiers.window(0);
        const auto gaps = tiers.gaps(begin - day, begin, step);
        QCOMPARE(gaps.size(), std::size_t(2));
        QVERIFY(gaps[0].to_s <= begin - 3000 && gaps[1].from_s > begin - 1000);
        // All of it is offered, twice.
        (void)tiers.fill(step, steady(up(begin - day, step), begin / step * step));
        const auto once = tiers.window(1);
        QVERIFY(tiers.fill(step, steady(up(begin - day, step), begin / step * step)).empty());
        QCOMPARE(tiers.window(1), once);
        const std::int64_t filled = gaps[0].length_s() + gaps[1].length_s();
        QCOMPARE(once.covered_s, 2001 + filled);
        QCOMPARE(once.counts.total, std::uint64_t(2001 + filled));
        QVERIFY(tiers.window(0).counts.total > before.counts.total);
        QVERIFY(tiers.gaps(begin - day + step, begin, step).empty());
    }

    void sumsOfPartsAreTheWhole() {
        core::SeededRandom random(7);
        for (int round = 0; round < 50; ++round) {
            Tiers tiers({2 * hour - 10, 6 * day, 80 * day});
            tiers.advance(begin);
            std::vector<Past> past;
            slo::Counts sum;
            for (std::int64_t at = up(begin - 2 * hour + 11 + 60, step); at + step <= begin; at += step) {
                const std::uint64_t total = random.below(round % 2 ? 40 : 1'000'000);
                const slo::Counts counts{total == 0 ? 0 : random.below(total + 1), total};
                past.push_back({at, counts});
                sum += counts;
            }
            (void)tiers.fill(step, past);
            for (const std::size_t window : {0u, 1u, 2u}) QCOMPARE(tiers.window(window).counts, sum);
            for (const auto& [index, cell] : tiers.cells(0, 0))
                QVERIFY(cell.counts.good <= cell.counts.total);
            // They leave as they came.
            for (std::int64_t second = begin; second < begin + 3 * hour; second += 7) tiers.advance(second);
            QCOMPARE(tiers.window(0).counts, slo::Counts{});
            QCOMPARE(tiers.window(0).covered_s, std::int64_t(0));
        }
    }

    void exclusionsHoldForThePastToo() {
        const std::int64_t out = begin / step * step - 1200;
        Tiers plain({hour}), cut({hour});
        for (Tiers* tiers : {&plain, &cut}) tiers->advance(begin);
        cut.set_excluded({{out, out + 600}});
        const auto past = steady(up(begin - hour + 60, step), begin / step * step);
        (void)plain.fill(step, past);
        (void)cut.fill(step, past);
        QCOMPARE(plain.window(0).counts.total - cut.window(0).counts.total, std::uint64_t(600));
        QCOMPARE(plain.window(0).covered_s - cut.window(0).covered_s, std::int64_t(600));
    }

    void oldHoursAreFilledWholeOrNotAtAll() {
        Tiers tiers({80 * day});
        const std::int64_t old = up(begin - 20 * day, hour);
        tiers.advance(old + 30);
        tiers.add({1, 1});
        tiers.advance(begin);
        for (const slo::Span& gap : tiers.gaps(old - hour, old + 3 * hour, step))
            QVERIFY(!gap.contains(old) && !gap.contains(old + hour - 1));
        (void)tiers.fill(step, steady(old, old + 3 * hour));
        QCOMPARE(tiers.window(0).counts.total, std::uint64_t(1 + 2 * 3600));
    }

    void aRestartKeepsWhatWasFilled() {
        QTemporaryDir folder;
        const auto file = folder.filePath("counters.sqlite").toStdString();
        test::FakeClock clock;
        slo::Objective objective = test::availability();
        objective.source = "production";
        objective.window_s = 28 * day;
        const auto open = [&] {
            auto opened = Store::open({objective}, file, clock, telemetry::null_log());
            if (!opened) qFatal("%s", opened.error().message.c_str());
            return std::move(*opened);
        };
        auto store = open();
        store->ingest({});
        const std::int64_t now = clock.now().time_since_epoch() / 1s;
        const auto gaps = store->gaps(objective.id, now - 9 * day, now);
        QCOMPARE(gaps.size(), std::size_t(1));
        QVERIFY(store->fill(objective.id, steady(gaps[0].from_s, gaps[0].to_s)).has_value());
        const auto before = store->readings()[0];
        QVERIFY(before.seen && before.as_of <= clock.now() && before.age_s < 600);
        QCOMPARE(before.window.covered_s, gaps[0].length_s());
        store.reset();
        clock.advance(2s);
        store = open();
        QCOMPARE(store->readings()[0].window.counts, before.window.counts);
        QCOMPARE(store->readings()[0].window.covered_s, before.window.covered_s);
        QVERIFY(store->gaps(objective.id, now - 9 * day, now).empty());
        QCOMPARE(store->fill(slo::SloId("else"), {}).error().code, core::Errc::not_found);
    }
};

QTEST_GUILESS_MAIN(TestFill)
#include "tst_fill.moc"
