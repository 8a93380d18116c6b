#include <thread>

#include "backend/incidents/desk_site.hpp"

using namespace qd;
using namespace qd::incidents;
using namespace std::chrono_literals;
using test::acknowledge;
using Site = test::DeskSite;

class TestIncidentDesk : public QObject {
    Q_OBJECT

private slots:
    void anAlertOpensAnIncidentWithItsReason() {
        Site site;
        ImpactReading impact;
        impact.affected_share = 0.2;
        impact.events = 300;
        impact.impact_since = site.clock.now();
        site.clock.advance(8s);
        const Incident incident = site.fire(site.alert("playback", "gateway"), impact);
        QCOMPARE(incident.severity, Severity::sev2);
        QVERIFY(incident.severity_reason.find("14 of 612") != std::string::npos);
        QVERIFY(incident.severity_reason.find("20.0 % of events are bad") != std::string::npos);
        QCOMPARE(incident.started_at, *impact.impact_since);
        QCOMPARE(incident.detected_at - incident.started_at, std::chrono::milliseconds(8s));
        QCOMPARE(site.told.size(), std::size_t(1));
        QCOMPARE(site.told[0].second.kind, EventKind::opened);
    }

    void alertsOfOneServiceJoinAndRepeatsChangeNothing() {
        Site site;
        const auto first = site.alert("playback", "gateway");
        const Incident opened = site.fire(first);
        site.clock.advance(5s);
        const auto second = site.alert("latency", "gateway", slo::Severity::sev2);
        const Incident joined = site.fire(second);
        QCOMPARE(joined.id, opened.id);
        QCOMPARE(joined.firing_alerts.size(), std::size_t(2));
        QCOMPARE(joined.severity, Severity::sev2);  // raised: nobody had assessed it
        QCOMPARE(site.fire(second).version, joined.version);
        site.reopen();
        QCOMPARE(site.fire(first).version, joined.version);
        QVERIFY(site.fire(site.alert("signup", "users")).id != opened.id);
        QCOMPARE(site.desk->list().size(), std::size_t(2));
    }

