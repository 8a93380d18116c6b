#include <QtTest>

#include "opsd/slo_command.hpp"

namespace {

/// The exit code of `opsd slo <arguments>`.
int run(const QStringList& arguments) {
    std::vector<std::string> texts{"slo"};
    for (const QString& argument : arguments) texts.push_back(argument.toStdString());
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    return qd::opsd::slo_command(int(pointers.size()), pointers.data());
}

}  // namespace

class TestSloCommand : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    const QString local_ = QUARTERDECK_RESOURCES "/slo/local.yaml";

    QString write(const QString& name, const QByteArray& content) {
        QFile file(folder_.filePath(name));
        if (file.open(QIODevice::WriteOnly)) file.write(content);
        return file.fileName();
    }
    QByteArray content(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void checksEveryFile() {
        const QString broken = write("broken.yaml", "slos:\n  - id: a\n");
        QCOMPARE(run({"check", local_}), 0);
        QCOMPARE(run({"check", broken, local_}), 65);
        QCOMPARE(run({"check", folder_.filePath("nowhere")}), 65);
    }

    void wrongUseIsTold() {
        QCOMPARE(run({}), 64);
        QCOMPARE(run({"check"}), 64);
        QCOMPARE(run({"export", "--to", "xml", local_}), 64);
        QCOMPARE(run({"--help"}), 0);
    }

    void replaysNeedCounters() {
        QCOMPARE(run({"replay", local_}), 64);
        QCOMPARE(run({"replay", local_, "--from", "-2h", "--data", folder_.path()}), 69);
    }

    void exportsToAFile() {
        for (const char* format : {"openslo", "prometheus", "prometheus-tests", "grafana"}) {
            const QString to = folder_.filePath(format);
            QCOMPARE(run({"export", "--to", format, "--output", to, local_}), 0);
            QVERIFY2(content(to).contains("playback-availability"), format);
        }
        QCOMPARE(run({"check", folder_.filePath("openslo")}), 0);
    }

    void whatFailsLeavesTheFileAsItWas() {
        const QString to = write("kept", "kept");
        const QString twice = write("twice.yaml", content(local_));
        QCOMPARE(run({"export", "--to", "openslo", "--output", to, local_, twice}), 65);
        QCOMPARE(content(to), QByteArray("kept"));
        const QString nowhere = folder_.filePath("no/such/folder");
        QVERIFY(run({"export", "--to", "openslo", local_, "--output", nowhere}) != 0);
    }
};

QTEST_GUILESS_MAIN(TestSloCommand)
#include "tst_slo_command.moc"
