#include "app/pages/outbox/outbox_dialog.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include "app/shell/session.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/age_label.hpp"
#include "widgets/tiles/confirm.hpp"

namespace qd::app {

using namespace widgets;

namespace {

QString summaryOf(const opsclient::Outbox& outbox) {
    return QStringLiteral("%1 queued · %2 being sent · %3 sent · %4 failed · %5 dropped")
        .arg(outbox.queued)
        .arg(outbox.sending)
        .arg(outbox.sent)
        .arg(outbox.failed)
        .arg(outbox.dropped);
}

QString whyNotAgain(const opsclient::OutboxEntry* entry) {
    if (!entry) return QStringLiteral("Choose a message first");
    const bool retrying = entry->state == "queued" && !entry->last_error.empty();
    if (entry->state != "failed" && !retrying)
        return QStringLiteral("Only what did not go out is tried again");
    if (entry->kind.empty()) return QStringLiteral("Its destination is no longer configured");
    return {};
}

QString whyNotDrop(const opsclient::OutboxEntry* entry) {
    if (!entry) return QStringLiteral("Choose a message first");
    if (entry->state == "queued" || entry->state == "failed") return {};
    return entry->state == "sending" ? QStringLiteral("It is being sent right now")
                                     : QStringLiteral("It is %1").arg(str(entry->state));
}

}  // namespace

OutboxDialog::OutboxDialog(Session& session, QWidget* parent)
    : QDialog(parent), session_(session), model_(new OutboxModel(this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("outbox"));
    setWindowTitle(QStringLiteral("Outbox"));
    resize(1220, 560);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    column->setSpacing(space::md);
    auto* head = new QHBoxLayout;
    head->addWidget(makeLabel(QStringLiteral("Outbox"), Type::Title, Weight::Semibold, false, this));
    summary_ = makeMutedLabel({}, Type::Body, this);
    summary_->setAccessibleName(QStringLiteral("Messages by state"));
    head->addWidget(summary_, 1);
    age_ = new AgeLabel(this);
    age_->setPrefix(QStringLiteral("as of"));
    age_->setStaleAfter(24 * 3'600'000);  // told by events: its age says nothing against it
    head->addWidget(age_);
    column->addLayout(head);

    table_ = new TableView(this);
    table_->setModel(model_);
    table_->setItemDelegateForColumn(OutboxModel::State, new StatusDelegate(table_));
    table_->setColumnLayout({110, 0, 150, 76, 84, 106, 240});
    table_->setKeyColumn(-1);
    table_->setAccessibleName(QStringLiteral("Messages on their way out, the newest first"));
    column->addWidget(table_, 1);

    detail_ = makeLabel({}, Type::Small, Weight::Regular, false, this);
    detail_->setWordWrap(true);
    detail_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    detail_->setMinimumHeight(2 * fontMetrics().height());
    detail_->setAccessibleName(QStringLiteral("About the chosen message"));
    column->addWidget(detail_);

    auto* foot = new QHBoxLayout;
    retry_ = makeButton(QStringLiteral("Try again  (R)"), ButtonKind::Primary, this);
    retry_->setObjectName(QStringLiteral("retry"));
    drop_ = makeButton(QStringLiteral("Drop…  (Delete)"), ButtonKind::Danger, this);
    drop_->setObjectName(QStringLiteral("drop"));
    auto* close = makeButton(QStringLiteral("Close"), ButtonKind::Plain, this);
    for (QPushButton* button : {retry_, drop_, close}) button->setAutoDefault(false);
    foot->addStretch(1);
    foot->addWidget(drop_);
    foot->addWidget(retry_);
    foot->addWidget(close);
    column->addLayout(foot);

    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(retry_, &QPushButton::clicked, this, &OutboxDialog::tryAgain);
    connect(drop_, &QPushButton::clicked, this, &OutboxDialog::askToDrop);
    connect(new QShortcut(QKeySequence(Qt::Key_R), this), &QShortcut::activated, retry_, &QPushButton::click);
    connect(new QShortcut(QKeySequence(Qt::Key_Delete), this), &QShortcut::activated, drop_,
            &QPushButton::click);
    connect(table_, &TableView::currentRowChanged, this, &OutboxDialog::showSelected);
    connect(&session.outbox(), &Domain::changed, this, &OutboxDialog::refresh);
    connect(&session.outbox(), &Domain::freshnessChanged, this, &OutboxDialog::refresh);
    tick_.setInterval(1'000);
    connect(&tick_, &QTimer::timeout, model_, &OutboxModel::tick);
    tick_.start();
    session.outbox().refresh();
    refresh();
    table_->setFocus();
}

void OutboxDialog::refresh() {
    OutboxAdapter& adapter = session_.outbox();
    if (!adapter.hasData())
        table_->setEmptyContent(Icon::Clock, QStringLiteral("The outbox has not been read yet"),
                                adapter.problem());
    else
        table_->setEmptyContent(
            Icon::Note, QStringLiteral("Nothing has gone out"),
            QStringLiteral(
                "Alerts, what happens to incidents and status updates go to the destinations that "
                "opsd's configuration lists under `notify` (of a local site: opsd.yaml in its folder)."));
    model_->update(adapter.outbox().entries);
    summary_->setText(adapter.problem().isEmpty() ? summaryOf(adapter.outbox())
                                                  : QStringLiteral("Not current: %1").arg(adapter.problem()));
    age_->setTime(adapter.asOfMs());
    if (!table_->currentIndex().isValid() && model_->rowCount() > 0) table_->selectRow(0);
    showSelected();
}

const opsclient::OutboxEntry* OutboxDialog::selected() const {
    return model_->row(table_->currentIndex().row());
}

void OutboxDialog::showSelected() {
    const opsclient::OutboxEntry* entry = selected();
    setDisabledReason(retry_, whyNotAgain(entry));
    setDisabledReason(drop_, whyNotDrop(entry));
    if (!entry) return detail_->clear();
    detail_->setText(entry->last_error.empty()
                         ? QStringLiteral("%1 to %2").arg(str(entry->title), str(entry->destination))
                         : QStringLiteral("%1 to %2: %3")
                               .arg(str(entry->title), str(entry->destination), str(entry->last_error)));
}

void OutboxDialog::tryAgain() {
    if (const opsclient::OutboxEntry* entry = selected())
        session_.actions().invoke(QStringLiteral("outbox.retry"),
                                  {{QStringLiteral("id"), qulonglong(entry->id)}},
                                  [this, guard = QPointer(this)](const Outcome& outcome) {
                                      if (guard) did(QStringLiteral("It was not tried again"), outcome);
                                  });
}

void OutboxDialog::askToDrop() {
    const opsclient::OutboxEntry* entry = selected();
    if (!entry || !whyNotDrop(entry).isEmpty()) return;
    Confirmation question;
    question.title = QStringLiteral("Drop this message to %1?").arg(str(entry->destination));
    question.statement = str(entry->title);
    question.consequences = {QStringLiteral("It is not sent to %1 any more, and stays listed as dropped.")
                                 .arg(str(entry->destination))};
    if (entry->type == "status_update")
        question.consequences << QStringLiteral("The incident's journal notes that it was not delivered.");
    question.action = QStringLiteral("Drop message");
    question.kind = ButtonKind::Danger;
    question.reasonRequired = false;
    auto* dialog = new ConfirmDialog(question, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConfirmDialog::confirmed, this, [this, id = entry->id] {
        session_.actions().invoke(QStringLiteral("outbox.drop"), {{QStringLiteral("id"), qulonglong(id)}},
                                  [this, guard = QPointer(this)](const Outcome& outcome) {
                                      if (guard) did(QStringLiteral("It was not dropped"), outcome);
                                  });
    });
    dialog->open();
}

void OutboxDialog::did(const QString& what, const core::Result<QVariantMap>& outcome) {
    if (!outcome) detail_->setText(QStringLiteral("%1: %2").arg(what, str(outcome.error().message)));
}

}  // namespace qd::app
