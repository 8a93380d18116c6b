#include "app/pages/postmortems/review_pane.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/pages/postmortems/choice_card.hpp"
#include "app/pages/postmortems/history_card.hpp"
#include "app/pages/postmortems/pane_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {

QString sourceOf(const QString& what, const postmortems::SectionVersion& version) {
    if (version.seq == 0) return QStringLiteral("%1: as the template has it").arg(what);
    return QStringLiteral("%1: %2, %3").arg(what, str(version.author), formatClock(msOf(version.saved_at)));
}

}  // namespace

ReviewPane::ReviewPane(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    auto* paper = new QWidget;
    column_ = new QVBoxLayout(paper);
    column_->setContentsMargins(0, 0, space::md, 0);
    column_->setSpacing(space::lg);
    makeState();
    choices_ = new QVBoxLayout;
    choices_->setSpacing(space::lg);
    column_->addLayout(choices_);
    makeFindings();
    makeReviewers();
    makeComments();
    history_ = new HistoryCard(session_, this);
    column_->addWidget(history_);
    column_->addStretch();
    scroll->setWidget(paper);
    paper->setAutoFillBackground(false);
    whole->addWidget(scroll);
}

TableView* ReviewPane::table(QWidget* parent, QAbstractItemModel* model, const QVector<int>& widths,
                             const QString& name, int rows) {
    auto* view = new TableView(parent);
    view->setModel(model);
    view->setColumnLayout(widths);
    view->setAccessibleName(name);
    view->setFitRows(rows);
    return view;
}

void ReviewPane::makeState() {
    auto* card = new Card(this);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::sm);
    state_ = new StatusBadge(card);
    due_ = makeElidedLabel(Type::Small, card);
    row->addWidget(state_);
    row->addWidget(due_, 1);
    row->addWidget(paneButton(session_, "postmortem.back", "Back …", card));
    row->addWidget(paneButton(session_, "postmortem.submit", "Send to review", card));
    row->addWidget(paneButton(session_, "postmortem.reviewed", "Reviewed", card));
    row->addWidget(paneButton(session_, "postmortem.publish", "Publish …", card, ButtonKind::Primary));
    card->body()->addLayout(row);
    column_->addWidget(card);
}

void ReviewPane::makeFindings() {
    auto* card = new Card(this);
    findingsHead_ = new SectionHeader(QStringLiteral("Checks"), {}, card);
    card->body()->addWidget(findingsHead_);
    findings_ = new FindingModel(this);
    findingTable_ = table(card, findings_, {110, 190, 0}, QStringLiteral("Findings of the checks"), 8);
    findingTable_->setItemDelegateForColumn(FindingModel::Weight, new StatusDelegate(findingTable_));
    findingTable_->setEmptyContent(Icon::Ok, QStringLiteral("The checks find nothing"),
                                   QStringLiteral("A person may still: ask a reviewer."));
    explanation_ = makeMutedLabel({}, Type::Small, card);
    explanation_->setWordWrap(true);
    card->body()->addWidget(findingTable_);
    card->body()->addWidget(explanation_);
    column_->addWidget(card);
    connect(findingTable_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        const FindingRow* row = findings_->row(index.row());
        explanation_->setText(
            row ? QStringLiteral("%1 %2 Enter goes there.").arg(str(row->finding.why), str(row->finding.mend))
                : QString());
    });
    connect(findingTable_, &TableView::rowActivated, this, [this](const QModelIndex& index) {
        if (const FindingRow* row = findings_->row(index.row()))
            emit goTo(str(row->finding.section), int(row->finding.line));
    });
}

void ReviewPane::makeReviewers() {
    auto* card = new Card(QStringLiteral("Reviewers"), this);
    card->header()->addControl(paneButton(session_, "postmortem.ask_reviewer", "Ask …", card));
    card->header()->addControl(paneButton(session_, "postmortem.verdict", "My verdict …", card));
    reviewers_ = new ReviewerModel(this);
    auto* view = table(card, reviewers_, {210, 170, 0}, QStringLiteral("Reviewers"), 6);
    view->setItemDelegateForColumn(ReviewerModel::Verdict, new StatusDelegate(view));
    view->setEmptyContent(Icon::Person, QStringLiteral("Nobody was asked yet"),
                          QStringLiteral("Ask somebody who was not part of the response."));
    card->body()->addWidget(view);
    column_->addWidget(card);
}

