// The post-mortem page against an opsd in this process: what is written arrives, nothing is lost or written
// over, and everything can be done by name.

#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include "app/adapters/postmortem_drafts.hpp"
#include "app/models/keyed_table_model.hpp"
#include "app/pages/postmortems/block_card.hpp"
#include "app/pages/postmortems/choice_card.hpp"
#include "app/pages/postmortems/edit_pane.hpp"
#include "app/pages/postmortems/history_card.hpp"
#include "app/pages/postmortems/preview_pane.hpp"
#include "app/pages/postmortems/section_editor.hpp"
#include "app/shell/console.hpp"
#include "app/shell/form_dialog.hpp"
#include "core/files.hpp"
#include "fake_opsd.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/text/markdown_editor.hpp"
#include "widgets/tiles/inline_notice.hpp"
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

class TestPostmortemPage : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;
    Page* page_ = nullptr;

    Session& session() { return console_->session(); }
    EditPane* edit() { return page_->findChild<EditPane*>(); }
    SectionEditor* section(const char* id) { return edit()->section(QString::fromLatin1(id)); }
    widgets::MarkdownEditor* field(const char* id) {
        return section(id)->findChild<widgets::MarkdownEditor*>();
    }
    DraftDocument* draft() { return session().drafts().current(); }
    std::vector<test::FakeOpsd::Asked> puts() {
        auto all = opsd_->asked();
        std::erase_if(all, [](const auto& asked) { return asked.method != "PUT"; });
        return all;
    }
    bool says(const QString& text) {
        const auto labels = page_->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text().contains(text);
        });
    }
    std::string section_text(const std::string& id) {
        const auto view = opsd_->postmortems.view();
        return postmortems::find_section(view.draft, id)->current.text;
    }
    QPushButton* button(QWidget* within, const QString& text) {
        for (QPushButton* each : within->findChildren<QPushButton*>())
            if (each->text() == text && each->isVisibleTo(within)) return each;
        return nullptr;
    }

