#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>

#include "tests/widgets/support.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/budget_bar.hpp"
#include "widgets/tiles/confirm.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/key_hint.hpp"
#include "widgets/tiles/split_bar.hpp"
#include "widgets/tiles/stat_tile.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/tiles/step_track.hpp"
#include "widgets/tiles/tile_grid.hpp"

using namespace qd::widgets;

class TilesTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useTheme(); }
    void ageCountsAndTurnsStale();
    void ageTellsWhenNothingCameYet();
    void ageSeesAClockThatJumped();
    void tileTurnsStaleByItself();
    void tileWithoutValueIsNoData();
    void tileIsAButtonByKeyboard();
    void badgeNeverIsColourAlone();
    void badgeIsReadOut();
    void budgetTellsOverspending();
    void confirmWantsAReason();
    void confirmWantsThePhrase();
    void countdownCanBeCancelled();
    void countdownConfirmsOnce();
    void dialogHandsTheReasonOver();
    void noticeSaysWhatWhyNext();
    void stepsKnowTheCurrentOne();
    void gridFillsRowsEvenly();
    void hintKnowsPlusAndComma();
    void splitSaysWhatIsObserved();
    void emptyStateActs();
};

void TilesTest::ageCountsAndTurnsStale() {
    TestClock clock;
    AgeLabel label;
    label.setClock(clock.now());
    label.setStaleAfter(15'000);
    QSignalSpy spy(&label, &AgeLabel::staleChanged);
    label.setTime(clock.ms - 2000);
    QCOMPARE(label.text(), "2 s ago");
    QVERIFY(!label.isStale());
    clock.ms += 14'000;
    Ticker::instance().fire();
    QVERIFY(label.isStale());
    QCOMPARE(label.text(), "stale, 16 s ago");
    QCOMPARE(spy.count(), 1);
    label.setTime(clock.ms);
    QVERIFY(!label.isStale());
    QCOMPARE(spy.count(), 2);
}

void TilesTest::ageTellsWhenNothingCameYet() {
    AgeLabel label;
    QCOMPARE(label.text(), "no data yet");
    QVERIFY(!label.isStale());
}

void TilesTest::ageSeesAClockThatJumped() {
    TestClock clock;
    AgeLabel label;
    label.setClock(clock.now());
    label.setTime(clock.ms);
    clock.ms += 9 * 3600'000;
    Ticker::instance().fire();
    QCOMPARE(label.text(), "stale, 9 h ago");
    clock.ms -= 10 * 3600'000;  // and back beyond: the future is "now", never a negative age
    Ticker::instance().fire();
    QCOMPARE(label.text(), "now");
}

void TilesTest::tileTurnsStaleByItself() {
    TestClock clock;
    StatTile tile("Availability");
    tile.setClock(clock.now());
    tile.setReading({"99.9", "%", "", State::Good, "On target", clock.ms});
    QCOMPARE(tile.shownState(), State::Good);
    clock.ms += 20'000;
    Ticker::instance().fire();
    QCOMPARE(tile.shownState(), State::Stale);
    QVERIFY(tile.spokenText().contains("Stale"));
    QVERIFY(!tile.spokenText().contains("On target"));
}

void TilesTest::tileWithoutValueIsNoData() {
    StatTile tile("Uploads");
    QCOMPARE(tile.shownState(), State::NoData);
    QVERIFY(tile.spokenText().contains("no data"));
}

void TilesTest::tileIsAButtonByKeyboard() {
    StatTile tile("Uploads");
    tile.setClickable(true);
    QSignalSpy spy(&tile, &StatTile::activated);
    QTest::keyClick(&tile, Qt::Key_Return);
    QTest::mouseClick(&tile, Qt::LeftButton);
    QCOMPARE(spy.count(), 2);
}

void TilesTest::badgeNeverIsColourAlone() {
    for (const State s : {State::Good, State::Warn, State::Bad, State::Info, State::NoData, State::Stale})
        QVERIFY(!StatusBadge(s, {}).text().isEmpty());
    QCOMPARE(StatusBadge(State::Bad, "Burning").text(), "Burning");
}

void TilesTest::badgeIsReadOut() {
    StatusBadge badge(State::Bad, "Burning");
    QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(&badge);
    QVERIFY(spoken);
    QCOMPARE(spoken->text(QAccessible::Name), "Burning");
    StatTile tile("Availability");
    QCOMPARE(QAccessible::queryAccessibleInterface(&tile)->role(), QAccessible::Grouping);
}

void TilesTest::budgetTellsOverspending() {
    QCOMPARE(BudgetBar::textFor({0.724, 0.6}), "72 % left");
    QCOMPARE(BudgetBar::textFor({-0.78, 0.6}), "78 % over");
    QCOMPARE(BudgetBar::textFor({qQNaN(), 0.6}), "no data");
    QCOMPARE(BudgetBar::stateFor({0.8, -1}), State::Good);
    QCOMPARE(BudgetBar::stateFor({0.1, -1}), State::Warn);
    QCOMPARE(BudgetBar::stateFor({0, -1}), State::Bad);
    QCOMPARE(BudgetBar::stateFor({qQNaN(), -1}), State::NoData);
}

namespace {
Confirmation abortion(int countdown = 0) {
    Confirmation c;
    c.title = "Abort the rollout?";
    c.statement = "All traffic goes back to stable.";
    c.action = "Abort rollout";
    c.kind = ButtonKind::Danger;
    c.countdownS = countdown;
    return c;
}
}  // namespace

void TilesTest::confirmWantsAReason() {
    ConfirmBar bar(abortion());
    QSignalSpy spy(&bar, &ConfirmBar::confirmed);
    QVERIFY(!bar.actionButton()->isEnabled());
    QCOMPARE(bar.actionButton()->toolTip(), "A reason is required.");
    bar.reasonField()->setText("   ");
    QVERIFY(!bar.actionButton()->isEnabled());
    QTest::keyClick(bar.reasonField(), Qt::Key_Return);
    QCOMPARE(spy.count(), 0);
    bar.reasonField()->setText("canary fails");
    QVERIFY(bar.actionButton()->isEnabled());
    bar.actionButton()->click();
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toString(), "canary fails");
    bar.actionButton()->click();
    QCOMPARE(spy.count(), 1);  // a double click is not two aborts
}

