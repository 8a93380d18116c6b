#include "app/pages/postmortems/postmortems_page.hpp"

#include <QScrollBar>
#include <QSplitter>
#include <QTextBrowser>

#include "app/adapters/postmortem_document.hpp"
#include "app/models/values.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

PostmortemsPage::PostmortemsPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("Post-mortems"),
               QStringLiteral("Compiled from the journal; the same input gives the same document."), false,
               parent) {
    follow(session.incidents());
    follow(session.postmortem());
    header()->addControl(
        new ActionButton(session.actions(), QStringLiteral("postmortem.save"), ButtonKind::Primary, this));

    auto* split = new QSplitter(Qt::Horizontal, content());
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    auto* list = new Card(split);
    model_ = new IncidentModel(this);
    table_ = new TableView(list);
    table_->setModel(model_);
    table_->setItemDelegateForColumn(IncidentModel::Severity, new StatusDelegate(table_));
    table_->setItemDelegateForColumn(IncidentModel::State, new StatusDelegate(table_));
    table_->setColumnHidden(IncidentModel::Commander, true);
    table_->setColumnHidden(IncidentModel::Detected, true);
    table_->setColumnHidden(IncidentModel::Duration, true);
    table_->setColumnLayout({90, 0, 130, 0, 0, 0});
    table_->setEmptyContent(Icon::Postmortems, QStringLiteral("Nothing to learn from yet"),
                            QStringLiteral("Every incident has a post-mortem from its first event on."));
    table_->setAccessibleName(QStringLiteral("Incidents"));
    connect(table_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) open(index.data(KeyRole).toString());
    });
    list->body()->addWidget(table_);

    auto* paper = new Card(split);
    auto* head = new SectionHeader(QStringLiteral("Document"), {}, paper);
    tellAge(head->age(), session.postmortem());
    paper->body()->addWidget(head);
    browser_ = new QTextBrowser(paper);
    browser_->setOpenExternalLinks(true);
    browser_->setFrameShape(QFrame::NoFrame);
    browser_->document()->setDocumentMargin(space::xl);
    browser_->setAccessibleName(QStringLiteral("Post-mortem"));
    paper->body()->addWidget(browser_, 1);
    split->addWidget(list);
    split->addWidget(paper);
    split->setStretchFactor(1, 1);
    split->setSizes({430, 800});
    body()->addWidget(split, 1);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        shownHtml_.clear();
        showSoon();
    });
}

bool PostmortemsPage::open(const QString& id) {
    if (!session().incidents().find(id)) return false;
    session().postmortem().setIncident(id);
    session().actions().updateEnabled();
    const int row = model_->indexOf(id);
    if (row >= 0 && table_->currentIndex().row() != row) table_->setCurrentIndex(model_->index(row, 0));
    return true;
}

void PostmortemsPage::showData() {
    const auto& all = session().incidents().incidents();
    model_->update(all);
    QString wanted = session().postmortem().incident();
    if (wanted.isEmpty()) wanted = session().selection().incident();
    if (!all.empty()) open(session().incidents().find(wanted) ? wanted : str(all.front().id.value));
    showDocument();
}

void PostmortemsPage::showDocument() {
    const QString& html = session().postmortem().html();
    const QString& id = session().postmortem().incident();
    if (html == shownHtml_ && id == shownFor_) return;
    const int at = id == shownFor_ ? browser_->verticalScrollBar()->value() : 0;
    shownHtml_ = html;
    shownFor_ = id;
    // The document brings its own black-on-white style for paper; on screen it takes the theme's colours.
    fillDocument(*browser_->document(), html,
                 {color(Token::Text), color(Token::TextMuted), color(Token::Line), color(Token::Accent),
                  color(Token::Bad)},
                 devicePixelRatioF() * 2);
    browser_->verticalScrollBar()->setValue(at);
}

}  // namespace qd::app
