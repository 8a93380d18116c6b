#pragma once
#include "runbooks/guide.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;
class QPushButton;

namespace qd::widgets {
class StatusBadge;
}

namespace qd::app {

/// One step of a runbook beside an incident: what to do, how far it is, and the buttons for it.
class RunbookStepCard : public widgets::Card {
    Q_OBJECT

public:
    RunbookStepCard(int number, const runbooks::Step& step, QWidget* parent);
    /// `blocked`: why nothing can be done now; empty when it can.
    void show(const runbooks::StepProgress& progress, const QString& blocked);

    QPushButton* runButton() const { return run_; }
    QPushButton* skipButton() const { return skip_; }

private:
    widgets::StatusBadge* badge_;
    QLabel* who_;
    QLabel* told_;
    QPushButton* run_;
    QPushButton* skip_;
};

}  // namespace qd::app
