#pragma once
// Inside of IncidentTimeline, shared by its source files.
#include <QHash>
#include <QPixmap>
#include <memory>
#include <optional>

#include "widgets/charts/axis_ticks.hpp"
#include "widgets/charts/decimate.hpp"
#include "widgets/timeline/incident_timeline.hpp"
#include "widgets/timeline/lane_layout.hpp"

namespace qd::widgets {

struct IncidentTimeline::Impl {
    explicit Impl(IncidentTimeline* widget) : q(widget) {}

    struct Plot {
        TimelineCurve curve;
        Formatter formatter;
        QRectF box;
        double low = 0, high = 1;
    };
    struct MilestoneFlag {
        int milestone = -1;
        QRectF box;
    };

    IncidentTimeline* q;
    QVector<TimelineItem> items;
    TimelineIndex sorted;
    TimelineTexts texts;
    std::vector<Plot> plots;
    QVector<Shade> shades;
    double gapAfterMs = 5000;
    TimeRange base{0, 1};
    std::optional<TimeRange> zoom;
    bool emptyLanes = false;
    unsigned hiddenLanes = 0;
    double playheadMs = qQNaN();

    QVector<Milestone> milestones;
    QVector<MilestoneFlag> flags;
    int flagRows = 0;
    QString chosenMilestone;
    bool moving = false;
    double movedMs = qQNaN();

    LaneLayout lanes;
    qreal left = 0, right = 0, top = 0;
    QPixmap picture;
    bool dirty = true;
    struct Text {
        QString line;
        qreal width = 0;
    };
    QHash<QString, QPixmap> marks;  // of gathered items, by how they look
    QHash<int, Text> lineCache;     // of the items that were in sight

    QString selected;
    int chosen = -1;   // its index
    int hovered = -1;  // index into lanes.placed
    double hoverMs = qQNaN();
    bool pressed = false, dragged = false;
    QPointF pressedAt;
    TimeRange pressedRange;
    int pressedFlag = -1;

    const TimeRange& range() const { return zoom ? *zoom : base; }
    double xOf(double ms) const { return left + (ms - range().fromMs) / range().span() * (right - left); }
    double msOf(double x) const { return range().fromMs + (x - left) / (right - left) * range().span(); }
    int indexOf(const QString& id) const;
    const Text& lineOf(int item);
    QString detailOf(int item) const;
    bool holds(const PlacedItem& placed, int item) const;
    QString spoken(const PlacedItem& placed) const;
    void invalidate();
    void layOut();
    void layOutMilestones();
    void render();
    void paintCurve(QPainter& painter, Plot& plot);
    void paintLanes(QPainter& painter);
    void paintItem(QPainter& painter, const PlacedItem& placed, bool lit, bool isChosen);
    void paintGathered(QPainter& painter, const PlacedItem& placed, bool lit, bool isChosen);
    void drawGathered(QPainter& painter, const PlacedItem& placed, bool lit, bool isChosen) const;
    void paintMilestones(QPainter& painter) const;
    void paintPlayhead(QPainter& painter) const;
    void paintHover(QPainter& painter);
    void paintReadOut(QPainter& painter, double x) const;

    int placedAt(const QPointF& position) const;
    int flagAt(const QPointF& position) const;
    int milestoneIndex(const QString& id) const;
    double milestoneMs(int index) const;
    void select(int index, bool reveal);
    void step(int by);
    void stepLane(int by);
    void userZoom(const TimeRange& wanted);
    void zoomAround(double ms, double factor);
    void chooseMilestone(int by);
    void moveMilestone(int index, double ms);
    void cancelMove();
    bool milestoneKey(QKeyEvent* event);
};

}  // namespace qd::widgets
