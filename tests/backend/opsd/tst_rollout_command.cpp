// The program `opsd rollout` against an opsd that serves.
#include <QProcess>
#include <QTest>
#include <nlohmann/json.hpp>

#include "support/fake_supervisor.hpp"
#include "support/opsd_site.hpp"

using namespace qd;

namespace {

constexpr const char* specification =
    "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}, {setWeight: 50}]}}\ntarget: {version: v2}\n";

struct Ran {
    int code = -1;
    QByteArray out, err;
};

Ran opsd_rollout(const QStringList& arguments) {
    QProcess process;
    process.start(qEnvironmentVariable("QUARTERDECK_BIN") + "/opsd", QStringList{"rollout"} + arguments);
    if (!process.waitForFinished(30'000)) qFatal("opsd rollout does not end");
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput(), process.readAllStandardError()};
}

struct Site : test::OpsdSite {
    explicit Site(const std::string& settings = {}) : supervisor((data() / "site.sock").string()) {
        site::ProcessInfo one;
        one.role = "api";
        one.instance = "api-1";
        one.arm = "stable";
        one.version = "v1";
        one.pid = 4'000'000;
        one.state = site::ProcessState::ready;
        supervisor.list({one});
        more_config = fmt::format("site_socket: {}/site.sock\n{}", data().string(), settings);
        start();
        write("spec.yaml", specification);
    }
    ~Site() { stop(); }
    QString write(const char* name, const std::string& text) const {
        if (!core::write_file_atomically(data() / name, text)) qFatal("not written");
        return QString::fromStdString((data() / name).string());
    }
    QString file(const char* name) const { return QString::fromStdString((data() / name).string()); }
    Ran run(QStringList arguments) const {
        return opsd_rollout(arguments << "--url" << QString::fromStdString("http://" + opsd->address())
                                      << "--token-file" << file("token"));
    }

    test::FakeSupervisor supervisor;
};

}  // namespace

class TestRolloutCommand : public QObject {
    Q_OBJECT

private slots:
    void wrongUsageIs64AndNoOpsdIs69() {
        QTemporaryDir empty;
        QCOMPARE(opsd_rollout({}).code, 64);
        QCOMPARE(opsd_rollout({"jump", "RO-1"}).code, 64);
        QCOMPARE(opsd_rollout({"next"}).code, 64);
        QCOMPARE(opsd_rollout({"next", "RO-1", "--group", "shop"}).code, 64);
        QCOMPARE(opsd_rollout({"--help"}).code, 0);
        const Ran nowhere = opsd_rollout({"list", "--data", empty.path()});
        QCOMPARE(nowhere.code, 69);
        QVERIFY2(nowhere.err.contains("no site runs in"), nowhere.err.constData());
        QCOMPARE(opsd_rollout({"list", "--url", "http://127.0.0.1:9"}).code, 69);
    }

    void aRolloutIsBegunLookedAtAndAborted() {
        Site site;
        QCOMPARE(site.run({"list"}).out, QByteArray("There are no rollouts to show.\n"));
        const Ran begun = site.run({"start", site.file("spec.yaml"), "--reason", "a fix"});
        QVERIFY2(begun.code == 0, begun.err.constData());
        QVERIFY2(begun.out.startsWith("RO-1     v2                       canary     "), begun.out.constData());
        const Ran shown = site.run({"show", "RO-1"});
        QCOMPARE(shown.code, 0);
        QVERIFY2(shown.out.contains("why        a fix\n"), shown.out.constData());
        QVERIFY2(shown.out.contains("current setWeight 10"), shown.out.constData());
        QCOMPARE(site.run({"show", "RO-7"}).code, 1);

        QCOMPARE(site.run({"abort", "RO-1"}).code, 65);  // a reason is missing
        const Ran aborted = site.run({"abort", "RO-1", "--reason", "it fails"});
        QVERIFY2(aborted.code == 0, aborted.err.constData());
        QVERIFY2(aborted.out.contains("degraded"), aborted.out.constData());
        QCOMPARE(site.run({"abort", "RO-1", "--reason", "again"}).code, 1);
        const Ran history = site.run({"history"});
        QVERIFY2(history.out.contains("aborted") && history.out.contains(": a fix"), history.out.constData());
        const auto json = nlohmann::json::parse(site.run({"list", "--json"}).out.toStdString());
        QCOMPARE(json["items"][0]["id"].get<std::string>(), std::string("RO-1"));
    }

