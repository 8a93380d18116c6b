#pragma once
// What is to be done after an incident, and why it happened: proposals of the journal, action items, factors.

#include <QWidget>

#include "app/models/action_models.hpp"

class QLabel;
class QVBoxLayout;

namespace qd::widgets {
class SectionHeader;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class Session;

class ActionsPane : public QWidget {
    Q_OBJECT

public:
    ActionsPane(Session& session, QWidget* parent);
    void show();

private:
    void makeProposals();
    void makeItems();
    void makeFactors();

    Session& session_;
    QVBoxLayout* column_;
    ProposalModel* proposals_;
    widgets::TableView* proposalTable_;
    widgets::SectionHeader* proposalHead_;
    ActionItemModel* items_;
    widgets::TableView* itemTable_;
    QLabel* factors_;
};

}  // namespace qd::app
