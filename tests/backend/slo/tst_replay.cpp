#include <QtTest>
#include <nlohmann/json.hpp>

#include "slo/codec_replay.hpp"
#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::slo;

namespace {

constexpr std::int64_t begin_s = 1'800'000'000;  // a whole hour

core::WallTime at(std::int64_t second) {
    return core::WallTime(std::chrono::seconds(begin_s + second));
}

/// Cells one behind the other from `begin_s` on.
class Stored {
public:
    Stored& add(std::int64_t cells, std::int64_t step_s, std::uint64_t good, std::uint64_t bad) {
        for (; cells > 0; --cells, now_ += step_s)
            past.cells.push_back({now_, step_s, {good, good + bad}, step_s, step_s});
        return *this;
    }
    /// Somebody looked and found nothing.
    Stored& blind(std::int64_t cells, std::int64_t step_s) {
        for (; cells > 0; --cells, now_ += step_s) past.cells.push_back({now_, step_s, {}, 0, step_s});
        return *this;
    }
    Stored& nobody(std::int64_t seconds) {
        now_ += seconds;
        return *this;
    }
    std::int64_t length() const { return now_ - begin_s; }

    Past past{{}, {{7'200, 1}, {7 * 86'400, 60}, {93 * 86'400, 3'600}}, begin_s};

private:
    std::int64_t now_ = begin_s;
};

ReplayRequest from_to(std::int64_t from, std::int64_t to, int points = 300) {
    ReplayRequest request;
    request.from = at(from);
    request.to = at(to);
    request.points = points;
    return request;
}

Replay run(const Objective& objective, const Stored& history, const ReplayRequest& request,
           const std::vector<Span>& excluded = {}) {
    auto result = replay(objective, history.past, excluded, request);
    if (!result) qFatal("%s", result.error().message.c_str());
    return *result;
}

QString texts(const std::vector<std::string>& limits) {
    QString all;
    for (const std::string& text : limits) all += QString::fromStdString(text) + "\n";
    return all;
}

}  // namespace

class TestReplay : public QObject {
    Q_OBJECT

private slots:
    void aBurnBecomesAnAlertWithItsCost() {
        Stored history;
        history.add(600, 1, 30, 0).add(30, 1, 24, 6).add(600, 1, 30, 0);
        const Replay result = run(test::availability(), history, from_to(0, 1230));
        QCOMPARE(result.alerts.size(), std::size_t(2));
        const ReplayedAlert& fast = result.alerts[0];
        QCOMPARE(fast.alert.row.short_s, std::int64_t(10));
        QCOMPARE(fast.alert.kind, AlertKind::burn);
        // 1.2 times 0.5 % of 60 s at 30 a second are 10.8 bad events: the second second's twelve.
        QCOMPARE(fast.alert.started_at, at(601));
        QVERIFY(fast.alert.ended_at.has_value());
        QVERIFY(fast.alert.reason.find("bad in 60 s") != std::string::npos);
        QCOMPARE(fast.counts.bad(), std::uint64_t(29 * 6));
        const double allowed_then = 0.005 * 30 * double((*fast.alert.ended_at - at(0)).count() / 1000 + 1);
        QVERIFY(std::abs(*fast.budget_share - 174 / allowed_then) < 1e-9);
        QCOMPARE(result.budget.spent, std::uint64_t(180));
        QVERIFY(std::abs(result.budget.allowed - 0.005 * 1230 * 30) < 1e-9);
        QCOMPARE(result.window.covered_s, std::int64_t(1230));
        QVERIFY(result.limits.empty());
    }

    void theCurveHoldsItsPeaks() {
        Stored history;
        history.add(600, 1, 30, 0).add(10, 1, 0, 30).add(600, 1, 30, 0);
        const Replay result = run(test::availability(), history, from_to(0, 1210, 11));
        QCOMPARE(result.step_s, std::int64_t(110));
        QCOMPARE(result.points.size(), std::size_t(11));
        std::uint64_t bad = 0, total = 0;
        for (const ReplayPoint& point : result.points) {
            bad += point.counts.bad();
            total += point.counts.total;
            QVERIFY(*point.lowest <= *point.remaining);
        }
        QCOMPARE(bad, std::uint64_t(300));
        QCOMPARE(total, std::uint64_t(1210 * 30));
        // 300 of 0.005 x 610 x 30 allowed: the deepest moment is the last bad second.
        QVERIFY(std::abs(*result.lowest - (1 - 300 / (0.005 * 610 * 30))) < 1e-9);
        QCOMPARE(*result.lowest_at, at(609));
        QVERIFY(std::abs(*result.points[5].burn - 300.0 / 3300 / 0.005) < 1e-9);
    }

