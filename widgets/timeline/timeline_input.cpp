// How an IncidentTimeline answers mouse and keys.
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/timeline/timeline_impl.hpp"

namespace qd::widgets {
namespace {

constexpr int mostTold = 6;  // of gathered items

}  // namespace

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
    const bool far = d_->dragged || std::abs(at.x() - d_->pressedAt.x()) > 4;
    if (d_->pressed && far && d_->pressedFlag >= 0) {
        d_->dragged = true;
        const Milestone& milestone = d_->milestones[d_->pressedFlag];
        if (milestone.movable) {
            setCursor(Qt::SizeHorCursor);
            d_->moveMilestone(d_->pressedFlag, d_->msOf(std::clamp(at.x(), d_->left, d_->right)));
        }
        return;
    }
    if (d_->pressed && far) {
        d_->dragged = true;
        setCursor(Qt::ClosedHandCursor);
        const double moved = (at.x() - d_->pressedAt.x()) / (d_->right - d_->left) * d_->pressedRange.span();
        d_->userZoom({d_->pressedRange.fromMs - moved, d_->pressedRange.toMs - moved});
        return;
    }
    d_->hovered = d_->placedAt(at);
    d_->hoverMs = at.x() >= d_->left && at.x() <= d_->right ? d_->msOf(at.x()) : qQNaN();
    const int flag = d_->flagAt(at);
    setCursor(flag >= 0 && d_->milestones[flag].movable ? Qt::SizeHorCursor
              : d_->hovered >= 0                        ? Qt::PointingHandCursor
                                                        : Qt::ArrowCursor);
    update();
}

void IncidentTimeline::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    d_->pressed = true;
    d_->dragged = false;
    d_->pressedAt = event->position();
    d_->pressedRange = d_->range();
    d_->pressedFlag = d_->flagAt(event->position());
    if (d_->pressedFlag >= 0) {
        if (d_->moving && d_->milestones[d_->pressedFlag].id != d_->chosenMilestone) d_->cancelMove();
        d_->chosenMilestone = d_->milestones[d_->pressedFlag].id;
        d_->invalidate();
    }
}

void IncidentTimeline::mouseReleaseEvent(QMouseEvent* event) {
    const bool click = d_->pressed && !d_->dragged;
    const int flag = d_->pressedFlag;
    const bool dropped = d_->pressed && d_->dragged && flag >= 0;
    d_->pressed = d_->dragged = false;
    d_->pressedFlag = -1;
    unsetCursor();
    if (flag >= 0) {
        if (dropped && d_->moving) return emit milestoneDropped(d_->chosenMilestone, d_->movedMs);
        if (dropped && flag < d_->milestones.size()) emit milestoneRefused(d_->milestones[flag].whyNot);
        return;
    }
    if (!click) return;
    const int at = d_->placedAt(event->position());
    d_->select(at < 0 ? -1 : d_->lanes.placed[at].item, false);
}

