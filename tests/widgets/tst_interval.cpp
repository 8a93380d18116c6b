#include <QAccessible>
#include <QSignalSpy>

#include "tests/widgets/support.hpp"
#include "widgets/charts/interval_plot.hpp"
#include "widgets/theme/tokens.hpp"

using namespace qd::widgets;

namespace {

IntervalReading reading(double estimate, double low, double high) {
    IntervalReading one;
    one.estimate = estimate;
    one.low = low;
    one.high = high;
    one.limit = 0.5;
    one.state = State::Bad;
    one.word = QStringLiteral("Canary is worse");
    return one;
}

}  // namespace

class IntervalTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useTheme(); }
    void it_is_read_out_with_its_word_its_ends_and_what_is_borne() {
        IntervalPlot plot;
        plot.setFormatter([](double value) { return QStringLiteral("%1 points").arg(value); });
        plot.setReading(reading(3, 2, 4));
        QCOMPARE(plot.spokenText(),
                 QStringLiteral(
                     "Canary is worse: 3 points, between 2 points and 4 points; all of it above zero; up "
                     "to 0.5 points is borne"));
        QCOMPARE(plot.toolTip(), plot.spokenText());
        plot.setReading(reading(0.1, -1, 2));
        QVERIFY(plot.spokenText().contains("zero is within it"));
        plot.setReading(reading(-2, -3, -1));
        QVERIFY(plot.spokenText().contains("all of it below zero"));
        QAccessibleInterface* told = QAccessible::queryAccessibleInterface(&plot);
        QVERIFY(told);
        QCOMPARE(told->role(), QAccessible::Chart);
    }
    void what_is_not_known_is_words_and_no_zero() {
        IntervalPlot plot;
        plot.setEmptyText(QStringLiteral("Not enough data to compare"));
        QVERIFY(!plot.reading().isKnown());
        QCOMPARE(plot.spokenText(), QStringLiteral("Not enough data to compare"));
        for (const double broken : {qQNaN(), qInf()}) {
            plot.setReading(reading(broken, 1, 2));
            QCOMPARE(plot.spokenText(), QStringLiteral("Not enough data to compare"));
        }
        plot.setReading(reading(1, 2, 0));  // ends the wrong way round
        QVERIFY(!plot.reading().isKnown());
    }
    void a_state_is_told_by_its_shape_too() {
        IntervalPlot plot;
        plot.resize(plot.sizeHint());
        plot.setReading(reading(0, -1, 1));
        const auto shape = [&](State state) {
            auto one = plot.reading();
            one.state = state;
            plot.setReading(one);
            // Without colours.
            return plot.grab().toImage().convertToFormat(QImage::Format_Mono, Qt::ThresholdDither);
        };
        QVERIFY(shape(State::Bad) != shape(State::Good));
        QVERIFY(shape(State::Warn) != shape(State::Good));
    }
    void extremes_are_painted_within_its_bounds() {
        IntervalPlot plot;
        plot.resize(plot.minimumSizeHint());
        for (const auto& one :
             {reading(0, 0, 0), reading(1e300, -1e300, 1e300), reading(1e-300, 0, 1e-300)}) {
            plot.setReading(one);
            QVERIFY(!plot.grab().isNull());
        }
        auto unlimited = reading(1, 0, 2);
        unlimited.limit = qQNaN();
        plot.setReading(unlimited);
        QVERIFY(!plot.spokenText().contains("borne"));
        QVERIFY(!plot.grab().isNull());
    }
};

QTEST_MAIN(IntervalTest)
#include "tst_interval.moc"
