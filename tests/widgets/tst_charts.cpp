#include <QSignalSpy>
#include <QVBoxLayout>
#include <cmath>

#include "tests/widgets/support.hpp"
#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/sparkline.hpp"
#include "widgets/charts/time_series_chart.hpp"

using namespace qd::widgets;

class ChartsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useTheme(); }
    void gapsStayGapsOnScreen();
    void aPeakIsSeen();
    void hiddenChartsRenderNothing();
    void hoveringDoesNotRenderAgain();
    void liveFollowsTheClock();
    void appendKeepsOrderAndForgets();
    void zoomsAndComesBack();
    void keysMoveTheCrosshair();
    void groupSharesRangeAndCrosshair();
    void groupAlignsPlots();
    void survivesAChartThatGoes();
    void markIsAButton();
    void wheelScrollsThePageUnlessMeant();
    void isReadOut();
    void themeSwitchRendersAgain();
    void emptyIsSaidInWords();
    void sparklineBreaksAtNaN();
};

namespace {
constexpr double t0 = 1'700'000'000'000.0;

QVector<QPointF> flat(int count, double value, double fromMs = t0) {
    QVector<QPointF> points;
    for (int i = 0; i < count; ++i) points.append({fromMs + i * 1000.0, value});
    return points;
}

// Pixels of about the series' colour in one column of the plot.
int inkIn(const QImage& image, const QRectF& plot, double x, const QColor& tint, int tolerance = 90) {
    int found = 0;
    for (int y = int(plot.top()); y < int(plot.bottom()); ++y) {
        const QColor c = image.pixelColor(int(x), y);
        const int away = std::abs(c.red() - tint.red()) + std::abs(c.green() - tint.green()) +
                         std::abs(c.blue() - tint.blue());
        found += away < tolerance;
    }
    return found;
}

struct Shown {
    TimeSeriesChart chart{"Latency"};
    Shown() {
        chart.resize(600, 240);
        chart.setFixedRange(t0, t0 + 100'000);
        chart.setYRange(0, 10);
    }
    QImage image() { return chart.grab().toImage(); }
    double x(double second) const {
        return chart.plotArea().left() + second / 100 * chart.plotArea().width();
    }
};
}  // namespace

void ChartsTest::gapsStayGapsOnScreen() {
    Shown s;
    QVector<QPointF> points = flat(101, 5);
    points.remove(40, 20);
    s.chart.setSeries({{"a", "A", Token::Series1, points}});
    const QImage image = s.image();
    const QRectF plot = s.chart.plotArea();
    const QColor tint = color(Token::Series1);
    QVERIFY(inkIn(image, plot, s.x(20.5), tint) > 0);
    QCOMPARE(inkIn(image, plot, s.x(47.5), tint), 0);  // neither joined nor drawn as zero
    QVERIFY(inkIn(image, plot, s.x(80.5), tint) > 0);
}

void ChartsTest::aPeakIsSeen() {
    Shown s;
    QVector<QPointF> points;
    for (int i = 0; i <= 100'000; ++i) points.append({t0 + i, 1});
    points[50'000].setY(9);
    s.chart.setSeries({{"a", "A", Token::Series1, points}});
    const QImage image = s.image();
    const QRectF plot = s.chart.plotArea();
    const QRectF upper(plot.left(), plot.top(), plot.width(), plot.height() / 2);
    int ink = 0;
    for (int dx = -2; dx <= 2; ++dx) ink += inkIn(image, upper, s.x(50) + dx, color(Token::Series1));
    QVERIFY(ink > 10);
}

void ChartsTest::hiddenChartsRenderNothing() {
    Shown s;
    s.chart.setSeries({{"a", "A", Token::Series1, flat(100, 5)}});
    for (int i = 0; i < 10; ++i) s.chart.setPoints("a", flat(100, i));
    QCoreApplication::processEvents();
    QCOMPARE(s.chart.renderCount(), 0);
}

void ChartsTest::hoveringDoesNotRenderAgain() {
    Shown s;
    s.chart.setSeries({{"a", "A", Token::Series1, flat(100, 5)}});
    s.chart.show();
    s.image();
    const int before = s.chart.renderCount();
    for (int i = 0; i < 5; ++i) {
        s.chart.setCrosshair(t0 + i * 1000);
        s.image();
    }
    QCOMPARE(s.chart.renderCount(), before);
    s.chart.setPoints("a", flat(100, 6));
    s.image();
    QCOMPARE(s.chart.renderCount(), before + 1);
}

void ChartsTest::liveFollowsTheClock() {
    TestClock clock;
    TimeSeriesChart chart;
    chart.resize(600, 200);
    chart.setClock(clock.now());
    chart.setLive(60'000);
    const TimeRange first = chart.visibleRange();
    QVERIFY(first.toMs >= double(clock.ms) && first.toMs < double(clock.ms) + 1001);
    QCOMPARE(first.span(), 60'000.0);
    clock.ms += 5000;
    QCOMPARE(chart.visibleRange().toMs, first.toMs + 5000);
    chart.zoomTo({t0, t0 + 10'000});
    clock.ms += 5000;
    QVERIFY(!chart.isLive());
    QCOMPARE(chart.visibleRange(), (TimeRange{t0, t0 + 10'000}));
    chart.resetZoom();
    QVERIFY(chart.isLive());
}

void ChartsTest::appendKeepsOrderAndForgets() {
    TimeSeriesChart chart;
    chart.setLive(600'000);
    chart.setSeries({{"a", "A", Token::Series1, {}}});
    for (int i = 0; i < 5000; ++i) chart.appendPoint("a", t0 + i * 1000, i);
    chart.appendPoint("a", t0, -1);  // late: dropped
    chart.appendPoint("unknown", t0, 1);
    const auto& points = chart.series()[0].points;
    QVERIFY(points.size() < 1200);
    QVERIFY(points.size() >= 600);
    QCOMPARE(points.last().y(), 4999.0);
}

void ChartsTest::zoomsAndComesBack() {
    Shown s;
    QSignalSpy zoomed(&s.chart, &TimeSeriesChart::rangeZoomed);
    QSignalSpy reset(&s.chart, &TimeSeriesChart::zoomReset);
    s.image();
    QTest::keyClick(&s.chart, Qt::Key_Plus);
    QCOMPARE(zoomed.count(), 1);
    QVERIFY(s.chart.visibleRange().span() < 100'000);
    QTest::mouseDClick(&s.chart, Qt::LeftButton, {}, QPoint(300, 120));
    QCOMPARE(reset.count(), 1);
    QCOMPARE(s.chart.visibleRange(), (TimeRange{t0, t0 + 100'000}));
}

void ChartsTest::keysMoveTheCrosshair() {
    Shown s;
    s.chart.setSeries({{"a", "A", Token::Series1, flat(101, 5)}});
    s.image();
    QSignalSpy spy(&s.chart, &TimeSeriesChart::crosshairMoved);
    QTest::keyClick(&s.chart, Qt::Key_Home);
    QCOMPARE(s.chart.crosshair(), t0);
    QTest::keyClick(&s.chart, Qt::Key_Right);
    QCOMPARE(s.chart.crosshair(), t0 + 1000);
    QTest::keyClick(&s.chart, Qt::Key_Right);
    QTest::keyClick(&s.chart, Qt::Key_Left);
    QCOMPARE(s.chart.crosshair(), t0 + 1000);
    QTest::keyClick(&s.chart, Qt::Key_Escape);
    QVERIFY(std::isnan(s.chart.crosshair()));
    QCOMPARE(spy.count(), 5);
}

void ChartsTest::groupSharesRangeAndCrosshair() {
    Shown a, b;
    ChartGroup group;
    group.add(&a.chart);
    group.add(&b.chart);
    a.image();
    QTest::keyClick(&a.chart, Qt::Key_Plus);
    QCOMPARE(b.chart.visibleRange(), a.chart.visibleRange());
    QTest::keyClick(&a.chart, Qt::Key_End);
    QCOMPARE(b.chart.crosshair(), a.chart.crosshair());
    QTest::keyClick(&b.chart, Qt::Key_0);
    QVERIFY(!a.chart.isZoomed());
}

void ChartsTest::groupAlignsPlots() {
    Shown a, b;
    b.chart.setUnit(Unit::BitsPerSecond);
    b.chart.setYRange(0, 2.5e6);
    ChartGroup group;
    group.add(&a.chart);
    group.add(&b.chart);
    a.image();
    b.image();
    QCOMPARE(a.chart.plotArea().left(), b.chart.plotArea().left());
    QCOMPARE(a.chart.plotArea().right(), b.chart.plotArea().right());
}

void ChartsTest::survivesAChartThatGoes() {
    Shown a;
    ChartGroup group;
    group.add(&a.chart);
    {
        Shown b;
        group.add(&b.chart);
    }
    QCOMPARE(group.charts().size(), 1);
    group.setCrosshair(t0);
    QCOMPARE(a.chart.crosshair(), t0);
}

void ChartsTest::markIsAButton() {
    Shown s;
    s.chart.setMarks({{t0 + 50'000, MarkKind::Incident, "Incident 7", "incident/7"}});
    s.image();
    QSignalSpy spy(&s.chart, &TimeSeriesChart::markActivated);
    const QRectF plot = s.chart.plotArea();
    QTest::mouseClick(&s.chart, Qt::LeftButton, {}, QPoint(int(s.x(50)), int(plot.top()) - 8));
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toString(), "incident/7");
    QTest::mouseClick(&s.chart, Qt::LeftButton, {}, QPoint(int(s.x(20)), int(plot.top()) - 8));
    QCOMPARE(spy.count(), 1);
}

void ChartsTest::wheelScrollsThePageUnlessMeant() {
    Shown s;
    s.image();
    const auto wheel = [&](Qt::KeyboardModifiers keys) {
        QWheelEvent event(QPointF(300, 120), QPointF(300, 120), {}, QPoint(0, 120), Qt::NoButton, keys,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&s.chart, &event);
        return event.isAccepted();
    };
    QVERIFY(!wheel(Qt::NoModifier));
    QVERIFY(!s.chart.isZoomed());
    QVERIFY(wheel(Qt::ControlModifier));
    QVERIFY(s.chart.isZoomed());
}

void ChartsTest::isReadOut() {
    Shown s;
    s.chart.setUnit(Unit::Seconds);
    s.chart.setSeries({{"a", "p95", Token::Series1, flat(100, 0.042)}, {"b", "p99", Token::Series2, {}}});
    s.chart.setThresholds({{0.1, "Objective 100 ms"}});
    const QString text = QAccessible::queryAccessibleInterface(&s.chart)->text(QAccessible::Description);
    QVERIFY(text.contains("p95: 42 ms"));
    QVERIFY(text.contains("p99: no data"));
    QVERIFY(text.contains("Objective 100 ms"));
}

void ChartsTest::themeSwitchRendersAgain() {
    Shown s;
    s.chart.setSeries({{"a", "A", Token::Series1, flat(101, 5)}});
    const QImage dark = s.image();
    useTheme(Mode::Light);
    QVERIFY(s.image() != dark);
    useTheme(Mode::Dark);
    QCOMPARE(s.image(), dark);
}

void ChartsTest::emptyIsSaidInWords() {
    Shown s;
    s.chart.setEmptyText("No traffic yet");
    const QImage first = s.image();
    s.chart.setEmptyText("Unreachable");
    QVERIFY(s.image() != first);
}

void ChartsTest::sparklineBreaksAtNaN() {
    Sparkline line;
    line.resize(100, 20);
    line.setValues({1, 1, 1, qQNaN(), qQNaN(), 1, 1, 1, 1});
    line.setRange(0, 2);
    const QImage image = line.grab().toImage();
    const QRectF all(0, 0, 100, 20);
    QVERIFY(inkIn(image, all, 10, color(Token::Accent), 150) > 0);
    QCOMPARE(inkIn(image, all, 43, color(Token::Accent), 150), 0);
}

QTEST_MAIN(ChartsTest)
#include "tst_charts.moc"
