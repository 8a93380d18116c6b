// Who is on call, handovers and runbooks, against an opsd in this process.

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "app/models/oncall_models.hpp"
#include "app/pages/incidents/role_actions.hpp"
#include "app/pages/incidents/runbook_panel.hpp"
#include "app/pages/incidents/runbook_step_card.hpp"
#include "app/pages/oncall/runbook_view.hpp"
#include "app/shell/console.hpp"
#include "fake_opsd.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/timeline/shift_strip.hpp"

using namespace qd;
using namespace qd::app;

class TestOncall : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    MainWindow& window() { return console_->window(); }
    Page* show(const QString& name) {
        window().showPage(name);
        Page* page = window().page(name);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(page->hasData(), 5'000); }();
        return page;
    }
    QDialog* dialog() {
        QDialog* found = nullptr;
        [&] {
            QTRY_VERIFY((found = qobject_cast<QDialog*>(QApplication::activeModalWidget())) != nullptr);
        }();
        return found;
    }
    RunbookPanel* panel() {
        Page* page = show("incidents");
        [&] { QTRY_COMPARE(session().selection().incident(), QStringLiteral("inc-1")); }();
        QTest::keyClick(page, Qt::Key_G);
        RunbookPanel* found = nullptr;
        [&] {
            QTRY_VERIFY((found = window().findChild<RunbookPanel*>()) != nullptr);
            QTRY_VERIFY_WITH_TIMEOUT(found->findChildren<RunbookStepCard*>().size() == 4, 5'000);
        }();
        return found;
    }
    static bool says(const QWidget* where, const QString& text) {
        for (const QLabel* label : where->findChildren<QLabel*>())
            if (label->text().contains(text)) return true;
        return false;
    }

private slots:
    void init() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().incidents().hasData() && session().oncall().hasData(), 5'000);
    }
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void modelsKeepTheRules() {
        ShiftModel shifts;
        RunbookModel library;
        GuideModel guides;
        QAbstractItemModelTester first(&shifts, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QAbstractItemModelTester second(&library, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QAbstractItemModelTester third(&guides, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<ShiftRow> rows;
        const oncall::Picture picture = test::oncall_picture();
        for (const auto& shift : picture.rotas[0].shifts) rows.push_back({"Platform", shift});
        QVERIFY(rows.size() > 5);
        shifts.update(rows);
        QCOMPARE(shifts.rowCount(), int(rows.size()));
        rows.erase(rows.begin(), rows.begin() + 2);
        shifts.update(rows);
        library.update({{test::runbook(), "built-in", ""}});
        library.update({{test::runbook(), "canary.md", "canary.md:3: odd"}});
        QCOMPARE(library.index(0, RunbookModel::Source).data().toString(), QString("canary.md"));
        guides.update(test::guides());
        guides.update({});
        QCOMPARE(guides.rowCount(), 0);
    }

    void thePageSaysWhoAnswersAndWhatIsBroken() {
        Page* page = show("oncall");
        const auto& now = session().oncall().picture().rotas.at(0).now.at(0);
        QTRY_VERIFY(says(page, str(now.person)));
        auto* strip = page->findChild<widgets::ShiftStrip*>();
        QVERIFY(strip && strip->lanes().size() == 2);
        QVERIFY(strip->spokenText().contains(str(now.person)));
        bool told = false;
        for (const auto* notice : page->findChildren<widgets::InlineNotice*>())
            told = told || notice->notice().what.contains("platform.yaml:7");
        QVERIFY(told);
        auto* view = page->findChild<RunbookView*>();
        QTRY_VERIFY(view->toPlainText().contains("Take all traffic off the canary"));
        // Files went away: the page says what to do.
        opsd_->oncall_now.rotas.clear();
        opsd_->push("oncall", "*");
        QTRY_VERIFY(says(page, "Nobody has written down who is on call"));
    }

    void nothingIsFetchedForMarkdown() {
        struct Open : RunbookView {
            using RunbookView::loadResource;
            using RunbookView::RunbookView;
        } view(nullptr);
        QVERIFY(view.loadResource(QTextDocument::ImageResource, QUrl("file:///etc/hostname"))
                    .toByteArray()
                    .isEmpty());
        QVERIFY(view.loadResource(QTextDocument::ImageResource, QUrl("http://127.0.0.1/x.png"))
                    .toByteArray()
                    .isEmpty());
        QVERIFY(isWebLink(QUrl("https://example.org/x")));
        QVERIFY(!isWebLink(QUrl("file:///etc/passwd")));
        QVERIFY(!isWebLink(QUrl("javascript:1")));
        QCOMPARE(stepText("12. **Look**\n\n    more\n   else"), QString("**Look**\n\n more\nelse"));
        QCOMPARE(stepText("- [ ] Tell"), QString("Tell"));
    }

    void assigningOffersWhoIsOnCallFirst() {
        Page* page = show("incidents");
        QTRY_COMPARE(session().selection().incident(), QStringLiteral("inc-1"));
        QTest::keyClick(page, Qt::Key_C);
        QDialog* form = dialog();
        auto* box = form->findChild<QComboBox*>("person");
        QVERIFY(box);
        const std::string first = session().oncall().picture().rotas.at(0).now.at(0).person;
        QCOMPARE(box->itemData(0).toString().toStdString(), first);
        QVERIFY(box->itemText(0).contains("on call, primary"));
        QTest::mouseClick(form->findChild<QPushButton*>("submit"), Qt::LeftButton);
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QVERIFY(opsd_->asked()[0].body.find("\"person\":\"" + first + "\"") != std::string::npos);
        // Anybody else can be typed.
        session().actions().trigger("incident.assign");
        form = dialog();
        form->findChild<QComboBox*>("person")->setEditText("zoe");
        QTest::mouseClick(form->findChild<QPushButton*>("submit"), Qt::LeftButton);
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(2));
        QVERIFY(opsd_->asked()[1].body.find("\"person\":\"zoe\"") != std::string::npos);
    }

    void aHandoverIsPrefilledWithHowItStands() {
        Page* page = show("incidents");
        QTRY_COMPARE(session().selection().incident(), QStringLiteral("inc-1"));
        QTest::keyClick(page, Qt::Key_H);
        QDialog* form = dialog();
        auto* text = form->findChild<QPlainTextEdit*>("text");
        QVERIFY(text->toPlainText().contains("SEV"));
        QVERIFY(text->toPlainText().contains("Open questions"));
        form->findChild<QComboBox*>("person")->setEditText("ben");
        QTest::mouseClick(form->findChild<QPushButton*>("submit"), Qt::LeftButton);
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QVERIFY(opsd_->asked()[0].body.find("\"handover\"") != std::string::npos);
        QVERIFY(opsd_->asked()[0].body.find("Open questions") != std::string::npos);
    }

    void theSummaryHoldsNotesOfPeopleOnly() {
        incidents::Incident incident = test::incident();
        incidents::Event note;
        note.seq = 1;
        note.kind = incidents::EventKind::opened;
        note.body.title = "x";
        std::vector<incidents::Event> journal{note};
        for (const char* source : {"console", "oncall"}) {
            note.seq = journal.size() + 1;
            note.kind = incidents::EventKind::note;
            note.source = source;
            note.actor = "anna";
            note.body = {};
            note.body.text = std::string("seen by ") + source;
            journal.push_back(note);
        }
        const QString summary = handoverSummary(incident, journal, test::now());
        QVERIFY(summary.contains("seen by console"));
        QVERIFY(!summary.contains("seen by oncall"));
    }

    void aStepShowsWhatItSendsAndRunsOnceConfirmed() {
        RunbookPanel* open = panel();
        const auto cards = open->findChildren<RunbookStepCard*>();
        QCOMPARE(cards[0]->findChild<widgets::StatusBadge*>()->text(), QString("done"));
        QCOMPARE(cards[1]->findChild<widgets::StatusBadge*>()->text(), QString("outcome unknown"));
        QVERIFY(says(cards[1], "Look at the site before you run it again"));
        QVERIFY(says(open, "a suspect is a rollout"));
        opsd_->run_now.summary = "Abort rollout ro-1.";
        opsd_->run_now.sends = {R"(POST /api/v1/rollouts/ro-1/abort {"reason":""})"};
        QTest::mouseClick(cards[1]->runButton(), Qt::LeftButton);
        QDialog* form = dialog();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QVERIFY(opsd_->asked()[0].body.find("\"confirm\":false") != std::string::npos);
        auto* submit = form->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());  // without a reason
        form->findChild<QPlainTextEdit*>("reason")->setPlainText("it fails");
        QVERIFY(submit->isEnabled());
        bool exact = false;
        for (const QPlainTextEdit* text : form->findChildren<QPlainTextEdit*>())
            exact =
                exact || text->toPlainText() == R"(POST /api/v1/rollouts/ro-1/abort {"reason":"it fails"})";
        QVERIFY(exact);
        opsd_->run_now.confirmed = true;
        opsd_->run_now.outcome = "failed";
        opsd_->run_now.text = "the gateway did not answer";
        QTest::mouseClick(submit, Qt::LeftButton);
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(2));
        QVERIFY(opsd_->asked()[1].body.find("\"confirm\":true") != std::string::npos);
        QVERIFY(opsd_->asked()[1].body.find("it fails") != std::string::npos);
        QCOMPARE(
            opsd_->asked()[1].path,
            std::string("/api/v1/incidents/inc-1/runbooks/canary/steps/take-all-traffic-off-the-canary/run"));
        auto* notice = open->findChild<widgets::InlineNotice*>();
        QTRY_VERIFY(notice->isVisible());
        QCOMPARE(notice->notice().why, QString("the gateway did not answer"));
        QCOMPARE(notice->notice().state, widgets::State::Bad);
    }

    void whatDoesNotApplySaysWhyAndCannotBeSent() {
        RunbookPanel* open = panel();
        opsd_->run_now.summary = "Abort the rollout.";
        opsd_->run_now.refusal = "there is no rollout";
        QTest::mouseClick(open->findChildren<RunbookStepCard*>()[1]->runButton(), Qt::LeftButton);
        QDialog* form = dialog();
        form->findChild<QPlainTextEdit*>("reason")->setPlainText("it fails");
        auto* submit = form->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());
        QVERIFY(submit->toolTip().contains("there is no rollout"));
    }

    /// For the eye: the page and the panel in both themes into the folder that QUARTERDECK_SHOTS names.
    void picturesForPeople() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        for (const QString& theme : {QStringLiteral("dark"), QStringLiteral("light")}) {
            session().actions().invoke("app.theme", {{"theme", theme}});
            show("oncall");
            QTest::qWait(500);
            window().grabTo(QStringLiteral("%1/oncall-%2.png").arg(folder, theme));
            show("incidents");
            QTRY_COMPARE(session().selection().incident(), QStringLiteral("inc-1"));
            session().actions().trigger("incident.runbook");
            auto* open = window().findChild<RunbookPanel*>();
            QVERIFY(open);
            QTest::qWait(700);
            open->grab().save(QStringLiteral("%1/runbook-%2.png").arg(folder, theme));
            delete open;
            session().actions().trigger("incident.handover");
            dialog()->grab().save(QStringLiteral("%1/handover-%2.png").arg(folder, theme));
            dialog()->close();
            QTest::qWait(50);
        }
    }
};

QTEST_MAIN(TestOncall)
#include "tst_oncall.moc"
