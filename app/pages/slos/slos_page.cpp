#include "app/pages/slos/slos_page.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/slos/history_curves.hpp"
#include "app/shell/session.hpp"
#include "widgets/charts/chart_group.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kPoints = 450;
constexpr int kHistoryPeriodMs = 2'000;
constexpr std::int64_t kShownS = 900;  // of the window, live
constexpr std::int64_t kReachS = 3'600;
constexpr double kLeastWindowMs = 180'000;
constexpr double kWindowStepMs = 60'000;

}  // namespace

SlosPage::SlosPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Service level objectives"),
               QStringLiteral("Windows roll; every number updates each second."), false, parent) {
    follow(session.slos());
    follow(session.alerts());
    auto* split = new QSplitter(Qt::Vertical, content());
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    split->addWidget(makeList());
    split->addWidget(makeDetail());
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    split->setSizes({330, 480});
    body()->addWidget(split, 1);

    historyTimer_.setInterval(kHistoryPeriodMs);
    connect(&historyTimer_, &QTimer::timeout, this, &SlosPage::readHistory);
    connect(&session.selection(), &Selection::sloChanged, this, [this] {
        if (!isActive()) return;
        showSoon();
        readHistory();
    });
}

bool SlosPage::hasData() const {
    return session().slos().hasData();
}

QWidget* SlosPage::filterField() {
    return filter_;
}

QWidget* SlosPage::firstFocus() {
    return table_;
}

QWidget* SlosPage::makeList() {
    auto* card = new Card(content());
    filter_ = new FilterField(QStringLiteral("Filter objectives"), card);
    header()->addControl(filter_);
    model_ = new SloModel(this);
    proxy_ = new QSortFilterProxyModel(this);
    proxy_->setSourceModel(model_);
    proxy_->setSortRole(SortRole);
    proxy_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    proxy_->setFilterKeyColumn(SloModel::Name);
    table_ = new TableView(card);
    table_->setModel(proxy_);
    table_->setItemDelegateForColumn(SloModel::Health, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(SloModel::Budget, new BudgetDelegate(table_));
    for (const int column : {SloModel::Objective, SloModel::Sli, SloModel::Burn})
        table_->setItemDelegateForColumn(column, new NumberDelegate(table_));
    table_->setColumnLayout({120, 0, 90, 100, 150, 170, 150, 80});
    table_->setEmptyContent(Icon::Slos, QStringLiteral("No objective matches"),
                            QStringLiteral("Change the filter, or clear it with Escape."));
    table_->setAccessibleName(QStringLiteral("Objectives"));
    filter_->attach(this, table_);
    connect(filter_, &FilterField::filterChanged, proxy_, &QSortFilterProxyModel::setFilterFixedString);
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) session().selection().setSlo(index.data(KeyRole).toString());
    });
    card->body()->addWidget(table_);
    return card;
}

