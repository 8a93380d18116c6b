#include "app/pages/slos/slo_charts.hpp"

#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/slos/history_curves.hpp"
#include "app/shell/session.hpp"
#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/time_series_chart.hpp"

namespace qd::app {

using namespace widgets;

namespace {

const QString kNoEvents = QStringLiteral("No events in this range");
constexpr int kMostPoints = 2'000;  // that opsd gives
constexpr int kOftenMs = 2'000, kSeldomMs = 10'000, kSoonMs = 120;
constexpr std::int64_t kSlowRange_s = 6 * 3'600;  // longer ones change too little to be read often
constexpr int kChartHeight = 128, kFirstChartHeight = 150;
constexpr double kLeastShownMs = 180'000, kShownStepMs = 60'000;

}  // namespace

QVector<std::int64_t> SloCharts::rangesFor(std::int64_t window_s) {
    QVector<std::int64_t> ranges;
    for (const std::int64_t length : {60, 300, 900, 3'600, 6 * 3'600, 86'400, 7 * 86'400})
        if (length < window_s) ranges.append(length);
    ranges.append(window_s);
    return ranges;
}

SloCharts::SloCharts(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    makeCharts();
    often_.setInterval(kOftenMs);
    seldom_.setInterval(kSeldomMs);
    soon_.setInterval(kSoonMs);
    soon_.setSingleShot(true);
    connect(&often_, &QTimer::timeout, this, [this] {
        if (range_s_ <= kSlowRange_s || !past_) read();
    });
    connect(&seldom_, &QTimer::timeout, this, [this] {
        if (range_s_ > kSlowRange_s) read();
        readBudget();
        readHeat();
    });
    connect(&soon_, &QTimer::timeout, this, [this] {
        read();
        readBudget();
        readHeat();
    });
    connect(group_, &ChartGroup::rangeZoomed, this, [this] { soon_.start(); });
    connect(group_, &ChartGroup::zoomReset, this, [this] { soon_.start(); });
    for (TimeSeriesChart* chart : group_->charts())
        connect(chart, &TimeSeriesChart::markActivated, this, &SloCharts::happeningActivated);
}

void SloCharts::makeCharts() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    group_ = new ChartGroup(this);
    const auto make = [&](const QString& title, Unit unit, const QVector<Series>& series) {
        auto* chart = new TimeSeriesChart(title, this);
        chart->setUnit(unit);
        chart->setSeries(series);
        chart->setEmptyText(kNoEvents);
        chart->setFixedHeight(kChartHeight);
        chart->setTimeAxisVisible(false);
        group_->add(chart);
        column->addWidget(chart, 1);
        return chart;
    };
    sli_ = make(QStringLiteral("SLI"), Unit::Ratio,
                {{"sli", "SLI", Token::Series1, {}, false, false, false, true},
                 {"low", "worst second", Token::Series3, {}, true, false, false, true}});
    budget_ = make(QStringLiteral("Error budget left"), Unit::Percent,
                   {{"budget", "left", Token::Series2, {}, false, true, false},
                    {"ideal", "spent evenly", Token::Neutral, {}, true, false, false}});
    burn_ = make(QStringLiteral("Burn rate"), Unit::Factor,
                 {{"burn", "burn", Token::Series6, {}, false, true, false, true}});
    requests_ = make(QStringLiteral("Events"), Unit::PerSecond,
                     {{"all", "all", Token::Series1, {}, false, true, false},
                      {"bad", "bad", Token::Bad, {}, true, false, false}});
    requests_->setTimeAxisVisible(true);
    sli_->setFixedHeight(kFirstChartHeight);
    requests_->setFixedHeight(kFirstChartHeight);
    heat_ = make(QStringLiteral("Response time"), Unit::Seconds, {});
    heat_->setTimeAxisVisible(true);
    heat_->setFixedHeight(kFirstChartHeight);
    heat_->hide();
    budget_->setThresholds({{0.0, QStringLiteral("Spent"), Token::Bad}});
    budget_->setYFitted(std::nullopt, 1.0, 0.5);
    group_->setLive(double(range_s_) * 1000);
    // One row of icons is enough: the lines go through all of them.
    for (TimeSeriesChart* chart : group_->charts()) chart->setMarkIconsVisible(chart == sli_);
}

const slo::Status* SloCharts::status() const {
    return session_.slos().find(id_);
}

