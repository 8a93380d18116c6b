// Which requests each action sends, for each state: exactly those of kubectl argo rollouts.

#include <QtTest>

#include "kubernetes/patches.hpp"
#include "support/argo_objects.hpp"

using namespace qd;
using namespace qd::kubernetes;
using rollouts::Action;
using test::argoObject;

class TestPatches : public QObject {
    Q_OBJECT

    static PatchPlan plan(const char* name, Action action) {
        return plan_action(read_argo_state(argoObject(name)), action);
    }
    /// "status {…}", "main {…}", or what refuses it.
    static QStringList sent(const PatchPlan& plan) {
        QStringList lines;
        if (plan.refusal) lines << "refused";
        for (const ApiCall& call : plan.calls)
            lines << QString::fromStdString((call.subresource.empty() ? "main" : call.subresource) + " " +
                                            call.body);
        return lines;
    }
    static bool says(const PatchPlan& plan, const std::string& part) {
        return std::ranges::any_of(
            plan.effects, [&](const std::string& effect) { return effect.find(part) != std::string::npos; });
    }

private slots:
    void next_is_promote_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("lines");
        QTest::newRow("at a pause") << "paused_by_step"
                                    << QStringList{"status {\"status\":{\"pauseConditions\":null}}"};
        QTest::newRow("in an analysis")
            << "progressing"
            << QStringList{"status {\"status\":{\"pauseConditions\":null,\"currentStepIndex\":4}}"};
        QTest::newRow("inconclusive") << "inconclusive"
                                      << QStringList{
                                             "status "
                                             "{\"status\":{\"pauseConditions\":null,\"controllerPause\":"
                                             "false,\"currentStepIndex\":4}}"};
        QTest::newRow("by hand")
            << "paused_by_hand"
            << QStringList{"status {\"status\":{\"pauseConditions\":null,\"currentStepIndex\":4}}",
                           "main {\"spec\":{\"paused\":false}}"};
        QTest::newRow("blue-green") << "blue_green_paused"
                                    << QStringList{"status {\"status\":{\"pauseConditions\":null}}"};
        QTest::newRow("healthy") << "healthy" << QStringList{"refused"};
        QTest::newRow("aborted") << "aborted" << QStringList{"refused"};
    }
    void next_is_promote() {
        QFETCH(QString, name);
        QFETCH(QStringList, lines);
        QCOMPARE(sent(plan(name.toStdString().c_str(), Action::next)), lines);
    }

    void the_other_actions_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("action");
        QTest::addColumn<QStringList>("lines");
        const QString unpause = "main {\"spec\":{\"paused\":false}}";
        const QString full = "status {\"status\":{\"promoteFull\":true}}";
        const QString clear = "status {\"status\":{\"pauseConditions\":null}}";
        const auto row = [](const char* label, const char* name, Action action, const QStringList& lines) {
            QTest::newRow(label) << name << int(action) << lines;
        };
        row("resume by hand", "paused_by_hand", Action::resume, {unpause});
        row("resume a step", "paused_by_step", Action::resume, {clear});
        row("resume running", "progressing", Action::resume, {"refused"});
        row("resume inconclusive", "inconclusive", Action::resume, {"refused"});
        row("retry", "aborted", Action::resume, {"status {\"status\":{\"abort\":false}}"});
        row("full", "paused_by_step", Action::promote, {full});
        row("full by hand", "paused_by_hand", Action::promote, {full, unpause});
        row("full healthy", "healthy", Action::promote, {"refused"});
        row("pause", "progressing", Action::pause, {"main {\"spec\":{\"paused\":true}}"});
        row("pause twice", "paused_by_hand", Action::pause, {"refused"});
        row("abort", "progressing", Action::abort, {"status {\"status\":{\"abort\":true}}"});
        row("abort twice", "aborted", Action::abort, {"refused"});
        row("abort healthy", "healthy", Action::abort, {"refused"});
        row("back", "progressing", Action::back, {"refused"});
        row("ramp down", "progressing", Action::ramp_down, {"refused"});
        row("undo without history", "healthy", Action::undo, {"refused"});
    }
    void the_other_actions() {
        QFETCH(QString, name);
        QFETCH(int, action);
        QFETCH(QStringList, lines);
        QCOMPARE(sent(plan(name.toStdString().c_str(), Action(action))), lines);
    }

    void the_last_step_is_not_passed() {
        auto object = argoObject("progressing");
        object["status"]["currentStepIndex"] = 7;
        QCOMPARE(sent(plan_action(read_argo_state(object), Action::next)),
                 QStringList{"status {\"status\":{\"pauseConditions\":null,\"currentStepIndex\":7}}"});
    }

    void what_surprises_is_told() {
        QVERIFY(says(plan("paused_by_hand", Action::next), "also skips the current step"));
        QVERIFY(says(plan("paused_by_hand", Action::resume), "no step is skipped"));
        QVERIFY(says(plan("progressing", Action::abort), "the current step becomes 0"));
        QVERIFY(says(plan("progressing", Action::abort), "spec.template still names the bad version"));
        auto both = argoObject("paused_by_step");
        both["spec"]["paused"] = true;
        QVERIFY(says(plan_action(read_argo_state(both), Action::resume), "stays paused (CanaryPauseStep)"));
    }

    void undo_puts_the_earlier_template_back() {
        const auto state = read_argo_state(argoObject("aborted"));
        std::vector<Object> sets;
        for (const auto& set : argoObject("replica_sets"))
            sets.push_back(std::make_shared<const nlohmann::json>(set));
        const auto earlier = earlier_revision(state, sets);
        QVERIFY(earlier);
        QCOMPARE(earlier->revision, 1u);
        const auto undo = plan_action(state, Action::undo, earlier);
        QCOMPARE(undo.calls.size(), 1u);
        QCOMPARE(undo.calls[0].content_type, std::string("application/json-patch+json"));
        QVERIFY(undo.calls[0].subresource.empty());
        const auto patch = nlohmann::json::parse(undo.calls[0].body);
        QCOMPARE(patch.size(), 1u);
        QCOMPARE(patch[0]["op"], "replace");
        QCOMPARE(patch[0]["path"], "/spec/template");
        QCOMPARE(patch[0]["value"]["spec"]["containers"][0]["image"], "registry.example/web:2.3.1");
        QCOMPARE(patch[0]["value"]["metadata"]["labels"], (nlohmann::json{{"app", "web"}}));
        QVERIFY(says(undo, "the abort is cleared"));
    }

    void targets_and_types_are_exact() {
        const auto abort = plan("progressing", Action::abort).calls.at(0);
        QCOMPARE(abort.target(),
                 std::string("/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web/status"));
        QCOMPARE(abort.content_type, std::string("application/merge-patch+json"));
        QCOMPARE(abort.method(), http::Method::patch);
        QCOMPARE(without_subresource(abort)->target(),
                 std::string("/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web"));
        QVERIFY(!without_subresource(plan("progressing", Action::pause).calls.at(0)));
    }
};

QTEST_GUILESS_MAIN(TestPatches)
#include "tst_patches.moc"
