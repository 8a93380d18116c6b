#include <QtTest>

#include "opsd/oncall_command.hpp"

namespace {

/// The exit code of `opsd oncall <arguments>`.
int run(const QStringList& arguments) {
    std::vector<std::string> texts{"oncall"};
    for (const QString& argument : arguments) texts.push_back(argument.toStdString());
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    return qd::opsd::oncall_command(int(pointers.size()), pointers.data());
}

}  // namespace

class TestOncallCommand : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QString write(const QString& name, const QByteArray& content) {
        QFile file(folder_.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) qFatal("not written");
        return file.fileName();
    }

private slots:
    void checksEveryFile() {
        const QString good =
            write("good.yaml", "layers: [{name: p, people: [anna], start: 2026-01-01, rotation: 1 day}]\n");
        const QString calendar =
            write("good.ics",
                  "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T080000Z\nDURATION:P1D\nSUMMARY:anna\n"
                  "END:VEVENT\nEND:VCALENDAR\n");
        const QString broken = write("broken.yaml", "layers: []\n");
        QCOMPARE(run({"check", good, calendar}), 0);
        QCOMPARE(run({"check", broken, good}), 65);
        QCOMPARE(run({"check", folder_.filePath("nowhere.yaml")}), 65);
        QCOMPARE(run({"who", good, "--at", "2026-03-29T01:30:00Z"}), 0);
        QCOMPARE(run({"who", good, "--at", "yesterday"}), 64);
    }
    void wrongUseIsTold() {
        QCOMPARE(run({}), 64);
        QCOMPARE(run({"check"}), 64);
        QCOMPARE(run({"--help"}), 0);
    }
    void withoutFilesTheSitesOwnAreAsked() {
        qputenv("XDG_DATA_HOME", folder_.path().toLocal8Bit());
        QCOMPARE(run({"who"}), 69);
        QVERIFY(QDir(folder_.path()).mkpath("quarterdeck/site/rotas"));
        write("quarterdeck/site/rotas/a.yaml",
              "layers: [{name: p, people: [anna], start: 2026-01-01, rotation: 1 day}]\n");
        QCOMPARE(run({"who"}), 0);
    }
};

QTEST_GUILESS_MAIN(TestOncallCommand)
#include "tst_oncall_command.moc"
