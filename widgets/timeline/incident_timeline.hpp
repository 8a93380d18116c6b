#pragma once
#include <QVector>
#include <QWidget>
#include <memory>

#include "widgets/theme/spoken.hpp"
#include "widgets/timeline/timeline_item.hpp"

namespace qd::widgets {

// An incident on one time axis: its milestones, the curves of the SLI and its burn, then lanes of alerts,
// changes, faults, stalls, logs, what people did and whom they told. Only what is in sight is laid out; items
// that would overlap share a lane in sub-rows, and where those do not hold them they are gathered into marks
// that say how many there are.
//
// Mouse: click = select, double click on an item = activate (on gathered ones: zoom to them), wheel = zoom,
// drag = pan, drag on a milestone = move it, double click elsewhere = reset. Keys: Left/Right = previous/next
// in time, Up/Down = lane, Enter = activate, +/- = zoom, 0 = reset, PageUp/PageDown = pan; Alt+Up/Down =
// previous/next milestone, Alt+Left/Right = move it (with Shift by a second), Enter = keep, Escape = cancel.
class IncidentTimeline : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit IncidentTimeline(QWidget* parent = nullptr);
    ~IncidentTimeline() override;

    void setItems(const QVector<TimelineItem>& items);
    const QVector<TimelineItem>& items() const;
    void setTexts(TimelineTexts texts);
    // Curves without points are left out.
    void setCurves(const QVector<TimelineCurve>& curves);
    void setShades(const QVector<Shade>& shades);
    void setGapAfter(double ms);
    void setRange(double fromMs, double toMs);
    TimeRange visibleRange() const;
    void zoomTo(const TimeRange& range);
    void resetZoom();
    // Empty: none. Scrolls the range so that the item is visible.
    void selectItem(const QString& id);
    QString selectedItem() const;
    // Lanes without items are left out unless told otherwise.
    void setEmptyLanesVisible(bool visible);
    void setLaneVisible(Lane lane, bool visible);
    bool isLaneVisible(Lane lane) const;
    // A moment up to which everything is known; what lies after it is dimmed. NaN: none.
    void setPlayhead(double ms);

    void setMilestones(const QVector<Milestone>& milestones);
    // The one that is being moved, and where it is; empty: none.
    QString movedMilestone() const;
    double movedTo() const;
    // Ends the move: the milestone is where it was told to be.
    void endMove();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::Chart; }
    QString spokenText() const override;

signals:
    void itemSelected(const QString& id);
    void itemActivated(const QString& id);
    void rangeZoomed(const qd::widgets::TimeRange& range);
    void milestoneMoved(const QString& id, double ms);    // again and again while it is moved
    void milestoneDropped(const QString& id, double ms);  // it is to stay here: endMove() puts an end to it
    void milestoneLeft(const QString& id);                // the move was cancelled
    void milestoneRefused(const QString& why);            // it cannot be moved

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> d_;
};

}  // namespace qd::widgets