void TilesTest::confirmWantsThePhrase() {
    Confirmation c = abortion();
    c.reasonRequired = false;
    c.typedPhrase = "delete v2";
    ConfirmBar bar(c);
    QVERIFY(!bar.actionButton()->isEnabled());
    bar.phraseField()->setText("delete v");
    QVERIFY(!bar.actionButton()->isEnabled());
    bar.phraseField()->setText("delete v2");
    QVERIFY(bar.actionButton()->isEnabled());
}

void TilesTest::countdownCanBeCancelled() {
    ConfirmBar bar(abortion(3));
    bar.setTickMs(1);
    QSignalSpy confirmed(&bar, &ConfirmBar::confirmed);
    QSignalSpy cancelled(&bar, &ConfirmBar::cancelled);
    bar.reasonField()->setText("oops");
    bar.actionButton()->click();
    QVERIFY(bar.isCounting());
    QCOMPARE(bar.secondsLeft(), 3);
    QTest::keyClick(&bar, Qt::Key_Escape);
    QVERIFY(!bar.isCounting());
    QCOMPARE(cancelled.count(), 1);
    QVERIFY(!confirmed.wait(30));
}

void TilesTest::countdownConfirmsOnce() {
    ConfirmBar bar(abortion(2));
    bar.setTickMs(1);
    QSignalSpy confirmed(&bar, &ConfirmBar::confirmed);
    QSignalSpy cancelled(&bar, &ConfirmBar::cancelled);
    bar.reasonField()->setText("canary fails");
    bar.actionButton()->click();
    QCOMPARE(confirmed.count(), 0);
    QVERIFY(confirmed.wait(2000));
    bar.cancelButton()->click();
    QCOMPARE(confirmed.count(), 1);
    QCOMPARE(cancelled.count(), 0);  // too late: it happened
}

