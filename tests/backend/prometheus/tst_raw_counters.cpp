// The raw series of indicators: one question each, and its answer as the scrapes of processes.
#include "prometheus/raw_counters.hpp"

#include <QtTest>

#include "prometheus/promql.hpp"

using namespace qd;
using namespace qd::prometheus;
using slo::LabelMatcher;

class TestRawCounters : public QObject {
    Q_OBJECT

private slots:
    void anIndicatorIsOneQuestion() {
        const auto query = [](const slo::Indicator& indicator) { return *raw_query(indicator); };
        const LabelMatcher ok = LabelMatcher::parse("code", "!5*"),
                           route = LabelMatcher::parse("route", "/a*");
        QCOMPARE(query(slo::RatioIndicator{{"m", {ok, route}}, {"m", {route}}}),
                 std::string("m{route=~\"/a.*\"}"));
        QCOMPARE(query(slo::RatioIndicator{{"good_total", {}}, {"all_total", {}}}),
                 std::string("label_replace(all_total, \"quarterdeck_side\", \"a\", \"\", \"\") or "
                             "label_replace(good_total, \"quarterdeck_side\", \"b\", \"\", \"\")"));
        QCOMPARE(query(slo::LatencyIndicator{{"h_seconds", {route}}, 0.1}),
                 std::string("{__name__=~\"h_seconds_bucket|h_seconds_count\",le=~\"|0\\\\.1\","
                             "route=~\"/a.*\"}"));
        QCOMPARE(query(slo::TimeIndicator{{"s", {LabelMatcher::parse("is", "play")}},
                                          {"s", {LabelMatcher::parse("is", "stall")}}}),
                 std::string("s{is=\"play\"} or s{is=\"stall\"}"));
        QCOMPARE(query(slo::BoolGaugeIndicator{{"up", {}}}), std::string("up"));
        const std::string promql = query(slo::PromqlIndicator{"sum(a) # good", "sum(b)"});
        QVERIFY2(promql.find("(\nsum(a) # good\n)") != std::string::npos, promql.c_str());
        QVERIFY(promql.find("\"__name__\", \"promql:total\"") < promql.find("\"__name__\", \"promql:good\""));
        QVERIFY(!raw_query(slo::BoolGaugeIndicator{{"up", {LabelMatcher::parse("9", "a")}}}));
    }

    void promqlIsSummedForItsHistory() {
        QCOMPARE(*count_queries(slo::PromqlIndicator{"a", "b"}, 300),
                 (CountQueries{"sum(increase((\na\n)[300s:20s]))", "sum(increase((\nb\n)[300s:20s]))"}));
        QVERIFY(!count_queries(slo::PromqlIndicator{"a", "b", {LabelMatcher::parse("l", "x")}}, 300));
    }

    void processesAreToldApart() {
        const auto series = [](std::vector<std::pair<std::string, std::string>> labels, double value) {
            return Series{std::move(labels), {{core::WallTime{}, value}}};
        };
        Answer answer;
        answer.series = {
            series({{"__name__", "m"}, {"code", "200"}, {"instance", "a:1"}, {"job", "api"}}, 1234567890),
            series({{"__name__", "m"}, {"code", "x\"\\\n"}, {"instance", "b:1"}, {"job", "api"}}, 0.5),
            series({{"__name__", "m"}, {"code", "503"}, {"instance", "a:1"}, {"job", "api"}}, std::nan("")),
            series({{"__name__", "rule:sum"}, {"code", "200"}}, 1e300),
            series({{"__name__", "not.one"}, {"instance", "a:1"}}, 1),
            series({{"instance", "a:1"}}, 1)};
        const auto counters = raw_counters(answer);
        QCOMPARE(counters.size(), std::size_t(3));
        QCOMPARE(counters[0], (RawCounters{"", "rule:sum{code=\"200\"} 1e+300\n"}));
        QCOMPARE(counters[1], (RawCounters{"api/a:1",
                                           "m{code=\"200\",instance=\"a:1\",job=\"api\"} 1234567890\n"
                                           "m{code=\"503\",instance=\"a:1\",job=\"api\"} NaN\n"}));
        QCOMPARE(counters[2],
                 (RawCounters{"api/b:1", "m{code=\"x\\\"\\\\\\n\",instance=\"b:1\",job=\"api\"} 0.5\n"}));
    }
};

QTEST_GUILESS_MAIN(TestRawCounters)
#include "tst_raw_counters.moc"