private slots:
    void init() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        console_ = std::make_unique<Console>(connected(), false);
        console_->window().show();
        session().attach(opsd_->endpoints());
        console_->window().showPage("postmortems");
        page_ = console_->window().page("postmortems");
        QTRY_VERIFY_WITH_TIMEOUT(draft() && draft()->isOpen(), 5'000);
        QTRY_VERIFY(edit()->section("summary"));
        QTest::qWait(50);
    }
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void sections_are_fields_and_what_the_journal_says_is_not() {
        QCOMPARE(section("summary")->findChildren<widgets::MarkdownEditor*>().size(), 2);
        const auto cards = section("summary")->findChildren<BlockCard*>();
        QCOMPARE(cards.size(), 1);
        QVERIFY(says("from the journal, up to event 14"));
        QVERIFY(says("taken over at event 9. The journal has moved on since."));
        QVERIFY(button(section("root-cause"), "Link again …"));
    }
    void a_version_of_the_history_opens_with_its_text() {
        session().actions().invoke("postmortem.review");
        auto* card = page_->findChild<HistoryCard*>();
        auto* table = card->findChild<widgets::TableView*>();
        QTRY_COMPARE(table->model()->rowCount(), 1);
        auto* text = card->findChild<QPlainTextEdit*>();
        QVERIFY(!text->isVisible());
        table->setCurrentIndex(table->model()->index(0, 0));
        QTest::keyClick(table, Qt::Key_Return);
        QTRY_COMPARE(text->toPlainText(), QStringLiteral("As it was before."));
        QVERIFY(text->isVisible());
        QVERIFY(says("Version 3, grace"));
    }
    void a_broken_template_is_shown_with_its_line_and_cannot_be_chosen() {
        session().actions().trigger("postmortem.template");
        FormDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = console_->window().findChild<FormDialog*>()) != nullptr);
        auto* chooser = qobject_cast<QComboBox*>(dialog->input("template"));
        QVERIFY(chooser);
        chooser->setCurrentIndex(1);
        QVERIFY(!dialog->actionButton()->isEnabled());
        bool told = false;
        for (const QPlainTextEdit* each : dialog->findChildren<QPlainTextEdit*>())
            told = told || each->toPlainText().contains("team.md:3: there is no placeholder 'nothing'");
        QVERIFY(told);
        dialog->reject();
    }
    void the_preview_shows_what_is_typed_before_it_is_saved() {
        auto* preview = page_->findChild<PreviewPane*>();
        field("summary")->setFocus();
        field("summary")->moveCursor(QTextCursor::End);
        QTest::keyClicks(field("summary"), "Quokka");
        QTRY_VERIFY_WITH_TIMEOUT(preview->toPlainText().contains("Quokka"), 1'500);
        QCOMPARE(puts().size(), std::size_t(0));
        QVERIFY(draft()->status().text.startsWith("Not saved yet"));
    }
    void typing_moves_no_pane() {
        console_->window().resize(1440, 900);
        QTest::qWait(50);
        const int width = edit()->width();
        field("summary")->setFocus();
        QTest::keyClicks(field("summary"), "Word");
        QTRY_VERIFY(draft()->status().text.startsWith("Not saved yet"));
        QTest::qWait(50);
        QCOMPARE(edit()->width(), width);
    }
    void it_is_saved_after_a_rest_with_what_it_was_made_from() {
        field("summary")->moveCursor(QTextCursor::Start);
        QTest::keyClicks(field("summary"), "Many. ");
        QTRY_COMPARE_WITH_TIMEOUT(puts().size(), std::size_t(1), 5'000);
        QTRY_VERIFY(draft()->status().text.startsWith("Saved "));
        QCOMPARE(section_text("summary"),
                 std::string("Many. Viewers could not start playback.\n\n{{impact}}\n\nIt ended with the "
                             "**rollback**."));
        QVERIFY(!draft()->book().isUnsaved());
    }
    void leaving_the_page_saves_at_once() {
        QTest::keyClicks(field("lessons"), "First: ");
        console_->window().showPage("overview");
        QTRY_COMPARE_WITH_TIMEOUT(puts().size(), std::size_t(1), 1'500);
    }
    void another_persons_text_is_shown_beside_mine_and_not_written_over() {
        QTest::keyClicks(field("lessons"), "Mine ");
        opsd_->postmortems.write("lessons", "Theirs", "grace");
        opsd_->push("postmortem", "inc-1");
        auto* notice = section("lessons")->findChild<widgets::InlineNotice*>();
        QTRY_VERIFY(notice->isVisible());
        QVERIFY(notice->notice().what.contains("changed by grace"));
        QVERIFY(field("lessons")->toPlainText().startsWith("Mine "));
        draft()->flush();
        QTest::qWait(100);
        QCOMPARE(puts().size(), std::size_t(0));
        QVERIFY(draft()->status().text.contains("choose one"));

        emit notice->actionTriggered();
        auto* choice = page_->findChild<ChoiceCard*>();
        QVERIFY(choice && choice->isVisible());
        QStringList texts;
        for (auto* shown : choice->findChildren<QPlainTextEdit*>()) texts << shown->toPlainText();
        QCOMPARE(texts.size(), 2);
        QCOMPARE(texts[0], QStringLiteral("Theirs"));
        QVERIFY(texts[1].startsWith("Mine "));
        button(choice, "Keep mine")->click();
        QTRY_VERIFY(section_text("lessons").starts_with("Mine "));
        QTRY_VERIFY(!draft()->book().isUnsaved());
    }
    void a_block_can_be_taken_over_and_linked_again() {
        auto* card = section("timeline")->findChild<BlockCard*>();
        button(card, "Edit by hand")->click();
        QTRY_VERIFY_WITH_TIMEOUT(
            section_text("timeline").starts_with("{{detached timeline 14 0000000000000002}}\n| At | What |"),
            5'000);
        auto* by_hand = section("timeline")->findChildren<widgets::MarkdownEditor*>()[1];
        by_hand->setPlainText("Only this");
        button(section("timeline"), "Link again …")->click();
        QWidget* dialog = nullptr;
        QTRY_VERIFY((dialog = QApplication::activeModalWidget()) != nullptr);
        bool told = false;
        for (const QLabel* label : dialog->findChildren<QLabel*>())
            told |= label->text().contains("Only this");
        QVERIFY(told);
        button(dialog, "Link again")->click();
        QTRY_COMPARE_WITH_TIMEOUT(section_text("timeline"), std::string("{{timeline}}"), 6'000);
    }
    void a_finding_leads_to_its_line() {
        session().actions().trigger("postmortem.review");
        auto* findings = [this] {
            for (auto* table : page_->findChildren<widgets::TableView*>())
                if (table->accessibleName() == "Findings of the checks") return table;
            return static_cast<widgets::TableView*>(nullptr);
        }();
        QVERIFY(findings && findings->isVisible());
        emit findings->rowActivated(findings->model()->index(0, 0));
        QTRY_VERIFY(field("lessons")->isVisible());
        QCOMPARE(field("lessons")->textCursor().blockNumber(), 1);
    }
    void an_event_of_the_journal_opens_the_incident_there() {
        const quint64 wanted = test::timeline().front().seq;
        emit section("summary")->findChild<BlockCard*>()->eventWanted(wanted);
        QTRY_COMPARE(session().selection().incident(), QStringLiteral("inc-1"));
        const auto chosen = [this] {
            for (auto* table : console_->window().findChildren<QTableView*>())
                if (table->isVisible() && table->accessibleName() == "Journal")
                    return table->currentIndex().data(KeyRole).toString();
            return QString();
        };
        QTRY_COMPARE_WITH_TIMEOUT(chosen(), QString::number(wanted), 5'000);
    }
    void keys_write_markdown_and_escape_gives_single_keys_back() {
        field("lessons")->setFocus();
        field("lessons")->selectAll();
        session().actions().trigger("postmortem.bold");
        QVERIFY(field("lessons")->toPlainText().startsWith("**"));
        QTest::keyClick(field("lessons"), Qt::Key_Escape);
        QTest::keyClick(page_->focusWidget(), Qt::Key_R);
        const auto bars = page_->findChildren<QTabBar*>();
        QTRY_VERIFY(std::any_of(bars.begin(), bars.end(), [](const QTabBar* bar) {
            return bar->accessibleName() == "Parts of the post-mortem" && bar->currentIndex() == 1;
        }));
    }
    void steps_of_a_review_are_sent_as_they_are_named() {
        session().actions().invoke("postmortem.comment", {{"section", "summary"}, {"text", "Why?"}});
        session().actions().invoke("postmortem.submit", {{"reason", "ready"}});
        session().actions().invoke("postmortem.accept_action", {{"proposal", "p1"}, {"owner", "ada"}});
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(3));
        const auto asked = opsd_->asked();
        const auto body = [&](const std::string& path) {
            const auto at =
                std::find_if(asked.begin(), asked.end(), [&](const auto& each) { return each.path == path; });
            return at == asked.end() ? nlohmann::json() : nlohmann::json::parse(at->body);
        };
        QCOMPARE(body("/api/v1/postmortems/inc-1/comments")["text"].get<std::string>(), std::string("Why?"));
        QCOMPARE(body("/api/v1/postmortems/inc-1/state")["state"].get<std::string>(),
                 std::string("in_review"));
        const auto item = body("/api/v1/action-items");
        QCOMPARE(item["proposal"].get<std::string>(), std::string("p1"));
        QCOMPARE(item["owner"].get<std::string>(), std::string("ada"));
        QCOMPARE(item["incident"].get<std::string>(), std::string("inc-1"));
        std::optional<Outcome> published;
        session().actions().invoke("postmortem.publish", {}, [&](Outcome told) { published = told; });
        QVERIFY(published && !*published);  // it was not reviewed
    }
    void what_keeps_a_step_is_said_and_may_be_passed_over_with_a_reason() {
        opsd_->postmortems.change([](auto& view) { view.draft.state = postmortems::ReviewState::in_review; });
        session().postmortem().refresh();
        QTRY_VERIFY(session().postmortem().view()->draft.state == postmortems::ReviewState::in_review);
        session().actions().trigger("postmortem.reviewed");
        FormDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = console_->window().findChild<FormDialog*>()) != nullptr);
        QVERIFY(!dialog->actionButton()->isEnabled());
        bool told = false;
        for (const QLabel* each : dialog->findChildren<QLabel*>())
            told = told || each->text().contains("nobody but its author has approved");
        QVERIFY(told);
        qobject_cast<QComboBox*>(dialog->input("override"))->setCurrentIndex(1);
        qobject_cast<QPlainTextEdit*>(dialog->input("reason"))->setPlainText("a team of one");
        QVERIFY(dialog->actionButton()->isEnabled());
        dialog->reject();
    }
    void a_published_text_cannot_be_typed_into() {
        opsd_->postmortems.change([](auto& view) { view.draft.state = postmortems::ReviewState::published; });
        opsd_->push("postmortem", "inc-1");
        QTRY_VERIFY(field("lessons")->isReadOnly());
        QVERIFY(field("lessons")->toolTip().contains("take it back to a draft"));
    }
    void what_is_late_needs_somebody() {
        QVERIFY(session().needs().size() == 2u);
        opsd_->postmortems.change([](auto& view) {
            view.due.at = test::now() - std::chrono::hours(49);
            view.actions.front().due = "2026-01-02";
        });
        opsd_->push("postmortem", "inc-1");
        opsd_->push("action_item", "AI-7");
        QTRY_COMPARE(session().needs().size(), 4u);
        QVERIFY(session().needs()[2].what.contains("is overdue"));
        QCOMPARE(session().needs()[3].id, QStringLiteral("AI-7"));
        session().actions().invoke("postmortems.open", {{"id", "AI-7"}});
        QCOMPARE(session().postmortemFocus().item(), QStringLiteral("AI-7"));
        QVERIFY(session().actions().find("action_item.change")->blocked().isEmpty());
    }

    void a_killed_console_loses_nothing() {
        QTemporaryDir folder;
        const std::filesystem::path drafts = folder.path().toStdString() + "/drafts";
        const std::filesystem::path file = drafts / "inc-1.json", saved = folder.path().toStdString() + "/x";
        {
            OpsLink link;
            PostmortemAdapter adapter(link);
            PostmortemDrafts keeper(link, adapter, drafts);
            link.attach(opsd_->endpoints());
            QTRY_VERIFY(link.isLive());
            adapter.setOnline(true);
            adapter.setWanted(&keeper, true);
            adapter.setIncident("inc-1");
            QTRY_VERIFY_WITH_TIMEOUT(keeper.current() && keeper.current()->isOpen(), 5'000);
            keeper.current()->edit("lessons", "Written just before the end");
            QTRY_VERIFY_WITH_TIMEOUT(core::read_file(file).has_value(), 1'500);
            // What a kill would leave, before anything is sent.
            QVERIFY(core::write_file_atomically(saved, core::read_file(file).value()));
            QCOMPARE(puts().size(), std::size_t(0));
        }
        QVERIFY(core::write_file_atomically(file, core::read_file(saved).value()));
        OpsLink link;
        PostmortemAdapter adapter(link);
        PostmortemDrafts keeper(link, adapter, drafts);
        link.attach(opsd_->endpoints());
        QTRY_COMPARE_WITH_TIMEOUT(section_text("lessons"), std::string("Written just before the end"), 5'000);
        QTRY_VERIFY_WITH_TIMEOUT(!std::filesystem::exists(file), 2'000);
    }
    void without_a_connection_it_is_kept_and_says_so() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.path().toStdString() + "/drafts/inc-1.json";
        OpsLink link;
        DraftDocument document(link, "inc-1", file);
        QTRY_VERIFY(!document.isOpen());
        document.take(opsd_->postmortems.view().draft);
        QTRY_VERIFY(document.isOpen());
        document.edit("lessons", "On the train");
        QVERIFY(document.status().text.contains("no connection"));
        QVERIFY(document.status().text.contains("kept on this computer"));
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(file), 1'500);
        document.edit("lessons", "- The alert came *late*.\n- See https://example.org/runbook");
        QTRY_VERIFY_WITH_TIMEOUT(!std::filesystem::exists(file), 1'500);  // as it was: nothing to keep
    }
    void a_broken_file_is_set_aside_and_told_of() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.path().toStdString() + "/inc-1.json";
        QVERIFY(core::write_file_atomically(file, "{not"));
        OpsLink link;
        DraftDocument document(link, "inc-1", file);
        document.take(opsd_->postmortems.view().draft);
        QTRY_VERIFY(document.isOpen());
        QVERIFY(document.status().text.contains("set aside"));
        QVERIFY(std::filesystem::exists(file.string() + ".unreadable"));
    }
    /// For the eye: the panes in both themes into the folder that QUARTERDECK_SHOTS names.
    void pictures_for_people() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        for (const QString theme : {"dark", "light"}) {
            session().actions().invoke("app.theme", {{"theme", theme}});
            for (const QString pane : {"edit", "review", "actions", "items"}) {
                session().actions().invoke("postmortem." + pane);
                QTest::qWait(400);
                console_->window().grabTo(QStringLiteral("%1/pm-%2-%3.png").arg(folder, pane, theme));
            }
        }
    }
};

QTEST_MAIN(TestPostmortemPage)
#include "tst_postmortem_page.moc"
