#include <QtTest>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "postmortems/codec.hpp"
#include "postmortems/draft_event.hpp"
#include "postmortems/engine/draft_desk.hpp"
#include "storage/event_log.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace qd::postmortems;
using core::Errc;

namespace {

const incidents::IncidentId incident("INC-1");

struct Room {
    QTemporaryDir folder;
    test::FakeClock clock;
    std::unique_ptr<storage::EventLog> log;
    std::unique_ptr<DraftDesk> desk;

    Room() { open(); }
    void open() {
        desk.reset();
        log.reset();
        auto opened = storage::open_event_log(folder.filePath("postmortems.sqlite").toStdString(), clock);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        log = std::move(*opened);
        auto made = DraftDesk::open(*log, clock, telemetry::null_log(), {});
        if (!made) qFatal("%s", made.error().message.c_str());
        desk = std::move(*made);
    }
    core::Result<Draft> save(const std::string& who, const std::string& text, std::uint64_t based_on,
                             bool autosave = false, std::vector<std::uint64_t> settles = {}) {
        clock.advance(std::chrono::seconds(5));
        return desk->save(incident, {"summary", text, based_on, autosave, std::move(settles)}, {who, {}});
    }
    const Section summary() { return *find_section(desk->get(incident), "summary"); }
    core::Result<Draft> to(ReviewState state, const std::string& who = "anna", std::string reason = "",
                           bool over = false, std::size_t blocking = 0) {
        return desk->move(incident, {state, std::move(reason), over}, blocking, {who, {}});
    }
};

}  // namespace

class TestDraft : public QObject {
    Q_OBJECT

private slots:
    void nobodyHasWrittenYet() {
        Room room;
        const Draft draft = room.desk->get(incident);
        QCOMPARE(draft.version, std::uint64_t(0));
        QCOMPARE(draft.sections.size(), std::size_t(5));
        QVERIFY(room.desk->list().empty());
    }

    void whatIsSavedStays() {
        Room room;
        QVERIFY(room.save("anna", "It broke.", 0));
        room.open();
        const Draft draft = room.desk->get(incident);
        QCOMPARE(draft.author, std::string("anna"));
        QCOMPARE(find_section(draft, "summary")->current.text, std::string("It broke."));
        QVERIFY(room.log->verify("postmortem/INC-1"));
        // The same again is no version.
        QCOMPARE(room.save("anna", "It broke.", 2)->version, draft.version);
        QCOMPARE(room.desk->save(incident, {"nothing", "x", 0, false, {}}, {"anna", {}}).error().code,
                 Errc::not_found);
        QCOMPARE(room.desk->save(incident, {"summary", "x", 2, false, {}}, {"anna", 1}).error().code,
                 Errc::precondition_failed);
    }

    void twoFromTheSameBaseAreBothKept() {
        Room room;
        QVERIFY(room.save("anna", "base", 0));
        const std::uint64_t base = room.summary().current.seq;
        QVERIFY(room.save("anna", "anna's", base));
        QVERIFY(room.save("bea", "bea's", base));
        Section section = room.summary();
        QCOMPARE(section.current.text, std::string("anna's"));
        QCOMPARE(section.conflicts.size(), std::size_t(1));
        QCOMPARE(section.conflicts[0].text, std::string("bea's"));
        // Bea goes on writing hers; it is still one.
        QVERIFY(room.save("bea", "bea's, longer", section.conflicts[0].seq, true));
        section = room.summary();
        QCOMPARE(section.conflicts.size(), std::size_t(1));
        QCOMPARE(section.conflicts[0].text, std::string("bea's, longer"));
        QVERIFY(room.save("anna", "both", section.current.seq, false, {section.conflicts[0].seq}));
        QVERIFY(room.summary().conflicts.empty());
        QCOMPARE(room.summary().current.text, std::string("both"));
    }

    void autosavesAreOneEntryOfTheHistory() {
        Room room;
        for (int i = 0; i < 5; ++i)
            QVERIFY(room.save("anna", "text " + std::to_string(i), room.summary().current.seq, true));
        QVERIFY(room.save("anna", "text, saved", room.summary().current.seq));
        QVERIFY(room.save("bea", "text, and bea", room.summary().current.seq, true));
        const auto history = room.desk->history(incident);
        QCOMPARE(history->size(), std::size_t(4));
        QCOMPARE((*history)[0].actor, std::string("bea"));
        QCOMPARE((*history)[2].saves, std::size_t(5));
        QCOMPARE((*history)[2].text, std::string("text 4"));
        QCOMPARE((*history)[3].kind, std::string("template"));
        // Each of them is kept all the same.
        QCOMPARE(*room.log->last_seq("postmortem/INC-1"), std::uint64_t(8));
    }

