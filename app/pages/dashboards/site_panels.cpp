#include "app/pages/dashboards/site_panels.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "app/models/alert_model.hpp"
#include "app/models/values.hpp"
#include "app/pages/overview/panels.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/budget_bar.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {

void fillWith(QWidget* widget, QWidget* content) {
    auto* layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(content);
}

void opensObjective(TableView* table, Session& session, std::function<QString(const QModelIndex&)> idOf) {
    QObject::connect(table, &TableView::rowActivated, &session, [&session, idOf](const QModelIndex& index) {
        session.actions().invoke(QStringLiteral("slos.open"), {{QStringLiteral("id"), idOf(index)}});
    });
}

}  // namespace

SloPanel::SloPanel(Session& session, const opsclient::Panel& panel, int number, QWidget* parent)
    : PanelView(panel, number, parent), session_(session) {
    card_ = new Card(this);
    card_->body()->setSpacing(space::sm);
    auto* head = new QHBoxLayout;
    head->addWidget(makeLabel(str(panel.title), Type::Small, Weight::Medium, true, card_), 1);
    health_ = new StatusBadge(card_);
    head->addWidget(health_);
    value_ = makeLabel(QStringLiteral("–"), Type::Display, Weight::Semibold, false, card_);
    budget_ = new BudgetBar(card_);
    detail_ = makeElidedLabel(Type::Small, card_);
    auto* numbers = new QHBoxLayout;
    numbers->setSpacing(space::lg);
    numbers->addWidget(value_);
    numbers->addWidget(budget_, 1, Qt::AlignVCenter);
    card_->body()->addLayout(head);
    card_->body()->addLayout(numbers);
    card_->body()->addWidget(detail_);
    card_->body()->addStretch();
    card_->setClickable(true);
    connect(card_, &Card::activated, &session_, [this] {
        session_.actions().invoke(QStringLiteral("slos.open"),
                                  {{QStringLiteral("id"), str(this->panel().slo)}});
    });
    fillWith(this, card_);
}

void SloPanel::showSite() {
    const slo::Status* status = session_.slos().find(str(panel().slo));
    if (!status) {
        health_->setStatus(State::NoData, QStringLiteral("Unknown"));
        value_->setText(QStringLiteral("–"));
        budget_->setBudget({qQNaN(), -1});
        detail_->setText(QStringLiteral("There is no objective '%1'").arg(str(panel().slo)));
        return;
    }
    const bool stale = session_.slos().isStale();
    const Wording word = wordOf(status->health);
    health_->setStatus(stale ? State::Stale : word.state, stale ? QStringLiteral("Stale") : word.text);
    card_->setState(!stale && word.state == State::Bad ? State::Bad : State::Neutral);
    value_->setText(status->sli ? formatRatio(*status->sli) : QStringLiteral("–"));
    budget_->setBudget({app::number(status->budget.remaining), -1});
    detail_->setText(
        QStringLiteral("Objective %1 over %2 · %3 bad of %4 · budget %5")
            .arg(formatRatio(status->objective.target), spanOf(double(status->objective.window_s)),
                 formatCount(double(status->window.counts.bad())),
                 formatCount(double(status->window.counts.total)), budgetOutlook(status->budget)));
}

SlosPanel::SlosPanel(Session& session, const opsclient::Panel& panel, int number, QWidget* parent)
    : PanelView(panel, number, parent), session_(session) {
    auto* card = new Card(str(panel.title), this);
    model_ = new SloModel(this);
    table_ = new TableView(card);
    table_->setModel(model_);
    table_->setItemDelegateForColumn(SloModel::Health, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(SloModel::Budget, new BudgetDelegate(table_));
    for (const int column : {SloModel::Objective, SloModel::Sli, SloModel::Burn})
        table_->setItemDelegateForColumn(column, new NumberDelegate(table_));
    for (const int column : {SloModel::Objective, SloModel::Events, SloModel::Outlook, SloModel::Burn})
        table_->setColumnHidden(column, true);
    table_->setColumnLayout({112, 0, 0, 84, 0, 130, 0, 0});
    table_->setAccessibleName(str(panel.title));
    opensObjective(table_, session, [](const QModelIndex& index) { return index.data(KeyRole).toString(); });
    card->body()->addWidget(table_, 1);
    fillWith(this, card);
}

void SlosPanel::showSite() {
    model_->update(shownStatuses(session_.slos()));
}

AlertsPanel::AlertsPanel(Session& session, const opsclient::Panel& panel, int number, QWidget* parent)
    : PanelView(panel, number, parent), session_(session) {
    auto* card = new Card(str(panel.title), this);
    model_ = new AlertModel(this);
    table_ = new TableView(card);
    table_->setModel(model_);
    table_->setItemDelegateForColumn(AlertModel::AlertState, new StatusDelegate(table_));
    table_->setColumnLayout({140, 0, 150});
    table_->setEmptyContent(Icon::Ok, QStringLiteral("No alert"),
                            QStringLiteral("None fires, and none has fired lately."));
    table_->setAccessibleName(str(panel.title));
    opensObjective(table_, session, [this](const QModelIndex& index) {
        const slo::Alert* alert = model_->row(index.row());
        return alert ? str(alert->slo_id.value) : QString();
    });
    card->body()->addWidget(table_, 1);
    fillWith(this, card);
}

void AlertsPanel::showSite() {
    model_->update(session_.alerts().alerts());
}

RolloutsPanel::RolloutsPanel(Session& session, const opsclient::Panel& panel, int number, QWidget* parent)
    : PanelView(panel, number, parent), rollout_(new RolloutPanel(session, this)) {
    rollout_->age()->hide();
    rollout_->body()->addStretch();
    fillWith(this, rollout_);
}

void RolloutsPanel::showSite() {
    rollout_->showRollout();
}

}  // namespace qd::app
