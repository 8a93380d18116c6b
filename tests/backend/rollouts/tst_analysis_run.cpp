#include <QTest>

#include <random>

#include "rollouts/analysis_run.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

const core::WallTime start{std::chrono::hours(480'000)};

MetricSpec metric(std::string name = "m") {
    MetricSpec spec;
    spec.name = std::move(name);
    spec.success_condition = "result[0] >= 0.95";
    spec.provider.query = "q";
    return spec;
}

AnalysisRun run_of(std::vector<MetricSpec> metrics) {
    return *begin_run("RO-1/step-1", "step", {{"t", {}, std::move(metrics)}}, {}, start);
}

core::Result<std::string> answer(char word) {
    if (word == 'e') return core::fail(core::Errc::unavailable, "nobody answers");
    return word == 's' ? "[0.99]" : word == 'f' ? "[0.1]" : "[0.7]";
}

/// s, f, i, e: what each measurement is to be; the condition for `i` needs both conditions.
void feed(AnalysisRun& run, std::string_view words) {
    core::WallTime now = start;
    for (const char word : words) {
        take(run, 0, answer(word), now, now + 1s);
        now += 60s;
    }
}

}  // namespace

class TestAnalysisRun : public QObject {
    Q_OBJECT

private slots:
    void outcomes_data() {
        QTest::addColumn<QByteArray>("words");
        QTest::addColumn<int>("count");  // 0: none
        QTest::addColumn<int>("failureLimit");
        QTest::addColumn<int>("inconclusiveLimit");
        QTest::addColumn<int>("errorLimit");
        QTest::addColumn<int>("successLimit");  // 0: none
        QTest::addColumn<QByteArray>("phase");
        const auto row = [](const char* words, int count, int failures, int inconclusive, int errors,
                            int successes, const char* phase) {
            QTest::addRow("%s, count %d, limits %d %d %d %d", words, count, failures, inconclusive, errors,
                          successes)
                << QByteArray(words) << count << failures << inconclusive << errors << successes
                << QByteArray(phase);
        };
        row("", 3, 0, 0, 4, 0, "Running");
        row("ss", 3, 0, 0, 4, 0, "Running");
        row("sss", 3, 0, 0, 4, 0, "Successful");
        row("ssssssss", 0, 0, 0, 4, 0, "Running");
        row("f", 3, 0, 0, 4, 0, "Failed");
        row("fs", 3, 1, 0, 4, 0, "Running");
        row("fsf", 5, 1, 0, 4, 0, "Failed");
        row("fss", 3, 1, 0, 4, 0, "Successful");
        row("fff", 3, -1, 0, 4, 0, "Successful");
        row("ffffff", 0, -1, 0, 4, 0, "Running");
        row("i", 3, 0, 0, 4, 0, "Inconclusive");
        row("isi", 5, 0, 1, 4, 0, "Inconclusive");
        row("iis", 3, 0, 2, 4, 0, "Successful");
        row("iii", 3, 0, -1, 4, 0, "Successful");
        row("eeee", 3, 0, 0, 4, 0, "Running");
        row("eeeee", 3, 0, 0, 4, 0, "Error");
        row("eeeeseeee", 3, 0, 0, 4, 0, "Running");
        row("eeeeeeeeee", 3, 0, 0, -1, 0, "Running");
        row("e", 3, 0, 0, 0, 0, "Error");
        row("esss", 3, 0, 0, 4, 0, "Successful");
        row("sfss", 0, -1, 0, 4, 2, "Successful");
        row("sfsf", 0, -1, 0, 4, 2, "Running");
        row("sfsf", 4, -1, 0, 4, 2, "Inconclusive");
        row("sf", 4, 0, 0, 4, 2, "Failed");
        row("fsssss", 3, 0, 0, 4, 0, "Failed");
    }
    void outcomes() {
        QFETCH(QByteArray, words);
        QFETCH(int, count);
        QFETCH(int, failureLimit);
        QFETCH(int, inconclusiveLimit);
        QFETCH(int, errorLimit);
        QFETCH(int, successLimit);
        MetricSpec spec = metric();
        spec.failure_condition = "result[0] < 0.5";
        spec.interval = 60s;
        if (count > 0) spec.count = count;
        spec.failure_limit = failureLimit;
        spec.inconclusive_limit = inconclusiveLimit;
        spec.consecutive_error_limit = errorLimit;
        if (successLimit > 0) spec.consecutive_success_limit = successLimit;
        AnalysisRun run = run_of({spec});
        feed(run, words.toStdString());
        QTEST(QByteArray(to_string(run.phase).data()), "phase");
        QCOMPARE(run.metrics[0].phase == RunPhase::pending, words.isEmpty());
    }

    void conditionsDecide_data() {
        QTest::addColumn<QByteArray>("success");
        QTest::addColumn<QByteArray>("failure");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("phase");
        const auto row = [](const char* success, const char* failure, const char* value, const char* phase) {
            QTest::addRow("%s | %s | %s", success, failure, value)
                << QByteArray(success) << QByteArray(failure) << QByteArray(value) << QByteArray(phase);
        };
        row("", "", "[]", "Successful");
        row("result > 1", "", "2", "Successful");
        row("result > 1", "", "1", "Failed");
        row("", "result > 1", "2", "Failed");
        row("", "result > 1", "1", "Successful");
        row("result > 3", "result < 1", "2", "Inconclusive");
        row("result > 3", "result > 3", "4", "Failed");
        row("result == 'pass'", "result == 'fail'", "not_enough_data", "Inconclusive");
        row("result[0] > 1", "", "[]", "Error");
        row("", "result[0] > 1", "[]", "Error");
        row("default(result, 0) == 0", "", "[]", "Successful");
        row("result[0] > 1", "", "[NaN]", "Failed");
    }
    void conditionsDecide() {
        QFETCH(QByteArray, success);
        QFETCH(QByteArray, failure);
        QFETCH(QByteArray, value);
        MetricSpec spec = metric();
        spec.success_condition = success.toStdString();
        spec.failure_condition = failure.toStdString();
        AnalysisRun run = run_of({spec});
        take(run, 0, value.toStdString(), start, start + 1s);
        const Measurement& measured = run.metrics[0].latest.at(0);
        QTEST(QByteArray(to_string(measured.phase).data()), "phase");
        QCOMPARE(measured.message.empty(), measured.phase == RunPhase::successful);
        QCOMPARE(measured.value, value.toStdString());
    }

    void whenToMeasure() {
        MetricSpec once = metric("once"), often = metric("often");
        often.interval = 30s;
        often.initial_delay = 20s;
        AnalysisRun run = run_of({once, often});
        QCOMPARE(due(run, start), std::vector<std::size_t>{0});
        QVERIFY(next_due(run) == start);
        take(run, 0, core::fail(core::Errc::timeout, "too late"), start, start + 5s);
        // Without an interval what failed to be measured is tried again after Argo's 10 s.
        QVERIFY(due(run, start + 14s).empty());
        QVERIFY(next_due(run) == start + 15s);
        take(run, 0, "[1]", start + 15s, start + 16s);
        QCOMPARE(run.metrics[0].phase, RunPhase::successful);
        QVERIFY(next_due(run) == start + 20s);
        take(run, 1, "[1]", start + 20s, start + 21s);
        QVERIFY(due(run, start + 50s).empty());
        QCOMPARE(due(run, start + 51s), std::vector<std::size_t>{1});
        QCOMPARE(run.phase, RunPhase::running);
        terminate(run, start + 60s);
        QCOMPARE(run.phase, RunPhase::successful);
        QVERIFY(run.terminate && !next_due(run) && due(run, start + 1h).empty());
    }

    void afterAnErrorItIsTriedAgainSoonWhateverTheInterval() {
        MetricSpec slow = metric("slow");
        slow.interval = 5min;
        slow.count = 3;
        AnalysisRun run = run_of({slow});
        take(run, 0, core::fail(core::Errc::unavailable, "no answer"), start, start);
        QVERIFY(next_due(run) == start + 10s);
        QCOMPARE(due(run, start + 10s), std::vector<std::size_t>{0});
        take(run, 0, "[1]", start + 10s, start + 10s);
        QVERIFY(next_due(run) == start + 10s + 5min);
    }

    void oneMetricThatFailsEndsTheOthers() {
        AnalysisRun run = run_of({metric("a"), metric("b")});
        take(run, 1, "[0.5]", start, start);
        QCOMPARE(run.phase, RunPhase::failed);
        QCOMPARE(run.metrics[0].phase, RunPhase::successful);
        QCOMPARE(run.message, std::string("metric 'b' assessed Failed due to failed (1) > failureLimit (0)"));
        const AnalysisRun before = run;
        take(run, 0, "[0.1]", start, start);
        terminate(run, start);
        QVERIFY(run == before);
    }

    void argumentsArePutIn() {
        MetricSpec spec = metric("errors of {{args.arm}}");
        spec.provider.query = "rate(x{arm=\"{{ args.arm }}\"}[{{args.window}}])";
        spec.success_condition = "result[0] < {{args.limit}}";
        AnalysisTemplate used{"t", {{"arm", "canary"}, {"window", "1m"}, {"limit", {}}}, {spec}};
        const auto run = begin_run("r", "step", {used}, {{"limit", "0.1"}, {"window", "5m"}}, start);
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        QCOMPARE(run->metrics[0].spec.provider.query, std::string("rate(x{arm=\"canary\"}[5m])"));
        QCOMPARE(run->metrics[0].spec.success_condition, std::string("result[0] < 0.1"));
        const auto without = begin_run("r", "step", {used}, {}, start);
        QCOMPARE(without.error().message, std::string("template 't': argument 'limit' has no value"));
        const auto broken = begin_run("r", "step", {used}, {{"limit", "(1"}}, start);
        QVERIFY2(broken.error().message.find("column 15") != std::string::npos,
                 broken.error().message.c_str());
        const auto twice = begin_run("r", "step", {used, used}, {{"limit", "1"}}, start);
        QVERIFY(twice.error().message.find("another metric 'errors of canary'") != std::string::npos);
        used.metrics[0].provider.query = "{{args.nobody}}";
        QVERIFY(!begin_run("r", "step", {used}, {{"limit", "1"}}, start));
        QVERIFY(!begin_run("r", "step", {}, {}, start));
    }

    void whateverIsMeasuredItAddsUpAndEndsOnce() {
        std::mt19937 random(7);
        for (int round = 0; round < 300; ++round) {
            std::vector<MetricSpec> specs;
            for (unsigned i = 0; i <= random() % 3; ++i) {
                MetricSpec spec = metric("m" + std::to_string(i));
                if (random() % 2) spec.failure_condition = "result[0] < 0.5";
                if (random() % 3) spec.interval = 1s * (1 + random() % 30);
                if (random() % 3) spec.count = random() % 6;
                spec.failure_limit = int(random() % 4) - 1;
                spec.inconclusive_limit = int(random() % 4) - 1;
                spec.consecutive_error_limit = int(random() % 4) - 1;
                if (random() % 4 == 0) spec.consecutive_success_limit = random() % 4;
                specs.push_back(spec);
            }
            AnalysisRun run = run_of(specs), replayed = run;
            core::WallTime now = start;
            for (int i = 0; i < 40; ++i) {
                const AnalysisRun before = run;
                const std::size_t index = random() % specs.size();
                const auto value = answer("sfie"[random() % 4]);
                now += std::chrono::milliseconds(random() % 20'000);
                const bool ends = random() % 50 == 0;
                for (AnalysisRun* each : {&run, &replayed})
                    ends ? terminate(*each, now) : take(*each, index, value, now, now);
                QVERIFY(run == replayed);
                if (is_over(before.phase)) QVERIFY(run == before);
                for (std::size_t m = 0; m < run.metrics.size(); ++m) {
                    const MetricRun& of = run.metrics[m];
                    const auto taken = [](const MetricRun& x) {
                        return x.successful + x.failed + x.inconclusive + x.error;
                    };
                    QVERIFY(taken(of) - taken(before.metrics[m]) <= 1);
                    QCOMPARE(of.latest.size(), std::min<std::size_t>(10, taken(of)));
                    if (is_over(before.metrics[m].phase)) QVERIFY(of == before.metrics[m]);
                }
                QCOMPARE(is_over(run.phase), std::ranges::all_of(run.metrics, is_over, &MetricRun::phase));
                QCOMPARE(is_over(run.phase), !next_due(run));
                QVERIFY(is_over(run.phase) || !due(run, *next_due(run)).empty());
            }
        }
    }

    void anEndlessValueIsAnError() {
        AnalysisRun run = run_of({metric()});
        take(run, 0, std::string(1'001, '1'), start, start);
        QCOMPARE(run.metrics[0].error, std::uint64_t(1));
        QVERIFY(run.metrics[0].latest[0].value.empty());
    }
};

QTEST_GUILESS_MAIN(TestAnalysisRun)
#include "tst_analysis_run.moc"
