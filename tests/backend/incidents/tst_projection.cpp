#include <QTest>

#include <random>
#include <set>

#include "backend/incidents/journal_builder.hpp"

using namespace qd;
using namespace qd::incidents;
using test::at_second;
using test::JournalBuilder;

namespace {

bool refused(const core::Result<Incident>& result, std::string_view words) {
    return !result && result.error().code == core::Errc::conflict &&
           result.error().message.find(words) != std::string::npos;
}

/// What must hold of every incident, however it came about.
void check_possible(const Incident& incident) {
    QVERIFY(!incident.episodes.empty());
    QVERIFY(incident.detected_at >= incident.started_at);
    for (const Episode& episode : incident.episodes) {
        QVERIFY(episode.detected_at >= episode.started_at);
        if (episode.acknowledged_at) QVERIFY(*episode.acknowledged_at >= episode.detected_at);
        if (episode.mitigated_at) QVERIFY(*episode.mitigated_at >= episode.started_at);
        if (episode.resolved_at) {
            QVERIFY(episode.mitigated_at);
            QVERIFY(*episode.resolved_at >= *episode.mitigated_at);
        }
    }
    for (std::size_t i = 0; i + 1 < incident.episodes.size(); ++i) {
        QVERIFY(incident.episodes[i].resolved_at);
        QVERIFY(incident.episodes[i + 1].started_at >= *incident.episodes[i].resolved_at);
    }
    const State state = incident.state;
    if (state == State::triage) QVERIFY(!incident.acknowledged_at);
    if (is_open(state) && state != State::triage) QVERIFY(incident.acknowledged_at);
    QCOMPARE(incident.mitigated_at.has_value(), incident.episodes.back().mitigated_at.has_value());
    if (state == State::mitigated || state == State::monitoring) QVERIFY(incident.mitigated_at);
    if (state == State::resolved || state == State::post_incident) QVERIFY(incident.resolved_at);
    if (is_open(state)) QVERIFY(!incident.resolved_at);
    QCOMPARE(incident.closed_at.has_value(),
             state == State::closed || state == State::cancelled || state == State::merged);
    QCOMPARE(incident.merged_into.has_value(), state == State::merged);
}

Event random_event(std::mt19937& random, const JournalBuilder& journal, int second) {
    const auto below = [&](unsigned bound) { return int(random() % bound); };
    constexpr std::array kinds{EventKind::acknowledge, EventKind::assign, EventKind::severity,
                               EventKind::state,       EventKind::state,  EventKind::state,
                               EventKind::state,       EventKind::note,   EventKind::status_update,
                               EventKind::link,        EventKind::alert,  EventKind::rollout,
                               EventKind::opened};
    Event event = journal.next(kinds[std::size_t(below(kinds.size()))], second);
    if (below(5) == 0) event.occurred_at -= std::chrono::seconds(below(40));
    event.actor = below(2) == 0 ? "anna" : "bert";
    if (below(2) == 0) event.based_on = std::uint64_t(below(unsigned(journal.events.size()) + 1));
    switch (event.kind) {
        case EventKind::assign:
            event.body.role = "commander";
            if (below(2) == 0) event.body.person = "bert";
            break;
        case EventKind::severity:
            event.body.severity = severity_from(1 + below(4));
            break;
        case EventKind::state:
            event.body.state = State(below(11));
            if (event.body.state == State::merged) {
                if (below(4) != 0)
                    event.body.state = State::investigating;
                else
                    event.body.into = "INC-2";
            }
            break;
        case EventKind::note:
        case EventKind::status_update:
            event.body.text = "x";
            break;
        case EventKind::link:
            event.body.url = "https://chat.example/1";
            break;
        case EventKind::alert:
            event.body.subject = "a" + std::to_string(below(3));
            event.body.phase = below(2) == 0 ? "firing" : "ended";
            break;
        case EventKind::rollout:
            event.body.subject = "RO-1";
            event.body.phase = below(2) == 0 ? "suspect" : "step";
            break;
        case EventKind::opened:
            event.body.title = "t";
            break;
        default:
            break;
    }
    if (below(6) == 0 && !journal.events.empty()) {
        const Event& target = journal.events[std::size_t(below(unsigned(journal.events.size())))];
        event.supersedes = target.seq;
        if (below(3) != 0) {  // else mostly of another kind
            event.kind = target.kind;
            event.body = target.body;
        }
    }
    return event;
}

/// No event leads where the table of states does not.
void check_step(const Incident& before, const Event& event, const Incident& after) {
    QCOMPARE(after.version, before.version + 1);
    if (event.supersedes || before.state == after.state) return;
    const auto next = successors(before.state);
    QVERIFY(std::ranges::find(next, after.state) != next.end());
    QVERIFY(event.kind == EventKind::state || event.kind == EventKind::acknowledge);
}

/// Row by row without keeping them, it comes out the same, unless it says that it needs them all.
void check_stream(const std::vector<Event>& events, const Incident& live) {
    Replay stream(live.id);
    for (const Event& event : events) QVERIFY(stream.add(event));
    if (!stream.needs_all()) QVERIFY(stream.incident() == live);
}

/// What is shown is sorted, holds nothing that was corrected or taken back, and does not change by being told
/// again or by what comes after it.
void check_timeline(std::vector<Event> events) {
    const auto shown = effective(events);
    QVERIFY(std::ranges::is_sorted(
        shown, {}, [](const Event& event) { return std::pair(event.occurred_at, event.seq); }));
    QVERIFY(effective(events) == shown);
    std::set<std::uint64_t> corrected;
    for (const Event& event : events)
        if (event.supersedes) corrected.insert(*event.supersedes);
    for (const Event& event : shown) QVERIFY(!corrected.contains(event.seq));
    Event note;
    note.seq = events.size() + 1;
    note.body.text = "later";
    note.occurred_at = note.recorded_at = at_second(100'000);
    events.push_back(note);
    auto longer = effective(events);
    QVERIFY(longer.back() == note);
    longer.pop_back();
    QVERIFY(longer == shown);
}

}  // namespace

class TestProjection : public QObject {
    Q_OBJECT

private slots:
    void theWholeWayFromAlertToClosed() {
        JournalBuilder journal;
        journal.opened(0, 20).acknowledge(40).assign("commander", "anna", 50);
        journal.state(State::investigating, 60).state(State::identified, 70).state(State::mitigated, 100);
        journal.state(State::resolved, 130).state(State::post_incident, 140).state(State::closed, 200);
        const Incident incident = journal.incident();
        QCOMPARE(incident.state, State::closed);
        QCOMPARE(incident.started_at, at_second(0));
        QCOMPARE(incident.detected_at, at_second(20));
        QCOMPARE(*incident.acknowledged_at, at_second(40));
        QCOMPARE(*incident.mitigated_at, at_second(100));
        QCOMPARE(*incident.resolved_at, at_second(130));
        QCOMPARE(*incident.closed_at, at_second(200));
        QCOMPARE(incident.roles.at("commander"), std::string("anna"));
        QCOMPARE(incident.version, std::uint64_t(9));
        QCOMPARE(incident.firing_alerts, std::vector<std::string>{"playback.10s-60s.1"});
    }

