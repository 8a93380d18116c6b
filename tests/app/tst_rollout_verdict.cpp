// The verdict that explains itself, the runs of an analysis, and a rollout's history: values and what is
// shown.

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QTest>

#include "app/models/rollout_models.hpp"
#include "app/pages/rollouts/analysis/run_facts.hpp"
#include "app/pages/rollouts/analysis/run_models.hpp"
#include "app/pages/rollouts/analysis/runs_card.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "app/pages/rollouts/verdict/verdict_card.hpp"
#include "rollout_samples.hpp"
#include "widgets/charts/interval_plot.hpp"
#include "widgets/charts/sparkline.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/theme.hpp"

using namespace qd;
using namespace qd::app;

class TestRolloutVerdict : public QObject {
    Q_OBJECT

    static QString textOf(const QWidget& widget) {
        QStringList texts;
        for (const QLabel* label : widget.findChildren<QLabel*>()) texts << label->text();
        return texts.join(QLatin1Char('\n'));
    }
    static const MetricFacts& metric(const VerdictFacts& facts, const QString& name) {
        for (const MetricFacts& one : facts.metrics)
            if (one.name.startsWith(name)) return one;
        qFatal("no such metric");
    }

private slots:
    void initTestCase() { widgets::Theme::apply(*qApp, widgets::Mode::Dark); }

    void a_failed_metric_tells_the_arms_the_effect_and_how_sure() {
        const VerdictFacts facts = verdictFacts(test::explained_rollout());
        QCOMPARE(facts.outcome.text, QStringLiteral("Canary is worse"));
        QVERIFY2(facts.basis.contains("against the baseline") && facts.basis.contains("95 %") &&
                     facts.basis.contains("3 min 12 s"),
                 qPrintable(facts.basis));
        const MetricFacts& errors = metric(facts, "Error ratio");
        QCOMPARE(errors.arms.size(), std::size_t(3));
        QCOMPARE(errors.arms[0], (ArmFigure{"stable", "0.06 %", "3 of 5,400"}));
        QCOMPARE(errors.arms[1].arm, QStringLiteral("baseline"));
        QCOMPARE(errors.arms[2], (ArmFigure{"canary", "14.23 %", "80 of 562"}));
        QCOMPARE(errors.effect, QStringLiteral("+14.06 points"));
        QCOMPARE(errors.range, QStringLiteral("+11.35 to +17.17"));
        QCOMPARE(errors.interval.limit, test::rollout().specification.analysis.max_error_increase);
        QVERIFY(errors.certainty.startsWith("Sure:") && errors.certainty.contains("less than 0.01 %"));
        QVERIFY(errors.missing.contains("fewer than 12 bad"));
    }
    void a_marginal_one_is_not_sure_and_says_what_would_make_it_so() {
        const VerdictFacts facts = verdictFacts(test::explained_rollout());
        const MetricFacts& slow = metric(facts, "Ratio slower");
        QCOMPARE(slow.outcome.text, QStringLiteral("Marginal"));
        QVERIFY2(slow.certainty.startsWith("Not sure:") && slow.certainty.contains("31 %") &&
                     slow.certainty.contains("0.3 %"),
                 qPrintable(slow.certainty));
        QVERIFY2(slow.missing.contains("1,900 canary requests"), qPrintable(slow.missing));
    }
    void times_have_their_own_unit_and_no_invented_limit() {
        const VerdictFacts facts = verdictFacts(test::explained_rollout());
        const MetricFacts& startup = metric(facts, "Start-up");
        QVERIFY(startup.seconds);
        QCOMPARE(startup.arms[0].value, QStringLiteral("412 ms"));
        QCOMPARE(startup.arms[2].count, QStringLiteral("median of 91"));
        QCOMPARE(startup.effect, QStringLiteral("−4.0 ms"));
        QVERIFY(std::isnan(startup.interval.limit));
        QCOMPARE(startup.certainty, QStringLiteral("Nothing points to a worse canary."));
    }
    void not_enough_data_says_what_is_missing_and_is_never_zero() {
        const VerdictFacts facts = verdictFacts(test::explained_rollout());
        const MetricFacts& stalls = metric(facts, "Stall ratio");
        QCOMPARE(stalls.outcome.text, QStringLiteral("Not enough data"));
        QCOMPARE(stalls.arms[2].value, QStringLiteral("no reports"));
        QVERIFY(stalls.arms[2].count.isEmpty());
        QCOMPARE(stalls.effect, QStringLiteral("not compared"));
        QVERIFY(!stalls.interval.isKnown());
        QVERIFY2(stalls.missing.startsWith("Missing: 1,240 more requests in the canary arm"),
                 qPrintable(stalls.missing));
    }
    /// As the judge itself words it.
    void the_judges_own_words_fit() {
        auto few = test::rollout();
        const rollouts::Stratum little{{{60, 0, 60, 0}, {}}, {{0, 0, 0, 0}, {}}, std::nullopt};
        few.verdict = rollouts::judge(std::span(&little, 1), few.specification.analysis, test::now());
        const VerdictFacts facts = verdictFacts(few);
        QCOMPARE(facts.outcome.text, QStringLiteral("Not enough data"));
        const MetricFacts& errors = metric(facts, "Error ratio");
        QCOMPARE(errors.arms.back().value, QStringLiteral("no traffic"));
        QCOMPARE(errors.unknown, QStringLiteral("No traffic in the canary arm yet"));
        QVERIFY2(errors.missing.contains("more requests in the canary arm"), qPrintable(errors.missing));
        QVERIFY(!facts.baseline);
    }
    void without_a_verdict_the_reason_stands_there() {
        auto rollout = test::rollout();
        rollout.verdict.reset();
        QVERIFY(verdictFacts(rollout).basis.contains("once both arms have served"));
        QVERIFY(verdictFacts(rollout).metrics.empty());
        rollout.specification.analysis.background = false;
        QVERIFY(verdictFacts(rollout).basis.contains("steps of analysis only"));
        rollout.progress.course = rollouts::Course::aborted;
        QVERIFY(verdictFacts(rollout).basis.contains("ended before"));
    }
    void thousands_are_parted_and_fractions_are_not() {
        QCOMPARE(withGroups("1240 more of 100"), QStringLiteral("1,240 more of 100"));
        QCOMPARE(withGroups("1240000 and 5000"), QStringLiteral("1,240,000 and 5,000"));
        QCOMPARE(withGroups("0.12345 s or 12345.5"), QStringLiteral("0.12345 s or 12345.5"));
    }
    void the_card_draws_each_interval_and_tells_it() {
        VerdictCard card(nullptr);
        card.setFacts(verdictFacts(test::explained_rollout()), true);
        const auto plots = card.findChildren<widgets::IntervalPlot*>();
        QCOMPARE(plots.size(), 4);
        QVERIFY2(plots[0]->spokenText().startsWith("Canary is worse: +14.06 points") &&
                     plots[0]->spokenText().contains("is borne"),
                 qPrintable(plots[0]->spokenText()));
        QCOMPARE(plots[3]->spokenText(), QStringLiteral("No reports from the canary arm yet"));
        const QString text = textOf(card);
        for (const char* wanted : {"Baseline", "80 of 562", "no reports", "not compared"})
            QVERIFY2(text.contains(wanted), wanted);
        // Another rollout without a baseline takes its place.
        card.setFacts(verdictFacts(test::rollout()), true);
        QVERIFY(!textOf(card).contains("Baseline"));
        auto none = test::rollout();
        none.verdict.reset();
        card.setFacts(verdictFacts(none), true);
        QVERIFY(card.findChildren<widgets::IntervalPlot*>().isEmpty());
    }
    void the_baseline_is_a_column_where_there_is_one() {
        for (const ArmLine& line : armLinesOf(test::rollout(), {})) QVERIFY(line.baseline.isEmpty());
        const auto lines = armLinesOf(test::explained_rollout(), {});
        QCOMPARE(lines.front().baseline, QStringLiteral("570"));
        for (const ArmLine& line : lines) QVERIFY(!line.baseline.isEmpty());
    }

