// A new rollout: the form and the text are one document, what is wrong is told by line, and what is sent is
// what was shown.

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

#include "app/pages/rollouts/new_rollout/advice_panel.hpp"
#include "app/pages/rollouts/new_rollout/new_rollout_dialog.hpp"
#include "app/pages/rollouts/new_rollout/rehearsals.hpp"
#include "app/pages/rollouts/new_rollout/yaml_editor.hpp"
#include "app/shell/console.hpp"
#include "fake_opsd.hpp"
#include "rollouts/specification_text.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/inline_notice.hpp"

using namespace qd;
using namespace qd::app;

class TestNewRollout : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::unique_ptr<core::ThreadPool> pool_;
    std::unique_ptr<NewRolloutDialog> dialog_;
    std::vector<StartText> sent_;
    Outcome answer_ = QVariantMap{};

    template <class T>
    T* the(const char* name) {
        auto* found = dialog_->findChild<T*>(name);
        if (found == nullptr) qFatal("there is no %s", name);
        return found;
    }
    YamlEditor* editor() { return the<YamlEditor>("specification"); }
    QString text() { return editor()->toPlainText(); }
    void type(const QString& text) {
        editor()->setPlainText(text);
        [&] { QTRY_VERIFY(dialog_->draft().isRead()); }();
    }
    const rollouts::Specification& meant() {
        if (dialog_->draft().specification() == nullptr) qFatal("the text means nothing");
        return *dialog_->draft().specification();
    }
    void make(const QString& frozen = {}) {
        dialog_.reset();
        dialog_ =
            std::make_unique<NewRolloutDialog>(NewRollout{"v7", "the site", frozen,
                                                          [this](const StartText& start, const Done& done) {
                                                              sent_.push_back(start);
                                                              done(answer_);
                                                          }},
                                               *pool_, nullptr);
        dialog_->show();
        QVERIFY(QTest::qWaitForWindowExposed(dialog_.get()));
    }
    StartDialog* askToStart() {
        the<QPushButton>("start")->click();
        StartDialog* found = nullptr;
        [&] { QTRY_VERIFY((found = dialog_->findChild<StartDialog*>())); }();
        found->setCountdown(0, 0);
        return found;
    }

