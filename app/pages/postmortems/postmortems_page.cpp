#include "app/pages/postmortems/postmortems_page.hpp"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>

#include "app/pages/postmortems/action_items_view.hpp"
#include "app/pages/postmortems/actions_pane.hpp"
#include "app/pages/postmortems/edit_pane.hpp"
#include "app/pages/postmortems/review_pane.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;
using Pane = PostmortemFocus::Pane;

namespace {
constexpr int kPostmortemsWidth = 400;
constexpr int kPostmortemRowHeight = 48;  // the incident, and its severity and findings below
}  // namespace

PostmortemsPage::PostmortemsPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Post-mortems"),
               QStringLiteral("People write around what the journal shows."), false, parent) {
    follow(session.postmortems());
    follow(session.postmortem());
    follow(session.actionItems());
    tabs_ = new QTabBar(content());
    tabs_->addTab(QStringLiteral("Documents"));
    tabs_->addTab(QStringLiteral("Action items"));
    tabs_->setDrawBase(false);
    tabs_->setExpanding(false);
    tabs_->setAccessibleName(QStringLiteral("Documents or action items"));
    stack_ = new QStackedWidget(content());
    auto* split = new QSplitter(Qt::Horizontal, stack_);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    split->addWidget(makeList());
    split->addWidget(makeDocument());
    split->setStretchFactor(1, 1);
    split->setSizes({kPostmortemsWidth, 900});
    items_ = new ActionItemsView(session, stack_);
    stack_->addWidget(split);
    stack_->addWidget(items_);
    body()->addWidget(tabs_);
    body()->addWidget(stack_, 1);
    connect(tabs_, &QTabBar::currentChanged, stack_, &QStackedWidget::setCurrentIndex);
    connect(paneTabs_, &QTabBar::currentChanged, this, [this](int index) {
        panes_->setCurrentIndex(index);
        showSoon();
    });
    connect(&session.postmortemFocus(), &PostmortemFocus::paneWanted, this, &PostmortemsPage::showPane);
    connect(&session.postmortemFocus(), &PostmortemFocus::changed, this,
            [this] { this->session().actions().updateEnabled(); });
    connect(review_, &ReviewPane::goTo, this, [this](const QString& section, int line) {
        showPane(Pane::Edit);
        edit_->goTo(section, line);
    });
    connect(edit_, &EditPane::choiceWanted, this, [this](const QString& section) {
        showPane(Pane::Review);
        review_->show();
        review_->showChoice(section);
    });
}

QWidget* PostmortemsPage::makeList() {
    auto* list = new Card(content());
    model_ = new PostmortemModel(this);
    table_ = new TableView(list);
    table_->setModel(model_);
    table_->setItemDelegateForColumn(PostmortemModel::State, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(PostmortemModel::Due, new StatusDelegate(table_));
    table_->setColumnLayout({0, 104, 128});
    table_->verticalHeader()->setDefaultSectionSize(kPostmortemRowHeight);
    table_->setEmptyContent(Icon::Postmortems, QStringLiteral("Nothing to learn from yet"),
                            QStringLiteral("An incident that is over has a post-mortem here."));
    table_->setAccessibleName(QStringLiteral("Post-mortems"));
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) choose(index.data(KeyRole).toString());
    });
    list->body()->addWidget(table_);
    return list;
}

