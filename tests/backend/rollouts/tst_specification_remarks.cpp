// A team's own files for Argo Rollouts: what they say is read, and what is not done here is named by its
// line.

#include <QTest>

#include "rollouts/specification_remarks.hpp"

using namespace qd;
using namespace qd::rollouts;

namespace {

constexpr std::string_view theirs = R"(apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: player
  namespace: video
spec:
  replicas: 5
  revisionHistoryLimit: 2
  selector:
    matchLabels: {app: player}
  template:
    metadata: {labels: {app: player}}
    spec:
      containers:
      - name: player
        image: registry:5000/video/player:v7@sha256:00
  strategy:
    canary:
      canaryService: player-canary
      stableService: player-stable
      maxSurge: "25%"
      trafficRouting:
        nginx: {stableIngress: player}
      analysis:
        templates:
        - templateName: success-rate
        startingStep: 2
        args:
        - name: service-name
          value: player
      steps:
      - setWeight: "20"
      - pause: {duration: 10m}
      - setWeight: 50%
      - pause:
---
apiVersion: v1
kind: Service
metadata: {name: player-stable}
spec: {ports: [{port: 80}]}
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: {name: success-rate}
spec:
  args:
  - name: service-name
  measurementRetention:
  - {metricName: success-rate, limit: 20}
  metrics:
  - name: success-rate
    interval: "30s"
    count: "5"
    failureLimit: "3"
    successCondition: isNil(result) || result[0] >= 0.95
    provider:
      prometheus:
        address: http://prometheus:9090
        query: |
          sum(rate(requests_total{service="{{args.service-name}}",code!~"5.."}[1m]))
            / sum(rate(requests_total{service="{{args.service-name}}"}[1m]))
)";

std::string words(const SpecificationReading& reading) {
    std::string text;
    for (const Remark& each : reading.remarks)
        text += fmt::format("{}: {}: {}\n", each.line, to_string(each.kind), each.text);
    return text;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    return at == std::string::npos ? "" : text.replace(at, from.size(), to);
}

}  // namespace

class TestSpecificationRemarks : public QObject {
    Q_OBJECT

private slots:
    void aTeamsOwnFileLoads() {
        const auto reading = read_specification(theirs);
        QVERIFY2(reading.ok() && reading.request, words(reading).c_str());
        const Specification& read = reading.request->specification;
        QCOMPARE(read.target.label, std::string("v7"));
        QCOMPARE(read.name, std::string("player"));
        QCOMPARE(read.steps[0].weight, 20u);
        QCOMPARE(read.steps[2].weight, 50u);
        QCOMPARE(*read.templates.at(0).metrics.at(0).count, std::uint64_t(5));
        QCOMPARE(read.background->starting_step, std::size_t(2));
        const std::string said = words(reading);
        for (const char* note :
             {"5: note: 'namespace'", "7: note: 'replicas'", "8: note: 'revisionHistoryLimit'",
              "9: note: 'selector'", "note: 'template' gives the version: v7", "19: note: 'canaryService'",
              "20: note: 'stableService'", "21: note: 'maxSurge'", "note: 'trafficRouting'",
              "note: 'kind' Service", "note: 'measurementRetention'"})
            QVERIFY2(said.find(note) != std::string::npos, (std::string(note) + "\n" + said).c_str());
        QVERIFY2(said.find("error") == std::string::npos, said.c_str());
        QVERIFY(parse_specification(theirs));
    }