    void theReviewGoesItsWay() {
        Room room;
        QVERIFY(room.save("anna", "It broke.", 0));
        QCOMPARE(room.to(ReviewState::published).error().code, Errc::conflict);
        QVERIFY(room.to(ReviewState::published).error().message.find("possible is in_review") !=
                std::string::npos);
        QVERIFY(room.to(ReviewState::in_review));
        QVERIFY(room.to(ReviewState::reviewed).error().message.starts_with("nobody but its author"));
        QVERIFY(room.desk->review(incident, {"bea", Verdict::asked, "please"}, {"anna", {}}));
        QCOMPARE(room.desk->review(incident, {"bea", Verdict::approved, ""}, {"anna", {}}).error().code,
                 Errc::permission_denied);
        QCOMPARE(room.desk->review(incident, {"", Verdict::approved, ""}, {"anna", {}}).error().code,
                 Errc::permission_denied);
        QVERIFY(room.desk->review(incident, {"", Verdict::changes_requested, "who felt it?"}, {"bea", {}}));
        QCOMPARE(room.to(ReviewState::reviewed).error().message,
                 std::string("bea asked for changes; mend that, or override it with a reason"));
        QVERIFY(room.desk->review(incident, {"", Verdict::approved, ""}, {"bea", {}}));
        // An approval is of the text that it saw.
        QVERIFY(room.save("anna", "It broke for 30 users.", room.summary().current.seq));
        QVERIFY(room.desk->get(incident).reviewers[0].outdated);
        QVERIFY(!room.to(ReviewState::reviewed));
        QVERIFY(room.desk->review(incident, {"", Verdict::approved, ""}, {"bea", {}}));
        QVERIFY(room.to(ReviewState::reviewed));
        QVERIFY(room.to(ReviewState::published, "anna", "", false, 2)
                    .error()
                    .message.starts_with("2 findings keep"));
        QCOMPARE(room.to(ReviewState::published, "anna", " ", true, 2).error().code, Errc::invalid_argument);
        QVERIFY(room.to(ReviewState::published, "anna", "the rest is tracked", true, 2));
        QCOMPARE(room.desk->get(incident).overrides.at(0).reason, std::string("the rest is tracked"));
        // What comes after it is kept beside it, and the way back takes a reason.
        QVERIFY(room.save("bea", "late words", room.summary().current.seq));
        QCOMPARE(room.summary().conflicts.size(), std::size_t(1));
        QCOMPARE(room.to(ReviewState::draft).error().code, Errc::invalid_argument);
        QVERIFY(room.to(ReviewState::draft, "anna", "a row was wrong"));
    }

    void commentsAreResolved() {
        Room room;
        const auto made = room.desk->comment(incident, {"timeline", "when exactly?"}, {"bea", {}});
        QVERIFY(made && open_comments(*made) == 1);
        const std::uint64_t id = made->comments[0].id;
        QVERIFY(room.desk->resolve(incident, id, {true, "at 19:37"}, {"anna", {}}));
        QCOMPARE(room.desk->get(incident).comments[0].resolved_by, std::string("anna"));
        QCOMPARE(room.desk->resolve(incident, 99, {}, {"anna", {}}).error().code, Errc::not_found);
        QCOMPARE(room.desk->comment(incident, {"nowhere", "x"}, {"bea", {}}).error().code, Errc::not_found);
    }

    void anotherTemplateKeepsWhatPeopleWrote() {
        Room room;
        QVERIFY(room.save("anna", "my summary", 0));
        QVERIFY(room.desk->save(incident, {"root-cause", "my causes", 0, false, {}}, {"anna", {}}));
        QVERIFY(room.desk->choose(incident, "google", {"anna", {}}));
        const Draft draft = room.desk->get(incident);
        QCOMPARE(draft.template_title, std::string("Google"));
        QCOMPARE(find_section(draft, "summary")->current.text, std::string("my summary"));
        const Section* kept = find_section(draft, "root-cause");
        QVERIFY(kept != nullptr && !kept->of_template);
        QCOMPARE(kept->current.text, std::string("my causes"));
        QVERIFY(find_section(draft, "timeline") != nullptr);
        QVERIFY(find_section(draft, "lessons-learned")->of_template);
        QVERIFY(room.desk->choose(incident, "nowhere", {"anna", {}}).error().message.find("howie") !=
                std::string::npos);
    }

