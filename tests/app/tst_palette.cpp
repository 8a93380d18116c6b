#include <QAbstractItemModelTester>
#include <QTest>

#include "app/shell/command_palette.hpp"
#include "app/shell/fuzzy.hpp"

using namespace qd::app;

class TestPalette : public QObject {
    Q_OBJECT

private slots:
    void everything_matches_an_empty_pattern() {
        QVERIFY(fuzzyMatch("", "Anything"));
        QCOMPARE(fuzzyMatch("  ", "Anything")->score, 0);
    }
    void letters_must_come_in_order() {
        QVERIFY(fuzzyMatch("ab", "rollout: Abort now"));
        QVERIFY(!fuzzyMatch("ba", "abc"));
        QVERIFY(!fuzzyMatch("abcd", "abc"));
    }
    void beginnings_of_words_win() {
        const auto wanted = fuzzyMatch("ra", "Rollout: Abort now");
        const auto other = fuzzyMatch("ra", "Operator console");
        QVERIFY(wanted && other);
        QVERIFY(wanted->score > other->score);
    }
    void the_word_start_is_found_behind_an_earlier_hit() {
        const auto match = fuzzyMatch("ab", "xa about");
        QVERIFY(match);
        QCOMPARE(match->positions, (QVector<int>{3, 4}));
    }
    void positions_name_the_matched_letters() {
        const QString text = QStringLiteral("Incident: Add a note");
        for (const char* wanted : {"in", "note", "ian", "iadd", "e"}) {
            const QString pattern = QString::fromLatin1(wanted);
            const auto match = fuzzyMatch(pattern, text);
            QVERIFY(match);
            QString spelled;
            for (const int at : match->positions) spelled += text[at].toLower();
            QCOMPARE(spelled, pattern);
        }
    }
    void endless_titles_are_bounded() {
        const QString text(100'000, QLatin1Char('a'));
        QVERIFY(fuzzyMatch("aaaa", text));
        QVERIFY(!fuzzyMatch(QString(2'000, 'b'), text));
    }
    void the_model_is_a_model_and_sorts_best_first() {
        PaletteModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<PaletteItem> items;
        for (const char* title : {"Operator console", "Go to Rollouts", "Rollout: Abort now", "Settings"})
            items.push_back({QString::fromLatin1(title), "Action", "", "", {}});
        model.setItems(items);
        QCOMPARE(model.rowCount(), 4);
        model.setPattern("roab");
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.at(0)->title, QStringLiteral("Rollout: Abort now"));
        model.setPattern("");
        QCOMPARE(model.at(0)->title, QStringLiteral("Operator console"));
    }
    void what_is_typed_narrows_and_enter_runs() {
        QWidget window;
        window.resize(900, 600);
        QString ran;
        CommandPalette palette(
            [&] {
                return std::vector<PaletteItem>{
                    {"Go to Overview", "Page", "", "", [&] { ran = "overview"; }},
                    {"Rollout: Abort now", "Action", "", "", [&] { ran = "abort"; }},
                    {"Rollout: Undo", "Action", "", "nothing to undo", [&] { ran = "undo"; }}};
            },
            &window);
        window.show();
        palette.popUp();
        QTest::keyClicks(palette.field(), "abort");
        QTest::keyClick(palette.field(), Qt::Key_Return);
        QCOMPARE(ran, QStringLiteral("abort"));
        QVERIFY(!palette.isVisible());
        // What is blocked is shown, with its reason, and does nothing.
        palette.popUp();
        QTest::keyClicks(palette.field(), "undo");
        QTest::keyClick(palette.field(), Qt::Key_Return);
        QCOMPARE(ran, QStringLiteral("abort"));
        QTest::keyClick(palette.field(), Qt::Key_Escape);
        QVERIFY(!palette.isVisible());
    }
};

QTEST_MAIN(TestPalette)
#include "tst_palette.moc"
