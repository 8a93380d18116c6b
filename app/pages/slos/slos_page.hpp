#pragma once
// Every objective; of the chosen one its SLI, its budget against the ideal line, and how fast it burns.

#include "app/models/slo_model.hpp"
#include "app/pages/data_page.hpp"
#include "widgets/charts/series.hpp"

class QLabel;
class QSortFilterProxyModel;

namespace qd::widgets {
class ChartGroup;
class FilterField;
class StatusBadge;
class TableView;
class TimeSeriesChart;
}  // namespace qd::widgets

namespace qd::app {

class SlosPage : public DataPage {
    Q_OBJECT

public:
    SlosPage(Session& session, QWidget* parent);
    QWidget* filterField() override;
    QWidget* firstFocus() override;
    bool open(const QString& id) override;
    bool hasData() const override;

protected:
    void showData() override;
    void shown() override;
    void hidden() override;

private:
    QWidget* makeList();
    QWidget* makeDetail();
    void select(const QString& id);
    void showDetail();
    void readHistory();
    void showHistory(const slo::History& history);
    QVector<widgets::Mark> marks() const;

    SloModel* model_;
    QSortFilterProxyModel* proxy_;
    BurnRowModel* rows_;
    widgets::TableView* table_;
    widgets::TableView* rowTable_;
    widgets::FilterField* filter_;
    QLabel* title_;
    QLabel* indicator_;
    QLabel* budget_;
    widgets::StatusBadge* health_;
    widgets::ChartGroup* group_;
    widgets::TimeSeriesChart* sli_;
    widgets::TimeSeriesChart* budgetChart_;
    widgets::TimeSeriesChart* burn_;
    QTimer historyTimer_;
    Latest latest_;
    double windowMs_ = 180'000;  // that the charts show
};

}  // namespace qd::app
