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

    void theSameIdTwiceIsRefused() {
        QString twice = good;
        twice += QString(good).remove("slos:\n");
        QVERIFY(refusal(twice).contains("twice"));
    }

    void ratioNeedsBothSides() {
        QVERIFY(refusal(QString(good).replace("kind: latency", "kind: ratio")).contains("good"));
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
