// What the mouse and the keyboard do to a TimeSeriesChart.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "widgets/charts/chart_export.hpp"
#include "widgets/charts/chart_impl.hpp"

namespace qd::widgets {
namespace {
constexpr double leastSpanMs = 2000;
constexpr double dragPixels = 4;
}  // namespace

void TimeSeriesChart::Impl::userZoom(const TimeRange& wanted) {
    zoom = wanted;
    invalidate();
    emit q->rangeZoomed(wanted);
}

void TimeSeriesChart::Impl::zoomAround(double ms, double factor) {
    const TimeRange base = baseRange();
    const double span = range.span() * factor;
    if (span >= base.span() && factor > 1) {
        // Out to the whole again: back to following now.
        zoom.reset();
        invalidate();
        emit q->zoomReset();
        return;
    }
    if (span < leastSpanMs) return;
    const double share = (ms - range.fromMs) / range.span();
    userZoom({ms - share * span, ms + (1 - share) * span});
}

void TimeSeriesChart::Impl::userCrosshair(double ms) {
    q->setCrosshair(ms);
    emit q->crosshairMoved(ms);
}

void TimeSeriesChart::Impl::moveCrosshair(int samples) {
    // From sample to sample of the first series that has any; without data, by pixels.
    for (const Series& s : series) {
        if (s.points.isEmpty()) continue;
        const double from = std::isnan(crosshairMs) ? range.toMs : crosshairMs;
        const auto it = std::lower_bound(s.points.cbegin(), s.points.cend(), from,
                                         [](const QPointF& p, double ms) { return p.x() < ms; });
        qsizetype at = it - s.points.cbegin();
        const bool exact = it != s.points.cend() && it->x() == from;
        if (samples > 0 && !exact) --at;
        at = std::clamp<qsizetype>(at + samples, 0, s.points.size() - 1);
        return userCrosshair(std::clamp(s.points[at].x(), range.fromMs, range.toMs));
    }
    const double step = range.span() / std::max(1.0, plot.width());
    const double from = std::isnan(crosshairMs) ? range.toMs : crosshairMs;
    userCrosshair(std::clamp(from + samples * step, range.fromMs, range.toMs));
}

const Mark* TimeSeriesChart::Impl::markAt(const QPointF& position) const {
    if (!markIcons || position.y() > plot.top() || position.y() < plot.top() - 18) return nullptr;
    const Mark* best = nullptr;
    double distance = 9;
    for (const Mark& m : marks) {
        const double away = std::abs(xOf(m.atMs) - position.x());
        if (away < distance) {
            distance = away;
            best = &m;
        }
    }
    return best;
}

void TimeSeriesChart::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    if (d_->pressed && (d_->dragged || std::abs(at.x() - d_->pressedAt.x()) > dragPixels)) {
        d_->dragged = true;
        setCursor(Qt::ClosedHandCursor);
        const double moved = (at.x() - d_->pressedAt.x()) / d_->plot.width() * d_->pressedRange.span();
        d_->userZoom({d_->pressedRange.fromMs - moved, d_->pressedRange.toMs - moved});
        return;
    }
    const Mark* mark = d_->markAt(at);
    setCursor(mark && !mark->id.isEmpty() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    const QRectF& plot = d_->plot;
    const bool inside = at.x() >= plot.left() && at.x() <= plot.right();
    d_->userCrosshair(mark ? mark->atMs : inside ? d_->msOf(at.x()) : qQNaN());
}

void TimeSeriesChart::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    d_->pressed = true;
    d_->dragged = false;
    d_->pressedAt = event->position();
    d_->pressedRange = d_->range;
}

void TimeSeriesChart::mouseReleaseEvent(QMouseEvent* event) {
    const bool click = d_->pressed && !d_->dragged;
    d_->pressed = d_->dragged = false;
    unsetCursor();
    const Mark* mark = click ? d_->markAt(event->position()) : nullptr;
    if (mark && !mark->id.isEmpty()) emit markActivated(mark->id);
}

void TimeSeriesChart::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    d_->pressed = false;
    resetZoom();
    emit zoomReset();
}

void TimeSeriesChart::wheelEvent(QWheelEvent* event) {
    const bool meant = hasFocus() || event->modifiers() & Qt::ControlModifier;
    const double notches = event->angleDelta().y() / 120.0;
    if (!meant || notches == 0 || !d_->plot.isValid()) {
        event->ignore();
        return;
    }
    const double x = std::clamp(event->position().x(), d_->plot.left(), d_->plot.right());
    d_->zoomAround(d_->msOf(x), std::pow(0.8, notches));
    event->accept();
}

void TimeSeriesChart::leaveEvent(QEvent* event) {
    d_->userCrosshair(qQNaN());
    QWidget::leaveEvent(event);
}

void TimeSeriesChart::focusInEvent(QFocusEvent* event) {
    update();
    QWidget::focusInEvent(event);
}

void TimeSeriesChart::focusOutEvent(QFocusEvent* event) {
    if (!underMouse()) d_->userCrosshair(qQNaN());
    update();
    QWidget::focusOutEvent(event);
}

void TimeSeriesChart::keyPressEvent(QKeyEvent* event) {
    if (!d_->plot.isValid()) d_->prepare();
    const int stride = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    const double centre =
        std::isnan(d_->crosshairMs) ? (d_->range.fromMs + d_->range.toMs) / 2 : d_->crosshairMs;
    if (event->matches(QKeySequence::Copy)) return requestExport(std::nullopt);
    if (event->modifiers() == Qt::ControlModifier && event->key() == Qt::Key_E)
        return showMenu(mapToGlobal(d_->plot.topLeft().toPoint()));
    switch (event->key()) {
        case Qt::Key_Left:
            return d_->moveCrosshair(-stride);
        case Qt::Key_Right:
            return d_->moveCrosshair(stride);
        case Qt::Key_Home:
            return d_->userCrosshair(d_->range.fromMs);
        case Qt::Key_End:
            return d_->userCrosshair(d_->range.toMs);
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return d_->zoomAround(centre, 0.7);
        case Qt::Key_Minus:
            return d_->zoomAround(centre, 1 / 0.7);
        case Qt::Key_0:
            resetZoom();
            emit zoomReset();
            return;
        case Qt::Key_Escape:
            if (std::isnan(d_->crosshairMs)) break;
            return d_->userCrosshair(qQNaN());
        default:
            break;
    }
    QWidget::keyPressEvent(event);
}

}  // namespace qd::widgets
