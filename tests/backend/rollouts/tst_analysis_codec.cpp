#include <QTest>

#include "core/json_fields.hpp"
#include "rollouts/analysis_codec.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

AnalysisRun example() {
    const core::WallTime at{std::chrono::hours(480'000)};
    MetricSpec errors;
    errors.name = "errors of {{args.arm}}";
    errors.interval = 1'500ms;
    errors.initial_delay = 250ms;
    errors.count = 5;
    errors.success_condition = "result[0] < 0.1";
    errors.failure_condition = "result[0] > 0.2";
    errors.failure_limit = -1;
    errors.inconclusive_limit = 7;
    errors.consecutive_error_limit = 3;
    errors.consecutive_success_limit = 2;
    errors.provider = {MetricProvider::Kind::prometheus, "http://127.0.0.1:9090", "up", "stable"};
    MetricSpec verdict;
    verdict.name = "verdict";
    verdict.provider = {MetricProvider::Kind::judge, "", "ratio", "canary"};
    AnalysisRun run =
        *begin_run("RO-3/background", "background", {{"t", {{"arm", "canary"}}, {errors, verdict}}}, {}, at);
    take(run, 0, "[0.15]", at + 250ms, at + 300ms);
    take(run, 0, core::fail(core::Errc::unavailable, "nobody answers"), at + 2s, at + 3s);
    return run;
}

}  // namespace

class TestAnalysisCodec : public QObject {
    Q_OBJECT

private slots:
    void aRunSurvivesTheWireAndGoesOn() {
        AnalysisRun run = example();
        auto back = analysis_run_from_json(*core::parse_json(core::dump_json(to_json(run))));
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(*back == run);
        for (AnalysisRun* each : {&run, &*back})
            take(*each, 1, "pass", run.started_at + 4s, run.started_at + 4s);
        QVERIFY(*back == run);
        terminate(run, run.started_at + 9s);
        QVERIFY(*analysis_run_from_json(to_json(run)) == run);
    }

    void theWiresFieldsAreThere() {
        const auto value = to_json(example());
        QCOMPARE(value["phase"].get<std::string>(), std::string("Running"));
        const auto& metric = value["metrics"][0];
        QCOMPARE(metric["name"].get<std::string>(), std::string("errors of canary"));
        QCOMPARE(metric["latest"][0]["value"].get<std::string>(), std::string("[0.15]"));
        QCOMPARE(metric["spec"]["interval_s"].get<double>(), 1.5);
    }

    void whatDoesNotFitIsNamed() {
        for (const auto& [pointer, wrong] : {std::pair("/phase", nlohmann::json("Great")),
                                             {"/started_at", nullptr},
                                             {"/metrics", 3},
                                             {"/metrics/0/error", -1},
                                             {"/metrics/0/spec/failure_limit", -2},
                                             {"/metrics/0/spec/interval_s", -1},
                                             {"/metrics/0/spec/provider/kind", "datadog"},
                                             {"/metrics/0/latest/0/at", "now"},
                                             {"/metrics/0/latest/0/value", std::string(1'001, 'x')}}) {
            auto value = to_json(example());
            value[nlohmann::json::json_pointer(pointer)] = wrong;
            const auto back = analysis_run_from_json(value);
            QVERIFY2(!back, pointer);
            const std::string last = std::string(pointer).substr(std::string(pointer).rfind('/') + 1);
            QVERIFY2(back.error().message.find(last) != std::string::npos, back.error().message.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestAnalysisCodec)
#include "tst_analysis_codec.moc"
