#include "backend/incidents/desk_site.hpp"

using namespace qd;
using namespace qd::incidents;
using namespace std::chrono_literals;
using test::acknowledge;
using Site = test::DeskSite;

namespace {

bool refused(const core::Result<Incident>& result, core::Errc code, std::string_view words) {
    return !result && result.error().code == code && result.error().message.find(words) != std::string::npos;
}

bool has(const Incident& incident, const std::string& kind, const IncidentId& other) {
    return std::ranges::find(incident.relations, Relation{kind, other.value}) != incident.relations.end();
}

}  // namespace

class TestIncidentJoins : public QObject {
    Q_OBJECT

    const Author anna_{.actor = "anna"};

private slots:
    void aMergedIncidentsAlertsGoOnInTheOther() {
        Site site;
        const Incident survivor = site.fire(site.alert("playback", "gateway"));
        slo::Alert alert = site.alert("stalls", "viewers");
        const Incident other = site.fire(alert);
        site.clock.advance(5s);
        const Author keyed{.actor = "anna", .idempotency_key = "m1"};
        const auto merged = site.desk->merge(other.id, {survivor.id, "the same canary"}, keyed);
        QVERIFY2(merged, merged ? "" : merged.error().message.c_str());
        QCOMPARE(merged->state, State::merged);
        QCOMPARE(*merged->merged_into, survivor.id);
        QVERIFY(merged->firing_alerts.empty());
        const Incident took = *site.desk->get(survivor.id);
        QVERIFY(has(took, "merged_from", other.id));
        QCOMPARE(took.firing_alerts.size(), std::size_t(2));
        // The same again is the same answer, and nothing more, after a restart too.
        QVERIFY(*site.desk->merge(other.id, {survivor.id, "the same canary"}, keyed) == *merged);
        site.reopen();
        QVERIFY(*site.desk->merge(other.id, {survivor.id, "the same canary"}, keyed) == *merged);
        QVERIFY(*site.desk->get(survivor.id) == took);
        // The end of the alert is noted where it is at home now.
        alert.state = slo::AlertState::ended;
        alert.ended_at = site.clock.now();
        QCOMPARE(site.fire(alert).id, survivor.id);
        QCOMPARE(site.desk->get(survivor.id)->firing_alerts.size(), std::size_t(1));
        QCOMPARE(site.desk->get(other.id)->version, merged->version);
        QVERIFY(site.log->verify("incident/" + other.id.value));
    }

    void whatCannotBeMergedSaysWhy() {
        Site site;
        const IncidentId a = site.fire(site.alert("a", "one")).id, b = site.fire(site.alert("b", "two")).id,
                         c = site.fire(site.alert("c", "three")).id;
        using core::Errc;
        QVERIFY(refused(site.desk->merge(a, {a, ""}, anna_), Errc::conflict, "into itself"));
        QVERIFY(refused(site.desk->merge(a, {IncidentId("INC-99"), ""}, anna_), Errc::invalid_argument,
                        "no incident INC-99"));
        QVERIFY(refused(site.desk->merge(IncidentId("INC-99"), {a, ""}, anna_), Errc::not_found, "INC-99"));
        QVERIFY(site.desk->merge(b, {a, ""}, anna_));
        QVERIFY(refused(site.desk->merge(c, {b, ""}, anna_), Errc::conflict, "merged into INC-1"));
        QVERIFY(refused(site.desk->merge(b, {c, ""}, anna_), Errc::conflict, "go on in INC-1"));
        site.write(c, acknowledge());
        site.write(c, site.state(State::cancelled));
        QVERIFY(refused(site.desk->merge(a, {c, ""}, anna_), Errc::conflict, "reopen it first"));
        QCOMPARE(site.desk->get(c)->relations.size(), std::size_t(0));  // a refusal writes to neither
        // A state event by hand is the same merge.
        EventRequest by_hand = site.state(State::merged);
        const IncidentId d = site.fire(site.alert("d", "four")).id;
        by_hand.body.into = a.value;
        QCOMPARE(site.write(d, by_hand).state, State::merged);
        QVERIFY(has(*site.desk->get(a), "merged_from", d));
    }

