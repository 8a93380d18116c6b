#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QtTest>

#include "dashboards/board_file.hpp"

using namespace qd;
using namespace qd::dashboards;

namespace {

const char* const good = R"(id: on-call
title: On call
role: on-call
columns: 3
panels:
  - title: Errors
    unit: percent
    width: 2
    series:
      - label: errors
        ratio:
          part: {metric: r_total, where: {code: "5*"}}
          of: {metric: r_total}
        by: arm
      - {label: p95, quantile: d_seconds, q: 0.95, where: {arm: "!canary"}}
  - title: Now
    kind: stat
    series: [{gauge: active}]
  - {title: Availability, kind: slo, slo: playback}
  - {title: Note, kind: text, text: Hello}
)";

core::Result<Dashboard> read(const QString& text) {
    return parse_board(text.toStdString(), "x.yaml");
}

QString refusal(const QString& text) {
    const auto board = read(text);
    return board ? QString() : QString::fromStdString(board.error().message);
}

/// A name of 1 to 12 letters.
std::string name(QRandomGenerator& random) {
    std::string text;
    for (int n = random.bounded(1, 13); n > 0; --n) text += char('a' + random.bounded(26));
    return text;
}

slo::Selector selector(QRandomGenerator& random) {
    slo::Selector of{name(random), {}};
    if (random.bounded(2)) of.labels.push_back(slo::LabelMatcher::parse("l" + name(random), "a|b*"));
    return of;
}

std::string written(const slo::Selector& of, const char* key) {
    std::string text = fmt::format("{}: {}", key, of.metric);
    if (!of.labels.empty())
        text += fmt::format(", where: {{{}: \"{}\"}}", of.labels[0].name, of.labels[0].text());
    return text;
}

std::string written(const PanelSeries& series) {
    const Query& query = series.query;
    std::string text = "{" + (series.label.empty() ? "" : "label: " + series.label + ", ");
    if (query.function == Function::ratio)
        text += fmt::format("ratio: {{part: {{{}}}, of: {{{}}}}}", written(query.part, "metric"),
                            written(query.of, "metric"));
    else
        text += written(query.of, std::string(to_string(query.function)).c_str());
    if (query.function == Function::quantile) text += fmt::format(", q: {}", query.q);
    if (!query.by.empty()) text += ", by: " + query.by;
    return text + "}";
}

}  // namespace

class TestBoardFile : public QObject {
    Q_OBJECT

private slots:
    void readsADashboard() {
        const auto board = read(good);
        QVERIFY2(board.has_value(), board ? "" : board.error().message.c_str());
        QCOMPARE(board->id.value, std::string("on-call"));
        QVERIFY(board->role == Role::on_call);
        QCOMPARE(board->columns, 3);
        QCOMPARE(board->panels.size(), std::size_t(4));
        const Panel& errors = board->panels[0];
        QVERIFY(errors.kind == PanelKind::chart && errors.unit == Unit::percent);
        QCOMPARE(errors.width, 2);
        QCOMPARE(errors.height, 3);
        QVERIFY(errors.series[0].query.function == Function::ratio);
        QCOMPARE(describe(errors.series[0].query), std::string("r_total{code=5*} / r_total by arm"));
        QCOMPARE(describe(errors.series[1].query), std::string("quantile(0.95, d_seconds{arm=!canary})"));
        QVERIFY(board->panels[1].kind == PanelKind::stat);
        QCOMPARE(board->panels[1].height, 2);
        QCOMPARE(board->panels[2].slo, std::string("playback"));
        QCOMPARE(board->panels[3].text, std::string("Hello"));
    }