QWidget* SlosPage::makeDetail() {
    auto* card = new Card(content());
    auto* head = new QHBoxLayout;
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    title_ = makeLabel({}, Type::Lead, Weight::Semibold, false, card);
    indicator_ = makeElidedLabel(Type::Small, card);
    texts->addWidget(title_);
    texts->addWidget(indicator_);
    budget_ = makeLabel({}, Type::Body, Weight::Regular, false, card);
    budget_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    health_ = new StatusBadge(card);
    head->addLayout(texts, 1);
    head->addWidget(budget_);
    head->addSpacing(space::md);
    head->addWidget(health_);
    card->body()->addLayout(head);

    sli_ = new TimeSeriesChart(QStringLiteral("SLI"), card);
    sli_->setUnit(Unit::Ratio);
    budgetChart_ = new TimeSeriesChart(QStringLiteral("Error budget left"), card);
    budgetChart_->setUnit(Unit::Percent);
    burn_ = new TimeSeriesChart(QStringLiteral("Burn rate"), card);
    burn_->setUnit(Unit::Factor);
    sli_->setSeries({{"sli", "SLI", Token::Series1, {}, false, false, false},
                     {"low", "worst second", Token::Series3, {}, true, false, false}});
    budgetChart_->setSeries({{"budget", "left", Token::Series2, {}, false, true, false},
                             {"ideal", "spent evenly", Token::Neutral, {}, true, false, false}});
    burn_->setSeries({{"burn", "burn", Token::Series6, {}, false, true, false}});
    group_ = new ChartGroup(this);
    auto* charts = new QHBoxLayout;
    charts->setSpacing(space::lg);
    for (TimeSeriesChart* chart : {sli_, budgetChart_, burn_}) {
        chart->setEmptyText(QStringLiteral("No events in this range"));
        chart->setGapAfter(10'000);
        chart->setMinimumHeight(160);
        group_->add(chart);
        charts->addWidget(chart, 1);
    }
    group_->setLive(windowMs_);
    card->body()->addLayout(charts, 1);

    rows_ = new BurnRowModel(this);
    rowTable_ = new TableView(card);
    rowTable_->setModel(rows_);
    for (const int column : {BurnRowModel::Factor, BurnRowModel::Short, BurnRowModel::Long})
        rowTable_->setItemDelegateForColumn(column, new NumberDelegate(rowTable_));
    rowTable_->setItemDelegateForColumn(BurnRowModel::RowState, new StatusDelegate(rowTable_));
    rowTable_->setColumnLayout({180, 110, 110, 110, 220, 0});
    rowTable_->setFitRows(4);
    rowTable_->setAccessibleName(QStringLiteral("Burn rows"));
    card->body()->addWidget(rowTable_);
    return card;
}

bool SlosPage::open(const QString& id) {
    if (!session().slos().find(id)) return false;
    session().selection().setSlo(id);
    select(id);
    return true;
}

void SlosPage::select(const QString& id) {
    const int row = model_->indexOf(id);
    const QModelIndex index = row < 0 ? QModelIndex() : proxy_->mapFromSource(model_->index(row, 0));
    if (index.isValid() && table_->currentIndex().row() != index.row()) table_->setCurrentIndex(index);
}

void SlosPage::shown() {
    historyTimer_.start();
    readHistory();
}

void SlosPage::hidden() {
    historyTimer_.stop();
    latest_.cancel();
}

void SlosPage::showData() {
    model_->update(shownStatuses(session().slos()));
    if (session().selection().slo().isEmpty() && !session().slos().statuses().empty()) {
        // The one that needs attention first, else the first.
        const auto& all = session().slos().statuses();
        const auto burning = std::find_if(all.begin(), all.end(), [](const slo::Status& status) {
            return status.health == slo::Health::burning;
        });
        session().selection().setSlo(str((burning == all.end() ? all.begin() : burning)->objective.id.value));
    }
    select(session().selection().slo());
    showDetail();
}

void SlosPage::showDetail() {
    const slo::Status* status = session().slos().find(session().selection().slo());
    if (!status) return;
    const Wording word = wordOf(status->health);
    title_->setText(str(status->objective.title));
    indicator_->setText(QStringLiteral("%1 · rolling %2 · counted for %3 of it")
                            .arg(str(slo::describe(status->objective.indicator)),
                                 spanOf(double(status->objective.window_s)),
                                 formatPercent(status->window.coverage(), 0)));
    health_->setStatus(session().slos().isStale() ? State::Stale : word.state,
                       session().slos().isStale() ? QStringLiteral("Stale") : word.text);
    const slo::ErrorBudget& budget = status->budget;
    budget_->setText(budget.remaining ? QStringLiteral("%1 of %2 allowed bad events spent · %3")
                                            .arg(formatCount(double(budget.spent)),
                                                 formatCount(budget.allowed), budgetOutlook(budget))
                                      : QStringLiteral("No events yet: no budget to speak of"));
    rows_->update(BurnRowModel::itemsOf(*status));

    QVector<Threshold> objective{{status->objective.target,
                                  QStringLiteral("Objective %1").arg(formatRatio(status->objective.target)),
                                  Token::Warn}};
    if (status->objective.sla && status->objective.sla->target != status->objective.target)
        objective.append({status->objective.sla->target,
                          QStringLiteral("SLA %1").arg(formatRatio(status->objective.sla->target)),
                          Token::Bad});
    sli_->setThresholds(objective);
    sli_->setYFitted(std::nullopt, 1.0, (1 - status->objective.target) * 2);
    budgetChart_->setYFitted(std::nullopt, 1.0, 0.5);
    budgetChart_->setThresholds({{0.0, QStringLiteral("Spent"), Token::Bad}});
    QVector<Threshold> factors;
    for (const slo::RowStatus& row : status->rows)
        factors.append(
            {row.row.factor,
             QStringLiteral("%1 & %2").arg(spanOf(double(row.row.short_s)), spanOf(double(row.row.long_s))),
             row.firing ? Token::Bad : Token::Warn});
    burn_->setThresholds(factors);
    group_->setMarks(marks());
}

QVector<Mark> SlosPage::marks() const {
    QVector<Mark> list;
    const std::string id = session().selection().slo().toStdString();
    for (const slo::Alert& alert : session().alerts().alerts())
        if (alert.slo_id.value == id)
            list.append({double(msOf(alert.started_at)), MarkKind::Alert, QStringLiteral("Alert"), {}});
    for (const auto& incident : session().incidents().incidents())
        list.append({double(msOf(incident.detected_at)), MarkKind::Incident, str(incident.title),
                     str(incident.id.value)});
    for (const auto& rollout : session().rollouts().rollouts()) {
        for (const auto& event : rollout.audit) {
            if (event.kind == rollouts::AuditKind::start)
                list.append(
                    {double(msOf(event.at)), MarkKind::Deploy, str(rollout.specification.target.label), {}});
            else if (event.kind == rollouts::AuditKind::step_done || event.action)
                list.append({double(msOf(event.at)),
                             MarkKind::CanaryStep,
                             event.action ? str(rollouts::to_string(*event.action)) : QStringLiteral("Step"),
                             {}});
        }
    }
    return list;
}

void SlosPage::readHistory() {
    const QString id = session().selection().slo();
    const slo::Status* status = session().slos().find(id);
    if (!status || !session().link().client() || !isActive()) return;
    const core::WallTime now = session().link().clock().now();
    // Live: the shown stretch at one-second resolution. Zoomed or scrolled: as far back as one can go.
    const std::int64_t wanted = sli_->isZoomed() ? kReachS : kShownS;
    const auto reach = std::chrono::seconds(std::min<std::int64_t>(status->objective.window_s, wanted));
    auto done = latest_.ask<slo::History>(this, [this, id](core::Result<slo::History> history) {
        if (history && id == session().selection().slo()) showHistory(*history);
    });
    session().link().client()->slo_history(status->objective.id, now - reach, now, kPoints * 2, done);
}

void SlosPage::showHistory(const slo::History& history) {
    const slo::Status* status = session().slos().find(session().selection().slo());
    if (!status) return;
    const HistoryCurves curves = curvesOf(history, *status, std::max<std::int64_t>(10, history.step_s * 3));
    const double gap = double(std::max<std::int64_t>(5, history.step_s * 3)) * 1000;
    for (TimeSeriesChart* chart : {sli_, budgetChart_, burn_}) chart->setGapAfter(gap);
    sli_->setPoints(QStringLiteral("sli"), curves.sli);
    sli_->setPoints(QStringLiteral("low"), history.step_s > 1 ? curves.low : QVector<QPointF>{});
    budgetChart_->setPoints(QStringLiteral("budget"), curves.budget);
    budgetChart_->setPoints(QStringLiteral("ideal"), curves.ideal);
    burn_->setPoints(QStringLiteral("burn"), curves.burn);
    // A young site's minutes are not lost in an empty quarter of an hour.
    const double now = double(msOf(session().link().clock().now()));
    const double known = history.points.empty() ? 0 : now - double(msOf(history.points.front().at));
    const double window =
        std::clamp(std::ceil(known / kWindowStepMs) * kWindowStepMs, kLeastWindowMs, double(kShownS) * 1000);
    if (window != windowMs_ && !sli_->isZoomed()) {
        windowMs_ = window;
        group_->setLive(window);
    }
    group_->align();
}

}  // namespace qd::app