    void whatAFileSaysInVainIsToldWhenItIsStarted() {
        Site site;
        const QString file = site.write("argo.yaml", std::string("spec:\n  replicas: 3\n") +
                                                         "  strategy: {canary: {steps: [{setWeight: 10}]}}\n"
                                                         "  target: {version: v2}\n");
        const Ran begun = site.run({"start", file, "--reason", "a fix", "--dry-run"});
        QVERIFY2(begun.code == 0, begun.err.constData());
        QVERIFY2(begun.err.contains("argo.yaml:2: note: 'replicas' has no effect here"), begun.err.constData());
        const Ran refused = site.run({"start", site.write("bad.yaml", "strategy:\n  canary: {steps: []}\n")});
        QCOMPARE(refused.code, 65);
        QVERIFY2(refused.err.contains("bad.yaml:"), refused.err.constData());
    }

    void aDryRunSaysExactlyWhatItWouldSendAndSendsNothing() {
        Site site;
        const Ran start = site.run({"start", site.file("spec.yaml"), "--reason", "a fix", "--dry-run"});
        QCOMPARE(start.code, 0);
        QVERIFY2(start.out.startsWith("POST /api/v1/rollouts?reason=a%20fix\n"), start.out.constData());
        QVERIFY(start.out.contains("setWeight: 10"));
        QCOMPARE(site.run({"list"}).out, QByteArray("There are no rollouts to show.\n"));

        QCOMPARE(site.run({"start", site.file("spec.yaml")}).code, 0);
        const Ran abort = site.run({"abort", "RO-1", "--reason", "it fails", "--dry-run"});
        QVERIFY2(abort.code == 0, abort.err.constData());
        QVERIFY2(abort.out.startsWith("POST /api/v1/rollouts/RO-1/abort\nIf-Match: \""),
                 abort.out.constData());
        QVERIFY2(abort.out.contains("{\"reason\":\"it fails\"}"), abort.out.constData());
        QVERIFY(site.run({"list", "--state", "open"}).out.startsWith("RO-1"));
        const Ran undo = site.run({"undo", "RO-1", "--reason", "r", "--dry-run"});
        QCOMPARE(undo.code, 1);
        QVERIFY2(undo.out.contains("Refused: "), undo.out.constData());
    }

    void aSpecificationsMistakesAreToldWithTheirLine() {
        Site site;
        const Ran bad = site.run({"start", site.write("bad.yaml", "target: {version: v2}\nstrategy: 3\n")});
        QCOMPARE(bad.code, 65);
        QVERIFY2(bad.err.contains("bad.yaml: ") && bad.err.contains(":2: 'strategy'"), bad.err.constData());
        QCOMPARE(site.run({"start", site.file("none.yaml")}).code, 1);
    }

    void whatIsFrozenIsSaidAndOverriddenWithAReason() {
        Site site(
            "rollouts: {freeze: [{name: Year end, from: '2000-01-01T00:00:00Z', to: '2200-01-01T00:00:00Z', "
            "reason: the books are closed}]}\n");
        const Ran policy = site.run({"policy"});
        QVERIFY2(policy.out.startsWith("now   window    Year end"), policy.out.constData());
        const Ran refused = site.run({"start", site.file("spec.yaml")});
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains("Year end"), refused.err.constData());
        const Ran begun = site.run({"start", site.file("spec.yaml"), "--override", "--reason", "a fix"});
        QVERIFY2(begun.code == 0, begun.err.constData());
        QVERIFY(site.run({"show", "RO-1"}).out.contains("a fix (in spite of Year end"));
    }
};

QTEST_GUILESS_MAIN(TestRolloutCommand)
#include "tst_rollout_command.moc"
