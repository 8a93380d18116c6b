#pragma once
// One rollout's head: its steps, what the traffic really does, what stands in its way, and what can be done.

#include "rollouts/rollout.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;

namespace qd::widgets {
class AgeLabel;
class SplitBar;
class StatusBadge;
class StepTrack;
}  // namespace qd::widgets

namespace qd::app {

class Session;

class RolloutCard : public widgets::Card {
    Q_OBJECT

public:
    RolloutCard(Session& session, QWidget* parent);
    widgets::AgeLabel* age() const { return age_; }
    void setRollout(const rollouts::Rollout& rollout);
    /// Whether its buttons are about the one that is shown.
    void setActionsShown(bool shown);

private:
    QWidget* makeActions(Session& session);

    QLabel* title_;
    QLabel* which_;  // its id, strategy and group
    QLabel* message_;
    QLabel* notes_;  // a lost connection, a freeze, missing approvals; hidden where there is none
    QLabel* facts_;
    QWidget* actions_;
    widgets::AgeLabel* age_;
    widgets::StatusBadge* badge_;
    widgets::StepTrack* steps_;
    widgets::SplitBar* split_;
};

}  // namespace qd::app
