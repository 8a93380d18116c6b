#pragma once
// Panels of what opsd judges: one objective, all of them, alerts, the rollout.

#include "app/models/slo_model.hpp"
#include "app/pages/dashboards/panel_views.hpp"

namespace qd::widgets {
class BudgetBar;
class Card;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class RolloutPanel;
class AlertModel;

class SloPanel : public PanelView {
    Q_OBJECT

public:
    SloPanel(Session& session, const opsclient::Panel& panel, int number, QWidget* parent);
    void showSite() override;

private:
    Session& session_;
    widgets::Card* card_;
    widgets::StatusBadge* health_;
    QLabel* value_;
    QLabel* detail_;
    widgets::BudgetBar* budget_;
};

class SlosPanel : public PanelView {
    Q_OBJECT

public:
    SlosPanel(Session& session, const opsclient::Panel& panel, int number, QWidget* parent);
    void showSite() override;

private:
    Session& session_;
    SloModel* model_;
    widgets::TableView* table_;
};

class AlertsPanel : public PanelView {
    Q_OBJECT

public:
    AlertsPanel(Session& session, const opsclient::Panel& panel, int number, QWidget* parent);
    void showSite() override;

private:
    Session& session_;
    AlertModel* model_;
    widgets::TableView* table_;
};

class RolloutsPanel : public PanelView {
    Q_OBJECT

public:
    RolloutsPanel(Session& session, const opsclient::Panel& panel, int number, QWidget* parent);
    void showSite() override;

private:
    RolloutPanel* rollout_;
};

}  // namespace qd::app
