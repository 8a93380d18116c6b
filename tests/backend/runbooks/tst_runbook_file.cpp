#include <QDir>
#include <QFile>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "runbooks/guide.hpp"
#include "runbooks/runbook_file.hpp"

using namespace qd;
using namespace qd::runbooks;

namespace {

const std::string head = "---\ntitle: Canary\nservices: [gateway]\nseverity: 2\n---\n";

Runbook read(const std::string& body) {
    auto runbook = parse_runbook(head + body, "my canary.md");
    if (!runbook) qFatal("%s", runbook.error().message.c_str());
    return *runbook;
}

QString refusal(const std::string& text) {
    const auto runbook = parse_runbook(text, "x.md");
    return runbook ? QString() : QString::fromStdString(runbook.error().message);
}

}  // namespace

class TestRunbookFile : public QObject {
    Q_OBJECT

private slots:
    void stepsAreListItemsAtTheMargin() {
        const Runbook runbook = read(R"(Some words.

1. **Look** at the `graph`:

   - a detail
   - another

   ```qd
   action: chart
   slo: playback-availability
   ```
2. Take it away. `qd: {action: rollout.abort}` Then wait.
- plain bullets are no steps

## Later

- [ ] Tell them
- [x] Take it away.
)");
        QCOMPARE(runbook.id.value, std::string("my-canary"));
        QCOMPARE(runbook.applies.severity, 2);
        QCOMPARE(runbook.steps.size(), std::size_t(4));
        const Step& look = runbook.steps[0];
        QCOMPARE(look.title, std::string("Look at the graph"));
        QCOMPARE(look.id, std::string("look-at-the-graph"));
        QVERIFY(look.text.find("another") != std::string::npos);
        QVERIFY(look.text.find("```") == std::string::npos);
        QCOMPARE(look.action->name, std::string("chart"));
        QCOMPARE(look.action->parameters.at("slo"), std::string("playback-availability"));
        QCOMPARE(runbook.steps[1].action->name, std::string("rollout.abort"));
        QVERIFY(runbook.steps[1].text.find("*Abort the rollout that is under way* Then wait.") !=
                std::string::npos);
        QVERIFY(!runbook.steps[2].action);
        // Two steps of one title are told apart.
        QCOMPARE(runbook.steps[1].id, std::string("take-it-away"));
        QCOMPARE(runbook.steps[3].id, std::string("take-it-away-2"));
        QVERIFY(runbook.markdown.find("qd") == std::string::npos);
    }
    void aStepsIdSurvivesANewOrder() {
        QCOMPARE(read("1. One\n2. Two\n").steps[1].id, read("1. Two\n2. One\n").steps[0].id);
    }
    void whatIsWrongIsNamedWithItsLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const std::string& text, const char* said) {
            QTest::newRow(name) << QString::fromStdString(text) << said;
        };
        row("no head", "# Hello\n", "x.md:1: expected a head");
        row("open head", "---\ntitle: A\n", "x.md:1: the head does not end");
        row("no title", "---\nid: a\n---\n1. x\n", "x.md");
        row("odd key", "---\ntitle: A\nsevices: [a]\n---\n1. x\n", "x.md:3: 'sevices'");
        row("odd cause", "---\ntitle: A\ncauses: [moon]\n---\n1. x\n", "x.md:3: 'causes'");
        row("no step", head + "words\n", "x.md:6: there is no step");
        row("unknown action", head + "1. x\n   ```qd\n   action: rm\n   ```\n", "x.md:8: 'action'");
        row("unknown parameter", head + "1. x\n   ```qd\n   action: chart\n   slo: a\n   sloo: b\n   ```\n",
            "x.md:10: 'sloo'");
        row("missing parameter", head + "1. x\n\n   ```qd\n   action: chart\n   ```\n", "x.md:9: 'action'");
        row("odd url", head + "1. x `qd: {action: link, url: \"file:///etc/passwd\"}`\n", "x.md:6: 'url'");
        row("elsewhere", head + "1. x `qd: {action: check, path: \"//evil/\"}`\n", "x.md:6: 'path'");
        row("two", head + "1. x `qd: {action: rollout.abort}`\n   `qd: {action: rollout.abort}`\n",
            "x.md:7: a second directive");
        row("no home", head + "`qd: {action: rollout.abort}`\n\n1. x\n",
            "x.md:6: this directive stands in no step");
        row("open block", head + "1. x\n   ```qd\n   action: chart\n", "x.md:7: this block does not end");
        row("open span", head + "1. x `qd: {action: chart\n", "x.md:6: the directive does not end");
    }
    void whatIsWrongIsNamedWithItsLine() {
        QFETCH(QString, text);
        QFETCH(QString, said);
        const QString is = refusal(text.toStdString());
        QVERIFY2(is.startsWith(said), qPrintable(is));
    }
    void thereAreLimits() {
        std::string many = head;
        for (int i = 0; i < 101; ++i) many += "1. x\n";
        QVERIFY(refusal(many).contains("more than 100 steps"));
        QVERIFY(refusal(std::string(max_file_bytes + 1, 'x')).contains("larger than 128 KiB"));
    }
    void theShippedOnesAreGood() {
        const QDir folder(QUARTERDECK_RESOURCES "/runbooks");
        const QStringList files = folder.entryList({"*.md"});
        QVERIFY(files.size() >= 4);
        for (const QString& name : files) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto runbook = parse_runbook(file.readAll().toStdString(), name.toStdString());
            QVERIFY2(runbook.has_value(), runbook ? "" : runbook.error().message.c_str());
            QVERIFY(std::any_of(runbook->steps.begin(), runbook->steps.end(),
                                [](const Step& step) { return step.action.has_value(); }));
        }
    }
    void aRunbookSurvivesTheWire() {
        const Runbook runbook = read("1. x `qd: {action: check, path: /-/ready, expect: 204}`\n2. y\n");
        const auto back = runbook_from_json(nlohmann::json::parse(to_json(runbook, true).dump()));
        QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
        QVERIFY(*back == runbook);
        Guide guide{runbook, "x.md", "", true, {"because"}, {}};
        guide.steps["x"] = {StepState::failed, "anna", "why", core::WallTime(std::chrono::seconds(9)), 2};
        const auto guided = guide_from_json(nlohmann::json::parse(to_json(guide).dump()));
        QVERIFY(guided.has_value() && *guided == guide);
    }
};

QTEST_APPLESS_MAIN(TestRunbookFile)
#include "tst_runbook_file.moc"
