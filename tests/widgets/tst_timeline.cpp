#include <QSignalSpy>

#include "tests/widgets/support.hpp"
#include "widgets/timeline/incident_timeline.hpp"
#include "widgets/timeline/lane_layout.hpp"

using namespace qd::widgets;

class TimelineTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useTheme(); }
    void overlappingItemsTakeRowsOfTheirOwn();
    void rowsAreBounded();
    void outsideItemsAreLeftOut();
    void keysWalkThroughTime();
    void keysWalkBetweenLanes();
    void enterAndDoubleClickActivate();
    void selectingRevealsWhatIsOutside();
    void isReadOut();
    void paintsWithoutAnything();
    void keepsSelectionWhenItemsChange();
};

namespace {
constexpr double t0 = 1'700'000'000'000.0;

TimelineItem item(const char* id, Lane lane, double second, double until = qQNaN()) {
    TimelineItem i;
    i.id = id;
    i.lane = lane;
    i.fromMs = t0 + second * 1000;
    i.toMs = std::isnan(until) ? until : t0 + until * 1000;
    i.text = QString("item ") + id;
    return i;
}

LaneLayout laid(const QVector<TimelineItem>& items) {
    return layOutLanes(
        items, {t0, t0 + 100'000}, 0, 1000, [](double ms) { return (ms - t0) / 100; },
        [](const TimelineItem&) { return 80.0; }, false);
}

struct Shown {
    IncidentTimeline line;
    Shown() {
        line.resize(900, 400);
        line.setRange(t0, t0 + 100'000);
        line.setItems({item("a", Lane::Alerts, 10, 40), item("r", Lane::Rollout, 20),
                       item("p", Lane::People, 30), item("q", Lane::People, 60)});
        line.grab();
    }
};
}  // namespace

void TimelineTest::overlappingItemsTakeRowsOfTheirOwn() {
    const LaneLayout layout =
        laid({item("1", Lane::People, 10), item("2", Lane::People, 12), item("3", Lane::People, 50)});
    QCOMPARE(layout.bands.size(), 1);
    QCOMPARE(layout.bands[0].rows, 2);
    QVERIFY(!layout.placed[0].box.intersects(layout.placed[1].box));
    QCOMPARE(layout.placed[2].box.top(), layout.placed[0].box.top());
}

void TimelineTest::rowsAreBounded() {
    QVector<TimelineItem> many;
    for (int i = 0; i < 200; ++i) many.append(item(qPrintable(QString::number(i)), Lane::People, 10));
    const LaneLayout layout = laid(many);
    QCOMPARE(layout.bands[0].rows, maxLaneRows);
    QCOMPARE(layout.placed.size(), 200);
}

void TimelineTest::outsideItemsAreLeftOut() {
    const LaneLayout layout = laid({item("before", Lane::Alerts, -50), item("into", Lane::Alerts, -50, 5),
                                    item("after", Lane::Alerts, 500)});
    QCOMPARE(layout.placed.size(), 1);
    QCOMPARE(layout.placed[0].item, 1);
}

void TimelineTest::keysWalkThroughTime() {
    Shown s;
    QSignalSpy spy(&s.line, &IncidentTimeline::itemSelected);
    for (const char* id : {"a", "r", "p", "q"}) {
        QTest::keyClick(&s.line, Qt::Key_Right);
        QCOMPARE(s.line.selectedItem(), id);
    }
    QTest::keyClick(&s.line, Qt::Key_Right);
    QCOMPARE(s.line.selectedItem(), "q");
    QTest::keyClick(&s.line, Qt::Key_Left);
    QCOMPARE(s.line.selectedItem(), "p");
    QCOMPARE(spy.count(), 5);
}

void TimelineTest::keysWalkBetweenLanes() {
    Shown s;
    s.line.selectItem("a");
    QTest::keyClick(&s.line, Qt::Key_Down);
    QCOMPARE(s.line.selectedItem(), "r");
    QTest::keyClick(&s.line, Qt::Key_Down);  // past the empty lane, to the nearest in time
    QCOMPARE(s.line.selectedItem(), "p");
    QTest::keyClick(&s.line, Qt::Key_Up);
    QCOMPARE(s.line.selectedItem(), "r");
}

void TimelineTest::enterAndDoubleClickActivate() {
    Shown s;
    QSignalSpy spy(&s.line, &IncidentTimeline::itemActivated);
    QTest::keyClick(&s.line, Qt::Key_Return);
    QCOMPARE(spy.count(), 0);
    s.line.selectItem("r");
    QTest::keyClick(&s.line, Qt::Key_Return);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toString(), "r");
}

void TimelineTest::selectingRevealsWhatIsOutside() {
    Shown s;
    s.line.zoomTo({t0, t0 + 20'000});
    QSignalSpy spy(&s.line, &IncidentTimeline::rangeZoomed);
    s.line.selectItem("q");
    QCOMPARE(spy.count(), 1);
    QVERIFY(s.line.visibleRange().contains(t0 + 60'000));
}

void TimelineTest::isReadOut() {
    Shown s;
    QVERIFY(s.line.spokenText().contains("4 entries"));
    s.line.selectItem("a");
    QVERIFY(s.line.spokenText().contains("item a"));
    QVERIFY(s.line.spokenText().contains("Alerts"));
}

void TimelineTest::paintsWithoutAnything() {
    IncidentTimeline line;
    line.resize(300, 100);
    QVERIFY(!line.grab().isNull());
    line.setEmptyLanesVisible(true);
    line.setSli({"s", "SLI", Token::Series1, {{0, qQNaN()}}}, Unit::Ratio);
    QVERIFY(!line.grab().isNull());
}

void TimelineTest::keepsSelectionWhenItemsChange() {
    Shown s;
    s.line.selectItem("p");
    s.line.setItems({item("p", Lane::People, 30), item("n", Lane::People, 90)});
    QCOMPARE(s.line.selectedItem(), "p");
    s.line.setItems({item("n", Lane::People, 90)});
    QVERIFY(s.line.selectedItem().isEmpty());
}

QTEST_MAIN(TimelineTest)
#include "tst_timeline.moc"
