// A chart as a file: its numbers, and pictures that say what they are of.
#include <QClipboard>
#include <QMenu>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <cmath>

#include "tests/widgets/support.hpp"
#include "widgets/charts/chart_export.hpp"
#include "widgets/charts/time_series_chart.hpp"

using namespace qd::widgets;

namespace {

constexpr double t0 = 1'700'000'000'000.0;  // 2023-11-14T22:13:20Z

Series line(const QString& name, const QVector<QPointF>& points, Token tint = Token::Series1) {
    Series series;
    series.name = name;
    series.points = points;
    series.color = tint;
    return series;
}

/// Pixels of about this colour.
int ink(const QImage& image, const QRect& box, const QColor& tint) {
    int found = 0;
    for (int y = std::max(0, box.top()); y <= std::min(box.bottom(), image.height() - 1); ++y)
        for (int x = std::max(0, box.left()); x <= std::min(box.right(), image.width() - 1); ++x) {
            const QColor c = image.pixelColor(x, y);
            found += std::abs(c.red() - tint.red()) + std::abs(c.green() - tint.green()) +
                         std::abs(c.blue() - tint.blue()) <
                     60;
        }
    return found;
}

/// Takes what a chart asks for.
class Page : public QWidget {
public:
    QVector<std::optional<ChartFormat>> asked;

protected:
    bool event(QEvent* event) override {
        if (event->type() != ChartExportEvent::eventType()) return QWidget::event(event);
        asked << static_cast<ChartExportEvent*>(event)->format();
        event->accept();
        return true;
    }
};

}  // namespace

class ChartExportTest : public QObject {
    Q_OBJECT

