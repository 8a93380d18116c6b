#include "app/pages/incidents/runbook_step_card.hpp"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/models/oncall_models.hpp"
#include "app/pages/oncall/runbook_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::app {

using namespace widgets;

namespace {

/// Pictures would be looked for on this computer: their marks are shown as text.
QString withoutPictures(QString markdown) {
    return markdown.replace(QStringLiteral("!["), QStringLiteral("\\!["));
}

}  // namespace

RunbookStepCard::RunbookStepCard(int number, const runbooks::Step& step, QWidget* parent) : Card(parent) {
    auto* head = new QHBoxLayout;
    head->setSpacing(space::md);
    head->addWidget(makeMutedLabel(QStringLiteral("Step %1").arg(number), Type::Small, this));
    badge_ = new StatusBadge(this);
    head->addWidget(badge_);
    who_ = makeElidedLabel(Type::Small, this);
    head->addWidget(who_, 1);
    skip_ = makeButton(QStringLiteral("Skip…"), ButtonKind::Quiet, this);
    skip_->setAccessibleName(QStringLiteral("Skip step %1: %2").arg(number).arg(str(step.title)));
    run_ = makeButton(step.action ? QStringLiteral("Run…") : QStringLiteral("Tick…"),
                      step.action ? ButtonKind::Primary : ButtonKind::Plain, this);
    run_->setAccessibleName(QStringLiteral("%1 step %2: %3")
                                .arg(step.action ? QStringLiteral("Run") : QStringLiteral("Tick"))
                                .arg(number)
                                .arg(str(step.title)));
    head->addWidget(skip_);
    head->addWidget(run_);
    body()->addLayout(head);
    auto* text = new QLabel(this);
    text->setFont(textFont(Type::Body));
    text->setTextFormat(Qt::MarkdownText);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextBrowserInteraction);
    text->setText(withoutPictures(stepText(str(step.text))));
    connect(text, &QLabel::linkActivated, this, [](const QString& link) {
        if (const QUrl url(link); isWebLink(url)) QDesktopServices::openUrl(url);
    });
    body()->addWidget(text);
    told_ = makeMutedLabel({}, Type::Small, this);
    told_->setWordWrap(true);
    told_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    body()->addWidget(told_);
}

void RunbookStepCard::show(const runbooks::StepProgress& progress, const QString& blocked) {
    const Wording word = wordOf(progress.state);
    badge_->setStatus(word.state, word.text);
    const bool touched = progress.state != runbooks::StepState::todo;
    who_->setText(touched ? QStringLiteral("%1, %2").arg(str(progress.actor), formatClock(msOf(progress.at)))
                          : QString());
    QString told = str(progress.text);
    if (progress.state == runbooks::StepState::unknown)
        told = QStringLiteral(
                   "It was started, and opsd was stopped before it could say how it ended. Look at the "
                   "site before you run it again.\n") +
               told;
    told_->setText(told);
    told_->setVisible(touched && !told.isEmpty());
    setState(progress.state == runbooks::StepState::failed || progress.state == runbooks::StepState::unknown
                 ? word.state
                 : State::Neutral);
    for (QPushButton* button : {run_, skip_}) setDisabledReason(button, blocked);
}

}  // namespace qd::app
