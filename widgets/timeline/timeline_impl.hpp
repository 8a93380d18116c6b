#pragma once
// Inside of IncidentTimeline, shared by its source files.
#include <QPixmap>
#include <memory>
#include <optional>

#include "widgets/charts/axis_ticks.hpp"
#include "widgets/charts/chart_lines.hpp"
#include "widgets/timeline/lane_layout.hpp"

namespace qd::widgets {

struct IncidentTimeline::Impl {
    explicit Impl(IncidentTimeline* widget) : q(widget) {}

    IncidentTimeline* q;
    QVector<TimelineItem> items;
    Series sli;
    Formatter formatter = formatterFor(Unit::Ratio);
    Unit unit = Unit::Ratio;
    QVector<Threshold> thresholds;
    QVector<Shade> shades;
    double gapAfterMs = 5000;
    TimeRange base{0, 1};
    std::optional<TimeRange> zoom;
    bool emptyLanes = false;

    LaneLayout lanes;
    QRectF curveBox;  // empty without an SLI
    qreal left = 0, right = 0;
    double low = 0, high = 1;
    std::unique_ptr<ChartLines> lines;
    QPixmap picture;
    bool dirty = true;

    QString selected;
    int hovered = -1;
    double hoverMs = qQNaN();
    bool pressed = false, dragged = false;
    QPointF pressedAt;
    TimeRange pressedRange;

    const TimeRange& range() const { return zoom ? *zoom : base; }
    double xOf(double ms) const { return left + (ms - range().fromMs) / range().span() * (right - left); }
    double msOf(double x) const { return range().fromMs + (x - left) / (right - left) * range().span(); }
    bool hasCurve() const { return !sli.points.isEmpty(); }
    int indexOf(const QString& id) const;
    void invalidate();
    void layOut();
    void render();
    void paintCurve(QPainter& painter);
    void paintLanes(QPainter& painter) const;
    void paintItem(QPainter& painter, const PlacedItem& placed, bool lit, bool chosen) const;
    void paintHover(QPainter& painter) const;
    int itemAt(const QPointF& position) const;
    void select(int index, bool reveal);
    void step(int by);
    void stepLane(int by);
    void userZoom(const TimeRange& wanted);
    void zoomAround(double ms, double factor);
};

}  // namespace qd::widgets
