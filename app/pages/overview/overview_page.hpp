#pragma once
// The state of the site at a glance, and what needs me now.

#include "app/models/site_models.hpp"
#include "app/models/slo_model.hpp"
#include "app/pages/data_page.hpp"

class QLabel;

namespace qd::widgets {
class Card;
class StatTile;
class StatusBadge;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class NeedsPanel;
class RolloutPanel;

class OverviewPage : public DataPage {
    Q_OBJECT

public:
    OverviewPage(Session& session, QWidget* parent);
    bool hasData() const override;

protected:
    void showData() override;

private:
    QWidget* makeHeadline();
    QWidget* makeTiles();
    QWidget* makeObjectives();
    QWidget* makeProcesses();
    void showHeadline();
    void showTiles();

    widgets::Card* headline_;
    widgets::StatusBadge* health_;
    QLabel* sentence_;
    QLabel* detail_;
    QVector<widgets::StatTile*> tiles_;
    SloModel* slos_;
    ProcessModel* processes_;
    widgets::TableView* sloTable_;
    widgets::TableView* processTable_;
    NeedsPanel* needs_;
    RolloutPanel* rollout_;
};

}  // namespace qd::app
