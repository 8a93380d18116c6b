#pragma once
// How alike the pictures of two paths are over the title, and where something was found.

#include <vector>

#include "compare/verdict.hpp"
#include "widgets/tiles/card.hpp"

namespace qd::widgets {
class ScorePlot;
}

namespace qd::app {

class ComparisonAdapter;

class ComparisonPlot : public widgets::Card {
    Q_OBJECT

public:
    explicit ComparisonPlot(QWidget* parent);

    void showComparison(const ComparisonAdapter& both);
    /// Something else is compared from now on.
    void clear();
    widgets::ScorePlot* plot() const { return plot_; }

private:
    widgets::ScorePlot* plot_;
    quint64 shownScore_ = 0;
    std::vector<compare::Finding> shownFindings_;
};

}  // namespace qd::app
