// Reads every #include of the sources and fails on an arrow that the plan of the house does not have.

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QMap>
#include <QSet>
#include <QTest>

namespace {

using Rooms = QSet<QString>;

/// Direct arrows; core is everywhere, and arrows are transitive. "room/engine" are the parts with stores,
/// "room/interchange" those that read and write what other tools do.
const QMap<QString, Rooms>& arrows() {
    static const QMap<QString, Rooms> table{
        {"core", {}},
        {"telemetry", {"core"}},
        {"hls", {"core"}},
        {"slo", {"core"}},
        {"slo/interchange", {"slo"}},
        {"flags", {"core"}},
        {"traffic", {"core"}},
        {"dashboards", {"slo"}},
        {"http", {"telemetry"}},
        {"storage", {"telemetry"}},
        {"security", {"telemetry"}},
        {"media", {"hls", "telemetry"}},
        {"otlp", {"http", "storage"}},
        {"notify", {"http", "storage"}},
        {"services", {"http", "storage", "security", "media", "flags"}},
        {"gateway", {"http", "storage", "security", "traffic"}},
        {"timeseries", {"http", "slo", "storage", "dashboards"}},
        {"prometheus", {"http", "slo"}},
        {"markdown", {"core"}},
        {"incidents", {"slo"}},
        {"status", {"incidents"}},
        {"silences", {"slo"}},
        {"alertmanager", {"http", "silences"}},
        {"oncall", {"core"}},
        {"runbooks", {"core"}},
        {"learning", {"slo", "incidents", "rollouts"}},
        {"postmortems", {"slo", "incidents", "markdown"}},
        {"reports", {"slo", "incidents"}},
        {"rollouts", {"slo", "traffic"}},
        {"incidents/engine", {"incidents", "storage", "http", "flags"}},
        {"postmortems/engine", {"postmortems", "storage", "http", "flags"}},
        {"rollouts/engine", {"rollouts", "storage", "http", "flags"}},
        {"haproxy", {"rollouts"}},
        {"kubernetes", {"http", "rollouts"}},
        {"chaos", {"http"}},
        {"player", {"http", "hls"}},
        {"decode", {"player", "media"}},
        {"compare", {"decode"}},
        {"silences/engine", {"silences", "storage"}},
        {"opsclient",
         {"http", "slo", "dashboards", "incidents", "silences", "oncall", "runbooks", "learning",
          "postmortems", "rollouts", "chaos", "flags"}},
        {"site", {"http", "security", "media"}},
        {"opsd",
         {"slo/interchange", "timeseries", "prometheus", "incidents/engine", "silences/engine",
          "alertmanager", "oncall", "runbooks", "learning", "postmortems/engine", "reports",
          "rollouts/engine", "haproxy", "kubernetes", "flags", "chaos", "security", "site", "notify",
          "status", "otlp", "opsclient"}},
        {"streamd", {"services", "gateway", "chaos", "site", "flags"}},
        {"viewers", {"player", "compare", "security"}},
    };
    return table;
}

void collect(const QString& room, Rooms& into) {
    if (into.contains(room)) return;
    into.insert(room);
    for (const QString& next : arrows().value(room)) collect(next, into);
}

Rooms reachable(const QString& room) {
    Rooms rooms{"core"};
    collect(room, rooms);
    // Who may see an engine sees its values; who sees values sees no engine.
    return rooms;
}

QString roomOf(const QString& pathBelowBackend) {
    const QStringList parts = pathBelowBackend.split('/');
    const bool within = parts.size() > 2 && (parts[1] == "engine" || parts[1] == "interchange");
    return within ? parts[0] + '/' + parts[1] : parts[0];
}

struct Include {
    QString file;  // relative to the root
    int line;
    QString path;  // between the quotes or brackets
    bool quoted;
};

QList<Include> includesBelow(const QString& folder) {
    QList<Include> found;
    const QDir root(SOURCE_ROOT);
    QDirIterator files(root.filePath(folder), {"*.hpp", "*.cpp", "*.h"}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly)) continue;
        for (int line = 1; !file.atEnd(); ++line) {
            const QString text = QString::fromUtf8(file.readLine()).trimmed();
            if (!text.startsWith("#include ")) continue;
            const QString rest = text.mid(9).trimmed();
            const QChar close = rest.startsWith('<') ? '>' : '"';
            found.append({root.relativeFilePath(file.fileName()), line,
                          rest.mid(1, rest.indexOf(close, 1) - 1), close == '"'});
        }
    }
    return found;
}

}  // namespace

class TestLayers : public QObject {
    Q_OBJECT

private slots:
    void backendFollowsThePlan() {
        QStringList wrong;
        for (const Include& include : includesBelow("backend")) {
            if (!include.quoted || !include.path.contains('/')) continue;
            const QString from = roomOf(include.file.mid(int(qstrlen("backend/"))));
            if (!arrows().contains(from)) {
                wrong << QString("%1: the plan has no room '%2'").arg(include.file, from);
                continue;
            }
            if (!reachable(from).contains(roomOf(include.path)))
                wrong << QString("%1:%2 includes %3").arg(include.file).arg(include.line).arg(include.path);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
    }

    void backendIsFreeOfQt() {
        QStringList wrong;
        for (const Include& include : includesBelow("backend"))
            if (!include.quoted && include.path.startsWith('Q'))
                wrong << include.file + " includes " + include.path;
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
    }

    void widgetsKnowOnlyQt() {
        QStringList wrong;
        for (const Include& include : includesBelow("widgets")) {
            const QString first = include.path.section('/', 0, 0);
            if (include.quoted && include.path.contains('/') && first != "widgets")
                wrong << QString("%1:%2 includes %3").arg(include.file).arg(include.line).arg(include.path);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
    }

    void theConsoleSeesNoStoreAndNoServer() {
        Rooms allowed{"core"};
        for (const char* room : {"opsclient", "player", "decode", "compare"}) collect(room, allowed);
        allowed.insert("slo/interchange");  // sets of burn rows to try; values in, values out
        allowed.insert("site");             // endpoints.json and what the supervisor says of its processes
        QStringList wrong;
        for (const Include& include : includesBelow("app")) {
            if (!include.quoted || !include.path.contains('/')) continue;
            const QString first = include.path.section('/', 0, 0);
            if (first == "app" || first == "widgets") continue;
            if (!allowed.contains(roomOf(include.path)))
                wrong << QString("%1:%2 includes %3").arg(include.file).arg(include.line).arg(include.path);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
    }
};

QTEST_GUILESS_MAIN(TestLayers)
#include "tst_layers.moc"
