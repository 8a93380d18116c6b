#include "app/pages/rollouts/rollout_action_dialog.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kRequestsHeight = 150;

QString requestsText(const rollouts::ActionPreview& preview) {
    QStringList parts;
    for (const rollouts::PreviewedRequest& request : preview.requests) {
        QString text = QStringLiteral("# to %1\n").arg(str(request.to));
        text += request.method.empty()
                    ? str(request.target)
                    : QStringLiteral("%1 %2").arg(str(request.method), str(request.target));
        if (!request.content_type.empty())
            text += QStringLiteral("\nContent-Type: %1").arg(str(request.content_type));
        if (!request.body.empty()) text += QStringLiteral("\n\n%1").arg(str(request.body));
        parts << text;
    }
    return parts.isEmpty() ? QStringLiteral("Nothing goes to a router: opsd notes it in the rollout's audit.")
                           : parts.join(QStringLiteral("\n\n"));
}

QString recordedAs(const RolloutQuestion& question) {
    if (question.actor.isEmpty())
        return QStringLiteral("Recorded under the name that this console's token has at %1.")
            .arg(question.site);
    return QStringLiteral("Recorded as done by %1, at %2.").arg(question.actor, question.site);
}

}  // namespace

RolloutActionDialog::RolloutActionDialog(RolloutQuestion question, QWidget* parent)
    : SendDialog({question.title, recordedAs(question), question.action, question.kind,
                  QStringLiteral("Why? Goes into the audit and the incident's timeline."),
                  QStringLiteral("Override, with my reason")},
                 parent),
      question_(std::move(question)) {
    connect(news_, &InlineNotice::actionTriggered, this, &RolloutActionDialog::readPreview);
    versions_ = addChoice(QStringLiteral("Version"), "version", question_.versions);
    scopes_ = addChoice(QStringLiteral("For"), "scope", question_.scopes);
    effects_ = makeLabel({}, Type::Body, Weight::Regular, false, this);
    effects_->setObjectName(QStringLiteral("effects"));
    effects_->setWordWrap(true);
    effects_->setTextFormat(Qt::PlainText);
    column()->addWidget(effects_);
    sent_->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    sent_->setFixedHeight(kRequestsHeight);
    sentLabel_ = add(QStringLiteral("Will be sent"), sent_);
    reasonLabel_ = add(QStringLiteral("Reason"), reason_);
    column()->addWidget(override_);
    addFoot();
    connect(reason_, &QLineEdit::textChanged, this, [this] { versions_ ? readPreview() : refresh(); });
    reason_->setFocus();
    readPreview();
}

QComboBox* RolloutActionDialog::addChoice(const QString& caption, const char* object,
                                          const QStringList& items) {
    if (items.isEmpty()) return nullptr;
    auto* box = new QComboBox(this);
    box->setObjectName(QLatin1String(object));
    box->addItems(items);
    box->setAccessibleName(caption);
    add(caption, box);
    connect(box, &QComboBox::currentIndexChanged, this, &RolloutActionDialog::readPreview);
    return box;
}

RolloutAnswer RolloutActionDialog::answer() const {
    RolloutAnswer given;
    given.reason = reason();
    given.overrideFreeze = override_->isVisibleTo(this) && override_->isChecked();
    if (versions_) given.version = versions_->currentText();
    if (scopes_) given.scope = scopes_->currentIndex();
    if (preview_ && preview_->version > 0 && !question_.atOnce) given.expected = preview_->version;
    return given;
}

void RolloutActionDialog::readPreview() {
    reading_ = true;
    preview_.reset();
    if (!versions_)
        news_->setNotice({State::Info, QStringLiteral("Reading what this would send"), {}, {}, {}, false});
    refresh();
    const int mine = ++asked_;
    question_.read(answer(), [self = QPointer(this), mine](core::Result<rollouts::ActionPreview> preview) {
        if (self && self->asked_ == mine) self->showPreview(preview);
    });
}

