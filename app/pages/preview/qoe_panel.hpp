#pragma once
// The numbers a viewer would be judged by, and the last choice of a level with its reason. A number that is
// pressed shows the requests it comes from.

#include <QHash>
#include <optional>

#include "app/pages/preview/qoe_lines.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;

namespace qd::widgets {
class StatusBadge;
}

namespace qd::app {

class MetricButton;
class PlayerAdapter;

class QoePanel : public widgets::Card {
    Q_OBJECT

public:
    explicit QoePanel(QWidget* parent);

    void showPlayer(const PlayerAdapter& player);
    /// Nothing: none is pressed.
    void setChosen(std::optional<QoeMetric> metric);
    MetricButton* button(QoeMetric metric) const { return buttons_.value(int(metric)); }

signals:
    void metricChosen(std::optional<qd::app::QoeMetric> metric);

private:
    widgets::StatusBadge* state_;
    QHash<int, MetricButton*> buttons_;
    QLabel* decision_;
    QLabel* notice_;
};

}  // namespace qd::app
