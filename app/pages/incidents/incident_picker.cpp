#include "app/pages/incidents/incident_picker.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "app/shell/session.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kPickerWidth = 620;
constexpr std::size_t kShown = 50;
constexpr int kPickerReasonHeight = 64;
}  // namespace

IncidentPicker::IncidentPicker(Session& session, PickQuestion question, QWidget* parent)
    : QDialog(parent), session_(session), question_(std::move(question)) {
    setWindowTitle(question_.title);
    setMinimumWidth(kPickerWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    layout->setSpacing(space::sm);
    auto* title = makeLabel(question_.title, Type::Lead, Weight::Semibold, false, this);
    title->setWordWrap(true);
    layout->addWidget(title);
    filter_ = new FilterField(QStringLiteral("Search all incidents"), this);
    filter_->setMaxLength(200);
    list_ = new QListWidget(this);
    list_->setAccessibleName(QStringLiteral("Incidents found"));
    list_->setMinimumHeight(200);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);  // what does not fit is elided
    filter_->attach(this, list_);
    count_ = makeMutedLabel({}, Type::Small, this);
    reason_ = new QPlainTextEdit(this);
    reason_->setTabChangesFocus(true);
    reason_->setFixedHeight(kPickerReasonHeight);
    reason_->setAccessibleName(QStringLiteral("Why"));
    reason_->setPlaceholderText(QStringLiteral("Goes into both journals"));
    auto* reasonLabel = makeLabel(QStringLiteral("Why"), Type::Small, Weight::Medium, false, this);
    reasonLabel->setBuddy(reason_);
    effect_ = makeLabel({}, Type::Body, Weight::Regular, false, this);
    effect_->setWordWrap(true);
    layout->addWidget(filter_);
    layout->addWidget(list_, 1);
    layout->addWidget(count_);
    layout->addWidget(reasonLabel);
    layout->addWidget(reason_);
    layout->addWidget(effect_);
    action_ = makeButton(question_.action, question_.kind, this);
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
        const incidents::Incident* one = chosen();
        if (!one) return;
        const QString id = str(one->id.value), reason = reason_->toPlainText().trimmed();
        accept();
        emit picked(id, reason);
    });
    auto* send = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    connect(send, &QShortcut::activated, action_, &QPushButton::click);
    auto* leave = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    connect(leave, &QShortcut::activated, this, [this] {
        if (filter_->hasFocus() && !filter_->text().isEmpty()) return filter_->clear();
        reject();
    });
    connect(filter_, &FilterField::filterChanged, this, &IncidentPicker::search);
    connect(list_, &QListWidget::currentRowChanged, this, &IncidentPicker::showEffect);
    connect(reason_, &QPlainTextEdit::textChanged, this, &IncidentPicker::showEffect);
    search();
    filter_->setFocus();
}

void IncidentPicker::search() {
    if (!session_.link().client()) return;
    incidents::IncidentQuery query;
    query.text = filter_->text().trimmed().toStdString();
    query.limit = kShown;
    session_.link().client()->find_incidents(
        query, latest_.ask<incidents::IncidentPage>(this, [this](core::Result<incidents::IncidentPage> page) {
            if (page) return show(page->items, page->total);
            count_->setText(
                QStringLiteral("The search failed: %1").arg(QString::fromStdString(page.error().message)));
        }));
}

void IncidentPicker::show(const std::vector<incidents::Incident>& found, std::size_t total) {
    found_.clear();
    list_->clear();
    for (const incidents::Incident& one : found) {
        const QString id = str(one.id.value);
        if (question_.without.contains(id)) continue;
        found_.push_back(one);
        list_->addItem(QStringLiteral("%1  %2  %3 · %4 · %5")
                           .arg(id, str(incidents::to_string(one.severity)), str(one.title),
                                stateName(one.state), formatClock(msOf(one.detected_at))));
    }
    if (found_.empty())
        count_->setText(filter_->text().trimmed().isEmpty()
                            ? QStringLiteral("There is no other incident yet.")
                            : QStringLiteral("No other incident matches."));
    else if (total > found.size())
        count_->setText(QStringLiteral("The first %1 of %2: search for more.").arg(found_.size()).arg(total));
    else
        count_->setText({});
    if (!found_.empty()) list_->setCurrentRow(0);
    showEffect();
}

const incidents::Incident* IncidentPicker::chosen() const {
    const int row = list_->currentRow();
    return row >= 0 && row < int(found_.size()) ? &found_[std::size_t(row)] : nullptr;
}

void IncidentPicker::showEffect() {
    const incidents::Incident* one = chosen();
    QString why;
    if (!one)
        why = QStringLiteral("Choose an incident first");
    else if (question_.refusal)
        why = question_.refusal(*one);
    if (why.isEmpty() && reason_->toPlainText().trimmed().isEmpty())
        why = QStringLiteral("Say why: it goes into the journals");
    setDisabledReason(action_, why);
    missing_->setText(found_.empty() ? QString() : why);
    effect_->setText(one ? question_.effect(*one) : QString());
}

}  // namespace qd::app
