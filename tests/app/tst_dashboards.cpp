// Dashboards in the console: curves, numbers and words of what opsd answers, where panels stand, and the page
// against an opsd in this process.

#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QRandomGenerator>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include "app/pages/dashboards/dashboards_page.hpp"
#include "app/pages/dashboards/panel_curves.hpp"
#include "app/shell/command_palette.hpp"
#include "app/shell/console.hpp"
#include "app/shell/palette_items.hpp"
#include "fake_opsd.hpp"
#include "widgets/charts/chart_export.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/stat_tile.hpp"

using namespace qd;
using namespace qd::app;
using opsclient::Curve;
using opsclient::PanelCurves;
using widgets::State;

namespace {

constexpr qint64 kNow = 1'790'000'000'000;

PanelCurves curves(int step_s, std::vector<Curve> lines,
                   dashboards::Unit unit = dashboards::Unit::per_second) {
    return {step_s, unit, std::move(lines)};
}

Curve line(const std::string& label, int points, double value, qint64 newestMs = kNow) {
    Curve made;
    made.label = label;
    for (int i = points; i > 0; --i)
        made.points.push_back({wallTime(newestMs - i * 1'000), value, value / 2, value * 2});
    made.over_range = value;
    made.covered_s = points;
    made.as_of = wallTime(newestMs);
    return made;
}

opsclient::Dashboard board(int columns, const std::vector<std::pair<int, int>>& sizes) {
    opsclient::Dashboard made;
    made.columns = columns;
    for (const auto& [width, height] : sizes) {
        opsclient::Panel panel;
        panel.width = width;
        panel.height = height;
        made.panels.push_back(panel);
    }
    return made;
}

LaunchOptions connected() {
    LaunchOptions options;
    options.connectUrl = "http://127.0.0.1:1";
    return options;
}

}  // namespace

class TestDashboards : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    MainWindow& window() { return console_->window(); }
    DashboardsPage* page() {
        window().showPage("dashboards");
        auto* shown = qobject_cast<DashboardsPage*>(window().page("dashboards"));
        [&] { QTRY_VERIFY_WITH_TIMEOUT(shown->hasData(), 5'000); }();
        return shown;
    }
    void open() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        console_ = std::make_unique<Console>(connected(), false);
        window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().link().isLive(), 5'000);
    }

private slots:
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void panelsStandInOrderAndDoNotOverlap() {
        QCOMPARE(placesOf(board(4, {{1, 2}, {1, 2}, {2, 5}, {2, 3}, {3, 2}, {4, 1}})),
                 (QVector<PanelPlace>{
                     {0, 0, 2, 1}, {0, 1, 2, 1}, {0, 2, 5, 2}, {2, 0, 3, 2}, {5, 0, 2, 3}, {7, 0, 1, 4}}));
        QCOMPARE(placesOf(board(1, {{4, 2}, {1, 1}})), (QVector<PanelPlace>{{0, 0, 2, 1}, {2, 0, 1, 1}}));
        QRandomGenerator random(5);
        for (int round = 0; round < 200; ++round) {
            std::vector<std::pair<int, int>> sizes;
            for (int i = random.bounded(1, 25); i > 0; --i)
                sizes.emplace_back(random.bounded(1, 5), random.bounded(1, 13));
            const int columns = random.bounded(1, 5);
            QSet<QPair<int, int>> taken;
            const auto places = placesOf(board(columns, sizes));
            QCOMPARE(places.size(), qsizetype(sizes.size()));
            for (const PanelPlace& place : places)
                for (int row = place.row; row < place.row + place.rows; ++row)
                    for (int column = place.column; column < place.column + place.columns; ++column) {
                        QVERIFY(column < columns && !taken.contains({row, column}));
                        taken.insert({row, column});
                    }
        }
    }

    void theArmsHaveTheirColoursAndPeaksABand() {
        auto arms = curves(10, {line("errors stable", 5, 2), line("errors canary", 5, 3), line("p95", 5, 4)});
        arms.lines[0].split = "stable";
        arms.lines[1].split = "canary";
        const auto series = seriesOf(arms);
        QCOMPARE(series[0].color, widgets::Token::Stable);
        QCOMPARE(series[1].color, widgets::Token::Canary);
        QVERIFY(series[1].dashed);
        QCOMPARE(series[2].color, widgets::Token::Series1);
        QCOMPARE(series[0].high.size(), qsizetype(5));
        QCOMPARE(series[0].high[0].y(), 4.0);
        QCOMPARE(series[0].points[0].x(), double(kNow - 5'000 + 5'000));  // the step's middle
        QVERIFY(seriesOf(curves(1, {line("x", 5, 2)}))[0].high.isEmpty());
        QVERIFY(gapAfterMs(curves(60, {})) > 60'000);
    }

    void statesAreSaidInWords() {
        QCOMPARE(stateOf(curves(1, {line("x", 5, 2)}), kNow), (Wording{State::Neutral, {}}));
        QVERIFY(stateOf(curves(1, {}), kNow).text.startsWith("No data: nothing"));
        Curve never;
        QVERIFY(stateOf(curves(1, {never}), kNow).text.startsWith("No data: nothing"));
        const Wording stale = stateOf(curves(1, {line("x", 5, 2, kNow - 60'000)}), kNow);
        QCOMPARE(stale.state, State::Stale);
        QVERIFY(stale.text.startsWith("Stale: the last reading is from"));
        QCOMPARE(stateOf(curves(1, {line("x", 5, 2, kNow - 60'000)}), 0).state, State::Neutral);
        Curve quiet = line("x", 0, 0);
        quiet.covered_s = 900;
        QCOMPARE(stateOf(curves(1, {quiet}), kNow).text, QStringLiteral("No traffic in this range"));
        quiet.covered_s = 0;
        QCOMPARE(stateOf(curves(1, {quiet}), kNow).text, QStringLiteral("No data in this range"));
        // A canary that has ended does not make the stable version stale.
        QCOMPARE(stateOf(curves(1, {line("a", 5, 2), line("b", 5, 2, kNow - 600'000)}), kNow).state,
                 State::Neutral);
    }

    void aStatIsOneNumberWithItsUnitAndRange() {
        opsclient::Panel panel;
        panel.sources = {{"answered", "rate", "rate(m)"}};
        auto reading = readingOf(curves(1, {line("answered", 5, 12.5)}), panel, "last 15 min", kNow);
        QCOMPARE(reading.value, QStringLiteral("12.5"));
        QCOMPARE(reading.unit, QStringLiteral("/s"));
        QCOMPARE(reading.sub, QStringLiteral("answered · last 15 min"));
        QCOMPARE(reading.state, State::Neutral);
        panel.sources[0].function = "gauge";
        QCOMPARE(readingOf(curves(1, {line("x", 5, 3)}), panel, "last 15 min", kNow).sub,
                 QStringLiteral("answered · now"));
        const auto seconds = curves(1, {line("x", 5, 7'500)}, dashboards::Unit::seconds);
        QCOMPARE(readingOf(seconds, panel, {}, kNow).value, QStringLiteral("2 h 5 min"));
        Curve quiet = line("x", 0, 0);
        quiet.over_range.reset();
        quiet.covered_s = 60;
        reading = readingOf(curves(1, {quiet}), panel, {}, kNow);
        QVERIFY(reading.value.isEmpty());
        QCOMPARE(reading.state, State::NoData);
        QCOMPARE(reading.sub, QStringLiteral("No traffic in this range"));
        auto gap = curves(1, {line("x", 5, 2)});
        gap.lines[0].points.erase(gap.lines[0].points.begin() + 1, gap.lines[0].points.begin() + 3);
        const auto trend = trendOf(gap);
        QCOMPARE(trend.size(), qsizetype(5));
        QVERIFY(std::isnan(trend[1]) && std::isnan(trend[2]) && trend[3] == 2);
    }

    void everyUnitIsWritten() {
        for (int unit = 0; unit < 8; ++unit) {
            const QString text = formatterOf(dashboards::Unit(unit))(1'500);
            QVERIFY(!text.isEmpty());
            QCOMPARE(formatterOf(dashboards::Unit(unit))(qQNaN()), QStringLiteral("–"));
        }
        QCOMPARE(formatterOf(dashboards::Unit::per_minute)(30), QStringLiteral("30 /min"));
    }

    void thePageShowsABoardAndAsksOnlyForWhatIsInSight() {
        open();
        auto* shown = page();
        auto* tabs = shown->findChild<QTabBar*>();
        QTRY_COMPARE(tabs->count(), 2);
        QCOMPARE(tabs->tabText(0), QStringLiteral("On call"));
        QTRY_VERIFY(!shown->findChildren<widgets::TimeSeriesChart*>().isEmpty());
        auto* chart = shown->findChildren<widgets::TimeSeriesChart*>().first();
        QTRY_VERIFY_WITH_TIMEOUT(!chart->series().isEmpty() && !chart->series()[0].points.isEmpty(), 5'000);
        auto* tile = shown->findChildren<widgets::StatTile*>().first();
        QTRY_COMPARE_WITH_TIMEOUT(tile->reading().value, QStringLiteral("42"), 5'000);
        // The last panel lies below what the window shows.
        QVERIFY(opsd_->count("/api/v1/dashboards/on-call/panels/1/series") > 0);
        QCOMPARE(opsd_->count("/api/v1/dashboards/on-call/panels/11/series"), 0);
        // Equal points are not rendered again.
        const int before = chart->renderCount();
        const int asked = opsd_->count("/api/v1/dashboards/on-call/panels/1/series");
        QTRY_VERIFY_WITH_TIMEOUT(opsd_->count("/api/v1/dashboards/on-call/panels/1/series") > asked + 1,
                                 5'000);
        QVERIFY(chart->renderCount() <= before + 3);
        window().showPage("overview");
        QTest::qWait(200);
        const int left = opsd_->count("/api/v1/dashboards/on-call/panels/1/series");
        QTest::qWait(1'500);
        QCOMPARE(opsd_->count("/api/v1/dashboards/on-call/panels/1/series"), left);
    }

    void keysTurnDashboardsAndStretchTheRange() {
        open();
        auto* shown = page();
        auto* tabs = shown->findChild<QTabBar*>();
        QTRY_COMPARE(tabs->count(), 2);
        QTest::keyClick(tabs, Qt::Key_BracketRight);
        QTRY_COMPARE(session().selection().board(), QStringLiteral("mine"));
        QTRY_COMPARE(tabs->currentIndex(), 1);
        QTest::keyClick(tabs, Qt::Key_BracketRight);
        QTRY_COMPARE(session().selection().board(), QStringLiteral("on-call"));
        auto* ranges = shown->findChild<QComboBox*>();
        QCOMPARE(ranges->currentText(), QStringLiteral("Last 15 min"));
        QTest::keyClick(tabs, Qt::Key_Period);
        QCOMPARE(ranges->currentText(), QStringLiteral("Last 1 h"));
        for (int i = 0; i < 9; ++i) QTest::keyClick(tabs, Qt::Key_Comma);
        QCOMPARE(ranges->currentText(), QStringLiteral("Last 5 min"));
        for (const widgets::TimeSeriesChart* chart : shown->findChildren<widgets::TimeSeriesChart*>())
            QCOMPARE(chart->visibleRange().span(), 300'000.0);
    }

    void zoomingOneChartAsksForTheStretchThatAllShow() {
        open();
        auto* shown = page();
        QTRY_VERIFY(!shown->findChildren<widgets::TimeSeriesChart*>().isEmpty());
        const auto charts = shown->findChildren<widgets::TimeSeriesChart*>();
        QTRY_VERIFY_WITH_TIMEOUT(!charts[0]->series().isEmpty(), 5'000);
        charts[0]->setFocus();
        QTest::keyClick(charts[0], Qt::Key_Plus);
        QVERIFY(charts[1]->isZoomed());
        QCOMPARE(charts[1]->visibleRange(), charts[0]->visibleRange());
        const double span = charts[0]->visibleRange().span();
        const auto asked = [&] {
            const auto told = opsd_->last_span();
            return double((told.second - told.first).count());
        };
        QTRY_VERIFY_WITH_TIMEOUT(std::abs(asked() - span) < 2'000, 5'000);
        QTest::keyClick(charts[0], Qt::Key_0);
        QVERIFY(!charts[1]->isZoomed());
    }

    void aBrokenFileIsToldAboveTheLastGoodVersion() {
        open();
        auto* shown = page();
        session().actions().invoke("dashboards.open", {{"id", "mine"}});
        const auto told = [&] {
            for (const auto* notice : shown->findChildren<widgets::InlineNotice*>())
                if (notice->isVisible() && notice->notice().why.startsWith("mine.yaml:7:")) return true;
            return false;
        };
        QTRY_VERIFY(told());
        QTRY_VERIFY(!shown->findChildren<widgets::TimeSeriesChart*>().isEmpty());
        opsd_->dashboards_now["items"][1]["error"] = nullptr;
        opsd_->push("dashboard", "mine");
        QTRY_VERIFY(!told());
    }

    void aChartIsSavedUnderTheNameThatIsGiven() {
        open();
        auto* shown = page();
        QTRY_VERIFY(!shown->findChildren<widgets::TimeSeriesChart*>().isEmpty());
        auto* chart = shown->findChildren<widgets::TimeSeriesChart*>().first();
        QTRY_VERIFY_WITH_TIMEOUT(!chart->series().isEmpty() && !chart->series()[0].points.isEmpty(), 5'000);
        QTemporaryDir folder;
        const QString name = folder.filePath("numbers.csv");
        chart->requestExport(widgets::ChartFormat::Csv);
        auto* dialog = window().findChild<QFileDialog*>("chartFile");
        QVERIFY(dialog);
        emit dialog->fileSelected(name);
        dialog->close();
        QFile file(name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().startsWith("time,stable [per second],canary [per second]\n20"));
        // Of a file that cannot be written, the window tells.
        chart->requestExport(widgets::ChartFormat::Png);
        dialog = window().findChild<QFileDialog*>("chartFile");
        emit dialog->fileSelected("/nowhere/at/all.png");
        dialog->close();
        bool told = false;
        for (const auto* notice : window().findChildren<widgets::InlineNotice*>())
            told = told || notice->notice().what.contains("could not be saved");
        QVERIFY(told);
        chart->requestExport(std::nullopt);
        QVERIFY(!QGuiApplication::clipboard()->image().isNull());
    }

    void thePaletteKnowsDashboards() {
        open();
        page();
        bool found = false;
        for (const PaletteItem& item : paletteItems(window()))
            found = found || item.title == "Dashboard: On call";
        QVERIFY(found);
        QVERIFY(!session().actions().find("dashboards.open")->shortcut.isEmpty());
        QVERIFY(!session().actions().find("dashboard.next")->shortcut.isEmpty());
    }
};

QTEST_MAIN(TestDashboards)
#include "tst_dashboards.moc"
