// The curve a person sees must hold every peak, and time without data must never look like data.
#include <QTest>
#include <cmath>

#include "widgets/charts/axis_ticks.hpp"
#include "widgets/charts/decimate.hpp"

using namespace qd::widgets;

class DecimateTest : public QObject {
    Q_OBJECT
private slots:
    void keepsPeaksAndDips();
    void isBounded();
    void keepsFewPointsAsTheyAre();
    void breaksAtGapsAndNaN();
    void tellsGaps();
    void anEmptySeriesIsOneGap();
    void takesOneNeighbourOutside();
    void valueDoesNotReachAcrossAGap();
    void ticksAreRound();
    void ticksEndFarFromZero();
    void timeTicksStandOnWholeMinutes();
};

namespace {
QVector<QPointF> line(int count, double stepMs = 1000) {
    QVector<QPointF> points;
    for (int i = 0; i < count; ++i) points.append({i * stepMs, std::sin(i / 10.0)});
    return points;
}
}  // namespace

void DecimateTest::keepsPeaksAndDips() {
    QVector<QPointF> points = line(100'000);
    points[40'123].setY(99);
    points[71'777].setY(-99);
    const auto segments = decimate(points, {0, 1e8}, 800);
    QCOMPARE(segments.size(), 1);
    QVERIFY(segments[0].contains(points[40'123]));
    QVERIFY(segments[0].contains(points[71'777]));
}

void DecimateTest::isBounded() {
    const auto segments = decimate(line(100'000), {0, 1e8}, 500);
    QVERIFY(segments[0].size() <= 4 * 502);
    for (qsizetype i = 1; i < segments[0].size(); ++i) QVERIFY(segments[0][i - 1].x() <= segments[0][i].x());
}

void DecimateTest::keepsFewPointsAsTheyAre() {
    const QVector<QPointF> points = line(50);
    const auto segments = decimate(points, {0, 49'000}, 800);
    QCOMPARE(segments.size(), 1);
    QCOMPARE(segments[0], points);
}

void DecimateTest::breaksAtGapsAndNaN() {
    QVector<QPointF> points = line(30);
    points[10].setY(qQNaN());
    points.remove(20, 6);
    const auto segments = decimate(points, {0, 30'000}, 100, 3000);
    QCOMPARE(segments.size(), 3);
    QCOMPARE(segments[0].last().x(), 9000.0);
    QCOMPARE(segments[1].first().x(), 11'000.0);
    QCOMPARE(segments[1].last().x(), 19'000.0);
    QCOMPARE(segments[2].first().x(), 26'000.0);
}

void DecimateTest::tellsGaps() {
    QVector<QPointF> points = line(30);
    points.remove(10, 10);
    const auto gaps = gapsIn(points, {-20'000, 60'000}, 5000);
    QCOMPARE(gaps.size(), 3);
    QCOMPARE(gaps[0], (TimeRange{-20'000, 0}));
    QCOMPARE(gaps[1], (TimeRange{9000, 20'000}));
    QCOMPARE(gaps[2], (TimeRange{29'000, 60'000}));
}

void DecimateTest::anEmptySeriesIsOneGap() {
    QCOMPARE(gapsIn({}, {0, 1000}, 100), (QVector<TimeRange>{{0, 1000}}));
    QVERIFY(decimate({}, {0, 1000}, 100).isEmpty());
}

void DecimateTest::takesOneNeighbourOutside() {
    const auto segments = decimate(line(100), {20'500, 30'500}, 400);
    QCOMPARE(segments[0].first().x(), 20'000.0);
    QCOMPARE(segments[0].last().x(), 31'000.0);
}

void DecimateTest::valueDoesNotReachAcrossAGap() {
    const QVector<QPointF> points{{0, 1}, {1000, 2}, {60'000, 3}};
    QCOMPARE(valueAt(points, 1500, 5000), 2.0);
    QVERIFY(std::isnan(valueAt(points, 30'000, 5000)));
    QVERIFY(std::isnan(valueAt(points, -1, 5000)));
    QCOMPARE(valueAt(points, 1e9, 0), 3.0);
}

void DecimateTest::ticksAreRound() {
    const auto ticks = valueTicks(0, 0.97, 4, {});
    QCOMPARE(ticks.first().value, 0.0);
    QCOMPARE(ticks[1].value, 0.25);
    QVERIFY(ticks.size() <= 5);
    QVERIFY(valueTicks(1, 1, 4, {}).isEmpty());
}

void DecimateTest::ticksEndFarFromZero() {
    // Beyond 2^53 a double plus one is itself.
    QVERIFY(valueTicks(1e17, 1e17 + 64, 4, {}).size() <= 11);
    QVERIFY(valueTicks(-1e300, 1e300, 4, {}).size() <= 11);
}

void DecimateTest::timeTicksStandOnWholeMinutes() {
    const auto ticks = timeTicks({1'700'000'000'000.0 + 1234, 1'700'000'600'000.0 + 1234}, 800);
    QVERIFY(ticks.size() >= 4 && ticks.size() <= 9);
    for (const Tick& t : ticks) QCOMPARE(std::fmod(t.value, 60'000), 0.0);
}

QTEST_GUILESS_MAIN(DecimateTest)
#include "tst_decimate.moc"