void IncidentTimeline::mouseDoubleClickEvent(QMouseEvent* event) {
    const int at = d_->placedAt(event->position());
    d_->pressed = false;
    if (at >= 0) {
        const PlacedItem& placed = d_->lanes.placed[at];
        if (placed.count > 1 && placed.cell.span() >= 1'000) {
            const double air = placed.cell.span() * 0.2;
            d_->userZoom({placed.cell.fromMs - air, placed.cell.toMs + air});
            return;
        }
        emit itemActivated(d_->items[placed.item].id);
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
    if (d_->milestoneKey(event)) return;
    const TimeRange now = d_->range();
    const double centre = d_->chosen >= 0 ? d_->items[d_->chosen].fromMs : (now.fromMs + now.toMs) / 2;
    switch (event->key()) {
        case Qt::Key_Left:
            return d_->step(-1);
        case Qt::Key_Right:
            return d_->step(1);
        case Qt::Key_Up:
            return d_->stepLane(-1);
        case Qt::Key_Down:
            return d_->stepLane(1);
        case Qt::Key_PageUp:
            return d_->userZoom({now.fromMs - now.span() / 2, now.toMs - now.span() / 2});
        case Qt::Key_PageDown:
            return d_->userZoom({now.fromMs + now.span() / 2, now.toMs + now.span() / 2});
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (d_->chosen >= 0) emit itemActivated(d_->selected);
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

bool IncidentTimeline::Impl::milestoneKey(QKeyEvent* event) {
    if (moving) {
        if (event->key() == Qt::Key_Escape) return cancelMove(), true;
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
            emit q->milestoneDropped(chosenMilestone, movedMs);
            return true;
        }
    }
    if (!(event->modifiers() & Qt::AltModifier)) return false;
    const int at = milestoneIndex(chosenMilestone);
    switch (event->key()) {
        case Qt::Key_Up:
            return chooseMilestone(-1), true;
        case Qt::Key_Down:
            return chooseMilestone(1), true;
        case Qt::Key_Left:
        case Qt::Key_Right: {
            if (at < 0) return chooseMilestone(event->key() == Qt::Key_Left ? -1 : 1), true;
            const bool fine = event->modifiers() & Qt::ShiftModifier;
            const double stepMs =
                fine ? 1'000 : std::max(1'000.0, std::round(range().span() / 200'000) * 1'000);
            moveMilestone(at, milestoneMs(at) + (event->key() == Qt::Key_Left ? -stepMs : stepMs));
            return true;
        }
        default:
            return false;
    }
}

void IncidentTimeline::Impl::chooseMilestone(int by) {
    if (milestones.isEmpty()) return;
    if (moving) cancelMove();
    const int at = milestoneIndex(chosenMilestone);
    const int next = at < 0 ? (by > 0 ? 0 : int(milestones.size()) - 1)
                            : std::clamp(at + by, 0, int(milestones.size()) - 1);
    chosenMilestone = milestones[next].id;
    const double ms = milestones[next].atMs;
    if (!range().contains(ms)) userZoom({ms - range().span() / 2, ms + range().span() / 2});
    invalidate();
    spokenChanged(q);
}

void IncidentTimeline::Impl::moveMilestone(int index, double ms) {
    const Milestone& milestone = milestones[index];
    if (!milestone.movable) return emit q->milestoneRefused(milestone.whyNot);
    // By whole seconds, unless one looks closer than that.
    if (range().span() > 20'000) ms = std::round(ms / 1'000) * 1'000;
    chosenMilestone = milestone.id;
    moving = true;
    movedMs = ms;
    layOutMilestones();
    invalidate();
    spokenChanged(q);
    emit q->milestoneMoved(milestone.id, ms);
}

void IncidentTimeline::Impl::cancelMove() {
    if (!moving) return;
    const QString id = chosenMilestone;
    q->endMove();
    emit q->milestoneLeft(id);
}

bool IncidentTimeline::event(QEvent* event) {
    switch (event->type()) {
        case QEvent::ToolTip: {
            auto* help = static_cast<QHelpEvent*>(event);
            const int at = d_->placedAt(help->pos());
            if (at < 0) {
                QToolTip::hideText();
                return true;
            }
            // Texts come from outside: shown as they are, whatever they look like.
            const QString text = QStringLiteral("<p style='white-space:pre-wrap'>%1</p>")
                                     .arg(d_->spoken(d_->lanes.placed[at]).toHtmlEscaped());
            QToolTip::showText(help->globalPos(), text, this);
            return true;
        }
        case QEvent::ShortcutOverride: {
            // While a milestone is moved, Escape and Enter are about it and nothing else.
            const int key = static_cast<QKeyEvent*>(event)->key();
            if (d_->moving && (key == Qt::Key_Escape || key == Qt::Key_Return || key == Qt::Key_Enter)) {
                event->accept();
                return true;
            }
            break;
        }
        case QEvent::PaletteChange:
        case QEvent::StyleChange:
            d_->lineCache.clear();
            d_->marks.clear();
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

QString IncidentTimeline::Impl::spoken(const PlacedItem& placed) const {
    auto* self = const_cast<Impl*>(this);  // texts are made on demand
    if (placed.count > 1) {
        QString text =
            QStringLiteral("%1 entries, %2 to %3")
                .arg(placed.count)
                .arg(formatClock(qint64(placed.cell.fromMs)), formatClock(qint64(placed.cell.toMs)));
        int told = 0;
        sorted.inRange(items[placed.item].lane, placed.cell, [&](int item) {
            if (told++ < mostTold)
                text += QStringLiteral("\n%1  %2")
                            .arg(formatClock(qint64(items[item].fromMs)), self->lineOf(item).line);
        });
        if (told > mostTold) text += QStringLiteral("\n… double click to zoom in");
        return text;
    }
    const TimelineItem& item = items[placed.item];
    QString text = formatClock(static_cast<qint64>(item.fromMs));
    if (std::isinf(item.toMs))
        text += QStringLiteral(", not over yet");
    else if (!std::isnan(item.toMs))
        text += QStringLiteral(" to %1 (%2)")
                    .arg(formatClock(static_cast<qint64>(item.toMs)),
                         formatSeconds((item.toMs - item.fromMs) / 1000));
    text += QLatin1Char('\n') + self->lineOf(placed.item).line;
    const QString detail = detailOf(placed.item);
    if (!detail.isEmpty()) text += QLatin1Char('\n') + detail;
    return text;
}

}  // namespace qd::widgets
