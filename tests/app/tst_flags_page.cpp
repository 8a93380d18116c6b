// The page of feature flags: what it says, and what its kill switch sends when.

#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "app/models/flag_models.hpp"
#include "app/pages/slos/happenings.hpp"
#include "app/shell/console.hpp"
#include "fake_opsd.hpp"
#include "widgets/tables/table_view.hpp"

using namespace qd;
using namespace qd::app;

class TestFlagsPage : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    Page* page() { return console_->window().page("flags"); }
    QString text(const char* label) { return page()->findChild<QLabel*>(QLatin1String(label))->text(); }
    QDialog* dialog() {
        QDialog* found = nullptr;
        [&] {
            QTRY_VERIFY((found = qobject_cast<QDialog*>(QApplication::activeModalWidget())) != nullptr);
        }();
        return found;
    }

private slots:
    void init() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        QVERIFY(opsd_->started());
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        console_->window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&console_->window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().link().isLive(), 5'000);
        console_->window().showPage("flags");
        QTRY_VERIFY_WITH_TIMEOUT(page()->hasData(), 5'000);
        QTRY_COMPARE(session().flags().chosen(), QStringLiteral("playback.max-rendition"));
    }
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void a_flag_is_told_in_words() {
        QCOMPARE(text("facts"), QStringLiteral("The tallest rendition that a session is offered.\n"
                                               "Variants: all = all, low = 240p, sd = 480p\n"
                                               "Rule 1, when version is before 2.1.0: sd\n"
                                               "Rule 2, for everybody: sd 10 %, all 90 %\n"
                                               "Everybody else: all\n"
                                               "When killed: low\n"
                                               "api-3 serves low, pinned by its command line"));
        QCOMPARE(text("reach"), QStringLiteral("4 of 4 processes at revision 6, after 0.3 s"));
        QVERIFY(page()->open("uploads.enabled"));
        QCOMPARE(text("reach"), QStringLiteral("3 of 4 processes at revision 7; not yet api-2"));
        QTRY_COMPARE(session().flags().history().size(), std::size_t(1));
    }

    void a_kill_says_what_it_sends_and_wants_a_reason() {
        QVERIFY(page()->open("uploads.enabled"));
        const auto tables = page()->findChildren<widgets::TableView*>();
        tables.front()->setFocus();
        QTest::keyClick(tables.front(), Qt::Key_X);
        QDialog* asked = dialog();
        QVERIFY(asked);
        QVERIFY(asked->findChild<QPlainTextEdit*>("requests")
                    ->toPlainText()
                    .contains("POST /api/v1/flags/uploads.enabled/kill"));
        QCOMPARE(asked->findChild<QLabel*>("effects")->text().section(QLatin1Char('\n'), 0, 0),
                 QStringLiteral("•  Everybody gets off (killed) instead of on."));
        auto* submit = asked->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());
        asked->findChild<QLineEdit*>("reason")->setText("the disk is full");
        QVERIFY(submit->isEnabled());
        QVERIFY(opsd_->asked().empty());
        submit->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QCOMPARE(opsd_->asked().front().path, std::string("/api/v1/flags/uploads.enabled/kill"));
        QCOMPARE(opsd_->asked().front().body, std::string(R"({"reason":"the disk is full"})"));
        asked->reject();
    }

    void what_does_not_apply_is_disabled_with_its_reason() {
        ActionRegistry& actions = session().actions();
        QVERIFY(actions.action("flag.kill")->isEnabled());
        QVERIFY(!actions.action("flag.restore")->isEnabled());
        opsd_->flags_now.items[0].last.flag.enabled = false;
        opsd_->push("flag", "playback.max-rendition");
        QTRY_VERIFY(actions.action("flag.restore")->isEnabled());
        QVERIFY(!actions.action("flag.kill")->isEnabled());
    }

    void words_for_states_and_shares() {
        const auto list = test::flag_list();
        QCOMPARE(servedText(list.items[0].flag()), QStringLiteral("by 2 rules, else all"));
        QCOMPARE(wordOf(list.items[0]).text, QStringLiteral("In service"));
        QCOMPARE(wordOf(list.items[1]).text, QStringLiteral("On its way"));
        auto split = list.items[0];
        split.last.flag.targeting.erase(split.last.flag.targeting.begin());
        QCOMPARE(servedText(split.flag()), QStringLiteral("sd 10 %, all 90 %"));
        split.last.flag.enabled = false;
        QCOMPARE(servedText(split.flag()), QStringLiteral("low (killed)"));
        QCOMPARE(wordOf(split).text, QStringLiteral("Killed"));
    }

    void a_change_of_a_flag_stands_beside_the_curves() {
        const std::vector<opsclient::Change> changes{
            {3, "flag", "uploads.enabled", "", "Flag uploads.enabled was killed", "kim", test::now()},
            {2, "deploy", "api", "api", "Version v2 of api came up", "opsd", test::now()}};
        const auto found = happeningsOf({{}, {}, {}, {}, {}, changes}, slo::SloId("a"), msOf(test::now()));
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found.front().what, QStringLiteral("Flag uploads.enabled was killed"));
        QCOMPARE(found.front().who, QStringLiteral("kim"));
        QCOMPARE(marksOf(found).size(), 1);
    }
};

QTEST_MAIN(TestFlagsPage)
#include "tst_flags_page.moc"
