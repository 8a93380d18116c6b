#pragma once
// One objective: how far SLI, SLO and SLA are, its curves, what happened and what it cost, its burn rows.

#include <QScrollArea>

#include "app/models/slo_model.hpp"
#include "app/pages/slos/happening_model.hpp"

class QComboBox;
class QLabel;
class QSortFilterProxyModel;

namespace qd::widgets {
class StatusBadge;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class Session;
class FactStrip;
class SloCharts;

class SloDetail : public QScrollArea {
    Q_OBJECT

public:
    SloDetail(Session& session, QWidget* parent);

    void setObjective(const QString& id);
    /// Shows the objective as the session knows it now.
    void refresh();
    void start();
    void stop();

private:
    QWidget* makeHead();
    QWidget* makeHappenings();
    QWidget* makeRows();
    void fillRanges(const slo::Status& status);
    void showHappenings();
    void changeRange(int steps);

    Session& session_;
    QString id_;
    QLabel* title_;
    QLabel* indicator_;
    QLabel* reasons_;  // what is wrong with the source
    widgets::StatusBadge* health_;
    QComboBox* range_;
    FactStrip* facts_;
    SloCharts* charts_;
    HappeningModel* happenings_;
    QSortFilterProxyModel* sorted_;
    widgets::TableView* happeningTable_;
    BurnRowModel* rows_;
    widgets::TableView* rowTable_;
};

}  // namespace qd::app