    void whatAPersonAssessedIsNotOverruled() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        EventRequest severity;
        severity.kind = EventKind::severity;
        severity.body.severity = Severity::sev4;
        site.write(opened.id, severity);
        site.clock.advance(1s);
        QCOMPARE(site.fire(site.alert("latency", "gateway", slo::Severity::sev1)).severity, Severity::sev4);
    }

    void theActiveCanaryIsSuspectedWithTheReasoning() {
        Site site;
        site.desk->on_machine(site.canary("step", true, "v2 receives 10 %."));
        site.clock.advance(12s);
        MachineNote verdict = site.canary("verdict", true, "the verdict on v2 is fail.");
        verdict.observation = "error ratio: canary 12 %, stable 0 %.";
        site.desk->on_machine(verdict);
        site.clock.advance(3s);
        const Incident incident = site.fire(site.alert("playback", "gateway"));
        QCOMPARE(incident.suspects.size(), std::size_t(1));
        QCOMPARE(incident.suspects[0].subject, std::string("RO-1"));
        const std::string& why = incident.suspects[0].reasoning;
        QVERIFY2(why.find("v2 receives 10 %") != std::string::npos &&
                     why.find("15.0 s before") != std::string::npos &&
                     why.find("canary 12 %") != std::string::npos,
                 why.c_str());
        // Another service that suffers from the same canary at the same time is the same incident.
        site.clock.advance(20s);
        QCOMPARE(site.fire(site.alert("stalls", "viewers")).id, incident.id);
        // What comes later is noted in it.
        site.desk->on_machine(site.canary("abort", false, "abort by anna: v2 receives 0 %."));
        const auto events = site.desk->timeline(incident.id);
        QCOMPARE(events->back().body.phase, std::string("abort"));
    }

    void whatEndedLongAgoIsNotSuspected() {
        Site site;
        site.desk->on_machine(site.canary("step", true, "v2 receives 10 %."));
        site.desk->on_machine(site.canary("abort", false, "abort."));
        site.clock.advance(11min);
        QVERIFY(site.fire(site.alert("playback", "gateway")).suspects.empty());
    }

    void theEndOfAnAlertIsNotedAndASoonReturnReopens() {
        Site site;
        slo::Alert alert = site.alert("playback", "gateway");
        const Incident opened = site.fire(alert);
        site.clock.advance(30s);
        alert.state = slo::AlertState::ended;
        alert.ended_at = site.clock.now();
        QVERIFY(site.fire(alert).firing_alerts.empty());
        QCOMPARE(site.fire(alert).version, opened.version + 1);  // told once
        site.write(opened.id, acknowledge());
        site.write(opened.id, site.state(State::resolved));
        site.clock.advance(1min);
        const Incident again = site.fire(site.alert("playback", "gateway"));
        QCOMPARE(again.id, opened.id);
        QCOMPARE(again.state, State::investigating);
        QCOMPARE(again.episodes.size(), std::size_t(2));
        site.write(opened.id, site.state(State::resolved));
        site.clock.advance(6min);
        QVERIFY(site.fire(site.alert("playback", "gateway")).id != opened.id);
    }

    void anEndWithoutABeginningOpensNothing() {
        Site site;
        slo::Alert alert = site.alert("playback", "gateway");
        alert.state = slo::AlertState::ended;
        const auto result = site.desk->on_alert(alert, {});
        QVERIFY(result && !*result);
        QVERIFY(site.desk->list().empty());
    }

    void theFirstHandWins() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        Author author{.actor = "anna", .expected_version = opened.version};
        QVERIFY(site.desk->write(opened.id, acknowledge(), author));
        const auto second = site.desk->write(opened.id, site.note("x"), author);
        QVERIFY(!second);
        QCOMPARE(second.error().code, core::Errc::precondition_failed);
    }

    void aRepeatedRequestIsAnsweredAgainAfterARestartToo() {
        Site site;
        const Author author{.actor = "anna", .idempotency_key = "k1"};
        const auto opened =
            site.desk->open_incident({"Search is slow", "api", Severity::sev3, "", {}}, author);
        QVERIFY(opened);
        const Author other{.actor = "anna", .idempotency_key = "k2"};
        const auto noted = site.desk->write(opened->incident.id, site.note("looking"), other);
        QVERIFY(noted && !noted->repeated);
        site.reopen();
        const auto again = site.desk->write(opened->incident.id, site.note("looking"), other);
        QVERIFY(again && again->repeated);
        QVERIFY(again->event == noted->event);
        const auto reopened = site.desk->open_incident({"Search is slow", "api", {}, "", {}}, author);
        QVERIFY(reopened && reopened->repeated);
        QCOMPARE(site.desk->list().size(), std::size_t(1));
        // Another person's key is another key.
        QVERIFY(
            !site.desk
                 ->write(opened->incident.id, site.note("me too"), {.actor = "bert", .idempotency_key = "k2"})
                 ->repeated);
    }

    void aKeyUsedForSomethingElseIsAnotherKey() {
        Site site;
        const Author author{.actor = "anna", .idempotency_key = "k"};
        const auto first = site.desk->open_incident({"Search is slow", "api", {}, "", {}}, author);
        const auto noted = site.desk->write(first->incident.id, site.note("looking"), author);
        QVERIFY(noted && !noted->repeated);
        QCOMPARE(noted->event.body.text, std::string("looking"));
        const auto second = site.desk->open_incident({"Uploads fail", "api", {}, "", {}}, {.actor = "anna"});
        const auto elsewhere = site.desk->write(second->incident.id, site.note("looking"), author);
        QVERIFY(elsewhere && !elsewhere->repeated);
        QCOMPARE(site.desk->timeline(second->incident.id)->size(), std::size_t(2));
    }

    void aClockThatWasSetBackKeepsNoAlertFromItsIncident() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        site.clock.advance(1min);
        for (const State state : {State::acknowledged, State::investigating, State::mitigated})
            site.write(opened.id, site.state(state));
        site.write(opened.id, site.state(State::resolved));
        site.clock.advance(-1h);
        // It cannot be reopened before it was resolved.
        const Incident second = site.fire(site.alert("playback", "gateway"));
        QVERIFY(second.id != opened.id);
        QVERIFY(is_open(second.state));
    }

    void anAlertThatIsRefusedReopensNothing() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        site.write(opened.id, acknowledge());
        for (const State state : {State::mitigated, State::monitoring, State::resolved})
            site.write(opened.id, site.state(state));
        const Incident before = *site.desk->get(opened.id);
        site.clock.advance(1s);
        auto nameless = site.alert("playback", "gateway");
        nameless.id = slo::AlertId(std::string(10'000, 'a'));
        const std::size_t told = site.told.size();
        QVERIFY(!site.desk->on_alert(nameless, {}));
        QVERIFY(*site.desk->get(opened.id) == before);
        site.reopen();
        QVERIFY(*site.desk->get(opened.id) == before);
        QCOMPARE(site.told.size(), told);
    }

    void refusalsWriteNothing() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        const auto refused = site.desk->write(opened.id, site.state(State::resolved), {.actor = "anna"});
        QCOMPARE(refused.error().code, core::Errc::conflict);
        EventRequest forged = site.note("x");
        forged.source = "slo";
        QCOMPARE(site.desk->write(opened.id, forged, {.actor = "anna"}).error().code,
                 core::Errc::invalid_argument);
        EventRequest machine;
        machine.kind = EventKind::alert;
        machine.body.subject = "a";
        machine.body.phase = "ended";
        QVERIFY(!site.desk->write(opened.id, machine, {.actor = "anna"}));
        EventRequest merge = site.state(State::merged);
        merge.body.into = "INC-77";
        QCOMPARE(site.desk->write(opened.id, merge, {.actor = "anna"}).error().code,
                 core::Errc::invalid_argument);
        QCOMPARE(site.desk->write(IncidentId("INC-99"), site.note("x"), {.actor = "anna"}).error().code,
                 core::Errc::not_found);
        QCOMPARE(site.desk->get(opened.id)->version, opened.version);
    }

    void nothingAnsweredIsLostWhereverTheProcessDies() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        std::vector<EventRequest> writes{acknowledge(), site.note("looking"), site.state(State::identified),
                                         site.state(State::mitigated), site.state(State::resolved)};
        Incident expected = opened;
        for (const EventRequest& request : writes) {
            site.reopen();
            QVERIFY(*site.desk->get(opened.id) == expected);
            site.clock.advance(1s);
            expected = site.write(opened.id, request);
        }
        site.reopen();
        QVERIFY(*site.desk->get(opened.id) == expected);
        QVERIFY(site.log->verify("incident/" + opened.id.value));
    }

    void aCorrectionGoesThroughTheDesk() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        site.clock.advance(60s);
        const Incident acknowledged = site.write(opened.id, acknowledge());
        EventRequest retimed = acknowledge();
        retimed.supersedes = acknowledged.version;
        retimed.occurred_at = opened.detected_at + std::chrono::seconds(5);
        QCOMPARE(*site.write(opened.id, retimed).acknowledged_at, *retimed.occurred_at);
        QCOMPARE(site.desk->timeline(opened.id)->size(), std::size_t(3));
    }

    void manyHandsAtOnceLeaveOneStory() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        std::vector<std::thread> hands;
        for (int hand = 0; hand < 4; ++hand)
            hands.emplace_back([&, hand] {
                for (int i = 0; i < 25; ++i) {
                    (void)site.desk->write(opened.id, site.note("hand " + std::to_string(hand)),
                                           {.actor = "h"});
                    site.desk->on_machine(site.canary("step", i % 2 == 0, "step."));
                    (void)site.desk->list();
                }
            });
        for (std::thread& hand : hands) hand.join();
        QCOMPARE(site.desk->get(opened.id)->version, std::uint64_t(1 + 4 * 25 * 2));
        site.reopen();
        QCOMPARE(site.desk->get(opened.id)->version, std::uint64_t(1 + 4 * 25 * 2));
    }

    void theWorstOpenIncidentIsFound() {
        Site site;
        QVERIFY(!site.desk->worst_open(Severity::sev4));
        site.fire(site.alert("a", "one", slo::Severity::sev3));
        QVERIFY(!site.desk->worst_open(Severity::sev2));
        const Incident bad = site.fire(site.alert("b", "two", slo::Severity::sev1));
        QCOMPARE(site.desk->worst_open(Severity::sev2)->id, bad.id);
        site.write(bad.id, acknowledge());
        site.write(bad.id, site.state(State::resolved));
        QVERIFY(!site.desk->worst_open(Severity::sev2));
    }

    void aDamagedJournalIsLeftOutAndTheOthersGoOn() {
        Site site;
        const Incident good = site.fire(site.alert("playback", "gateway"));
        QVERIFY(site.log->append("incident/INC-7", {{"note", "{\"no\":\"event\"}"}}));
        site.reopen();
        QCOMPARE(site.desk->list().size(), std::size_t(1));
        QVERIFY(site.desk->get(good.id));
        // Its number is not given away again.
        QCOMPARE(site.fire(site.alert("signup", "users")).id.value, std::string("INC-8"));
    }
};

QTEST_GUILESS_MAIN(TestIncidentDesk)
#include "tst_incident_desk.moc"
