#include <QTest>

#include "incidents/engine/suspects.hpp"
#include "incidents/severity_advice.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace qd::incidents;
using namespace std::chrono_literals;

namespace {

MachineNote change(EventKind kind, const std::string& subject, core::WallTime at,
                   const std::string& service = {}) {
    MachineNote note;
    note.kind = kind;
    note.subject = subject;
    note.phase = "changed";
    note.text = subject + " was changed.";
    note.at = at;
    note.service = service;
    return note;
}

}  // namespace

class TestSuspects : public QObject {
    Q_OBJECT

private slots:
    void theMostSuspiciousStandsFirstAndSaysWhy() {
        test::FakeClock clock;
        RecentChanges recent(10min);
        recent.remember(change(EventKind::deploy, "users v7", clock.now(), "users"));
        clock.advance(20min);
        recent.remember(change(EventKind::flag, "new-player", clock.now()));
        MachineNote canary = change(EventKind::rollout, "RO-1", clock.now(), "gateway");
        recent.remember(canary);
        clock.advance(30s);
        canary.phase = "verdict";
        canary.observation = "canary 12 %, stable 0 %.";
        canary.worse = true;
        canary.at = clock.now();
        recent.remember(canary);
        clock.advance(30s);
        const auto suspects = recent.suspects(clock.now(), "gateway");
        QCOMPARE(suspects.size(), std::size_t(3));
        QCOMPARE(suspects[0].subject, std::string("RO-1"));
        QCOMPARE(suspects[1].subject, std::string("new-player"));
        QCOMPARE(suspects[2].subject, std::string("users v7"));
        const SuspicionScore& score = suspects[0].score;
        QCOMPARE(score.measured, 20);
        QCOMPARE(score.service, 10);
        QCOMPARE(score.in_effect, 20);
        QVERIFY(score.time >= 36 && score.time <= 38);  // a minute before: a tenth of the half-life
        QVERIFY2(suspects[0].reasoning.find(score.text()) != std::string::npos,
                 suspects[0].reasoning.c_str());
        QCOMPARE(score.total(), score.time + 59);
        QVERIFY(suspects[2].score.time >= 9 && suspects[2].score.time <= 10);
    }

    void aDeploymentIsNotSuspectedForEver() {
        test::FakeClock clock;
        RecentChanges recent(10min);
        recent.remember(change(EventKind::deploy, "api", clock.now()));
        recent.remember(change(EventKind::rollout, "RO-1", clock.now()));
        clock.advance(3h);
        const auto suspects = recent.suspects(clock.now());
        QCOMPARE(suspects.size(), std::size_t(1));  // the canary still takes traffic
        QCOMPARE(suspects[0].subject, std::string("RO-1"));
        QCOMPARE(suspects[0].score.time, 0);
    }

    void noScoreLeavesItsBounds() {
        test::FakeClock clock;
        RecentChanges recent(10min);
        std::uint64_t state = 1;
        const auto below = [&state](std::uint64_t n) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            return (state >> 33) % n;
        };
        const EventKind kinds[] = {EventKind::chaos, EventKind::rollout, EventKind::deploy, EventKind::config,
                                   EventKind::flag};
        for (int i = 0; i < 5'000; ++i) {
            MachineNote note = change(kinds[below(5)], "s" + std::to_string(below(12)), clock.now(),
                                      below(2) ? "gateway" : "");
            note.in_effect = below(3) != 0;
            note.worse = below(2) == 0;
            if (below(2) == 0) note.observation = "seen.";
            recent.remember(note);
            clock.advance(std::chrono::seconds(below(400)));
            const auto suspects = recent.suspects(clock.now() - std::chrono::seconds(below(300)), "gateway");
            QVERIFY(suspects.size() <= 5);
            for (std::size_t k = 0; k < suspects.size(); ++k) {
                QVERIFY(suspects[k].score.total() > 0 && suspects[k].score.total() <= 100);
                QVERIFY(k == 0 || suspects[k - 1].score.total() >= suspects[k].score.total());
            }
        }
    }

    void viewersThatSufferRaiseTheAdvice() {
        ImpactReading reading;
        reading.audience = AudienceReading{300, 40, 12, 1'000, 1, 0};
        const SeverityAdvice advice = advise_severity(reading);
        QCOMPARE(advice.severity, Severity::sev2);
        QCOMPARE(advice.reasons.front(),
                 std::string("12 of 40 plays took longer than 2 s to begin (about 90 of 300 viewers)"));
        reading.audience = AudienceReading{300, 40, 40, 1'000, 0, 0};
        QCOMPARE(advise_severity(reading).severity, Severity::sev1);
        reading.audience = AudienceReading{std::nullopt, 4, 4, 1'000, 0, 0};
        QCOMPARE(advise_severity(reading).severity, Severity::sev3);  // too few to say more
        reading.audience = AudienceReading{50, 40, 0, 1'000, 120, 0};
        QCOMPARE(advise_severity(reading).severity, Severity::sev2);
        reading.audience = AudienceReading{50, 40, 0, 1'000, 0, 0};
        QCOMPARE(advise_severity(reading).severity, Severity::sev4);
    }
};

QTEST_GUILESS_MAIN(TestSuspects)
#include "tst_suspects.moc"