void RolloutActionDialog::showPreview(const core::Result<rollouts::ActionPreview>& preview) {
    reading_ = false;
    if (!preview) {
        news_->setNotice({State::Bad, QStringLiteral("What this would send could not be read."),
                          str(preview.error().message), QStringLiteral("Nothing has been sent."),
                          QStringLiteral("Try again"), false});
        return refresh();
    }
    preview_ = *preview;
    QStringList effects;
    for (const std::string& effect : preview_->effects) effects << QStringLiteral("•  ") + str(effect);
    effects_->setText(effects.join(QLatin1Char('\n')));
    sent_->setPlainText(requestsText(*preview_));
    if (preview_->refusal)
        standing_->setNotice(
            {State::Warn, QStringLiteral("It does not apply now."), str(*preview_->refusal), {}, {}, false});
    else if (preview_->frozen)
        standing_->setNotice(
            {State::Warn, QStringLiteral("Rollouts are frozen."), str(*preview_->frozen), {}, {}, false});
    if (news_->notice().state == State::Info) news_->setNotice({});
    refresh();
}

QString RolloutActionDialog::missing() const {
    if (reading_) return QStringLiteral("What it would send is still being read");
    if (!preview_) return QStringLiteral("What it would send is not known");
    if (preview_->refusal) return str(*preview_->refusal);
    if (preview_->frozen && !override_->isChecked()) return str(*preview_->frozen);
    if ((question_.needsReason || preview_->frozen) && reason().isEmpty())
        return QStringLiteral("A reason is needed: it goes into the audit");
    return {};
}

void RolloutActionDialog::refresh() {
    const bool known = preview_.has_value(), frozen = known && preview_->frozen;
    const bool asking = stage() == Stage::asking;
    standing_->setVisible(asking && known && (preview_->refusal || preview_->frozen));
    effects_->setVisible(known && !effects_->text().isEmpty());
    sent_->setVisible(known);
    sentLabel_->setVisible(known);
    override_->setVisible(frozen && !preview_->refusal && stage() != Stage::done);
    reasonLabel_->setText(question_.needsReason || frozen ? QStringLiteral("Reason")
                                                          : QStringLiteral("Reason (optional)"));
    for (QComboBox* box : {versions_, scopes_})
        if (box) box->setEnabled(asking);
    SendDialog::refresh();
}

void RolloutActionDialog::send() {
    question_.send(answer(), [self = QPointer(this)](const Outcome& outcome) {
        if (self) self->told(outcome);
    });
}

void RolloutActionDialog::told(const Outcome& outcome) {
    if (outcome) {
        const QString message = outcome->value(QStringLiteral("message")).toString();
        const bool partial = outcome->value(QStringLiteral("partial")).toBool();
        return goTo(Stage::done,
                    {partial ? State::Warn : State::Good,
                     (partial ? QStringLiteral("Done in part only: %1") : QStringLiteral("Done: %1"))
                         .arg(question_.action),
                     message,
                     {},
                     {},
                     false});
    }
    const core::Error& error = outcome.error();
    const QString message = str(error.message);
    if (error.code != core::Errc::precondition_failed && error.code != core::Errc::conflict)
        return goTo(Stage::asking,
                    {State::Bad, QStringLiteral("It did not happen."), message, {}, {}, false});
    const std::uint64_t seen = preview_ ? preview_->version : 0;
    if (!question_.moved) return overtaken(message);
    question_.moved(seen, [self = QPointer(this), message](const QStringList& moved) {
        if (self)
            self->overtaken(moved.isEmpty() ? message
                                            : message + QStringLiteral("\nSince you looked: ") +
                                                  moved.join(QStringLiteral("; ")) + QLatin1Char('.'));
    });
}

void RolloutActionDialog::overtaken(const QString& message) {
    readPreview();
    goTo(Stage::asking, {State::Warn,
                         QStringLiteral("It did not happen: it was not as shown."),
                         message,
                         QStringLiteral("What is shown here now has been read afresh."),
                         {},
                         false});
}

RolloutActionDialog* RolloutActionDialog::ask(RolloutQuestion question, QWidget* parent) {
    auto* dialog = new RolloutActionDialog(std::move(question), parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
    return dialog;
}

}  // namespace qd::app
