#include "app/pages/incidents/status_update.hpp"

#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include "app/models/outbox_model.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/labels.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kDialogWidth = 640;
constexpr int kUpdateHeight = 200;
constexpr int kMostUpdateBytes = 16 << 10;  // what a journal takes
const QString kUpdateId = QStringLiteral("incident.status_update");

const QVector<QPair<QString, QString>>& audienceChoices() {
    static const QVector<QPair<QString, QString>> choices{
        {QStringLiteral("Stakeholders and executives"), QStringLiteral("stakeholders")},
        {QStringLiteral("Customers"), QStringLiteral("customers")},
        {QStringLiteral("Responders"), QStringLiteral("responders")}};
    return choices;
}

QString dueWords(const opsclient::StatusDraft& draft) {
    QStringList words;
    words << (draft.last_update_at
                  ? QStringLiteral("Last told at %1").arg(formatClock(msOf(draft.last_update_at), false))
                  : QStringLiteral("Not told yet"));
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (draft.next_update_due) {
        const qint64 due = msOf(draft.next_update_due);
        words << (due <= now ? QStringLiteral("overdue for %1").arg(spanOf(double(now - due) / 1000))
                             : QStringLiteral("due at %1").arg(formatClock(due, false)));
    }
    words << (draft.interval_s ? QStringLiteral("then every %1").arg(spanOf(double(*draft.interval_s)))
                               : QStringLiteral("no rhythm for this severity"));
    return words.join(QStringLiteral(" · "));
}

QString destinationWords(const opsclient::StatusDraft& draft, const QString& audience) {
    if (draft.destinations.empty())
        return QStringLiteral(
                   "Goes to nobody: no destination takes the updates of %1. It is written into the "
                   "journal only.")
            .arg(audience);
    QStringList recipients;
    for (const opsclient::Recipient& one : draft.destinations) recipients << wordsOf(one);
    return QStringLiteral("Goes to %1, under the headline “%2”.")
        .arg(recipients.join(", "), str(draft.title));
}

}  // namespace

StatusUpdateDialog::StatusUpdateDialog(Session& session, const QString& incident, QWidget* parent)
    : QDialog(parent), session_(session), incident_(incident) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("statusUpdate"));
    setMinimumWidth(kDialogWidth);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    column->setSpacing(space::sm);
    const incidents::Incident* known = session.incidents().find(incident);
    const QString name =
        known ? QStringLiteral("%1 %2: %3")
                    .arg(str(incidents::to_string(known->severity)), incident, str(known->title))
              : incident;
    setWindowTitle(QStringLiteral("Status update on %1").arg(name));
    auto* title = makeLabel(windowTitle(), Type::Lead, Weight::Semibold, false, this);
    title->setWordWrap(true);
    column->addWidget(title);
    column->addSpacing(space::xs);

    const auto label = [this, column](const QString& text, QWidget* buddy) {
        auto* made = makeLabel(text, Type::Small, Weight::Medium, false, this);
        made->setBuddy(buddy);
        buddy->setAccessibleName(text);
        column->addWidget(made);
    };
    audience_ = new QComboBox(this);
    audience_->setObjectName(QStringLiteral("audience"));
    for (const auto& [shown, value] : audienceChoices()) audience_->addItem(shown, value);
    label(QStringLiteral("For"), audience_);
    column->addWidget(audience_);
    due_ = makeMutedLabel({}, Type::Small, this);
    due_->setObjectName(QStringLiteral("due"));
    column->addWidget(due_);
    column->addSpacing(space::xs);

    text_ = new QPlainTextEdit(this);
    text_->setObjectName(QStringLiteral("text"));
    text_->setTabChangesFocus(true);
    text_->setMinimumHeight(kUpdateHeight);
    label(QStringLiteral("Exactly this text is sent"), text_);
    column->addWidget(text_, 1);
    goesTo_ = makeLabel({}, Type::Small, Weight::Regular, false, this);
    goesTo_->setObjectName(QStringLiteral("goesTo"));
    goesTo_->setWordWrap(true);
    column->addWidget(goesTo_);
    column->addSpacing(space::sm);

    hint_ = makeMutedLabel({}, Type::Small, this);
    hint_->setWordWrap(true);
    auto* cancel = makeButton(QStringLiteral("Cancel"), ButtonKind::Plain, this);
    cancel->setAutoDefault(false);
    send_ = makeButton(QStringLiteral("Send update"), ButtonKind::Primary, this);
    send_->setObjectName(QStringLiteral("submit"));
    send_->setAutoDefault(false);
    auto* foot = new QHBoxLayout;
    foot->addWidget(hint_, 1);
    foot->addWidget(cancel);
    foot->addWidget(send_);
    column->addLayout(foot);

    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(send_, &QPushButton::clicked, this, &StatusUpdateDialog::send);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, send_,
            &QPushButton::click);
    connect(audience_, &QComboBox::currentIndexChanged, this, &StatusUpdateDialog::choose);
    connect(text_, &QPlainTextEdit::textChanged, this, &StatusUpdateDialog::refresh);
    choose();
    text_->setFocus();
}

QString StatusUpdateDialog::audience() const {
    return audience_->currentData().toString();
}

void StatusUpdateDialog::choose() {
    if (!shown_.isEmpty() && drafts_.contains(shown_) && text_->toPlainText() != str(drafts_[shown_].text))
        typed_[shown_] = text_->toPlainText();
    const QString wanted = audience();
    shown_.clear();
    problem_.clear();
    if (drafts_.contains(wanted)) return drafted(wanted, drafts_[wanted]);
    text_->clear();
    refresh();
    session_.status().draft(incident_, wanted, this,
                            [this, wanted](const auto& draft) { drafted(wanted, draft); });
}

