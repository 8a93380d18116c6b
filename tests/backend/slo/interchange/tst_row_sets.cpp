#include <QtTest>

#include "slo/interchange/row_sets.hpp"

using namespace qd::slo;
using namespace qd::slo::interchange;

namespace {

constexpr std::int64_t day_s = 86'400;

QString windows(const std::vector<BurnRow>& rows) {
    QStringList texts;
    for (const BurnRow& row : rows)
        texts << QString("%1&%2x%3").arg(row.short_s).arg(row.long_s).arg(row.factor);
    return texts.join(' ');
}

}  // namespace

class TestRowSets : public QObject {
    Q_OBJECT

private slots:
    void theTablesOfTheReference() {
        QCOMPARE(windows(scaled_rows(RowSet::google, 30 * day_s, 0.999, {})),
                 "300&3600x14.4 1800&21600x6 7200&86400x3 21600&259200x1");
        QCOMPARE(windows(scaled_rows(RowSet::pyrra, 28 * day_s, 0.999, {})),
                 "300&3600x14 1800&21600x7 7200&86400x2 21600&345600x1");
        QCOMPARE(windows(scaled_rows(RowSet::pyrra, 30 * day_s, 0.999, {})),
                 "300&3840x14 1920&23160x7 7740&92580x2 23160&370260x1");
    }

    void whatNeverFiresIsLeftOut() {
        QCOMPARE(windows(scaled_rows(RowSet::google, 30 * day_s, 0.9, {})),
                 "1800&21600x6 7200&86400x3 21600&259200x1");
        QCOMPARE(windows(scaled_rows(RowSet::pyrra, 28 * day_s, 0.1, {})), "21600&345600x1");
    }

    void shortWindowsKeepTheirFloors() {
        // An hour at 30 days: 0.4 s & 5 s, 2.5 s & 30 s, 10 s & 120 s, 30 s & 360 s.
        const auto rows = scaled_rows(RowSet::google, 3'600, 0.999, {});
        QCOMPARE(windows(rows), "10&60x6 10&120x3 30&360x1");
        QCOMPARE(rows[0].severity, Severity::sev2);
        QCOMPARE(rows[2].severity, Severity::sev3);
        QCOMPARE(windows(scaled_rows(RowSet::google, 60, 0.999, {})), "10&60x1");
    }

    void everyWindowGivesRowsThatFit() {
        for (const RowSet set : {RowSet::google, RowSet::pyrra})
            for (std::int64_t window_s = 60; window_s <= 90 * day_s; window_s += 1 + window_s / 7)
                for (const double target : {0.01, 0.5, 0.9, 0.95, 0.995, 0.99999}) {
                    Objective objective;
                    objective.id = SloId("a");
                    objective.title = "A";
                    objective.indicator = RatioIndicator{{"g", {}}, {"t", {}}};
                    objective.target = target;
                    objective.window_s = window_s;
                    objective.rows = scaled_rows(set, window_s, target, objective.indicator);
                    const auto fits = check(objective);
                    QVERIFY2(fits.has_value(), fits ? "" : fits.error().message.c_str());
                    for (const BurnRow& row : objective.rows) {
                        QVERIFY(row.short_s >= 10);
                        QVERIFY(row.min_events > 1 && row.min_bad > 1);
                    }
                    QCOMPARE(objective.fastest_row(), objective.rows.front());
                }
    }

    void eventsOfTimeAreMilliseconds() {
        const auto rows = scaled_rows(RowSet::google, 3'600, 0.999, TimeIndicator{});
        QCOMPARE(rows[0].min_events, std::uint64_t(10'000));
        QCOMPARE(rows[0].min_bad, std::uint64_t(3'000));
    }
};

QTEST_GUILESS_MAIN(TestRowSets)
#include "tst_row_sets.moc"
