#include "app/pages/flags/flags_page.hpp"

#include <QDateTime>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QSplitter>

#include "app/models/flag_models.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/ticker.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kListHeight = 240, kDetailHeight = 400, kHistoryRows = 8;

}  // namespace

FlagsPage::FlagsPage(Session& session, QWidget* parent)
    : DataPage(
          session, QStringLiteral("Flags"),
          QStringLiteral("What the site's processes serve to whom, and how far the last change has come."),
          false, parent) {
    follow(session.flags());
    filter_ = new FilterField(QStringLiteral("Filter by name"), this);
    header()->addControl(filter_);
    behind_ = new InlineNotice(content());
    behind_->setVisible(false);
    body()->addWidget(behind_);
    auto* split = new QSplitter(Qt::Vertical, content());
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    split->addWidget(makeList());
    split->addWidget(makeDetail());
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setSizes({kListHeight, kDetailHeight});
    body()->addWidget(split, 1);
    filter_->attach(this, flagTable_);
}

QWidget* FlagsPage::makeList() {
    auto* card = new Card(QStringLiteral("Flags"), content());
    ActionRegistry& actions = session().actions();
    card->header()->addControl(new ActionButton(actions, QStringLiteral("flag.restore"), ButtonKind::Plain,
                                                card, QStringLiteral("Restore")));
    card->header()->addControl(new ActionButton(actions, QStringLiteral("flag.kill"), ButtonKind::Danger,
                                                card, QStringLiteral("Kill")));
    flags_ = new FlagModel(this);
    shownFlags_ = new QSortFilterProxyModel(this);
    shownFlags_->setSourceModel(flags_);
    shownFlags_->setSortRole(SortRole);
    shownFlags_->setFilterKeyColumn(FlagModel::Key);
    shownFlags_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    flagTable_ = new TableView(card);
    flagTable_->setModel(shownFlags_);
    flagTable_->setItemDelegateForColumn(FlagModel::FlagState, new StatusDelegate(flagTable_));
    flagTable_->setItemDelegateForColumn(FlagModel::Reach, new NumberDelegate(flagTable_));
    flagTable_->setSortingEnabled(true);
    flagTable_->sortByColumn(FlagModel::Key, Qt::AscendingOrder);
    flagTable_->setColumnLayout({130, 0, 220, 80, 190});
    flagTable_->setAccessibleName(QStringLiteral("Feature flags"));
    connect(filter_, &FilterField::filterChanged, shownFlags_, &QSortFilterProxyModel::setFilterFixedString);
    connect(flagTable_, &TableView::currentRowChanged, this, &FlagsPage::choose);
    card->body()->addWidget(flagTable_);
    return card;
}

QWidget* FlagsPage::makeDetail() {
    detail_ = new Card(QStringLiteral("The chosen flag"), content());
    facts_ = makeLabel({}, Type::Body, Weight::Regular, false, detail_);
    facts_->setObjectName(QStringLiteral("facts"));
    facts_->setTextFormat(Qt::PlainText);
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    facts_->setWordWrap(true);
    reach_ = makeMutedLabel({}, Type::Small, detail_);
    reach_->setObjectName(QStringLiteral("reach"));
    reach_->setWordWrap(true);
    history_ = new FlagHistoryModel(this);
    historyTable_ = new TableView(detail_);
    historyTable_->setModel(history_);
    historyTable_->setItemDelegateForColumn(FlagHistoryModel::Revision, new NumberDelegate(historyTable_));
    historyTable_->setColumnLayout({80, 90, 140, 0, 170});
    historyTable_->setFitRows(kHistoryRows);
    historyTable_->setEmptyContent(Icon::Clock, QStringLiteral("Its history is being read"));
    historyTable_->setAccessibleName(QStringLiteral("History of the chosen flag"));
    detail_->body()->addWidget(facts_);
    detail_->body()->addWidget(reach_);
    detail_->body()->addWidget(historyTable_);
    detail_->body()->addStretch(1);
    return detail_;
}

QWidget* FlagsPage::filterField() {
    return filter_;
}

QWidget* FlagsPage::firstFocus() {
    return flagTable_;
}

bool FlagsPage::open(const QString& id) {
    if (!session().flags().find(id)) return false;
    showData();
    const QModelIndex index = shownFlags_->mapFromSource(flags_->index(flags_->indexOf(id), 0));
    if (index.isValid()) flagTable_->setCurrentIndex(index);
    return index.isValid();
}

void FlagsPage::choose() {
    const QModelIndex index = flagTable_->currentIndex();
    session().flags().choose(index.isValid() ? index.data(KeyRole).toString() : QString());
    session().actions().updateEnabled();
    showChosen();
}

void FlagsPage::shown() {
    // The ages of changes go on by themselves.
    connect(&Ticker::instance(), &Ticker::tick, this, &FlagsPage::showSoon, Qt::UniqueConnection);
}

void FlagsPage::showChosen() {
    const opsclient::FlagView* view = session().flags().find(session().flags().chosen());
    detail_->setVisible(view != nullptr);
    if (!view) return;
    detail_->header()->setTitle(str(view->flag().key));
    facts_->setText(factsOf(*view).join(QLatin1Char('\n')));
    reach_->setText(str(opsclient::sentence(view->reach, view->last.revision)));
    history_->update(session().flags().history());
}

void FlagsPage::showProcesses() {
    QStringList problems;
    for (const opsclient::FlagProcess& process : session().flags().list().processes)
        if (!process.error.empty())
            problems << QStringLiteral("%1: %2").arg(str(process.instance), str(process.error));
    behind_->setVisible(!problems.isEmpty());
    if (problems.isEmpty()) return;
    behind_->setNotice({widgets::State::Warn,
                        QStringLiteral("Not every process reads the flags."),
                        problems.join(QLatin1Char('\n')),
                        QStringLiteral("What such a process read last stays in force there."),
                        {},
                        false});
}

void FlagsPage::showData() {
    flags_->update(rowsOf(session().flags().list(), QDateTime::currentMSecsSinceEpoch()));
    const bool filtered = !filter_->text().isEmpty();
    flagTable_->setEmptyContent(
        Icon::Flag, filtered ? QStringLiteral("No flag matches") : QStringLiteral("There are no flags"),
        filtered ? QStringLiteral("Change the filter, or clear it with Escape.")
                 : QStringLiteral("opsd flag set makes one of a file."));
    if (!flagTable_->currentIndex().isValid() && shownFlags_->rowCount() > 0)
        flagTable_->setCurrentIndex(shownFlags_->index(0, 0));
    choose();
    showProcesses();
}

}  // namespace qd::app
