#include "app/pages/rollouts/analysis/runs_card.hpp"

#include <QLabel>
#include <algorithm>

#include "app/pages/rollouts/analysis/run_facts.hpp"
#include "app/pages/rollouts/analysis/run_models.hpp"
#include "widgets/charts/sparkline.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kShownRuns = 8, kShownMeasurements = 10, kTrendWidth = 320;
}

RunsCard::RunsCard(QWidget* parent) : Card(QStringLiteral("Analysis runs"), parent) {
    setAccessibleName(QStringLiteral("Analysis runs"));
    header()->setSub(
        QStringLiteral("What the specification's templates measured, and what followed from it."));
    model_ = new RunModel(this);
    table_ = new TableView(this);
    table_->setModel(model_);
    table_->setItemDelegateForColumn(RunModel::MetricState, new StatusDelegate(table_));
    for (const int column :
         {RunModel::Successful, RunModel::Failed, RunModel::Inconclusive, RunModel::Errors})
        table_->setItemDelegateForColumn(column, new NumberDelegate(table_));
    table_->setItemDelegateForColumn(RunModel::Trend, new SparklineDelegate(table_));
    table_->setColumnLayout({0, 130, 152, 80, 64, 90, 64, 100, 124});
    table_->setFitRows(kShownRuns);
    table_->setAccessibleName(QStringLiteral("Analysis runs by metric"));
    connect(table_, &TableView::currentRowChanged, this, &RunsCard::showDetail);
    body()->addWidget(table_);
    body()->addSpacing(space::sm);
    body()->addWidget(makeDetail());
    // Ages go on while nothing arrives.
    connect(&Ticker::instance(), &Ticker::tick, measurementTable_,
            [table = measurementTable_] { table->viewport()->update(); });
}

QWidget* RunsCard::makeDetail() {
    auto* detail = new QWidget(this);
    auto* row = new QHBoxLayout(detail);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::xl);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::sm);
    title_ = makeLabel({}, Type::Body, Weight::Semibold, false, detail);
    title_->setWordWrap(true);
    phase_ = new StatusBadge(detail);
    const auto text = [&](bool muted) {
        QLabel* label = makeLabel({}, Type::Body, Weight::Regular, muted, detail);
        label->setWordWrap(true);
        // A query without a space is cut, and does not push the page apart.
        QSizePolicy narrow(QSizePolicy::Ignored, QSizePolicy::Preferred);
        narrow.setHeightForWidth(true);
        label->setSizePolicy(narrow);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        return label;
    };
    message_ = text(false);
    provider_ = text(true);
    conditions_ = text(true);
    trend_ = new Sparkline(detail);
    trend_->setFixedHeight(56);
    trend_->setMaximumWidth(kTrendWidth);
    trend_->setAccessibleName(QStringLiteral("Last measured values"));
    words->addWidget(title_);
    words->addWidget(phase_, 0, Qt::AlignLeft);
    for (QWidget* part : std::initializer_list<QWidget*>{message_, provider_, conditions_, trend_})
        words->addWidget(part);
    words->addStretch();
    measurements_ = new MeasurementModel(this);
    measurementTable_ = new TableView(detail);
    measurementTable_->setModel(measurements_);
    measurementTable_->setItemDelegateForColumn(MeasurementModel::Outcome,
                                                new StatusDelegate(measurementTable_));
    measurementTable_->setItemDelegateForColumn(MeasurementModel::Value,
                                                new NumberDelegate(measurementTable_));
    measurementTable_->setColumnLayout({80, 100, 170, 110, 0});
    measurementTable_->setFitRows(kShownMeasurements);
    measurementTable_->setAccessibleName(QStringLiteral("Last measurements"));
    row->addLayout(words, 2);
    row->addWidget(measurementTable_, 3, Qt::AlignTop);
    return detail;
}

void RunsCard::setRuns(const std::vector<rollouts::AnalysisRun>& runs) {
    runs_ = runs;
    model_->update(runRowsOf(runs_));
    if (!table_->currentIndex().isValid() && model_->rowCount() > 0)
        table_->setCurrentIndex(model_->index(0, 0));
    showDetail();
}

void RunsCard::showDetail() {
    const RunRow* row = model_->row(table_->currentIndex().row());
    const auto run = row ? std::find_if(runs_.begin(), runs_.end(),
                                        [&](const auto& one) { return str(one.name) == row->run; })
                         : runs_.end();
    if (run == runs_.end()) {
        title_->clear();
        return showMetric(nullptr);
    }
    title_->setText(QStringLiteral("%1 %2").arg(row->run, purposeWords(run->purpose)));
    const Wording word = wordOf(run->phase);
    phase_->setStatus(
        word.state, run->terminate && !rollouts::is_over(run->phase) ? QStringLiteral("Ending") : word.text);
    QStringList said;
    for (const std::string& message : {run->message, row->metric ? row->metric->message : std::string()})
        if (!message.empty() && !said.contains(str(message))) said << str(message);
    message_->setText(said.join(QLatin1Char('\n')));
    message_->setVisible(!said.isEmpty());
    showMetric(row->metric ? &*row->metric : nullptr);
}

void RunsCard::showMetric(const rollouts::MetricRun* metric) {
    for (QWidget* part : std::initializer_list<QWidget*>{provider_, conditions_, measurementTable_})
        part->setVisible(metric);
    phase_->setVisible(!title_->text().isEmpty());
    const QVector<double> trend = metric ? trendOf(*metric) : QVector<double>();
    trend_->setValues(trend);
    trend_->setVisible(trend.size() > 1);
    if (!metric) return;
    provider_->setText(providerWords(metric->spec.provider));
    provider_->setToolTip(QStringLiteral("<p>%1</p>").arg(provider_->text().toHtmlEscaped()));
    conditions_->setText(conditionWords(metric->spec).join(QLatin1Char('\n')));
    measurements_->update(measurementRowsOf(*metric));
    measurementTable_->setEmptyContent(Icon::Clock, QStringLiteral("Not measured yet"));
}

}  // namespace qd::app
