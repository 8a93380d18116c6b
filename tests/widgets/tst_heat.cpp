#include <QTest>

#include "support.hpp"
#include "widgets/charts/heat.hpp"
#include "widgets/charts/time_series_chart.hpp"

namespace qd::widgets {

class TestHeat : public QObject {
    Q_OBJECT

    static Heat sample() {
        Heat heat;
        heat.stepMs = 1000;
        heat.bounds = {0.01, 0.05, 0.1, 0.5, qInf()};
        heat.columns = {{0, {0, 5, 100, 0, 0}}, {1000, {0, 0, 80, 1, 0}}};
        return heat;
    }

private slots:
    void rows_without_anything_are_left_away() {
        const HeatRows rows = shownRows(sample(), qQNaN());
        QCOMPARE(rows.first, 0);  // one empty row below
        QCOMPARE(rows.last, 4);   // and one above
        Heat low = sample();
        low.columns[1].counts[3] = 0;
        QCOMPARE(shownRows(low, qQNaN()).last, 3);
    }
    void the_objectives_bucket_is_always_in_sight() {
        Heat fast = sample();
        fast.columns = {{0, {7, 0, 0, 0, 0}}};
        QCOMPARE(shownRows(fast, qQNaN()).last, 1);
        QCOMPARE(shownRows(fast, 0.1).last, 3);
    }
    void nothing_is_not_faintly_something() {
        QCOMPARE(intensity(0, 100), 0.0);
        QVERIFY(intensity(1, 100'000) > 0.15);
        QVERIFY(intensity(1, 100'000) < intensity(1'000, 100'000));
        QCOMPARE(intensity(100, 100), 1.0);
    }
    void a_single_slow_request_is_seen() {
        TimeSeriesChart chart(QStringLiteral("Response time"));
        chart.resize(400, 160);
        chart.setFixedRange(0, 2000);
        chart.setHeatThreshold(0.1, QStringLiteral("within 100 ms"));
        Heat heat = sample();
        heat.columns[1].counts[3] = 0;
        chart.setHeat(heat);
        const QImage without = chart.grab().toImage();
        chart.setHeat(sample());
        QVERIFY(chart.grab().toImage() != without);
        chart.setHeat({});
        QVERIFY(chart.grab().toImage() != without);
    }
};

}  // namespace qd::widgets

QTEST_MAIN(qd::widgets::TestHeat)
#include "tst_heat.moc"
