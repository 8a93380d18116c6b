#include <QtTest>

#include "core/random.hpp"
#include "slo/error_budget.hpp"
#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::slo;
using test::window;

class TestErrorBudget : public QObject {
    Q_OBJECT

private slots:
    void countsKnowWhatTheyDoNotKnow() {
        QVERIFY(!Counts{}.good_ratio() && !Counts{}.error_ratio());
        QCOMPARE(*(Counts{990, 1000}.error_ratio()), 0.01);
        QCOMPARE((Counts{7, 5}.bad()), std::uint64_t(0));  // never negative, whatever was fed
        QCOMPARE(*(Counts{7, 5}.good_ratio()), 1.0);
    }

    void anUntouchedBudgetIsWhole() {
        const ErrorBudget budget = error_budget(0.995, window(3600, 0, 10'000), window(10, 0, 100));
        QCOMPARE(*budget.remaining, 1.0);
        QVERIFY(std::abs(budget.allowed - 50) < 1e-9);
        QVERIFY(!budget.exhausted && !budget.exhausted_in_s);
    }

    void withoutEventsNothingIsKnown() {
        const ErrorBudget budget = error_budget(0.995, window(3600, 0, 0), window(10, 0, 0));
        QVERIFY(!budget.remaining && !budget.exhausted && !budget.exhausted_in_s);
    }

    void exactlySpentIsExhausted() {
        const ErrorBudget budget = error_budget(0.995, window(3600, 50, 10'000), window(10, 0, 100));
        QVERIFY(budget.exhausted);
        QVERIFY(std::abs(*budget.remaining) < 1e-9);
        QCOMPARE(*budget.exhausted_in_s, 0.0);
    }

    void overspentIsNegative() {
        const ErrorBudget budget = error_budget(0.995, window(3600, 100, 10'000), window(10, 0, 100));
        QVERIFY(std::abs(*budget.remaining + 1) < 1e-9);
    }

    void theEndOfAFullWindowFollowsFromTheBadRate() {
        // 50 allowed, 10 spent, 2 a second: 20 s.
        const ErrorBudget budget = error_budget(0.995, window(3600, 10, 10'000), window(10, 20, 100));
        QVERIFY(std::abs(*budget.exhausted_in_s - 20) < 1e-9);
    }

    void aFillingWindowEarnsBudgetMeanwhile() {
        WindowReading young = window(3600, 10, 10'000);
        young.covered_s = 600;
        // 40 left, 2 bad a second less 0.5 % of 100 a second earned: 40 / 1.5.
        const ErrorBudget budget = error_budget(0.995, young, window(10, 20, 1000));
        QVERIFY(std::abs(*budget.exhausted_in_s - 40 / 1.5) < 1e-9);
    }

    void onceFullItEarnsNoMore() {
        WindowReading nearly = window(3600, 10, 10'000);
        nearly.covered_s = 3590;
        // 10 s at 1.5 a second leave 25, which last 12.5 s at 2 a second.
        const ErrorBudget budget = error_budget(0.995, nearly, window(10, 20, 1000));
        QVERIFY(std::abs(*budget.exhausted_in_s - 22.5) < 1e-9);
    }

    void atTheObjectivesOwnRateItNeverEnds() {
        QVERIFY(!error_budget(0.995, window(3600, 10, 10'000), window(10, 5, 1000)).exhausted_in_s);
        QVERIFY(error_budget(0.995, window(3600, 10, 10'000), window(10, 6, 1000)).exhausted_in_s);
    }

    void moreBadEventsNeverLeaveMoreBudget() {
        core::SeededRandom random(1);
        for (int i = 0; i < 20'000; ++i) {
            const double target = 0.9 + random.uniform() * 0.0999;
            const std::uint64_t total = 1 + random.below(1'000'000);
            const std::uint64_t bad = random.below(total);
            const auto recent = window(10, random.below(10), 100);
            const auto less = error_budget(target, window(3600, bad, total), recent);
            const auto more = error_budget(target, window(3600, bad + 1, total), recent);
            QVERIFY(*more.remaining < *less.remaining);
            QVERIFY(more.exhausted || !less.exhausted);
            if (less.exhausted_in_s)
                QVERIFY(more.exhausted_in_s && *more.exhausted_in_s <= *less.exhausted_in_s);
            QVERIFY(*less.remaining <= 1);
        }
    }

    void splittingAWindowAddsUp() {
        core::SeededRandom random(2);
        for (int i = 0; i < 10'000; ++i) {
            const auto a =
                window(std::int64_t(1 + random.below(100)), random.below(50), 50 + random.below(1000));
            const auto b =
                window(std::int64_t(1 + random.below(100)), random.below(50), 50 + random.below(1000));
            const auto whole = join(a, b);
            QCOMPARE(whole.counts.bad(), a.counts.bad() + b.counts.bad());
            QCOMPARE(whole.window_s, a.window_s + b.window_s);
            const double target = 0.99;
            const auto budget = error_budget(target, whole, a);
            const double parts = error_budget(target, a, a).allowed + error_budget(target, b, a).allowed;
            QVERIFY(std::abs(budget.allowed - parts) < 1e-6);
            QCOMPARE(budget.spent, error_budget(target, a, a).spent + error_budget(target, b, a).spent);
            // The whole's ratio lies between those of its parts: it is weighted by events.
            const double low = std::min(*a.counts.error_ratio(), *b.counts.error_ratio());
            const double high = std::max(*a.counts.error_ratio(), *b.counts.error_ratio());
            QVERIFY(*whole.counts.error_ratio() >= low - 1e-12 &&
                    *whole.counts.error_ratio() <= high + 1e-12);
        }
    }

    void theForetoldEndIsThatOfASimulation() {
        // Second after second at the present rates; old bad events stay, and a full window holds as many
        // events as before.
        core::SeededRandom random(4);
        int told = 0, never = 0;
        for (int i = 0; i < 1'000; ++i) {
            const double target = 0.95 + random.uniform() * 0.049;
            WindowReading at = window(600, 0, 1 + random.below(20'000));
            at.covered_s = 1 + std::int64_t(random.below(600));
            at.counts.good -= std::min<std::uint64_t>(at.counts.total, random.below(200));
            const WindowReading recent = window(10, random.below(40), 500);
            const bool calendar = i % 2 == 0;
            const std::int64_t resets_in_s = std::int64_t(random.below(1000));
            const auto budget = error_budget(
                target, at, recent, calendar ? std::optional<std::int64_t>(resets_in_s) : std::nullopt);

            double allowed = (1 - target) * double(at.counts.total), spent = double(at.counts.bad());
            double simulated = -1;
            const std::int64_t filling_s = calendar ? resets_in_s : at.window_s - at.covered_s;
            for (std::int64_t second = 0; second < 50'000 && simulated < 0; ++second) {
                if (spent > 0 && spent >= allowed - 1e-9) simulated = double(second);
                if (calendar && second >= resets_in_s && simulated < 0) break;
                if (second < filling_s) allowed += (1 - target) * recent.total_rate();
                spent += recent.bad_rate();
                if (recent.bad_rate() <= (1 - target) * recent.total_rate() && simulated < 0) break;
            }
            if (budget.exhausted_in_s) {
                ++told;
                QVERIFY2(simulated >= 0 && std::abs(simulated - *budget.exhausted_in_s) <= 1.01,
                         qPrintable(QString("%1: told %2 s, simulated %3 s")
                                        .arg(i)
                                        .arg(*budget.exhausted_in_s)
                                        .arg(simulated)));
            } else {
                ++never;
                // The last second before the window begins anew may still be reached by whole steps.
                QVERIFY(simulated < 0 || (calendar && simulated >= double(resets_in_s) - 1));
            }
        }
        QVERIFY(told > 200 && never > 100);
    }

    void theForetoldEndComesTrue() {
        core::SeededRandom random(3);
        for (int i = 0; i < 2'000; ++i) {
            const double target = 0.99;
            WindowReading at = window(1000, random.below(20), 10'000);
            at.covered_s = std::int64_t(random.below(1000)) + 1;
            const WindowReading recent = window(10, 10 + random.below(100), 1000);
            const auto budget = error_budget(target, at, recent);
            if (!budget.exhausted_in_s || budget.exhausted) continue;
            // Play the model forward.
            const double t = *budget.exhausted_in_s, filling = double(at.window_s - at.covered_s);
            const double allowed = budget.allowed + (1 - target) * recent.total_rate() * std::min(t, filling);
            const double spent = double(budget.spent) + recent.bad_rate() * t;
            QVERIFY2(std::abs(allowed - spent) < 1e-6, qPrintable(QString::number(allowed - spent)));
        }
    }
};

QTEST_GUILESS_MAIN(TestErrorBudget)
#include "tst_error_budget.moc"
