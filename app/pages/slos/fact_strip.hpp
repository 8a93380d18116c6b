#pragma once
#include "app/pages/slos/slo_facts.hpp"
#include "widgets/tiles/card.hpp"

class QHBoxLayout;
class QLabel;

namespace qd::widgets {
class StatusBadge;
}

namespace qd::app {

/// The four figures of an objective side by side on one quiet surface.
class FactStrip : public widgets::Card {
    Q_OBJECT

public:
    explicit FactStrip(QWidget* parent);
    void setFacts(const Facts& facts);

private:
    struct Cell {
        QLabel* value;
        widgets::StatusBadge* badge;
        QLabel* sub;
    };
    Cell addCell(QHBoxLayout* row, const QString& title);
    static void show(const Cell& cell, const widgets::StatReading& reading);

    Cell sli_, budget_, sla_, next_;
};

}  // namespace qd::app
