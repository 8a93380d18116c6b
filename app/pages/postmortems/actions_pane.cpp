#include "app/pages/postmortems/actions_pane.hpp"

#include <QLabel>
#include <QVBoxLayout>

#include "app/pages/postmortems/pane_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kEmptyTableHeight = 150;  // what is told of an empty table needs so much
}

ActionsPane::ActionsPane(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    column_ = new QVBoxLayout(this);
    column_->setContentsMargins(0, 0, space::md, 0);
    column_->setSpacing(space::lg);
    makeProposals();
    makeItems();
    makeFactors();
}

void ActionsPane::makeProposals() {
    auto* card = new Card(this);
    proposalHead_ = new SectionHeader(QStringLiteral("Proposals of the journal"), {}, card);
    proposalHead_->addControl(
        paneButton(session_, "postmortem.accept_action", "Accept …", card, ButtonKind::Primary));
    proposalHead_->addControl(paneButton(session_, "postmortem.decline_action", "Decline …", card));
    card->body()->addWidget(proposalHead_);
    proposals_ = new ProposalModel(this);
    proposalTable_ = new TableView(card);
    proposalTable_->setModel(proposals_);
    proposalTable_->setColumnLayout({100, 0, 220});
    proposalTable_->setAccessibleName(QStringLiteral("Proposed action items"));
    proposalTable_->setEmptyContent(
        Icon::Ok, QStringLiteral("No proposal waits"),
        QStringLiteral("Each was accepted or declined. Add what it does not know."));
    card->body()->addWidget(proposalTable_);
    column_->addWidget(card, 1);
    connect(proposalTable_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        session_.postmortemFocus().setProposal(index.data(KeyRole).toString());
    });
    connect(proposalTable_, &TableView::rowActivated, this,
            [this] { session_.actions().trigger(QStringLiteral("postmortem.accept_action")); });
}

void ActionsPane::makeItems() {
    auto* card = new Card(QStringLiteral("Action items of this incident"), this);
    card->header()->addControl(paneButton(session_, "action_item.change", "Change …", card));
    card->header()->addControl(paneButton(session_, "action_item.state", "State …", card));
    card->header()->addControl(paneButton(session_, "action_item.open_tracker", "Open tracker", card));
    card->header()->addControl(paneButton(session_, "action_item.add", "Add …", card));
    items_ = new ActionItemModel(this);
    itemTable_ = new TableView(card);
    itemTable_->setModel(items_);
    itemTable_->setItemDelegateForColumn(ActionItemModel::Due, new StatusDelegate(itemTable_));
    itemTable_->setItemDelegateForColumn(ActionItemModel::State, new StatusDelegate(itemTable_));
    itemTable_->setColumnHidden(ActionItemModel::Incident, true);
    itemTable_->setColumnHidden(ActionItemModel::Tracker, true);
    itemTable_->setColumnLayout({70, 140, 0, 110, 120, 0, 0});
    itemTable_->setAccessibleName(QStringLiteral("Action items of this incident"));
    itemTable_->setEmptyContent(Icon::Ok, QStringLiteral("No action item yet"),
                                QStringLiteral("Accept a proposal above, or add one."));
    itemTable_->setMinimumHeight(kEmptyTableHeight);
    card->body()->addWidget(itemTable_);
    column_->addWidget(card, 1);
    connect(itemTable_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) session_.postmortemFocus().setItem(index.data(KeyRole).toString());
    });
    connect(itemTable_, &TableView::rowActivated, this,
            [this] { session_.actions().trigger(QStringLiteral("action_item.change")); });
}

void ActionsPane::makeFactors() {
    auto* card = new Card(QStringLiteral("Contributing factors"), this);
    card->header()->addControl(paneButton(session_, "postmortem.add_factor", "Add …", card));
    card->header()->addControl(paneButton(session_, "postmortem.remove_factor", "Remove …", card));
    factors_ = makeLabel({}, Type::Body, Weight::Regular, false, card);
    factors_->setTextFormat(Qt::RichText);
    factors_->setWordWrap(true);
    card->body()->addWidget(factors_);
    column_->addWidget(card);
}

void ActionsPane::show() {
    const postmortems::View* view = session_.postmortem().view();
    if (!view) return;
    proposals_->update(view->proposals);
    proposalHead_->setSub(view->proposals.empty()
                              ? QString()
                              : QStringLiteral("Waiting for a person: %1").arg(view->proposals.size()));
    items_->show(view->actions, session_.link().clock().now());
    QStringList lines;
    for (const postmortems::Factor& factor : view->draft.factors) {
        QStringList events;
        for (const std::uint64_t seq : factor.events) events << QString::number(seq);
        lines << QStringLiteral("<p style='margin:0 0 4px 0'><b>%1</b> %2%3</p>")
                     .arg(str(factor.tag).toHtmlEscaped(), str(factor.text).toHtmlEscaped(),
                          events.isEmpty() ? QString()
                                           : QStringLiteral(" (events %1)").arg(events.join(", ")));
    }
    factors_->setText(lines.isEmpty()
                          ? QStringLiteral("None yet. Several factors, not one cause: tags that repeat over "
                                           "incidents show up under Learning.")
                          : lines.join(QString()));
}

}  // namespace qd::app
