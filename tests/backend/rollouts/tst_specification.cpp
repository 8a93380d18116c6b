#include <QTest>

#include "rollouts/specification.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view whole = R"(apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: new-packager
spec:
  strategy:
    canary:
      steps:
      - setWeight: 10
      - pause: {duration: 1h}
      - analysis: {duration: 30s}
      - pause: {}
      - setWeight: 50
      - pause: {duration: 90}
      - setWeight: 100
  target:
    version: v2
    instances: 2
    faults:
    - {kind: delay, amount: 400, ratio: 0.5, for_s: 600}
    - {kind: error, amount: 503, ratio: 0.1, route: /media/}
  analysis:
    onFailure: abort
    confidence: 0.99
    window: 2m
    minSample: 200
    maxErrorIncrease: 0.005
    failureLimit: 0
)";

}  // namespace

class TestSpecification : public QObject {
    Q_OBJECT

private slots:
    void aWholeOneIsRead() {
        const auto read = parse_specification(whole);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->name, std::string("new-packager"));
        QCOMPARE(read->steps.size(), std::size_t(7));
        QCOMPARE(read->steps[0].weight, 10u);
        QCOMPARE(*read->steps[1].duration, std::chrono::milliseconds(1h));
        QCOMPARE(read->steps[2].kind, StepKind::analysis);
        QVERIFY(!read->steps[3].duration);
        QCOMPARE(*read->steps[5].duration, std::chrono::milliseconds(90s));
        QCOMPARE(read->target.faults.size(), std::size_t(2));
        QCOMPARE(read->analysis.on_failure, Trust::abort);
        QCOMPARE(read->analysis.window, std::chrono::milliseconds(2min));
        QCOMPARE(read->analysis.max_slow_increase, Analysis{}.max_slow_increase);
        QCOMPARE(describe(read->steps[1]), std::string("pause 1 h"));
    }

    void itSurvivesItsCanonicalForm() {
        const auto read = parse_specification(whole);
        const auto again = parse_specification(to_json_text(*read));
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QVERIFY(*again == *read);
    }

    void whatStandsUnderSpecMayStandAlone() {
        const auto read = parse_specification(
            R"({"strategy":{"canary":{"steps":[{"setWeight":25},{"pause":null}]}},"target":{"version":"v3"}})");
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->name, std::string("v3"));
        QCOMPARE(read->steps[1].kind, StepKind::pause);
        QVERIFY(!read->steps[1].duration);
    }

    void theFaultsGoToTheSiteInItsShape() {
        const auto read = parse_specification(whole);
        QCOMPARE(
            faults_json(read->target),
            std::string(
                R"([{"amount":400.0,"for_s":600.0,"kind":"delay","ratio":0.5},)"
                R"({"amount":503.0,"for_s":3600.0,"kind":"error","ratio":0.1,"target":{"route":"/media/"}}])"));
        QVERIFY(faults_json({}).empty());
    }

    void aStartRequestCarriesReasonAndOverride() {
        const auto request = parse_start_request(
            "reason: a fix\noverride: true\nstrategy: {canary: {steps: [{setWeight: 5}]}}\ntarget: {version: "
            "v2}\n");
        QVERIFY2(request, request ? "" : request.error().message.c_str());
        QCOMPARE(request->reason, std::string("a fix"));
        QVERIFY(request->override_freeze);
        // A specification alone has no such keys.
        QVERIFY(!parse_specification(
            "override: true\nstrategy: {canary: {steps: [{setWeight: 5}]}}\ntarget: {version: v}"));
    }

    void whatIsNotSupportedIsNamedWithItsLine_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char* name, const char* from, const char* to, const char* words) {
            QTest::newRow(name) << QByteArray(from) << QByteArray(to) << QByteArray(words);
        };
        row("argo's plugin", "      - pause: {}", "      - plugin: {name: x}", "12: 'plugin'");
        row("held", "spec:", "spec:\n  paused: true", "6: 'paused'");
        row("blue-green", "    canary:", "    blueGreen: {}\n    canary:", "7: 'blueGreen'");
        row("traffic routing", "      steps:", "      trafficRouting: {maxTrafficWeight: 1000}\n      steps:",
            "8: 'maxTrafficWeight'");
        row("weight", "setWeight: 10", "setWeight: 101", "9: 'setWeight'");
        row("weight's type", "setWeight: 10", "setWeight: ten", "9: 'setWeight'");
        row("two in one", "- setWeight: 10", "- setWeight: 10\n        pause: {}", "9: 'setWeight'");
        row("duration", "duration: 1h", "duration: tomorrow", "10: 'duration'");
        row("negative duration", "duration: 1h", "duration: -3s", "10: 'duration'");
        row("fault's kind", "kind: delay", "kind: kill", "20: 'kind'");
        row("fault's status", "amount: 503", "amount: 200", "21: 'amount'");
        row("version", "version: v2", "version: a/b", "17: 'version'");
        row("trust", "onFailure: abort", "onFailure: explode", "23: 'onFailure'");
        row("confidence", "confidence: 0.99", "confidence: 1", "24: 'confidence'");
        row("kind", "kind: Rollout", "kind: Deployment", "2: 'kind'");
        row("metadata", "  name: new-packager", "  name: a\n  nmae: b", "5: 'nmae'");
    }
    void whatIsNotSupportedIsNamedWithItsLine() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, words);
        std::string text(whole);
        const auto at = text.find(from.toStdString());
        QVERIFY(at != std::string::npos);
        text.replace(at, std::size_t(from.size()), to.toStdString());
        const auto read = parse_specification(text);
        QVERIFY(!read);
        QCOMPARE(read.error().code, core::Errc::invalid_argument);
        QVERIFY2(read.error().message.find("specification:" + words.toStdString()) != std::string::npos,
                 read.error().message.c_str());
    }

    void nonsenseIsRefused() {
        for (const char* text : {"", "[]", "spec: 1", "spec: {}",
                                 "spec: {strategy: {canary: {steps: []}}, target: {version: v}}",
                                 "spec: {strategy: {canary: {steps: [{}]}}, target: {version: v}}",
                                 "spec: {strategy: {canary: {steps: [{pause: {}}]}}, target: {version: v}}",
                                 "spec: {strategy: {canary: {steps: [{setWeight: 1}]}}}", "a: [", "\t",
                                 "spec: {strategy: {canary: {steps: [{setWeight: 1}]}}, target: {version: "
                                 "v}}\nmetadata: {name: \xc3}"})
            QVERIFY2(!parse_specification(text), text);
        QVERIFY(!parse_specification(std::string(60'000, '[')));
        QVERIFY(!parse_specification(std::string(60'000, '{')));
        QVERIFY(!parse_specification("a: " + std::string(60'000, '-')));
        QCOMPARE(parse_specification(std::string((64 << 10) + 1, 'x')).error().code, core::Errc::too_large);
    }

    void durations() {
        QCOMPARE(*parse_duration("1h30m"), std::chrono::milliseconds(90min));
        QCOMPARE(*parse_duration("250ms"), std::chrono::milliseconds(250));
        QCOMPARE(*parse_duration("12.5"), std::chrono::milliseconds(12'500));
        QCOMPARE(*parse_duration("7d"), std::chrono::milliseconds(std::chrono::days(7)));
        for (const char* text : {"", "s", "1x", "-1", "1h30", "nan", "inf", "8d", "1e3", "1 h"})
            QVERIFY2(!parse_duration(text), text);
    }
};

QTEST_GUILESS_MAIN(TestSpecification)
#include "tst_specification.moc"
