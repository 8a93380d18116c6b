// The window against an opsd in this process: what is shown, which requests keys send, what a lost connection
// does.

#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "app/shell/command_palette.hpp"
#include "app/shell/console.hpp"
#include "fake_opsd.hpp"
#include "incidents/projection.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/stat_tile.hpp"
#include "widgets/tiles/status_badge.hpp"

using namespace qd;
using namespace qd::app;

namespace {

LaunchOptions connected() {
    LaunchOptions options;
    options.connectUrl = "http://127.0.0.1:1";
    return options;
}

}  // namespace

class TestPages : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    MainWindow& window() { return console_->window(); }
    Page* show(const QString& name) {
        window().showPage(name);
        Page* page = window().page(name);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(page->hasData(), 5'000); }();
        QTest::qWait(120);
        return page;
    }
    QDialog* dialog() {
        QDialog* found = nullptr;
        [&] {
            QTRY_VERIFY((found = qobject_cast<QDialog*>(QApplication::activeModalWidget())) != nullptr);
        }();
        return found;
    }
    std::vector<test::FakeOpsd::Asked> posted(std::size_t wanted) {
        [&] { QTRY_VERIFY_WITH_TIMEOUT(opsd_->asked().size() >= wanted, 5'000); }();
        return opsd_->asked();
    }

private slots:
    void init() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        console_ = std::make_unique<Console>(connected(), false);
        window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().link().isLive(), 5'000);
        QTRY_VERIFY_WITH_TIMEOUT(session().incidents().hasData() && session().rollouts().hasData(), 5'000);
    }
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void every_page_shows_data_and_can_be_grabbed() {
        for (const QString& name : pageNames()) {
            show(name);
            const QString file = QDir::temp().filePath(
                QStringLiteral("qd-page-%1-%2.png").arg(name).arg(QCoreApplication::applicationPid()));
            QVERIFY2(window().grabTo(file), qPrintable(name));
            QVERIFY(QFileInfo(file).size() > 5'000);
            QFile::remove(file);
        }
    }
    /// For the eye: every page in both themes into the folder that QUARTERDECK_SHOTS names.
    void pictures_for_people() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        opsd_->events_now = test::eventful();
        auto told = incidents::replay(incidents::IncidentId("inc-1"), opsd_->events_now);
        QVERIFY2(told.has_value(), told ? "" : told.error().message.c_str());
        told->pinned = {9};
        opsd_->incidents_now.front() = std::move(*told);
        opsd_->push("incident", "inc-1");
        for (const QString& theme : {QStringLiteral("dark"), QStringLiteral("light")}) {
            session().actions().invoke("app.theme", {{"theme", theme}});
            for (const QString& name : pageNames()) {
                show(name);
                if (name == QLatin1String("incidents")) session().focus().setEvent(15);
                QTest::qWait(600);
                window().grabTo(QStringLiteral("%1/%2-%3.png").arg(folder, name, theme));
            }
        }
        show("incidents");
        session().actions().trigger("incident.playback");
        QTest::qWait(700);
        window().grabTo(folder + "/playback.png");
        session().actions().trigger("incident.playback");
        session().actions().trigger("rollout.next");
        QTest::qWait(100);
        QApplication::activeModalWidget()->grab().save(folder + "/form.png");
        QApplication::activeModalWidget()->close();
        QTest::qWait(50);
        session().actions().trigger("app.help");
        QTest::qWait(100);
        QApplication::activeModalWidget()->grab().save(folder + "/keys.png");
        QApplication::activeModalWidget()->close();
        window().palette()->popUp("ro");
        QTest::qWait(100);
        window().grabTo(folder + "/palette.png");
    }
    void the_overview_says_what_burns_and_what_to_do() {
        Page* page = show("overview");
        bool headline = false;
        for (const QLabel* label : page->findChildren<QLabel*>())
            headline = headline || label->text().contains("off target: Playback availability");
        QVERIFY(headline);
        bool next = false;
        for (const QPushButton* button : page->findChildren<QPushButton*>())
            next = next || button->text() == "Acknowledge it";
        QVERIFY(next);
        QCOMPARE(session().needs().size(), 2u);  // the incident, and the canary judged worse
    }
    void a_hidden_page_asks_for_nothing() {
        show("overview");
        window().showPage("postmortems");
        QTest::qWait(300);
        const int before = opsd_->count("/api/v1/series");
        QTest::qWait(2'500);
        QCOMPARE(opsd_->count("/api/v1/series"), before);
    }
    void a_acknowledges_and_says_which_version_was_on_screen() {
        Page* page = show("incidents");
        QTRY_COMPARE(session().selection().incident(), QStringLiteral("inc-1"));
        QTest::keyClick(page, Qt::Key_A);
        const auto asked = posted(1);
        QCOMPARE(asked.front().path, std::string("/api/v1/incidents/inc-1/events"));
        QVERIFY(asked.front().body.find("\"acknowledge\"") != std::string::npos);
        QVERIFY(asked.front().body.find("\"based_on\":2") != std::string::npos);
        QCOMPARE(asked.front().if_match, std::string());
    }
    /// Another hand was first: both writes are kept, and the conflict is told.
    void a_person_who_was_first_stops_nobody() {
        show("incidents");
        auto& incident = opsd_->incidents_now.front();
        incident.version = 7;
        incident.state = incidents::State::acknowledged;
        incident.conflicts = {{8, 7, "state"}};
        std::optional<Outcome> outcome;
        session().actions().invoke("incident.severity", {{"incident", "inc-1"}, {"severity", 1}},
                                   [&](Outcome told) { outcome = std::move(told); });
        QTRY_VERIFY(outcome.has_value());
        QVERIFY(outcome->has_value());
        QCOMPARE((*outcome)->value("conflicts").toInt(), 1);
        QCOMPARE(opsd_->asked().size(), 1u);
    }
    void no_key_means_two_things() {
        std::map<std::pair<QString, QString>, QString> taken;  // page and key -> the command
        for (const Command* command : session().actions().commands()) {
            if (command->shortcut.isEmpty()) continue;
            const QString page = isWindowWide(*command) ? QString() : command->page;
            const auto [at, fresh] = taken.try_emplace({page, command->shortcut.toString()}, command->id);
            QVERIFY2(fresh, qPrintable(command->shortcut.toString() + " does " + at->second + " and " +
                                       command->id));
        }
        for (const auto& [key, id] : taken)
            if (!key.first.isEmpty()) QVERIFY2(!taken.contains({QString(), key.second}), qPrintable(id));
    }
    void of_a_journal_on_screen_only_what_is_new_is_read() {
        show("incidents");
        QTRY_VERIFY(session().timeline().journal().size() > 0);
        const std::size_t known = opsd_->events_now.size(), sent = opsd_->timeline_events_sent;
        QCOMPARE(session().timeline().journal().recorded().size(), known);
        incidents::Event note = opsd_->events_now.back();
        note.seq = known + 1;
        note.kind = incidents::EventKind::note;
        note.body = {.text = "the canary is slow"};
        opsd_->events_now.push_back(note);
        opsd_->push("incident", "inc-1");
        QTRY_COMPARE(session().timeline().journal().recorded().size(), known + 1);
        // A correction takes the place of what it corrects.
        const std::size_t rows = session().timeline().journal().size();
        note.supersedes = note.seq++;
        note.body.text = "the canary was slow";
        opsd_->events_now.push_back(note);
        opsd_->push("incident", "inc-1");
        QTRY_COMPARE(session().timeline().journal().recorded().size(), known + 2);
        QCOMPARE(session().timeline().journal().size(), rows);
        QVERIFY(session().timeline().journal().isCorrected(rows - 1));
        QCOMPARE(opsd_->timeline_events_sent.load() - sent, std::size_t(2));
    }
    void whoever_tells_an_end_learns_what_still_fires() {
        opsd_->incidents_now.front().state = incidents::State::investigating;
        opsd_->incidents_now.front().firing_alerts = {"playback-availability.10s-60s.1"};
        show("incidents");
        session().incidents().refresh();
        QTRY_VERIFY(session().incidents().find("inc-1")->state == incidents::State::investigating);
        session().actions().trigger("incident.mitigate");
        QDialog* form = dialog();
        QVERIFY(form);
        const auto labels = form->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->text().contains("One of its alerts is still firing");
        }));
        form->reject();
    }
    void playback_shows_the_past_and_forbids_to_write_to_it() {
        Page* page = show("incidents");
        QTRY_VERIFY(session().timeline().journal().size() > 0);
        QVERIFY(session().actions().find("incident.note")->blocked().isEmpty());
        QTest::keyClick(page, Qt::Key_B);
        QVERIFY(session().focus().isPlaying());
        QVERIFY(session().actions().find("incident.note")->blocked().contains("playback"));
        QVERIFY(!session().actions().action("incident.acknowledge")->isEnabled());
        const auto labels = page->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->isVisible() && label->text().startsWith("Playback ");
        }));
        QTest::keyClick(page, Qt::Key_B);
        QVERIFY(!session().focus().isPlaying());
        QVERIFY(session().actions().action("incident.note")->isEnabled());
    }
    void p_pins_the_event_that_is_chosen() {
        Page* page = show("incidents");
        QTRY_VERIFY(session().timeline().journal().size() > 0);
        QVERIFY(session().actions().find("incident.pin")->blocked().contains("Choose an event"));
        session().focus().setEvent(2);
        session().actions().updateEnabled();
        QTest::keyClick(page, Qt::Key_P);
        const auto asked = posted(1);
        QVERIFY(asked.front().body.find("\"pin\"") != std::string::npos);
        QVERIFY(asked.front().body.find("\"subject\":\"2\"") != std::string::npos);
        // What machines wrote is corrected by nobody.
        QVERIFY(!session().actions().find("incident.retract")->blocked().isEmpty());
    }
    void moving_a_milestone_is_shown_before_it_is_sent() {
        show("incidents");
        QTRY_VERIFY(session().timeline().journal().size() > 0);
        session().focus().setRetime(
            "detected",
            double(session().incidents().incidents().front().started_at.time_since_epoch().count()) + 10'000);
        session().actions().trigger("incident.retime");
        QDialog* form = dialog();
        QVERIFY(form);
        const auto texts = form->findChildren<QPlainTextEdit*>();
        QVERIFY(std::any_of(texts.begin(), texts.end(), [](const QPlainTextEdit* text) {
            return text->toPlainText().contains("MTTD 30 s → ");
        }));
        auto* submit = form->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());
        QTest::keyClicks(form->findChild<QLineEdit*>("text"), "the first ticket");
        QVERIFY(submit->isEnabled());
        QTest::mouseClick(submit, Qt::LeftButton);
        const auto asked = posted(1);
        QVERIFY(asked.front().body.find("\"supersedes\":1") != std::string::npos);
        QVERIFY(asked.front().body.find("first ticket") != std::string::npos);
    }
    void n_asks_for_the_note_and_sends_it() {
        Page* page = show("incidents");
        QTest::keyClick(page, Qt::Key_N);
        QDialog* form = dialog();
        QVERIFY(form);
        auto* submit = form->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());
        QTest::keyClicks(form->findChild<QPlainTextEdit*>("text"), "canary is slow");
        QVERIFY(submit->isEnabled());
        QTest::mouseClick(submit, Qt::LeftButton);
        const auto asked = posted(1);
        QVERIFY(asked.front().body.find("canary is slow") != std::string::npos);
        QCOMPARE(asked.front().if_match, std::string());
    }
    void an_action_that_does_not_apply_says_why() {
        show("incidents");
        QCOMPARE(session().actions().find("incident.resolve")->blocked(),
                 QStringLiteral("Acknowledge it first"));
        QVERIFY(!session().actions().action("incident.resolve")->isEnabled());
    }
    void abort_wants_a_reason_and_shows_what_it_will_send() {
        show("rollouts");
        session().actions().trigger("rollout.abort");
        QDialog* form = dialog();
        QVERIFY(form);
        auto* submit = form->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());
        const auto* requests = form->findChild<QPlainTextEdit*>("requests");
        QTRY_VERIFY(requests->toPlainText().contains("PUT http://gw/-/split"));
        QTest::keyClicks(form->findChild<QLineEdit*>("reason"), "it burns");
        QTest::mouseClick(submit, Qt::LeftButton);
        const auto asked = posted(1);
        QCOMPARE(asked.front().path, std::string("/api/v1/rollouts/ro-1/abort"));
        QVERIFY(asked.front().body.find("it burns") != std::string::npos);
    }
    void next_step_and_promote_are_different_requests() {
        show("rollouts");
        session().actions().invoke("rollout.next", {{"reason", "looks fine"}});
        posted(1);
        session().actions().invoke("rollout.promote", {{"reason", "sure"}});
        const auto asked = posted(2);
        QCOMPARE(asked[0].path, std::string("/api/v1/rollouts/ro-1/next"));
        QCOMPARE(asked[1].path, std::string("/api/v1/rollouts/ro-1/promote"));
        Outcome outcome;
        session().actions().invoke("rollout.promote", {}, [&](Outcome told) { outcome = std::move(told); });
        QVERIFY(!outcome);
        QCOMPARE(opsd_->asked().size(), 2u);
    }
    void delete_asks_first() {
        Page* page = show("catalog");
        QTRY_COMPARE(session().selection().title(), QStringLiteral("t1"));
        QTest::keyClick(page, Qt::Key_Delete);
        QDialog* question = dialog();
        QVERIFY(question);
        QVERIFY(opsd_->asked().empty());
        question->reject();
        QTest::qWait(100);
        QVERIFY(opsd_->asked().empty());
        session().actions().invoke("catalog.delete", {{"id", "t1"}});
        QCOMPARE(posted(1).front().path, std::string("/api/v1/videos/t1"));
    }
    void a_lost_connection_marks_everything_stale_and_comes_back() {
        Page* page = show("slos");
        auto ages = page->findChildren<widgets::AgeLabel*>();
        QVERIFY(!ages.isEmpty());
        opsd_->stop();
        QTRY_VERIFY_WITH_TIMEOUT(session().link().state() == OpsLink::State::lost, 5'000);
        QTRY_VERIFY(session().slos().isStale());
        QTRY_VERIFY(ages.first()->isStale());
        QVERIFY(!session().slos().statuses().empty());  // never blank
        QVERIFY(!session().actions().find("incident.acknowledge")->blocked().isEmpty());
    }
    void values_pushed_by_the_stream_are_shown() {
        show("slos");
        opsd_->statuses_now.front().health = slo::Health::healthy;
        opsd_->push_slos();
        QTRY_COMPARE_WITH_TIMEOUT(session().slos().statuses().front().health, slo::Health::healthy, 3'000);
    }
    void an_event_makes_the_list_read_anew() {
        show("incidents");
        opsd_->incidents_now.front().state = incidents::State::acknowledged;
        opsd_->incidents_now.front().version = 3;
        opsd_->push("incident", "inc-1");
        QTRY_COMPARE_WITH_TIMEOUT(session().incidents().incidents().front().state,
                                  incidents::State::acknowledged, 3'000);
    }
    void number_keys_and_the_palette_lead_everywhere() {
        show("overview");
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(window().currentPage(), QStringLiteral("incidents"));
        QTest::keyClick(&window(), Qt::Key_K, Qt::ControlModifier);
        QVERIFY(window().palette()->isVisible());
        QTest::keyClicks(window().palette()->field(), "test card");
        QTest::keyClick(window().palette()->field(), Qt::Key_Return);
        QTRY_COMPARE(window().currentPage(), QStringLiteral("preview"));
    }
    void after_the_palette_the_pages_keys_work_again() {
        Page* page = show("incidents");
        QTRY_VERIFY(page->hasData());
        QTRY_VERIFY(page->firstFocus()->hasFocus());
        QTest::keyClick(&window(), Qt::Key_K, Qt::ControlModifier);
        QTest::keyClick(window().palette()->field(), Qt::Key_Escape);
        QVERIFY(!window().palette()->isVisible());
        QVERIFY(page->firstFocus()->hasFocus());
    }
    void keys_with_ctrl_work_on_every_page() {
        show("preview");
        QTest::keyClick(&window(), Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier);
        QDialog* form = dialog();
        QVERIFY(form);
        QVERIFY(form->findChild<QLineEdit*>("title"));
        form->reject();
    }
};

QTEST_MAIN(TestPages)
#include "tst_pages.moc"
