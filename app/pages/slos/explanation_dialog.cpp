#include "app/pages/slos/explanation_dialog.hpp"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {

bool sameShape(const std::vector<ExplainedSection>& a, const std::vector<ExplainedSection>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].title != b[i].title || a[i].figures.size() != b[i].figures.size()) return false;
    return true;
}

QString textOf(const ExplainedFigure& figure, int column) {
    switch (column) {
        case 0:
            return figure.name;
        case 1:
            return figure.formula;
        case 2:
            return figure.terms;
        case 3:
            return figure.result;
        default:
            return figure.note;
    }
}

}  // namespace

ExplanationDialog::ExplanationDialog(Session& session, const QString& slo, QWidget* parent)
    : QDialog(parent), session_(session), slo_(slo) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(QStringLiteral("Why these numbers"));
    resize(980, 640);
    column_ = new QVBoxLayout(this);
    column_->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    column_->setSpacing(space::lg);
    const slo::Status* status = session.slos().find(slo);
    column_->addWidget(
        makeLabel(status ? str(status->objective.title) : slo, Type::Title, Weight::Semibold, false, this));
    auto* close = makeButton(QStringLiteral("Close"), ButtonKind::Plain, this);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setObjectName(QStringLiteral("figures"));
    column_->addWidget(scroll, 1);
    column_->addWidget(close, 0, Qt::AlignRight);
    connect(&session.slos(), &Domain::changed, this, &ExplanationDialog::refresh);
    connect(&session.exclusions(), &Domain::changed, this, &ExplanationDialog::refresh);
    session.slos().setWanted(this, true);
    refresh();
}

void ExplanationDialog::refresh() {
    const slo::Status* status = session_.slos().find(slo_);
    if (!status) return;
    auto sections = explanationOf(*status, session_.exclusions().exclusions());
    if (sections == shown_) return;
    if (!sameShape(sections, shown_)) build(sections);
    int row = 0;
    for (const ExplainedSection& section : sections)
        for (const ExplainedFigure& figure : section.figures) {
            for (int column = 0; column < 5; ++column) {
                QLabel* cell = cells_[row][column];
                const QString text = textOf(figure, column);
                if (cell->text() != text) cell->setText(text);
                if (column == 4) cell->setVisible(!text.isEmpty());
            }
            ++row;
        }
    shown_ = std::move(sections);
}

void ExplanationDialog::build(const std::vector<ExplainedSection>& sections) {
    auto* scroll = findChild<QScrollArea*>(QStringLiteral("figures"));
    content_ = new QWidget;
    auto* grid = new QGridLayout(content_);
    grid->setContentsMargins(0, 0, space::lg, 0);
    grid->setHorizontalSpacing(space::xl);
    grid->setVerticalSpacing(space::xs);
    grid->setColumnStretch(2, 1);
    cells_.clear();
    int line = 0;
    for (const ExplainedSection& section : sections) {
        if (line > 0) grid->setRowMinimumHeight(line++, space::md);
        grid->addWidget(makeLabel(section.title, Type::Lead, Weight::Semibold, false, content_), line++, 0, 1,
                        4);
        for (std::size_t i = 0; i < section.figures.size(); ++i) {
            QVector<QLabel*> cells{makeLabel({}, Type::Body, Weight::Medium, false, content_),
                                   makeMutedLabel({}, Type::Body, content_),
                                   makeLabel({}, Type::Body, Weight::Regular, false, content_),
                                   makeLabel({}, Type::Body, Weight::Semibold, false, content_),
                                   makeMutedLabel({}, Type::Small, content_)};
            for (int column = 0; column < 4; ++column) grid->addWidget(cells[column], line, column);
            for (QLabel* cell : cells) cell->setTextInteractionFlags(Qt::TextSelectableByMouse);
            cells[2]->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            cells[3]->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            ++line;
            cells[4]->setWordWrap(true);
            grid->addWidget(cells[4], line++, 1, 1, 3);
            cells_.append(std::move(cells));
        }
    }
    grid->setRowStretch(line, 1);
    scroll->setWidget(content_);
}

}  // namespace qd::app
