// Actions on a rollout: nothing is sent that has not been shown, and nothing that was not confirmed.

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "app/pages/rollouts/rollout_action_dialog.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/console.hpp"
#include "fake_opsd.hpp"
#include "widgets/tiles/inline_notice.hpp"

using namespace qd;
using namespace qd::app;

class TestRolloutActions : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    RolloutActionDialog* ask(const QString& id, bool read = true) {
        session().actions().trigger(id);
        RolloutActionDialog* found = nullptr;
        [&] {
            QTRY_VERIFY((found = qobject_cast<RolloutActionDialog*>(QApplication::activeModalWidget())));
            if (read) QTRY_VERIFY(!requests(found).isEmpty());
        }();
        return found;
    }
    static QString requests(QDialog* dialog) {
        return dialog->findChild<QPlainTextEdit*>("requests")->toPlainText();
    }
    static QString spoken(QDialog* dialog, const char* name) {
        return dialog->findChild<widgets::InlineNotice*>(name)->spokenText();
    }
    static QPushButton* button(QDialog* dialog, const char* name) {
        return dialog->findChild<QPushButton*>(name);
    }
    static void say(QDialog* dialog, const char* reason) {
        dialog->findChild<QLineEdit*>("reason")->setText(reason);
    }

    void begin() {
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        console_->window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&console_->window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().link().isLive(), 5'000);
        console_->window().showPage("rollouts");
        QTRY_VERIFY_WITH_TIMEOUT(session().rollouts().hasData(), 5'000);
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

    void a_click_shows_the_exact_request_and_cancel_sends_nothing() {
        begin();
        auto* dialog = ask("rollout.next");
        QVERIFY2(requests(dialog).contains("PUT http://gw/-/split"), qPrintable(requests(dialog)));
        QVERIFY(requests(dialog).contains(R"({"canary_weight":50})"));
        QVERIFY(dialog->findChild<QLabel*>("effects")->text().contains("canary weight 10 % -> 50 %"));
        QVERIFY(button(dialog, "submit")->isEnabled());  // going on needs no reason
        button(dialog, "cancel")->click();
        QTest::qWait(50);
        QVERIFY(opsd_->asked().empty());
    }
    void the_countdown_can_be_stopped_and_then_nothing_is_sent() {
        begin();
        auto* dialog = ask("rollout.next");
        dialog->setCountdown(5, 3'600'000);
        button(dialog, "submit")->click();
        QVERIFY(button(dialog, "submit")->text().contains("5 s"));
        QVERIFY(opsd_->asked().empty());
        button(dialog, "cancel")->click();
        QVERIFY(dialog->isVisible());
        QVERIFY(spoken(dialog, "news").contains("Nothing has been sent"));
        QVERIFY(button(dialog, "submit")->isEnabled());
        QVERIFY(opsd_->asked().empty());
    }
    void when_it_has_run_out_it_is_sent_for_what_was_shown_and_the_outcome_told() {
        begin();
        auto* dialog = ask("rollout.next");
        dialog->setCountdown(2, 0);
        say(dialog, "looks fine");
        button(dialog, "submit")->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QCOMPARE(opsd_->asked()[0].path, std::string("/api/v1/rollouts/ro-1/next"));
        QCOMPARE(opsd_->asked()[0].if_match, std::string("\"4\""));
        QVERIFY(opsd_->asked()[0].body.find("looks fine") != std::string::npos);
        QTRY_VERIFY2(spoken(dialog, "news").contains("Done: Next step"), qPrintable(spoken(dialog, "news")));
    }
    void an_abort_goes_at_once_but_not_without_a_reason() {
        begin();
        auto* dialog = ask("rollout.abort");
        QVERIFY(!button(dialog, "submit")->isEnabled());
        QVERIFY(button(dialog, "submit")->toolTip().contains("reason is needed"));
        dialog->setCountdown(5, 3'600'000);
        say(dialog, "it burns");
        button(dialog, "submit")->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QCOMPARE(opsd_->asked()[0].if_match, std::string());
    }
    void what_moved_is_told_and_the_preview_read_afresh() {
        begin();
        auto* dialog = ask("rollout.next");
        opsd_->rollouts_now.front().progress.version = 5;
        opsd_->rollouts_now.front().audit.push_back({5, rollouts::AuditKind::action, test::now(), "ben",
                                                     "too slow", rollouts::Action::pause, {}});
        opsd_->preview_now.version = 5;
        opsd_->preview_now.effects = {"the hold ends"};
        dialog->setCountdown(0, 0);
        button(dialog, "submit")->click();
        QTRY_VERIFY2(spoken(dialog, "news").contains("ben: pause (too slow)"),
                     qPrintable(spoken(dialog, "news")));
        QTRY_VERIFY(dialog->findChild<QLabel*>("effects")->text().contains("the hold ends"));
        QTRY_VERIFY(button(dialog, "submit")->isEnabled());
        button(dialog, "submit")->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(2));
        QCOMPARE(opsd_->asked()[1].if_match, std::string("\"5\""));
    }
    void a_freeze_is_overridden_only_with_a_reason() {
        opsd_->preview_now.frozen = "INC-7 is open";
        begin();
        auto* dialog = ask("rollout.next");
        QVERIFY(spoken(dialog, "standing").contains("INC-7 is open"));
        QVERIFY(!button(dialog, "submit")->isEnabled());
        dialog->findChild<QCheckBox*>("override")->setChecked(true);
        QVERIFY(!button(dialog, "submit")->isEnabled());
        say(dialog, "it is the fix");
        QVERIFY(button(dialog, "submit")->isEnabled());
        dialog->setCountdown(0, 0);
        button(dialog, "submit")->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QVERIFY(opsd_->asked()[0].body.find(R"("override":true)") != std::string::npos);
    }
    void a_refusal_is_shown_and_disables() {
        opsd_->preview_now.refusal = "there is no step left";
        begin();
        auto* dialog = ask("rollout.next");
        QVERIFY(spoken(dialog, "standing").contains("there is no step left"));
        QVERIFY(!button(dialog, "submit")->isEnabled());
        QVERIFY(button(dialog, "submit")->accessibleDescription().contains("there is no step left"));
    }
    void a_preview_that_cannot_be_read_says_so_and_shows_no_empty_box() {
        opsd_->preview_fails = true;
        begin();
        auto* dialog = ask("rollout.next", false);
        QTRY_VERIFY2(spoken(dialog, "news").contains("the router does not answer"),
                     qPrintable(spoken(dialog, "news")));
        QVERIFY(!dialog->findChild<QPlainTextEdit*>("requests")->isVisible());
        QVERIFY(!button(dialog, "submit")->isEnabled());
    }
    void a_disabled_action_says_why() {
        begin();
        QTest::qWait(150);
        for (const auto& [id, why] : {std::pair{"rollout.resume", "It is not held"},
                                      std::pair{"rollout.undo", "Nothing has been promoted"},
                                      std::pair{"rollout.rollback", "under way"}}) {
            auto* one = console_->window().findChild<ActionButton*>(QStringLiteral("button.") + id);
            QVERIFY2(one && !one->isEnabled(), id);
            QVERIFY2(one->toolTip().contains(QString::fromLatin1(why)), qPrintable(one->toolTip()));
            QCOMPARE(one->accessibleDescription(), one->toolTip());
            QVERIFY(!one->icon().isNull() && !one->text().isEmpty());
        }
    }
    void a_rollback_names_an_earlier_version_and_why() {
        auto& rollout = opsd_->rollouts_now.front();
        rollout.progress.course = rollouts::Course::promoted;
        rollout.stable_version = "v2";
        begin();
        auto* dialog = ask("rollout.rollback");
        say(dialog, "memory grows");
        QVERIFY2(requests(dialog).contains("POST /api/v1/rollouts/ro-1/rollback"), qPrintable(requests(dialog)));
        const QString shown = requests(dialog);
        dialog->setCountdown(0, 0);
        button(dialog, "submit")->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QCOMPARE(opsd_->asked()[0].path, std::string("/api/v1/rollouts/ro-1/rollback"));
        QVERIFY(shown.endsWith(QString::fromStdString(opsd_->asked()[0].body)));
        QVERIFY(shown.contains("\"v1\"") && shown.contains("memory grows"));
    }
    /// For the eye: into the folder that QUARTERDECK_SHOTS names.
    void pictures_for_people() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        opsd_->preview_now.frozen = "INC-7 (SEV2) is open";
        begin();
        console_->window().resize(1360, 900);
        for (const QString& theme : {QStringLiteral("dark"), QStringLiteral("light")}) {
            session().actions().invoke("app.theme", {{"theme", theme}});
            QTest::qWait(500);
            console_->window().grabTo(QStringLiteral("%1/rollouts-%2.png").arg(folder, theme));
            auto* dialog = ask("rollout.next");
            QTest::qWait(100);
            dialog->grab().save(QStringLiteral("%1/dialog-%2.png").arg(folder, theme));
            dialog->close();
            QTest::qWait(50);
        }
    }
};

QTEST_MAIN(TestRolloutActions)
#include "tst_rollout_actions.moc"