    void every_phase_of_a_run_has_its_own_word_and_state() {
        using rollouts::RunPhase;
        QSet<QString> words;
        for (const RunPhase phase : {RunPhase::pending, RunPhase::running, RunPhase::successful,
                                     RunPhase::failed, RunPhase::error, RunPhase::inconclusive})
            words << wordOf(phase).text;
        QCOMPARE(words.size(), 6);
    }
    void runs_are_told_against_their_limits() {
        QCOMPARE(countAgainst(3, 2), QStringLiteral("3 of 2"));
        QCOMPARE(countAgainst(3, -1), QStringLiteral("3"));
        QCOMPARE(numberIn("[0.97]"), 0.97);
        QCOMPARE(numberIn("12"), 12.0);
        for (const char* none : {"", "pass", "[1, 2]", "[]", "nan", "inf"})
            QVERIFY2(std::isnan(numberIn(none)), none);
        RunModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.update(runRowsOf(test::analysis_runs()));
        QCOMPARE(model.rowCount(), 7);
        const auto text = [&](const QString& key, int column) {
            return model.index(model.indexOf(key), column).data().toString();
        };
        QCOMPARE(model.index(0, RunModel::Run).data().toString(), QStringLiteral("ro-1/background"));
        QCOMPARE(text("ro-1/step-2\nerror-rate", RunModel::Failed), QStringLiteral("3 of 2"));
        QCOMPARE(text("ro-1/step-2\nerror-rate", RunModel::Newest), QStringLiteral("[0.86]"));
        QCOMPARE(text("ro-1/step-4\nsaturation", RunModel::Errors), QStringLiteral("5 of 4"));
        QCOMPARE(text("ro-1/step-4\nsaturation", RunModel::Newest), QStringLiteral("no value"));
        QCOMPARE(text("ro-1/after\np95", RunModel::Newest), QStringLiteral("not measured yet"));
        QCOMPARE(text("ro-1/experiment", RunModel::Metric), QStringLiteral("none"));
        QCOMPARE(text("ro-1/step-2\njudge", RunModel::Trend), QStringLiteral("no numbers"));
    }
    void the_chosen_metric_shows_its_conditions_and_measurements() {
        RunsCard card(nullptr);
        card.setRuns(test::analysis_runs());
        QString text = textOf(card);
        for (const char* wanted : {"ro-1/background in the background", "Succeeds while result[0] >= 0.95",
                                   "Fails when result[0] < 0.9", "Measured every 10 s", "Prometheus: sum("})
            QVERIFY2(text.contains(wanted), qPrintable(text));
        const auto* trend = card.findChild<widgets::Sparkline*>();
        QCOMPARE(trend->values().size(), 10);
        const auto tables = card.findChildren<widgets::TableView*>();
        QCOMPARE(tables.size(), 2);
        const auto* measured = tables[0] == card.table() ? tables[1] : tables[0];
        QCOMPARE(measured->model()->rowCount(), 10);
        QCOMPARE(measured->model()->index(0, MeasurementModel::Value).data().toString(),
                 QStringLiteral("[0.964]"));
        // By keyboard to the next one.
        QTest::keyClick(card.table(), Qt::Key_J);
        text = textOf(card);
        QVERIFY2(text.contains("ro-1/after after the promotion") || text.contains("ro-1/step-2 at its step"),
                 qPrintable(text));
        card.setRuns({});
        QCOMPARE(card.table()->model()->rowCount(), 0);
    }

