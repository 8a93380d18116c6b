#include "app/pages/preview/comparison_figures.hpp"

#include <QGridLayout>
#include <QLabel>

#include "app/adapters/comparison_adapter.hpp"
#include "app/models/values.hpp"
#include "app/pages/preview/comparison_values.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/section_header.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

ComparisonFigures::ComparisonFigures(QWidget* parent)
    : Card(QStringLiteral("Verdict"), parent),
      verdict_(new StatusBadge(State::NoData, QStringLiteral("Not enough yet"), this)),
      text_(makeLabel({}, Type::Body, Weight::Medium, false, this)),
      deltas_(new QGridLayout),
      nameA_(makeMutedLabel({}, Type::Small, this)),
      nameB_(makeMutedLabel({}, Type::Small, this)),
      scored_(makeMutedLabel({}, Type::Small, this)),
      notices_(makeMutedLabel({}, Type::Small, this)) {
    text_->setWordWrap(true);
    text_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    text_->setMinimumHeight(2 * text_->fontMetrics().lineSpacing());
    body()->setSpacing(space::sm);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    header()->addControl(verdict_);
    body()->addWidget(text_);
    makeDeltas();
    body()->addLayout(deltas_);
    for (QLabel* label : {scored_, notices_}) {
        label->setWordWrap(true);
        body()->addWidget(label);
    }
}

void ComparisonFigures::makeDeltas() {
    deltas_->setHorizontalSpacing(space::md);
    deltas_->setVerticalSpacing(space::xs);
    for (int column = 1; column <= 3; ++column) deltas_->setColumnStretch(column, 1);
    deltas_->addWidget(nameA_, 0, 1, Qt::AlignRight);
    deltas_->addWidget(nameB_, 0, 2, Qt::AlignRight);
    deltas_->addWidget(makeMutedLabel(QStringLiteral("Difference"), Type::Small, this), 0, 3, Qt::AlignRight);
    int line = 1;
    for (const DeltaRow& row : deltaRows({})) {
        QVector<QLabel*> labels;
        labels << makeMutedLabel(row.name, Type::Small, this);
        labels.first()->setToolTip(row.formula);
        deltas_->addWidget(labels.first(), line, 0);
        for (int column = 1; column <= 2; ++column) {
            labels << makeLabel({}, Type::Small, Weight::Medium, false, this);
            deltas_->addWidget(labels.last(), line, column, Qt::AlignRight);
        }
        changes_ << new StatusBadge(State::NoData, QStringLiteral("–"), this);
        deltas_->addWidget(changes_.last(), line++, 3, Qt::AlignRight);
        cells_ << labels;
    }
}

void ComparisonFigures::showComparison(const ComparisonAdapter& both) {
    const compare::LockstepSnapshot& now = both.snapshot();
    nameA_->setText(str(now.side.a.name));
    nameB_->setText(str(now.side.b.name));
    const auto rows = deltaRows(now);
    for (qsizetype i = 0; i < rows.size() && i < cells_.size(); ++i) {
        cells_[i][1]->setText(rows[i].a);
        cells_[i][2]->setText(rows[i].b);
        changes_[i]->setStatus(rows[i].state, rows[i].delta);
    }
    const VerdictLine line = verdictLine(both.verdict(), both.isRunning());
    verdict_->setStatus(line.state, line.word);
    text_->setText(line.text);
    text_->setToolTip(line.detail);
    scored_->setText(QStringLiteral("%1 pairs scored, %2 skipped for want of time; sides: %3")
                         .arg(now.pairs_scored)
                         .arg(now.pairs_skipped)
                         .arg(offsetText(now)));
    notices_->setVisible(!both.notices().isEmpty());
    notices_->setText(both.notices().join(QLatin1Char('\n')));
}

}  // namespace qd::app
