#pragma once
// One objective over time: SLI, error budget, burn rate, requests and latency below each other on one axis
// with one crosshair, and what happened laid over them. Asks only while it is shown.

#include <QTimer>
#include <QVector>
#include <QWidget>
#include <optional>

#include "app/adapters/async.hpp"
#include "app/pages/slos/happenings.hpp"

namespace qd::widgets {
class ChartGroup;
class TimeSeriesChart;
struct TimeRange;
}  // namespace qd::widgets

namespace qd::app {

class Session;

class SloCharts : public QWidget {
    Q_OBJECT

public:
    explicit SloCharts(Session& session, QWidget* parent);

    /// The lengths one may choose from for a window of so many seconds, the window itself last.
    static QVector<std::int64_t> rangesFor(std::int64_t window_s);

    void setObjective(const QString& id);
    /// Seconds that are shown, up to now. Ends a zoom.
    void setRange(std::int64_t range_s);
    std::int64_t range() const { return range_s_; }
    /// The new status of the objective that is shown.
    void showStatus(const slo::Status& status);
    void start();
    void stop();

    /// What lies over the curves, the newest first, with costs once they are known.
    const std::vector<Happening>& happenings() const { return happenings_; }
    /// Zooms to it with a margin on both sides.
    void focusOn(const Happening& happening);
    /// What is to be seen now, ms since the epoch.
    widgets::TimeRange visibleRange() const;

signals:
    void happeningsChanged();
    void happeningActivated(const QString& key);

private:
    void makeCharts();
    void read();
    void readBudget();
    void readHeat();
    void showHistory(const slo::History& history);
    void showBudget();
    void fitToKnown(const slo::History& history);
    void layOver();
    const slo::Status* status() const;
    std::pair<core::WallTime, core::WallTime> span() const;

    Session& session_;
    QString id_;
    std::int64_t range_s_ = 900;
    double shownMs_ = 0;
    bool on_ = false;
    widgets::TimeSeriesChart* sli_;
    widgets::TimeSeriesChart* budget_;
    widgets::TimeSeriesChart* burn_;
    widgets::TimeSeriesChart* requests_;
    widgets::TimeSeriesChart* heat_;
    widgets::ChartGroup* group_;
    QTimer often_;   // what is seen
    QTimer seldom_;  // the budget's past, which reaches back a window more
    QTimer soon_;    // after a zoom
    Latest latest_, latestBudget_, latestHeat_;
    std::optional<slo::History> past_;
    std::vector<Happening> happenings_;
};

}  // namespace qd::app