    static void fill(TimeSeriesChart& chart) {
        chart.resize(600, 240);
        chart.setUnit(Unit::PerSecond);
        chart.setSource("rate(gateway_responses_total) by route");
        chart.setFixedRange(t0, t0 + 60'000);
        QVector<QPointF> points;
        // One neighbour far beyond each end, which a picture must not show.
        for (int i = -30; i <= 90; i += 3) points.append({t0 + i * 1'000.0, 5.0});
        chart.setSeries({line("stable", points)});
    }

private slots:
    void initTestCase() { useTheme(Mode::Light); }

    void numbersStandInColumnsWithEmptyGaps() {
        ChartContents contents;
        contents.unit = "seconds";
        contents.range = {t0, t0 + 10'000};
        contents.series = {
            line("p95", {{t0 - 1'000, 9}, {t0, 0.25}, {t0 + 2'000, qQNaN()}, {t0 + 3'000, 1e-7}}),
            line("say \"p99\", really", {{t0 + 500, 3}, {t0 + 3'000, 4}, {t0 + 11'000, 9}})};
        QCOMPARE(chartCsv(contents), QByteArray("time,p95 [seconds],\"say \"\"p99\"\", really [seconds]\"\n"
                                                "2023-11-14T22:13:20.000Z,0.25,\n"
                                                "2023-11-14T22:13:20.500Z,,3\n"
                                                "2023-11-14T22:13:23.000Z,1e-07,4\n"));
        contents.series.clear();
        QCOMPARE(chartCsv(contents), QByteArray("time\n"));
    }

    void aPictureIsTwiceAsFineAndSaysWhatItIsOf() {
        TimeSeriesChart chart("Requests by route");
        fill(chart);
        const QImage image = chartImage(chart, "Site http://127.0.0.1:1");
        QCOMPARE(image.devicePixelRatio(), 2.0);
        QVERIFY(image.width() >= 1'200 && image.height() > 2 * 240);
        QVERIFY(ink(image, image.rect(), color(Token::Series1)) > 500);
        QCOMPARE(image.pixelColor(2, 2), color(Token::Surface));
        // Below the chart stand unit, range and source.
        QVERIFY(ink(image, QRect(0, 2 * (240 + 16), image.width(), 200), color(Token::TextMuted)) > 100);
    }

    void aDrawingHoldsLinesAndWordsAndNothingBeyondThePlot() {
        TimeSeriesChart chart("Requests by route");
        fill(chart);
        const QByteArray svg = chartSvg(chart, "Site http://127.0.0.1:1");
        QSvgRenderer renderer(svg);
        QVERIFY(renderer.isValid());
        for (const char* word :
             {"Requests by route", "stable", "per second", "2023-11-14 22:13:20 to 2023-11-14 22:14:20 UTC",
              "rate(gateway_responses_total) by route", "Site http://127.0.0.1:1"})
            QVERIFY2(svg.contains(word), word);
        QImage image(renderer.viewBox().size() * 2, QImage::Format_ARGB32);  // a thin line is no mixture
        QPainter painter(&image);
        renderer.render(&painter);
        painter.end();
        const QRectF at = chart.plotArea().translated(16, 16);
        const QRect plot = QRectF(at.topLeft() * 2, at.size() * 2).toRect();
        QVERIFY(ink(image, plot, color(Token::Series1)) > 100);
        QCOMPARE(ink(image, QRect(0, plot.top(), plot.left() - 3, plot.height()), color(Token::Series1)), 0);
        QCOMPARE(ink(image, QRect(plot.right() + 4, plot.top(), 100, plot.height()), color(Token::Series1)),
                 0);
        QVERIFY(!svg.contains("<image"));
    }

    void savingLeavesTheChartAsItWas() {
        TimeSeriesChart chart("T");
        fill(chart);
        chart.setCrosshair(t0 + 30'000);
        const QImage before = chart.grab().toImage();
        (void)chartSvg(chart, {});
        (void)chartImage(chart, {});
        QCOMPARE(chart.crosshair(), t0 + 30'000);
        QCOMPARE(chart.grab().toImage(), before);
    }

    void filesAreNamedByTitleAndTime() {
        ChartContents contents;
        contents.title = QStringLiteral("Error ratio, by arm (5xx)");
        contents.range = {t0 - 60'000, t0};
        QCOMPARE(chartFileName(contents), QStringLiteral("error-ratio-by-arm-5xx-2023-11-14T2213Z"));
        contents.title = QStringLiteral("../..");
        QCOMPARE(chartFileName(contents), QStringLiteral("chart-2023-11-14T2213Z"));
    }

    void theMenuAndTheKeysAskThePage() {
        Page page;
        auto* between = new QWidget(&page);
        auto* chart = new TimeSeriesChart("T", between);
        fill(*chart);
        page.resize(700, 300);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(page.asked.size(), 1);
        QVERIFY(!page.asked[0]);
        QTest::keyClick(chart, Qt::Key_E, Qt::ControlModifier);
        auto* menu = chart->findChild<QMenu*>("chartMenu");
        QVERIFY(menu && menu->isVisible());
        QStringList words;
        for (QAction* action : menu->actions())
            if (!action->isSeparator()) words << action->text();
        QCOMPARE(words.size(), 4);
        menu->actions()[1]->trigger();
        menu->actions()[2]->trigger();
        QCOMPARE(page.asked.size(), 3);
        QVERIFY(page.asked[1] == ChartFormat::Svg && page.asked[2] == ChartFormat::Csv);
        menu->close();
        QTRY_VERIFY(!chart->findChild<QMenu*>("chartMenu"));
        QContextMenuEvent key(QContextMenuEvent::Keyboard, {10, 10}, chart->mapToGlobal(QPoint(10, 10)));
        QCoreApplication::sendEvent(chart, &key);
        QTRY_VERIFY(chart->findChild<QMenu*>("chartMenu"));
        chart->findChild<QMenu*>("chartMenu")->close();
    }

    void aBandIsDrawnAndCountsForTheAxis() {
        TimeSeriesChart chart("T");
        chart.resize(600, 240);
        chart.setFixedRange(t0, t0 + 60'000);
        Series series = line("x", {});
        for (int i = 0; i <= 60; i += 5) {
            series.points.append({t0 + i * 1'000.0, 5});
            series.low.append({t0 + i * 1'000.0, 1});
            series.high.append({t0 + i * 1'000.0, i == 30 ? 40.0 : 6.0});
        }
        chart.setGapAfter(20'000);
        chart.setSeries({series});
        const QImage with = chart.grab().toImage();
        const QRectF plot = chart.plotArea();
        // Halfway up to the peak there is the band's tint and no curve.
        const QColor tinted = with.pixelColor(int(plot.center().x()), int(plot.center().y()));
        series.low.clear();
        series.high.clear();
        chart.setSeries({series});
        chart.setYRange(0, 40);
        const QColor plain =
            chart.grab().toImage().pixelColor(int(plot.center().x()) + 1, int(plot.center().y()) + 3);
        QVERIFY(tinted != plain);
    }
};

QTEST_MAIN(ChartExportTest)
#include "tst_chart_export.moc"
