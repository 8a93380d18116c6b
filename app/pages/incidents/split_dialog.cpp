#include "app/pages/incidents/split_dialog.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QVBoxLayout>
#include <span>

#include "app/models/values.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kSplitWidth = 680;
constexpr int kSplitReasonHeight = 56;
constexpr std::size_t kMostOffered = 2'000;  // of the newest events

/// What tells of the world and not of this incident's own course.
bool canMove(incidents::EventKind kind) {
    using incidents::EventKind;
    switch (kind) {
        case EventKind::note:
        case EventKind::link:
        case EventKind::evidence:
        case EventKind::attachment:
        case EventKind::rollout:
        case EventKind::chaos:
        case EventKind::deploy:
        case EventKind::config:
        case EventKind::flag:
            return true;
        default:
            return false;
    }
}

QStringList checkedOf(const QListWidget& list) {
    QStringList keys;
    for (int i = 0; i < list.count(); ++i)
        if (list.item(i)->checkState() == Qt::Checked) keys << list.item(i)->data(Qt::UserRole).toString();
    return keys;
}

void addChoice(QListWidget& list, const QString& text, const QString& whole, const QString& key) {
    auto* item = new QListWidgetItem(text, &list);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    item->setCheckState(Qt::Unchecked);
    item->setData(Qt::UserRole, key);
    item->setToolTip(whole);
}

}  // namespace

SplitDialog::SplitDialog(const incidents::Incident& incident, const std::vector<incidents::Event>& events,
                         QWidget* parent)
    : QDialog(parent), id_(str(incident.id.value)), service_(str(incident.service)) {
    const QString heading = QStringLiteral("Split %1").arg(id_);
    setWindowTitle(heading);
    setMinimumWidth(kSplitWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    layout->setSpacing(space::sm);
    layout->addWidget(makeLabel(heading, Type::Lead, Weight::Semibold, false, this));
    const auto add = [&](const QString& name, QWidget* field, int stretch = 0) {
        auto* label = makeLabel(name, Type::Small, Weight::Medium, false, this);
        label->setBuddy(field);
        field->setAccessibleName(name);
        layout->addWidget(label);
        layout->addWidget(field, stretch);
    };
    title_ = new QLineEdit(this);
    title_->setMaxLength(300);
    title_->setPlaceholderText(QStringLiteral("What users feel of the other problem"));
    add(QStringLiteral("Title of the new incident"), title_);
    serviceField_ = new QLineEdit(service_, this);
    serviceField_->setMaxLength(200);
    add(QStringLiteral("Service"), serviceField_);
    alerts_ = makeChoices(QStringLiteral("Alerts that belong to it"));
    events_ = makeChoices(QStringLiteral("Events that are told there too"));
    QStringList known;
    const std::size_t skipped = events.size() > kMostOffered ? events.size() - kMostOffered : 0;
    for (const incidents::Event& event : std::span(events).subspan(skipped)) {
        const QString when = formatClock(msOf(event.occurred_at));
        const QString subject = str(event.body.subject);
        const bool alert = event.kind == incidents::EventKind::alert ||
                           (event.kind == incidents::EventKind::opened && !subject.isEmpty());
        if (alert && !known.contains(subject)) {
            known << subject;
            addChoice(*alerts_,
                      QStringLiteral("%1  %2").arg(
                          when, str(event.body.text.empty() ? event.body.subject : event.body.text)),
                      QStringLiteral("%1\n%2").arg(subject, str(event.body.text)), subject);
        }
        if (canMove(event.kind))
            addChoice(*events_,
                      QStringLiteral("%1  %2").arg(when, str(incidents::describe(event)).simplified()),
                      str(incidents::describe(event)), QString::number(event.seq));
    }
    add(QStringLiteral("Alerts that belong to it"), alerts_, 2);
    add(QStringLiteral("Events that are told there too"), events_, 3);
    reason_ = new QPlainTextEdit(this);
    reason_->setTabChangesFocus(true);
    reason_->setFixedHeight(kSplitReasonHeight);
    add(QStringLiteral("Why"), reason_);
    effect_ = makeLabel({}, Type::Body, Weight::Regular, false, this);
    effect_->setWordWrap(true);
    layout->addWidget(effect_);
    action_ = makeButton(QStringLiteral("Split"), ButtonKind::Primary, this);
    action_->setObjectName(QStringLiteral("submit"));
    action_->setAutoDefault(false);
    auto* cancel = makeButton(QStringLiteral("Cancel"), ButtonKind::Plain, this);
    cancel->setAutoDefault(false);
    auto* foot = new QHBoxLayout;
    missing_ = makeMutedLabel({}, Type::Small, this);
    foot->addWidget(missing_, 1);
    foot->addWidget(cancel);
    foot->addWidget(action_);
    layout->addLayout(foot);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(action_, &QPushButton::clicked, this, [this] {
        const incidents::SplitRequest wanted = request();
        accept();
        emit submitted(wanted);
    });
    auto* send = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    connect(send, &QShortcut::activated, action_, &QPushButton::click);
    connect(title_, &QLineEdit::textChanged, this, &SplitDialog::showEffect);
    connect(serviceField_, &QLineEdit::textChanged, this, &SplitDialog::showEffect);
    connect(reason_, &QPlainTextEdit::textChanged, this, &SplitDialog::showEffect);
    showEffect();
    title_->setFocus();
}

QListWidget* SplitDialog::makeChoices(const QString& name) {
    auto* list = new QListWidget(this);
    list->setAccessibleName(name);
    list->setMinimumHeight(96);
    list->setSpacing(1);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);  // what does not fit is elided
    list->setToolTip(QStringLiteral("Space chooses a line"));
    connect(list, &QListWidget::itemChanged, this, &SplitDialog::showEffect);
    return list;
}

incidents::SplitRequest SplitDialog::request() const {
    incidents::SplitRequest wanted;
    wanted.title = title_->text().trimmed().toStdString();
    wanted.service = serviceField_->text().trimmed().toStdString();
    for (const QString& alert : checkedOf(*alerts_)) wanted.alerts.push_back(alert.toStdString());
    for (const QString& seq : checkedOf(*events_)) wanted.events.push_back(seq.toULongLong());
    wanted.reason = reason_->toPlainText().trimmed().toStdString();
    return wanted;
}

void SplitDialog::showEffect() {
    if (!action_) return;  // the choices are still being added
    const incidents::SplitRequest wanted = request();
    const auto many = [](std::size_t n, const char* one, const char* more) {
        return QStringLiteral("%1 %2").arg(n).arg(QLatin1String(n == 1 ? one : more));
    };
    const std::size_t chosen = wanted.alerts.size() + wanted.events.size();
    QString why;
    if (wanted.title.empty())
        why = QStringLiteral("The new incident needs a title");
    else if (chosen == 0)
        why = QStringLiteral("Choose at least one alert or event");
    else if (chosen > incidents::max_split)
        why = QStringLiteral("At most %1 can be chosen at a time").arg(incidents::max_split);
    else if (wanted.reason.empty())
        why = QStringLiteral("Say why: it goes into both journals");
    setDisabledReason(action_, why);
    missing_->setText(why);
    effect_->setText(
        QStringLiteral("A new incident of %1 is opened. %2 to it and no longer to %4. %3 told there too, as "
                       "they occurred; %4 keeps its journal whole. Each names the other.")
            .arg(wanted.service.empty() ? service_ : str(wanted.service),
                 many(wanted.alerts.size(), "alert belongs", "alerts belong"),
                 many(wanted.events.size(), "event is", "events are"), id_));
}

}  // namespace qd::app
