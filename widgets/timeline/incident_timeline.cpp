#include "widgets/timeline/incident_timeline.hpp"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/timeline/timeline_impl.hpp"

namespace qd::widgets {

IncidentTimeline::IncidentTimeline(QWidget* parent) : QWidget(parent), d_(std::make_unique<Impl>(this)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    setAccessibleName(QStringLiteral("Timeline"));
}

IncidentTimeline::~IncidentTimeline() = default;

int IncidentTimeline::Impl::indexOf(const QString& id) const {
    if (id.isEmpty()) return -1;
    for (qsizetype i = 0; i < items.size(); ++i)
        if (items[i].id == id) return static_cast<int>(i);
    return -1;
}

void IncidentTimeline::Impl::invalidate() {
    dirty = true;
    q->update();
}

void IncidentTimeline::setItems(const QVector<TimelineItem>& items) {
    d_->items = items;
    d_->hovered = -1;
    if (d_->indexOf(d_->selected) < 0) d_->selected.clear();
    d_->layOut();
    d_->invalidate();
    spokenChanged(this);
}

const QVector<TimelineItem>& IncidentTimeline::items() const {
    return d_->items;
}

void IncidentTimeline::setSli(const Series& series, Unit unit, const QVector<Threshold>& thresholds) {
    d_->sli = series;
    d_->formatter = formatterFor(unit);
    d_->unit = unit;
    d_->thresholds = thresholds;
    d_->layOut();
    d_->invalidate();
}

void IncidentTimeline::setShades(const QVector<Shade>& shades) {
    d_->shades = shades;
    d_->invalidate();
}

void IncidentTimeline::setGapAfter(double ms) {
    d_->gapAfterMs = ms;
    d_->invalidate();
}

void IncidentTimeline::setRange(double fromMs, double toMs) {
    if (!(toMs > fromMs)) return;
    d_->base = {fromMs, toMs};
    d_->layOut();
    d_->invalidate();
}

TimeRange IncidentTimeline::visibleRange() const {
    return d_->range();
}

void IncidentTimeline::zoomTo(const TimeRange& range) {
    if (!(range.span() >= 1000)) return;
    d_->zoom = range;
    d_->invalidate();
}

void IncidentTimeline::resetZoom() {
    d_->zoom.reset();
    d_->invalidate();
}

void IncidentTimeline::selectItem(const QString& id) {
    d_->select(d_->indexOf(id), true);
}
QString IncidentTimeline::selectedItem() const {
    return d_->selected;
}

void IncidentTimeline::setEmptyLanesVisible(bool visible) {
    d_->emptyLanes = visible;
    d_->layOut();
    d_->invalidate();
}

QString IncidentTimeline::spokenText() const {
    const int at = d_->indexOf(d_->selected);
    if (at < 0) return QStringLiteral("Timeline with %1 entries").arg(d_->items.size());
    const TimelineItem& item = d_->items[at];
    const QString when = formatClock(static_cast<qint64>(item.fromMs));
    return QStringList{when, laneName(item.lane), stateWord(item.state), item.text, item.detail}.join(
        QStringLiteral(", "));
}

void IncidentTimeline::Impl::select(int index, bool reveal) {
    const QString id = index >= 0 ? items[index].id : QString();
    if (id == selected) return;
    selected = id;
    if (reveal && index >= 0 && !range().contains(items[index].fromMs)) {
        const double half = range().span() / 2;
        userZoom({items[index].fromMs - half, items[index].fromMs + half});
    }
    q->update();
    spokenChanged(q);
    emit q->itemSelected(id);
}

void IncidentTimeline::Impl::step(int by) {
    QVector<int> order;
    for (int i = 0; i < items.size(); ++i) order.append(i);
    std::stable_sort(order.begin(), order.end(),
                     [this](int a, int b) { return items[a].fromMs < items[b].fromMs; });
    if (order.isEmpty()) return;
    const qsizetype at = order.indexOf(indexOf(selected));
    const qsizetype to =
        at < 0 ? (by > 0 ? 0 : order.size() - 1) : std::clamp<qsizetype>(at + by, 0, order.size() - 1);
    select(order[to], true);
}

void IncidentTimeline::Impl::stepLane(int by) {
    const int at = indexOf(selected);
    if (at < 0) return step(by);
    int lane = static_cast<int>(items[at].lane);
    for (lane += by; lane >= 0 && lane <= static_cast<int>(Lane::People); lane += by) {
        int best = -1;
        for (int i = 0; i < items.size(); ++i) {
            if (static_cast<int>(items[i].lane) != lane) continue;
            const auto away = [&](int k) { return std::abs(items[k].fromMs - items[at].fromMs); };
            if (best < 0 || away(i) < away(best)) best = i;
        }
        if (best >= 0) return select(best, true);
    }
}

void IncidentTimeline::Impl::userZoom(const TimeRange& wanted) {
    zoom = wanted;
    hovered = -1;
    invalidate();
    emit q->rangeZoomed(wanted);
}

void IncidentTimeline::Impl::zoomAround(double ms, double factor) {
    const TimeRange now = range();
    const double span = now.span() * factor;
    if (span >= base.span() && factor > 1) {
        zoom.reset();
        invalidate();
        emit q->rangeZoomed(base);
        return;
    }
    if (span < 2000) return;
    const double share = (ms - now.fromMs) / now.span();
    userZoom({ms - share * span, ms + (1 - share) * span});
}

int IncidentTimeline::Impl::itemAt(const QPointF& position) const {
    // The last one painted lies on top.
    for (auto it = lanes.placed.crbegin(); it != lanes.placed.crend(); ++it)
        if (it->box.adjusted(-4, -2, 2, 2).contains(position)) return it->item;
    return -1;
}

void IncidentTimeline::paintEvent(QPaintEvent*) {
    if (d_->dirty || d_->picture.size() != size() * devicePixelRatioF()) d_->render();
    QPainter painter(this);
    painter.drawPixmap(0, 0, d_->picture);
    d_->paintHover(painter);
    if (wantsFocusRing(this)) paintFocusRing(painter, QRectF(rect()), controlRadius);
}

void IncidentTimeline::resizeEvent(QResizeEvent* event) {
    d_->layOut();
    d_->dirty = true;
    QWidget::resizeEvent(event);
}

void IncidentTimeline::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    if (d_->pressed && (d_->dragged || std::abs(at.x() - d_->pressedAt.x()) > 4)) {
        d_->dragged = true;
        setCursor(Qt::ClosedHandCursor);
        const double moved = (at.x() - d_->pressedAt.x()) / (d_->right - d_->left) * d_->pressedRange.span();
        d_->userZoom({d_->pressedRange.fromMs - moved, d_->pressedRange.toMs - moved});
        return;
    }
    d_->hovered = d_->itemAt(at);
    d_->hoverMs = at.x() >= d_->left && at.x() <= d_->right ? d_->msOf(at.x()) : qQNaN();
    setCursor(d_->hovered >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void IncidentTimeline::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    d_->pressed = true;
    d_->dragged = false;
    d_->pressedAt = event->position();
    d_->pressedRange = d_->range();
}

void IncidentTimeline::mouseReleaseEvent(QMouseEvent* event) {
    const bool click = d_->pressed && !d_->dragged;
    d_->pressed = d_->dragged = false;
    unsetCursor();
    if (click) d_->select(d_->itemAt(event->position()), false);
}

void IncidentTimeline::mouseDoubleClickEvent(QMouseEvent* event) {
    const int at = d_->itemAt(event->position());
    d_->pressed = false;
    if (at >= 0) {
        emit itemActivated(d_->items[at].id);
    } else if (d_->zoom) {
        resetZoom();
        emit rangeZoomed(d_->base);
    }
}

void IncidentTimeline::wheelEvent(QWheelEvent* event) {
    const bool meant = hasFocus() || event->modifiers() & Qt::ControlModifier;
    const double notches = event->angleDelta().y() / 120.0;
    if (!meant || notches == 0) return event->ignore();
    const double x = std::clamp(event->position().x(), d_->left, d_->right);
    d_->zoomAround(d_->msOf(x), std::pow(0.8, notches));
    event->accept();
}

void IncidentTimeline::leaveEvent(QEvent* event) {
    d_->hovered = -1;
    d_->hoverMs = qQNaN();
    update();
    QWidget::leaveEvent(event);
}

void IncidentTimeline::keyPressEvent(QKeyEvent* event) {
    const int chosen = d_->indexOf(d_->selected);
    const double centre =
        chosen >= 0 ? d_->items[chosen].fromMs : (d_->range().fromMs + d_->range().toMs) / 2;
    switch (event->key()) {
        case Qt::Key_Left:
            return d_->step(-1);
        case Qt::Key_Right:
            return d_->step(1);
        case Qt::Key_Up:
            return d_->stepLane(-1);
        case Qt::Key_Down:
            return d_->stepLane(1);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (chosen >= 0) emit itemActivated(d_->selected);
            return;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return d_->zoomAround(centre, 0.7);
        case Qt::Key_Minus:
            return d_->zoomAround(centre, 1 / 0.7);
        case Qt::Key_0:
            return resetZoom();
        default:
            QWidget::keyPressEvent(event);
    }
}

bool IncidentTimeline::event(QEvent* event) {
    switch (event->type()) {
        case QEvent::ToolTip: {
            auto* help = static_cast<QHelpEvent*>(event);
            const int at = d_->itemAt(help->pos());
            if (at < 0) {
                QToolTip::hideText();
                return true;
            }
            const TimelineItem& item = d_->items[at];
            QString text = formatClock(static_cast<qint64>(item.fromMs));
            if (!std::isnan(item.toMs))
                text += QStringLiteral(" to %1 (%2)")
                            .arg(formatClock(static_cast<qint64>(item.toMs)),
                                 formatSeconds((item.toMs - item.fromMs) / 1000));
            text += QLatin1Char('\n') + item.text;
            if (!item.detail.isEmpty()) text += QLatin1Char('\n') + item.detail;
            // Texts come from outside: shown as they are, whatever they look like.
            text = QStringLiteral("<p style='white-space:pre-wrap'>%1</p>").arg(text.toHtmlEscaped());
            QToolTip::showText(help->globalPos(), text, this);
            return true;
        }
        case QEvent::PaletteChange:
        case QEvent::StyleChange:
            d_->invalidate();
            break;
        case QEvent::FocusIn:
        case QEvent::FocusOut:
            update();
            break;
        default:
            break;
    }
    return QWidget::event(event);
}

}  // namespace qd::widgets
