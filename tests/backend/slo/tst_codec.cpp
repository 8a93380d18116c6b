#include <QtTest>
#include <nlohmann/json.hpp>

#include "slo/codec.hpp"
#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::slo;
using nlohmann::json;
using test::window;

namespace {

Status burning() {
    Evaluator evaluator(test::availability());
    Reading reading;
    reading.seen = true;
    reading.as_of = core::WallTime(std::chrono::milliseconds(1'700'000'000'123));
    reading.window = window(3600, 14, 36'000);
    reading.shorts = {window(10, 8, 100), window(60, 8, 600)};
    reading.longs = {window(60, 8, 600), window(300, 8, 3000)};
    return evaluator.evaluate(reading, 0);
}

}  // namespace

class TestCodec : public QObject {
    Q_OBJECT

private slots:
    void aStatusComesBackAsItWas() {
        const Status status = burning();
        const auto back = status_from_json(json::parse(to_json(status).dump()));
        QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
        QVERIFY(*back == status);
    }

    void whatIsWrongWithTheSourceIsTold() {
        Status status = burning();
        status.reasons = {"source 'eu': its answers take 3 s", "and more"};
        QVERIFY(*status_from_json(to_json(status)) == status);
        Status before = burning();
        QVERIFY(apply_compact(to_compact_json(status), before).has_value());
        QVERIFY(before == status);
        QVERIFY(apply_compact(to_compact_json(burning()), before).has_value());
        QVERIFY(before.reasons.empty());
        json wrong = to_json(status);
        wrong["reasons"] = {1};
        QVERIFY(!status_from_json(wrong));
    }

    void whatIsNotKnownIsNull() {
        Evaluator evaluator(test::availability());
        const json value = to_json(evaluator.evaluate(Reading{}, 0));
        for (const char* field : {"sli", "good", "total", "as_of"})
            QVERIFY2(value.at(field).is_null(), field);
        QVERIFY(value.at("budget").at("remaining").is_null());
        QVERIFY(value.at("budget").at("exhausted_in_s").is_null());
        QVERIFY(value.at("rows")[0].at("short").is_null() && value.at("rows")[0].at("fires_in_s").is_null());
        QCOMPARE(value.at("health").get<std::string>(), std::string("no_data"));
        QVERIFY(status_from_json(value).has_value());
    }

    void allFieldsOfTheWireAreThere() {
        const json value = to_json(burning());
        for (const char* field : {"id", "title", "service", "route", "indicator", "objective", "sla",
                                  "window_s", "health", "sli", "good", "total", "budget", "rows", "as_of"})
            QVERIFY2(value.contains(field), field);
        for (const char* field :
             {"short_s", "long_s", "factor", "min_events", "short", "long", "firing", "fires_in_s"})
            QVERIFY2(value.at("rows")[0].contains(field), field);
        QCOMPARE(value.at("objective").get<double>(), 0.995);
        QVERIFY(value.at("rows")[0].at("firing").get<bool>());
    }

    void theCompactFormUpdatesAStatus() {
        Evaluator evaluator(test::availability());
        Status status = evaluator.evaluate(Reading{}, 0);
        const Status next = burning();
        QVERIFY(apply_compact(to_compact_json(next), status).has_value());
        QVERIFY(status == next);
        QVERIFY(to_compact_json(next).dump().size() < to_json(next).dump().size() * 3 / 4);
    }

    void theCompactFormOfAnotherObjectiveIsRefused() {
        Status status = burning();
        json other = to_compact_json(status);
        other["id"] = "else";
        QCOMPARE(apply_compact(other, status).error().code, core::Errc::conflict);
        json fewer = to_compact_json(status);
        fewer["rows"].erase(0);
        QCOMPARE(apply_compact(fewer, status).error().code, core::Errc::conflict);
        QVERIFY(status == burning());
    }

    void everyKindOfIndicatorComesBack() {
        const Indicator all[] = {
            RatioIndicator{{"a", {LabelMatcher::parse("code", "!5*|429")}}, {"a", {}}},
            LatencyIndicator{{"b_seconds", {LabelMatcher::parse("route", "/x|/y*")}}, 0.15},
            TimeIndicator{{"w", {}}, {"s", {LabelMatcher::parse("arm", "canary")}}},
            TimeIndicator{{"w", {}}, {"s", {}}, true},
            ThresholdIndicator{{"q", {LabelMatcher::parse("queue", "encode")}}, Comparison::gte, 1.5},
            BoolGaugeIndicator{{"up", {}}},
            PromqlIndicator{"sum(a)", "sum(b)", {LabelMatcher::parse("route", "/x")}},
        };
        for (const Indicator& indicator : all) QVERIFY(*indicator_from_json(to_json(indicator)) == indicator);
    }

