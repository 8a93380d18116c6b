#pragma once
// The arms of a rollout side by side: their numbers, and how errors and slowness went.

#include "rollouts/rollout.hpp"
#include "widgets/tiles/card.hpp"

namespace qd::widgets {
class AgeLabel;
class ChartGroup;
class TableView;
class TimeSeriesChart;
}  // namespace qd::widgets

namespace qd::app {

class ArmModel;
class SeriesAdapter;

class ComparisonCard : public widgets::Card {
    Q_OBJECT

public:
    explicit ComparisonCard(QWidget* parent);
    widgets::AgeLabel* age() const;
    /// `live`: the series are of now, so they say nothing of one that is over.
    void setRollout(const rollouts::Rollout& rollout, const SeriesAdapter& series, bool live);

private:
    void showCharts(const SeriesAdapter& series);

    ArmModel* arms_;
    widgets::TableView* table_;
    QWidget* charts_;
    widgets::TimeSeriesChart* errors_;
    widgets::TimeSeriesChart* latency_;
    widgets::ChartGroup* group_;
};

}  // namespace qd::app
