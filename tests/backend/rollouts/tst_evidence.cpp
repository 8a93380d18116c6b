#include <QTest>

#include "rollouts/engine/evidence.hpp"

using namespace qd;
using namespace qd::rollouts;
using namespace std::chrono_literals;

namespace {

const core::WallTime begin{std::chrono::hours(480'000)};

/// One request a second to each arm, kept for two hours.
ArmWindow counted(const Evidence::Span& span, core::WallTime now) {
    const auto from = std::max<core::WallTime>(span.from, now - 2h);
    const auto s = std::uint64_t(std::max<std::int64_t>(
        0, std::chrono::duration_cast<std::chrono::seconds>(span.to - from).count()));
    return {{s, 0, s, 0}, {s, 0, s, 0}, ArmCounts{s, 0, s, 0}, double(s)};
}

/// Looks as the engine does.
void look(Evidence& evidence, core::WallTime now) {
    for (const auto& span : evidence.wanted(now)) {
        const ArmWindow counts = counted(span, now);
        evidence.take(span, counts.covered_s > 0 ? std::optional(counts) : std::nullopt, now);
    }
}

std::vector<std::uint64_t> requests(const Evidence& evidence) {
    std::vector<std::uint64_t> all;
    for (const Stratum& stratum : evidence.strata()) all.push_back(stratum.canary.counts.requests);
    return all;
}

}  // namespace

class TestEvidence : public QObject {
    Q_OBJECT

private slots:
    void eachSplitIsAStratumOfItsOwn() {
        Evidence evidence;
        evidence.split_changed(begin, false);
        QVERIFY(evidence.wanted(begin + 5s).empty());
        evidence.split_changed(begin + 10s, true);
        look(evidence, begin + 20s);
        QCOMPARE(requests(evidence), (std::vector<std::uint64_t>{10}));
        evidence.split_changed(begin + 30s, true);
        look(evidence, begin + 70s);
        QCOMPARE(requests(evidence), (std::vector<std::uint64_t>{20, 40}));
        // Counted for good: only the present one is asked for.
        QCOMPARE(evidence.wanted(begin + 71s).size(), std::size_t(1));
        QCOMPARE(evidence.wanted(begin + 71s)[0].from, begin + 30s);
        QCOMPARE(evidence.strata()[0].baseline->counts.requests, std::uint64_t(20));
        QCOMPARE(evidence.covered_s(), 60.0);
    }

    void whatHasJustEndedIsCountedAgainUntilAllHasComeIn() {
        Evidence evidence;
        evidence.split_changed(begin, true);
        evidence.split_changed(begin + 10s, true);
        look(evidence, begin + 11s);
        QCOMPARE(evidence.wanted(begin + 12s).size(), std::size_t(2));
        look(evidence, begin + 14s);
        QCOMPARE(evidence.wanted(begin + 15s).size(), std::size_t(1));
    }

    void aLongPauseOutlastsWhatTheMetricsKeep() {
        Evidence evidence;
        evidence.split_changed(begin, true);
        for (auto at = 0s; at <= 24h; at += 10s) look(evidence, begin + at);
        std::uint64_t sum = 0;
        for (const auto each : requests(evidence)) sum += each;
        QCOMPARE(sum, std::uint64_t(24 * 3600));
        QVERIFY(requests(evidence).size() <= 2);  // what is settled, and what goes on
    }

    void afterARestartItIsWhatIsStillKept() {
        Evidence evidence;
        evidence.split_changed(begin, true);
        evidence.split_changed(begin + 1h, true);
        evidence.split_changed(begin + 150min, true);
        look(evidence, begin + 3h);
        QCOMPARE(requests(evidence), (std::vector<std::uint64_t>{90 * 60, 30 * 60}));
    }

    void theNumberOfStrataIsBounded() {
        Evidence evidence;
        for (int i = 0; i < 500; ++i) {
            evidence.split_changed(begin + i * 10s, true);
            look(evidence, begin + i * 10s + 5s);
        }
        QVERIFY(evidence.strata().size() <= Evidence::most_strata + 2);
        std::uint64_t sum = 0;
        for (const auto each : requests(evidence)) sum += each;
        QCOMPARE(sum, std::uint64_t(4'995));
    }

    void timesMoveWithTheClock() {
        Evidence evidence;
        evidence.split_changed(begin, true);
        evidence.shift(1h);
        QCOMPARE(evidence.wanted(begin + 1h + 7s)[0].from, begin + 1h);
    }
};

QTEST_GUILESS_MAIN(TestEvidence)
#include "tst_evidence.moc"
