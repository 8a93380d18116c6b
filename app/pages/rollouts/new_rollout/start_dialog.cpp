#include "app/pages/rollouts/new_rollout/start_dialog.hpp"

#include <QCheckBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kStartLines = 18;  // of the request, before it scrolls
}  // namespace

StartDialog::StartDialog(StartQuestion question, QWidget* parent)
    : SendDialog(
          {question.title,
           QStringLiteral("Recorded under the name that this console's token has at %1.").arg(question.site),
           QStringLiteral("&Start rollout"), ButtonKind::Primary,
           QStringLiteral("Why now? Goes into the audit and the incident's timeline."),
           QStringLiteral("&Override the freeze, with my reason")},
          parent),
      question_(std::move(question)) {
    add(QStringLiteral("&Reason"), reason_);
    column()->addWidget(override_);
    sent_->setLineWrapMode(QPlainTextEdit::NoWrap);
    sent_->setMinimumHeight(kStartLines * sent_->fontMetrics().lineSpacing());
    add(QStringLiteral("&Will be sent to opsd"), sent_);
    addFoot();
    connect(reason_, &QLineEdit::textChanged, this, &StartDialog::refresh);
    reason_->setFocus();
    refresh();
}

StartText StartDialog::start() const {
    return {question_.specification, reason(), !question_.frozen.isEmpty() && override_->isChecked()};
}

QString StartDialog::missing() const {
    if (!question_.frozen.isEmpty() && !override_->isChecked())
        return QStringLiteral("Override the freeze, or wait until it is over");
    if (reason().isEmpty()) return QStringLiteral("A reason is needed: it goes into the audit");
    return {};
}

void StartDialog::refresh() {
    const bool frozen = !question_.frozen.isEmpty(), asking = stage() == Stage::asking;
    const QString text = requestText(start());
    if (sent_->toPlainText() != text) sent_->setPlainText(text);
    if (asking && frozen)
        standing_->setNotice(
            {State::Warn, QStringLiteral("Rollouts are frozen."), question_.frozen, {}, {}, false});
    standing_->setVisible(asking && frozen);
    override_->setVisible(frozen && stage() != Stage::done);
    SendDialog::refresh();
}

void StartDialog::send() {
    question_.send(start(), [self = QPointer(this)](const Outcome& outcome) {
        if (self) self->told(outcome);
    });
}

void StartDialog::told(const Outcome& outcome) {
    if (outcome) {
        const QString message = outcome->value(QStringLiteral("message")).toString();
        goTo(Stage::done, {State::Good, QStringLiteral("The rollout has begun."), message, {}, {}, false});
        emit started();
        return accept();
    }
    const QString why = str(outcome.error().message);
    // Frozen since the dialog opened: opsd offers the override in its refusal.
    if (outcome.error().code == core::Errc::conflict && question_.frozen.isEmpty() &&
        why.contains(QStringLiteral("override")))
        question_.frozen = why;
    goTo(Stage::asking, {State::Bad, QStringLiteral("It did not start."), why, {}, {}, false});
}

}  // namespace qd::app
