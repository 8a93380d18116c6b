#include <QTest>
#include <random>

#include "learning/distribution.hpp"

using namespace qd;
using namespace qd::learning;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

std::vector<Timed> halves(std::vector<int> earlier, std::vector<int> later) {
    std::vector<Timed> all;
    for (const int s : earlier) all.push_back({core::WallTime(0s), milliseconds(s * 1'000)});
    for (const int s : later) all.push_back({core::WallTime(20s), milliseconds(s * 1'000)});
    return all;
}

Trend trend_of(std::vector<int> earlier, std::vector<int> later) {
    return trend(halves(std::move(earlier), std::move(later)), core::WallTime(10s));
}

}  // namespace

class TestDistribution : public QObject {
    Q_OBJECT

private slots:
    void nothingHasNoDistribution() { QVERIFY(!distribution({})); }

    void quantilesAreValuesThatWereMeasured() {
        std::vector<milliseconds> values;
        for (int i = 10; i >= 1; --i) values.push_back(std::chrono::seconds(i));
        const auto spread = distribution(values);
        QCOMPARE(spread->count, std::size_t(10));
        QCOMPARE(spread->mean, milliseconds(5'500));
        QCOMPARE(spread->least, milliseconds(1s));
        QCOMPARE(spread->quarter, milliseconds(3s));
        QCOMPARE(spread->median, milliseconds(5s));
        QCOMPARE(spread->three_quarters, milliseconds(8s));
        QCOMPARE(spread->p90, milliseconds(9s));
        QCOMPARE(spread->most, milliseconds(10s));
        QCOMPARE(distribution({7s})->p90, milliseconds(7s));
    }

    void quantilesAreInOrderWhateverTheValues() {
        std::mt19937 random(7);
        for (int round = 0; round < 500; ++round) {
            std::vector<milliseconds> values(1 + random() % 60);
            for (auto& value : values) value = milliseconds(int(random() % 2'000) - 500);
            const auto spread = distribution(values);
            QVERIFY(spread->least <= spread->quarter && spread->quarter <= spread->median);
            QVERIFY(spread->median <= spread->three_quarters && spread->three_quarters <= spread->p90);
            QVERIFY(spread->p90 <= spread->most);
            QVERIFY(spread->least <= spread->mean && spread->mean <= spread->most);
        }
    }

    void sevenAreTooFewForATrend() {
        const Trend few = trend_of({1, 2, 3, 4, 5, 6, 7}, {100, 101, 102, 103, 104, 105, 106, 107, 108});
        QCOMPARE(few.direction, Direction::too_few);
        QCOMPARE(few.earlier, std::size_t(7));
        QVERIFY(!few.p_value);
    }

    void aClearChangeHasItsDirection() {
        const std::vector<int> low{1, 2, 3, 4, 5, 6, 7, 8}, high{11, 12, 13, 14, 15, 16, 17, 18};
        QCOMPARE(trend_of(low, high).direction, Direction::longer);
        QCOMPARE(trend_of(high, low).direction, Direction::shorter);
        // U = 0 of 8 and 8: z = (32 - 0.5) / sqrt(90.67) = 3.308
        QVERIFY(std::abs(*trend_of(low, high).p_value - 0.00094) < 0.00002);
    }

    void oneOutlierMakesNoTrend() {
        const Trend outlier = trend_of({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 90'000});
        QCOMPARE(outlier.direction, Direction::no_clear_change);
    }

    void allAlikeIsNoChange() {
        const Trend alike = trend_of(std::vector<int>(9, 60), std::vector<int>(9, 60));
        QCOMPARE(alike.direction, Direction::no_clear_change);
        QCOMPARE(*alike.p_value, 1.0);
    }
};

QTEST_APPLESS_MAIN(TestDistribution)
#include "tst_distribution.moc"
