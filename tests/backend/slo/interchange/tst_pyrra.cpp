#include <QtTest>

#include "slo/interchange/read.hpp"
#include "slo/interchange/refusals.hpp"
#include "slo/interchange/row_sets.hpp"

using namespace qd::slo;
using namespace qd::slo::interchange;

namespace {

const char* const ratio = R"(apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: api-errors
  namespace: monitoring
  labels: {role: alert-rules}
spec:
  target: "99.9"
  window: 4w
  description: Errors of the API
  indicator:
    ratio:
      errors:
        metric: http_requests_total{job="api",code=~"5.."}
      total:
        metric: http_requests_total{job="api"}
      grouping: []
)";

const char* const latency = R"(---
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: api-latency}
spec:
  target: "99"
  window: 30d
  indicator:
    latency:
      success: {metric: 'http_seconds_bucket{job="api",le="0.1"}'}
      total: {metric: 'http_seconds_count{job="api"}'}
  alerting: {burnrates: true, absent: true}
)";

QString refusal(const QString& text) {
    const auto reading = read_text(text.toStdString(), "p.yaml");
    return reading ? QString() : QString::fromStdString(reading.error().message);
}

}  // namespace

class TestPyrra : public QObject {
    Q_OBJECT

private slots:
    void readsRatioAndLatency() {
        const auto reading = read_text(std::string(ratio) + latency, "p.yaml");
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        QCOMPARE(reading->objectives.size(), std::size_t(2));
        const Objective& errors = reading->objectives[0].objective;
        QCOMPARE(errors.target, 0.999);
        QCOMPARE(errors.window_s, std::int64_t(28 * 86'400));
        const auto& counted = std::get<RatioIndicator>(errors.indicator);
        QCOMPARE(counted.good.labels[1].text(), std::string("!5*"));
        QCOMPARE(counted.total.labels.size(), std::size_t(1));
        QCOMPARE(errors.rows, scaled_rows(RowSet::pyrra, 28 * 86'400, 0.999, errors.indicator));
        QCOMPARE(errors.rows[0].factor, 14.0);
        const auto& timed = std::get<LatencyIndicator>(reading->objectives[1].objective.indicator);
        QCOMPARE(timed.histogram.metric, std::string("http_seconds"));
        QCOMPARE(timed.threshold_s, 0.1);
        QCOMPARE(reading->notes.size(), std::size_t(3));  // namespace, labels, description
    }

    void readsAGaugeOfZeroAndOne() {
        QString text = ratio;
        const auto begin = text.indexOf("    ratio:");
        const auto end = text.indexOf("grouping: []", begin) + int(strlen("grouping: []"));
        text.replace(begin, end - begin, "    bool_gauge: {metric: 'up{job=\"api\"}'}");
        const auto reading = read_text(text.toStdString(), "p.yaml");
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        QVERIFY(reading->objectives[0].objective.indicator ==
                Indicator(BoolGaugeIndicator{{"up", {LabelMatcher::parse("job", "api")}}}));
        QVERIFY(refusal(text.replace("up{job=\"api\"}", "sum(up)")).contains("each reading"));
    }
    void groupingIsGroupBy() {
        const auto reading = read_text(
            QString(ratio).replace("grouping: []", "grouping: [handler, method]").toStdString(), "x");
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        const Objective& objective = reading->objectives[0].objective;
        QCOMPARE(objective.group_by, (std::vector<std::string>{"handler", "method"}));
        // Nothing is dropped in silence.
        const auto written = can_be_written(objective);
        QVERIFY(!written && written.error().message.find("grouped") != std::string::npos);
    }

    void whatCannotBeSaidIsRefusedWithItsLine_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* name, const char* from, const char* to, const char* line,
                            const char* word) { QTest::newRow(name) << from << to << line << word; };
        row("native", "    latency:\n", "    latencyNative: {latency: 100ms}\n    latency:\n",
            ":26:", "native");
        row("gauge", "    ratio:\n", "    bool_gauge: {metric: up}\n    ratio:\n", ":14:", "one of them");
        row("grouping", "grouping: []", "grouping: [code, code]", ":4:", "twice");
        row("odd grouping", "grouping: []", "grouping: {a: b}", ":17:", "grouping");
        row("no alerts", "burnrates: true", "burnrates: false", ":29:", "burnrates");
        row("named alert", "absent: true", "name: Mine", ":29:", "name");
        row("severities", "absent: true", "severities: {critical: a}", ":29:", "severities");
        row("window", "window: 4w", "window: 4q", ":9:", "4q");
        row("target", "target: \"99.9\"", "target: \"100\"", ":4:", "objective");
        row("target as words", "target: \"99.9\"", "target: high", ":8:", "target");
        row("expression", "metric: http_requests_total{job=\"api\"}", "metric: sum(rate(x[5m]))",
            ":16:", "alone");
        row("no bound", ",le=\"0.1\"", "", ":28:", "le");
        row("odd bound", "le=\"0.1\"", "le=\"+Inf\"", ":28:", "le");
        row("other labels", "http_seconds_count{job=\"api\"}", "http_seconds_count",
            ":28:", "different labels");
        row("other histogram", "http_seconds_count", "grpc_seconds_count", ":28:", "http_seconds_count");
        row("unrelated errors", "http_requests_total{job=\"api\",code", "errors_total{job=\"api\",code",
            ":16:", "same metric");
        row("no errors", "      errors:\n        metric: http_requests_total{job=\"api\",code=~\"5..\"}\n",
            "", ":13:", "errors");
        row("unknown", "  window: 4w", "  window: 4w\n  performanceOverAccuracy: true",
            ":10:", "performanceOverAccuracy");
        row("kind", "kind: ServiceLevelObjective\nmetadata:\n  name: api-errors",
            "kind: Pod\nmetadata:\n  name: a", ":2:", "ServiceLevelObjective");
    }
    void whatCannotBeSaidIsRefusedWithItsLine() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, line);
        QFETCH(QString, word);
        QString text = QString(ratio) + latency;
        QVERIFY(text.contains(from));
        const QString said = refusal(text.replace(from, to));
        QVERIFY2(said.startsWith("p.yaml" + line) && said.contains(word), qPrintable(said));
    }
};

QTEST_GUILESS_MAIN(TestPyrra)
#include "tst_pyrra.moc"
