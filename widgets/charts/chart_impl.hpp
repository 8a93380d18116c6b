#pragma once
// Inside of TimeSeriesChart, shared by its three source files.
#include <QElapsedTimer>
#include <QPixmap>
#include <memory>
#include <optional>

#include "widgets/charts/axis_ticks.hpp"
#include "widgets/charts/chart_lines.hpp"
#include "widgets/charts/heat.hpp"
#include "widgets/charts/mark_icon.hpp"
#include "widgets/charts/time_series_chart.hpp"

namespace qd::widgets {

inline constexpr int chartRightMargin = 10;

struct TimeSeriesChart::Impl {
    explicit Impl(TimeSeriesChart* chart) : q(chart) {}

    TimeSeriesChart* q;
    QString title;
    QString unitText;
    QString source;
    QString emptyText = QStringLiteral("No data in this range");
    Formatter formatter = formatterFor(Unit::Count);
    std::optional<Unit> unit = Unit::Count;  // none: a formatter of the caller's own
    QVector<Series> series;
    QVector<Threshold> thresholds;
    QVector<Mark> marks;
    QVector<Shade> shades;
    Heat heat;
    QString heatLabel;
    double heatThreshold = qQNaN();
    bool markIcons = true;
    NowMs now = systemNow();
    double gapAfterMs = 5000;

    // Value axis as asked for.
    bool yFixed = false;
    double yFixedLow = 0, yFixedHigh = 1;
    std::optional<double> yFloor = 0.0, yCeiling;
    double yMinSpan = 0;
    bool yWithThresholds = true;

    // Time axis as asked for.
    double liveWindowMs = 0;
    std::optional<TimeRange> fixedRange;
    std::optional<TimeRange> zoom;
    double longestMs = 0;

    bool legendVisible = true;
    bool timeAxisVisible = true;
    int axisWidth = 0;

    // As last prepared: what is painted and what the mouse hits.
    TimeRange range;
    QRectF plot;
    double yLow = 0, yHigh = 1;
    QVector<Tick> yTicks;
    QVector<ChartLines::Curve> curves;
    QVector<TimeRange> gaps;
    HeatRows heatRows;  // of the heat map: which are shown
    int fittedWidth = 0;
    bool hasData = false;

    std::unique_ptr<ChartLines> lines;  // made at the first render: a hidden page pays nothing
    QPixmap picture;
    bool dirty = true;
    int renders = 0;
    double renderMs = 0;
    QElapsedTimer sinceRender;

    double crosshairMs = qQNaN();
    bool pressed = false;
    bool dragged = false;
    QPointF pressedAt;
    TimeRange pressedRange;

    void invalidate();
    void onTick();
    Series* find(const QString& id);
    TimeRange currentRange() const;
    TimeRange baseRange() const;

    // chart_render.cpp and chart_overlay.cpp
    void prepare();
    void fitValues();
    void fitLabels();
    void layOut();
    int markHeight() const;
    void render();
    void paintPicture(QPainter& painter);  // as prepared
    double xOf(double ms) const { return plot.left() + (ms - range.fromMs) / range.span() * plot.width(); }
    double msOf(double x) const { return range.fromMs + (x - plot.left()) / plot.width() * range.span(); }
    double yOf(double value) const { return plot.bottom() - (value - yLow) / (yHigh - yLow) * plot.height(); }
    void paintBack(QPainter& painter) const;
    void paintBands(QPainter& painter) const;  // chart_band.cpp
    void paintFront(QPainter& painter) const;
    void prepareHeat();
    void paintHeat(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;
    void paintCrosshair(QPainter& painter) const;
    void paintReadOut(QPainter& painter, qreal x) const;
    std::optional<QPointF> sampleNear(const Series& curve, double ms) const;
    int headerHeight() const;

    // chart_input.cpp
    void userZoom(const TimeRange& range);
    void zoomAround(double ms, double factor);
    void userCrosshair(double ms);
    void moveCrosshair(int samples);
    const Mark* markAt(const QPointF& position) const;
};

}  // namespace qd::widgets
