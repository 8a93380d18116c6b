#include "app/pages/rollouts/rollout_list.hpp"

#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QScopedValueRollback>
#include <QSortFilterProxyModel>
#include <algorithm>

#include "app/models/rollout_models.hpp"
#include "app/shell/preferences.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {

const QString kRolloutTable = QStringLiteral("rollouts");
constexpr int kShownRollouts = 10;
constexpr int kRoomForStrategy = 1'000;  // in a narrower list the reasons need the room

/// What is over steps back; that it is over, the state's word has said already.
class PastDelegate : public TextDelegate {
public:
    using TextDelegate::TextDelegate;

protected:
    void paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem& option,
                      const QModelIndex& index) const override {
        if (index.data(PastRole).toBool()) painter.setPen(color(Token::TextMuted));
        TextDelegate::paintContent(painter, box, option, index);
    }
};

}  // namespace

class RolloutList::Filter : public QSortFilterProxyModel {
public:
    explicit Filter(RolloutModel* model, QObject* parent) : QSortFilterProxyModel(parent), model_(model) {
        setSortRole(SortRole);
        setDynamicSortFilter(true);
        setSourceModel(model);
    }
    void setWords(const QString& text) {
        words_ = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex&) const override {
        const rollouts::Rollout* rollout = model_->row(row);
        return rollout && rolloutMatches(*rollout, words_);
    }

private:
    RolloutModel* model_;
    QStringList words_;
};

RolloutList::RolloutList(Preferences& preferences, QWidget* page, QWidget* parent)
    : Card(QStringLiteral("All rollouts"), parent) {
    setAccessibleName(QStringLiteral("All rollouts"));
    count_ = makeMutedLabel({}, Type::Small, this);
    filter_ = new FilterField(QStringLiteral("Filter rollouts"), this);
    filter_->setToolTip(
        QStringLiteral("Words of ids, names, versions, strategies, states, groups and who started it; "
                       "\"open\" and \"ended\" too"));
    header()->addControl(count_);
    header()->addControl(filter_);
    model_ = new RolloutModel(this);
    shown_ = new Filter(model_, this);
    table_ = new TableView(this);
    table_->setModel(shown_);
    table_->setItemDelegate(new PastDelegate(table_));
    for (const int column : {RolloutModel::State, RolloutModel::Judged})
        table_->setItemDelegateForColumn(column, new StatusDelegate(table_));
    for (const int column : {RolloutModel::Started, RolloutModel::Lasted})
        table_->setItemDelegateForColumn(column, new NumberDelegate(table_));
    table_->setColumnLayout({60, 100, 96, 84, 118, 80, 0, 108, 108, 156});
    table_->setFitRows(kShownRollouts);
    table_->setAccessibleName(QStringLiteral("All rollouts"));
    const TableSort sort = preferences.tableSort(kRolloutTable, {RolloutModel::Started, Qt::DescendingOrder});
    table_->setSortingEnabled(true);
    table_->sortByColumn(std::clamp(sort.column, 0, int(RolloutModel::ColumnCount) - 1), sort.order);
    connect(table_->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
            [&preferences](int column, Qt::SortOrder order) {
                preferences.setTableSort(kRolloutTable, {column, order});
            });
    filter_->attach(page, table_);
    connect(filter_, &FilterField::filterChanged, this, [this](const QString& text) {
        const QScopedValueRollback guard(selecting_, true);
        shown_->setWords(text);
        showCount();
    });
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (!selecting_ && index.isValid()) emit chosen(index.data(KeyRole).toString());
    });
    // "So far" goes on while nothing arrives.
    connect(&Ticker::instance(), &Ticker::tick, table_, [this] { table_->viewport()->update(); });
    body()->addWidget(table_);
}

void RolloutList::resizeEvent(QResizeEvent* event) {
    Card::resizeEvent(event);
    table_->setColumnHidden(RolloutModel::Strategy, width() < kRoomForStrategy);
}

void RolloutList::setRollouts(const std::vector<rollouts::Rollout>& rollouts) {
    // Rows that come and go move the current one; that is nobody's choice.
    const QScopedValueRollback guard(selecting_, true);
    model_->update(rollouts);
    showCount();
}

void RolloutList::select(const QString& id) {
    const QScopedValueRollback guard(selecting_, true);
    const QModelIndex row = shown_->mapFromSource(model_->index(model_->indexOf(id), 0));
    if (row.isValid() && row.row() != table_->currentIndex().row()) table_->setCurrentIndex(row);
}

void RolloutList::showCount() {
    const int all = model_->rowCount(), found = shown_->rowCount();
    count_->setText(found < all ? QStringLiteral("%1 of %2").arg(found).arg(all)
                                : QStringLiteral("%1 in all").arg(all));
    if (all > 0)
        table_->setEmptyContent(Icon::Search, QStringLiteral("No rollout matches"),
                                QStringLiteral("Escape in the filter clears it."));
}

}  // namespace qd::app