    void refusalsNameTheWayOn() {
        JournalBuilder journal;
        journal.opened(0, 20);
        QVERIFY(refused(JournalBuilder(journal).state(State::resolved, 30).replay(),
                        "possible is acknowledged, cancelled, merged"));
        QVERIFY(refused(JournalBuilder(journal).acknowledge(10).replay(), "before detected_at"));
        journal.acknowledge(30);
        QVERIFY(refused(JournalBuilder(journal).acknowledge(40).replay(), "only an incident in triage"));
        QVERIFY(refused(JournalBuilder(journal).state(State::acknowledged, 40).replay(), "already"));
        Event early = journal.next(EventKind::state, 50);
        early.body.state = State::mitigated;
        early.occurred_at = at_second(-5);
        QVERIFY(refused(JournalBuilder(journal).add(early).replay(), "before started_at"));
        QVERIFY(refused(JournalBuilder(journal).state(State::merged, 50, "INC-1").replay(), "into itself"));
        journal.state(State::merged, 60, "INC-2");
        QVERIFY(refused(JournalBuilder(journal).assign("commander", "x", 61).replay(), "merged into INC-2"));
        QVERIFY(JournalBuilder(journal).text(EventKind::note, "still allowed", 61).replay());
    }

    void whatLiesInTheFutureIsRefused() {
        JournalBuilder journal;
        journal.opened(0, 20);
        Event event = journal.next(EventKind::acknowledge, 30);
        event.occurred_at = at_second(31);
        const auto result = journal.add(event).replay();
        QVERIFY(!result);
        QCOMPARE(result.error().code, core::Errc::invalid_argument);
    }

