#pragma once
#include <QObject>
#include <QVector>

#include "widgets/charts/series.hpp"

namespace qd::widgets {

class TimeSeriesChart;

// Ties charts below each other together: one range, one zoom, one crosshair, plots of equal width. Owns none
// of them; a chart that is destroyed leaves by itself.
class ChartGroup : public QObject {
    Q_OBJECT
public:
    explicit ChartGroup(QObject* parent = nullptr);

    void add(TimeSeriesChart* chart);
    void setLive(double windowMs);
    void setFixedRange(double fromMs, double toMs);
    void setMarks(const QVector<Mark>& marks);
    void setShades(const QVector<Shade>& shades);
    void zoomTo(const TimeRange& range);
    void resetZoom();
    void setCrosshair(double atMs);
    // Gives all value axes the width of the widest. Done by itself after add(); call after units changed.
    void align();
    const QVector<TimeSeriesChart*>& charts() const { return charts_; }

signals:
    void crosshairMoved(double atMs);
    void rangeZoomed(const qd::widgets::TimeRange& range);
    void zoomReset();

private:
    QVector<TimeSeriesChart*> charts_;
    bool aligning_ = false;
};

}  // namespace qd::widgets
