#pragma once
// The rollout under way: its steps, what the traffic really does, stable against canary, and the verdict
// explained.

#include "app/models/operations_models.hpp"
#include "app/pages/data_page.hpp"

class QLabel;
class QStackedWidget;

namespace qd::widgets {
class Card;
class ChartGroup;
class SplitBar;
class StatusBadge;
class StepTrack;
class TableView;
class TimeSeriesChart;
}  // namespace qd::widgets

namespace qd::app {

class RolloutsPage : public DataPage {
    Q_OBJECT

public:
    RolloutsPage(Session& session, QWidget* parent);
    bool open(const QString& id) override;

protected:
    void showData() override;

private:
    QWidget* makeCurrent();
    QWidget* makeComparison();
    QWidget* makeVerdict();
    QWidget* makeHistory();
    QWidget* makeActions();
    const rollouts::Rollout* shownRollout() const;
    void showCurrent(const rollouts::Rollout& rollout);
    void showVerdict(const rollouts::Rollout& rollout);
    void showCharts();

    QString shown_;  // empty: the one under way
    QStackedWidget* stack_;
    widgets::Card* card_;
    QLabel* title_;
    QLabel* message_;
    widgets::StatusBadge* badge_;
    widgets::StepTrack* steps_;
    widgets::SplitBar* split_;
    QLabel* splitFacts_;
    ArmModel* arms_;
    widgets::TableView* armTable_;
    widgets::StatusBadge* verdictBadge_;
    QLabel* verdict_;
    QLabel* wouldChange_;
    widgets::TimeSeriesChart* errors_;
    widgets::TimeSeriesChart* latency_;
    widgets::ChartGroup* group_;
    RolloutModel* rollouts_;
    AuditModel* audit_;
    widgets::TableView* rolloutTable_;
    widgets::TableView* auditTable_;
    QWidget* undo_ = nullptr;  // shown only where there is a promotion to undo
};

}  // namespace qd::app
