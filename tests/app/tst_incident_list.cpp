// The list of incidents and what is done to several of them, against an opsd in this process.

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "app/pages/incidents/found_incidents.hpp"
#include "app/shell/console.hpp"
#include "fake_opsd.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"

using namespace qd;
using namespace qd::app;

class TestIncidentList : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    MainWindow& window() { return console_->window(); }

    static incidents::Incident numbered(int number) {
        incidents::Incident one = test::incident();
        one.id = incidents::IncidentId("INC-" + std::to_string(number));
        one.title = number % 100 == 7 ? "Stalls while seeking" : "Playback availability burns its budget";
        // The first three are open.
        one.state = number < 3 ? incidents::State::triage : incidents::State::closed;
        one.detected_at -= std::chrono::hours(number);
        one.started_at = one.detected_at;
        if (number >= 3) one.resolved_at = one.closed_at = one.detected_at + std::chrono::minutes(5);
        return one;
    }
    void start(int incidents) {
        opsd_ = std::make_unique<test::FakeOpsd>();
        opsd_->incidents_now.clear();
        for (int i = 0; i < incidents; ++i) opsd_->incidents_now.push_back(numbered(i));
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        window().show();
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().incidents().hasData(), 5'000);
        window().showPage("incidents");
        QTRY_VERIFY_WITH_TIMEOUT(window().page("incidents")->hasData(), 5'000);
    }
    widgets::TableView* table() {
        for (auto* one : window().page("incidents")->findChildren<widgets::TableView*>())
            if (one->accessibleName() == "Incidents") return one;
        return nullptr;
    }
    QDialog* dialog() {
        QDialog* found = nullptr;
        [&] {
            QTRY_VERIFY((found = qobject_cast<QDialog*>(QApplication::activeModalWidget())) != nullptr);
        }();
        return found;
    }
    bool says(QWidget* where, const QString& words) {
        for (const QLabel* label : where->findChildren<QLabel*>())
            if (label->isVisibleTo(where) && label->text().contains(words)) return true;
        return false;
    }

private slots:
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void further_pages_come_as_they_are_scrolled_to() {
        start(1'200);
        auto* model = qobject_cast<FoundIncidents*>(table()->model());
        QVERIFY(model);
        const QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTRY_COMPARE(model->rowCount(), 500);
        QCOMPARE(session().incidents().total(), std::size_t(1'200));
        QTRY_VERIFY(says(window().page("incidents"), "500 of 1200"));
        const auto scroll = [&] {
            if (model->canFetchMore({})) model->fetchMore({});
            return model->rowCount();
        };
        QTRY_COMPARE(scroll(), 1'200);
        QVERIFY(!model->canFetchMore({}));
        QVERIFY(says(window().page("incidents"), "1200 incidents"));
        QCOMPARE(model->index(1'199, 0).data(KeyRole).toString(), QString("INC-1199"));
    }

    void the_site_searches_everything_it_has() {
        start(1'200);
        auto* field = window().page("incidents")->findChild<widgets::FilterField*>();
        field->setText("seeking");
        QTRY_COMPARE(table()->model()->rowCount(), 12);
        field->setText("nothing of the kind");
        QTRY_COMPARE(table()->model()->rowCount(), 0);
        field->clear();
        QTRY_COMPARE(table()->model()->rowCount(), 500);
        QComboBox* state = nullptr;
        for (auto* box : window().page("incidents")->findChildren<QComboBox*>())
            if (box->accessibleName() == "State") state = box;
        QVERIFY(state);
        state->setCurrentIndex(state->findData("open"));
        emit state->activated(state->currentIndex());
        QTRY_COMPARE(table()->model()->rowCount(), 3);
    }

    void one_that_is_older_than_the_list_is_read_when_it_is_named() {
        start(1'200);
        QVERIFY(!session().incidents().find("INC-1100"));
        session().incidents().need("INC-1100");
        QTRY_VERIFY(session().incidents().find("INC-1100"));
        QCOMPARE(session().incidents().total(), std::size_t(1'200));
    }

    void a_change_of_one_reads_one() {
        start(20);
        const int lists = opsd_->count("/api/v1/incidents");
        opsd_->incidents_now[1].state = incidents::State::investigating;
        opsd_->incidents_now[1].version = 9;
        opsd_->push("incident", "INC-1");
        QTRY_COMPARE(session().incidents().find("INC-1")->state, incidents::State::investigating);
        QCOMPARE(opsd_->count("/api/v1/incidents/INC-1"), 1);
        QCOMPARE(opsd_->count("/api/v1/incidents"), lists);
    }

    void merging_several_says_what_will_happen_and_asks_why() {
        start(20);
        QTRY_COMPARE(table()->model()->rowCount(), 20);
        table()->setCurrentIndex(table()->model()->index(1, 0));
        table()->selectionModel()->select(table()->model()->index(2, 0),
                                          QItemSelectionModel::Select | QItemSelectionModel::Rows);
        QCOMPARE(session().selection().incidents(), (QStringList{"INC-1", "INC-2"}));
        session().actions().trigger("incident.merge");
        QDialog* asked = dialog();
        auto* found = asked->findChild<QListWidget*>();
        QTRY_COMPARE(found->count(), 18);  // neither of the two
        auto* submit = asked->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());
        QVERIFY(says(asked, "INC-1, INC-2 get the state Merged"));
        QVERIFY(says(asked, "INC-0"));
        found->setCurrentRow(3);  // closed
        asked->findChild<QPlainTextEdit*>()->setPlainText("the same gateway");
        QVERIFY(!submit->isEnabled());
        QVERIFY(submit->toolTip().contains("only an open one"));
        found->setCurrentRow(0);
        QVERIFY(submit->isEnabled());
        submit->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(2));
        QCOMPARE(opsd_->asked()[0].path, std::string("/api/v1/incidents/INC-1/merge"));
        QCOMPARE(opsd_->asked()[1].path, std::string("/api/v1/incidents/INC-2/merge"));
        const auto body = nlohmann::json::parse(opsd_->asked()[0].body);
        QCOMPARE(body["into"].get<std::string>(), std::string("INC-0"));
        QCOMPARE(body["reason"].get<std::string>(), std::string("the same gateway"));
        QTRY_COMPARE(session().selection().incident(), QString("INC-0"));
    }

    void splitting_takes_what_is_chosen() {
        start(2);
        session().selection().setIncident("INC-0");
        QTRY_VERIFY(session().actions().find("incident.split")->blocked().isEmpty());
        session().actions().trigger("incident.split");
        QDialog* asked = dialog();
        auto* submit = asked->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());
        asked->findChild<QLineEdit*>()->setText("Seeking stalls");
        auto* alerts = asked->findChildren<QListWidget*>().first();
        QCOMPARE(alerts->count(), 1);
        alerts->item(0)->setCheckState(Qt::Checked);
        asked->findChild<QPlainTextEdit*>()->setPlainText("another cause");
        QVERIFY(submit->isEnabled());
        QVERIFY(says(asked, "1 alert belongs to it and no longer to INC-0"));
        submit->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        const auto body = nlohmann::json::parse(opsd_->asked()[0].body);
        QCOMPARE(body["title"].get<std::string>(), std::string("Seeking stalls"));
        QCOMPARE(body["alerts"].size(), std::size_t(1));
    }

    void an_end_that_is_not_possible_says_why() {
        start(5);
        session().selection().setIncident("INC-0");
        QVERIFY(session().actions().find("incident.reopen")->blocked().contains("only what has ended"));
        QVERIFY(session().actions().find("incident.close")->blocked().contains("resolve it first"));
        QVERIFY(session().actions().find("incident.cancel")->blocked().isEmpty());
        session().selection().setIncident("INC-4");
        QVERIFY(session().actions().find("incident.reopen")->blocked().isEmpty());
        session().actions().invoke("incident.reopen", {{"incident", "INC-4"}, {"text", "it is back"}});
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        const auto body = nlohmann::json::parse(opsd_->asked()[0].body);
        QCOMPARE(body["body"]["state"].get<std::string>(), std::string("investigating"));
    }
};

QTEST_MAIN(TestIncidentList)
#include "tst_incident_list.moc"
