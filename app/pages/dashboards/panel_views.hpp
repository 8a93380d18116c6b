#pragma once
// The panels of a dashboard on screen: those that draw curves, and a text.

#include <QWidget>

#include "app/adapters/async.hpp"
#include "opsclient/dashboards.hpp"

class QLabel;

namespace qd::widgets {
class StatTile;
class StatusBadge;
class TimeSeriesChart;
}  // namespace qd::widgets

namespace qd::app {

class Session;

/// What stretch of time is shown.
struct ShownRange {
    QString title;  // "15 min"
    double windowMs = 0;
    bool live = true;  // its end is now
};

/// One panel. The page asks for its curves while it is in sight, and tells it when the site's values changed.
class PanelView : public QWidget {
    Q_OBJECT

public:
    PanelView(const opsclient::Panel& panel, int number, QWidget* parent);

    const opsclient::Panel& panel() const { return panel_; }
    int number() const { return number_; }
    virtual bool wantsCurves() const { return false; }
    /// How many points it can show.
    virtual int points() const { return 120; }
    virtual void showCurves(const opsclient::PanelCurves&, const ShownRange&) {}
    virtual void showProblem(const QString&) {}
    /// The site's objectives, alerts or rollouts are others now.
    virtual void showSite() {}

    // Of the page: which answer counts, and when it was asked for last.
    Latest latest;
    qint64 askedAtMs = 0;
    bool asking = false;

private:
    opsclient::Panel panel_;
    int number_;
};

class ChartPanel : public PanelView {
    Q_OBJECT

public:
    ChartPanel(const opsclient::Panel& panel, int number, const QString& source, QWidget* parent);
    widgets::TimeSeriesChart* chart() const { return chart_; }
    bool wantsCurves() const override { return true; }
    int points() const override;
    void showCurves(const opsclient::PanelCurves& curves, const ShownRange& range) override;
    void showProblem(const QString& why) override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showState(const QString& text);

    widgets::TimeSeriesChart* chart_;
    QLabel* state_;
    std::optional<opsclient::PanelCurves> shown_;
};

class StatPanel : public PanelView {
    Q_OBJECT

public:
    StatPanel(const opsclient::Panel& panel, int number, QWidget* parent);
    bool wantsCurves() const override { return true; }
    void showCurves(const opsclient::PanelCurves& curves, const ShownRange& range) override;
    void showProblem(const QString& why) override;

private:
    widgets::StatTile* tile_;
};

/// The view for a panel's kind.
PanelView* makePanel(Session& session, const opsclient::Panel& panel, int number, const QString& source,
                     QWidget* parent);

}  // namespace qd::app
