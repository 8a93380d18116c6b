#pragma once
// What the past of all incidents teaches: how fast, how often, why, after which deployments, at what cost.

#include <QVector>

#include "app/pages/data_page.hpp"
#include "app/pages/incidents/incident_actions.hpp"
#include "app/pages/learning/learning_models.hpp"

class QComboBox;
class QLabel;

namespace qd::widgets {
class Card;
class EmptyState;
class StatTile;
class TableView;
class TimeSeriesChart;
}  // namespace qd::widgets

namespace qd::app {

class MeasureCard;

class LearningPage : public DataPage {
    Q_OBJECT

public:
    LearningPage(Session& session, QWidget* parent);
    bool hasData() const override;
    /// A measure by its name, e.g. "MTTR".
    bool open(const QString& id) override;
    QWidget* firstFocus() override;

protected:
    void showData() override;

private:
    void makeFilters();
    QWidget* makeMeasures();
    QWidget* makeDetail();
    QWidget* makeDelivery();
    QWidget* makeTables();
    widgets::TableView* makeTable(QAbstractItemModel* model, const QString& name, const QVector<int>& widths,
                                  const QString& empty, QWidget* parent);
    void filter();
    void showFilters(const learning::Report& report);
    void showScope(const learning::Report& report);
    void showDetail(const learning::Report& report);
    void showDelivery(const learning::Delivery& delivery);
    void follow(const QModelIndex& row);

    QComboBox* range_;
    QComboBox* service_;
    QComboBox* severity_;
    QLabel* scope_;
    widgets::EmptyState* nothing_;
    QWidget* measures_;
    QVector<MeasureCard*> cards_;
    QString chosen_ = QStringLiteral("MTTR");
    widgets::Card* detail_;
    QLabel* formula_;
    QLabel* trend_;
    widgets::TimeSeriesChart* course_;
    widgets::TimeSeriesChart* counts_;
    SourceModel* sources_;
    QLabel* sourcesNote_;
    widgets::StatTile* frequency_;
    widgets::StatTile* failures_;
    widgets::StatTile* restore_;
    QLabel* deliveryNote_;
    DeploymentModel* deployments_;
    GroupModel* groups_;
    FactorModel* factors_;
    QLabel* factorsNote_;
    CostModel* costs_;
    QLabel* costsNote_;
};

/// learning.save {file}, learning.range.7, .30, .90 and .365.
void addLearningActions(Session& session, DialogParent parent);

}  // namespace qd::app
