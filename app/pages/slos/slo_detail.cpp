#include "app/pages/slos/slo_detail.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/pages/slos/fact_strip.hpp"
#include "app/pages/slos/slo_charts.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kHappeningRows = 8;

}  // namespace

SloDetail::SloDetail(Session& session, QWidget* parent) : QScrollArea(parent), session_(session) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, space::sm, 0);
    column->setSpacing(space::lg);
    column->addWidget(makeHead());
    facts_ = new FactStrip(content);
    column->addWidget(facts_);
    auto* curves = new Card(content);
    charts_ = new SloCharts(session, curves);
    curves->body()->addWidget(charts_);
    column->addWidget(curves);
    column->addWidget(makeRows());
    column->addWidget(makeHappenings());
    column->addStretch();
    setWidget(content);
    connect(&session.selection(), &Selection::sloRangeStepped, this, &SloDetail::changeRange);
    connect(charts_, &SloCharts::happeningsChanged, this, &SloDetail::showHappenings);
    connect(charts_, &SloCharts::happeningActivated, this, [this](const QString& key) {
        const int row = happenings_->indexOf(key);
        if (row < 0) return;
        happeningTable_->setCurrentIndex(sorted_->mapFromSource(happenings_->index(row, 0)));
        ensureWidgetVisible(happeningTable_);
    });
}

QWidget* SloDetail::makeHead() {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::sm);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    title_ = makeLabel({}, Type::Title, Weight::Semibold, false, head);
    // A long title gives way to what can be done.
    title_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    indicator_ = makeElidedLabel(Type::Small, head);
    texts->addWidget(title_);
    texts->addWidget(indicator_);
    reasons_ = makeElidedLabel(Type::Small, head);
    reasons_->hide();
    texts->addWidget(reasons_);
    row->addLayout(texts, 1);
    health_ = new StatusBadge(head);
    row->addWidget(health_);
    range_ = new QComboBox(head);
    range_->setAccessibleName(QStringLiteral("Range"));
    range_->setToolTip(QStringLiteral("How much of the past is shown; [ and ] change it"));
    connect(range_, &QComboBox::activated, this,
            [this](int index) { charts_->setRange(range_->itemData(index).toLongLong()); });
    row->addWidget(range_);
    row->addWidget(
        new ActionButton(session_.actions(), "slo.explain", ButtonKind::Plain, head, QStringLiteral("Why?")));
    row->addWidget(new ActionButton(session_.actions(), "slo.what_if", ButtonKind::Plain, head,
                                    QStringLiteral("What if")));
    row->addWidget(new ActionButton(session_.actions(), "slo.exclude", ButtonKind::Plain, head,
                                    QStringLiteral("Leave out")));
    return head;
}

QWidget* SloDetail::makeRows() {
    auto* card = new Card(QStringLiteral("Burn rows"), this);
    rows_ = new BurnRowModel(this);
    rowTable_ = new TableView(card);
    rowTable_->setModel(rows_);
    for (const int column : {BurnRowModel::Factor, BurnRowModel::Short, BurnRowModel::Long})
        rowTable_->setItemDelegateForColumn(column, new NumberDelegate(rowTable_));
    rowTable_->setItemDelegateForColumn(BurnRowModel::RowState, new StatusDelegate(rowTable_));
    rowTable_->setColumnLayout({110, 80, 84, 80, 140, 0});
    rowTable_->setFitRows(6);
    rowTable_->setAccessibleName(QStringLiteral("Burn rows"));
    card->body()->addWidget(rowTable_);
    return card;
}

QWidget* SloDetail::makeHappenings() {
    auto* card = new Card(QStringLiteral("What happened, and what it cost"), this);
    card->header()->setSub(QStringLiteral("Bad events while each lasted; Enter shows that time."));
    happenings_ = new HappeningModel(this);
    sorted_ = new QSortFilterProxyModel(this);
    sorted_->setSourceModel(happenings_);
    sorted_->setSortRole(SortRole);
    happeningTable_ = new TableView(card);
    happeningTable_->setModel(sorted_);
    happeningTable_->setSortingEnabled(true);
    happeningTable_->sortByColumn(HappeningModel::At, Qt::DescendingOrder);
    happeningTable_->setColumnLayout({110, 0, 90, 110, 80, 80});
    for (const int column : {HappeningModel::Bad, HappeningModel::Share, HappeningModel::Lasted})
        happeningTable_->setItemDelegateForColumn(column, new NumberDelegate(happeningTable_));
    happeningTable_->setFitRows(kHappeningRows);
    happeningTable_->setAccessibleName(QStringLiteral("What happened"));
    happeningTable_->setEmptyContent(
        Icon::Ok, QStringLiteral("Nothing happened"),
        QStringLiteral("No deploy, alert, incident, fault or exclusion is known."));
    connect(happeningTable_, &TableView::rowActivated, this, [this](const QModelIndex& index) {
        if (const Happening* one = happenings_->find(index.data(KeyRole).toString())) charts_->focusOn(*one);
    });
    card->body()->addWidget(happeningTable_);
    return card;
}

void SloDetail::setObjective(const QString& id) {
    if (id == id_) return;
    id_ = id;
    charts_->setObjective(id);
    if (const slo::Status* status = session_.slos().find(id)) fillRanges(*status);
    showHappenings();
    verticalScrollBar()->setValue(0);
}

void SloDetail::fillRanges(const slo::Status& status) {
    const QSignalBlocker quiet(range_);
    range_->clear();
    for (const std::int64_t length : SloCharts::rangesFor(status.objective.window_s))
        range_->addItem(length == status.objective.window_s
                            ? QStringLiteral("Window: %1").arg(spanOf(double(length)))
                            : spanOf(double(length)),
                        QVariant::fromValue(qlonglong(length)));
    const int at = range_->findData(QVariant::fromValue(qlonglong(charts_->range())));
    range_->setCurrentIndex(at < 0 ? range_->count() - 1 : at);
    if (at < 0) charts_->setRange(range_->currentData().toLongLong());
}

void SloDetail::changeRange(int steps) {
    const int next = std::clamp(range_->currentIndex() + steps, 0, range_->count() - 1);
    if (next == range_->currentIndex()) return;
    range_->setCurrentIndex(next);
    charts_->setRange(range_->currentData().toLongLong());
}

void SloDetail::start() {
    charts_->start();
}

void SloDetail::stop() {
    charts_->stop();
}

void SloDetail::refresh() {
    const slo::Status* status = session_.slos().find(id_);
    if (!status) return;
    if (range_->count() == 0) fillRanges(*status);
    const bool stale = session_.slos().isStale();
    const Wording word = wordOf(status->health);
    title_->setText(str(status->objective.title));
    indicator_->setText(
        QStringLiteral("%1 · %2").arg(str(slo::describe(status->objective.indicator)), windowText(*status)));
    health_->setStatus(stale ? State::Stale : word.state, stale ? QStringLiteral("Stale") : word.text);
    QStringList reasons;
    for (const std::string& reason : status->reasons) reasons << str(reason);
    reasons_->setText(reasons.join(QStringLiteral(" · ")));
    reasons_->setVisible(!reasons.isEmpty());
    facts_->setFacts(factsOf(*status));
    rows_->update(BurnRowModel::itemsOf(*status));
    charts_->showStatus(*status);
}

void SloDetail::showHappenings() {
    happenings_->update(charts_->happenings());
}

}  // namespace qd::app