    void resolvingAtOnceCountsAsMitigated() {
        JournalBuilder journal;
        journal.opened(0, 20).acknowledge(30).state(State::resolved, 90);
        QCOMPARE(*journal.incident().mitigated_at, at_second(90));
    }

    void aMitigationThatDoesNotHoldIsForgotten() {
        JournalBuilder journal;
        journal.opened(0, 20).acknowledge(30).state(State::mitigated, 60).state(State::investigating, 70);
        QVERIFY(!journal.incident().mitigated_at);
        journal.state(State::monitoring, 90);
        QCOMPARE(*journal.incident().mitigated_at, at_second(90));
    }

    void reopeningBeginsAnEpisodeOfItsOwn() {
        JournalBuilder journal;
        journal.opened(0, 20).acknowledge(30).state(State::resolved, 90).state(State::investigating, 200);
        const Incident incident = journal.incident();
        QCOMPARE(incident.episodes.size(), std::size_t(2));
        QCOMPARE(incident.episodes[1].started_at, at_second(200));
        QVERIFY(!incident.resolved_at);
        QCOMPARE(*incident.acknowledged_at, at_second(30));
        QCOMPARE(incident.started_at, at_second(0));
    }

    void aCorrectionCountsFromItsPlaceAndKeepsTheOldVisible() {
        JournalBuilder journal;
        journal.opened(0, 20).acknowledge(100).text(EventKind::note, "wrong", 110);
        Event retimed = journal.next(EventKind::acknowledge, 300);
        retimed.occurred_at = at_second(45);
        retimed.supersedes = 2;
        journal.add(retimed);
        Event retracted = journal.next(EventKind::note, 310);
        retracted.supersedes = 3;
        retracted.body.retracted = true;
        journal.add(retracted);
        QCOMPARE(*journal.incident().acknowledged_at, at_second(45));
        QCOMPARE(journal.events.size(), std::size_t(5));
        const auto shown = effective(journal.events);
        QCOMPARE(shown.size(), std::size_t(2));
        QCOMPARE(shown[1].seq, std::uint64_t(4));
    }

    void aCorrectionThatContradictsTheRestIsRefused() {
        JournalBuilder journal;
        journal.opened(0, 20).acknowledge(30).state(State::mitigated, 60).state(State::resolved, 90);
        Event late = journal.next(EventKind::state, 300);
        late.body.state = State::mitigated;
        late.occurred_at = at_second(95);  // after the resolution
        late.supersedes = 3;
        const auto result = extend(IncidentId("INC-1"), journal.events, journal.incident(), late);
        QVERIFY(refused(result, "resolved_at"));
        Event machine = journal.next(EventKind::alert, 300);
        machine.body.subject = "a";
        machine.body.phase = "firing";
        journal.add(machine);
        Event wrong = journal.next(EventKind::alert, 301);
        wrong.body = machine.body;
        wrong.supersedes = machine.seq;
        QVERIFY(refused(journal.add(wrong).replay(), "cannot be corrected"));
    }

    void theDetectionTimeCanBeCorrected() {
        JournalBuilder journal;
        journal.opened(10, 20);
        Event opened = journal.next(EventKind::opened, 500);
        opened.body = journal.events[0].body;
        opened.body.started_at = at_second(-60);
        opened.supersedes = 1;
        journal.add(opened);
        QCOMPARE(journal.incident().started_at, at_second(-60));
        QCOMPARE(journal.incident().detected_at, at_second(20));
    }

    void bodiesAreChecked() {
        EventBody body;
        QVERIFY(!check_body(EventKind::note, body));
        body.text = "x";
        QVERIFY(check_body(EventKind::note, body));
        body.severity = Severity::sev1;
        QVERIFY(!check_body(EventKind::note, body));  // a note has no severity
        EventBody link;
        link.url = "javascript:alert(1)";
        QVERIFY(!check_body(EventKind::link, link));
        EventBody role;
        role.role = "king";
        QVERIFY(!check_body(EventKind::assign, role));
        EventBody long_text;
        long_text.text.assign((16 << 10) + 1, 'x');
        QVERIFY(!check_body(EventKind::note, long_text));
    }

