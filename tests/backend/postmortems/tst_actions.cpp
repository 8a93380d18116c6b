#include <QtTest>
#include <nlohmann/json.hpp>

#include "postmortems/codec.hpp"
#include "postmortems/engine/action_desk.hpp"
#include "storage/event_log.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace qd::postmortems;
using core::Errc;

namespace {

struct Room {
    QTemporaryDir folder;
    test::FakeClock clock;
    std::unique_ptr<storage::EventLog> log;
    std::unique_ptr<ActionDesk> desk;

    Room() { open(); }
    void open() {
        desk.reset();
        log.reset();
        auto opened = storage::open_event_log(folder.filePath("postmortems.sqlite").toStdString(), clock);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        log = std::move(*opened);
        auto made = ActionDesk::open(*log, clock, telemetry::null_log());
        if (!made) qFatal("%s", made.error().message.c_str());
        desk = std::move(*made);
    }
    std::string day(int after) const {
        return core::format_rfc3339(clock.now() + std::chrono::days(after)).substr(0, 10);
    }
};

ActionRequest item(std::string text, std::string due = {}) {
    ActionRequest request;
    request.incident = incidents::IncidentId("INC-1");
    request.text = std::move(text);
    request.kind = "prevent";
    if (!due.empty()) request.due = std::move(due);
    return request;
}

}  // namespace

class TestActions : public QObject {
    Q_OBJECT

private slots:
    void itemsSurviveWithTheirHistory() {
        Room room;
        QCOMPARE(room.desk->add(item("Add a burn row"), "anna")->id, std::string("AI-1"));
        ActionRequest change;
        change.owner = "bea";
        change.state = ActionState::in_progress;
        change.tracker_url = "https://tracker.example.org/issues/7";
        QCOMPARE(room.desk->change("AI-1", change, "bea", 1)->version, std::uint64_t(2));
        QCOMPARE(room.desk->change("AI-1", change, "bea", 1).error().code, Errc::precondition_failed);
        // Nothing new is no version.
        QCOMPARE(room.desk->change("AI-1", change, "bea", {})->version, std::uint64_t(2));
        const Action before = *room.desk->get("AI-1");
        room.open();
        QVERIFY(*room.desk->get("AI-1") == before);
        QCOMPARE(before.created_by, std::string("anna"));
        QVERIFY(room.log->verify("action/AI-1"));
        QCOMPARE(room.desk->add(item("Another"), "anna")->id, std::string("AI-2"));
        // Both ways: from the tracker's issue to the item, and back.
        ActionFilter filter;
        filter.tracker_url = "https://tracker.example.org/issues/7";
        QCOMPARE(room.desk->list(filter).items.size(), std::size_t(1));
        QVERIFY(back_link(before).find("--open incident/INC-1") != std::string::npos);
        QVERIFY(*action_from_json(to_json(before, room.clock.now())) == before);
    }

    void overdueComesFirst() {
        Room room;
        QVERIFY(room.desk->add(item("Add a", room.day(9)), "anna"));
        QVERIFY(room.desk->add(item("Add b"), "anna"));
        QVERIFY(room.desk->add(item("Add c", room.day(1)), "anna"));
        ActionFilter overdue;
        overdue.overdue = true;
        QVERIFY(room.desk->list(overdue).items.empty());
        room.clock.advance(std::chrono::hours(24 * 3));
        const ActionList late = room.desk->list(overdue);
        QCOMPARE(late.items.size(), std::size_t(1));
        QCOMPARE(late.counts.overdue, std::size_t(1));
        QCOMPARE(late.counts.open, std::size_t(3));
        QCOMPARE(room.desk->list({}).items.front().id, std::string("AI-3"));
        QCOMPARE(room.desk->list({}).items.back().id, std::string("AI-2"));
        ActionRequest done;
        done.state = ActionState::done;
        QVERIFY(room.desk->change("AI-3", done, "anna", {})->closed_at);
        QVERIFY(room.desk->list(overdue).items.empty());
    }

    void whatDoesNotFitIsRefused() {
        Room room;
        QCOMPARE(room.desk->add({}, "anna").error().message, std::string("incident: is missing"));
        QCOMPARE(room.desk->add(item(" "), "anna").error().message, std::string("text: is missing"));
        QVERIFY(room.desk->add(item("Add", "2026-02-30"), "anna").error().message.starts_with("due:"));
        QVERIFY(room.desk->add(item("Add x"), "anna"));
        ActionRequest change;
        change.state = ActionState::declined;
        QCOMPARE(room.desk->change("AI-1", change, "anna", {}).error().message,
                 std::string("reason: is missing: why is it declined?"));
        change = {};
        change.tracker_url = "javascript:alert(1)";
        QVERIFY(room.desk->change("AI-1", change, "anna", {}).error().message.starts_with("tracker_url:"));
        QCOMPARE(room.desk->change("AI-9", change, "anna", {}).error().code, Errc::not_found);
    }

    void aProposalIsAcceptedOnce() {
        Room room;
        ActionRequest proposal = item("Add an alert");
        proposal.proposal = "00ff";
        QCOMPARE(room.desk->add(proposal, "anna")->id, room.desk->add(proposal, "bea")->id);
        QCOMPARE(room.desk->counts().open, std::size_t(1));
    }

    void theCsvIsNoFormula() {
        Room room;
        ActionRequest hostile = item("=HYPERLINK(\"https://example.org\")");
        hostile.owner = "+anna, @bea";
        QVERIFY(room.desk->add(hostile, "anna"));
        const std::string csv = to_csv(room.desk->list({}).items, room.clock.now());
        QVERIFY(csv.starts_with("id,incident,action,kind,owner,due,overdue"));
        QVERIFY(csv.find("\"'=HYPERLINK(\"\"https://example.org\"\")\"") != std::string::npos);
        QVERIFY(csv.find("\"'+anna, @bea\"") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestActions)
#include "tst_actions.moc"
