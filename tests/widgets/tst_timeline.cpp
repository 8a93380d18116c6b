#include <QSignalSpy>

#include "tests/widgets/support.hpp"
#include "widgets/timeline/incident_timeline.hpp"
#include "widgets/timeline/lane_layout.hpp"
#include "widgets/timeline/timeline_index.hpp"

using namespace qd::widgets;

class TimelineTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useTheme(); }
    void overlappingItemsTakeRowsOfTheirOwn();
    void whatDoesNotFitIsGatheredAndCounted();
    void panningMovesGatheredMarksAndNothingElse();
    void gatheringKeepsTheMostSeriousAndLongSpans();
    void theIndexFindsWhatTouchesTheRange();
    void hiddenLanesTakeNoRoom();
    void textsAreMadeOnlyForWhatIsInSight();
    void aDoubleClickOnGatheredMarksZoomsIn();
    void milestonesMoveByMouse();
    void milestonesMoveByKeyboard();
    void whatCannotBeMovedSaysWhy();
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

LaneFrame frame(double fromSecond = 0, double toSecond = 100) {
    LaneFrame f;
    f.range = {t0 + fromSecond * 1000, t0 + toSecond * 1000};
    f.right = 1000;
    f.widthOf = [](int) { return 80.0; };
    return f;
}

