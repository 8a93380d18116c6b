// An incident's journal as it is read, laid on an axis, corrected, and played back.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <random>

#include "app/models/journal_model.hpp"
#include "app/models/keyed_table_model.hpp"
#include "app/models/values.hpp"
#include "app/pages/incidents/playback.hpp"
#include "app/pages/incidents/retime.hpp"
#include "app/pages/incidents/retime_panel.hpp"
#include "app/pages/incidents/timeline_items.hpp"
#include "incidents/projection.hpp"

using namespace qd;
using namespace qd::app;
using incidents::Event;
using incidents::EventKind;
using std::chrono::seconds;

namespace {

const core::WallTime t0{std::chrono::milliseconds(1'790'000'000'000)};
const incidents::IncidentId id("INC-1");

class Story {
public:
    Story() {
        Event opened;
        opened.kind = EventKind::opened;
        opened.actor = opened.source = "slo";
        opened.body.title = "Playback fails";
        opened.body.service = "gateway";
        opened.body.severity = incidents::Severity::sev2;
        opened.body.subject = "availability.10s-60s.1";
        opened.body.started_at = t0;
        opened.body.detected_at = t0 + seconds(60);
        add(std::move(opened), 60);
    }
    std::uint64_t add(Event event, int second, std::optional<int> happened = std::nullopt) {
        event.seq = events.size() + 1;
        event.recorded_at = t0 + seconds(second);
        event.occurred_at = t0 + seconds(happened.value_or(second));
        if (event.actor.empty()) event.actor = "anna";
        if (event.source.empty()) event.source = "console";
        events.push_back(std::move(event));
        return events.size();
    }
    std::uint64_t note(const std::string& text, int second, std::optional<int> happened = std::nullopt) {
        Event event;
        event.kind = EventKind::note;
        event.body.text = text;
        return add(std::move(event), second, happened);
    }
    std::uint64_t state(incidents::State to, int second) {
        Event event;
        event.kind = EventKind::state;
        event.body.state = to;
        event.body.text = "as seen";
        return add(std::move(event), second);
    }
    std::uint64_t acknowledge(int second) {
        Event event;
        event.kind = EventKind::acknowledge;
        return add(std::move(event), second);
    }
    std::uint64_t alert(const std::string& phase, int second) {
        Event event;
        event.kind = EventKind::alert;
        event.actor = event.source = "slo";
        event.body.subject = "startup.10s-60s.1";
        event.body.phase = phase;
        event.body.text = "it is " + phase;
        return add(std::move(event), second);
    }
    std::uint64_t correct(std::uint64_t seq, int second, const std::string& text, bool retracted = false) {
        Event event = events[seq - 1];
        event.actor = "ben";
        event.supersedes = seq;
        event.body.text = text;
        event.body.retracted = retracted;
        const auto happened = std::chrono::duration_cast<seconds_t>(event.occurred_at - t0).count();
        return add(std::move(event), second, int(happened));
    }
    IncidentJournal journal() const { return IncidentJournal(events); }
    incidents::Incident incident() const {
        auto now = incidents::replay(id, events);
        if (!now) qFatal("%s", now.error().message.c_str());
        return *now;
    }

    std::vector<Event> events;

private:
    using seconds_t = std::chrono::seconds;
};

/// Through all its states, with a correction and something taken back.
Story whole() {
    Story story;
    story.alert("firing", 70);
    story.acknowledge(120);
    story.state(incidents::State::investigating, 130);
    const auto note = story.note("canary is slow", 140);
    story.correct(note, 150, "the canary is slow");
    const auto wrong = story.note("the disk is full", 160);
    story.correct(wrong, 170, "another host", true);
    story.state(incidents::State::mitigated, 240);
    story.alert("ended", 260);
    story.state(incidents::State::resolved, 300);
    story.note("told late", 310, 100);
    return story;
}

}  // namespace

