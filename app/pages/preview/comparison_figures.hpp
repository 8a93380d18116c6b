#pragma once
// What differs between two paths in figures, and the verdict that a rollout would take.

#include <QVector>

#include "widgets/tiles/card.hpp"

class QGridLayout;
class QLabel;

namespace qd::widgets {
class StatusBadge;
}

namespace qd::app {

class ComparisonAdapter;

class ComparisonFigures : public widgets::Card {
    Q_OBJECT

public:
    explicit ComparisonFigures(QWidget* parent);

    void showComparison(const ComparisonAdapter& both);

private:
    void makeDeltas();

    widgets::StatusBadge* verdict_;
    QLabel* text_;
    QGridLayout* deltas_;
    QLabel* nameA_;
    QLabel* nameB_;
    QVector<QVector<QLabel*>> cells_;  // by row: name, a, b
    QVector<widgets::StatusBadge*> changes_;
    QLabel* scored_;
    QLabel* notices_;
};

}  // namespace qd::app
