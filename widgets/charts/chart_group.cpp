#include "widgets/charts/chart_group.hpp"

#include "widgets/charts/time_series_chart.hpp"

namespace qd::widgets {

ChartGroup::ChartGroup(QObject* parent) : QObject(parent) {}

void ChartGroup::add(TimeSeriesChart* chart) {
    charts_.append(chart);
    connect(chart, &TimeSeriesChart::crosshairMoved, this, [this, chart](double atMs) {
        for (TimeSeriesChart* other : charts_)
            if (other != chart) other->setCrosshair(atMs);
        emit crosshairMoved(atMs);
    });
    connect(chart, &TimeSeriesChart::rangeZoomed, this, [this, chart](const TimeRange& range) {
        for (TimeSeriesChart* other : charts_)
            if (other != chart) other->zoomTo(range);
        emit rangeZoomed(range);
    });
    connect(chart, &TimeSeriesChart::zoomReset, this, [this, chart] {
        for (TimeSeriesChart* other : charts_)
            if (other != chart) other->resetZoom();
        emit zoomReset();
    });
    connect(chart, &TimeSeriesChart::axisWidthFitted, this, &ChartGroup::align);
    connect(chart, &QObject::destroyed, this, [this, chart] { charts_.removeAll(chart); });
    align();
}

void ChartGroup::setLive(double windowMs) {
    for (TimeSeriesChart* chart : charts_) chart->setLive(windowMs);
}

void ChartGroup::setFixedRange(double fromMs, double toMs) {
    for (TimeSeriesChart* chart : charts_) chart->setFixedRange(fromMs, toMs);
}

void ChartGroup::setMarks(const QVector<Mark>& marks) {
    for (TimeSeriesChart* chart : charts_) chart->setMarks(marks);
}

void ChartGroup::setShades(const QVector<Shade>& shades) {
    for (TimeSeriesChart* chart : charts_) chart->setShades(shades);
}

void ChartGroup::zoomTo(const TimeRange& range) {
    for (TimeSeriesChart* chart : charts_) chart->zoomTo(range);
}

void ChartGroup::resetZoom() {
    for (TimeSeriesChart* chart : charts_) chart->resetZoom();
}

void ChartGroup::setCrosshair(double atMs) {
    for (TimeSeriesChart* chart : charts_) chart->setCrosshair(atMs);
}

void ChartGroup::align() {
    if (aligning_) return;  // measuring may widen an axis, which calls here again
    aligning_ = true;
    int widest = 0;
    for (const TimeSeriesChart* chart : charts_) widest = std::max(widest, chart->fittedAxisWidth());
    for (TimeSeriesChart* chart : charts_) chart->setAxisWidth(charts_.size() > 1 ? widest : 0);
    aligning_ = false;
}

}  // namespace qd::widgets