    void milestonesOutOfOrderAreRefusedWithBothTimes() {
        JournalBuilder journal;
        journal.opened(0, 10).acknowledge(30).state(State::mitigated, 60).state(State::resolved, 90);
        const Incident now = journal.incident();
        const auto retime = [&](std::uint64_t seq, int second) {
            Event event = journal.next(journal.events[seq - 1].kind, 500);
            event.body = journal.events[seq - 1].body;
            event.supersedes = seq;
            event.occurred_at = at_second(second);
            if (event.kind == EventKind::opened) event.body.detected_at = at_second(second);
            return extend(now.id, journal.events, now, event);
        };
        QVERIFY(refused(retime(1, 40), "acknowledged_at"));  // detected after it was acknowledged
        QVERIFY(refused(retime(1, -5), "would be before started_at"));
        QVERIFY(refused(retime(2, 5), "would be before detected_at"));
        QVERIFY(refused(retime(3, 95), "would be before mitigated_at"));
        QVERIFY(refused(retime(3, -1), "with event 5 in the place of 3"));
        QCOMPARE(retime(1, 25)->detected_at, at_second(25));
        QCOMPARE(*retime(3, 45)->mitigated_at, at_second(45));
    }

    void whatTwoHandsSetIsKeptAndShown() {
        JournalBuilder journal;
        journal.opened(0, 10).acknowledge(20).assign("commander", "anna", 30);
        Event second = journal.next(EventKind::assign, 40);
        second.actor = "bert";
        second.based_on = 2;  // had not seen that anna took it
        second.body.role = "commander";
        second.body.person = "bert";
        const auto both = extend(IncidentId("INC-1"), {}, journal.incident(), second);
        QVERIFY(both);
        QCOMPARE(both->roles.at("commander"), std::string("bert"));
        QVERIFY(both->conflicts == (std::vector<Conflict>{{4, 3, "commander"}}));
        second.based_on = 3;  // had seen it, and meant it
        QVERIFY(follow(journal.incident(), second)->conflicts.empty());
        second.based_on = 2;
        second.actor = "anna";  // two windows of one person, or one token for several people
        QCOMPARE(follow(journal.incident(), second)->conflicts.size(), std::size_t(1));
        second.actor = "bert";
        second.body.person = "anna";  // both say the same
        QVERIFY(follow(journal.incident(), second)->conflicts.empty());
    }

    void refusalsSayWhatIsPossible() {
        JournalBuilder journal;
        journal.opened(0, 10);
        QVERIFY(
            refused(JournalBuilder(journal).state(State::resolved, 20).replay(), "possible is acknowledged"));
        journal.acknowledge(20);
        QVERIFY(refused(JournalBuilder(journal).acknowledge(30).replay(), "possible is investigating"));
        journal.state(State::merged, 30, "INC-2");
        QVERIFY(refused(JournalBuilder(journal).state(State::resolved, 40).replay(), "go on in INC-2"));
    }

    void randomSequencesStayPossibleAndReplayEqualsLive() {
        for (unsigned seed = 0; seed < 300; ++seed) {
            std::mt19937 random(seed);
            JournalBuilder journal;
            journal.opened(0, 10);
            Incident live = journal.incident();
            int taken = 0;
            for (int step = 0; step < 60; ++step) {
                const Event event = random_event(random, journal, 20 + step * 10);
                const auto after = extend(live.id, journal.events, live, event);
                if (!after) {
                    QVERIFY(!after.error().message.empty());
                    continue;
                }
                ++taken;
                check_step(live, event, *after);
                journal.add(event);
                live = *after;
                check_possible(live);
                if (QTest::currentTestFailed()) return;
                const auto replayed = journal.replay();
                QVERIFY2(replayed, replayed ? "" : replayed.error().message.c_str());
                QVERIFY(*replayed == live);
            }
            QVERIFY(taken > 0);
            check_stream(journal.events, live);
            check_timeline(journal.events);
            if (QTest::currentTestFailed()) return;
        }
    }
};

QTEST_GUILESS_MAIN(TestProjection)
#include "tst_projection.moc"
