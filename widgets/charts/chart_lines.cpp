#include "widgets/charts/chart_lines.hpp"

#include <QAreaSeries>
#include <QChart>
#include <QGraphicsLayout>
#include <QLineSeries>
#include <QPainter>
#include <QValueAxis>
#include <algorithm>

#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

// Points relative to the left end, as a double of ms since the epoch has little left for the axis'
// arithmetic.
QList<QPointF> placed(const Segment& segment, double fromMs, bool stepped) {
    QList<QPointF> out;
    out.reserve(segment.size() * (stepped ? 2 : 1));
    for (const QPointF& p : segment) {
        if (stepped && !out.isEmpty()) out.append({p.x() - fromMs, out.last().y()});
        out.append({p.x() - fromMs, p.y()});
    }
    // One point alone would be invisible.
    if (out.size() == 1) out.append(out.first() + QPointF(1, 0));
    return out;
}

}  // namespace

ChartLines::ChartLines() : chart_(new QChart), x_(new QValueAxis), y_(new QValueAxis) {
    scene_.setItemIndexMethod(QGraphicsScene::NoIndex);
    chart_->setAnimationOptions(QChart::NoAnimation);
    chart_->setBackgroundVisible(false);
    chart_->setPlotAreaBackgroundVisible(false);
    chart_->setDropShadowEnabled(false);
    chart_->legend()->hide();
    chart_->setMargins({});
    chart_->layout()->setContentsMargins(0, 0, 0, 0);
    for (QValueAxis* axis : {x_, y_}) {
        axis->setGridLineVisible(false);
        axis->setLabelsVisible(false);
        axis->setLineVisible(false);
        axis->setVisible(false);
    }
    chart_->addAxis(x_, Qt::AlignBottom);
    chart_->addAxis(y_, Qt::AlignLeft);
    scene_.addItem(chart_);
}

ChartLines::~ChartLines() = default;

ChartLines::Slot& ChartLines::slot(std::size_t index) {
    while (slots_.size() <= index) {
        Slot fresh;
        fresh.line = new QLineSeries;
        chart_->addSeries(fresh.line);
        fresh.line->attachAxis(x_);
        fresh.line->attachAxis(y_);
        slots_.push_back(fresh);
    }
    return slots_[index];
}

void ChartLines::withArea(Slot& slot) {
    if (slot.area) return;
    slot.edge = new QLineSeries(chart_);
    slot.floor = new QLineSeries(chart_);
    slot.area = new QAreaSeries(slot.edge, slot.floor);
    slot.area->setPen(Qt::NoPen);
    chart_->addSeries(slot.area);
    slot.area->attachAxis(x_);
    slot.area->attachAxis(y_);
}

void ChartLines::draw(QPainter& painter, const QRectF& plot, const QVector<Curve>& curves, const TimeRange& x,
                      double low, double high) {
    // Hidden series do not follow the axes, so what is not used any more is emptied before the axes move.
    const QRectF area(QPointF(0, 0), plot.size());
    if (scene_.sceneRect() != area) {
        scene_.setSceneRect(area);
        chart_->setGeometry(area);
        chart_->setPlotArea(area);
        chart_->layout()->activate();
    }
    x_->setRange(0, x.span());
    y_->setRange(low, high);

    std::size_t used = 0;
    for (const Curve& curve : curves) {
        QPen pen(color(curve.color), 1.6, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin);
        if (curve.dashed) pen.setDashPattern({4, 2.5});
        for (const Segment& segment : curve.segments) {
            Slot& place = slot(used++);
            const QList<QPointF> points = placed(segment, x.fromMs, curve.stepped);
            if (place.line->pen() != pen) place.line->setPen(pen);
            place.line->replace(points);
            place.line->setVisible(true);
            if (curve.filled) {
                withArea(place);
                const QColor soft = color(curve.color, 0.13);
                if (place.area->color() != soft) place.area->setColor(soft);
                const double floor = std::clamp(0.0, low, high);
                place.floor->replace(QList<QPointF>{{points.first().x(), floor}, {points.last().x(), floor}});
                place.edge->replace(points);
                place.area->setVisible(true);
            } else if (place.area && place.area->isVisible()) {
                place.edge->clear();
                place.area->setVisible(false);
            }
        }
    }
    for (std::size_t i = used; i < slots_.size(); ++i) {
        Slot& idle = slots_[i];
        if (!idle.line->isVisible()) continue;
        idle.line->clear();
        idle.line->setVisible(false);
        if (idle.area) {
            idle.edge->clear();
            idle.area->setVisible(false);
        }
    }
    if (used == 0) return;
    painter.save();
    painter.setClipRect(plot);
    painter.setRenderHint(QPainter::Antialiasing);
    scene_.render(&painter, plot, area);
    painter.restore();
}

}  // namespace qd::widgets
