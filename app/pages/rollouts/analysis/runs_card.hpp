#pragma once
// The runs of analysis templates of a rollout: a metric a row, and of the chosen one what it asks and what it
// got.

#include "rollouts/analysis_run.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;

namespace qd::widgets {
class Sparkline;
class StatusBadge;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class MeasurementModel;
class RunModel;

class RunsCard : public widgets::Card {
    Q_OBJECT

public:
    explicit RunsCard(QWidget* parent);
    void setRuns(const std::vector<rollouts::AnalysisRun>& runs);
    widgets::TableView* table() const { return table_; }

private:
    QWidget* makeDetail();
    void showDetail();
    void showMetric(const rollouts::MetricRun* metric);

    std::vector<rollouts::AnalysisRun> runs_;
    RunModel* model_;
    MeasurementModel* measurements_;
    widgets::TableView* table_;
    QLabel* title_;
    widgets::StatusBadge* phase_;
    QLabel* message_;
    QLabel* provider_;
    QLabel* conditions_;
    widgets::Sparkline* trend_;
    widgets::TableView* measurementTable_;
};

}  // namespace qd::app
