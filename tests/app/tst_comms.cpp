// Status updates and the outbox in the window: what is shown, and what keys send.

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "app/models/outbox_model.hpp"
#include "app/shell/comms_needs.hpp"
#include "app/shell/console.hpp"
#include "fake_opsd.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"

using namespace qd;
using namespace qd::app;
using nlohmann::json;

namespace {

json entry(int id, const std::string& state, const std::string& type = "status_update") {
    const auto made = core::format_rfc3339(core::SystemClock().now() - std::chrono::minutes(3));
    json value{{"id", id},
               {"destination", "chat"},
               {"kind", "slack"},
               {"state", state},
               {"attempts", state == "queued" ? 2 : 1},
               {"created_at", made},
               {"next_attempt_at", nullptr},
               {"accepted_at", nullptr},
               {"ended_at", nullptr},
               {"last_error", nullptr},
               {"type", type},
               {"incident", "inc-1"},
               {"audience", type == "status_update" ? json("customers") : json(nullptr)},
               {"title", "Service status update (inc-1)"}};
    if (state == "failed") {
        value["ended_at"] = made;
        value["last_error"] = "answered with status 422: channel_is_archived";
    }
    if (state == "sent") value["ended_at"] = value["accepted_at"] = made;
    if (state == "queued") {
        value["last_error"] = "answered with status 503";
        value["next_attempt_at"] = core::format_rfc3339(core::SystemClock().now() + std::chrono::seconds(40));
    }
    return value;
}

json owed(int minutes_ago) {
    return {{"incident", "inc-1"},
            {"audience", "customers"},
            {"last_update_at", nullptr},
            {"next_update_due",
             core::format_rfc3339(core::SystemClock().now() - std::chrono::minutes(minutes_ago))}};
}

}  // namespace

