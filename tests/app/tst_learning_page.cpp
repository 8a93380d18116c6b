// What the learning page shows of a report, against an opsd in this process.

#include <QComboBox>
#include <QLabel>
#include <QTemporaryDir>
#include <QTest>

#include "app/pages/learning/learning_page.hpp"
#include "app/pages/learning/measure_card.hpp"
#include "app/shell/console.hpp"
#include "fake_opsd.hpp"
#include "widgets/charts/distribution_strip.hpp"
#include "widgets/tables/table_view.hpp"

using namespace qd;
using namespace qd::app;

class TestLearningPage : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeOpsd> opsd_;
    std::unique_ptr<Console> console_;

    Session& session() { return console_->session(); }
    Page* page() { return console_->window().page("learning"); }

    static incidents::Incident over(int number, std::chrono::seconds took) {
        incidents::Incident one = test::incident();
        one.id = incidents::IncidentId("INC-" + std::to_string(number));
        one.state = incidents::State::closed;
        incidents::Episode episode;
        episode.started_at = test::now() - std::chrono::hours(10 * number + 5);
        episode.detected_at = episode.started_at + took / 6;
        episode.acknowledged_at = episode.started_at + took / 4;
        episode.mitigated_at = episode.started_at + took / 2;
        episode.resolved_at = episode.started_at + took;
        one.started_at = episode.started_at;
        one.detected_at = episode.detected_at;
        one.episodes = {episode};
        return one;
    }
    void start(int incidents) {
        opsd_ = std::make_unique<test::FakeOpsd>();
        opsd_->incidents_now.clear();
        for (int i = 0; i < incidents; ++i)
            opsd_->incidents_now.push_back(over(i, std::chrono::minutes(6 + i * i)));
        LaunchOptions options;
        options.connectUrl = "http://127.0.0.1:1";
        console_ = std::make_unique<Console>(options, false);
        console_->window().show();
        session().attach(opsd_->endpoints());
        QTRY_VERIFY_WITH_TIMEOUT(session().link().isLive(), 5'000);
        console_->window().showPage("learning");
        QTRY_VERIFY_WITH_TIMEOUT(page()->hasData(), 5'000);
    }
    bool says(const QString& words) {
        for (const QLabel* label : page()->findChildren<QLabel*>())
            if (label->isVisibleTo(page()) && label->text().contains(words)) return true;
        return false;
    }
    widgets::TableView* table(const QString& name) {
        for (auto* one : page()->findChildren<widgets::TableView*>())
            if (one->accessibleName() == name) return one;
        return nullptr;
    }

private slots:
    void cleanup() {
        console_.reset();
        opsd_.reset();
    }

    void figures_come_with_formula_count_and_sources() {
        start(9);
        QTRY_VERIFY(says("9 incidents count"));
        QTRY_VERIFY(says("= resolved_at - started_at"));
        QVERIFY(says("Too few for a trend"));
        QCOMPARE(table("Intervals behind the measure")->model()->rowCount(), 9);
        bool mttr = false;
        for (const auto* card : page()->findChildren<MeasureCard*>())
            mttr = mttr || (card->accessibleName().startsWith("MTTR") &&
                            card->accessibleName().contains("median of 9"));
        QVERIFY(mttr);
        QVERIFY(page()->open("mtta"));
        QVERIFY(says("= acknowledged_at - detected_at"));
        QVERIFY(!page()->open("nonsense"));
    }

    void an_empty_range_says_so_and_shows_no_figure() {
        start(0);
        QTRY_VERIFY(says("No incidents in this range"));
        for (const auto* card : page()->findChildren<MeasureCard*>()) QVERIFY(!card->isVisibleTo(page()));
    }

    void a_row_opens_its_incident() {
        start(3);
        auto* sources = table("Intervals behind the measure");
        QTRY_COMPARE(sources->model()->rowCount(), 3);
        emit sources->rowActivated(sources->model()->index(2, 0));
        QCOMPARE(console_->window().currentPage(), QString("incidents"));
        QCOMPARE(session().selection().incident(), QString("INC-2"));
    }

    void a_range_is_a_key_away() {
        start(3);
        session().actions().trigger("learning.range.365");
        QCOMPARE(session().learning().filter().days, 365);
        QTRY_VERIFY(session().learning().report().has_value());
        QCOMPARE(session().learning().report()->bucket, std::string("month"));
    }

    void the_table_is_saved_as_it_is_told() {
        start(3);
        QTemporaryDir folder;
        const QString path = folder.filePath("learning.csv");
        std::optional<Outcome> outcome;
        session().actions().invoke("learning.save", {{"file", path}},
                                   [&outcome](const Outcome& told) { outcome = told; });
        QTRY_VERIFY(outcome.has_value());
        QVERIFY(outcome->has_value());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readLine().startsWith("measure,formula,incident"));
    }

    /// For the eye: the page in both themes into the folder that QUARTERDECK_SHOTS names.
    void pictures_for_people() {
        const QString folder = qEnvironmentVariable("QUARTERDECK_SHOTS");
        if (folder.isEmpty()) QSKIP("no folder is named");
        start(24);
        for (const QString& theme : {QStringLiteral("dark"), QStringLiteral("light")}) {
            session().actions().invoke("app.theme", {{"theme", theme}});
            QTest::qWait(600);
            console_->window().grabTo(QStringLiteral("%1/learning-%2.png").arg(folder, theme));
            console_->window().resize(1440, 2400);
            QTest::qWait(300);
            console_->window().grabTo(QStringLiteral("%1/learning-tall-%2.png").arg(folder, theme));
            console_->window().resize(1440, 900);
        }
        console_->window().showPage("incidents");
        QTest::qWait(500);
        console_->window().grabTo(folder + "/incidents-light.png");
        session().actions().invoke("app.theme", {{"theme", "dark"}});
        QTest::qWait(300);
        console_->window().grabTo(folder + "/incidents-dark.png");
        for (const char* action : {"incident.parent", "incident.reopen"}) {
            session().actions().trigger(action);
            QTest::qWait(400);
            QApplication::activeModalWidget()->grab().save(
                QStringLiteral("%1/%2.png").arg(folder, QLatin1String(action)));
            QApplication::activeModalWidget()->close();
            QTest::qWait(50);
        }
    }
};

QTEST_MAIN(TestLearningPage)
#include "tst_learning_page.moc"
