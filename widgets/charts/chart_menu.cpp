// What a chart offers by right click, the Menu key or Ctrl+E: itself as a file or on the clipboard; and how
// it paints itself into one.
#include <QApplication>
#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <algorithm>

#include "widgets/charts/chart_export.hpp"
#include "widgets/charts/chart_impl.hpp"

namespace qd::widgets {
namespace {

// A painter for SVG does not clip: what lies beyond the plot is cut here.
Segment within(const Segment& segment, const TimeRange& range, double low, double high) {
    Segment out;
    const auto append = [&](QPointF p) { out.append({p.x(), std::clamp(p.y(), low, high)}); };
    const auto between = [](const QPointF& a, const QPointF& b, double ms) {
        return QPointF(ms, a.y() + (b.y() - a.y()) * (ms - a.x()) / (b.x() - a.x()));
    };
    for (qsizetype i = 0; i < segment.size(); ++i) {
        const QPointF& p = segment[i];
        const QPointF* before = i > 0 ? &segment[i - 1] : nullptr;
        for (const double ms : {range.fromMs, range.toMs})
            if (before && before->x() < ms && p.x() > ms) append(between(*before, p, ms));
        if (range.contains(p.x())) append(p);
    }
    return out;
}

}  // namespace

ChartContents TimeSeriesChart::contents() const {
    return {d_->title, d_->unitText, d_->source, d_->currentRange(), d_->series};
}

void TimeSeriesChart::paintInto(QPainter& painter) {
    d_->prepare();
    for (auto& curve : d_->curves) {
        for (Segment& segment : curve.segments) segment = within(segment, d_->range, d_->yLow, d_->yHigh);
        curve.segments.removeIf([](const Segment& segment) { return segment.isEmpty(); });
    }
    d_->paintPicture(painter);
    const double crosshair = std::exchange(d_->crosshairMs, qQNaN());
    if (d_->legendVisible) d_->paintLegend(painter);
    d_->crosshairMs = crosshair;
    d_->invalidate();  // the curves are cut
}

void TimeSeriesChart::requestExport(std::optional<ChartFormat> format) {
    ChartExportEvent event(*this, format);
    for (QWidget* above = parentWidget(); above && !event.isAccepted(); above = above->parentWidget())
        QApplication::sendEvent(above, &event);
}

void TimeSeriesChart::contextMenuEvent(QContextMenuEvent* event) {
    const bool mouse = event->reason() == QContextMenuEvent::Mouse;
    showMenu(mouse ? event->globalPos() : mapToGlobal(d_->plot.topLeft().toPoint()));
    event->accept();
}

void TimeSeriesChart::showMenu(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("chartMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString& text, std::optional<ChartFormat> format) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, format] { requestExport(format); });
    };
    add(QStringLiteral("Save as &PNG…"), ChartFormat::Png);
    add(QStringLiteral("Save as &SVG…"), ChartFormat::Svg);
    add(QStringLiteral("Save numbers as CS&V…"), ChartFormat::Csv);
    menu->addSeparator();
    add(QStringLiteral("&Copy image\tCtrl+C"), std::nullopt);
    menu->popup(at);
}

}  // namespace qd::widgets
