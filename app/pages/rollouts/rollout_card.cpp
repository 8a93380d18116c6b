#include "app/pages/rollouts/rollout_card.hpp"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>

#include "app/models/rollout_models.hpp"
#include "app/models/values.hpp"
#include "app/pages/rollouts/rollout_facts.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/split_bar.hpp"
#include "widgets/tiles/status_badge.hpp"
#include "widgets/tiles/step_track.hpp"

namespace qd::app {

using namespace widgets;

RolloutCard::RolloutCard(Session& session, QWidget* parent) : Card(parent) {
    auto* head = new QHBoxLayout;
    head->setSpacing(space::md);
    title_ = makeLabel({}, Type::Title, Weight::Semibold, false, this);
    badge_ = new StatusBadge(this);
    age_ = new AgeLabel(this);
    age_->setAlignment(Qt::AlignRight);
    head->addWidget(title_);
    which_ = makeMutedLabel({}, Type::Small, this);
    head->addWidget(badge_);
    head->addWidget(which_);
    head->addStretch();
    head->addWidget(age_);
    message_ = makeLabel({}, Type::Body, Weight::Regular, false, this);
    message_->setWordWrap(true);
    notes_ = makeLabel({}, Type::Body, Weight::Medium, false, this);
    notes_->setWordWrap(true);
    steps_ = new StepTrack(this);
    split_ = new SplitBar(this);
    facts_ = makeMutedLabel({}, Type::Small, this);
    facts_->setWordWrap(true);
    actions_ = makeActions(session);
    body()->addLayout(head);
    for (QWidget* part : std::initializer_list<QWidget*>{message_, notes_, steps_, split_, facts_, actions_})
        body()->addWidget(part);
}

QWidget* RolloutCard::makeActions(Session& session) {
    struct Offered {
        const char* id;
        Icon icon;
        ButtonKind kind;
    };
    auto* bar = new QWidget(this);
    auto* rows = new QVBoxLayout(bar);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(space::sm);
    const auto group = [&](QHBoxLayout* row, const QString& name, std::initializer_list<Offered> offered) {
        row->addWidget(makeMutedLabel(name, Type::Small, bar));
        for (const Offered& one : offered) {
            auto* button = new ActionButton(session.actions(), QString::fromLatin1(one.id), one.kind, bar);
            button->setIcon(makeIcon(one.icon, one.kind == ButtonKind::Primary  ? Token::OnAccent
                                               : one.kind == ButtonKind::Danger ? Token::Bad
                                                                                : Token::TextMuted));
            row->addWidget(button);
        }
    };
    auto* on = new QHBoxLayout;
    on->setSpacing(space::sm);
    group(on, QStringLiteral("Forward"),
          {{"rollout.resume", Icon::Play, ButtonKind::Plain},
           {"rollout.next", Icon::Next, ButtonKind::Primary},
           {"rollout.promote", Icon::Deploy, ButtonKind::Plain},
           {"rollout.approve", Icon::Ok, ButtonKind::Plain}});
    on->addSpacing(space::xl);
    group(on, QStringLiteral("Hold"), {{"rollout.pause", Icon::Pause, ButtonKind::Plain}});
    on->addStretch();
    auto* back = new QHBoxLayout;
    back->setSpacing(space::sm);
    group(back, QStringLiteral("Back"),
          {{"rollout.back", Icon::Back, ButtonKind::Plain},
           {"rollout.ramp_down", Icon::ChevronDown, ButtonKind::Plain},
           {"rollout.abort", Icon::Stop, ButtonKind::Danger},
           {"rollout.undo", Icon::Undo, ButtonKind::Plain},
           {"rollout.rollback", Icon::Clock, ButtonKind::Plain}});
    back->addStretch();
    rows->addLayout(on);
    rows->addLayout(back);
    return bar;
}

void RolloutCard::setActionsShown(bool shown) {
    actions_->setVisible(shown);
}

void RolloutCard::setRollout(const rollouts::Rollout& rollout) {
    const Wording word = wordOf(rollout);
    title_->setText(rolloutTitle(rollout));
    badge_->setStatus(word.state, word.text);
    QStringList which{str(rollout.id.value), strategyWord(rollout.specification.strategy)};
    if (!rollout.specification.group.empty())
        which << QStringLiteral("group %1").arg(str(rollout.specification.group));
    which_->setText(which.join(QStringLiteral("  ·  ")));
    setState(word.state == State::Bad || word.state == State::Warn ? word.state : State::Neutral);
    QString message = str(rollout.message);
    if (rollout.progress.held && !message.contains(str(rollout.progress.hold_reason)))
        message += QStringLiteral("\nHeld: %1").arg(str(rollout.progress.hold_reason));
    message = message.trimmed();
    if (message.size() > 1 && message[1].isLetter()) message[0] = message[0].toUpper();  // not "v2"
    message_->setText(message);
    message_->setVisible(!message.isEmpty());
    steps_->setSteps(trackOf(rollout));
    split_->setSplit(splitOf(rollout));
    const QStringList notes = standingNotes(rollout, wallTime(QDateTime::currentMSecsSinceEpoch()));
    notes_->setText(notes.join(QLatin1Char('\n')));
    notes_->setVisible(!notes.isEmpty());
    facts_->setText(trafficFacts(rollout).join(QStringLiteral("  ·  ")));
}

}  // namespace qd::app