    void randomEditsByTwoNeverLoseText() {
        for (unsigned seed = 1; seed <= 12; ++seed) {
            std::mt19937 random(seed);
            std::vector<DraftEvent> events;
            Draft draft;
            draft.incident = incident;
            DraftEvent first;
            first.kind = DraftEventKind::chosen;
            first.seq = 1;
            first.form = builtin_templates()[0];
            draft = *follow(draft, first);
            events.push_back(first);
            std::map<std::uint64_t, SaveRequest> saves;
            std::set<std::uint64_t> settled;
            std::uint64_t seen[2] = {0, 0};
            for (int step = 0; step < 120; ++step) {
                DraftEvent event;
                event.seq = draft.version + 1;
                event.at = core::WallTime(std::chrono::seconds(step));
                const std::size_t who = random() % 2;
                event.actor = who == 0 ? "anna" : "bea";
                const Section& section = *find_section(draft, "summary");
                switch (random() % 8) {
                    case 0:  // looks at what is there
                        seen[who] = section.current.seq;
                        continue;
                    case 1:
                        event.kind = DraftEventKind::state;
                        event.move = {ReviewState(random() % 4), "because", random() % 2 == 0};
                        break;
                    case 2:
                        event.kind = DraftEventKind::chosen;
                        event.form = builtin_templates()[random() % 4];
                        break;
                    default:
                        event.kind = DraftEventKind::section;
                        event.save = {
                            "summary", "text " + std::to_string(event.seq), seen[who], random() % 2 == 0, {}};
                        if (random() % 4 == 0)
                            for (const SectionVersion& kept : section.conflicts)
                                event.save.settles.push_back(kept.seq);
                }
                auto next = follow(draft, event);
                if (event.kind == DraftEventKind::section && find_section(draft, "summary") != nullptr)
                    QVERIFY2(next, next ? "" : next.error().message.c_str());
                if (!next) continue;
                draft = std::move(*next);
                events.push_back(event);
                if (event.kind != DraftEventKind::section) continue;
                saves[event.seq] = event.save;
                seen[who] = event.seq;
                if (find_section(draft, "summary")->current.seq == event.seq)
                    settled.insert(event.save.settles.begin(), event.save.settles.end());
            }
            // Whatever was saved is in sight, or was gone on from, or somebody settled it.
            std::set<std::uint64_t> kept = settled;
            const Section& section = *find_section(draft, "summary");
            std::vector<std::uint64_t> heads{section.current.seq};
            for (const SectionVersion& version : section.conflicts) heads.push_back(version.seq);
            heads.insert(heads.end(), settled.begin(), settled.end());
            for (std::uint64_t head : heads)
                for (; head != 0 && saves.contains(head); head = saves[head].based_on) kept.insert(head);
            for (const auto& [seq, save] : saves)
                QVERIFY2(kept.contains(seq), qPrintable(QString("seed %1, version %2").arg(seed).arg(seq)));
            // Replaying gives the same; so does every prefix, and what went through the codec.
            QVERIFY(*replay(incident, events) == draft);
            std::vector<DraftEvent> again;
            for (const DraftEvent& event : events) {
                auto read = decode_draft_event(event.kind, encode(event));
                QVERIFY2(read, read ? "" : read.error().message.c_str());
                read->seq = event.seq;
                again.push_back(*read);
                QVERIFY(replay(incident, again));
            }
            QVERIFY(*replay(incident, again) == draft);
            const auto wire = draft_from_json(to_json(draft));
            QVERIFY2(wire, wire ? "" : wire.error().message.c_str());
            QVERIFY(*wire == draft);
        }
    }

    void itIsDueByItsSeverity() {
        incidents::Incident over;
        over.severity = incidents::Severity::sev1;
        QVERIFY(!due_of(over).at);
        over.resolved_at = *core::parse_rfc3339("2026-11-20T15:00:00Z");  // a Friday
        QCOMPARE(core::format_rfc3339(*due_of(over).at), std::string("2026-11-23T15:00:00.000Z"));
        over.severity = incidents::Severity::sev2;
        QCOMPARE(core::format_rfc3339(*due_of(over).at), std::string("2026-11-27T15:00:00.000Z"));
        over.severity = incidents::Severity::sev3;
        const Due due = due_of(over);
        QCOMPARE(core::format_rfc3339(*due.at), std::string("2026-12-04T15:00:00.000Z"));
        QCOMPARE(due.why, std::string("10 business days after the resolution (SEV3)"));
        QVERIFY(is_overdue(due, ReviewState::reviewed, *due.at + std::chrono::seconds(1)));
        QVERIFY(!is_overdue(due, ReviewState::published, *due.at + std::chrono::seconds(1)));
        over.severity = incidents::Severity::sev4;
        QVERIFY(!due_of(over).at);
    }
};

QTEST_GUILESS_MAIN(TestDraft)
#include "tst_draft.moc"