class TestComms : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    MainWindow& window() { return console_->window(); }
    void start() {
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(
            session().incidents().hasData() && session().outbox().hasData() && session().status().hasData(),
            5'000);
    }
    QDialog* dialog() {
        QDialog* found = nullptr;
        [&] {
            QTRY_VERIFY((found = qobject_cast<QDialog*>(QApplication::activeModalWidget())) != nullptr);
            found->activateWindow();  // without a window manager nobody else does
            QTRY_COMPARE(QApplication::activeWindow(), found);
        }();
        return found;
    }
    QDialog* statusDialog() {
        window().activateWindow();
        window().showPage("incidents");
        [&] { QTRY_COMPARE(session().selection().incident(), QStringLiteral("inc-1")); }();
        QTest::qWait(50);
        QTest::keyClick(window().page("incidents"), Qt::Key_U);
        QDialog* found = dialog();
        [&] { QTRY_COMPARE(text(found)->toPlainText(), QStringLiteral("Draft for stakeholders.")); }();
        return found;
    }
    static QPlainTextEdit* text(QDialog* from) { return from->findChild<QPlainTextEdit*>("text"); }
    static void choose(QDialog* from, const QString& audience) {
        auto* box = from->findChild<QComboBox*>("audience");
        box->setCurrentIndex(box->findData(audience));
    }
    test::FakeOpsd::Asked asked() {
        [&] { QTRY_VERIFY_WITH_TIMEOUT(!opsd_->asked().empty(), 5'000); }();
        const auto all = opsd_->asked();
        return all.empty() ? test::FakeOpsd::Asked{} : all.back();
    }

private slots:
    void init() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
    }
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void u_begins_with_the_draft_and_says_where_it_goes() {
        start();
        QDialog* shown = statusDialog();
        const QString goesTo = shown->findChild<QLabel*>("goesTo")->text();
        QVERIFY2(goesTo.contains("chat (Slack), mail (e-mail)"), qPrintable(goesTo));
        QVERIFY(goesTo.contains("Status of inc-1"));
        QVERIFY(shown->findChild<QLabel*>("due")->text().contains("then every 30 min"));
        QCOMPARE(shown->findChild<QPushButton*>("submit")->text(), QStringLiteral("Send to 2 destinations"));
        choose(shown, "customers");
        QTRY_COMPARE(text(shown)->toPlainText(), QStringLiteral("Draft for customers."));
        text(shown)->setPlainText("It is over.");
        choose(shown, "responders");
        QTRY_COMPARE(text(shown)->toPlainText(), QStringLiteral("Draft for responders."));
        choose(shown, "customers");
        QCOMPARE(text(shown)->toPlainText(), QStringLiteral("It is over."));  // what was typed is kept
        QTest::keyClick(text(shown), Qt::Key_Return, Qt::ControlModifier);
        const auto sent = asked();
        QCOMPARE(sent.path, std::string("/api/v1/incidents/inc-1/status-updates"));
        QVERIFY(json::parse(sent.body) ==
                json({{"audience", "customers"}, {"text", "It is over."}, {"based_on", 2}}));
        QCOMPARE(opsd_->asked().size(), std::size_t(1));
    }
    void without_destinations_it_is_said_before() {
        opsd_->audiences_have_destinations = false;
        start();
        QDialog* shown = statusDialog();
        QVERIFY(shown->findChild<QLabel*>("goesTo")->text().startsWith("Goes to nobody"));
        QCOMPARE(shown->findChild<QPushButton*>("submit")->text(), QStringLiteral("Write into the journal"));
    }
    void what_cannot_be_sent_disables_the_button_and_says_why() {
        start();
        QDialog* shown = statusDialog();
        auto* send = shown->findChild<QPushButton*>("submit");
        QVERIFY(send->isEnabled());
        text(shown)->setPlainText("  ");
        QVERIFY(!send->isEnabled() && send->toolTip().contains("text is needed"));
        text(shown)->setPlainText("Hello {{name}}");
        QVERIFY(!send->isEnabled() && send->toolTip().contains("{{"));
        text(shown)->setPlainText(QString(20'000, 'x'));
        QVERIFY(!send->isEnabled() && send->toolTip().contains("16 KiB"));
        QTest::keyClick(text(shown), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(opsd_->asked().empty());
    }
    void an_overdue_update_needs_somebody_and_leads_to_its_text() {
        opsd_->owed_now = json::array({owed(5)});
        start();
        const auto due = [&]() -> const Need* {
            for (const Need& need : session().needs())
                if (need.page == "status_update") return &need;
            return nullptr;
        };
        QTRY_VERIFY(due());
        QVERIFY2(due()->what.contains("overdue for customers"), qPrintable(due()->what));
        session().actions().invoke(due()->page + ".open", {{"id", due()->id}});
        QCOMPARE(dialog()->objectName(), QStringLiteral("statusUpdate"));
        QCOMPARE(window().currentPage(), QStringLiteral("incidents"));
        // Not yet due: nobody is called.
        QVERIFY(commsNeeds({test::incident()},
                           {{"inc-1", "customers", {}, core::WallTime(std::chrono::hours(2))}}, {}, 1)
                    .empty());
    }
    void a_failed_message_needs_somebody_and_is_tried_again_by_key() {
        opsd_->outbox_now = json::array({entry(9, "failed"), entry(8, "queued"), entry(7, "sent")});
        start();
        QTRY_VERIFY(std::any_of(session().needs().begin(), session().needs().end(),
                                [](const Need& need) { return need.page == "outbox"; }));
        QVERIFY(phraseOf(session().needs()).contains("failed messages"));
        session().actions().trigger("outbox.open");
        QDialog* shown = dialog();
        auto* table = shown->findChild<widgets::TableView*>();
        QCOMPARE(table->model()->rowCount(), 3);
        const auto cell = [&](int row, int column, int role = Qt::DisplayRole) {
            return table->model()->index(row, column).data(role).toString();
        };
        QCOMPARE(cell(0, OutboxModel::State), QStringLiteral("Failed"));
        QCOMPARE(cell(1, OutboxModel::State), QStringLiteral("Retrying"));
        QCOMPARE(cell(2, OutboxModel::State), QStringLiteral("Sent"));
        QCOMPARE(cell(0, OutboxModel::Age), QStringLiteral("3 min ago"));
        QVERIFY(cell(1, OutboxModel::Next).startsWith("in "));
        QCOMPARE(cell(0, OutboxModel::What, widgets::SubRole),
                 QStringLiteral("Status update for customers · inc-1"));
        QVERIFY(cell(0, OutboxModel::Error).contains("channel_is_archived"));
        auto* retry = shown->findChild<QPushButton*>("retry");
        auto* drop = shown->findChild<QPushButton*>("drop");
        table->selectRow(2);
        QVERIFY(!retry->isEnabled() && !drop->isEnabled() && !retry->toolTip().isEmpty());
        table->selectRow(1);
        QVERIFY(retry->isEnabled() && drop->isEnabled());  // whoever mended the chat need not wait
        table->selectRow(0);
        QTest::keyClick(table, Qt::Key_R);
        const auto sent = asked();
        QCOMPARE(sent.path, std::string("/api/v1/outbox/9/retry"));
        QCOMPARE(sent.method, std::string("POST"));
    }
    void dropping_asks_first() {
        opsd_->outbox_now = json::array({entry(9, "failed")});
        start();
        session().actions().trigger("outbox.open");
        auto* table = dialog()->findChild<widgets::TableView*>();
        QTest::keyClick(table, Qt::Key_Delete);
        QDialog* question = nullptr;
        QTRY_VERIFY((question = dialog()) && question->objectName() != "outbox");
        QVERIFY(opsd_->asked().empty());
        for (QPushButton* button : question->findChildren<QPushButton*>())
            if (button->text() == "Drop message") button->click();
        const auto sent = asked();
        QCOMPARE(sent.path, std::string("/api/v1/outbox/9"));
        QCOMPARE(sent.method, std::string("DELETE"));
    }
    void the_outbox_follows_what_opsd_tells() {
        start();
        session().actions().trigger("outbox.open");
        auto* table = dialog()->findChild<widgets::TableView*>();
        QCOMPARE(table->model()->rowCount(), 0);
        opsd_->outbox_now = json::array({entry(9, "queued")});
        opsd_->push("outbox", "*");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, 5'000);
    }
    void the_model_keeps_the_rules_of_models() {
        OutboxModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<opsclient::OutboxEntry> rows;
        for (int i = 0; i < 5; ++i)
            rows.insert(rows.begin(),
                        *opsclient::outbox_entry_from_json(entry(i + 1, i % 2 ? "sent" : "failed")));
        model.update(rows);
        model.tick();
        rows.erase(rows.begin());
        rows.back().state = "dropped";
        model.update(rows);
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(model.index(3, OutboxModel::State).data().toString(), QStringLiteral("Dropped"));
        // What is long due and has not been tried stands behind another: it does not go "now".
        rows.front().state = "queued";
        rows.front().next_attempt_at = core::SystemClock().now() - std::chrono::minutes(1);
        model.update(rows);
        QCOMPARE(model.index(0, OutboxModel::Next).data().toString(), QStringLiteral("in turn"));
    }
    /// For the eye: the dialogs in both themes into the folder that QUARTERDECK_SHOTS names.
    void pictures_for_people() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        opsd_->owed_now = json::array({owed(5)});
        opsd_->outbox_now = json::array({entry(9, "failed"), entry(8, "queued"), entry(7, "sent"),
                                         entry(6, "sent", "incident"), entry(5, "dropped", "reminder")});
        start();
        for (const QString& theme : {QStringLiteral("dark"), QStringLiteral("light")}) {
            session().actions().invoke("app.theme", {{"theme", theme}});
            QDialog* shown = statusDialog();
            QTest::qWait(200);
            shown->grab().save(QStringLiteral("%1/status-%2.png").arg(folder, theme));
            shown->close();
            QTest::qWait(50);
            session().actions().trigger("outbox.open");
            QTest::qWait(300);
            dialog()->grab().save(QStringLiteral("%1/outbox-%2.png").arg(folder, theme));
            dialog()->close();
            window().showPage("overview");
            QTest::qWait(400);
            window().grabTo(QStringLiteral("%1/overview-%2.png").arg(folder, theme));
        }
    }
};

QTEST_MAIN(TestComms)
#include "tst_comms.moc"
