#pragma once
// One measure at a glance: its median, what is beside it, and how it is spread. Chosen, it is explained
// below.

#include "learning/report.hpp"
#include "widgets/tiles/card.hpp"

class QLabel;

namespace qd::widgets {
class DistributionStrip;
}

namespace qd::app {

class MeasureCard : public widgets::Card {
    Q_OBJECT

public:
    explicit MeasureCard(QWidget* parent);
    void setMeasure(const learning::Measure& measure);
    void setChosen(bool chosen);

private:
    QLabel* name_;
    QLabel* value_;
    QLabel* beside_;
    QLabel* trend_;
    widgets::DistributionStrip* strip_;
};

/// "Too few for a trend (3 and 5 of 8 in each half)", "Shorter than in the earlier half (p 0.012)".
QString trendWords(const learning::Trend& trend);

}  // namespace qd::app