    void everythingAnObjectiveMayHaveComesBack() {
        Objective objective = test::availability();
        objective.calendar = CalendarWindow{Period::week, "Asia/Kolkata"};
        objective.window_s = longest_s(Period::week);
        objective.timeslices = Timeslices{10, 0.95};
        objective.absent = AbsentRule{90, Severity::sev2};
        objective.source = "production";
        objective.group_by = {"route", "code"};
        objective.group = Group{SloId("all"), {{"code", ""}, {"route", "/a|*"}}};
        objective.policy.freeze_rollouts = true;
        objective.rows[1].clear_share = 0.5;
        objective.rows[1].clear_s = 42;
        objective.rows.push_back(outage_row(objective.target, 20, Severity::sev1));
        Evaluator evaluator(objective);
        Reading reading;
        reading.seen = true;
        reading.as_of = core::WallTime(std::chrono::milliseconds(1'700'000'000'123));
        reading.period = Span{1'699'813'800, 1'700'418'600};
        reading.window = {604'800, 180'000, {900, 1000}};
        reading.excluded = {{70, 90}, 600, true};
        Status status = evaluator.evaluate(reading, 1'700'000'000);
        status.absent = AbsentStatus{true, 93};
        const auto back = status_from_json(json::parse(to_json(status).dump()));
        QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
        QVERIFY(*back == status);
        QCOMPARE(to_json(status).at("coverage").get<std::string>(), std::string("2 of 7 days"));
        // And by the second, the next period included.
        reading.period = Span{1'700'418'600, 1'701'023'400};
        reading.excluded = {};
        const Status next = evaluator.evaluate(reading, 1'700'418'600);
        QVERIFY(apply_compact(to_compact_json(next), status).has_value());
        QVERIFY(status == next);
    }

    void anOlderOpsdIsUnderstood() {
        json value = to_json(burning());
        for (const char* field :
             {"calendar", "timeslices", "absent", "policy", "excluded", "period", "absence", "coverage"})
            QCOMPARE(value.erase(field), std::size_t(1));
        for (json& row : value["rows"])
            for (const char* field : {"clear_share", "clear_s", "kind"})
                QCOMPARE(row.erase(field), std::size_t(1));
        const auto back = status_from_json(value);
        QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
        QVERIFY(*back == burning());
    }

    void exclusionsComeBack() {
        const core::WallTime at(std::chrono::milliseconds(1'700'000'000'000));
        const Exclusion exclusion{ExclusionId("exc-1"),      at,           at + std::chrono::minutes(7),
                                  {SloId("a"), SloId("b")},  "a new disk", "ada",
                                  at + std::chrono::hours(1)};
        QVERIFY(*exclusion_from_json(to_json(exclusion)) == exclusion);
        QVERIFY(!exclusion_from_json(json{{"from", "yesterday"}, {"to", "now"}, {"reason", "x"}}));
        QVERIFY(!exclusion_from_json(json{{"reason", "x"}}));
        json other = to_json(exclusion);
        other["objectives"] = json::array({1});
        QVERIFY(!exclusion_from_json(other));
        other.erase("objectives");
        QVERIFY(exclusion_from_json(other)->slos.empty());
    }

    void alertsAndHistoriesComeBack() {
        AlertTracker tracker;
        const auto started =
            tracker.update(burning(), core::WallTime(std::chrono::milliseconds(1'700'000'000'500)));
        QVERIFY(!started.empty());
        QVERIFY(*alert_from_json(to_json(started[0])) == started[0]);
        Alert ended = started[0];
        ended.state = AlertState::ended;
        ended.ended_at = ended.started_at + std::chrono::seconds(3);
        QVERIFY(*alert_from_json(to_json(ended)) == ended);
        ended.kind = AlertKind::absent;
        QVERIFY(*alert_from_json(to_json(ended)) == ended);
        json old = to_json(started[0]);
        old.erase("kind");
        QVERIFY(*alert_from_json(old) == started[0]);
        const History history{60, {{ended.started_at, {5, 7}, 0.5, std::nullopt}}};
        QVERIFY(*history_from_json(to_json(history)) == history);
    }

    void wrongTypesAreNamed_data() {
        QTest::addColumn<QString>("pointer");
        for (const char* pointer :
             {"/id", "/indicator", "/objective", "/window_s", "/health", "/budget", "/rows",
              "/rows/0/short_s", "/rows/0/firing", "/budget/spent", "/indicator/kind", "/as_of"})
            QTest::newRow(pointer) << pointer;
    }
    void wrongTypesAreNamed() {
        QFETCH(QString, pointer);
        json value = to_json(burning());
        value[json::json_pointer(pointer.toStdString())] = json::array({-1.5, "x"});
        if (pointer == "/rows") value["rows"] = 7;
        const auto back = status_from_json(value);
        QVERIFY(!back);
        QCOMPARE(back.error().code, core::Errc::invalid_argument);
        const QString field = pointer.section('/', -1);
        QVERIFY2(QString::fromStdString(back.error().message).contains(field), back.error().message.c_str());
    }

    void noObjectAtAllIsAnError() {
        for (const json& value : {json(nullptr), json(3), json::array(), json("x")}) {
            QVERIFY(!status_from_json(value) && !alert_from_json(value) && !history_from_json(value));
            QVERIFY(!indicator_from_json(value) && !burn_row_from_json(value));
        }
    }
};

QTEST_GUILESS_MAIN(TestCodec)
#include "tst_codec.moc"
