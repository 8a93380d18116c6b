// Flags and configuration files that are wrong: the exit code, and words that say where and why.

#include <QDir>
#include <QFile>
#include <QTest>

#include "core/files.hpp"
#include "support/program.hpp"

using qd::test::Program;

class TestCommandLines : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QString write(const QString& name, const QByteArray& content) {
        QFile file(folder_.filePath(name));
        if (file.open(QIODevice::WriteOnly)) file.write(content);
        return file.fileName();
    }

private slots:
    void exitCodes_data() {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("words");
        const QString data = folder_.filePath("data");
        for (const char* program : {"quarterdeck-site", "streamd", "opsd", "viewers"}) {
            QTest::addRow("%s --help", program) << program << QStringList{"--help"} << 0 << QByteArray();
            QTest::addRow("%s --version", program)
                << program << QStringList{"--version"} << 0 << QByteArray();
            QTest::addRow("%s --nonsense", program)
                << program << QStringList{"--nonsense"} << 64 << QByteArray();
        }
        const QString broken = write("site.yaml", "viewers: 10\nviwers: 3\n");
        QTest::newRow("site config") << "quarterdeck-site"
                                     << QStringList{"up", "--data", data, "--config", broken} << 78
                                     << QByteArray("site.yaml:2:");
        QDir(folder_.path()).mkdir("own");
        write("own/opsd.yaml", "silence_warning_s: 20\nnotfy: []\n");
        QTest::newRow("a site's own settings")
            << "quarterdeck-site" << QStringList{"up", "--data", folder_.filePath("own")} << 78
            << QByteArray("own/opsd.yaml:2: 'notfy'");
        const QString opsd = write("opsd.yaml", "data: /tmp\nsurprise: 1\n");
        QTest::newRow("opsd config") << "opsd" << QStringList{"--config", opsd} << 78
                                     << QByteArray("opsd.yaml:");
        const QString slos = write("slos.yaml", "slos:\n  - id: a\n    title: A\n    colour: red\n");
        QTest::newRow("SLO file") << "opsd" << QStringList{"slo", "check", slos} << 65
                                  << QByteArray("slos.yaml:");
        const QString streamd = write("streamd.yaml", "surprise: 1\n");
        QTest::newRow("streamd config")
            << "streamd" << QStringList{"api", "--data", data, "--config", streamd} << 78
            << QByteArray("streamd.yaml:1:");
        QTest::newRow("no site to ask") << "quarterdeck-site" << QStringList{"status", "--data", data} << 69
                                        << QByteArray("no site is running");
        QTest::newRow("a folder that cannot be made")
            << "quarterdeck-site" << QStringList{"up", "--data", "/proc/nowhere"} << 1
            << QByteArray("/proc/nowhere");
    }
    void exitCodes() {
        QFETCH(QString, program);
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, words);
        Program run(program, arguments);
        QVERIFY(run.process().waitForFinished(10'000));
        const QByteArray said = run.process().readAllStandardError();
        QVERIFY2(run.process().exitCode() == code, said.constData());
        QVERIFY2(said.contains(words), said.constData());
    }
    /// A console that was killed leaves a site that drains; the next one does not find the folder taken.
    void aSiteThatEndsIsWaitedFor() {
        const QString data = folder_.filePath("left");
        QDir().mkpath(data);
        // Told of only by who has the folder: nothing is started.
        write("left/opsd.yaml", "notfy: []\n");
        auto lock = qd::core::LockFile::acquire((data + "/lock").toStdString());
        QVERIFY(lock.has_value());
        Program next("quarterdeck-site", {"up", "--data", data});
        QVERIFY(!next.process().waitForFinished(1'500));
        { const qd::core::LockFile left = std::move(*lock); }
        QVERIFY(next.process().waitForFinished(10'000));
        QVERIFY(next.process().readAllStandardError().contains("'notfy'"));
        QCOMPARE(next.process().exitCode(), 78);
    }
};

QTEST_GUILESS_MAIN(TestCommandLines)
#include "tst_command_lines.moc"
