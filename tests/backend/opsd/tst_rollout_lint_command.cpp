#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

namespace {

struct Ran {
    int code = -1;
    QByteArray out;
};

constexpr const char* rollout =
    "kind: Rollout\nspec:\n  replicas: 3\n  strategy:\n    canary:\n      steps: [{setWeight: 10}]\n"
    "      analysis: {templates: [{templateName: errors}]}\n  target: {version: v2}\n";
constexpr const char* errors =
    "kind: AnalysisTemplate\nmetadata: {name: errors}\nspec:\n  metrics:\n"
    "  - {name: m, count: 1, successCondition: 'isNil(result)', provider: {site: {query: error_ratio}}}\n";

}  // namespace

class TestRolloutLintCommand : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QString write(const QString& name, const QByteArray& content) {
        QFile file(folder_.filePath(name));
        if (file.open(QIODevice::WriteOnly)) file.write(content);
        return file.fileName();
    }
    Ran lint(const QStringList& arguments, const QByteArray& input = {}) {
        QProcess process;
        process.start(qEnvironmentVariable("QUARTERDECK_BIN") + "/opsd",
                      QStringList{"rollout", "lint"} + arguments);
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(30'000)) qFatal("opsd rollout lint does not end");
        return {process.exitCode(), process.readAllStandardOutput()};
    }

private slots:
    void filesTogetherAreNoError() {
        const QString one = write("rollout.yaml", rollout), other = write("templates.yaml", errors);
        const Ran ran = lint({one, other});
        QCOMPARE(ran.code, 0);
        QVERIFY2(ran.out.contains((one + ":3: note: 'replicas' has no effect here").toUtf8()),
                 ran.out.data());
        QVERIFY2(ran.out.contains((one + ":7: note: 'templates' names 'errors' of another file").toUtf8()),
                 ran.out.data());
        QCOMPARE(lint({other}).out, QByteArray());
    }

    void anErrorIsToldWithFileAndLine() {
        const QString one = write("rollout.yaml", rollout);
        const Ran ran = lint({one});
        QCOMPARE(ran.code, 1);
        QVERIFY2(
            ran.out.contains((one + ":7: error: 'templates' names 'errors', which is not there").toUtf8()),
            ran.out.data());
    }

    void standardInputIsAFile() {
        const Ran ran = lint({"-"}, "strategy: {rolling: {maxSurge: many}}\ntarget: {version: v}\n");
        QCOMPARE(ran.code, 1);
        QVERIFY2(ran.out.startsWith("stdin:1: error: 'maxSurge'"), ran.out.data());
        QCOMPARE(lint({"-"}, QByteArray(rollout) + "---\n" + errors).code, 0);
    }

    void whatCannotBeReadIsTold() {
        const QString one = write("rollout.yaml", rollout);
        const Ran ran = lint({folder_.filePath("nowhere"), one});
        QCOMPARE(ran.code, 2);
        QVERIFY2(ran.out.contains("nowhere:1: error:") && ran.out.contains("'errors'"), ran.out.data());
        QCOMPARE(lint({write("large.yaml", QByteArray(2 << 20, 'x'))}).code, 2);
        QCOMPARE(lint({}).code, 64);
        QCOMPARE(lint({"--help"}).code, 0);
    }

    void asJson() {
        const Ran ran = lint({"--json", write("rollout.yaml", rollout)});
        QCOMPARE(ran.code, 1);
        const auto said = nlohmann::json::parse(ran.out.toStdString());
        QCOMPARE(said["errors"].get<int>(), 1);
        QCOMPARE(said["notes"].get<int>(), 1);
        QCOMPARE(said["files"][0]["remarks"][1]["line"].get<int>(), 7);
        QCOMPARE(said["files"][0]["remarks"][1]["kind"].get<std::string>(), std::string("error"));
        QVERIFY(said["files"][0]["unread"].is_null());
    }
};

QTEST_GUILESS_MAIN(TestRolloutLintCommand)
#include "tst_rollout_lint_command.moc"
