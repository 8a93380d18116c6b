#include "app/pages/postmortems/action_items_view.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"

namespace qd::app {

using namespace widgets;
using postmortems::ActionState;

namespace {

enum class Which { Unfinished, Overdue, Done, Declined, All };

/// Rows of the chosen kind whose text, owner, incident or tracker has what was typed.
class ItemFilter : public QSortFilterProxyModel {
public:
    ItemFilter(const ActionItemModel& items, QObject* parent) : QSortFilterProxyModel(parent), items_(items) {
        setFilterCaseSensitivity(Qt::CaseInsensitive);
        setFilterKeyColumn(-1);
        setSortRole(SortRole);
    }
    void setWhich(Which which) {
        which_ = which;
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        const ActionRow* item = items_.row(row);
        return item && isWanted(*item) && QSortFilterProxyModel::filterAcceptsRow(row, parent);
    }

private:
    bool isWanted(const ActionRow& row) const {
        const ActionState state = row.action.state;
        switch (which_) {
            case Which::Unfinished:
                return state == ActionState::open || state == ActionState::in_progress;
            case Which::Overdue:
                return row.due.state == State::Bad;
            case Which::Done:
                return state == ActionState::done;
            case Which::Declined:
                return state == ActionState::declined;
            case Which::All:
                break;
        }
        return true;
    }

    const ActionItemModel& items_;
    Which which_ = Which::Unfinished;
};

}  // namespace

ActionItemsView::ActionItemsView(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::md);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::sm);
    filter_ = new FilterField(QStringLiteral("Filter by text, owner or incident"), this);
    filter_->setMinimumWidth(260);
    which_ = new QComboBox(this);
    which_->addItem(QStringLiteral("Not finished"), int(Which::Unfinished));
    which_->addItem(QStringLiteral("Overdue"), int(Which::Overdue));
    which_->addItem(QStringLiteral("Done"), int(Which::Done));
    which_->addItem(QStringLiteral("Declined"), int(Which::Declined));
    which_->addItem(QStringLiteral("All"), int(Which::All));
    which_->setAccessibleName(QStringLiteral("Which action items"));
    counts_ = makeMutedLabel({}, Type::Small, this);
    row->addWidget(filter_);
    row->addWidget(which_);
    row->addWidget(counts_, 1);
    const auto add = [&](const char* id, const char* text) {
        row->addWidget(new ActionButton(session.actions(), QString::fromUtf8(id), ButtonKind::Plain, this,
                                        QString::fromUtf8(text)));
    };
    add("action_item.change", "Change …");
    add("action_item.state", "State …");
    add("action_item.open_tracker", "Open tracker");
    add("action_item.copy_link", "Copy link");
    add("action_item.save_csv", "Save CSV …");
    column->addLayout(row);

    auto* card = new Card(this);
    model_ = new ActionItemModel(this);
    auto* proxy = new ItemFilter(*model_, this);
    proxy_ = proxy;
    proxy_->setSourceModel(model_);
    table_ = new TableView(card);
    table_->setModel(proxy_);
    table_->setItemDelegateForColumn(ActionItemModel::Due, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(ActionItemModel::State, new StatusDelegate(table_));
    table_->setColumnLayout({80, 150, 0, 130, 130, 150, 190});
    table_->setAccessibleName(QStringLiteral("Action items"));
    table_->setEmptyContent(Icon::Ok, QStringLiteral("No action item here"),
                            QStringLiteral("They come from post-mortems: accept a proposal, or add one."));
    filter_->attach(this, table_);
    card->body()->addWidget(table_);
    column->addWidget(card, 1);
    connect(filter_, &FilterField::filterChanged, proxy_, &QSortFilterProxyModel::setFilterFixedString);
    connect(which_, &QComboBox::currentIndexChanged, this,
            [this, proxy] { proxy->setWhich(Which(which_->currentData().toInt())); });
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) session_.postmortemFocus().setItem(index.data(KeyRole).toString());
    });
    connect(table_, &TableView::rowActivated, this,
            [this] { session_.actions().trigger(QStringLiteral("action_item.change")); });
}

QWidget* ActionItemsView::filterField() const {
    return filter_;
}

QWidget* ActionItemsView::table() const {
    return table_;
}

void ActionItemsView::show() {
    const ActionItemAdapter& all = session_.actionItems();
    model_->show(all.items(), session_.link().clock().now());
    const postmortems::ActionCounts& counts = all.counts();
    counts_->setText(QStringLiteral("%1 open, %2 in progress, %3 overdue")
                         .arg(counts.open)
                         .arg(counts.in_progress)
                         .arg(counts.overdue));
}

bool ActionItemsView::select(const QString& id) {
    const int row = model_->indexOf(id);
    if (row < 0) return false;
    QModelIndex index = proxy_->mapFromSource(model_->index(row, 0));
    if (!index.isValid()) {
        filter_->clear();
        which_->setCurrentIndex(which_->findData(int(Which::All)));
        proxy_->setFilterFixedString({});
        index = proxy_->mapFromSource(model_->index(row, 0));
    }
    if (!index.isValid()) return false;
    table_->setCurrentIndex(index);
    return true;
}

}  // namespace qd::app
