#pragma once
// The history of one rollout: who did what and why, and how long each step had lasted.

#include "rollouts/rollout.hpp"
#include "widgets/tiles/card.hpp"

namespace qd::widgets {
class TableView;
}

namespace qd::app {

class AuditModel;

class AuditCard : public widgets::Card {
    Q_OBJECT

public:
    explicit AuditCard(QWidget* parent);
    void setRollout(const rollouts::Rollout& rollout);
    widgets::TableView* table() const { return table_; }

private:
    AuditModel* model_;
    widgets::TableView* table_;
};

}  // namespace qd::app