void StatusUpdateDialog::drafted(const QString& audience, const core::Result<opsclient::StatusDraft>& draft) {
    if (draft) drafts_[audience] = *draft;
    if (audience != this->audience()) return;
    if (!draft) {
        // A text can be written without a draft; where it goes is told by the answer then.
        problem_ = QStringLiteral("There is no draft: %1").arg(str(draft.error().message));
        return refresh();
    }
    shown_ = audience;
    text_->setPlainText(typed_.value(audience, str(draft->text)));
    refresh();
}

void StatusUpdateDialog::refresh() {
    const bool ready = drafts_.contains(audience());
    QString missing;
    if (!ready && problem_.isEmpty()) missing = QStringLiteral("The draft is being read");
    const QString text = text_->toPlainText();
    if (missing.isEmpty() && text.trimmed().isEmpty()) missing = QStringLiteral("A text is needed");
    if (missing.isEmpty() && text.toUtf8().size() > kMostUpdateBytes)
        missing = QStringLiteral("The text is longer than 16 KiB");
    if (missing.isEmpty() && text.contains(QStringLiteral("{{")))
        missing = QStringLiteral("Write out what stands in {{ }}: it is sent as it is");
    setDisabledReason(send_, missing);
    hint_->setText(missing.isEmpty() ? problem_ : missing);
    due_->setText(ready ? dueWords(drafts_[audience()]) : QString());
    goesTo_->setText(ready ? destinationWords(drafts_[audience()], audience_->currentText().toLower())
                           : QString());
    const std::size_t count = ready ? drafts_[audience()].destinations.size() : 0;
    send_->setText(!ready ? QStringLiteral("Send update")
                   : count == 0
                       ? QStringLiteral("Write into the journal")
                       : QStringLiteral("Send to %1 destination%2").arg(count).arg(count == 1 ? "" : "s"));
}

void StatusUpdateDialog::send() {
    QVariantMap values{{QStringLiteral("incident"), incident_},
                       {QStringLiteral("audience"), audience()},
                       {QStringLiteral("text"), text_->toPlainText().trimmed()}};
    if (drafts_.contains(audience()))
        values[QStringLiteral("based_on")] = qulonglong(drafts_[audience()].based_on);
    accept();
    session_.actions().invoke(kUpdateId, values);
}

void addStatusUpdateActions(Session& session, std::function<QWidget*()> dialogParent) {
    const auto open = [&session, dialogParent](const QString& incident) {
        if (QWidget* parent = dialogParent()) (new StatusUpdateDialog(session, incident, parent))->open();
    };
    session.actions().add(
        {.id = kUpdateId,
         .title = QStringLiteral("Tell an audience (status update)"),
         .group = QStringLiteral("Incident"),
         .shortcut = QKeySequence(Qt::Key_U),
         .run =
             [&session](const QVariantMap& p, Done done) {
                 const QString incident =
                     p.value(QStringLiteral("incident"), session.selection().incident()).toString();
                 if (incident.isEmpty())
                     return done(core::fail(core::Errc::invalid_argument, "no incident is chosen"));
                 std::optional<std::uint64_t> basedOn;
                 if (p.contains(QStringLiteral("based_on"))) basedOn = p.value("based_on").toULongLong();
                 session.status().post(incident, p.value("audience", "stakeholders").toString(),
                                       p.value("text").toString(), basedOn,
                                       [&session, done](const Outcome& outcome) {
                                           session.incidents().refresh();
                                           done(outcome);
                                       });
             },
         .ask = [&session, open] { open(session.selection().incident()); },
         .blocked = [&session]() -> QString {
             if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
             const QString chosen = session.selection().incident();
             if (chosen.isEmpty()) return QStringLiteral("Choose an incident first");
             // A last word after the resolution is welcome; of a merged one the other incident tells.
             const incidents::Incident* incident = session.incidents().find(chosen);
             return incident && incident->state == incidents::State::merged
                        ? QStringLiteral("It is merged: write there")
                        : QString();
         },
         .page = QStringLiteral("incidents"),
         .parameters = {QStringLiteral("incident"), QStringLiteral("audience"), QStringLiteral("text"),
                        QStringLiteral("based_on")}});
    session.actions().add({.id = QStringLiteral("status_update.open"),
                           .title = QStringLiteral("Write the status update that is due"),
                           .group = QStringLiteral("Incident"),
                           .shortcut = {},
                           .run =
                               [&session, open](const QVariantMap& p, Done done) {
                                   QString incident = p.value(QStringLiteral("id")).toString();
                                   if (incident.isEmpty() && !session.status().owed().empty())
                                       incident = str(session.status().owed().front().incident);
                                   if (incident.isEmpty())
                                       return done(core::fail(core::Errc::conflict, "no update is owed"));
                                   // Behind the dialog stands the incident that it is about.
                                   session.selection().setIncident(incident);
                                   session.actions().invoke(QStringLiteral("incidents.open"),
                                                            {{QStringLiteral("id"), incident}});
                                   open(incident);
                                   done(QVariantMap{});
                               },
                           .ask = {},
                           .blocked = [&session]() -> QString {
                               return session.status().owed().empty()
                                          ? QStringLiteral("No open incident is owed an update")
                                          : QString();
                           },
                           .page = {},
                           .parameters = {QStringLiteral("id")}});
}

}  // namespace qd::app
