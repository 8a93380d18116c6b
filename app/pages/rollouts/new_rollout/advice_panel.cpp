#include "app/pages/rollouts/new_rollout/advice_panel.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;
using rollouts::ReleaseWay;

QString wordOf(ReleaseWay way) {
    switch (way) {
        case ReleaseWay::canary:
            return QStringLiteral("Canary");
        case ReleaseWay::blue_green:
            return QStringLiteral("Blue-green");
        case ReleaseWay::rolling:
            return QStringLiteral("Rolling");
        case ReleaseWay::feature_flag:
            return QStringLiteral("Feature flag");
    }
    return {};
}

AdvicePanel::AdvicePanel(QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::xs);
    layout->addWidget(
        makeLabel(QStringLiteral("Which way suits?"), Type::Lead, Weight::Semibold, false, this));
    risk_ = addChoice(layout, QStringLiteral("risk"), QStringLiteral("A mista&ke in it would cost"),
                      {"little", "something", "much"});
    risk_->setCurrentIndex(1);
    migration_ = addChoice(layout, QStringLiteral("migration"), QStringLiteral("Stored &data"),
                           {"stay as they are", "change, and both versions can work on them",
                            "change, and only one version can work on them"});
    evidence_ = addQuestion(layout, "evidence", "Only real &traffic can show whether it is good");
    instant_ = addQuestion(layout, "instant", "It must be gone again within seco&nds");
    capacity_ = addQuestion(layout, "capacity", "There is room for a second fu&ll set of instances");
    facing_ = addQuestion(layout, "facing", "&People see the change");
    facing_->setChecked(true);
    stateful_ = addQuestion(layout, "stateful", "Instances &hold state of their own");
    trial_ = addQuestion(layout, "trial", "It is a trial that ma&y be dropped again");

    layout->addSpacing(space::sm);
    suggestion_ = makeLabel({}, Type::Body, Weight::Semibold, false, this);
    suggestion_->setObjectName(QStringLiteral("suggestion"));
    reason_ = makeLabel({}, Type::Body, Weight::Regular, false, this);
    reason_->setObjectName(QStringLiteral("suggestionReason"));
    cautions_ = makeLabel({}, Type::Small, Weight::Medium, false, this);
    cautions_->setObjectName(QStringLiteral("cautions"));
    others_ = makeMutedLabel({}, Type::Small, this);
    others_->setObjectName(QStringLiteral("otherWays"));
    for (QLabel* label : {suggestion_, reason_, cautions_, others_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        layout->addWidget(label);
    }
    take_ = makeButton(QStringLiteral("&Use this suggestion"), ButtonKind::Plain, this);
    take_->setObjectName(QStringLiteral("take"));
    take_->setAutoDefault(false);
    layout->addWidget(take_, 0, Qt::AlignLeft);
    connect(take_, &QPushButton::clicked, this, [this] { emit taken(advice_.way); });
    refresh();
}

QComboBox* AdvicePanel::addChoice(QVBoxLayout* layout, const QString& name, const QString& label,
                                  const QStringList& words) {
    auto* choice = new QComboBox(this);
    choice->setObjectName(name);
    choice->addItems(words);
    choice->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    auto* caption = makeLabel(label, Type::Small, Weight::Medium, false, this);
    caption->setBuddy(choice);
    layout->addWidget(caption);
    layout->addWidget(choice);
    connect(choice, &QComboBox::currentIndexChanged, this, &AdvicePanel::refresh);
    return choice;
}

QCheckBox* AdvicePanel::addQuestion(QVBoxLayout* layout, const QString& name, const QString& text) {
    auto* question = new QCheckBox(text, this);
    question->setObjectName(name);
    layout->addWidget(question);
    connect(question, &QCheckBox::toggled, this, &AdvicePanel::refresh);
    return question;
}

rollouts::ReleaseAnswers AdvicePanel::answers() const {
    rollouts::ReleaseAnswers given;
    given.risk = rollouts::Risk(risk_->currentIndex());
    given.migration = rollouts::Migration(migration_->currentIndex());
    given.real_traffic_evidence = evidence_->isChecked();
    given.instant_rollback = instant_->isChecked();
    given.double_capacity = capacity_->isChecked();
    given.user_facing = facing_->isChecked();
    given.stateful = stateful_->isChecked();
    given.experimental = trial_->isChecked();
    return given;
}

void AdvicePanel::setBlocked(const QString& reason) {
    setDisabledReason(take_, reason);
}

void AdvicePanel::refresh() {
    if (!take_) return;  // not all questions are there yet
    advice_ = rollouts::advise(answers());
    suggestion_->setText(QStringLiteral("Suggested: %1").arg(wordOf(advice_.way)));
    reason_->setText(str(advice_.reason));
    QStringList cautions, others;
    for (const std::string& caution : advice_.cautions) cautions << str(caution);
    for (const rollouts::OtherWay& other : advice_.others)
        others << QStringLiteral("%1? %2").arg(wordOf(other.way), str(other.why_not));
    if (advice_.way == ReleaseWay::feature_flag)
        cautions << QStringLiteral(
            "What is filled in lets the code in by a rolling update; the flag itself is "
            "turned afterwards.");
    cautions_->setText(cautions.join(QLatin1Char('\n')));
    cautions_->setVisible(!cautions.isEmpty());
    others_->setText(others.join(QLatin1Char('\n')));
}

}  // namespace qd::app
