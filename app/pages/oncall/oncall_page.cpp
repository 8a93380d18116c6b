#include "app/pages/oncall/oncall_page.hpp"

#include <QHeaderView>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/pages/oncall/rota_card.hpp"
#include "app/pages/oncall/runbook_view.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/card.hpp"
#include "widgets/tiles/empty_state.hpp"
#include "widgets/tiles/inline_notice.hpp"
#include "widgets/tiles/section_header.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kShiftRows = 8;
constexpr int kLibraryHeight = 420;
constexpr int kRunbookRow = 46;
}  // namespace

OncallPage::OncallPage(Session& session, QWidget* parent)
    : DataPage(session, QStringLiteral("On call"),
               QStringLiteral("Who answers now, who is next, and what to do."), true, parent) {
    follow(session.oncall());
    follow(session.runbooks());
    problems_ = new QVBoxLayout;
    problems_->setSpacing(space::sm);
    body()->addLayout(problems_);
    rotas_ = new QVBoxLayout;
    rotas_->setSpacing(space::lg);
    body()->addLayout(rotas_);
    none_ = new Card(content());
    none_->body()->addWidget(new EmptyState(
        Icon::Person, QStringLiteral("Nobody has written down who is on call"),
        QStringLiteral(
            "Put a rota (YAML) or a calendar (.ics) into the site's folder “rotas”: it is read within "
            "a second. All keys are explained in rota_file.hpp; “opsd oncall check FILE” says what a "
            "file holds."),
        none_));
    body()->addWidget(none_);
    body()->addWidget(makeShifts());
    body()->addWidget(makeLibrary());
    body()->addStretch(1);
}

QWidget* OncallPage::firstFocus() {
    return shiftTable_->isVisible() ? shiftTable_ : runbookTable_;
}

QWidget* OncallPage::makeShifts() {
    shiftsCard_ = new Card(QStringLiteral("The coming two weeks"), content());
    shifts_ = new ShiftModel(this);
    auto* proxy = new QSortFilterProxyModel(this);
    proxy->setSourceModel(shifts_);
    proxy->setSortRole(SortRole);
    shiftTable_ = new TableView(shiftsCard_);
    shiftTable_->setModel(proxy);
    shiftTable_->setColumnLayout({0, 140, 160, 170, 170, 110});
    shiftTable_->setFitRows(kShiftRows);
    shiftTable_->sortByColumn(ShiftModel::From, Qt::AscendingOrder);
    shiftTable_->setEmptyContent(Icon::Clock, QStringLiteral("No turn in the coming two weeks"));
    shiftTable_->setAccessibleName(QStringLiteral("Turns of the coming two weeks"));
    shiftsCard_->body()->addWidget(shiftTable_);
    return shiftsCard_;
}

QWidget* OncallPage::makeLibrary() {
    auto* card = new Card(QStringLiteral("Runbooks"), content());
    card->header()->setSub(QStringLiteral(
        "In an incident, G opens those that apply and runs their steps. Your own: Markdown files in "
        "the site's folder “runbooks”."));
    tellAge(card->header()->age(), session().runbooks());
    auto* split = new QSplitter(Qt::Horizontal, card);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::lg);
    runbooks_ = new RunbookModel(this);
    runbookTable_ = new TableView(split);
    runbookTable_->setModel(runbooks_);
    runbookTable_->setColumnLayout({0, 60, 110});
    runbookTable_->verticalHeader()->setDefaultSectionSize(kRunbookRow);
    runbookTable_->setEmptyContent(Icon::Note, QStringLiteral("No runbook"));
    runbookTable_->setAccessibleName(QStringLiteral("Runbooks"));
    connect(runbookTable_, &TableView::currentRowChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) showRunbook(index.data(KeyRole).toString());
    });
    view_ = new RunbookView(split);
    view_->setAccessibleName(QStringLiteral("The chosen runbook"));
    split->addWidget(runbookTable_);
    split->addWidget(view_);
    split->setStretchFactor(1, 1);
    split->setSizes({430, 700});
    split->setMinimumHeight(kLibraryHeight);
    card->body()->addWidget(split);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        shownEntry_ = {};
        showSoon();
    });
    return card;
}

bool OncallPage::open(const QString& id) {
    const int row = runbooks_->indexOf(id);
    if (row < 0) return false;
    runbookTable_->setCurrentIndex(runbooks_->index(row, 0));
    return true;
}

void OncallPage::showRunbook(const QString& id) {
    shownRunbook_ = id;
    session().runbooks().whole(runbooks::RunbookId(id.toStdString()), this, whole_, [this](auto entry) {
        if (!entry) {
            shownEntry_ = {};
            view_->setPlainText(str(entry.error().message));
            return;
        }
        if (*entry == shownEntry_) return;
        shownEntry_ = std::move(*entry);
        view_->setMarkdown(QStringLiteral("# %1\n\n%2")
                               .arg(str(shownEntry_.runbook.title), str(shownEntry_.runbook.markdown)));
    });
}

void OncallPage::showRotas() {
    const oncall::Picture& picture = session().oncall().picture();
    while (cards_.size() > qsizetype(picture.rotas.size())) delete cards_.takeLast();
    while (cards_.size() < qsizetype(picture.rotas.size())) {
        cards_.append(new RotaCard(content()));
        rotas_->addWidget(cards_.last());
    }
    std::vector<ShiftRow> rows;
    for (std::size_t i = 0; i < picture.rotas.size(); ++i) {
        cards_[qsizetype(i)]->show(picture.rotas[i], picture.as_of);
        for (const oncall::Shift& shift : picture.rotas[i].shifts)
            rows.push_back({str(picture.rotas[i].name), shift});
    }
    shifts_->update(std::move(rows));
    none_->setVisible(picture.rotas.empty() && session().oncall().hasData());
    shiftsCard_->setVisible(!picture.rotas.empty());
}

void OncallPage::showProblems() {
    QStringList now;
    for (const oncall::RotaPicture& rota : session().oncall().picture().rotas)
        if (!rota.problem.empty()) now << str(rota.problem);
    for (const std::string& left : session().oncall().picture().left_out) now << str(left);
    for (const opsclient::RunbookEntry& entry : session().runbooks().entries())
        if (!entry.problem.empty()) now << str(entry.problem);
    if (now == toldProblems_) return;
    toldProblems_ = now;
    while (QLayoutItem* item = problems_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString& problem : now) {
        Notice notice;
        notice.state = State::Warn;
        notice.what = problem;
        notice.next =
            QStringLiteral("Until it is put right, its last good version counts, if there was one.");
        problems_->addWidget(new InlineNotice(notice, content()));
    }
}

void OncallPage::showData() {
    showProblems();
    showRotas();
    const auto& entries = session().runbooks().entries();
    runbooks_->update(entries);
    if (entries.empty()) return;
    const int row = runbooks_->indexOf(shownRunbook_);
    if (row < 0)
        open(str(entries.front().runbook.id.value));
    else
        showRunbook(shownRunbook_);
}

}  // namespace qd::app