void SloCharts::setObjective(const QString& id) {
    if (id == id_) return;
    id_ = id;
    past_.reset();
    happenings_.clear();
    for (TimeSeriesChart* chart : group_->charts())
        for (const Series& series : chart->series()) chart->setPoints(series.id, {});
    heat_->setHeat({});
    const slo::Status* now = status();
    const bool latency = now && std::holds_alternative<slo::LatencyIndicator>(now->objective.indicator);
    heat_->setVisible(latency);
    requests_->setTimeAxisVisible(!latency);
    if (now) setRange(std::min(range_s_, now->objective.window_s));
    if (on_) start();
}

void SloCharts::setRange(std::int64_t range_s) {
    range_s_ = range_s;
    group_->resetZoom();
    shownMs_ = double(range_s) * 1000;
    group_->setLive(shownMs_);
    if (on_) soon_.start();
}

void SloCharts::start() {
    on_ = true;
    seldom_.start();
    often_.start();
    read();
    readBudget();
    readHeat();
}

void SloCharts::stop() {
    on_ = false;
    often_.stop();
    seldom_.stop();
    soon_.stop();
    latest_.cancel();
    latestBudget_.cancel();
    latestHeat_.cancel();
}

TimeRange SloCharts::visibleRange() const {
    return sli_->visibleRange();
}

