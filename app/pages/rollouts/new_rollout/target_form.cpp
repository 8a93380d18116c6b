#include "app/pages/rollouts/new_rollout/target_form.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpressionValidator>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/pages/rollouts/new_rollout/rehearsals.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;
using rollouts::Specification;

namespace {
constexpr int kMostInstances = 8;
constexpr int kRehearsalColumns = 2;
}  // namespace

TargetForm::TargetForm(QWidget* parent) : QWidget(parent) {
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(space::xs);
    whole->addWidget(
        makeLabel(QStringLiteral("What is rolled out"), Type::Lead, Weight::Semibold, false, this));
    blocked_ = makeLabel({}, Type::Small, Weight::Medium, false, this);
    blocked_->setObjectName(QStringLiteral("formBlocked"));
    blocked_->setWordWrap(true);
    blocked_->setTextFormat(Qt::PlainText);
    blocked_->hide();
    whole->addWidget(blocked_);
    hint_ = makeMutedLabel({}, Type::Small, this);
    hint_->setObjectName(QStringLiteral("formHint"));
    hint_->setWordWrap(true);
    hint_->hide();
    whole->addWidget(hint_);
    inputs_ = new QWidget(this);
    inputs_->setObjectName(QStringLiteral("form"));
    whole->addWidget(inputs_);
    auto* layout = new QVBoxLayout(inputs_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::xs);

    strategy_ = add(layout, "Strate&gy", "strategy", new QComboBox(inputs_));
    strategy_->addItems({"Canary: a share, step by step", "Blue-green: all at once, with a way back",
                         "Rolling: one instance after the other"});
    auto* row = new QHBoxLayout;
    auto* wide = new QVBoxLayout;
    auto* narrow = new QVBoxLayout;
    row->setSpacing(space::md);
    row->addLayout(wide, 2);
    row->addLayout(narrow, 1);
    layout->addLayout(row);
    version_ = add(wide, "&Version", "versionLabel", new QLineEdit(inputs_));
    version_->setValidator(
        new QRegularExpressionValidator(QRegularExpression("[A-Za-z0-9._-]{1,63}"), version_));
    instances_ = add(narrow, "&Instances", "instances", new QSpinBox(inputs_));
    instances_->setRange(1, kMostInstances);
    wide->addStretch();  // the captions stand on one line, however high the fields are
    narrow->addStretch();
    trust_ = add(layout, "When it is &judged worse", "trust", new QComboBox(inputs_));
    trust_->addItems({"Only tell me", "Hold it and tell me", "Abort by itself"});
    addRehearsals(layout);

    connect(strategy_, &QComboBox::activated, this,
            [this](int index) { emit strategyWanted(rollouts::Strategy(index)); });
    connect(version_, &QLineEdit::textEdited, this, [this](const QString& text) {
        if (!version_->hasAcceptableInput()) return;  // the text keeps the last that was one
        emit edited([label = text.toStdString()](Specification& specification) {
            if (specification.name == specification.target.label) specification.name = label;
            specification.target.label = label;
        });
    });
    connect(instances_, &QSpinBox::valueChanged, this, [this](int count) {
        emit edited(
            [count](Specification& specification) { specification.target.instances = unsigned(count); });
    });
    connect(trust_, &QComboBox::activated, this, [this](int index) {
        emit edited([index](Specification& specification) {
            specification.analysis.on_failure = rollouts::Trust(index);
        });
    });
}

template <class Input>
Input* TargetForm::add(QVBoxLayout* layout, const QString& label, const QString& name, Input* input) {
    input->setObjectName(name);
    input->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    auto* caption = makeLabel(label, Type::Small, Weight::Medium, false, inputs_);
    caption->setBuddy(input);
    layout->addWidget(caption);
    layout->addWidget(input);
    return input;
}

void TargetForm::addRehearsals(QVBoxLayout* layout) {
    layout->addSpacing(space::xs);
    layout->addWidget(
        makeLabel(QStringLiteral("Rehearsal: it is born"), Type::Small, Weight::Medium, false, inputs_));
    auto* grid = new QGridLayout;
    grid->setSpacing(space::xs);
    for (int i = 0; i < rehearsals().size(); ++i) {
        const Rehearsal& each = rehearsals()[i];
        auto* box = new QCheckBox(each.word, inputs_);
        box->setObjectName(QStringLiteral("fault.") + str(each.fault.kind));
        box->setToolTip(each.what);
        box->setAccessibleDescription(each.what);
        grid->addWidget(box, i / kRehearsalColumns, i % kRehearsalColumns);
        connect(box, &QCheckBox::toggled, this, [this, kind = each.fault.kind](bool on) {
            emit edited(
                [kind, on](Specification& specification) { rehearse(specification.target, kind, on); });
        });
        rehearsals_ << box;
    }
    layout->addLayout(grid);
}

void TargetForm::show(const Specification& specification) {
    const QSignalBlocker noInstances(instances_);
    strategy_->setCurrentIndex(int(specification.strategy));
    trust_->setCurrentIndex(int(specification.analysis.on_failure));
    instances_->setValue(int(specification.target.instances));
    const QString label = str(specification.target.label);
    // Half a label that is being typed is left alone.
    if (version_->text() != label && !(version_->hasFocus() && !version_->hasAcceptableInput()))
        version_->setText(label);
    for (int i = 0; i < rehearsals_.size(); ++i) {
        const QSignalBlocker noBox(rehearsals_[i]);
        rehearsals_[i]->setChecked(isRehearsed(specification.target, rehearsals()[i].fault.kind));
    }
}

void TargetForm::setBlocked(const QString& reason) {
    inputs_->setEnabled(reason.isEmpty());
    blocked_->setText(reason);
    blocked_->setVisible(!reason.isEmpty());
}

void TargetForm::setHint(const QString& hint) {
    hint_->setText(hint);
    hint_->setVisible(!hint.isEmpty());
}

}  // namespace qd::app
