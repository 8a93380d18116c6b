#include "app/pages/preview/comparison_plot.hpp"

#include "app/adapters/comparison_adapter.hpp"
#include "app/pages/preview/comparison_values.hpp"
#include "widgets/video/score_plot.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kPlotHeight = 160;

}  // namespace

ComparisonPlot::ComparisonPlot(QWidget* parent) : Card(parent), plot_(new ScorePlot(this)) {
    body()->setContentsMargins(space::md, space::sm, space::md, space::sm);
    const compare::Thresholds bounds;
    plot_->setBounds(bounds.ssim, bounds.psnr_db);
    plot_->setFixedHeight(kPlotHeight);
    body()->addWidget(plot_);
}

void ComparisonPlot::clear() {
    shownScore_ = 0;
    shownFindings_.clear();
    plot_->setScores({});
    plot_->setFindings({});
}

void ComparisonPlot::showComparison(const ComparisonAdapter& both) {
    const compare::LockstepSnapshot& now = both.snapshot();
    plot_->setRange({0, now.end.count() * 1000});
    plot_->setPosition(now.position.count() * 1000);
    const auto& scores = both.scores();
    const quint64 newest = scores.empty() ? 0 : scores.back().number;
    if (newest != shownScore_) plot_->setScores(scorePoints(scores));
    shownScore_ = newest;
    if (both.verdict().findings == shownFindings_) return;
    shownFindings_ = both.verdict().findings;
    plot_->setFindings(findingShades(both.verdict()));
}

}  // namespace qd::app
