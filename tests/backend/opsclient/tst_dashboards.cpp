#include <QtTest>
#include <nlohmann/json.hpp>

#include "opsclient/dashboards.hpp"

using namespace qd;
using namespace qd::opsclient;
using nlohmann::json;

namespace {

json board() {
    return json::parse(R"json({"items":[{"id":"a","title":"A","role":"business","columns":3,"source":"a.yaml",
        "error":"a.yaml:3: no","panels":[{"title":"T","kind":"stat","unit":"percent","width":2,"height":1,
        "slo":"","text":"","series":[{"label":"x","function":"rate","query":"rate(m)"}]}]}],
        "next":null,"left_out":["m by x: 'v9' is left out"]})json");
}

json curves() {
    return json::parse(R"json({"step_s":5,"unit":"seconds","lines":[{"label":"p95","split":"","covered_s":40,
        "as_of":"2026-11-24T02:00:00.000Z","over_range":null,
        "points":[{"at":"2026-11-24T01:59:00.000Z","value":2.5,"min":1,"max":4}]}]})json");
}

}  // namespace

class TestDashboards : public QObject {
    Q_OBJECT

private slots:
    void readsWhatOpsdTells() {
        const auto all = dashboards_from_json(board());
        QVERIFY(all.has_value());
        QCOMPARE(all->left_out.size(), std::size_t(1));
        const Dashboard& first = all->items[0];
        QVERIFY(first.role == dashboards::Role::business && first.error == "a.yaml:3: no");
        QVERIFY(first.panels[0].kind == dashboards::PanelKind::stat);
        QCOMPARE(first.panels[0].sources[0].query, std::string("rate(m)"));
        const auto drawn = panel_curves_from_json(curves());
        QVERIFY(drawn.has_value());
        QVERIFY(drawn->unit == dashboards::Unit::seconds);
        QVERIFY(!drawn->lines[0].over_range);
        QCOMPARE(drawn->lines[0].points[0].high, 4.0);
        QCOMPARE(drawn->lines[0].covered_s, std::int64_t(40));
    }

    void whatDoesNotFitIsRefusedByName_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* pointer, const char* value, const char* word) {
            QTest::newRow(pointer) << pointer << value << word;
        };
        row("/items", "3", "items");
        row("/items/0/id", "\"\"", "id");
        row("/items/0/columns", "-1", "columns");
        row("/items/0/panels/0/series/0/query", "7", "query");
        row("/lines", "null", "lines");
        row("/step_s", "0", "step_s");
        row("/lines/0/points/0/at", "\"soon\"", "at");
        row("/lines/0/points/0/value", "null", "value");
    }
    void whatDoesNotFitIsRefusedByName() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, word);
        const bool list = pointer.startsWith("/items");
        json broken = list ? board() : curves();
        broken[json::json_pointer(pointer.toStdString())] = json::parse(value.toStdString());
        const std::string told = list ? dashboards_from_json(broken).error().message
                                      : panel_curves_from_json(broken).error().message;
        QVERIFY2(QString::fromStdString(told).contains(word), told.c_str());
    }

    void aNewerOpsdsWordsDoNotBreakThePage() {
        json newer = board();
        newer["items"][0]["panels"][0]["kind"] = "heatmap";
        newer["items"][0]["role"] = "finance";
        const auto all = dashboards_from_json(newer);
        QVERIFY(all->items[0].panels[0].kind == dashboards::PanelKind::text);
        QVERIFY(all->items[0].role == dashboards::Role::other);
    }
};

QTEST_GUILESS_MAIN(TestDashboards)
#include "tst_dashboards.moc"
