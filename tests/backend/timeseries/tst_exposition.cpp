#include <QtTest>
#include <cmath>
#include <map>

#include "core/random.hpp"
#include "telemetry/metrics.hpp"
#include "timeseries/exposition.hpp"

using namespace qd;
using namespace qd::timeseries;

namespace {

std::map<std::string, double> read(std::string_view text) {
    std::map<std::string, double> samples;
    const auto parsed = parse_exposition(
        text, [&](const SampleLine& line) { samples[std::string(line.series)] = line.value; });
    if (!parsed) return {{"error: " + parsed.error().message, 0}};
    return samples;
}

}  // namespace

class TestExposition : public QObject {
    Q_OBJECT

private slots:
    void readsSamplesAndSkipsComments() {
        const auto samples = read(
            "# HELP a_total Things.\n# TYPE a_total counter\na_total 3\na_total{code=\"200\"} 4.5 "
            "1700000000000\n\n"
            "b{le=\"+Inf\"} +Inf\r\nc NaN\nd{x=\"}\\\"{\"} -1e3");
        QCOMPARE(samples.size(), std::size_t(5));
        QCOMPARE(samples.at("a_total"), 3.0);
        QCOMPARE(samples.at("a_total{code=\"200\"}"), 4.5);
        QVERIFY(std::isinf(samples.at("b{le=\"+Inf\"}")));
        QVERIFY(std::isnan(samples.at("c")));
        QCOMPARE(samples.at("d{x=\"}\\\"{\"}"), -1000.0);
    }

    void readsWhatOurOwnMetricsExpose() {
        telemetry::Metrics metrics;
        metrics.counter("x_total", "X.", {{"path", "a\"b\\c\nd"}}).Increment(7);
        metrics.histogram("y_seconds", "Y.", {0.1, 0.5}).Observe(0.3);
        int found = 0;
        const auto parsed = parse_exposition(metrics.expose(), [&](const SampleLine& line) {
            const auto labels = parse_labels(line.labels);
            QVERIFY(labels.has_value());
            if (line.name == "x_total") {
                QCOMPARE(labels->at(0).second, std::string("a\"b\\c\nd"));
                QCOMPARE(line.value, 7.0);
                ++found;
            }
            if (line.name == "y_seconds_count") found += int(line.value);
        });
        QVERIFY(parsed.has_value());
        QCOMPARE(found, 2);
    }

    void refusesWhatIsNoSample_data() {
        QTest::addColumn<QString>("line");
        for (const char* line :
             {"a", "a b", "1a 3", "a{x=\"y\" 3", "a{x=\"y} 3", "a 3 4 5", "a 3 x", "{} 3", "a +-3", "a 3,4"})
            QTest::newRow(line) << line;
    }
    void refusesWhatIsNoSample() {
        QFETCH(QString, line);
        const auto parsed =
            parse_exposition(("ok 1\n" + line + "\n").toStdString(), [](const SampleLine&) {});
        QVERIFY(!parsed);
        QVERIFY2(QString::fromStdString(parsed.error().message).contains("line 2"),
                 parsed.error().message.c_str());
    }

    void refusesLabelsThatMakeNoSense() {
        for (const char* text : {"x", "x=", "x=y", "x=\"y", "x=\"y\" z=\"w\"", "=\"y\"", "x=\"a\",,"})
            QVERIFY2(!parse_labels(text), text);
        QCOMPARE(parse_labels("")->size(), std::size_t(0));
        QCOMPARE(parse_labels("a=\"1\", b=\"2\",")->size(), std::size_t(2));
        std::string many;
        for (int i = 0; i < 65; ++i) many += "l" + std::to_string(i) + "=\"x\",";
        QVERIFY(!parse_labels(many));
    }

    void boundsLinesAndTexts() {
        QVERIFY(!parse_exposition(std::string(max_exposition_bytes + 1, '\n'), [](const SampleLine&) {}));
        QVERIFY(!parse_exposition("a{x=\"" + std::string(max_exposition_line, 'y') + "\"} 1",
                                  [](const SampleLine&) {}));
    }

    void numbersComeBackExactly() {
        core::SeededRandom random(1);
        for (int i = 0; i < 20'000; ++i) {
            const double value = std::ldexp(random.uniform() - 0.5, int(random.below(200)) - 100);
            char text[64];
            std::snprintf(text, sizeof text, "%.17g", value);
            QCOMPARE(*parse_value(text), value);
        }
    }
};

QTEST_GUILESS_MAIN(TestExposition)
#include "tst_exposition.moc"