LaneLayout laid(const QVector<TimelineItem>& items, const LaneFrame& f = frame()) {
    return layOutLanes(items, TimelineIndex(items), f);
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

void TimelineTest::whatDoesNotFitIsGatheredAndCounted() {
    QVector<TimelineItem> many;
    for (int i = 0; i < 200; ++i) many.append(item(qPrintable(QString::number(i)), Lane::People, 10));
    for (int i = 0; i < 7; ++i) many.append(item(qPrintable(QString::number(200 + i)), Lane::People, 90));
    const LaneLayout layout = laid(many);
    QVERIFY(layout.bands[0].rows <= maxLaneRows);
    QCOMPARE(layout.placed.size(), 2);
    QCOMPARE(layout.placed[0].count, 200);
    QCOMPARE(layout.placed[1].count, 7);
    QVERIFY(layout.placed[0].gathered);
    QVERIFY(layout.placed[0].cell.contains(t0 + 10'000));
}

void TimelineTest::panningMovesGatheredMarksAndNothingElse() {
    QVector<TimelineItem> many;
    for (int i = 0; i < 2'000; ++i)
        many.append(item(qPrintable(QString::number(i)), Lane::Logs, double(i * i % 3'001) / 10));
    const auto before = laid(many, frame(100, 200)).placed;
    const auto after = laid(many, frame(101.7, 201.7)).placed;
    QHash<double, int> counts;
    for (const PlacedItem& cell : before) counts[cell.cell.fromMs] = cell.count;
    int compared = 0;
    // Those at the ends are cut by the range.
    for (qsizetype i = 1; i + 1 < after.size(); ++i) {
        if (!counts.contains(after[i].cell.fromMs) || after[i].cell.toMs > t0 + 200'000) continue;
        QCOMPARE(counts[after[i].cell.fromMs], after[i].count);
        ++compared;
    }
    QVERIFY(compared > 20);
}

void TimelineTest::gatheringKeepsTheMostSeriousAndLongSpans() {
    QVector<TimelineItem> many{item("long", Lane::Alerts, 5, 80)};
    for (int i = 0; i < 300; ++i) {
        many.append(item(qPrintable(QString::number(i)), Lane::Alerts, 50 + i * 0.001));
        many.last().state = i == 123 ? State::Bad : State::Info;
        many.last().pinned = i == 7;
    }
    const LaneLayout layout = laid(many);
    QCOMPARE(layout.placed.size(), 2);
    QCOMPARE(many[layout.placed[0].item].id, QString("long"));
    QVERIFY(!layout.placed[0].gathered);
    QCOMPARE(many[layout.placed[1].item].id, QString("123"));
    QCOMPARE(layout.placed[1].count, 300);
    QVERIFY(layout.placed[1].pinned);
    QVERIFY(!layout.placed[0].box.intersects(layout.placed[1].box));
}

void TimelineTest::theIndexFindsWhatTouchesTheRange() {
    QVector<TimelineItem> items;
    unsigned seed = 7;
    const auto next = [&seed](unsigned most) {
        return (seed = seed * 1'103'515'245 + 12'345) / 65'536 % most;
    };
    for (int i = 0; i < 500; ++i) {
        const double from = next(1'000);
        items.append(item(qPrintable(QString::number(i)), next(2) ? Lane::Alerts : Lane::Chaos, from,
                          next(3) ? qQNaN() : from + next(200)));
    }
    const TimelineIndex index(items);
    for (int round = 0; round < 200; ++round) {
        const double from = t0 + next(1'000) * 1'000.0, to = from + next(100) * 1'000.0;
        QSet<int> expected, found;
        for (int i = 0; i < items.size(); ++i)
            if (items[i].lane == Lane::Alerts && items[i].endMs() >= from && items[i].fromMs <= to)
                expected.insert(i);
        double last = 0;
        index.inRange(Lane::Alerts, {from, to}, [&](int i) {
            found.insert(i);
            QVERIFY(items[i].fromMs >= last);
            last = items[i].fromMs;
        });
        QCOMPARE(found, expected);
        QCOMPARE(index.countInRange(Lane::Alerts, {from, to}, 1'000), int(expected.size()));
        const int nearest = index.nearest(Lane::Alerts, from);
        for (const TimelineItem& other : items)
            if (other.lane == Lane::Alerts)
                QVERIFY(std::abs(items[nearest].fromMs - from) <= std::abs(other.fromMs - from));
    }
}

void TimelineTest::hiddenLanesTakeNoRoom() {
    Shown s;
    const int before = s.line.minimumSizeHint().height();
    s.line.setLaneVisible(Lane::People, false);
    QVERIFY(!s.line.isLaneVisible(Lane::People));
    QVERIFY(s.line.minimumSizeHint().height() < before);
    s.line.selectItem("r");
    QTest::keyClick(&s.line, Qt::Key_Right);  // p and q are hidden
    QCOMPARE(s.line.selectedItem(), "r");
    s.line.setLaneVisible(Lane::People, true);
    QCOMPARE(s.line.minimumSizeHint().height(), before);
}

void TimelineTest::textsAreMadeOnlyForWhatIsInSight() {
    IncidentTimeline line;
    line.resize(900, 400);
    QVector<TimelineItem> many;
    for (int i = 0; i < 10'000; ++i) {
        many.append(item(qPrintable(QString::number(i)), Lane::Logs, i));
        many.last().text.clear();
    }
    int made = 0;
    line.setTexts({[&](const TimelineItem& one) {
                       ++made;
                       return "text of " + one.id;
                   },
                   {}});
    line.setRange(t0, t0 + 10'000'000.0);
    line.setItems(many);
    line.grab();
    QCOMPARE(made, 0);  // all are gathered
    line.zoomTo({t0 + 5'000'000, t0 + 5'010'000});
    line.grab();
    QVERIFY(made > 0 && made < 100);
    line.selectItem("5004");
    QVERIFY(line.spokenText().contains("text of 5004"));
}

void TimelineTest::aDoubleClickOnGatheredMarksZoomsIn() {
    IncidentTimeline line;
    line.resize(900, 200);
    QVector<TimelineItem> many;
    for (int i = 0; i < 1'000; ++i) many.append(item(qPrintable(QString::number(i)), Lane::Logs, i * 0.1));
    line.setRange(t0, t0 + 100'000);
    line.setItems(many);
    line.grab();
    QSignalSpy activated(&line, &IncidentTimeline::itemActivated);
    QTest::mouseDClick(&line, Qt::LeftButton, {}, {500, 20});
    QCOMPARE(activated.count(), 0);
    QVERIFY(line.visibleRange().span() < 10'000);
}

void TimelineTest::milestonesMoveByMouse() {
    Shown s;
    s.line.setMilestones({{"detected", "Detected", t0 + 20'000, true, {}}});
    s.line.grab();
    QSignalSpy moved(&s.line, &IncidentTimeline::milestoneMoved);
    QSignalSpy dropped(&s.line, &IncidentTimeline::milestoneDropped);
    const int left = 104, right = 900 - 12;
    const auto x = [&](double second) { return int(left + second / 100 * (right - left)); };
    QTest::mousePress(&s.line, Qt::LeftButton, {}, {x(20) + 4, 8});
    QMouseEvent drag(QEvent::MouseMove, QPointF(x(50), 8), s.line.mapToGlobal(QPointF(x(50), 8)),
                     Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(&s.line, &drag);
    QCOMPARE(moved.count(), 1);
    QCOMPARE(s.line.movedMilestone(), QString("detected"));
    QVERIFY(std::abs(s.line.movedTo() - (t0 + 50'000)) <= 1'000);
    QTest::mouseRelease(&s.line, Qt::LeftButton, {}, {x(50), 8});
    QCOMPARE(dropped.count(), 1);
    QCOMPARE(s.line.movedMilestone(), QString("detected"));  // until it is kept or not
    QSignalSpy cancelled(&s.line, &IncidentTimeline::milestoneLeft);
    QTest::keyClick(&s.line, Qt::Key_Escape);
    QCOMPARE(cancelled.count(), 1);
    QVERIFY(s.line.movedMilestone().isEmpty());
}

void TimelineTest::milestonesMoveByKeyboard() {
    Shown s;
    s.line.setMilestones(
        {{"started", "Started", t0 + 10'000, true, {}}, {"detected", "Detected", t0 + 20'000, true, {}}});
    QSignalSpy moved(&s.line, &IncidentTimeline::milestoneMoved);
    QSignalSpy dropped(&s.line, &IncidentTimeline::milestoneDropped);
    QTest::keyClick(&s.line, Qt::Key_Down, Qt::AltModifier);
    QTest::keyClick(&s.line, Qt::Key_Down, Qt::AltModifier);
    QTest::keyClick(&s.line, Qt::Key_Left, Qt::AltModifier | Qt::ShiftModifier);
    QTest::keyClick(&s.line, Qt::Key_Left, Qt::AltModifier | Qt::ShiftModifier);
    QCOMPARE(moved.count(), 2);
    QCOMPARE(moved[1][0].toString(), QString("detected"));
    QCOMPARE(moved[1][1].toDouble(), t0 + 18'000);
    QVERIFY(s.line.spokenText().contains("Detected moved"));
    QTest::keyClick(&s.line, Qt::Key_Return);
    QCOMPARE(dropped.count(), 1);
    s.line.endMove();
    QVERIFY(s.line.movedMilestone().isEmpty());
}

void TimelineTest::whatCannotBeMovedSaysWhy() {
    Shown s;
    s.line.setMilestones({{"mitigated", "Mitigated", t0 + 50'000, false, "it was resolved at once"}});
    QSignalSpy refused(&s.line, &IncidentTimeline::milestoneRefused);
    QTest::keyClick(&s.line, Qt::Key_Down, Qt::AltModifier);
    QTest::keyClick(&s.line, Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(refused.count(), 1);
    QCOMPARE(refused[0][0].toString(), QString("it was resolved at once"));
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
    line.setCurves({{{"s", "SLI", Token::Series1, {{0, qQNaN()}}}, Unit::Ratio, {}}});
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
