#include <QtTest>
#include <random>

#include "slo/document.hpp"
#include "slo/interchange/openslo.hpp"
#include "slo/interchange/read.hpp"
#include "slo/interchange/row_sets.hpp"

using namespace qd;
using namespace qd::slo;
using namespace qd::slo::interchange;

namespace {

const char* const inline_slo = R"(apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout
  displayName: Checkout works
spec:
  service: shop
  indicator:
    metadata:
      name: checkout-ratio
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            spec:
              query: sum(rate(http_total{code!~"5..",job="shop"}[5m]))
        total:
          metricSource:
            type: Prometheus
            spec:
              query: sum(rate(http_total{job="shop"}[5m]))
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - targetPercent: 99.9
)";

const char* const referring = R"(---
apiVersion: openslo/v1
kind: SLI
metadata: {name: speed, displayName: Speed}
spec:
  description: how fast
  ratioMetric:
    good: {metricSource: {metricSourceRef: prom, spec: {query: 'http_seconds_bucket{le="0.3",job="shop"}'}}}
    total: {metricSource: {metricSourceRef: prom, spec: {query: 'http_seconds_count{job="shop"}'}}}
---
apiVersion: openslo/v1
kind: Service
metadata: {name: shop}
spec: {description: sells}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: speed, labels: {team: a}}
spec:
  service: shop
  indicatorRef: speed
  timeWindow: [{duration: 1w, isRolling: true}]
  objectives: [{target: 0.99}, {target: 0.95, displayName: Mostly}]
)";

core::Result<interchange::Reading> read(const QString& text) {
    return read_text(text.toStdString(), "x.yaml");
}

QString refusal(const QString& text) {
    const auto reading = read(text);
    return reading ? QString() : QString::fromStdString(reading.error().message);
}

Selector random_selector(std::mt19937& random, const char* name) {
    Selector selector{name, {}};
    for (unsigned i = 0; i < random() % 3; ++i) {
        const char* const texts[] = {"a", "!5*", "/media*|/api/v1*", "", "x.y|", "!q\"\\", "1 + 1"};
        selector.labels.push_back(LabelMatcher::parse("l" + std::to_string(i), texts[random() % 7]));
    }
    return selector;
}