    void whatFiredBeforeBeganBefore() {
        Stored history;
        history.add(600, 1, 30, 0).add(300, 1, 24, 6);
        const Replay result = run(test::availability(), history, from_to(700, 900));
        QCOMPARE(result.alerts.size(), std::size_t(2));
        QCOMPARE(result.alerts[0].alert.started_at, at(601));
        QVERIFY(!result.alerts[0].alert.ended_at);
        QCOMPARE(result.alerts[0].counts.bad(), std::uint64_t(299 * 6));
        QCOMPARE(result.points.front().at, at(700));
    }

    void anotherObjectiveFiresOtherwise() {
        Stored history;
        history.add(600, 1, 30, 0).add(60, 1, 297, 3).add(600, 1, 30, 0);
        ReplayRequest request = from_to(0, 1260);
        std::vector<std::string> limits;
        QCOMPARE(run(*changed(test::availability(), request, limits), history, request).alerts.size(),
                 std::size_t(2));
        request.target = 0.9;
        const auto lax = changed(test::availability(), request, limits);
        QVERIFY(run(*lax, history, request).alerts.empty());
        QVERIFY(!lax->sla);  // a contract above the objective is none
        QVERIFY(limits.empty());
    }

    void anOutageRowComesAndGoes() {
        Stored history;
        history.add(120, 1, 30, 0).add(30, 1, 0, 30).add(120, 1, 30, 0);
        ReplayRequest request = from_to(0, 270);
        request.rows = {{60, 120, 100, 10, 1}};
        request.outage = true;
        std::vector<std::string> limits;
        const auto objective = changed(test::availability(), request, limits);
        QVERIFY(objective.has_value());
        const Replay result = run(*objective, history, request);
        QVERIFY(!result.alerts.empty());
        QCOMPARE(result.alerts[0].alert.kind, AlertKind::outage);
        QCOMPARE(result.alerts[0].alert.started_at, at(129));
        QCOMPARE(result.alerts[0].alert.severity, Severity::sev1);
        request.outage = false;
        for (const ReplayedAlert& replayed :
             run(*changed(*objective, request, limits), history, request).alerts)
            QVERIFY(replayed.alert.kind == AlertKind::burn);
        // An outage row's factor is the largest there is, whatever the target.
        request = from_to(0, 270);
        request.target = 0.999;
        QVERIFY(std::abs(changed(*objective, request, limits)->rows.back().factor - 1'000) < 1e-6);
    }

    void rowsThatTheChangeMakesImpossibleAreNamed() {
        Objective objective = test::availability();
        objective.rows.push_back({60, 300, 50, 10, 1});
        ReplayRequest request = from_to(0, 100);
        request.target = 0.95;
        request.window_s = 120;
        std::vector<std::string> limits;
        const auto result = changed(objective, request, limits);
        QVERIFY(result.has_value());
        QCOMPARE(result->rows.size(), std::size_t(1));
        QVERIFY(texts(limits).contains("row 1m & 5m is left out"));
        // Rows that were asked for are not dropped in silence.
        request.rows = objective.rows;
        QVERIFY(!changed(objective, request, limits));
    }

    void nonsenseIsRefused() {
        std::vector<std::string> limits;
        QVERIFY(!changed(test::availability(), from_to(10, 10), limits));
        QVERIFY(!changed(test::availability(), from_to(0, 10, 1), limits));
        ReplayRequest request = from_to(0, 10);
        request.target = 1;
        QVERIFY(!changed(test::availability(), request, limits));
        request = from_to(0, 10);
        request.window_s = 5;
        QVERIFY(!changed(test::availability(), request, limits));
        request = from_to(0, 10);
        request.to = request.from + std::chrono::days(400);
        QVERIFY(!changed(test::availability(), request, limits));
        Stored history;
        history.add(max_replayed_steps + 100, 1, 1, 0);
        const auto much = replay(test::availability(), history.past, {}, from_to(0, history.length()));
        QVERIFY(!much);
        QVERIFY(much.error().message.find("shorter time") != std::string::npos);
    }

    void excludedTimeCountsForNothing() {
        Stored history;
        history.add(600, 1, 30, 0).add(60, 1, 0, 30).add(540, 1, 30, 0);
        const Replay result =
            run(test::availability(), history, from_to(0, 1200), {{begin_s + 600, begin_s + 660}});
        QVERIFY(result.alerts.empty());
        QCOMPARE(result.budget.spent, std::uint64_t(0));
        QCOMPARE(result.window.covered_s, std::int64_t(1140));
        QVERIFY(result.limits.empty());
    }

    void aCoarseCellThatAnExclusionCutsIsLeftOutWhole() {
        Stored history;
        history.add(4, 3'600, 3'600, 3'600);
        Objective objective = test::availability();
        objective.window_s = 86'400;
        const Replay result =
            run(objective, history, from_to(0, 4 * 3'600), {{begin_s + 1'800, begin_s + 3'600}});
        QCOMPARE(result.budget.spent, std::uint64_t(3 * 3'600));
        QVERIFY(texts(result.limits).contains("exclusions cut 1 of the kept cells"));
    }

    void whereOnlyMinutesAreKeptFinerRowsAreNotJudged() {
        Stored history;
        history.add(60, 60, 1'700, 100).add(600, 1, 30, 0);
        const Replay result = run(test::availability(), history, from_to(0, history.length()));
        // Only the row of 60 s & 5 min is as coarse as the cells.
        QCOMPARE(result.alerts.size(), std::size_t(1));
        QCOMPARE(result.alerts[0].alert.row.short_s, std::int64_t(60));
        QCOMPARE(result.alerts[0].alert.started_at, at(59));
        const QString limits = texts(result.limits);
        const QString until = QString::fromStdString(core::format_rfc3339(at(3'600 + 59)));
        QVERIFY2(
            limits.contains("before " + until + " history is kept by the minute: row 10s & 1m is not judged"),
            qPrintable(limits));
        QVERIFY(!limits.contains("row 1m & 5m is not"));
        QVERIFY(limits.contains("alerts begin and end with a whole one"));
    }

    void nothingKnownIsNothingSaid() {
        const Replay result = run(test::availability(), Stored(), from_to(0, 100));
        QVERIFY(result.alerts.empty());
        QVERIFY(result.points.empty());
        QVERIFY(!result.window.counts.good_ratio());
        QVERIFY(!result.budget.remaining);
        QVERIFY(texts(result.limits).contains("there is no reading"));
        Stored late;
        late.nobody(50).add(50, 1, 1, 0);
        QVERIFY(texts(run(test::availability(), late, from_to(0, 100)).limits)
                    .contains("before " + QString::fromStdString(core::format_rfc3339(at(50)))));
    }

    void absentDataIsAbsentOnlyWhereSomebodyLooked() {
        Objective objective = test::availability();
        objective.absent = AbsentRule{30, Severity::sev3};
        Stored history;
        history.add(60, 1, 30, 0).nobody(600).add(60, 1, 30, 0).blind(50, 1).add(60, 1, 30, 0);
        const Replay result = run(objective, history, from_to(0, history.length()));
        QCOMPARE(result.alerts.size(), std::size_t(1));
        QCOMPARE(result.alerts[0].alert.kind, AlertKind::absent);
        // Six seconds old is stale, and thirty of those are absent.
        QCOMPARE(result.alerts[0].alert.started_at, at(60 + 600 + 60 + 5 + 29));
        QCOMPARE(*result.alerts[0].alert.ended_at, at(60 + 600 + 60 + 50));
        Stored coarse;
        coarse.add(5, 60, 600, 0).blind(2, 60).add(5, 60, 600, 0);
        const Replay minutes = run(objective, coarse, from_to(0, coarse.length()));
        QCOMPARE(minutes.alerts.size(), std::size_t(1));
        QCOMPARE(minutes.alerts[0].alert.started_at, at(5 * 60 + 5 + 29));
        QVERIFY(texts(minutes.limits).contains("absent data is seen only where a whole minute"));
        // However long it lasts, it takes no more steps than until it is told.
        Stored days;
        days.add(5, 3'600, 600, 0).blind(100 * 24, 3'600).add(5, 3'600, 600, 0);
        const Replay long_gap = run(objective, days, from_to(0, days.length()));
        QCOMPARE(long_gap.alerts.size(), std::size_t(1));
        QCOMPARE(long_gap.alerts[0].alert.started_at, at(5 * 3'600 + 5 + 29));
        QCOMPARE(*long_gap.alerts[0].alert.ended_at, at((5 + 100 * 24 + 1) * 3'600 - 1));
        // Absent already when the replay begins.
        QCOMPARE(run(objective, days, from_to(50 * 24 * 3'600, days.length())).alerts.size(), std::size_t(1));
        coarse.past.looks_known_since_s.reset();
        QVERIFY(
            texts(run(objective, coarse, from_to(0, coarse.length())).limits).contains("somebody looked"));
    }

    void aCalendarWindowBeginsAnewWithItsPeriod() {
        Objective objective = test::availability();
        objective.calendar = CalendarWindow{Period::day, "UTC"};
        objective.window_s = longest_s(Period::day);
        const std::int64_t midnight = (begin_s / 86'400 + 1) * 86'400 - begin_s;
        Stored history;
        history.add(midnight / 60, 60, 500, 100).add(120, 60, 600, 0);
        const Replay result = run(objective, history, from_to(0, history.length()));
        QCOMPARE(result.window.counts, (Counts{72'000, 72'000}));
        QCOMPARE(result.objective.window_s, std::int64_t(86'400));
        QCOMPARE(*result.budget.remaining, 1.0);
        QVERIFY(*result.lowest < 0);
    }

    void historyThatIsNeededReachesBackByEveryWindow() {
        Objective objective = test::availability();
        QVERIFY(needs_history_from(objective, begin_s) <= begin_s - 3'600 - 300);
        objective.calendar = CalendarWindow{Period::month, "UTC"};
        QVERIFY(needs_history_from(objective, begin_s) <= period_of(*objective.calendar, begin_s)->from_s);
    }

    void theWireCarriesItBothWays() {
        Stored history;
        history.add(60, 60, 1'700, 100).add(600, 1, 30, 0);
        const Replay result = run(test::availability(), history, from_to(0, history.length()));
        auto again = replay_from_json(nlohmann::json::parse(to_json(result).dump()));
        QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
        QCOMPARE(again->objective.rows, result.objective.rows);
        again->objective = result.objective;  // of which the answer tells a part
        QVERIFY(*again == result);

        ReplayRequest request = from_to(0, 3'600, 17);
        QVERIFY(*replay_request_from_json(to_json(request)) == request);
        request.target = 0.9995;
        request.window_s = 7'200;
        request.rows = test::availability().rows;
        request.excluded = {{begin_s, begin_s + 60}, {begin_s + 120, begin_s + 240}};
        request.outage = true;
        QVERIFY(*replay_request_from_json(nlohmann::json::parse(to_json(request).dump())) == request);
    }

    void theWireRefusesWhatIsNoRequest() {
        const auto refused = [](const char* text, const char* word) {
            const auto request = replay_request_from_json(nlohmann::json::parse(text));
            return !request && request.error().message.find(word) != std::string::npos;
        };
        QVERIFY(refused("[]", "object"));
        QVERIFY(refused("{}", "from"));
        QVERIFY(refused(R"({"from":"2026-11-23T19:00:00Z","to":"soon"})", "to"));
        const std::string times = R"({"from":"2026-11-23T19:00:00Z","to":"2026-11-23T20:00:00Z",)";
        QVERIFY(refused((times + R"("objective_percent":100})").c_str(), "objective_percent"));
        QVERIFY(refused((times + R"("rows":[{}]})").c_str(), "rows"));
        QVERIFY(refused((times + R"("outage":1})").c_str(), "outage"));
        QVERIFY(
            refused((times + R"("exclusions":[{"from":"2026-11-23T19:00:00Z","to":"2026-11-23T19:00:00Z"}]})")
                        .c_str(),
                    "exclusions"));
        // Overlapping minutes become one.
        const auto request = replay_request_from_json(nlohmann::json::parse(
            times + R"("exclusions":[{"from":"2026-11-23T19:00:10Z","to":"2026-11-23T19:01:00Z"},
                                     {"from":"2026-11-23T19:00:30Z","to":"2026-11-23T19:01:30Z"}]})"));
        QCOMPARE(request->excluded->size(), std::size_t(1));
        QCOMPARE(request->excluded->front().length_s(), std::int64_t(120));
    }
};

QTEST_GUILESS_MAIN(TestReplay)
#include "tst_replay.moc"