class TestIncidentTimeline : public QObject {
    Q_OBJECT

private slots:
    void a_journal_reads_as_the_backend_says() {
        const Story story = whole();
        const IncidentJournal journal = story.journal();
        std::vector<Event> shown;
        for (std::size_t row = 0; row < journal.size(); ++row)
            if (!journal.isRetracted(row)) shown.push_back(journal.current(row));
        const auto expected = incidents::effective(story.events);
        QCOMPARE(shown.size(), expected.size());
        for (std::size_t i = 0; i < shown.size(); ++i)
            QCOMPARE(shown[i].occurred_at, expected[i].occurred_at);
        const int corrected = journal.rowOf(6);
        QCOMPARE(corrected, journal.rowOf(5));
        QVERIFY(journal.isCorrected(std::size_t(corrected)));
        QCOMPARE(journal.versions(std::size_t(corrected)).size(), 2u);
        QCOMPARE(journal.key(std::size_t(corrected)), std::uint64_t(5));
        QCOMPARE(journal.rowOf(99), -1);
        QCOMPARE(IncidentJournal().rowOf(1), -1);
    }

    void what_follows_reads_as_if_it_had_come_at_once() {
        std::mt19937 random(7);
        for (int round = 0; round < 60; ++round) {
            Story story;
            for (int second = 70; second < 130; ++second) {
                const std::uint64_t some = 1 + random() % story.events.size();
                switch (random() % 4) {
                    case 0: {  // retimed; the latest version or one that was corrected before
                        Event event = story.events[some - 1];
                        event.supersedes = some;
                        story.add(std::move(event), second, int(random() % 200));
                        break;
                    }
                    case 1:
                        story.correct(some, second, "not so", true);
                        break;
                    default:
                        story.note("seen", second, int(random() % 200));
                }
            }
            const auto cut = [&](std::size_t from, std::size_t to) {
                return std::vector<Event>(story.events.begin() + std::ptrdiff_t(from),
                                          story.events.begin() + std::ptrdiff_t(to));
            };
            const std::size_t size = story.events.size();
            std::size_t known = 1 + random() % size;
            IncidentJournal journal(cut(0, known));
            const IncidentJournal before = journal;
            const std::size_t known_before = known, rows_before = before.size();
            while (known < size) {
                const std::size_t more = std::min<std::size_t>(size - known, random() % 5);
                journal = journal.followedBy(cut(known, known + more));
                known += more;
            }
            const IncidentJournal whole(story.events);
            QCOMPARE(journal.recorded().size(), size);
            QCOMPARE(journal.size(), whole.size());
            for (std::size_t row = 0; row < whole.size(); ++row) {
                QCOMPARE(journal.key(row), whole.key(row));
                QCOMPARE(journal.current(row).seq, whole.current(row).seq);
            }
            for (std::uint64_t seq = 1; seq <= size; ++seq) QCOMPARE(journal.rowOf(seq), whole.rowOf(seq));
            // Who holds the journal as it was keeps it, and may go on from there in another way.
            QCOMPARE(before.recorded().size(), known_before);
            QCOMPARE(before.size(), rows_before);
            auto other = story.events.front();
            other.seq = known_before + 1;
            other.body.title = "another course";
            QCOMPARE(before.followedBy({other}).bySeq(other.seq)->body.title, std::string("another course"));
            if (known_before < size) QVERIFY(journal.bySeq(other.seq)->body.title != "another course");
        }
    }

    void the_table_is_a_model_whatever_comes() {
        JournalModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        std::mt19937 random(3);
        const Story story = whole();
        const IncidentJournal full = story.journal();
        incidents::Incident incident = story.incident();
        for (int round = 0; round < 200; ++round) {
            incident.pinned.clear();
            for (int i = int(random() % 3); i > 0; --i) incident.pinned.push_back(1 + random() % 12);
            JournalFilter filter;
            if (random() % 3 == 0) filter.kind = EventKind::note;
            if (random() % 4 == 0) filter.actor = "anna";
            model.setFilter(filter);
            model.setJournal(full.prefix(1 + random() % story.events.size()), incident);
            for (int row = 0; row < model.rowCount(); ++row) QCOMPARE(model.rowOf(model.keyAt(row)), row);
        }
        QCOMPARE(resets.count(), 0);
    }

