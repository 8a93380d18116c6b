// A month is the sum of its days and of what is left out, however finely and in whatever order its past
// comes.
#include <QTest>

#include "core/random.hpp"
#include "reports/report.hpp"
#include "support/slo_samples.hpp"

namespace qd::reports {
namespace {

constexpr std::int64_t minute = 60, hour = 3'600, day = 86'400;

core::WallTime moment(std::int64_t s) {
    return core::WallTime(std::chrono::seconds(s));
}

/// Hours and stretches of minutes, some missing, from a day before the month to a day after it.
slo::Past any_past(core::Random& random, const Month& month) {
    slo::Past past;
    for (std::int64_t at = month.span.from_s - day; at < month.span.to_s + day; at += hour) {
        if (random.below(20) == 0) continue;
        const std::int64_t step_s = random.below(10) == 0 ? minute : hour;
        for (std::int64_t cell = at; cell < at + hour; cell += step_s) {
            const std::uint64_t total = random.below(5) == 0 ? 0 : random.below(100'000);
            past.cells.push_back(
                {cell, step_s, {total - random.below(total / 50 + 1), total}, step_s, step_s});
        }
    }
    return past;
}

}  // namespace

class TestReportProperties : public QObject {
    Q_OBJECT
private slots:
    void days_and_what_is_left_out_are_the_month() {
        core::SeededRandom random(41);
        for (int i = 0; i < 20; ++i) {
            const auto month =
                *month_of(i % 2 ? "2026-10" : "2026-11", i % 3 ? "Europe/Berlin" : "America/New_York");
            const slo::Past past = any_past(random, month);
            std::vector<slo::Exclusion> exclusions(random.below(3));
            for (slo::Exclusion& exclusion : exclusions) {
                exclusion.from = moment(month.span.from_s + std::int64_t(random.below(29)) * day);
                exclusion.to = exclusion.from + std::chrono::hours(1 + random.below(30));
                exclusion.reason = "work";
            }
            slo::Counts all;
            std::int64_t read_s = 0;
            for (const slo::PastCell& cell : past.cells)
                if (month.span.contains(cell.at_s)) all += cell.counts, read_s += cell.covered_s;
            const auto report =
                compile(month, moment(month.span.to_s), {{test::availability(), past}}, {}, exclusions, {});
            const ObjectiveReport& one = report.objectives.front();
            slo::Counts sum;
            std::int64_t covered_s = 0;
            for (const Day& each : one.days) {
                sum += each.counts;
                covered_s += each.covered_s;
                QVERIFY(each.counts.good <= each.counts.total && each.covered_s <= 25 * hour);
            }
            QCOMPARE(sum, one.counts);
            QCOMPARE(covered_s, one.covered_s);
            QCOMPARE(one.counts + one.excluded, all);
            QVERIFY(one.covered_s <= read_s && one.covered_s <= one.elapsed_s);
            const double ratio = one.counts.good_ratio().value_or(1);
            QVERIFY(ratio >= 0 && ratio <= 1);
            QVERIFY(!one.spent_share || *one.spent_share >= 0);
            QCOMPARE(one.verdict == Verdict::met, ratio >= one.objective.target);
        }
    }

    void the_order_of_its_past_does_not_matter() {
        core::SeededRandom random(42);
        const auto month = *month_of("2026-11", "UTC");
        slo::Past past = any_past(random, month);
        const auto before =
            compile(month, moment(month.span.to_s), {{test::availability(), past}}, {}, {}, {});
        for (std::size_t i = past.cells.size(); i > 1; --i)
            std::swap(past.cells[i - 1], past.cells[random.below(i)]);
        const auto after =
            compile(month, moment(month.span.to_s), {{test::availability(), past}}, {}, {}, {});
        QVERIFY(before.objectives == after.objectives);
    }
};

}  // namespace qd::reports

QTEST_GUILESS_MAIN(qd::reports::TestReportProperties)
#include "tst_report_properties.moc"
