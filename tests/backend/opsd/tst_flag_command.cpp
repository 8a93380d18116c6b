// The program `opsd flag` against an opsd that serves.
#include <QProcess>
#include <QTest>
#include <nlohmann/json.hpp>

#include "support/opsd_site.hpp"

using namespace qd;

namespace {

struct Ran {
    int code = -1;
    QByteArray out, err;
};

Ran opsd_flag(const QStringList& arguments) {
    QProcess process;
    process.start(qEnvironmentVariable("QUARTERDECK_BIN") + "/opsd", QStringList{"flag"} + arguments);
    if (!process.waitForFinished(30'000)) qFatal("opsd flag does not end");
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput(), process.readAllStandardError()};
}

struct Site : test::OpsdSite {
    Site() { start(); }
    QString file(const char* name) const { return QString::fromStdString((data() / name).string()); }
    Ran run(QStringList arguments) const {
        return opsd_flag(arguments << "--url" << QString::fromStdString("http://" + opsd->address())
                                   << "--token-file" << file("token"));
    }
};

}  // namespace

class TestFlagCommand : public QObject {
    Q_OBJECT

private slots:
    void wrongUsageIs64AndNoOpsdIs69() {
        QCOMPARE(opsd_flag({}).code, 64);
        QCOMPARE(opsd_flag({"kill"}).code, 64);
        QCOMPARE(opsd_flag({"kill", "a"}).code, 64);                  // without a reason
        QCOMPARE(opsd_flag({"set", "a", "--reason", "r"}).code, 64);  // to what?
        QCOMPARE(opsd_flag({"--help"}).code, 0);
        QCOMPARE(opsd_flag({"list", "--url", "http://127.0.0.1:9"}).code, 69);
    }

    void aFlagIsLookedAtKilledAndRestored() {
        Site site;
        const Ran list = site.run({"list"});
        QVERIFY2(list.out.contains("uploads.enabled                  on                   enabled"),
                 list.out.constData());
        const Ran killed = site.run({"kill", "uploads.enabled", "--reason", "the disk is full"});
        QVERIFY2(killed.code == 0, killed.err.constData());
        QVERIFY2(killed.out.startsWith("uploads.enabled is at revision 3: "), killed.out.constData());
        QCOMPARE(site.run({"kill", "uploads.enabled", "--reason", "r"}).code, 1);
        const Ran shown = site.run({"show", "uploads.enabled"});
        for (const char* part : {"state        killed\n", "variant      off = false (when killed)\n",
                                 "everybody    off (killed)\n", ": the disk is full\n"})
            QVERIFY2(shown.out.contains(part), shown.out.constData());
        QCOMPARE(site.run({"restore", "uploads.enabled", "--reason", "a new disk"}).code, 0);
        const Ran history = site.run({"history", "uploads.enabled"});
        QVERIFY2(history.out.startsWith("4     ") && history.out.contains(" restore  "),
                 history.out.constData());
        QCOMPARE(site.run({"show", "none"}).code, 1);
    }

    void aFlagIsSet() {
        Site site;
        const QString key = "playback.max-rendition";
        QCOMPARE(site.run({"set", key, "--default", "480p", "--reason", "r"}).code, 0);
        QCOMPARE(site.run({"set", key, "--default", "none", "--reason", "r"}).code, 65);
        QCOMPARE(site.run({"set", key, "--split", "480p=x", "--reason", "r"}).code, 65);
        QCOMPARE(site.run({"set", key, "--split", "480p=10,all=90", "--reason", "r"}).code, 0);
        const Ran shown = site.run({"show", key});
        QVERIFY2(shown.out.contains("rule         for everybody: 480p 10 %, all 90 %\n"),
                 shown.out.constData());
        QVERIFY(core::write_file_atomically(site.data() / "f.yaml",
                                            "variants: {a: 1, b: 2}\ndefaultVariant: a\n"));
        QCOMPARE(site.run({"set", "mine", "--file", site.file("f.yaml"), "--reason", "r"}).code, 0);
        QVERIFY(core::write_file_atomically(site.data() / "f.yaml", "variants: {a: 1}\nwhat: a\n"));
        const Ran bad = site.run({"set", "mine", "--file", site.file("f.yaml"), "--reason", "r"});
        QCOMPARE(bad.code, 65);
        QVERIFY2(bad.err.contains("f.yaml: line 2: a flag has no field 'what'"), bad.err.constData());
        const auto json = nlohmann::json::parse(site.run({"list", "--json"}).out.toStdString());
        QCOMPARE(json["revision"].get<int>(), 5);
    }

    void aDryRunSaysExactlyWhatItWouldSendAndSendsNothing() {
        Site site;
        const Ran kill = site.run({"kill", "uploads.enabled", "--reason", "full", "--dry-run"});
        QCOMPARE(kill.out, QByteArray("POST /api/v1/flags/uploads.enabled/kill\nIf-Match: \"2\"\n"
                                      "{\"reason\":\"full\"}\n"));
        QCOMPARE(site.run({"restore", "uploads.enabled", "--reason", "r", "--dry-run"}).code, 1);
        const Ran set =
            site.run({"set", "uploads.enabled", "--default", "off", "--reason", "full", "--dry-run"});
        QVERIFY2(set.out.startsWith("PUT /api/v1/flags/uploads.enabled\nIf-Match: \"2\"\n{\"flag\":{"),
                 set.out.constData());
        QVERIFY(set.out.contains("\"defaultVariant\":\"off\""));
        QVERIFY(site.run({"show", "uploads.enabled"}).out.contains("state        enabled\n"));
        QVERIFY(!site.run({"history", "uploads.enabled"}).out.contains("full"));
    }
};

QTEST_GUILESS_MAIN(TestFlagCommand)
#include "tst_flag_command.moc"
