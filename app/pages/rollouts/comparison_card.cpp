#include "app/pages/rollouts/comparison_card.hpp"

#include <QHBoxLayout>

#include "app/adapters/site_adapter.hpp"
#include "app/models/rollout_models.hpp"
#include "app/models/values.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr double kComparedMs = 300'000;
constexpr int kArmNumberWidth = 80, kDifferenceWidth = 152, kChartHeight = 150;
}  // namespace

ComparisonCard::ComparisonCard(QWidget* parent) : Card(QStringLiteral("Stable against canary"), parent) {
    arms_ = new ArmModel(this);
    table_ = new TableView(this);
    table_->setModel(arms_);
    for (const int column : {ArmModel::Stable, ArmModel::Baseline, ArmModel::Canary})
        table_->setItemDelegateForColumn(column, new NumberDelegate(table_));
    table_->setItemDelegateForColumn(ArmModel::Difference, new StatusDelegate(table_));
    table_->setColumnLayout({0, kArmNumberWidth, kArmNumberWidth, kArmNumberWidth, kDifferenceWidth});
    table_->setFitRows(8);
    table_->setAccessibleName(QStringLiteral("Stable against canary"));
    charts_ = new QWidget(this);
    auto* column = new QVBoxLayout(charts_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::sm);
    errors_ = new TimeSeriesChart(QStringLiteral("Error ratio"), charts_);
    errors_->setUnit(Unit::Percent);
    latency_ = new TimeSeriesChart(QStringLiteral("Response p95"), charts_);
    latency_->setUnit(Unit::Seconds);
    group_ = new ChartGroup(this);
    for (TimeSeriesChart* chart : {errors_, latency_}) {
        chart->setSeries({{"stable", "stable", Token::Stable, {}, false, false, false},
                          {"canary", "canary", Token::Canary, {}, true, false, false}});
        chart->setFixedHeight(kChartHeight);
        chart->setEmptyText(QStringLiteral("No requests in this range"));
        chart->setGapAfter(10'000);
        group_->add(chart);
        column->addWidget(chart);
    }
    group_->setLive(kComparedMs);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::xl);
    row->addWidget(table_, 3, Qt::AlignTop);
    row->addWidget(charts_, 2, Qt::AlignTop);
    body()->addLayout(row);
}

AgeLabel* ComparisonCard::age() const {
    return header()->age();
}

void ComparisonCard::setRollout(const rollouts::Rollout& rollout, const SeriesAdapter& series, bool live) {
    ArmSeries now;
    if (live)
        now = {series.find(opsclient::series::latency_p95), series.find(opsclient::series::startup_p95),
               series.find(opsclient::series::stall_ratio)};
    arms_->update(armLinesOf(rollout, now));
    table_->setColumnHidden(ArmModel::Baseline, !rollout.arms.contains("baseline"));
    charts_->setVisible(live);
    age()->setVisible(live);
    if (live) showCharts(series);
}

void ComparisonCard::showCharts(const SeriesAdapter& series) {
    const auto fill = [&series](TimeSeriesChart* chart, std::string_view name, double scale) {
        const opsclient::Series* found = series.find(name);
        for (const char* arm : {"stable", "canary"}) {
            QVector<QPointF> points;
            if (found)
                for (const auto& line : found->lines)
                    if (line.label == arm)
                        for (const auto& point : line.points)
                            points.append({double(msOf(point.at)), point.value * scale});
            chart->setPoints(QString::fromLatin1(arm), points);
        }
    };
    fill(errors_, opsclient::series::error_ratio, 1);
    fill(latency_, opsclient::series::latency_p95, 0.001);
    for (TimeSeriesChart* chart : {errors_, latency_}) chart->setYFitted(0.0, std::nullopt, 0.02);
    group_->align();
}

}  // namespace qd::app