void TilesTest::dialogHandsTheReasonOver() {
    ConfirmDialog dialog(abortion());
    QSignalSpy spy(&dialog, &ConfirmDialog::confirmed);
    dialog.open();
    dialog.bar()->reasonField()->setText("canary fails");
    dialog.bar()->actionButton()->click();
    QCOMPARE(spy.count(), 1);
    QCOMPARE(dialog.result(), int(QDialog::Accepted));
    ConfirmDialog other(abortion());
    other.open();
    QTest::keyClick(&other, Qt::Key_Escape);
    QCOMPARE(other.result(), int(QDialog::Rejected));
}

void TilesTest::noticeSaysWhatWhyNext() {
    InlineNotice notice({State::Bad, "Lost.", "Refused.", "Trying again.", "Try now"});
    QVERIFY(notice.spokenText().contains("Lost. Refused. Trying again."));
    QSignalSpy spy(&notice, &InlineNotice::actionTriggered);
    notice.findChild<QPushButton*>()->click();
    QCOMPARE(spy.count(), 1);
}

void TilesTest::stepsKnowTheCurrentOne() {
    StepTrack track;
    QCOMPARE(track.current(), -1);
    track.setSteps(
        {{"10 %", "", StepState::Done}, {"50 %", "", StepState::Paused}, {"100 %", "", StepState::Pending}});
    QCOMPARE(track.current(), 1);
    QSignalSpy spy(&track, &StepTrack::stepSelected);
    QTest::keyClick(&track, Qt::Key_Right);
    QCOMPARE(spy.last()[0].toInt(), 2);
    QTest::keyClick(&track, Qt::Key_Right);
    QCOMPARE(track.selected(), 2);
    QVERIFY(track.spokenText().contains("Step 2 of 3, 50 %, paused"));
}

void TilesTest::gridFillsRowsEvenly() {
    QWidget page;
    auto* grid = new TileGrid(200, &page);
    for (int i = 0; i < 5; ++i) grid->addWidget(new StatTile("T"));
    page.show();
    QCOMPARE(grid->columnsFor(1200), 5);
    QCOMPARE(grid->columnsFor(860), 3);  // four would fit, and leave one alone
    QCOMPARE(grid->columnsFor(100), 1);
    page.resize(860, 600);
    const QRect first = grid->itemAt(0)->geometry(), fourth = grid->itemAt(3)->geometry();
    QCOMPARE(first.left(), fourth.left());
    QVERIFY(fourth.top() > first.bottom());
}

void TilesTest::hintKnowsPlusAndComma() {
    const qreal one = KeyHint::widthOf("K");
    QVERIFY(KeyHint::widthOf("Ctrl+,") > one);
    QVERIFY(KeyHint::widthOf("Ctrl++") > KeyHint::widthOf("+"));
    QCOMPARE(KeyHint::widthOf("+"), one);
}

void TilesTest::splitSaysWhatIsObserved() {
    SplitBar bar;
    bar.setSplit({0.1, qQNaN(), "", "v1", "v2"});
    QVERIFY(bar.spokenText().contains("no requests observed"));
    bar.setSplit({0.1, 0.093, "last 10 s", "v1", "v2"});
    QVERIFY(bar.spokenText().contains("9.3 % observed"));
}

void TilesTest::emptyStateActs() {
    EmptyState empty(Icon::Catalog, "No titles", "Drop a video here.");
    QSignalSpy spy(&empty, &EmptyState::actionTriggered);
    empty.setAction("Upload")->click();
    QCOMPARE(spy.count(), 1);
}

QTEST_MAIN(TilesTest)
#include "tst_tiles.moc"
