#include "app/pages/slos/slos_page.hpp"

#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <algorithm>

#include "app/models/values.hpp"
#include "app/pages/slos/slo_detail.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kListWidth = 430, kDetailWidth = 780;

/// A filter of words: each must be found in the title, service, route or state of an objective.
class SloFilter : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setWords(const QString& text) {
        words_ = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        const QModelIndex name = sourceModel()->index(row, SloModel::Name, parent);
        const QModelIndex health = sourceModel()->index(row, SloModel::Health, parent);
        const QString text = name.data().toString() + QLatin1Char('\n') + name.data(SubRole).toString() +
                             QLatin1Char('\n') + health.data().toString() + QLatin1Char('\n') +
                             name.data(KeyRole).toString();
        return std::all_of(words_.begin(), words_.end(),
                           [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
    }

private:
    QStringList words_;
};

}  // namespace

SlosPage::SlosPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Service level objectives"),
               QStringLiteral("Every number is counted anew each second."), false, parent) {
    follow(session.slos());
    follow(session.alerts());
    follow(session.exclusions());
    follow(session.changes());
    follow(session.faults());
    auto* split = new QSplitter(Qt::Horizontal, content());
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    split->addWidget(makeList());
    detail_ = new SloDetail(session, content());
    split->addWidget(detail_);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 2);
    split->setSizes({kListWidth, kDetailWidth});
    body()->addWidget(split, 1);
    connect(&session.selection(), &Selection::sloChanged, this, [this] {
        if (!isActive()) return;
        detail_->setObjective(this->session().selection().slo());
        showSoon();
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
    filter_ = new FilterField(QStringLiteral("Filter: title, service or state"), card);
    header()->addControl(filter_);
    model_ = new SloModel(this);
    auto* filtered = new SloFilter(this);
    proxy_ = filtered;
    proxy_->setSourceModel(model_);
    proxy_->setSortRole(SortRole);
    proxy_->setDynamicSortFilter(true);
    table_ = new TableView(card);
    table_->setModel(proxy_);
    table_->setItemDelegateForColumn(SloModel::Health, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(SloModel::Budget, new BudgetDelegate(table_));
    for (const int column : {SloModel::Objective, SloModel::Sli, SloModel::Sla, SloModel::Burn})
        table_->setItemDelegateForColumn(column, new NumberDelegate(table_));
    table_->setSortingEnabled(true);
    table_->sortByColumn(SloModel::Health, Qt::AscendingOrder);
    table_->setColumnLayout({108, 146, 84, 74, 130, 100, 150, 80, 110});
    // What decides stands first: the others come into sight as the list is made wider.
    table_->horizontalHeader()->moveSection(SloModel::Sli, 2);
    table_->horizontalHeader()->moveSection(SloModel::Budget, 3);
    table_->setEmptyContent(Icon::Slos, QStringLiteral("No objective matches"),
                            QStringLiteral("Change the filter, or clear it with Escape."));
    table_->setAccessibleName(QStringLiteral("Objectives"));
    filter_->attach(this, table_);
    connect(filter_, &FilterField::filterChanged, filtered, &SloFilter::setWords);
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) session().selection().setSlo(index.data(KeyRole).toString());
    });
    card->body()->addWidget(table_);
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
    detail_->start();
}

void SlosPage::hidden() {
    detail_->stop();
}

void SlosPage::chooseFirst() {
    // The one that needs attention first, else the first.
    const auto& all = session().slos().statuses();
    const auto burning = std::find_if(all.begin(), all.end(), [](const slo::Status& status) {
        return status.health == slo::Health::burning;
    });
    session().selection().setSlo(str((burning == all.end() ? all.begin() : burning)->objective.id.value));
}

void SlosPage::showData() {
    model_->update(shownStatuses(session().slos()));
    const QString chosen = session().selection().slo();
    if (!session().slos().statuses().empty() && !session().slos().find(chosen)) chooseFirst();
    select(session().selection().slo());
    detail_->setObjective(session().selection().slo());
    detail_->refresh();
}

}  // namespace qd::app
