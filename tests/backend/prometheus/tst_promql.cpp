#include "prometheus/promql.hpp"

#include <QtTest>

using namespace qd;
using namespace qd::prometheus;
using slo::LabelMatcher;
using slo::Selector;

class TestPromql : public QObject {
    Q_OBJECT

private slots:
    void selectorsAreWritten_data() {
        QTest::addColumn<QString>("label");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* label, const char* said) { QTest::newRow(label) << label << said; };
        row("/a", "m{l=\"/a\"}");
        row("!/a", "m{l!=\"/a\"}");
        row("", "m{l=\"\"}");
        row("5*", "m{l=~\"5.*\"}");
        row("!5*", "m{l!~\"5.*\"}");
        row("/media*|/api/v1/stream*", "m{l=~\"/media.*|/api/v1/stream.*\"}");
        row("a.b+c*", "m{l=~\"a\\\\.b\\\\+c.*\"}");
        row("|x", "m{l=~\"|x\"}");
        row("a\"b\\", "m{l=\"a\\\"b\\\\\"}");
    }
    void selectorsAreWritten() {
        QFETCH(QString, label);
        QFETCH(QString, said);
        const Selector selector{"m", {LabelMatcher::parse("l", label.toStdString())}};
        QCOMPARE(QString::fromStdString(*selector_text(selector)), said);
    }

    void oddNamesDoNotBreakOut() {
        QCOMPARE(*selector_text({"m", {}}), std::string("m"));
        QCOMPARE(*selector_text({"a:b_total", {}}), std::string("a:b_total"));
        QCOMPARE(*selector_text({"m) or vector(1", {}}), std::string("{__name__=\"m) or vector(1\"}"));
        QCOMPARE(*selector_text({"9m", {LabelMatcher::parse("l", "a")}}),
                 std::string("{__name__=\"9m\",l=\"a\"}"));
        QVERIFY(!selector_text({"m", {LabelMatcher::parse("l=~\".*\"", "a")}}));
        QVERIFY(!selector_text({"m", {LabelMatcher::parse("", "a")}}));
    }

    void indicatorsBecomeTwoSums() {
        const slo::RatioIndicator ratio{{"m", {LabelMatcher::parse("code", "!5*")}}, {"m", {}}};
        QCOMPARE(*count_queries(ratio, 300),
                 (CountQueries{"sum(increase(m{code!~\"5.*\"}[300s]))", "sum(increase(m[300s]))"}));
        const slo::LatencyIndicator latency{{"h_seconds", {LabelMatcher::parse("route", "/a")}}, 0.1};
        QCOMPARE(*count_queries(latency, 60),
                 (CountQueries{"sum(increase(h_seconds_bucket{route=\"/a\",le=~\"0\\\\.1\"}[60s]))",
                               "sum(increase(h_seconds_count{route=\"/a\"}[60s]))"}));
        const slo::TimeIndicator within{{"w", {}}, {"s", {}}, true};
        QCOMPARE(*count_queries(within, 60),
                 (CountQueries{"1000 * (sum(increase(w[60s])) - (sum(increase(s[60s])) or vector(0)))",
                               "1000 * sum(increase(w[60s]))"}));
        const slo::TimeIndicator beside{{"w", {}}, {"s", {}}, false};
        QCOMPARE(*count_queries(beside, 60),
                 (CountQueries{"1000 * sum(increase(w[60s]))",
                               "1000 * (sum(increase(w[60s])) + (sum(increase(s[60s])) or vector(0)))"}));
        QVERIFY(!count_queries(ratio, 0));
    }

    void boundsAreFoundHoweverTheyAreWritten() {
        QCOMPARE(bound_pattern(0.1), std::string("0\\.1"));
        QCOMPARE(bound_pattern(1), std::string("1|1\\.0"));
        QCOMPARE(bound_pattern(2.5), std::string("2\\.5"));
        QCOMPARE(bound_pattern(3600), std::string("3600|3600\\.0"));
        QCOMPARE(bound_pattern(0.00001), std::string("1e-05"));
    }
};

QTEST_GUILESS_MAIN(TestPromql)
#include "tst_promql.moc"
