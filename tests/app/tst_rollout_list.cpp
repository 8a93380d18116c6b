// The page of rollouts against an opsd in this process: the list, the old ones, keys, and groups.

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>

#include "app/models/rollout_models.hpp"
#include "app/pages/rollouts/analysis/runs_card.hpp"
#include "app/pages/rollouts/rollout_action_dialog.hpp"
#include "app/pages/rollouts/rollout_list.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/console.hpp"
#include "app/shell/preferences.hpp"
#include "fake_opsd.hpp"
#include "rollout_samples.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/inline_notice.hpp"

using namespace qd;
using namespace qd::app;

class TestRolloutList : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    MainWindow& window() { return console_->window(); }
    Page* page() { return window().page("rollouts"); }
    RolloutList* list() { return page()->findChild<RolloutList*>(); }
    widgets::TableView* table() { return list()->table(); }
    QString cell(int row, int column) { return table()->model()->index(row, column).data().toString(); }
    bool says(const QString& text) {
        const auto labels = page()->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text().contains(text);
        });
    }
    void begin() {
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        window().show();
        QVERIFY(QTest::qWaitForWindowExposed(&window()));
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().link().isLive(), 5'000);
        window().showPage("rollouts");
        QTRY_VERIFY_WITH_TIMEOUT(session().rollouts().hasData(), 5'000);
        QTRY_COMPARE(table()->model()->rowCount(), int(opsd_->rollouts_now.size()));
    }

private slots:
    void init() {
        opsd_ = std::make_unique<test::FakeOpsd>();
        opsd_->rollouts_now = {test::explained_rollout(), test::ended_rollout(6), test::ended_rollout(5)};
        QVERIFY(opsd_->started());
    }
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void slash_focuses_the_filter_which_narrows_and_escape_widens() {
        begin();
        QVERIFY(page()->filterField() == list()->filter());
        page()->setFocus();
        QTest::keyClick(page(), Qt::Key_Slash);
        QTRY_VERIFY(list()->filter()->hasFocus());
        QTest::keyClicks(list()->filter(), "mara packager");
        QTRY_COMPARE(table()->model()->rowCount(), 1);
        QCOMPARE(cell(0, RolloutModel::Id), QStringLiteral("RO-6"));
        QVERIFY(says("1 of 3"));
        QVERIFY(says("ro-1"));  // what is shown stays
        QTest::keyClick(list()->filter(), Qt::Key_Escape);
        QTRY_COMPARE(table()->model()->rowCount(), 3);
        QTest::keyClick(list()->filter(), Qt::Key_Escape);
        QTRY_VERIFY(table()->hasFocus());
    }
    void it_is_sorted_by_any_column_and_that_is_remembered() {
        begin();
        QCOMPARE(cell(0, RolloutModel::Id), QStringLiteral("ro-1"));  // the newest first
        table()->sortByColumn(RolloutModel::By, Qt::DescendingOrder);
        QCOMPARE(cell(0, RolloutModel::By), QStringLiteral("mara"));
        const TableSort kept = session().preferences().tableSort("rollouts", {});
        QCOMPARE(kept.column, int(RolloutModel::By));
        QCOMPARE(kept.order, Qt::DescendingOrder);
    }
    void the_order_outlives_the_console() {
        const QTemporaryDir folder;
        const QString config = folder.filePath("console.ini"), state = folder.filePath("layout.ini");
        const TableSort otherwise{RolloutModel::Started, Qt::DescendingOrder};
        {
            Preferences first(config, state);
            QCOMPARE(first.tableSort("rollouts", otherwise).column, otherwise.column);
            first.setTableSort("rollouts", {RolloutModel::By, Qt::AscendingOrder});
        }
        const TableSort kept = Preferences(config, state).tableSort("rollouts", otherwise);
        QCOMPARE(kept.column, int(RolloutModel::By));
        QCOMPARE(kept.order, Qt::AscendingOrder);
    }
    void an_old_one_shows_its_history_and_the_way_back() {
        begin();
        table()->setFocus();
        QTest::keyClick(table(), Qt::Key_End);
        QTRY_VERIFY(says("RO-5, v1 → v5"));
        auto* notice = page()->findChild<widgets::InlineNotice*>();
        bool told = false;
        for (auto* one : page()->findChildren<widgets::InlineNotice*>())
            if (one->isVisible() && one->spokenText().contains("RO-5 has ended")) notice = one, told = true;
        QVERIFY(told);
        QVERIFY2(
            notice->spokenText().contains("ro-1") && notice->spokenText().contains("keys still act on that"),
            qPrintable(notice->spokenText()));
        // The brakes stay about the one under way; its buttons are not shown beside another.
        QVERIFY(!page()->findChild<ActionButton*>("button.rollout.abort")->isVisible());
        QVERIFY(session().actions().find("rollout.abort")->blocked().isEmpty());
        QTest::mouseClick(notice->findChild<QPushButton*>(), Qt::LeftButton);
        QTRY_VERIFY(!notice->isVisible());
        QVERIFY(page()->findChild<ActionButton*>("button.rollout.abort")->isVisible());
        QCOMPARE(table()->currentIndex().data(KeyRole).toString(), QStringLiteral("ro-1"));
    }
    void a_row_that_is_chosen_stays_where_it_is() {
        for (int i = 7; i < 12; ++i) opsd_->rollouts_now.push_back(test::ended_rollout(i));
        // Histories that are long enough to scroll the list to the top of the page.
        for (auto& rollout : opsd_->rollouts_now)
            for (std::uint64_t i = rollout.audit.size(); i < 10; ++i)
                rollout.audit.push_back(
                    {i + 1, rollouts::AuditKind::note, test::now(), "anna", "looked at it", {}, {}});
        begin();
        auto* scroll = page()->findChild<QScrollArea*>();
        auto* bar = scroll->verticalScrollBar();
        const auto scrolled = [&] {
            bar->setValue(list()->mapTo(scroll->widget(), QPoint()).y() - 40);
            return list()->mapTo(scroll->viewport(), QPoint()).y() == 40;
        };
        QTRY_VERIFY(scrolled());
        const int before = list()->mapTo(page(), QPoint()).y();
        table()->setCurrentIndex(table()->model()->index(3, 0));
        QTRY_VERIFY(says(" has ended"));
        QTRY_COMPARE(list()->mapTo(page(), QPoint()).y(), before);
    }
    void what_arrives_chooses_nothing() {
        begin();
        table()->setCurrentIndex(table()->model()->index(1, 0));
        QTRY_VERIFY(says("RO-6, v1 → v6"));
        auto newer = test::ended_rollout(19);
        opsd_->rollouts_now.push_back(newer);
        session().rollouts().refresh();
        QTRY_COMPARE(table()->model()->rowCount(), 4);
        QVERIFY(says("RO-6, v1 → v6"));
        QCOMPARE(table()->currentIndex().data(KeyRole).toString(), QStringLiteral("RO-6"));
    }
    void runs_stand_there_when_there_are_any() {
        begin();
        auto* runs = page()->findChild<RunsCard*>();
        QVERIFY(!runs->isVisible());
        opsd_->rollouts_now.front().analyses = test::analysis_runs();
        session().rollouts().refresh();
        QTRY_VERIFY(runs->isVisible());
    }
    void a_group_is_acted_on_together_and_each_member_is_shown() {
        auto first = opsd_->rollouts_now.front();
        first.specification.group = "packagers";
        opsd_->rollouts_now.front() = first;
        auto second = first;
        second.id = rollouts::RolloutId("ro-2");
        second.created_at -= std::chrono::seconds(1);
        opsd_->rollouts_now.push_back(second);
        auto one = opsd_->preview_now;
        one.version = 4;
        auto other = one;
        other.version = 9;
        other.effects = {"canary weight 20 % -> 60 %"};
        opsd_->group_preview_now = {
            "packagers", "next", {}, {}, {{first.id, "a", one}, {second.id, "b", other}}};
        opsd_->group_outcomes_now = {{first.id, first, ""}, {second.id, std::nullopt, "it is held"}};
        begin();
        session().actions().trigger("rollout.next");
        RolloutActionDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = qobject_cast<RolloutActionDialog*>(QApplication::activeModalWidget())));
        auto* scope = dialog->findChild<QComboBox*>("scope");
        QVERIFY(scope);
        QCOMPARE(scope->itemText(0), QStringLiteral("ro-1 alone"));
        QCOMPARE(scope->itemText(1), QStringLiteral("All 2 of the group packagers"));
        scope->setCurrentIndex(1);
        const auto* effects = dialog->findChild<QLabel*>("effects");
        QTRY_VERIFY2(effects->text().contains("ro-2 (b): canary weight 20 % -> 60 %"),
                     qPrintable(effects->text()));
        QVERIFY(effects->text().contains("ro-1 (a): "));
        QVERIFY(dialog->findChild<QPlainTextEdit*>("requests")->toPlainText().contains("for ro-2 (b)"));
        if (const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS"); !folder.isEmpty())
            dialog->grab().save(folder + "/group.png");
        dialog->setCountdown(0, 0);
        dialog->findChild<QPushButton*>("submit")->click();
        QTRY_COMPARE(opsd_->asked().size(), std::size_t(1));
        QCOMPARE(opsd_->asked()[0].path, std::string("/api/v1/rollouts/groups/packagers/next"));
        QVERIFY2(opsd_->asked()[0].body.find(R"("ro-1":4)") != std::string::npos &&
                     opsd_->asked()[0].body.find(R"("ro-2":9)") != std::string::npos,
                 opsd_->asked()[0].body.c_str());
        const auto* news = dialog->findChild<widgets::InlineNotice*>("news");
        QTRY_VERIFY2(news->spokenText().contains("Done in part only"), qPrintable(news->spokenText()));
        QVERIFY(news->spokenText().contains("ro-2 has not acted: it is held"));
    }
    void one_without_a_group_is_not_asked_about() {
        begin();
        session().actions().trigger("rollout.next");
        RolloutActionDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = qobject_cast<RolloutActionDialog*>(QApplication::activeModalWidget())));
        QVERIFY(!dialog->findChild<QComboBox*>("scope"));
    }
    void who_it_is_recorded_as_is_told_where_it_is_known() {
        RolloutQuestion question;
        question.site = "the local site";
        question.read = [](const RolloutAnswer&, const RolloutQuestion::Read&) {};
        const auto told = [](const RolloutQuestion& asked, const QString& text) {
            const RolloutActionDialog dialog(asked, nullptr);
            const auto labels = dialog.findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [&](const QLabel* label) { return label->text().contains(text); });
        };
        QVERIFY(told(question, "the name that this console's token has at the local site"));
        question.actor = "anna";
        QVERIFY(told(question, "Recorded as done by anna, at the local site"));
    }
    /// For the eye: into the folder that QUARTERDECK_SHOTS names.
    void pictures_for_people() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        opsd_->rollouts_now.front().analyses = test::analysis_runs();
        for (int i = 7; i < 16; ++i) opsd_->rollouts_now.push_back(test::ended_rollout(i));
        begin();
        window().resize(1440, 900);
        auto* content = page()->findChild<QScrollArea*>()->widget();
        for (const QString& theme : {QStringLiteral("dark"), QStringLiteral("light")}) {
            session().actions().invoke("app.theme", {{"theme", theme}});
            QTest::qWait(600);
            content->grab().save(QStringLiteral("%1/page-%2.png").arg(folder, theme));
            window().grabTo(QStringLiteral("%1/window-%2.png").arg(folder, theme));
        }
        window().resize(window().minimumSize());
        QTest::qWait(300);
        content->grab().save(QStringLiteral("%1/narrow-light.png").arg(folder));
        table()->setCurrentIndex(table()->model()->index(4, 0));
        QTest::qWait(300);
        content->grab().save(QStringLiteral("%1/past-light.png").arg(folder));
    }
};

QTEST_MAIN(TestRolloutList)
#include "tst_rollout_list.moc"