    void aSplitTakesWhatIsNamedAlong() {
        Site site;
        const Incident source = site.fire(site.alert("playback", "gateway"));
        site.clock.advance(10s);
        slo::Alert alert = site.alert("latency", "gateway");
        site.fire(alert);
        site.clock.advance(10s);
        const auto note = site.desk->write(source.id, site.note("the disk is full"), anna_);
        const Incident acknowledged = site.write(source.id, acknowledge());
        site.clock.advance(10s);
        const SplitRequest request{
            "The disk is full", "storage", {alert.id.value}, {note->event.seq}, "no canary"};
        const Author keyed{.actor = "anna", .idempotency_key = "s1"};
        const auto made = site.desk->split(source.id, request, keyed);
        QVERIFY2(made, made ? "" : made.error().message.c_str());
        QCOMPARE(made->title, std::string("The disk is full"));
        QCOMPARE(made->state, State::triage);
        QCOMPARE(made->started_at, alert.started_at);
        QVERIFY(has(*made, "split_from", source.id));
        QVERIFY(made->firing_alerts == std::vector<std::string>{alert.id.value});
        const Incident left = *site.desk->get(source.id);
        QVERIFY(has(left, "split_into", made->id));
        QCOMPARE(left.firing_alerts.size(), std::size_t(1));
        QCOMPARE(left.state, acknowledged.state);
        const auto events = *site.desk->timeline(made->id);
        const auto told = std::ranges::find(events, EventKind::note, &Event::kind);
        QCOMPARE(told->occurred_at, note->event.occurred_at);
        QCOMPARE(told->actor, std::string("anna"));
        QCOMPARE(site.desk->split(source.id, request, keyed)->id, made->id);
        site.reopen();
        QCOMPARE(site.desk->split(source.id, request, keyed)->id, made->id);
        QCOMPARE(site.desk->list().size(), std::size_t(2));
        alert.state = slo::AlertState::ended;
        alert.ended_at = site.clock.now();
        QCOMPARE(site.fire(alert).id, made->id);
    }

    void whatCannotBeTakenAlongIsNamed() {
        Site site;
        const Incident source = site.fire(site.alert("playback", "gateway"));
        const Incident acknowledged = site.write(source.id, acknowledge());
        const auto split = [&](std::vector<std::string> alerts, std::vector<std::uint64_t> events) {
            return site.desk->split(source.id, {"t", "", std::move(alerts), std::move(events), ""}, anna_);
        };
        using core::Errc;
        QVERIFY(refused(split({"nobody"}, {}), Errc::invalid_argument, "nobody does not fire"));
        QVERIFY(refused(split({}, {acknowledged.version}), Errc::invalid_argument, "'acknowledge'"));
        QVERIFY(refused(split({}, {77}), Errc::invalid_argument, "no event 77"));
        QCOMPARE(site.desk->list().size(), std::size_t(1));
        QCOMPARE(site.desk->get(source.id)->version, acknowledged.version);
    }

    void relationsAreToldOnBothSidesAndNeverACircle() {
        Site site;
        const IncidentId a = site.fire(site.alert("a", "one")).id, b = site.fire(site.alert("b", "two")).id,
                         c = site.fire(site.alert("c", "three")).id;
        using core::Errc;
        QVERIFY(has(*site.desk->relate(b, {"parent", a, "one outage"}, anna_), "parent", a));
        QVERIFY(has(*site.desk->get(a), "child", b));
        QVERIFY(has(*site.desk->relate(b, {"child", c, ""}, anna_), "child", c));
        QVERIFY(has(*site.desk->get(c), "parent", b));
        QVERIFY(refused(site.desk->relate(a, {"parent", c, ""}, anna_), Errc::conflict, "circle"));
        QVERIFY(refused(site.desk->relate(a, {"parent", a, ""}, anna_), Errc::conflict, "itself"));
        QVERIFY(
            refused(site.desk->relate(a, {"child", c, ""}, anna_), Errc::conflict, "part of INC-2 already"));
        const auto version = site.desk->get(a)->version;
        QCOMPARE(site.desk->relate(a, {"child", b, ""}, anna_)->version, version);  // it is one already
        site.reopen();
        QVERIFY(has(*site.desk->get(a), "child", b));
    }