    void old_values_stay_in_sight() {
        const Story story = whole();
        JournalModel model;
        incidents::Incident incident = story.incident();
        incident.pinned = {3};
        incident.conflicts = {{11, 9, "state"}};
        model.setJournal(story.journal(), incident);
        QCOMPARE(model.rowOf(3), 0);  // pinned ones are on top
        const auto cell = [&](std::uint64_t seq, int role) {
            return model.index(model.rowOf(seq), JournalModel::What).data(role).toString();
        };
        QVERIFY(cell(5, Qt::DisplayRole).startsWith("the canary is slow"));
        QVERIFY(cell(5, Qt::DisplayRole).contains("corrected"));
        QVERIFY(cell(5, Qt::ToolTipRole).contains("was “canary is slow”"));
        QVERIFY(cell(5, Qt::ToolTipRole).contains("ben"));
        QVERIFY(cell(7, Qt::DisplayRole).contains("Taken back: the disk is full"));
        QVERIFY(cell(9, Qt::DisplayRole).startsWith("Conflict"));
        QVERIFY(cell(9, Qt::ToolTipRole).contains("event 11"));
        QVERIFY(model.index(0, JournalModel::Kind).data().toString().contains("pinned"));
        // What a filter hides is still told of.
        model.setFilter({EventKind::state, {}});
        QCOMPARE(model.rowOf(5), -1);
        QVERIFY(model.line(5).startsWith("the canary is slow"));
        QVERIFY(model.history(5).contains("was “canary is slow”"));
        model.setFilter({});
        QCOMPARE(model.search("CANARY").size(), 1u);
        QCOMPARE(model.search("resolved").size(), 1u);
        QVERIFY(model.search("  ").empty());
        QVERIFY(model.actors().contains("anna"));
    }