    void the_history_tells_how_long_each_step_lasted() {
        const auto lines = auditLinesOf(test::ended_rollout(6));
        QCOMPARE(lines.size(), std::size_t(3));
        QCOMPARE(lines[0].event.seq, 3u);
        QCOMPARE(lines[1].ended, QStringLiteral("start-up"));
        QCOMPARE(*lines[1].took, std::chrono::seconds(20));
        QVERIFY(lines[0].took && *lines[0].took == std::chrono::seconds(700));
        AuditModel model;
        model.update(lines);
        QCOMPARE(model.index(0, AuditModel::Actor).data().toString(), QStringLiteral("mara"));
        QCOMPARE(model.index(0, AuditModel::Reason).data().toString(), QStringLiteral("memory grows"));
        QCOMPARE(model.index(1, AuditModel::Took).data().toString(), QStringLiteral("start-up lasted 20 s"));
        // The rows before the latest 200 are not told: what began in them is not known.
        auto cut = test::ended_rollout(6);
        cut.audit.erase(cut.audit.begin());
        for (const AuditLine& line : auditLinesOf(cut)) QVERIFY(!line.took);
    }
    void a_list_is_narrowed_by_words_of_what_it_shows() {
        const auto past = test::ended_rollout(5);
        for (const char* words : {"ro-5", "packager v5", "ben rolling", "promoted", "ended BEN"})
            QVERIFY2(rolloutMatches(past, QString::fromLatin1(words).split(' ')), words);
        for (const char* words : {"ro-6", "ben canary", "open", "aborted"})
            QVERIFY2(!rolloutMatches(past, QString::fromLatin1(words).split(' ')), words);
        QVERIFY(rolloutMatches(past, {}));
    }
    void the_list_says_how_it_ended_and_how_long_it_lasted() {
        RolloutModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.update({test::ended_rollout(6), test::ended_rollout(10), test::rollout()});
        const auto data = [&](int row, int column, int role = Qt::DisplayRole) {
            return model.index(row, column).data(role);
        };
        QCOMPARE(data(0, RolloutModel::State).toString(), QStringLiteral("Aborted"));
        QCOMPARE(data(0, RolloutModel::State, widgets::StateRole).toInt(), int(widgets::State::Neutral));
        QVERIFY(data(0, RolloutModel::Id, PastRole).toBool() &&
                !data(2, RolloutModel::Id, PastRole).toBool());
        QCOMPARE(data(0, RolloutModel::Lasted).toString(), QStringLiteral("12 min"));
        QVERIFY(data(2, RolloutModel::Lasted).toString().endsWith("so far"));
        QCOMPARE(data(0, RolloutModel::Strategy).toString(), QStringLiteral("blue-green"));
        QCOMPARE(data(0, RolloutModel::Reason).toString(), QStringLiteral("quarterly packager"));
        QCOMPARE(data(0, RolloutModel::Judged).toString(), QStringLiteral("Not judged"));
        QVERIFY(data(0, RolloutModel::Id, SortRole).toString() <
                data(1, RolloutModel::Id, SortRole).toString());
    }
};

QTEST_MAIN(TestRolloutVerdict)
#include "tst_rollout_verdict.moc"