    void mistakesAreToldWithTheirLine_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* what, const char* from, const char* to, const char* line,
                            const char* word) { QTest::newRow(what) << from << to << line << word; };
        row("no id", "id: on-call\n", "", "x.yaml:1:", "'id' is missing");
        row("bad id", "id: on-call", "id: On Call", "x.yaml:1:", "a-z");
        row("no title", "title: On call\n", "", "x.yaml:1:", "'title' is missing");
        row("unknown role", "role: on-call", "role: boss", "x.yaml:3:", "release-manager");
        row("too wide a grid", "columns: 3", "columns: 5", "x.yaml:4:", "between 1 and 4");
        row("wider than the grid", "width: 2", "width: 4", "x.yaml:8:", "between 1 and 3");
        row("unknown unit", "unit: percent", "unit: furlongs", "x.yaml:7:", "bytes_per_second");
        row("unknown kind", "kind: stat", "kind: pie", "x.yaml:17:", "rollouts");
        row("unknown key", "unit: percent", "colour: red", "x.yaml:7:", "'colour' is not a known key");
        row("no function", "quantile: d_seconds, q: 0.95, ", "", "x.yaml:15:", "one of rate");
        row("two functions", "q: 0.95", "rate: d_seconds", "x.yaml:15:", "beside another");
        row("no quantile", "q: 0.95", "q: 95", "x.yaml:15:", "between 0 and 1");
        row("not a metric", "quantile: d_seconds", "quantile: d seconds", "x.yaml:15:", "metric's name");
        row("no part", "part: {metric: r_total, where: {code: \"5*\"}}\n          ", "",
            "x.yaml:12:", "'part' is missing");
        row("not a label", "by: arm", "by: 9lives", "x.yaml:14:", "label's name");
        row("a line without a name", "{label: p95, ", "{", "x.yaml:15:", "'label' is missing");
        row("a stat of many", "{gauge: active}", "{gauge: active, by: arm}", "x.yaml:18:", "one number");
        row("a chart of increase", "quantile: d_seconds, q: 0.95", "increase: d_total",
            "x.yaml:15:", "for stats");
        row("an SLO panel without one", ", slo: playback", "", "x.yaml:19:", "'slo' is missing");
        row("an SLO panel with series", ", slo: playback", ", slo: playback, series: []",
            "x.yaml:19:", "not a known key");
        row("no YAML", "columns: 3", "columns: [3", "x.yaml:", "");
    }
    void mistakesAreToldWithTheirLine() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, line);
        QFETCH(QString, word);
        const QString whole = QString::fromUtf8(good);
        QVERIFY(whole.contains(from));
        const QString told = refusal(QString(whole).replace(whole.indexOf(from), from.size(), to));
        QVERIFY2(told.startsWith(line) && told.contains(word), qPrintable(told));
    }

    void thereAreLimits() {
        QString many = "id: a\ntitle: A\npanels:\n";
        for (int i = 0; i < 25; ++i) many += "  - {title: T, kind: text, text: x}\n";
        QVERIFY(refusal(many).contains("at most 24"));
        QString lines = "id: a\ntitle: A\npanels:\n  - title: T\n    series:\n";
        for (int i = 0; i < 9; ++i) lines += "      - {label: x, rate: m}\n";
        QVERIFY(refusal(lines).contains("at most 8"));
        QVERIFY(refusal(QString(good) + "#" + QString(70'000, 'x')).contains("64 KiB"));
    }

    void whatIsWrittenIsRead() {
        QRandomGenerator random(7);
        for (int round = 0; round < 200; ++round) {
            Dashboard board;
            board.id = DashboardId(name(random));
            board.title = name(random);
            board.role = Role(random.bounded(4));
            board.columns = random.bounded(1, 5);
            std::string text = fmt::format("id: {}\ntitle: {}\nrole: {}\ncolumns: {}\npanels:\n",
                                           board.id.value, board.title, to_string(board.role), board.columns);
            for (int p = random.bounded(1, 25); p > 0; --p) {
                Panel panel;
                panel.title = name(random);
                panel.unit = Unit(random.bounded(8));
                panel.width = random.bounded(1, board.columns + 1);
                panel.height = random.bounded(1, 13);
                text +=
                    fmt::format("  - title: {}\n    unit: {}\n    width: {}\n    height: {}\n    series:\n",
                                panel.title, to_string(panel.unit), panel.width, panel.height);
                for (int s = random.bounded(1, 9); s > 0; --s) {
                    PanelSeries series{name(random), {}};
                    constexpr Function drawn[] = {Function::rate, Function::gauge, Function::quantile,
                                                  Function::ratio};
                    series.query.function = drawn[random.bounded(4)];
                    series.query.of = selector(random);
                    if (series.query.function == Function::ratio) series.query.part = selector(random);
                    if (series.query.function == Function::quantile)
                        series.query.q = random.bounded(101) / 100.0;
                    if (random.bounded(2)) series.query.by = "b" + name(random);
                    text += "      - " + written(series) + "\n";
                    panel.series.push_back(series);
                }
                board.panels.push_back(panel);
            }
            const auto again = parse_board(text, "x.yaml");
            // Of random words, YAML takes some for what they are not ("no", "null"): those are not of
            // concern.
            if (!again && text.find(": null\n") != std::string::npos) continue;
            QVERIFY2(again.has_value(), again ? "" : (again.error().message + "\n" + text).c_str());
            QVERIFY2(*again == board, text.c_str());
        }
    }

    void theBuiltInOnesAreGood() {
        const QDir folder(QUARTERDECK_RESOURCES "/dashboards");
        QSet<QString> roles;
        for (const QString& file : folder.entryList({"*.yaml"})) {
            QFile opened(folder.filePath(file));
            QVERIFY(opened.open(QIODevice::ReadOnly));
            const auto board = parse_board(opened.readAll().toStdString(), file.toStdString());
            QVERIFY2(board.has_value(), board ? "" : board.error().message.c_str());
            QCOMPARE(QString::fromStdString(board->id.value) + ".yaml", file);
            roles << QString::fromUtf8(to_string(board->role).data());
        }
        QCOMPARE(roles, (QSet<QString>{"on-call", "release-manager", "business"}));
    }
};

QTEST_GUILESS_MAIN(TestBoardFile)
#include "tst_board_file.moc"
