#include <QtTest>
#include <nlohmann/json.hpp>
#include <set>

#include "slo/document.hpp"
#include "slo/interchange/grafana.hpp"
#include "slo/interchange/openslo.hpp"
#include "slo/interchange/prometheus.hpp"
#include "slo/interchange/row_sets.hpp"
#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::slo;
using namespace qd::slo::interchange;

namespace {

/// One of each kind, with titles and labels that have to be escaped.
std::vector<Objective> all_kinds() {
    Objective ratio = test::availability();
    ratio.title = "It's {{ bad }}: \"quoted\"";
    ratio.service = "a & b's";
    Objective outage = ratio;
    outage.id = SloId("outage");
    outage.rows.insert(outage.rows.begin(), BurnRow{5, 15, 200, 10, 5, Severity::sev1});
    Objective latency = ratio;
    latency.id = SloId("latency");
    latency.indicator = LatencyIndicator{{"http_seconds", {LabelMatcher::parse("route", "/a*|/b\"c\\d")}}, 1};
    latency.rows = scaled_rows(RowSet::google, 28 * 86'400, 0.99, latency.indicator);
    latency.target = 0.99;
    latency.window_s = 28 * 86'400;
    Objective within = ratio;
    within.id = SloId("within");
    within.indicator = TimeIndicator{{"watch_seconds_total", {}}, {"stall_seconds_total", {}}, true};
    within.rows = scaled_rows(RowSet::pyrra, 86'400, 0.995, within.indicator);
    within.window_s = 86'400;
    Objective against = within;
    against.id = SloId("against");
    against.indicator = TimeIndicator{
        {"up_seconds_total", {LabelMatcher::parse("job", "!x*")}}, {"down_seconds_total", {}}, false};
    Objective apart = ratio;
    apart.id = SloId("apart");
    apart.indicator = RatioIndicator{{"done_total", {}}, {"begun_total", {LabelMatcher::parse("a", "b|c")}}};
    apart.rows[0].long_s = apart.window_s;  // recorded once all the same
    return {ratio, outage, latency, within, against, apart};
}

/// Those that are judged one by one: readings and slices.
std::vector<Objective> judged_kinds() {
    Objective threshold = test::availability();
    threshold.id = SloId("depth");
    threshold.service = "queue";
    threshold.indicator =
        ThresholdIndicator{{"queue_depth", {LabelMatcher::parse("job", "a|b*")}}, Comparison::lte, -12.5};
    threshold.rows.push_back(outage_row(threshold.target, 10, Severity::sev1));
    threshold.absent = AbsentRule{90, Severity::sev2};
    threshold.policy.freeze_rollouts = true;
    Objective gauge = threshold;
    gauge.id = SloId("up");
    gauge.indicator = BoolGaugeIndicator{{"up", {}}};
    gauge.rows[0].clear_s = 45;
    Objective slices = test::availability();
    slices.id = SloId("slices");
    slices.timeslices = Timeslices{60, 0.95};
    slices.rows = {{300, 1'800, 5, 3, 2, Severity::sev2}};
    Objective gauge_slices = slices;
    gauge_slices.id = SloId("gauge-slices");
    gauge_slices.indicator = threshold.indicator;
    Objective time_slices = slices;
    time_slices.id = SloId("time-slices");
    time_slices.indicator = TimeIndicator{{"up_seconds_total", {}}, {"down_seconds_total", {}}, false};
    return {threshold, gauge, slices, gauge_slices, time_slices};
}

std::string local_text(core::Result<std::string> (*write)(const std::vector<Objective>&)) {
    return write(load_document(QUARTERDECK_RESOURCES "/slo/local.yaml").value()).value();
}

}  // namespace

class TestExports : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    QString promtool_;

    QString write(const QString& name, const std::string& text) {
        QFile file(folder_.filePath(name));
        if (file.open(QIODevice::WriteOnly)) file.write(text.data(), qint64(text.size()));
        return file.fileName();
    }

    /// Its exit code; what it said is kept for the message.
    int promtool(const QStringList& arguments) {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setWorkingDirectory(folder_.path());
        process.start(promtool_, arguments);
        if (!process.waitForFinished(60'000)) return -1;
        said_ = process.readAll();
        return process.exitCode();
    }
    QByteArray said_;

    /// Rules and their tests, both by promtool.
    void holds(const std::vector<Objective>& objectives) {
        const auto rules = write_prometheus_rules(objectives);
        QVERIFY2(rules.has_value(), rules ? "" : rules.error().message.c_str());
        const auto tests = write_prometheus_tests(objectives, "rules.yaml");
        QVERIFY2(tests.has_value(), tests ? "" : tests.error().message.c_str());
        write("rules.yaml", *rules);
        QVERIFY2(promtool({"check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"}) == 0,
                 said_.constData());
        write("tests.yaml", *tests);
        QVERIFY2(promtool({"test", "rules", "tests.yaml"}) == 0, said_.constData());
        QVERIFY2(said_.contains("SUCCESS"), said_.constData());
    }

private slots:
    void initTestCase() {
        promtool_ = QUARTERDECK_PEERS "/usr/bin/promtool";
        if (!QFile::exists(promtool_)) promtool_ = QStandardPaths::findExecutable("promtool");
    }

    void promtoolAcceptsTheRulesAndSeesThemFire() {
        if (promtool_.isEmpty()) QSKIP("promtool is not here: packaging/setup test");
        // The one with long windows apart: the others' short ones would have it looked at every second.
        auto objectives = all_kinds();
        holds({objectives[2]});
        objectives.erase(objectives.begin() + 2);
        holds(objectives);
    }

    void promtoolAcceptsWhatIsJudgedOneByOne() {
        if (promtool_.isEmpty()) QSKIP("promtool is not here: packaging/setup test");
        holds(judged_kinds());
    }

    void readingsAndSlicesAreCountedAsTheyAre() {
        if (promtool_.isEmpty()) QSKIP("promtool is not here: packaging/setup test");
        auto objectives = judged_kinds();
        write("rules.yaml", write_prometheus_rules(objectives).value());
        // 20 s: two gauges, one of them bad from 11 s on, one NaN; counters of which 6 % are bad.
        write("tests.yaml", R"(rule_files: [rules.yaml]
evaluation_interval: 1s
group_eval_order: [slo-depth-readings, slo-depth, slo-slices-slices, slo-slices]
tests:
  - interval: 1s
    input_series:
      - {series: 'queue_depth{job="a"}', values: -13+0x30}
      - {series: 'queue_depth{job="bc"}', values: -12.5+0x10 -12+0x20}
      - {series: 'queue_depth{job="b"}', values: NaN+0x30}
      - {series: 'queue_depth{job="c"}', values: 5+0x30}
      - {series: 'gateway_responses_total{code="200"}', values: 0+94x30}
      - {series: 'gateway_responses_total{code="500"}', values: 0+6x30}
    promql_expr_test:
      - expr: slo:events:increase1m{slo="depth"}
        eval_time: 20s
        exp_samples: [{labels: 'slo:events:increase1m{slo="depth",service="queue"}', value: 42}]
      - expr: slo:bad_events:increase1m{slo="depth"}
        eval_time: 20s
        exp_samples: [{labels: 'slo:bad_events:increase1m{slo="depth",service="queue"}', value: 10}]
      - expr: slo:slice:good
        eval_time: 20s
        exp_samples: [{labels: 'slo:slice:good{slo="slices"}', value: 0}, {labels: 'slo:slice:good{slo="gauge-slices"}', value: 0}]
)");
        QVERIFY2(promtool({"test", "rules", "tests.yaml"}) == 0, said_.constData());
    }

    void whatTheRulesSayOfEndsAndAbsence() {
        const auto rules = QString::fromStdString(write_prometheus_rules({judged_kinds()[1]}).value());
        QVERIFY(rules.contains("keep_firing_for: '45s'") || rules.contains("keep_firing_for: 45s"));
        QVERIFY(rules.contains(QRegularExpression("for: '?1m30s'?")));
        QVERIFY(rules.contains("alert: SLOMetricAbsent") || rules.contains("alert: 'SLOMetricAbsent'"));
        QVERIFY(rules.contains("slo:reading:good"));
    }

    void whatPromqlCannotSayIsRefusedWithTheObjective() {
        Objective calendar = test::availability();
        calendar.calendar = CalendarWindow{Period::month, "Europe/Berlin"};
        calendar.window_s = longest_s(Period::month);
        for (auto* write : {write_prometheus_rules, write_grafana_dashboard}) {
            const auto text = write({test::availability(), calendar});
            QVERIFY(!text);
            QCOMPARE(text.error().code, core::Errc::unprocessable);
            QVERIFY(text.error().message.find("'playback-availability'") != std::string::npos);
            QVERIFY(text.error().message.find("month in Europe/Berlin") != std::string::npos);
        }
        QVERIFY(!write_prometheus_tests({calendar}, "rules.yaml"));
        QVERIFY(write_openslo({calendar}).has_value());
        Objective many = judged_kinds()[0];
        many.rows[0].min_events = 10'000'000;
        const auto tests = write_prometheus_tests({many}, "rules.yaml");
        QVERIFY(!tests && tests.error().message.find("'depth'") != std::string::npos);
    }

    void promtoolAcceptsTheLocalSitesRules() {
        if (promtool_.isEmpty()) QSKIP("promtool is not here: packaging/setup test");
        holds(load_document(QUARTERDECK_RESOURCES "/slo/local.yaml").value());
    }

    void theTestsFailWhenTheRulesAreOthers() {
        if (promtool_.isEmpty()) QSKIP("promtool is not here: packaging/setup test");
        const std::vector<Objective> known{test::availability()};
        std::vector<Objective> deaf = known;
        for (BurnRow& row : deaf[0].rows) row.min_events = 1'000'000'000;
        write("rules.yaml", write_prometheus_rules(deaf).value());
        write("tests.yaml", write_prometheus_tests(known, "rules.yaml").value());
        QVERIFY2(promtool({"test", "rules", "tests.yaml"}) != 0, said_.constData());
        std::vector<Objective> nervous = known;
        for (BurnRow& row : nervous[0].rows) row.min_bad = row.min_events = 1;
        nervous[0].rows[0].factor = 0.1;
        write("rules.yaml", write_prometheus_rules(nervous).value());
        QVERIFY2(promtool({"test", "rules", "tests.yaml"}) != 0, said_.constData());
    }

    void aGoodSeriesThatNeverBeganIsNoGap() {
        // All of the events are bad and the good ones' series does not exist: an outage, not missing data.
        if (promtool_.isEmpty()) QSKIP("promtool is not here: packaging/setup test");
        write("rules.yaml", write_prometheus_rules({test::availability()}).value());
        write("tests.yaml", R"(rule_files: [rules.yaml]
evaluation_interval: 2s
tests:
  - interval: 2s
    input_series: [{series: 'gateway_responses_total{code="500"}', values: 0+50x30}]
    alert_rule_test:
      - eval_time: 40s
        alertname: ErrorBudgetBurn
        exp_alerts:
          - exp_labels: {slo: playback-availability, service: gateway, severity: sev2, burn_row: 10s & 1m}
            exp_annotations:
              summary: Playback availability burns its error budget
              description: 100% of the events were bad in 1m; with 0.6 % in it and in 10s, the budget of 0.5 % burns 1.2 times too fast.
          - exp_labels: {slo: playback-availability, service: gateway, severity: sev3, burn_row: 1m & 5m}
            exp_annotations:
              summary: Playback availability burns its error budget
              description: 100% of the events were bad in 5m; with 0.6 % in it and in 1m, the budget of 0.5 % burns 1.2 times too fast.
    promql_expr_test:
      - expr: slo:error_ratio:increase10s
        eval_time: 40s
        exp_samples: [{labels: 'slo:error_ratio:increase10s{slo="playback-availability",service="gateway"}', value: 1}]
)");
        QVERIFY2(promtool({"test", "rules", "tests.yaml"}) == 0, said_.constData());
    }

    void theSameRulesEachTime() {
        QCOMPARE(local_text(write_prometheus_rules), local_text(write_prometheus_rules));
    }

    void labelsWithoutANameAreRefusedWithTheObjective() {
        Objective objective = test::availability();
        std::get<RatioIndicator>(objective.indicator).good.labels[0].name = "a:b";
        const auto rules = write_prometheus_rules({objective});
        QVERIFY(!rules && rules.error().message.find("playback-availability") != std::string::npos);
        QVERIFY(rules.error().message.find("a:b") != std::string::npos);
    }

    void everyKindThatThereIsCanBeWritten() {
        auto objectives = all_kinds();
        for (const Objective& objective : judged_kinds()) objectives.push_back(objective);
        for (const Objective& objective : objectives) {
            QVERIFY(write_openslo({objective}).has_value());
            QVERIFY(write_prometheus_rules({objective}).has_value());
            QVERIFY(write_grafana_dashboard({objective}).has_value());
        }
    }

    void theDashboardShowsWhatTheRulesRecord() {
        for (const std::size_t count : {std::size_t(2), std::size_t(6)}) {
            auto objectives = all_kinds();
            objectives.resize(count);
            const std::string rules = write_prometheus_rules(objectives).value();
            const auto dashboard = nlohmann::json::parse(write_grafana_dashboard(objectives).value());
            QCOMPARE(dashboard["schemaVersion"], 39);
            // Grafana knows one unit after "now-", not 1h30m.
            QCOMPARE(dashboard["time"]["from"], count > 2 ? "now-2419200s" : "now-3600s");
            QCOMPARE(dashboard["templating"]["list"][0]["type"], "datasource");
            std::set<int> ids;
            std::size_t rows = 0, panels = 0;
            std::string expressions;
            const auto look = [&](const nlohmann::json& panel) {
                ++panels;
                QVERIFY(ids.insert(panel["id"].get<int>()).second);
                QCOMPARE(panel["datasource"]["uid"], "${datasource}");
                QVERIFY(panel["gridPos"]["x"].get<int>() + panel["gridPos"]["w"].get<int>() <= 24);
                for (const auto& target : panel["targets"]) {
                    const auto text = target["expr"].get<std::string>();
                    expressions += "  - {record: a:b, expr: '" + text + "'}\n";
                    for (const auto& name : QRegularExpression("slo:[a-z_]+:[a-z0-9_]+")
                                                .globalMatch(QString::fromStdString(text)))
                        QVERIFY2(rules.find("record: '" + name.captured().toStdString() + "'") !=
                                     std::string::npos,
                                 qPrintable(name.captured()));
                }
            };
            for (const auto& panel : dashboard["panels"]) {
                if (panel["type"] != "row") {
                    look(panel);
                    continue;
                }
                ++rows;
                QVERIFY(ids.insert(panel["id"].get<int>()).second);
                QCOMPARE(panel["collapsed"].get<bool>(), count > 5);
                for (const auto& below : panel["panels"]) look(below);
            }
            QCOMPARE(rows, count);
            QCOMPARE(panels, count * 4);
            if (promtool_.isEmpty()) continue;
            write("panels.yaml", "groups:\n- name: panels\n  rules:\n" + expressions);
            QVERIFY2(promtool({"check", "rules", "--lint=none", "panels.yaml"}) == 0, said_.constData());
        }
    }
};

QTEST_GUILESS_MAIN(TestExports)
#include "tst_exports.moc"