std::pair<core::WallTime, core::WallTime> SloCharts::span() const {
    const core::WallTime now = session_.link().clock().now();
    if (!sli_->isZoomed()) return {now - std::chrono::seconds(range_s_), now};
    const TimeRange seen = sli_->visibleRange();
    const auto to = std::min(now, wallTime(qint64(seen.toMs) + 1'000));
    return {wallTime(qint64(seen.fromMs) - 1'000), to};
}

void SloCharts::read() {
    const slo::Status* now = status();
    if (!now || !session_.link().client() || !on_) return;
    const auto [from, to] = span();
    if (from >= to) return;
    // Two points a pixel column, so that none of the drawn ones is a mean over more than it shows.
    const int points = std::clamp(int(sli_->plotArea().width()) * 2, 300, kMostPoints);
    auto done = latest_.ask<slo::History>(this, [this, id = id_](core::Result<slo::History> history) {
        if (id != id_) return;
        // What was read before stays; where there is nothing, the reason stands in its place.
        const QString empty = history ? kNoEvents : str(history.error().message);
        for (TimeSeriesChart* chart : {sli_, burn_, requests_}) chart->setEmptyText(empty);
        if (history) showHistory(*history);
    });
    session_.link().client()->slo_history(now->objective.id, from, to, points, done);
}

void SloCharts::readBudget() {
    const slo::Status* now = status();
    if (!now || !session_.link().client() || !on_) return;
    const auto [from, to] = span();
    auto done = latestBudget_.ask<slo::History>(this, [this, id = id_](core::Result<slo::History> history) {
        if (id != id_) return;
        budget_->setEmptyText(history ? kNoEvents : str(history.error().message));
        if (!history) return;
        past_ = std::move(*history);
        showBudget();
        layOver();
    });
    session_.link().client()->slo_history(
        now->objective.id, from - std::chrono::seconds(now->objective.window_s), to, kMostPoints, done);
}

void SloCharts::readHeat() {
    const slo::Status* now = status();
    if (!now || heat_->isHidden() || !session_.link().client() || !on_) return;
    const auto [from, to] = span();
    const int points = std::clamp(int(heat_->plotArea().width()) / 3, 60, 400);
    auto done = latestHeat_.ask<slo::Heatmap>(this, [this, id = id_](core::Result<slo::Heatmap> map) {
        if (id != id_) return;
        heat_->setEmptyText(map ? kNoEvents : str(map.error().message));
        if (!map) return;
        Heat heat;
        heat.stepMs = double(map->step_s) * 1000;
        for (const double bound : map->bounds) heat.bounds.append(bound);
        for (const auto& column : map->columns) {
            HeatColumn cells{double(msOf(column.at)), {}};
            for (const auto count : column.counts) cells.counts.append(double(count));
            heat.columns.append(std::move(cells));
        }
        heat_->setHeat(heat);
        group_->align();
    });
    session_.link().client()->slo_heatmap(now->objective.id, from, to, points, done);
}

void SloCharts::showHistory(const slo::History& history) {
    const slo::Status* now = status();
    if (!now) return;
    const HistoryCurves curves = curvesOf(history, *now, std::max<std::int64_t>(10, history.step_s * 3));
    const double gap = double(std::max<std::int64_t>(5, history.step_s * 3)) * 1000;
    for (TimeSeriesChart* chart : {sli_, burn_, requests_}) chart->setGapAfter(gap);
    sli_->setPoints(QStringLiteral("sli"), curves.sli);
    sli_->setPoints(QStringLiteral("low"), history.step_s > 1 ? curves.low : QVector<QPointF>{});
    burn_->setPoints(QStringLiteral("burn"), curves.burn);
    requests_->setPoints(QStringLiteral("all"), curves.requests);
    requests_->setPoints(QStringLiteral("bad"), curves.bad);
    showBudget();
    fitToKnown(history);
    group_->align();
}

// A young site's minutes are not lost in an empty quarter of an hour.
void SloCharts::fitToKnown(const slo::History& history) {
    if (sli_->isZoomed() || history.points.empty()) return;
    const double known =
        double(msOf(session_.link().clock().now())) - double(msOf(history.points.front().at));
    const double most = double(range_s_) * 1000;
    const double window =
        std::min(most, std::max(kLeastShownMs, std::ceil(known / kShownStepMs) * kShownStepMs));
    if (window == shownMs_) return;
    shownMs_ = window;
    group_->setLive(window);
}

void SloCharts::showBudget() {
    const slo::Status* now = status();
    if (!now || !past_) return;
    const TimeRange seen = visibleRange();
    const BudgetCurves curves = budgetOf(*past_, *now, session_.exclusions().exclusions(),
                                         qint64(seen.fromMs), msOf(session_.link().clock().now()));
    budget_->setGapAfter(double(std::max<std::int64_t>(15, past_->step_s * 4)) * 1000);
    budget_->setPoints(QStringLiteral("budget"), curves.left);
    budget_->setPoints(QStringLiteral("ideal"), curves.ideal);
    const bool overspent = std::any_of(curves.left.begin(), curves.left.end(),
                                       [](const QPointF& point) { return point.y() < 0; });
    budget_->setYFitted(overspent ? std::nullopt : std::optional(0.0), 1.0, 0.5);
}

void SloCharts::showStatus(const slo::Status& status) {
    const slo::Objective& objective = status.objective;
    QVector<Threshold> targets{
        {objective.target, QStringLiteral("Objective %1").arg(formatRatio(objective.target)), Token::Warn}};
    if (objective.sla && objective.sla->target != objective.target)
        targets.append({objective.sla->target,
                        QStringLiteral("SLA %1").arg(formatRatio(objective.sla->target)), Token::Bad});
    sli_->setThresholds(targets);
    sli_->setYFitted(std::nullopt, 1.0, (1 - objective.target) * 2);
    QVector<Threshold> factors;
    for (const slo::RowStatus& row : status.rows)
        if (!row.row.outage)
            factors.append({row.row.factor,
                            QStringLiteral("%1 & %2").arg(spanOf(double(row.row.short_s)),
                                                          spanOf(double(row.row.long_s))),
                            row.firing ? Token::Bad : Token::Warn});
    burn_->setThresholds(factors);
    requests_->setTitle(
        QStringLiteral("%1 a second")
            .arg(str(slo::unit_of(objective)).replace(0, 1, str(slo::unit_of(objective)).left(1).toUpper())));
    if (const auto* latency = std::get_if<slo::LatencyIndicator>(&objective.indicator))
        heat_->setHeatThreshold(latency->threshold_s,
                                QStringLiteral("within %1").arg(formatSeconds(latency->threshold_s)));
    layOver();
}

void SloCharts::layOver() {
    const slo::Status* now = status();
    if (!now) return;
    const qint64 at = msOf(session_.link().clock().now());
    auto next = happeningsOf(
        {session_.alerts().alerts(), session_.incidents().incidents(), session_.rollouts().rollouts(),
         session_.faults().faults(), session_.exclusions().exclusions(),
         session_.changes().changes()},
        now->objective.id, at);
    if (past_) addCosts(next, *past_, now->budget.allowed, at);
    if (next == happenings_) return;
    happenings_ = std::move(next);
    group_->setMarks(marksOf(happenings_));
    group_->setShades(shadesOf(happenings_, at));
    emit happeningsChanged();
}

void SloCharts::focusOn(const Happening& happening) {
    const double now = double(msOf(session_.link().clock().now()));
    const double from = double(happening.fromMs);
    const double to = double(happening.toMs.value_or(qint64(now)));
    const double margin = std::max(30'000.0, (to - from) * 0.25);
    group_->zoomTo({from - margin, std::min(now, to + margin)});
    soon_.start();
}

}  // namespace qd::app