QWidget* PostmortemsPage::makeDocument() {
    auto* paper = new Card(content());
    auto* head = new QHBoxLayout;
    head->setSpacing(space::md);
    title_ = makeLabel({}, Type::Lead, Weight::Semibold, false, paper);
    title_->setWordWrap(true);
    state_ = new StatusBadge(paper);
    auto* age = new AgeLabel(paper);
    tellAge(age, session().postmortem());
    head->addWidget(state_);
    head->addWidget(title_, 1);
    head->addWidget(age);
    head->addWidget(new ActionButton(session().actions(), QStringLiteral("postmortem.save"),
                                     ButtonKind::Plain, paper, QStringLiteral("Save as …")));
    paper->body()->addLayout(head);
    paneTabs_ = new QTabBar(paper);
    for (const char* name : {"Edit", "Review", "Actions and factors"})
        paneTabs_->addTab(QString::fromUtf8(name));
    paneTabs_->setDrawBase(false);
    paneTabs_->setExpanding(false);
    paneTabs_->setAccessibleName(QStringLiteral("Parts of the post-mortem"));
    paper->body()->addWidget(paneTabs_);
    panes_ = new QStackedWidget(paper);
    edit_ = new EditPane(session(), panes_);
    review_ = new ReviewPane(session(), panes_);
    actions_ = new ActionsPane(session(), panes_);
    panes_->addWidget(edit_);
    panes_->addWidget(review_);
    panes_->addWidget(actions_);
    paper->body()->addWidget(panes_, 1);
    return paper;
}

QWidget* PostmortemsPage::filterField() {
    return tabs_->currentIndex() == 1 ? items_->filterField() : nullptr;
}

QWidget* PostmortemsPage::firstFocus() {
    return tabs_->currentIndex() == 1 ? items_->table() : table_;
}

bool PostmortemsPage::open(const QString& id) {
    if (session().actionItems().find(id)) {
        showPane(Pane::Items);
        items_->show();
        return items_->select(id);
    }
    if (!session().postmortems().find(id) && !session().incidents().find(id)) return false;
    tabs_->setCurrentIndex(0);
    choose(id);
    return true;
}

void PostmortemsPage::choose(const QString& id) {
    session().postmortem().setIncident(id);
    session().actions().updateEnabled();
    const int row = model_->indexOf(id);
    if (row >= 0 && table_->currentIndex().row() != row) table_->setCurrentIndex(model_->index(row, 0));
}

void PostmortemsPage::keyPressEvent(QKeyEvent* event) {
    // Out of a field, so that single keys are commands again.
    if (event->key() == Qt::Key_Escape) return firstFocus()->setFocus(Qt::OtherFocusReason);
    DataPage::keyPressEvent(event);
}

void PostmortemsPage::showPane(Pane pane) {
    tabs_->setCurrentIndex(pane == Pane::Items ? 1 : 0);
    if (pane == Pane::Items) return;
    if (pane == Pane::Preview) {
        // From elsewhere it is shown; beside the fields it goes and comes.
        const bool there = paneTabs_->currentIndex() == 0 && edit_->isPreviewVisible();
        edit_->setPreviewVisible(!there);
        pane = Pane::Edit;
    }
    paneTabs_->setCurrentIndex(pane == Pane::Edit ? 0 : pane == Pane::Review ? 1 : 2);
}

void PostmortemsPage::showData() {
    const auto& all = session().postmortems().listings();
    model_->show(all, session().link().clock().now());
    items_->show();
    QString wanted = session().postmortem().incident();
    if (wanted.isEmpty()) wanted = session().selection().incident();
    const bool known = session().postmortems().find(wanted) || session().incidents().find(wanted);
    if (!known && !all.empty()) wanted = str(all.front().incident.value);
    choose(wanted);
    showDocument();
}

void PostmortemsPage::showDocument() {
    const postmortems::View* view = session().postmortem().view();
    state_->setVisible(view != nullptr);
    panes_->setEnabled(view != nullptr);
    if (!view) {
        title_->setText(session().postmortem().incident().isEmpty() ? QStringLiteral("Choose a post-mortem")
                                                                    : QStringLiteral("It is being read …"));
        return;
    }
    title_->setText(str(view->title));
    const Wording state = wordOf(view->draft.state);
    state_->setStatus(state.state, state.text);
    edit_->show();
    review_->show();
    actions_->show();
    session().actions().updateEnabled();
}

void PostmortemsPage::hidden() {
    if (DraftDocument* open = session().drafts().current()) open->flush();
}

}  // namespace qd::app