    void whatAnotherHandMadeImpossibleIsKept() {
        Site site;
        const Incident seen = site.write(site.fire(site.alert("a", "one")).id, acknowledge());
        site.write(seen.id, site.state(State::resolved));
        EventRequest late = site.state(State::mitigated);
        late.body.text = "rolled back";
        late.based_on = seen.version;
        const Author bert{.actor = "bert", .idempotency_key = "k"};
        const auto kept = site.desk->write(seen.id, late, bert);
        QVERIFY2(kept, kept ? "" : kept.error().message.c_str());
        QCOMPARE(kept->event.kind, EventKind::overtaken);
        QCOMPARE(kept->event.actor, std::string("bert"));
        for (const char* word : {"mitigated", "rolled back", "bert", "event 3 by anna", "possible is"})
            QVERIFY2(kept->event.body.text.find(word) != std::string::npos, kept->event.body.text.c_str());
        QCOMPARE(kept->incident.state, State::resolved);
        QVERIFY(site.desk->write(seen.id, late, bert)->repeated);
        // Whoever had seen it, or says nothing of what they saw, is refused as ever.
        late.based_on = site.desk->get(seen.id)->version;
        QCOMPARE(site.desk->write(seen.id, late, {.actor = "bert"}).error().code, core::Errc::conflict);
        late.based_on = 99;
        QCOMPARE(site.desk->write(seen.id, late, {.actor = "bert"}).error().code,
                 core::Errc::invalid_argument);
    }

    void theSameWishOfTheSameHandIsRefusedAsEver() {
        Site site;
        const Incident seen = site.fire(site.alert("a", "one"));
        EventRequest acknowledged = acknowledge();
        acknowledged.based_on = seen.version;
        (void)site.write(seen.id, acknowledged);
        const auto again = site.desk->write(seen.id, acknowledged, anna_);
        QVERIFY(!again);
        QCOMPARE(again.error().code, core::Errc::conflict);
        QCOMPARE(site.desk->timeline(seen.id)->size(), std::size_t(2));
    }

    void twoCorrectionsOfOneNoteAreBothKept() {
        Site site;
        const Incident opened = site.fire(site.alert("a", "one"));
        const auto note = site.desk->write(opened.id, site.note("at 10:00"), anna_)->event.seq;
        EventRequest first = site.note("at 10:01"), second = site.note("at 10:02");
        first.supersedes = second.supersedes = note;
        first.based_on = second.based_on = note;
        site.write(opened.id, first);
        const Incident now = site.write(opened.id, second, {.actor = "bert"});
        QVERIFY(now.conflicts ==
                (std::vector<Conflict>{{note + 2, note + 1, fmt::format("event {}", note)}}));
        QCOMPARE(effective(*site.desk->timeline(opened.id)).back().body.text, std::string("at 10:02"));
        site.reopen();
        QVERIFY(*site.desk->get(opened.id) == now);
    }

    void aCorrectionOfTheOpeningSaysOnlyWhatItChanges() {
        Site site;
        site.clock.advance(10min);
        const Incident opened = site.fire(site.alert("a", "one"));
        EventRequest request;
        request.kind = EventKind::opened;
        request.supersedes = 1;
        request.body.title = "Playback fails";
        request.body.started_at = opened.started_at - std::chrono::minutes(3);
        const Incident now = site.write(opened.id, request);
        QCOMPARE(now.title, std::string("Playback fails"));
        QCOMPARE(now.started_at, *request.body.started_at);
        QCOMPARE(now.detected_at, opened.detected_at);
        QCOMPARE(now.severity, opened.severity);
        QVERIFY(now.firing_alerts == opened.firing_alerts);
        QVERIFY(!now.response.severity_assessed_at);  // a time was corrected, nothing assessed
    }
};

QTEST_GUILESS_MAIN(TestIncidentJoins)
#include "tst_incident_joins.moc"
