#pragma once
// The overview's right column.

#include "app/shell/needs.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;
class QVBoxLayout;

namespace qd::widgets {
class AgeLabel;
class SectionHeader;
class SplitBar;
class StatusBadge;
class StepTrack;
}  // namespace qd::widgets

namespace qd::app {

class Session;

/// What needs a person now, each with the next step and the way to it.
class NeedsPanel : public widgets::Card {
    Q_OBJECT

public:
    NeedsPanel(Session& session, QWidget* parent);
    widgets::AgeLabel* age() const;
    void showNeeds();

private:
    void addNeed(const Need& need);

    Session& session_;
    widgets::SectionHeader* header_;
    QVBoxLayout* rows_;
    std::vector<Need> shown_;
    bool built_ = false;
};

/// The current rollout in small.
class RolloutPanel : public widgets::Card {
    Q_OBJECT

public:
    RolloutPanel(Session& session, QWidget* parent);
    widgets::AgeLabel* age() const;
    void showRollout();

private:
    Session& session_;
    widgets::SectionHeader* header_;
    widgets::StatusBadge* badge_;
    QLabel* title_;
    QLabel* message_;
    widgets::StepTrack* steps_;
    widgets::SplitBar* split_;
    QLabel* none_;
};

}  // namespace qd::app
