#include <QTest>
#include <nlohmann/json.hpp>

#include "reports/report.hpp"
#include "support/slo_samples.hpp"

namespace qd::reports {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t hour = 3'600, day = 86'400;

core::WallTime at(std::int64_t s) {
    return core::WallTime(std::chrono::seconds(s));
}

slo::Past hours(std::int64_t from_s, int count, std::uint64_t bad) {
    slo::Past past;
    for (int i = 0; i < count; ++i)
        past.cells.push_back({from_s + i * hour, hour, {1'000 - bad, 1'000}, hour, hour});
    return past;
}

Month november() {
    return *month_of("2026-11", "UTC");
}

Report report_of(const slo::Objective& objective, const slo::Past& past, std::vector<slo::Alert> alerts = {},
                 std::vector<slo::Exclusion> exclusions = {}) {
    return compile(november(), at(november().span.to_s), {{objective, past}}, alerts, exclusions, {});
}

}  // namespace

class TestReport : public QObject {
    Q_OBJECT
private slots:
    void a_month_begins_and_ends_in_its_time_zone() {
        QCOMPARE(november().span.from_s, std::int64_t(1'793'491'200));
        QCOMPARE(november().span.length_s(), 30 * day);
        // Clocks go back on 25 October: that month has an hour more.
        const auto october = month_of("2026-10", "Europe/Berlin");
        QVERIFY(october.has_value());
        QCOMPARE(october->span.length_s(), 31 * day + hour);
        for (const char* wrong :
             {"2026-13", "2026-1", "2026/11", "26-11", "november", "", "2026-1a", "9999-01"})
            QVERIFY2(!month_of(wrong, "UTC"), wrong);
        QVERIFY(!month_of("2026-11", "Mars/Olympus"));
    }
    void days_sum_to_the_month() {
        const auto objective = test::availability();
        const Report report = report_of(objective, hours(november().span.from_s, 30 * 24, 3));
        const ObjectiveReport& one = report.objectives.front();
        QCOMPARE(one.days.size(), std::size_t(30));
        slo::Counts sum;
        for (const Day& each : one.days) {
            QCOMPARE(each.counts.total, std::uint64_t(24'000));
            sum += each.counts;
        }
        QVERIFY(sum == one.counts);
        QCOMPARE(one.counts.bad(), std::uint64_t(30 * 24 * 3));
        QCOMPARE(one.covered_s, 30 * day);
    }
    void a_day_of_25_hours_has_25_hours() {
        const auto october = *month_of("2026-10", "Europe/Berlin");
        const auto objective = test::availability();
        const auto past = hours(october.span.from_s, int(october.span.length_s() / hour), 0);
        const auto report = compile(october, at(october.span.to_s), {{objective, past}}, {}, {}, {});
        QCOMPARE(report.objectives[0].days.size(), std::size_t(31));
        QCOMPARE(report.objectives[0].days[24].covered_s, 25 * hour);
    }
    void what_lies_outside_is_not_counted() {
        const auto objective = test::availability();
        const Report report = report_of(objective, hours(november().span.from_s - 5 * hour, 10, 0));
        QCOMPARE(report.objectives[0].counts.total, std::uint64_t(5'000));
    }
    void nothing_known_is_neither_met_nor_missed() {
        const auto objective = test::availability();
        const Report nothing = report_of(objective, {});
        QCOMPARE(nothing.objectives[0].verdict, Verdict::no_data);
        QVERIFY(!nothing.objectives[0].sla_kept);
        slo::Past quiet;
        quiet.cells.push_back({november().span.from_s, hour, {}, hour, hour});
        QCOMPARE(report_of(objective, quiet).objectives[0].verdict, Verdict::no_traffic);
        for (const Report& each : {nothing, report_of(objective, quiet)}) {
            const std::string text = to_markdown(each);
            QVERIFY(text.find("100") == std::string::npos || text.find("100.000 %") == std::string::npos);
        }
    }
    void a_contract_that_is_broken_says_what_follows() {
        auto objective = test::availability();
        objective.target = 0.995;
        objective.sla = slo::Sla{0.99, "10 % service credit"};
        QVERIFY(*report_of(objective, hours(november().span.from_s, 24, 7)).objectives[0].sla_kept);
        const Report broken = report_of(objective, hours(november().span.from_s, 24, 11));
        QVERIFY(!*broken.objectives[0].sla_kept);
        QCOMPARE(broken.objectives[0].verdict, Verdict::missed);
        QVERIFY(to_markdown(broken).find("broken (99.000 %): 10 % service credit") != std::string::npos);
    }
    void what_is_left_out_is_told_but_not_counted() {
        const auto objective = test::availability();
        slo::Exclusion work;
        work.from = at(november().span.from_s);
        work.to = work.from + 2h;
        work.reason = "storage move";
        work.author = "anna";
        const Report report = report_of(objective, hours(november().span.from_s, 24, 100), {}, {work});
        QCOMPARE(report.objectives[0].counts.total, std::uint64_t(22'000));
        QCOMPARE(report.objectives[0].excluded.total, std::uint64_t(2'000));
        QVERIFY(to_markdown(report).find("storage move \\(anna\\)") != std::string::npos ||
                to_markdown(report).find("storage move (anna)") != std::string::npos);
    }
    void ratios_are_never_rounded_up_to_the_target() {
        auto objective = test::availability();
        objective.target = 0.999;
        slo::Past past;
        past.cells.push_back({november().span.from_s, hour, {9'989'999, 10'000'000}, hour, hour});
        const std::string text = to_markdown(report_of(objective, past));
        QVERIFY(text.find("| 99.899 % | MISSED |") != std::string::npos);
    }
    void alerts_of_other_months_and_objectives_stay_out() {
        const auto objective = test::availability();
        slo::Alert mine;
        mine.slo_id = objective.id;
        mine.started_at = at(november().span.from_s + hour);
        mine.ended_at = mine.started_at + 30s;
        mine.reason = "14 of 612 requests bad";
        slo::Alert before = mine;
        before.started_at -= 48h;
        before.ended_at = before.started_at + 30s;
        slo::Alert others = mine;
        others.slo_id = slo::SloId("other");
        const Report report =
            report_of(objective, hours(november().span.from_s, 2, 0), {before, others, mine});
        QCOMPARE(report.objectives[0].alerts.size(), std::size_t(1));
        QVERIFY(to_markdown(report).find("2026-11-01 01:00 UTC, 30 s, SEV") != std::string::npos);
    }
    void a_month_that_goes_on_says_so() {
        const auto objective = test::availability();
        const auto past = hours(november().span.from_s, 24, 0);
        const auto report =
            compile(november(), at(november().span.from_s + 2 * day), {{objective, past}}, {}, {}, {});
        QCOMPARE(report.objectives[0].elapsed_s, 2 * day);
        QVERIFY(to_markdown(report).find("The month is not over: figures up to 2026-11-03 00:00 UTC") !=
                std::string::npos);
    }
    void titles_are_text_in_every_format() {
        auto objective = test::availability();
        objective.title = "<script>alert(1)</script> | *bold*";
        const Report report = report_of(objective, hours(november().span.from_s, 24, 5));
        QVERIFY(to_html(report).find("<script>") == std::string::npos);
        QVERIFY(to_markdown(report).find("| \\<script") != std::string::npos);
        const auto json = nlohmann::json::parse(to_json_text(report));
        QCOMPARE(json["objectives"][0]["title"].get<std::string>(), objective.title);
        QCOMPARE(json["objectives"][0]["days"].size(), std::size_t(30));
    }
    void the_same_report_gives_the_same_bytes() {
        const auto objective = test::availability();
        const auto past = hours(november().span.from_s, 300, 2);
        QCOMPARE(to_html(report_of(objective, past)), to_html(report_of(objective, past)));
        QVERIFY(to_html(report_of(objective, past)).find("<svg") != std::string::npos);
    }
};

}  // namespace qd::reports

QTEST_GUILESS_MAIN(qd::reports::TestReport)
#include "tst_report.moc"