    void spans_end_where_their_alert_ended() {
        const Story story = whole();
        const auto items = timelineItems(story.journal(), {5}, 9e15);
        const auto find = [&](const char* wanted) {
            for (const auto& item : items)
                if (item.id == QLatin1String(wanted)) return item;
            return widgets::TimelineItem{};
        };
        QCOMPARE(find("2").toMs - find("2").fromMs, 190'000.0);
        QCOMPARE(find("10").id, QString());    // the end is no item of its own
        QCOMPARE(find("1.alert").toMs, 9e15);  // what opened it has its bar, and still fires
        QCOMPARE(journalKey("1.alert"), std::uint64_t(1));
        QVERIFY(find("5").pinned);
        QVERIFY(find("7").id.isEmpty());  // taken back
        const auto texts = timelineTexts(story.journal());
        QCOMPARE(texts.line(find("5")), QStringLiteral("the canary is slow"));
        QCOMPARE(texts.line(find("1.alert")), QStringLiteral("Playback fails"));
    }

    void a_fault_that_was_suspected_ends_where_it_ended() {
        Story story;
        for (const auto& [phase, second] : {std::pair("suspect", 62), std::pair("ended", 95)}) {
            Event fault;
            fault.kind = EventKind::chaos;
            fault.actor = fault.source = "chaos";
            fault.body.subject = "f-1";
            fault.body.phase = phase;
            fault.body.text = "Fault f-1";
            story.add(std::move(fault), second);
        }
        const auto items = timelineItems(story.journal(), {}, 9e15);
        QCOMPARE(items.last().lane, widgets::Lane::Chaos);
        QCOMPARE(items.last().toMs - items.last().fromMs, 33'000.0);
    }

    void stalls_are_spans_by_arm() {
        opsclient::Series series;
        series.step_s = 2;
        series.lines = {{"canary", {}}};
        for (int i = 0; i < 20; ++i)
            series.lines[0].points.push_back({t0 + seconds(2 * i), i >= 5 && i < 8 ? 0.01 * i : 0.0});
        const auto items = stallItems(series);
        QCOMPARE(items.size(), 1);
        QCOMPARE(items[0].fromMs, double(msOf(t0 + seconds(10))));
        QCOMPARE(items[0].toMs, double(msOf(t0 + seconds(16))));
        QVERIFY(items[0].text.contains("canary: up to 7.0 %"));
    }

    void moving_a_milestone_shows_what_comes_of_it() {
        const Story story = whole();
        const auto incident = story.incident();
        const auto journal = story.journal();
        const auto now = t0 + seconds(400);
        const auto detected =
            previewRetime(journal, incident, MilestoneKind::detected, t0 + seconds(20), now);
        QVERIFY2(detected.refusal.isEmpty(), qPrintable(detected.refusal));
        QCOMPARE(*detected.changes[0].before, std::chrono::milliseconds(seconds(60)));
        QCOMPARE(*detected.changes[0].after, std::chrono::milliseconds(seconds(20)));
        QCOMPARE(*detected.changes[1].after, std::chrono::milliseconds(seconds(100)));  // MTTA grows by it
        QCOMPARE(detected.changes[3].after, detected.changes[3].before);
        const auto resolved =
            previewRetime(journal, incident, MilestoneKind::resolved, t0 + seconds(280), now);
        QCOMPARE(*resolved.changes[3].after, std::chrono::milliseconds(seconds(280)));
        QVERIFY(retimeText(resolved).contains("MTTR 5 min"));
        // What opsd would refuse is refused here.
        QVERIFY(!previewRetime(journal, incident, MilestoneKind::mitigated, t0 - seconds(5), now)
                     .refusal.isEmpty());
        QVERIFY(!previewRetime(journal, incident, MilestoneKind::detected, t0 - seconds(1), now)
                     .refusal.isEmpty());
        QVERIFY(!previewRetime(journal, incident, MilestoneKind::resolved, now + seconds(1), now)
                     .refusal.isEmpty());
    }

    void what_is_sent_does_what_the_preview_said() {
        Story story = whole();
        for (const auto& [kind, second] :
             {std::pair(MilestoneKind::started, -30), std::pair(MilestoneKind::detected, 30),
              std::pair(MilestoneKind::acknowledged, 110), std::pair(MilestoneKind::mitigated, 200),
              std::pair(MilestoneKind::resolved, 290)}) {
            const auto before = story.incident();
            const auto preview =
                previewRetime(story.journal(), before, kind, t0 + seconds(second), t0 + seconds(500));
            const auto request =
                retimeRequest(story.journal(), before, kind, t0 + seconds(second), "seen in the logs");
            QVERIFY(request.has_value());
            QCOMPARE(*request->based_on, before.version);
            Event event;
            event.kind = request->kind;
            event.body = request->body;
            event.supersedes = request->supersedes;
            const auto happened = std::chrono::duration_cast<seconds_t>(*request->occurred_at - t0).count();
            story.add(std::move(event), 500, int(happened));
            const auto after = story.incident();
            QCOMPARE(*milestoneAt(after, kind), t0 + seconds(second));
            for (const MeasureChange& change : preview.changes)
                QCOMPARE(incidents::time_to(change.measure, after.episodes.back()), change.after);
        }
    }

    void a_milestone_without_an_event_of_its_own_stays() {
        Story story;
        story.acknowledge(90);
        story.state(incidents::State::investigating, 100);
        story.state(incidents::State::resolved, 200);
        const auto milestones = timelineMilestones(story.incident(), story.journal());
        QCOMPARE(milestones.size(), 5);
        QCOMPARE(milestones[3].id, QStringLiteral("mitigated"));
        QVERIFY(!milestones[3].movable);
        QVERIFY(!milestones[3].whyNot.isEmpty());
        QVERIFY(milestones[4].movable);
    }

    /// At every moment it is what a replay of what had been recorded by then gives.
    void playback_is_the_replay_of_each_prefix() {
        const Story story = whole();
        auto made = Playback::of(id, story.journal());
        QVERIFY(made.has_value());
        Playback playback = *made;
        QCOMPARE(playback.count(), 1u);
        std::mt19937 random(5);
        for (int round = 0; round < 300; ++round) {
            if (random() % 3 == 0)
                playback.step(random() % 2 ? 1 : -1);
            else
                playback.seek(t0 + seconds(int(random() % 400) - 20));
            const auto expected = incidents::replay(id, std::span(story.events).first(playback.count()));
            QVERIFY(playback.incident() == *expected);
            QCOMPARE(playback.journal().recorded().size(), playback.count());
            for (std::size_t i = 0; i < story.events.size(); ++i)
                QCOMPARE(i < playback.count(), i == 0 || story.events[i].recorded_at <= playback.at());
        }
        playback.seek(t0);
        playback.advance(std::chrono::milliseconds(100), 600);
        QCOMPARE(playback.at(), t0 + seconds(120));
        QCOMPARE(playback.incident().state, incidents::State::acknowledged);
        // The correction of the note has not been made yet.
        playback.seek(t0 + seconds(145));
        const auto journal = playback.journal();
        QCOMPARE(journal.current(std::size_t(journal.rowOf(5))).body.text, std::string("canary is slow"));
        for (int i = 0; i < 20; ++i) playback.step(1);
        QVERIFY(playback.atEnd());
        QVERIFY(!Playback::of(id, IncidentJournal()).has_value());
    }

private:
    using seconds_t = std::chrono::seconds;
};

QTEST_MAIN(TestIncidentTimeline)
#include "tst_incident_timeline.moc"
