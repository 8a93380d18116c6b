// The page of alerts and silences: its models, what its keys send, and what lapses.

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "app/models/silence_models.hpp"
#include "app/pages/alerts/silence_form.hpp"
#include "app/shell/console.hpp"
#include "app/shell/needs.hpp"
#include "fake_opsd.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"

using namespace qd;
using namespace qd::app;
using namespace std::chrono_literals;

namespace {

qint64 nowMs() {
    return test::now().time_since_epoch().count();
}

QString cell(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

}  // namespace

class TestAlerts : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    Page* page() { return console_->window().page("alerts"); }
    widgets::TableView* table(const char* name) {
        for (auto* view : page()->findChildren<widgets::TableView*>())
            if (view->accessibleName() == QLatin1String(name)) return view;
        return nullptr;
    }
    void start() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        console_->window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&console_->window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().link().isLive(), 5'000);
        console_->window().showPage("alerts");
        QTRY_VERIFY_WITH_TIMEOUT(page()->hasData(), 5'000);
        QTRY_COMPARE(table("Alerts")->model()->rowCount(), 3);
    }
    QDialog* dialog() {
        QDialog* found = nullptr;
        [&] {
            QTRY_VERIFY((found = qobject_cast<QDialog*>(QApplication::activeModalWidget())) != nullptr);
        }();
        return found;
    }

private slots:
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void rowsFollowWhatIsListed() {
        SeenAlertModel alerts;
        const QAbstractItemModelTester first(&alerts, QAbstractItemModelTester::FailureReportingMode::QtTest);
        alerts.update(rowsOf(test::seen_alerts(), nowMs()));
        QCOMPARE(cell(alerts, 0, SeenAlertModel::AlertState), QStringLiteral("Firing, SEV2"));
        QCOMPARE(cell(alerts, 0, SeenAlertModel::Source), QStringLiteral("Quarterdeck"));
        QCOMPARE(cell(alerts, 0, SeenAlertModel::Incident), QStringLiteral("inc-1"));
        QCOMPARE(cell(alerts, 0, SeenAlertModel::Age), QStringLiteral("1 min 30 s"));
        QCOMPARE(cell(alerts, 1, SeenAlertModel::AlertState), QStringLiteral("Silenced, SEV3"));
        QCOMPARE(cell(alerts, 1, SeenAlertModel::SilencedBy), QStringLiteral("6c3d in pager"));
        QCOMPARE(cell(alerts, 2, SeenAlertModel::AlertState), QStringLiteral("Ended"));
        QCOMPARE(cell(alerts, 2, SeenAlertModel::Age), QStringLiteral("1 h"));
        alerts.update({});
        QCOMPARE(alerts.rowCount(), 0);

        SilenceModel silences;
        const QAbstractItemModelTester second(&silences,
                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
        silences.update(rowsOf(test::listed_silences(), nowMs()));
        QCOMPARE(cell(silences, 0, SilenceModel::SilenceState), QStringLiteral("Lapses soon"));
        QCOMPARE(cell(silences, 0, SilenceModel::Left), QStringLiteral("3 min"));
        QCOMPARE(cell(silences, 0, SilenceModel::Firing), QStringLiteral("1"));
        QCOMPARE(cell(silences, 1, SilenceModel::Matchers),
                 QStringLiteral("severity=~\"sev[34]\", service=\"viewers\""));
        silences.update(rowsOf(test::listed_silences(), nowMs() + 1'000));
        QCOMPARE(cell(silences, 0, SilenceModel::Left), QStringLiteral("2 min 59 s"));
    }

    void whatLapsesNeedsSomebodyAndWhatIsSilencedDoesNot() {
        const auto needs = lapsingNeeds(test::listed_silences());
        QCOMPARE(needs.size(), std::size_t(1));
        QCOMPARE(needs[0].page, QStringLiteral("alerts"));
        QCOMPARE(needs[0].id, QStringLiteral("pager/6c3d"));
        QCOMPARE(phraseOf(needs), QStringLiteral("1 silence"));
        auto seen = test::seen_alerts();
        QCOMPARE(loudOnes({test::alert()}, seen).size(), std::size_t(1));
        seen[0].silenced_by = {{"quarterdeck", silences::SilenceId("sil-1")}};
        QVERIFY(loudOnes({test::alert()}, seen).empty());
    }

    void anAlertIsSilencedFromTheKeyboard() {
        start();
        if (QTest::currentTestFailed()) return;
        QVERIFY(QTest::qWaitForWindowActive(&console_->window()));
        table("Alerts")->setFocus();
        QTest::keyClick(table("Alerts"), Qt::Key_S);
        QDialog* form = dialog();
        auto* matchers = form->findChild<QPlainTextEdit*>("matchers");
        QVERIFY(matchers->toPlainText().contains("slo=\"playback-availability\""));
        auto* submit = form->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());  // a reason is wanted
        matchers->setPlainText("service=~\".*\"");
        form->findChild<QLineEdit*>("reason")->setText("planned work");
        QVERIFY2(!submit->isEnabled(), "everything would be silenced");
        matchers->setPlainText("service=\"gateway\"");
        QVERIFY(submit->isEnabled());
        submit->click();
        QTRY_COMPARE_WITH_TIMEOUT(opsd_->asked().size(), std::size_t(1), 5'000);
        const auto sent = opsd_->asked().front();
        QCOMPARE(sent.path, std::string("/api/v1/silences"));
        const nlohmann::json wanted = nlohmann::json::parse(R"({"source":"quarterdeck","duration_s":3600,
            "matchers":[{"name":"service","value":"gateway","is_regex":false,"is_equal":true}],
            "comment":"planned work"})");
        QVERIFY2(nlohmann::json::parse(sent.body) == wanted, sent.body.c_str());
    }

    void aSilenceIsExtendedAndEnded() {
        start();
        if (QTest::currentTestFailed()) return;
        QVERIFY(page()->open("pager/6c3d"));
        session().actions().trigger("silence.extend");
        QDialog* form = dialog();
        form->findChild<QLineEdit*>("reason")->setText("takes longer");
        form->findChild<QPushButton*>("submit")->click();
        QTRY_COMPARE_WITH_TIMEOUT(opsd_->asked().size(), std::size_t(1), 5'000);
        QCOMPARE(opsd_->asked()[0].path, std::string("/api/v1/silences/6c3d/extend"));
        QVERIFY(nlohmann::json::parse(opsd_->asked()[0].body)["reason"] == "takes longer");
        QTRY_VERIFY(QApplication::activeModalWidget() == nullptr);
        session().actions().trigger("silence.expire");
        form = dialog();
        form->findChild<QLineEdit*>("reason")->setText("done");
        form->findChild<QPushButton*>("submit")->click();
        QTRY_COMPARE_WITH_TIMEOUT(opsd_->asked().size(), std::size_t(2), 5'000);
        QCOMPARE(opsd_->asked()[1].method, std::string("DELETE"));
    }

    void theFilterNarrowsBothTables() {
        start();
        if (QTest::currentTestFailed()) return;
        auto* filter = qobject_cast<widgets::FilterField*>(page()->filterField());
        filter->setText("origin disk");
        QTRY_COMPARE(table("Alerts")->model()->rowCount(), 2);
        QTRY_COMPARE(table("Silences")->model()->rowCount(), 1);
        filter->clear();
        QTRY_COMPARE(table("Alerts")->model()->rowCount(), 3);
    }

    void anAlertWithAnIncidentOpensNoSecond() {
        start();
        if (QTest::currentTestFailed()) return;
        QVERIFY(page()->open(QString::fromStdString(test::alert().id.value)));
        const Command* open = session().actions().find("alert.open_incident");
        QVERIFY(open->blocked().contains("inc-1"));
        QVERIFY(page()->open("am.c0ffee.1"));
        QVERIFY(open->blocked().isEmpty());
    }
};

QTEST_MAIN(TestAlerts)
#include "tst_alerts.moc"
