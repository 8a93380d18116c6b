#include <QTest>

#include <random>

#include "rollouts/specification.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

const std::string target =
    "target: {version: v2, program: next, flags: {player: new}, faults: [{kind: leak}]}\n";
const std::string errors = R"(---
kind: AnalysisTemplate
metadata: {name: errors}
spec:
  args: [{name: limit}, {name: arm, value: canary}]
  metrics:
  - {name: ratio, interval: 10s, count: 3, failureLimit: -1, successCondition: "result < {{args.limit}}",
     provider: {site: {query: error_ratio, arm: "{{args.arm}}"}}}
)";
const std::string use = "{templates: [{templateName: errors}], args: [{name: limit, value: '0.1'}]}";

const std::vector<std::string> steps{
    "setWeight: 10",
    "pause: {}",
    "pause: {duration: 1.5}",
    "analysis: {}",
    "analysis: " + use,
    "setCanaryScale: {replicas: 2}",
    "setCanaryScale: {weight: 50}",
    "setCanaryScale: {matchTrafficWeight: true}",
    "setHeaderRoute: {name: qa}",
    "setHeaderRoute: {name: qa, match: [{headerName: x-qa, headerValue: {regex: '1|2'}}]}",
    "setMirrorRoute: {name: copy}",
    "setMirrorRoute: {name: copy, percentage: 5, match: [{method: {exact: GET}, headers: {a: {prefix: b}}}]}",
    "experiment: {duration: 5m, templates: [{name: base, weight: 5}, {name: new, specRef: canary}], "
    "analyses: [{templateName: errors, args: [{name: limit, value: '1'}]}]}"};

void survives(const std::string& text) {
    const auto read = parse_specification(text);
    QVERIFY2(read, (text + (read ? "" : read.error().message)).c_str());
    const auto again = parse_specification(to_json_text(*read));
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QVERIFY2(*again == *read, text.c_str());
}

}  // namespace

class TestSpecificationParts : public QObject {
    Q_OBJECT

private slots:
    void everyCanarySurvivesItsCanonicalForm() {
        std::mt19937 random(3);
        for (int round = 0; round < 200; ++round) {
            std::string text = "strategy:\n  canary:\n    steps:\n    - setWeight: 5\n";
            for (unsigned n = random() % 8; n > 0; --n)
                text += "    - " + steps[random() % steps.size()] + "\n";
            if (random() % 2) text += "    analysis: " + use + "\n";
            if (random() % 2) text += "    routeCookie: arm\n    split: roundRobin\n";
            if (random() % 2) text += "    abortScaleDownDelaySeconds: 2.5\n";
            if (random() % 2)
                text += "approvals: 2\ngroup: g\ndriver: haproxy\nrollbackWindow: {revisions: 7}\n";
            survives(text + target + errors);
        }
    }

    void otherStrategiesSurviveToo() {
        survives("strategy: {blueGreen: {}}\n" + target);
        survives(
            "strategy: {blueGreen: {previewReplicaCount: 2, autoPromotionEnabled: false, "
            "autoPromotionSeconds: 9, "
            "scaleDownDelaySeconds: 1m, prePromotionAnalysis: " +
            use + ", postPromotionAnalysis: {}}}\n" + target + errors);
        survives("strategy: {rolling: {maxUnavailable: 0, maxSurge: 2, minReadySeconds: 1}}\n" + target);
    }

    void whatIsReadIsMeant() {
        const auto read = parse_specification("strategy: {canary: {steps: [{setWeight: 5}, {" + steps[11] +
                                              "}]}}\n" + target + errors);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(*read->steps[1].mirror.percentage, 5u);
        QCOMPARE(read->steps[1].mirror.match.at(0).headers.at(0).value.kind, traffic::MatchKind::prefix);
        QCOMPARE(read->target.flags.at("player"), std::string("new"));
        const MetricSpec& metric = read->templates.at(0).metrics.at(0);
        QCOMPARE(metric.provider.kind, MetricProvider::Kind::site);
        QVERIFY(*metric.interval == 10s && metric.failure_limit == -1);
    }

    void whatDoesNotFitIsNamed_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const std::string& strategy, const char* words, const std::string& more = "") {
            QTest::newRow(words) << QByteArray::fromStdString("strategy: " + strategy + "\n" + target + more)
                                 << QByteArray(words);
        };
        const auto canary = [](const std::string& step) {
            return "{canary: {steps: [{setWeight: 1}, {" + step + "}]}}";
        };
        row("{canary: {steps: [{setWeight: 1}], analysis: " + use + "}}",
            "names 'errors', which is not there");
        row(canary("analysis: {templates: [{templateName: errors}]}"), "argument 'limit' has no value",
            errors);
        row(canary("setCanaryScale: {replicas: 1, weight: 2}"), "one of replicas");
        row(canary("setHeaderRoute: {name: q, match: [{headerName: a, headerValue: {like: b}}]}"),
            "one of exact");
        row(canary("setMirrorRoute: {name: q, percentage: 101}"), "'percentage'");
        row(canary("experiment: {}"), "'templates' must hold");
        row("{rolling: {maxUnavailable: 0, maxSurge: 0}}", "nothing could be replaced");
        row("{blueGreen: {active: x}}", "1: 'active'");
        row("{rolling: {}}", "column 8: '='",
            "---\nkind: AnalysisTemplate\nmetadata: {name: a}\nspec: {metrics: [{name: m, successCondition: "
            "'result = 1', provider: {judge: {query: ratio}}}]}\n");
        row("{rolling: {}}", "7: 'datadog'",
            "---\nkind: AnalysisTemplate\nmetadata: {name: a}\nspec:\n  metrics: [{name: m, provider: "
            "{datadog: {}}}]\n");
        row("{rolling: {}}", "second rollout", "---\nkind: Rollout\n");
    }
    void whatDoesNotFitIsNamed() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, words);
        const auto read = parse_specification(text.toStdString());
        QVERIFY(!read);
        QVERIFY2(read.error().message.find(words.toStdString()) != std::string::npos,
                 read.error().message.c_str());
    }

    void aliasesDoNotMakeMuchOfLittle() {
        std::string bomb = "a0: &a0 [x, x]\n";
        for (int i = 1; i < 40; ++i) bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}]\n", i, i - 1);
        QVERIFY(!parse_specification(bomb));
        std::string big = "strategy: {rolling: {}}\n" + target + "templates:\n";
        for (int i = 0; i < 20; ++i) {
            big += fmt::format("- {{metadata: {{name: t{}}}, spec: {{metrics: [", i);
            for (int k = 0; k < 10; ++k)
                big += fmt::format("{{name: m{}, provider: {{judge: {{query: {}}}}}}},", k,
                                   i + k == 0 ? "&q " + std::string(3'000, 'q') : "*q ");
            big += "]}}\n";
        }
        const auto read = parse_specification(big);
        QVERIFY(!read);
        QCOMPARE(read.error().code, core::Errc::too_large);
    }
};

QTEST_GUILESS_MAIN(TestSpecificationParts)
#include "tst_specification_parts.moc"
