#include <QRegularExpression>
#include <QtTest>

#include "slo/document.hpp"

using namespace qd;
using namespace qd::slo;

namespace {

const char* const good = R"(slos:
  - id: a-1
    title: A
    objective_percent: 99.9
    window_s: 3600
    indicator:
      kind: latency
      metric: x_seconds
      labels: {route: "/a*"}
      threshold_ms: 150
    rows:
      - {short_s: 10, long_s: 60, factor: 2, min_events: 5}
)";

QString refusal(const QString& text) {
    const auto read = parse_document(text.toStdString(), "x.yaml");
    return read ? QString() : QString::fromStdString(read.error().message);
}

}  // namespace

class TestDocument : public QObject {
    Q_OBJECT

private slots:
    void readsAnObjective() {
        const auto read = parse_document(good, "x.yaml");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        const Objective& objective = read->at(0);
        QCOMPARE(objective.target, 0.999);
        QVERIFY(!objective.sla);
        QCOMPARE(std::get<LatencyIndicator>(objective.indicator).threshold_s, 0.15);
        QCOMPARE(objective.rows[0].min_bad, std::uint64_t(1));
    }

    void mistakesAreToldWithTheirLine_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("word");
        QTest::newRow("unknown key") << "title: A"
                                     << "title: A\n    colour: red"
                                     << ":4:"
                                     << "colour";
        QTest::newRow("unknown row key") << "min_events: 5"
                                         << "events: 5"
                                         << ":12:"
                                         << "events";
        QTest::newRow("unknown indicator key") << "labels:"
                                               << "label:"
                                               << ":9:"
                                               << "label";
        QTest::newRow("wrong type") << "window_s: 3600"
                                    << "window_s: long"
                                    << ":5:"
                                    << "window_s";
        QTest::newRow("kind") << "kind: latency"
                              << "kind: speed"
                              << ":7:"
                              << "kind";
        QTest::newRow("target") << "99.9"
                                << "100"
                                << ":2:"
                                << "objective";
        QTest::newRow("id") << "a-1"
                            << "A_1"
                            << ":2:"
                            << "id";
        QTest::newRow("row beyond the window") << "long_s: 60"
                                               << "long_s: 7200"
                                               << ":2:"
                                               << "longer than the window";
        QTest::newRow("row that cannot fire") << "factor: 2"
                                              << "factor: 2000"
                                              << ":2:"
                                              << "never fire";
        QTest::newRow("threshold") << "150"
                                   << "-1"
                                   << ":10:"
                                   << "threshold_ms";
        QTest::newRow("title that no incident holds") << "title: A"
                                                      << "title: " + QString(201, 'A') << ":2:"
                                                      << "title";
        QTest::newRow("no yaml") << "slos:"
                                 << "slos: ["
                                 << "x.yaml:"
                                 << "";
    }
    void mistakesAreToldWithTheirLine() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, line);
        QFETCH(QString, word);
        const QString said = refusal(QString(good).replace(from, to));
        QVERIFY2(said.contains(line) && said.contains(word), qPrintable(said));
    }

    void aMissingPartIsNamed() {
        QVERIFY(refusal("slos:\n  - id: a\n").contains("missing"));
        QVERIFY(refusal("other: 1\n").contains("slos"));
        QVERIFY(refusal("").contains("slos"));
    }

    void anObjectiveMayNameItsSource() {
        QString remote = good;
        remote.replace("title: A", "title: A\n    source: eu");
        const std::set<std::string> known{"eu"}, others{"us"};
        QCOMPARE(parse_document(remote.toStdString(), "x")->at(0).source, std::string("eu"));
        QVERIFY(parse_document(remote.toStdString(), "x", &known).has_value());
        const auto unknown = parse_document(remote.toStdString(), "x", &others);
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().message,
                 std::string("x:4: 'source' 'eu' is no source of the configuration"));
        QVERIFY(refusal(QString(remote).replace(": eu", ": E_U")).contains("source"));
        const auto own =
            parse_document(QString(remote).replace(": eu", ": site").toStdString(), "x", &others);
        QVERIFY(own && own->at(0).source.empty());
    }

    void anObjectiveMayBeGrouped() {
        const auto grouped = [](const QString& by) {
            return QString(good).replace("title: A", "title: A\n    group_by: " + by);
        };
        QCOMPARE(parse_document(grouped("[route, method]").toStdString(), "x")->at(0).group_by,
                 (std::vector<std::string>{"route", "method"}));
        QVERIFY(refusal(grouped("[a, b, c, d, e, f]")).contains("at most 5"));
        QVERIFY(refusal(grouped("[a, a]")).contains("twice"));
        QVERIFY(refusal(grouped("[le]")).contains("le"));
        QVERIFY(refusal(grouped("['a b']")).contains("label name"));
        QVERIFY(refusal(grouped("[route]").replace("a-1", QString(49, 'a'))).contains("room"));
    }

    void promqlNeedsASource() {
        QString promql = QString(good).section("    indicator:", 0, 0) +
                         "    indicator: {kind: promql, good: 'sum(a)', total: b}\n    source: eu\n"
                         "    rows: [{short_s: 10, long_s: 60, factor: 2}]\n";
        const auto read = parse_document(promql.toStdString(), "x");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QCOMPARE(std::get<PromqlIndicator>(read->at(0).indicator), (PromqlIndicator{"sum(a)", "b"}));
        QVERIFY(refusal(QString(promql).remove("    source: eu\n")).contains("needs a 'source'"));
        QVERIFY(refusal(QString(promql).replace("sum(a)", " ")).contains("good and total"));
        QVERIFY(refusal(QString(promql).remove(", total: b")).contains("total"));
    }

    void theSameIdTwiceIsRefused() {
        QString twice = good;
        twice += QString(good).remove("slos:\n");
        QVERIFY(refusal(twice).contains("twice"));
    }

    void ratioNeedsBothSides() {
        QVERIFY(refusal(QString(good).replace("kind: latency", "kind: ratio")).contains("good"));
    }

    void readsWhatAnObjectiveMayAlsoHave() {
        const QString text =
            QString(good)
                .replace("window_s: 3600", "window: {calendar: quarter, time_zone: Europe/Berlin}")
                .replace("min_events: 5", "min_events: 5, clear_share: 0.5, clear_s: 90") +
            "    outage: {min_events: 30}\n    absent: {after_s: 90, severity: 2}\n"
            "    policy: {freeze_rollouts: true}\n";
        const auto read = parse_document(text.toStdString(), "x.yaml");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        const Objective& objective = read->at(0);
        QVERIFY(*objective.calendar == (CalendarWindow{Period::quarter, "Europe/Berlin"}));
        QCOMPARE(objective.window_s, longest_s(Period::quarter));
        QCOMPARE(objective.rows.size(), std::size_t(2));
        QCOMPARE(objective.rows[0].clears_after_s(), std::int64_t(90));
        QCOMPARE(objective.rows[0].clear_share, 0.5);
        QVERIFY(objective.rows[1] == outage_row(0.999, 30, Severity::sev1));
        QVERIFY(&objective.fastest_row() == &objective.rows[0]);
        QVERIFY(*objective.absent == (AbsentRule{90, Severity::sev2}));
        QVERIFY(objective.policy.freeze_rollouts);
    }

    void readsTheIndicatorsOfGauges() {
        QString text = QString(good)
                           .replace("kind: latency", "kind: threshold")
                           .replace("threshold_ms: 150", "op: lt\n      value: -0.5");
        auto read = parse_document(text.toStdString(), "x.yaml");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        const auto& threshold = std::get<ThresholdIndicator>(read->at(0).indicator);
        QCOMPARE(threshold.op, Comparison::lt);
        QCOMPARE(threshold.bound, -0.5);
        QVERIFY(refusal(text.replace("op: lt", "op: under")).contains(":10:"));
        QVERIFY(refusal(text.replace("op: under", "op: lt").replace("-0.5", ".nan")).contains("finite"));
        read = parse_document(QString(good)
                                  .replace("kind: latency", "kind: bool_gauge")
                                  .replace("      threshold_ms: 150\n", "")
                                  .toStdString(),
                              "x.yaml");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QVERIFY(std::holds_alternative<BoolGaugeIndicator>(read->at(0).indicator));
    }

    void slicesAreChecked() {
        const QString text = QString(good) + "    timeslices: {slice_s: 10, target_percent: 95}\n";
        const auto read = parse_document(text.toStdString(), "x.yaml");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QVERIFY(*read->at(0).timeslices == (Timeslices{10, 0.95}));
        QCOMPARE(std::string(unit_of(read->at(0))), std::string("slices"));
        QVERIFY(definition_of(read->at(0)) != describe(read->at(0).indicator));
        QVERIFY(refusal(QString(text).replace("slice_s: 10", "slice_s: 7")).contains("divide an hour"));
        QVERIFY(
            refusal(QString(text).replace("slice_s: 10", "slice_s: 20")).contains("shorter than a slice"));
        QVERIFY(refusal(QString(text).replace("95}", "101}")).contains("target"));
    }

    void extrasThatMakeNoSenseAreRefused() {
        const QString text = good;
        const auto with = [&](const char* window) {
            return refusal(QString(text).replace("window_s: 3600", window));
        };
        QVERIFY(with("window: {calendar: month, time_zone: Europe/Atlantis}").contains("Atlantis"));
        QVERIFY(with("window: {calendar: year}").contains("calendar"));
        QVERIFY(with("window: {calendar: day, zone: UTC}").contains("zone"));
        QVERIFY(with("window: {calendar: day}\n    window_s: 60").contains("beside"));
        QVERIFY(refusal(text + "    absent: {after_s: 5}\n").contains("after_s"));
        QVERIFY(refusal(text + "    outage: {min_events: 0}\n").contains("min_events"));
        QVERIFY(refusal(text + "    policy: {freeze: true}\n").contains(":13:"));
        QVERIFY(refusal(QString(text).remove(QRegularExpression(
                            "    rows:.*", QRegularExpression::DotMatchesEverythingOption)) +
                        "    rows: []\n    outage: {}\n")
                    .contains("beside the outage row"));
    }

    void theLocalSitesObjectivesAreGood() {
        const auto read = load_document(QUARTERDECK_RESOURCES "/slo/local.yaml");
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QVERIFY(read->size() >= 6);
        for (const Objective& objective : *read) {
            QVERIFY(objective.target >= 0.995);
            QCOMPARE(objective.window_s, std::int64_t(3600));
        }
        QVERIFY(read->at(0).sla);
    }
};

QTEST_GUILESS_MAIN(TestDocument)
#include "tst_document.moc"
