#pragma once
#include <QVector>
#include <QWidget>
#include <memory>

#include "widgets/charts/series.hpp"
#include "widgets/theme/icons.hpp"
#include "widgets/theme/spoken.hpp"
#include "widgets/theme/ticker.hpp"

namespace qd::widgets {

enum class Lane { Sli, Alerts, Rollout, Chaos, People };

struct TimelineItem {
    QString id;
    Lane lane = Lane::People;
    Icon icon = Icon::Note;
    State state = State::Neutral;
    double fromMs = 0;      // ms since the epoch
    double toMs = qQNaN();  // NaN: an instant; an open end is the range's end
    QString text;           // one line on the axis
    QString detail;         // in the tooltip and for screen readers
};

// An incident on one time axis: the SLI's curve on top, then lanes of alerts, rollout, chaos and people.
// Items that would overlap share a lane in sub-rows; what does not fit is elided and told in full on hover
// and in the read-out.
//
// Mouse: click = select, double click on an item = activate, wheel = zoom, drag = pan, double click elsewhere
// = reset. Keys: Left/Right = previous/next in time, Up/Down = lane, Enter = activate, +/- = zoom, 0 = reset.
class IncidentTimeline : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit IncidentTimeline(QWidget* parent = nullptr);
    ~IncidentTimeline() override;

    void setItems(const QVector<TimelineItem>& items);
    const QVector<TimelineItem>& items() const;
    // Curve of the first lane with its objective; an empty series hides the curve.
    void setSli(const Series& series, Unit unit, const QVector<Threshold>& thresholds = {});
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

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::Chart; }
    QString spokenText() const override;

signals:
    void itemSelected(const QString& id);
    void itemActivated(const QString& id);
    void rangeZoomed(const qd::widgets::TimeRange& range);

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