void ReviewPane::makeComments() {
    auto* card = new Card(QStringLiteral("Comments"), this);
    card->header()->addControl(paneButton(session_, "postmortem.comment", "Comment …", card));
    card->header()->addControl(paneButton(session_, "postmortem.resolve_comment", "Resolve …", card));
    comments_ = new CommentModel(this);
    commentTable_ = table(card, comments_, {110, 150, 0, 170}, QStringLiteral("Comments"), 6);
    commentTable_->setItemDelegateForColumn(CommentModel::State, new StatusDelegate(commentTable_));
    commentTable_->setEmptyContent(Icon::Note, QStringLiteral("No comment"),
                                   QStringLiteral("Say what is missing or wrong; the author resolves it."));
    commentText_ = makeMutedLabel({}, Type::Small, card);
    commentText_->setWordWrap(true);
    card->body()->addWidget(commentTable_);
    card->body()->addWidget(commentText_);
    column_->addWidget(card);
    connect(commentTable_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        const postmortems::Comment* comment = comments_->row(index.row());
        session_.postmortemFocus().setComment(comment ? comment->id : 0);
        if (!comment) return commentText_->clear();
        QString whole = str(comment->text);
        if (comment->resolved)
            whole += QStringLiteral("\nResolved by %1: %2")
                         .arg(str(comment->resolved_by), str(comment->resolution));
        commentText_->setText(whole);
    });
}

void ReviewPane::show() {
    const postmortems::View* view = session_.postmortem().view();
    if (!view) return;
    const core::WallTime now = session_.link().clock().now();
    const Wording state = wordOf(view->draft.state);
    state_->setStatus(state.state, state.text);
    const bool over = !postmortems::is_editable(view->draft.state);
    const Wording due = dueWord(view->due.at, over, now);
    due_->setText(view->due.at && !over
                      ? QStringLiteral("Review due %1 (%2)").arg(due.text, str(view->due.why))
                      : str(view->due.why));
    showFindings(*view);
    showChoices(*view);
    reviewers_->update(view->draft.reviewers);
    comments_->show(view->draft.comments);
    history_->show(*view);
}

void ReviewPane::showFindings(const postmortems::View& view) {
    findings_->show(view.findings);
    const auto blocking = std::count_if(view.findings.begin(), view.findings.end(),
                                        [](const postmortems::Finding& finding) { return finding.blocking; });
    findingsHead_->setSub(view.findings.empty()
                              ? QString()
                              : QStringLiteral("Found: %1. Before it is published, %2 must go.")
                                    .arg(view.findings.size())
                                    .arg(blocking));
}

void ReviewPane::showChoices(const postmortems::View& view) {
    const DraftDocument* document = session_.drafts().current();
    const QString closed = postmortems::is_editable(view.draft.state)
                               ? QString()
                               : QStringLiteral("Take it back to a draft to choose");
    std::map<QString, ChoiceCard*> kept;
    for (const postmortems::Section& section : view.draft.sections) {
        const DraftBook::Entry* mine = document ? document->book().entry(section.id) : nullptr;
        const bool behind = mine && mine->behind;
        if (!behind && section.conflicts.empty()) continue;
        QVector<ChoiceCard::Text> texts{
            {sourceOf(QStringLiteral("In effect"), section.current), str(section.current.text), false}};
        if (behind) texts.append({QStringLiteral("Yours, not saved yet"), mine->text, true});
        for (const postmortems::SectionVersion& other : section.conflicts)
            if (!behind || str(other.text) != mine->text)
                texts.append({sourceOf(QStringLiteral("Kept beside"), other), str(other.text), false});
        const QString id = str(section.id);
        ChoiceCard*& card = choiceOf_[id];
        if (!card) {
            card = new ChoiceCard(id, this);
            choices_->addWidget(card);
            connect(card, &ChoiceCard::chosen, this, [this](const QString& chosen, const QString& text) {
                if (DraftDocument* open = session_.drafts().current())
                    open->settle(chosen.toStdString(), text);
            });
        }
        card->show(str(section.title), texts, closed);
        kept.emplace(id, card);
    }
    for (auto& [id, card] : choiceOf_)
        if (!kept.contains(id)) {
            card->hide();
            card->deleteLater();
        }
    choiceOf_ = std::move(kept);
}

void ReviewPane::showChoice(const QString& section) {
    const auto at = choiceOf_.find(section);
    if (at == choiceOf_.end()) return;
    if (auto* first = at->second->findChild<QPushButton*>()) first->setFocus(Qt::OtherFocusReason);
}

}  // namespace qd::app
