#include "prometheus/source_state.hpp"

#include <QtTest>
#include <random>

using namespace qd;
using namespace qd::prometheus;
using namespace std::chrono_literals;

namespace {

/// Questions a second apart.
struct Questions {
    core::WallTime now{std::chrono::days(20'000)};
    SourceState state;

    Asked answer(std::chrono::milliseconds took = 100ms) {
        now += 1s;
        return {now, now + took, {}, {}, std::nullopt};
    }
    const SourceState& ask(const Asked& asked) { return state = advance(std::move(state), asked); }
    const SourceState& fails() {
        auto asked = answer();
        asked.error = "no route";
        return ask(asked);
    }
    const SourceState& warns() {
        auto asked = answer();
        asked.warnings = {"a store is down"};
        return ask(asked);
    }
    /// Its clock is ahead of ours by `ahead`; the Date header is cut to seconds.
    const SourceState& ticks(std::chrono::milliseconds ahead) {
        auto asked = answer();
        asked.peer_clock = std::chrono::floor<std::chrono::seconds>(asked.sent_at + 50ms + ahead);
        return ask(asked);
    }
};

}  // namespace

class TestSourceState : public QObject {
    Q_OBJECT

private slots:
    void itIsUnknownThenUp() {
        Questions q;
        QCOMPARE(q.state.health, SourceHealth::unknown);
        q.ask(q.answer());
        QCOMPARE(q.state.health, SourceHealth::up);
        QVERIFY(q.state.reasons.empty());
        QVERIFY(q.state.since == q.now + 100ms);
        q.ask(q.answer());
        QVERIFY(q.state.since == q.now - 1s + 100ms);
        QCOMPARE(q.state.took.count(), 0.1);
    }

    void neverHeardOfItIsLostAtOnceKnownItTakesThree() {
        Questions q;
        QCOMPARE(q.fails().health, SourceHealth::lost);
        QCOMPARE(q.state.reasons.at(0), std::string("no answer to the last 1 questions: no route"));
        q.ask(q.answer());
        QCOMPARE(q.state.health, SourceHealth::up);
        QCOMPARE(q.fails().health, SourceHealth::slow);
        QVERIFY(q.state.reasons.at(0).find("no route") != std::string::npos);
        QCOMPARE(q.fails().health, SourceHealth::slow);
        QCOMPARE(q.fails().health, SourceHealth::lost);
        QVERIFY(q.state.answered_at.has_value());
    }

    void slowTakesThreeEitherWay() {
        Questions q;
        for (int i = 0; i < 2; ++i) QCOMPARE(q.ask(q.answer(1'500ms)).health, SourceHealth::up);
        QCOMPARE(q.ask(q.answer(1'500ms)).health, SourceHealth::slow);
        QCOMPARE(q.state.reasons.at(0), std::string("its answers take 1.5 s, longer than 1 s"));
        for (int i = 0; i < 2; ++i) QCOMPARE(q.ask(q.answer()).health, SourceHealth::slow);
        QCOMPARE(q.ask(q.answer()).health, SourceHealth::up);
    }

    void aWarningMakesItPartialUntilThreeWholeAnswers() {
        Questions q;
        QCOMPARE(q.warns().health, SourceHealth::partial);
        QVERIFY(q.state.reasons.at(0).find("a store is down") != std::string::npos);
        for (int i = 0; i < 2; ++i) QCOMPARE(q.ask(q.answer()).health, SourceHealth::partial);
        QCOMPARE(q.ask(q.answer()).health, SourceHealth::up);
    }

    void aSkewIsToldInSeconds() {
        for (const auto& [ahead, said] :
             {std::pair(7'000ms, "s ahead of ours"), std::pair(-7'000ms, "s behind ours")}) {
            Questions q;
            QCOMPARE(q.ticks(ahead).health, SourceHealth::skewed);
            QVERIFY2(q.state.reasons.at(0).find(said) != std::string::npos, q.state.reasons.at(0).c_str());
            QVERIFY(std::abs(q.state.ahead->count() * 1000 - double(ahead.count())) <= 550);
            QCOMPARE(q.ticks(0ms).health, SourceHealth::up);
        }
    }

    /// A header of whole seconds and an answer of any length never tell of a skew that is not there, and
    /// always of one that is.
    void measuringDoesNotInventASkew() {
        std::mt19937_64 random(3);
        for (int round = 0; round < 20'000; ++round) {
            const core::WallTime sent(std::chrono::milliseconds(1'700'000'000'000 + random() % 100'000));
            const std::chrono::milliseconds way(random() % 3'000),
                took = way + std::chrono::milliseconds(random() % 3'000);
            const std::chrono::milliseconds ahead(std::int64_t(random() % 20'000) - 10'000);
            const auto state = advance(
                {},
                {sent, sent + took, {}, {}, std::chrono::floor<std::chrono::seconds>(sent + way + ahead)});
            if (std::chrono::abs(ahead) <= 2'000ms) QVERIFY(state.health != SourceHealth::skewed);
            if (std::chrono::abs(ahead) > 3'000ms + took) QVERIFY(state.health == SourceHealth::skewed);
        }
    }

    void theWorstCountsAndAllAreTold() {
        Questions q;
        for (int i = 0; i < 3; ++i) q.ask(q.answer(2s));
        q.warns();
        for (int i = 0; i < 3; ++i) q.fails();
        QCOMPARE(q.state.health, SourceHealth::lost);
        QCOMPARE(q.state.reasons.size(), std::size_t(3));
        QVERIFY(q.state.reasons[0].find("no answer") == 0);
    }
};

QTEST_GUILESS_MAIN(TestSourceState)
#include "tst_source_state.moc"
