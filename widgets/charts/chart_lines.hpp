#pragma once
#include <QGraphicsScene>
#include <QSizeF>
#include <QVector>
#include <vector>

#include "widgets/charts/decimate.hpp"

class QAreaSeries;
class QChart;
class QLineSeries;
class QPainter;
class QValueAxis;

namespace qd::widgets {

// The curves of one plot, drawn by Qt Charts. The chart lives in a scene without a view and without its own
// axes, legend or margins, and is rendered where and when it is wanted; so nothing repaints behind our back.
// Series objects are reused, as adding and removing them costs far more than new points.
class ChartLines {
public:
    ChartLines();
    ~ChartLines();

    struct Curve {
        QVector<Segment> segments;
        Token color = Token::Series1;
        bool dashed = false;
        bool filled = false;
        bool stepped = false;
    };
    void draw(QPainter& painter, const QRectF& plot, const QVector<Curve>& curves, const TimeRange& x,
              double low, double high);

private:
    struct Slot {
        QLineSeries* line = nullptr;
        QLineSeries* edge = nullptr;   // upper edge of the area
        QLineSeries* floor = nullptr;  // lower edge: zero where it is in sight
        QAreaSeries* area = nullptr;
    };
    Slot& slot(std::size_t index);
    void withArea(Slot& slot);

    QGraphicsScene scene_;
    QChart* chart_;
    QValueAxis* x_;
    QValueAxis* y_;
    std::vector<Slot> slots_;
};

}  // namespace qd::widgets