    void whatWouldChangeItsCourseIsAnError_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("error");
        const auto row = [](const char* from, const char* to, const char* error) {
            QTest::newRow(error) << QByteArray(from) << QByteArray(to) << QByteArray(error);
        };
        row("          value: player", "          valueFrom: {podTemplateHashValue: Latest}",
            "30: error: 'valueFrom' is not supported: write the value itself");
        row("        startingStep: 2", "        dryRun: [{metricName: success-rate}]", "27: error: 'dryRun'");
        row("      prometheus:\n        address: http://prometheus:9090\n        query",
            "      web:\n        url", "'web' is not a provider known here");
        row("      - pause:\n", "      - plugin: {name: x}\n", "35: error: 'plugin'");
        row("      - pause:\n",
            "      - experiment: {templates: [{name: a, specRef: stable, selector: {}}]}\n",
            "35: error: 'selector'");
        row("  replicas: 5", "  paused: true", "7: error: 'paused'");
        row("      maxSurge: \"25%\"", "      dynamicStableScale: true", "21: error: 'dynamicStableScale'");
        row("        address: http", "        rangeQuery: {}\n        address: http", "error: 'rangeQuery'");
        row(":v7@sha256:00", "@sha256:00", "error: 'target' is missing");
        row("kind: Service", "kind: Deployment", "error: 'kind' must be Rollout or AnalysisTemplate");
        row("    failureLimit: \"3\"", "    maxFailures: 3", "error: 'maxFailures' is called failureLimit");
        row("      - setWeight: 50%", "      - setWeight: 150%", "34: error: 'setWeight'");
        row("isNil(result)", "isNull(result)", "nobody knows 'isNull'");
    }
    void whatWouldChangeItsCourseIsAnError() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, error);
        const std::string text = replaced(std::string(theirs), from.toStdString(), to.toStdString());
        QVERIFY(!text.empty());
        const auto reading = read_specification(text);
        QVERIFY(!reading.ok() && !reading.request);
        const std::string said = words(reading);
        QVERIFY2(said.find(error.toStdString()) != std::string::npos, said.c_str());
    }

    void whatSaysTheDefaultIsNotEvenNoted() {
        const auto reading = read_specification(
            replaced(std::string(theirs), "      maxSurge: \"25%\"", "      dynamicStableScale: false"));
        QVERIFY(reading.ok());
        QVERIFY(words(reading).find("dynamicStableScale") == std::string::npos);
    }

    void everyProblemIsToldInOneReading() {
        const auto reading = read_specification(
            "strategy:\n  canary:\n    steps:\n    - setWeight: ten\n    - pause: {duration: soon}\n"
            "    - weigth: 1\n  unknown: 1\ntarget: {version: a/b, instances: 99}\nalso: 1\n");
        const std::string said = words(reading);
        for (const char* one :
             {"4: error: 'setWeight'", "5: error: 'duration'", "6: error: 'weigth'", "7: error: 'unknown'",
              "8: error: 'version'", "8: error: 'instances'", "9: error: 'also'"})
            QVERIFY2(said.find(one) != std::string::npos, said.c_str());
    }

    void aTemplateOfAnotherFileIsNoted() {
        const std::string text(theirs.substr(0, theirs.find("---\napiVersion: argoproj.io")));
        QVERIFY(words(read_specification(text)).find("names 'success-rate', which is not there") !=
                std::string::npos);
        ReadingOptions options;
        options.elsewhere = read_specification(theirs).templates;
        const auto reading = read_specification(text, options);
        QVERIFY2(reading.ok(), words(reading).c_str());
        QVERIFY(words(reading).find("'success-rate' of another file") != std::string::npos);
    }

    void templatesAloneAreNoRollout() {
        const std::string text(theirs.substr(theirs.find("---\napiVersion: argoproj.io")));
        QVERIFY(!read_specification(text).ok());
        const auto reading = read_specification(text, {false, false, {}});
        QVERIFY2(reading.ok() && !reading.request, words(reading).c_str());
        QCOMPARE(reading.templates.size(), std::size_t(1));
    }

    void brokenYamlHasItsLine() {
        const auto reading = read_specification("strategy:\n  canary: [\n");
        QCOMPARE(reading.remarks.size(), std::size_t(1));
        QVERIFY(reading.remarks[0].line >= 2);
        QVERIFY(read_specification(std::string(70'000, 'x')).code == core::Errc::too_large);
        QCOMPARE(read_specification("").remarks.size(), std::size_t(1));
    }

    void remarksAreLimited() {
        std::string text = "strategy:\n  canary:\n    steps:\n";
        for (int i = 0; i < 3'000; ++i) text += "    - {a: 1, b: 2}\n";
        QVERIFY(read_specification(text).remarks.size() <= 100);
    }

    void sharesAreOfTheInstances() {
        const auto read = parse_specification(
            "strategy: {rolling: {maxSurge: \"50%\", maxUnavailable: \"50%\"}}\ntarget: {version: v2, "
            "instances: 3}\n");
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->rolling.max_surge, 2u);
        QCOMPARE(read->rolling.max_unavailable, 1u);
    }
};

QTEST_GUILESS_MAIN(TestSpecificationRemarks)
#include "tst_specification_remarks.moc"