Objective random_objective(std::mt19937& random, int number) {
    const char* const names[] = {"A",       "Zürich: 'n\" more", "true",       "1e3",
                                 " spaced", "{{ x }} #y",        "line\nbreak"};
    Objective objective;
    objective.id = SloId("slo-" + std::to_string(number));
    objective.title = names[random() % 7];
    objective.service = random() % 3 == 0 ? "" : names[random() % 7];
    objective.route = random() % 3 == 0 ? "" : names[random() % 7];
    switch (random() % 6) {
        case 4:
            objective.indicator =
                ThresholdIndicator{random_selector(random, "depth"), Comparison(random() % 4),
                                   double(random() % 2'000) / 7 - 100};
            break;
        case 5:
            objective.indicator = BoolGaugeIndicator{random_selector(random, "up")};
            break;
        case 0:
            objective.indicator =
                RatioIndicator{random_selector(random, "a:g"), random_selector(random, "t")};
            break;
        case 1: {
            const double bounds[] = {0.1, 1, 2.5, 0.005, 30, 0.0001};
            objective.indicator =
                LatencyIndicator{random_selector(random, "h_seconds"), bounds[random() % 6]};
            break;
        }
        default:
            objective.indicator = TimeIndicator{random_selector(random, "watched"),
                                                random_selector(random, "stalled"), random() % 2 == 0};
    }
    objective.target = double(1 + random() % 99'999) / 100'000;
    objective.window_s = 60 + std::int64_t(random() % (random() % 2 ? 7'000 : 90 * 86'400 - 60));
    if (random() % 2) objective.window_s -= objective.window_s % 60;
    if (random() % 2) objective.sla = Sla{objective.target * 0.5, names[random() % 7]};
    objective.rows = scaled_rows(random() % 2 ? RowSet::google : RowSet::pyrra, objective.window_s,
                                 objective.target, objective.indicator);
    objective.rows[0].min_bad = random() % 1'000 + 1;
    objective.rows[0].factor *= 0.123;
    objective.rows[0].clear_share = double(random() % 100 + 1) / 100;
    objective.rows[0].clear_s = std::int64_t(random() % 2 * 77);
    if (random() % 3 == 0)
        objective.rows.push_back(outage_row(objective.target, random() % 50 + 1, Severity::sev1));
    if (random() % 3 == 0)
        objective.absent = AbsentRule{std::int64_t(random() % 86'391 + 10), Severity(random() % 4 + 1)};
    objective.policy.freeze_rollouts = random() % 3 == 0;
    if (random() % 4 == 0) {
        const Period period = Period(random() % 4);
        const char* const zones[] = {"UTC", "Europe/Berlin", "America/New_York"};
        objective.calendar = CalendarWindow{period, zones[random() % 3]};
        objective.window_s = longest_s(period);
        std::erase_if(objective.rows, [&](const BurnRow& row) { return row.long_s > objective.window_s; });
        objective.rows.insert(objective.rows.begin(), BurnRow{300, 3'600, 1, 10, 3});
    }
    if (random() % 4 == 0) {
        const std::int64_t lengths[] = {1, 5, 30, 60, 300, 3'600};
        objective.timeslices = Timeslices{lengths[random() % 6], double(random() % 1'000 + 1) / 1'000};
        std::erase_if(objective.rows,
                      [&](const BurnRow& row) { return row.short_s < objective.timeslices->slice_s; });
        if (objective.window_s < 7'200) {
            objective.timeslices->slice_s = 1;
            objective.rows = {{10, 60, 1, 1, 1}};
        } else {
            objective.rows.insert(objective.rows.begin(), BurnRow{3'600, 7'200, 1, 1, 1});
        }
        if (objective.rows.size() > 8) objective.rows.resize(8);
    }
    return objective;
}

}  // namespace

class TestOpenslo : public QObject {
    Q_OBJECT

private slots:
    void readsAnSloWithItsIndicator() {
        const auto reading = read(inline_slo);
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        QCOMPARE(reading->objectives.size(), std::size_t(1));
        QCOMPARE(reading->objectives[0].place, std::string("x.yaml:4"));
        const Objective& objective = reading->objectives[0].objective;
        QCOMPARE(objective.id.value, std::string("checkout"));
        QCOMPARE(objective.title, std::string("Checkout works"));
        QCOMPARE(objective.service, std::string("shop"));
        QCOMPARE(objective.target, 0.999);
        QCOMPARE(objective.window_s, std::int64_t(28 * 86'400));
        const auto& ratio = std::get<RatioIndicator>(objective.indicator);
        QCOMPARE(ratio.good.labels[0].text(), std::string("!5*"));
        QCOMPARE(ratio.total.labels.size(), std::size_t(1));
        QCOMPARE(objective.rows, scaled_rows(RowSet::google, 28 * 86'400, 0.999, objective.indicator));
    }

    void readsSeveralDocumentsAndWhatTheyReferTo() {
        const auto reading = read(QString(inline_slo) + referring);
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        QCOMPARE(reading->objectives.size(), std::size_t(3));
        const Objective& first = reading->objectives[1].objective;
        QCOMPARE(first.id.value, std::string("speed-1"));
        const auto& latency = std::get<LatencyIndicator>(first.indicator);
        QCOMPARE(latency.histogram.metric, std::string("http_seconds"));
        QCOMPARE(latency.threshold_s, 0.3);
        QCOMPARE(latency.histogram.labels.size(), std::size_t(1));
        QCOMPARE(reading->objectives[2].objective.title, std::string("Mostly"));
        QCOMPARE(reading->objectives[2].objective.target, 0.95);
    }

    void whatIsReadOverIsTold() {
        const auto reading = read(QString(inline_slo) + referring);
        QVERIFY(reading.has_value());
        QStringList notes;
        for (const std::string& note : reading->notes) notes << QString::fromStdString(note);
        QCOMPARE(notes.filter("description").size(), 1);
        QCOMPARE(notes.filter("metricSourceRef").size(), 2);
        QCOMPARE(notes.filter("Service").size(), 1);
        QCOMPARE(notes.filter("labels").size(), 1);
        QVERIFY2(notes.filter("labels").at(0).startsWith("x.yaml:4"), qPrintable(notes.join('\n')));
    }

    void badEventsBecomeGoodOnes() {
        QString text = QString(inline_slo).replace("good:", "bad:").replace("code!~", "code=~");
        const auto reading = read(text);
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        const auto& ratio = std::get<RatioIndicator>(reading->objectives[0].objective.indicator);
        QCOMPARE(ratio.good.labels[1].text(), std::string("!5*"));
        QVERIFY(refusal(text.replace("http_total{code", "errors{code")).contains("same metric"));
    }

    void whatCannotBeSaidIsRefusedWithItsLine_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* name, const char* from, const char* to, const char* line,
                            const char* word) { QTest::newRow(name) << from << to << line << word; };
        row("threshold", "ratioMetric:", "thresholdMetric:", ":1", "metricSource");
        row("raw", "counter: true", "raw: {metricSource: {}}", ":13:", "counters");
        row("gauge", "rate(http_total{code!~\"5..\",job=\"shop\"}[5m])", "http_total{code!=\"a\"}",
            ":13:", "");
        row("other source", "type: Prometheus", "type: Datadog", ":16:", "Prometheus");
        row("other query", "sum(rate(http_total{code", "avg(rate(http_total{code", ":18:", "avg");
        row("calendar", "isRolling: true", "calendar: {startTime: a, timeZone: b}", ":26:", "calendar");
        row("not rolling", "isRolling: true", "isRolling: false", ":26:", "isRolling");
        row("month", "28d", "1M", ":25:", "days");
        row("two windows", "  budgetingMethod", "    - duration: 1d\n  budgetingMethod",
            ":25:", "one window");
        row("timeslices", "Occurrences", "Timeslices", ":29:", "timeSliceTarget");
        row("ratio of slices", "Occurrences", "RatioTimeslices", ":27:", "Timeslices");
        row("no midnight", "- duration: 28d\n      isRolling: true",
            "- duration: 1M\n      calendar: {startTime: '2024-01-01 06:00:00', timeZone: UTC}",
            ":26:", "midnight");
        row("no Monday", "- duration: 28d\n      isRolling: true",
            "- duration: 1w\n      calendar: {startTime: '2024-01-02 00:00:00', timeZone: UTC}",
            ":26:", "Monday");
        row("no zone", "- duration: 28d\n      isRolling: true",
            "- duration: 1d\n      calendar: {startTime: '2024-01-01 00:00:00', timeZone: Mars/Olympus}",
            ":4:", "Mars/Olympus");
        row("rolling calendar", "- duration: 28d\n      isRolling: true",
            "- duration: 1d\n      isRolling: true\n      calendar: {startTime: '2024-01-01 00:00:00', "
            "timeZone: UTC}",
            ":26:", "beside a calendar");
        row("slice target", "- targetPercent: 99.9", "- {targetPercent: 99.9, timeSliceTarget: 0.9}",
            ":29:", "timeSliceTarget");
        row("operator", "- targetPercent: 99.9", "- {targetPercent: 99.9, op: lte}", ":29:", "op");
        row("two targets", "- targetPercent: 99.9", "- {targetPercent: 99.9, target: 0.9}", ":29:", "one of");
        row("target of all", "targetPercent: 99.9", "targetPercent: 100", ":4:", "objective");
        row("alerts",
            "  objectives:", "  alertPolicies: [{kind: AlertPolicy}]\n  objectives:", ":28:", "rows");
        row("unknown key", "  service: shop", "  service: shop\n  colour: red", ":8:", "colour");
        row("no window", "timeWindow:", "window:", ":", "timeWindow");
        row("name", "name: checkout\n", "name: Check_out\n", ":4:", "id");
        row("reference", "  indicator:\n    metadata:\n      name: checkout-ratio\n",
            "  indicatorRef: x\n  x:\n", ":8:", "'x'");
        row("version", "openslo/v1", "openslo/v2", ":1:", "openslo/v1");
        row("kind", "kind: SLO", "kind: AlertPolicy", ":2:", "two windows");
        row("rows",
            "  displayName:", "  annotations: {quarterdeck.org/rows: '[3]'}\n  displayName:", ":5:", "rows");
        row("window note", "  displayName:",
            "  annotations: {quarterdeck.org/window-seconds: '61'}\n  displayName:", ":26:", "61");
    }
    void whatCannotBeSaidIsRefusedWithItsLine() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, line);
        QFETCH(QString, word);
        QString text = inline_slo;
        QVERIFY(text.contains(from));
        if (QString(QTest::currentDataTag()) == "gauge") text.replace("counter: true", "counter: false");
        const QString said = refusal(text.replace(from, to));
        if (QString(QTest::currentDataTag()) == "gauge") {
            QVERIFY2(said.contains(":18:") && said.contains("gauge"), qPrintable(said));
            return;
        }
        QVERIFY2(said.startsWith("x.yaml:") && said.contains(line) && said.contains(word), qPrintable(said));
    }

    void whatIsWrittenIsReadBack() {
        std::mt19937 random(11);
        for (int round = 0; round < 200; ++round) {
            std::vector<Objective> objectives;
            for (int i = 0; i < 5; ++i) objectives.push_back(random_objective(random, i));
            for (const Objective& objective : objectives) {
                const auto fits = check(objective);
                QVERIFY2(fits.has_value(), fits ? "" : fits.error().message.c_str());
            }
            const auto text = write_openslo(objectives);
            QVERIFY2(text.has_value(), text ? "" : text.error().message.c_str());
            auto reading = read_text(*text, "round.yaml");
            QVERIFY2(reading.has_value(), reading ? "" : (reading.error().message + "\n" + *text).c_str());
            QVERIFY(reading->notes.empty());
            const auto again = objectives_of(std::move(*reading));
            QCOMPARE(again.size(), objectives.size());
            for (std::size_t i = 0; i < again.size(); ++i) QVERIFY2(again[i] == objectives[i], text->c_str());
        }
    }

    void theLocalSitesObjectivesComeBack() {
        const auto objectives = load_document(QUARTERDECK_RESOURCES "/slo/local.yaml");
        QVERIFY(objectives.has_value());
        const auto text = write_openslo(*objectives);
        QVERIFY(text.has_value());
        auto reading = read_text(*text, "local");
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        QVERIFY(objectives_of(std::move(*reading)) == *objectives);
    }

    void readsThresholdsCalendarsAndSlicesOfOthers() {
        const auto reading = read(R"(apiVersion: openslo/v1
kind: SLO
metadata: {name: queue}
spec:
  service: shop
  indicator:
    metadata: {name: depth}
    spec:
      thresholdMetric: {metricSource: {type: Prometheus, spec: {query: 'queue_depth{job="shop"}'}}}
  timeWindow:
    - duration: 1Q
      calendar: {startTime: 2020-04-01 00:00:00, timeZone: Europe/Berlin}
      isRolling: false
  budgetingMethod: Timeslices
  objectives:
    - {target: 0.99, op: lte, value: 100, timeSliceTarget: 0.9, timeSliceWindow: 5m}
    - {target: 0.95, op: gt, value: 1.5, timeSliceTarget: 1, timeSliceWindow: 1m}
)");
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        const Objective& first = reading->objectives[0].objective;
        QVERIFY(first.indicator ==
                Indicator(ThresholdIndicator{
                    {"queue_depth", {LabelMatcher::parse("job", "shop")}}, Comparison::lte, 100}));
        QVERIFY(first.calendar == (CalendarWindow{Period::quarter, "Europe/Berlin"}));
        QCOMPARE(first.window_s, longest_s(Period::quarter));
        QVERIFY(first.timeslices == (Timeslices{300, 0.9}));
        const Objective& second = reading->objectives[1].objective;
        QCOMPARE(std::get<ThresholdIndicator>(second.indicator).op, Comparison::gt);
        QVERIFY(second.timeslices == (Timeslices{60, 1}));
    }

    void whatGoesWithAThresholdIsAskedFor() {
        const QString text = QString(R"(apiVersion: openslo/v1
kind: SLO
metadata: {name: queue}
spec:
  indicator:
    metadata: {name: depth, annotations: {}}
    spec:
      thresholdMetric: {metricSource: {spec: {query: 'queue_depth'}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  objectives: [{target: 0.99, op: lte, value: 100}]
)");
        QVERIFY(read(text).has_value());
        QVERIFY(refusal(QString(text).replace("op: lte, ", "")).contains("'op' is missing"));
        QVERIFY(refusal(QString(text).replace(", value: 100", "")).contains("'value' is missing"));
        QVERIFY(refusal(QString(text).replace("lte", "eq")).contains("lt, lte"));
        QVERIFY(refusal(QString(text).replace("'queue_depth'", "sum(queue_depth)")).contains("each reading"));
        QVERIFY(refusal(QString(text).replace("'queue_depth'", "'rate(queue_depth[5m])'"))
                    .contains("each reading"));
        const QString gauge =
            QString(text).replace("annotations: {}", "annotations: {quarterdeck.org/indicator: bool_gauge}");
        QVERIFY(refusal(gauge).contains("gte and value 1"));
        const auto reading = read(QString(gauge).replace("lte, value: 100", "gte, value: 1"));
        QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
        QVERIFY(std::holds_alternative<BoolGaugeIndicator>(reading->objectives[0].objective.indicator));
        QVERIFY(refusal(QString(inline_slo)
                            .replace("name: checkout-ratio",
                                     "name: x\n      annotations: {quarterdeck.org/indicator: bool_gauge}"))
                    .contains("bool_gauge"));
    }

    void oneFormatAndEachIdOnceInAFile() {
        QVERIFY(refusal("").contains("nothing"));
        QVERIFY(refusal("a: 1\n").contains("slos:"));
        QVERIFY(refusal("[1, 2]\n").contains(":1:"));
        QVERIFY(refusal("slos: []\n---\nslos: []\n").startsWith("x.yaml:3:"));
        QVERIFY(refusal(QString(inline_slo) + "---\nslos: []\n").contains("first document"));
        const QString twice = refusal(QString(inline_slo) + "---\n" + inline_slo);
        QVERIFY2(twice.contains("twice") && twice.startsWith("x.yaml:34:"), qPrintable(twice));
        QCOMPARE(read("slos: []\n")->objectives.size(), std::size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestOpenslo)
#include "tst_openslo.moc"
