#include <QTest>

#include "backend/incidents/journal_builder.hpp"
#include "incidents/clocks.hpp"
#include "incidents/severity_advice.hpp"

using namespace qd;
using namespace qd::incidents;
using namespace std::chrono_literals;
using test::at_second;
using test::JournalBuilder;

class TestClocks : public QObject {
    Q_OBJECT

private slots:
    void theResponseClockRunsUntilAllStepsAreDone() {
        JournalBuilder journal;
        journal.opened(0, 120).acknowledge(180);
        Clocks clocks = incidents::clocks(journal.incident(), at_second(420));
        QCOMPARE(clocks.detection.state, ClockState::met);
        QCOMPARE(clocks.detection.elapsed, std::chrono::milliseconds(2min));
        QCOMPARE(clocks.response.state, ClockState::running);
        QCOMPARE(clocks.response.remaining, std::chrono::milliseconds(10min));
        QCOMPARE(clocks.steps.size(), std::size_t(5));
        QVERIFY(clocks.steps[0].in_time);
        QVERIFY(!clocks.steps[1].done_at);

        Event severity = journal.next(EventKind::severity, 200);
        severity.body.severity = Severity::sev2;
        journal.add(severity);
        Event channel = journal.next(EventKind::link, 240);
        channel.body.url = "https://chat.example/inc-1";
        channel.body.purpose = "channel";
        journal.add(channel).assign("commander", "anna", 250);
        journal.text(EventKind::status_update, "We are on it", 300);
        clocks = incidents::clocks(journal.incident(), at_second(99'999));
        QCOMPARE(clocks.response.state, ClockState::met);
        QCOMPARE(clocks.response.elapsed, std::chrono::milliseconds(3min));
    }

    void lateIsLateWhetherStoppedOrNot() {
        JournalBuilder journal;
        journal.opened(0, 301);
        const Clocks clocks = incidents::clocks(journal.incident(), at_second(301 + 901));
        QCOMPARE(clocks.detection.state, ClockState::late);
        QCOMPARE(clocks.response.state, ClockState::late);
        QCOMPARE(clocks.response.remaining, std::chrono::milliseconds(-1s));
    }

    void noClockRunsOnceTheIncidentIsOver() {
        JournalBuilder journal;
        journal.opened(0, 10).acknowledge(20).state(State::mitigated, 120).state(State::resolved, 180);
        const Clocks clocks = incidents::clocks(journal.incident(), at_second(99'999));
        QCOMPARE(clocks.response.state, ClockState::unfinished);
        QCOMPARE(clocks.response.elapsed, std::chrono::milliseconds(170s));
        QVERIFY(!clocks.steps[2].done_at);
    }

    void theMachinesGuessIsNoAssessment() {
        JournalBuilder journal;
        journal.opened(0, 10);
        QVERIFY(!journal.incident().response.severity_assessed_at);
    }

    void durationsAreReadable() {
        QCOMPARE(format_duration(850ms), std::string("850 ms"));
        QCOMPARE(format_duration(12'340ms), std::string("12.3 s"));
        QCOMPARE(format_duration(252s), std::string("4 min 12 s"));
        QCOMPARE(format_duration(2h + 3min), std::string("2 h 03 min"));
        QCOMPARE(format_duration(-1s), std::string("-1.0 s"));
    }

    void severityFollowsWhatUsersFeel() {
        ImpactReading reading;
        QCOMPARE(advise_severity(reading).severity, Severity::sev4);
        reading.affected_share = 0.02;
        reading.events = 500;
        reading.burn = 4;
        QCOMPARE(advise_severity(reading).severity, Severity::sev3);
        reading.affected_share = 0.12;
        QCOMPARE(advise_severity(reading).severity, Severity::sev2);
        QVERIFY(advise_severity(reading).text().starts_with("SEV2: 12.0 % of events are bad (of 500)"));
        reading.affected_share = 0.97;
        QCOMPARE(advise_severity(reading).severity, Severity::sev1);
        reading.events = 3;  // too few to call it an outage
        QVERIFY(advise_severity(reading).severity != Severity::sev1);
        reading = {};
        reading.data_loss = true;
        QCOMPARE(advise_severity(reading).severity, Severity::sev1);
    }

    void anExhaustedBudgetMattersOnlyWhileItBurns() {
        ImpactReading reading;
        reading.budget_remaining = -0.2;
        reading.burn = 0.5;
        QCOMPARE(advise_severity(reading).severity, Severity::sev4);
        reading.burn = 1.5;
        QCOMPARE(advise_severity(reading).severity, Severity::sev2);
    }
};

QTEST_GUILESS_MAIN(TestClocks)
#include "tst_clocks.moc"