private slots:
    void init() {
        sent_.clear();
        answer_ = QVariantMap{};
        pool_ = std::make_unique<core::ThreadPool>(1, "test-files");
        make();
    }
    void cleanup() {
        dialog_.reset();
        pool_.reset();
    }

    void itBeginsWithWhatCanBeStarted() {
        QCOMPARE(QString::fromStdString(meant().target.label), QStringLiteral("v7"));
        QVERIFY(the<QPushButton>("start")->isEnabled());
        QCOMPARE(the<QLabel>("summary")->text(), QStringLiteral("Nothing is wrong"));
        QVERIFY(the<QLabel>("suggestion")->text().contains("Canary"));
        QVERIFY(text().contains("- setWeight: 10\n") && text().contains("- pause: {duration: 1h}\n"));
    }

    void badYamlShowsItsLineAndDisablesStart() {
        type(
            "kind: Rollout\nspec:\n  strategy:\n    canary:\n      steps:\n      - setWeight: 101\n"
            "  target: {version: v2}\n");
        auto* start = the<QPushButton>("start");
        QVERIFY(!start->isEnabled());
        QVERIFY2(start->toolTip().contains("line 6: 'setWeight'"), qPrintable(start->toolTip()));
        auto* problems = the<QListWidget>("problems");
        QVERIFY(problems->count() >= 1);
        QVERIFY(problems->item(0)->text().startsWith("Line 6, error: 'setWeight'") ||
                problems->item(0)->text().contains("traffic"));
        QVERIFY(editor()->remarkAt(6).startsWith("Error: "));
        QVERIFY(editor()->remarkAt(2).isEmpty());
        // The form rests, and says why.
        QVERIFY(!the<QWidget>("form")->isEnabled());
        QVERIFY2(the<QLabel>("formBlocked")->text().contains("line 6"),
                 qPrintable(the<QLabel>("formBlocked")->text()));
        QVERIFY(!the<QPushButton>("take")->isEnabled());
        // Enter on the problem goes to its line.
        emit problems->itemActivated(problems->item(0));
        QCOMPARE(editor()->textCursor().blockNumber(), problems->item(0)->data(Qt::UserRole).toInt() - 1);
        type(
            "kind: Rollout\nspec:\n  replicas: 3\n  strategy: {canary: {steps: [{setWeight: 10}]}}\n"
            "  target: {version: v2}\n");
        QVERIFY(start->isEnabled());
        QVERIFY(the<QWidget>("form")->isEnabled());
        QVERIFY(editor()->remarkAt(3).startsWith("Note: 'replicas'"));
        QCOMPARE(the<QLabel>("summary")->text(), QStringLiteral("0 errors, 1 note"));
    }

    void whileItIsNotReadItCannotBeStarted() {
        editor()->setPlainText(text() + "\n");
        QVERIFY(!the<QPushButton>("start")->isEnabled());
        QTRY_VERIFY(the<QPushButton>("start")->isEnabled());
    }

    void aSuggestionFillsTheTextAndKeepsWhatIsRolledOut() {
        the<QLineEdit>("versionLabel")->selectAll();
        QTest::keyClicks(the<QLineEdit>("versionLabel"), "v9-rc.1");
        the<QCheckBox>("fault.delay")->setChecked(true);
        the<QCheckBox>("capacity")->setChecked(true);
        the<QCheckBox>("instant")->setChecked(true);
        QVERIFY2(the<QLabel>("suggestion")->text().contains("Blue-green"),
                 qPrintable(the<QLabel>("suggestion")->text()));
        QVERIFY(the<QLabel>("suggestionReason")->text().endsWith('.'));
        QVERIFY(the<QLabel>("otherWays")->text().contains("Canary? "));
        the<QPushButton>("take")->click();
        QCOMPARE(meant().strategy, rollouts::Strategy::blue_green);
        QVERIFY(text().contains("    blueGreen:\n"));
        QCOMPARE(QString::fromStdString(meant().target.label), QStringLiteral("v9-rc.1"));
        QCOMPARE(meant().target.faults.size(), std::size_t(1));
        QCOMPARE(the<QComboBox>("strategy")->currentIndex(), 1);
        // It is one step of undo.
        editor()->undo();
        QTRY_VERIFY(dialog_->draft().isRead());
        QCOMPARE(meant().strategy, rollouts::Strategy::canary);
        QCOMPARE(the<QComboBox>("strategy")->currentIndex(), 0);
    }

    void theFormAndTheTextAreOneDocument() {
        the<QSpinBox>("instances")->setValue(3);
        QVERIFY(text().contains("instances: 3"));
        for (const Rehearsal& each : rehearsals())
            the<QCheckBox>(("fault." + each.fault.kind).c_str())->setChecked(true);
        QCOMPARE(meant().target.faults.size(), std::size_t(rehearsals().size()));
        the<QCheckBox>("fault.leak")->setChecked(false);
        QVERIFY(!text().contains("leak"));
        QCOMPARE(text(), QString::fromStdString(rollouts::to_yaml_text(meant())));
        type(
            "strategy: {rolling: {}}\ntarget: {version: other, instances: 2, faults: [{kind: hang}]}\n"
            "analysis: {onFailure: abort}\n");
        QCOMPARE(the<QComboBox>("strategy")->currentIndex(), 2);
        QCOMPARE(the<QComboBox>("trust")->currentIndex(), 2);
        QCOMPARE(the<QLineEdit>("versionLabel")->text(), QStringLiteral("other"));
        QCOMPARE(the<QSpinBox>("instances")->value(), 2);
        QVERIFY(the<QCheckBox>("fault.hang")->isChecked() && !the<QCheckBox>("fault.delay")->isChecked());
        // What a person wrote stays as it is until the form changes something.
        QVERIFY(text().startsWith("strategy: {rolling: {}}\n"));
        QVERIFY(the<QLabel>("formHint")->text().contains("Undo brings them back"));
        the<QSpinBox>("instances")->setValue(4);
        QVERIFY(the<QLabel>("formHint")->text().isEmpty());
    }

    void openAndSaveGoRound() {
        const QString file = folder_.filePath("own.yaml");
        const QString written = "# ours\nstrategy: {rolling: {}}\ntarget: {version: größer}\n";
        type(written);
        QSignalSpy saved(dialog_.get(), &NewRolloutDialog::fileSaved);
        dialog_->saveFile(file);
        QTRY_COMPARE(saved.count(), 1);
        QVERIFY(the<widgets::InlineNotice>("news")->spokenText().contains("own.yaml"));
        make();
        QSignalSpy opened(dialog_.get(), &NewRolloutDialog::fileOpened);
        dialog_->openFile(file);
        QTRY_COMPARE(opened.count(), 1);
        QCOMPARE(text(), written);
        QVERIFY(!the<QPushButton>("start")->isEnabled());  // ö is no letter of a version
        dialog_->openFile(folder_.filePath("nowhere.yaml"));
        QTRY_VERIFY(the<widgets::InlineNotice>("news")->spokenText().contains("could not be opened"));
        QCOMPARE(text(), written);
    }

    void aLongTextIsReadElsewhere() {
        QString longText = text();
        longText += "  templates:\n";
        for (int i = 0; i < 19; ++i)
            longText += QStringLiteral(
                            "  - {metadata: {name: t%1}, spec: {metrics: [{name: m, provider: {site: "
                            "{query: \"%2\"}}}]}}\n")
                            .arg(i)
                            .arg(QString(2'000, QLatin1Char('q')));
        type(longText);
        QCOMPARE(meant().templates.size(), std::size_t(19));
    }

    void whatIsSentIsExactlyWhatIsShown() {
        type("# by hand\nstrategy: {canary: {steps: [{setWeight: 5}]}}\ntarget:   {version: v2}\n");
        auto* question = askToStart();
        auto* submit = question->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled());
        QVERIFY(submit->toolTip().contains("reason is needed"));
        question->findChild<QLineEdit*>("reason")->setText("a fix & more");
        const QString shown = question->findChild<QPlainTextEdit*>("requests")->toPlainText();
        QVERIFY(sent_.empty());
        submit->click();
        QCOMPARE(sent_.size(), std::size_t(1));
        QCOMPARE(requestText(sent_[0]), shown);
        QVERIFY(shown.startsWith("POST /api/v1/rollouts?reason=a%20fix%20%26%20more\n"));
        QVERIFY(shown.endsWith(text()));
        QTRY_VERIFY(!dialog_->isVisible());
    }

    void aFreezeIsOverriddenOnPurpose() {
        make("INC-7 is open");
        auto* question = askToStart();
        question->findChild<QLineEdit*>("reason")->setText("it is the fix");
        auto* submit = question->findChild<QPushButton*>("submit");
        QVERIFY(!submit->isEnabled() && submit->toolTip().contains("freeze"));
        question->findChild<QCheckBox*>("override")->setChecked(true);
        QVERIFY(question->findChild<QPlainTextEdit*>("requests")->toPlainText().contains("&override=true\n"));
        submit->click();
        QVERIFY(sent_.at(0).overrideFreeze);
    }

    void aRefusalStaysAndTheCountdownCanBeStopped() {
        answer_ = core::fail(core::Errc::conflict, "v2 is still under way");
        auto* question = askToStart();
        question->setCountdown(5, 3'600'000);
        question->findChild<QLineEdit*>("reason")->setText("x");
        question->findChild<QPushButton*>("submit")->click();
        QVERIFY(sent_.empty());
        question->reject();
        QVERIFY(question->isVisible());
        question->setCountdown(0, 0);
        question->findChild<QPushButton*>("submit")->click();
        QCOMPARE(sent_.size(), std::size_t(1));
        QVERIFY(
            question->findChild<widgets::InlineNotice*>("news")->spokenText().contains("still under way"));
        QVERIFY(question->isVisible() && dialog_->isVisible());
    }

    void aFreezeThatCameMeanwhileCanBeOverridden() {
        answer_ =
            core::fail(core::Errc::conflict, "INC-9 is open; start with override to do it nevertheless");
        auto* question = askToStart();
        question->findChild<QLineEdit*>("reason")->setText("the fix");
        question->findChild<QPushButton*>("submit")->click();
        QVERIFY(!question->findChild<QPushButton*>("submit")->isEnabled());
        answer_ = QVariantMap{};
        question->findChild<QCheckBox*>("override")->setChecked(true);
        question->findChild<QPushButton*>("submit")->click();
        QCOMPARE(sent_.size(), std::size_t(2));
        QVERIFY(!sent_[0].overrideFreeze && sent_[1].overrideFreeze);
    }

    void editsAreNotThrownAwayAtOnce() {
        type(text() + "# mine\n");
        dialog_->reject();
        QVERIFY(dialog_->isVisible());
        QVERIFY(the<widgets::InlineNotice>("news")->spokenText().contains("has not been saved"));
        dialog_->reject();
        QVERIFY(!dialog_->isVisible());
    }

    void everythingIsReachedByKeys() {
        QSet<QChar> letters;
        for (const QWidget* each : dialog_->findChildren<QWidget*>()) {
            QString words;
            if (const auto* label = qobject_cast<const QLabel*>(each); label && label->buddy())
                words = label->text();
            else if (const auto* button = qobject_cast<const QAbstractButton*>(each))
                words = button->text();
            const qsizetype at = words.indexOf(QLatin1Char('&'));
            if (at < 0) continue;
            const QChar letter = words[at + 1].toLower();
            QVERIFY2(!letters.contains(letter), qPrintable(words));
            letters << letter;
        }
        QVERIFY(letters.size() >= 15);
        for (const char* name :
             {"risk", "migration", "evidence", "take", "strategy", "versionLabel", "instances", "trust",
              "fault.no_start", "specification", "problems", "open", "save", "cancel", "start"})
            QVERIFY2(the<QWidget>(name)->focusPolicy() & Qt::TabFocus, name);
        the<QWidget>("specification")->setFocus();
        QTest::keyClick(editor(), Qt::Key_Tab);
        QVERIFY(!editor()->hasFocus());
    }

    void theConsoleOpensItAndSendsTheTextAsItIs() {
        dialog_.reset();
        test::FakeOpsd opsd;
        QVERIFY(opsd.started());
        opsd.rollouts_now.front().progress.course = rollouts::Course::promoted;
        opsd.rollouts_now.front().stable_version = "v4";
        opsd.incidents_now.clear();
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        Console console(options, false);
        console.window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&console.window()));
        Session& session = console.session();
        session.attach(opsd.endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session.link().isLive(), 5'000);
        console.window().showPage("rollouts");
        QTRY_VERIFY_WITH_TIMEOUT(session.rollouts().hasData(), 5'000);
        session.actions().trigger("rollout.start");
        NewRolloutDialog* opened = nullptr;
        QTRY_VERIFY((opened = console.window().findChild<NewRolloutDialog*>()));
        const QString text = opened->draft().text();
        QVERIFY2(text.contains("version: v5"), qPrintable(text));
        opened->findChild<QPushButton*>("start")->click();
        StartDialog* question = nullptr;
        QTRY_VERIFY((question = opened->findChild<StartDialog*>()));
        question->setCountdown(0, 0);
        question->findChild<QLineEdit*>("reason")->setText("release");
        question->findChild<QPushButton*>("submit")->click();
        QTRY_COMPARE(opsd.asked().size(), std::size_t(1));
        QCOMPARE(opsd.asked()[0].path, std::string("/api/v1/rollouts"));
        QCOMPARE(QString::fromStdString(opsd.asked()[0].body), text);
    }

    /// For the eye: into the folder that QUARTERDECK_SHOTS names.
    void picturesForPeople() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        for (const auto& [mode, word] :
             {std::pair{widgets::Mode::Dark, "dark"}, {widgets::Mode::Light, "light"}}) {
            widgets::Theme::apply(*qApp, mode);
            make("INC-7 (SEV2) is open");
            the<QCheckBox>("capacity")->setChecked(true);
            QTest::qWait(200);
            dialog_->grab().save(QStringLiteral("%1/new-rollout-%2.png").arg(folder, word));
            auto* question = askToStart();
            QTest::qWait(200);
            question->grab().save(QStringLiteral("%1/new-rollout-start-%2.png").arg(folder, word));
            question->reject();
            type(text()
                     .replace("setWeight: 50", "setWeight: fifty")
                     .replace("spec:\n", "spec:\n  replicas: 3\n"));
            QTest::qWait(200);
            dialog_->grab().save(QStringLiteral("%1/new-rollout-problems-%2.png").arg(folder, word));
        }
    }
};

QTEST_MAIN(TestNewRollout)
#include "tst_new_rollout.moc"
