#include "app/pages/rollouts/rollout_action_dialog.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kQuestionWidth = 620;
constexpr int kRequestsHeight = 150;
constexpr int kLongestReason = 500;  // the wire takes 2,000 bytes

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

}  // namespace

RolloutActionDialog::RolloutActionDialog(RolloutQuestion question, QWidget* parent)
    : QDialog(parent), question_(std::move(question)) {
    setWindowTitle(question_.title);
    setMinimumWidth(kQuestionWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    layout->setSpacing(space::sm);
    auto* title = makeLabel(question_.title, Type::Lead, Weight::Semibold, false, this);
    title->setWordWrap(true);
    layout->addWidget(title);
    layout->addWidget(makeMutedLabel(
        question_.actor.isEmpty()
            ? QStringLiteral("Recorded under the name that this console's token has at %1.")
                  .arg(question_.site)
            : QStringLiteral("Recorded as done by %1, at %2.").arg(question_.actor, question_.site),
        Type::Small, this));
    news_ = new InlineNotice(this);
    news_->setObjectName(QStringLiteral("news"));
    connect(news_, &InlineNotice::actionTriggered, this, &RolloutActionDialog::readPreview);
    standing_ = new InlineNotice(this);
    standing_->setObjectName(QStringLiteral("standing"));
    standing_->hide();
    layout->addWidget(news_);
    layout->addWidget(standing_);
    const auto caption = [&](const QString& text, QWidget* of) {
        auto* label = makeLabel(text, Type::Small, Weight::Medium, false, this);
        label->setBuddy(of);
        layout->addWidget(label);
        layout->addWidget(of);
        return label;
    };
    const auto choice = [&](const QString& name, const char* object, const QStringList& items) {
        if (items.isEmpty()) return static_cast<QComboBox*>(nullptr);
        auto* box = new QComboBox(this);
        box->setObjectName(QLatin1String(object));
        box->addItems(items);
        box->setAccessibleName(name);
        caption(name, box);
        return box;
    };
    versions_ = choice(QStringLiteral("Version"), "version", question_.versions);
    scopes_ = choice(QStringLiteral("For"), "scope", question_.scopes);
    effects_ = makeLabel({}, Type::Body, Weight::Regular, false, this);
    effects_->setObjectName(QStringLiteral("effects"));
    effects_->setWordWrap(true);
    effects_->setTextFormat(Qt::PlainText);
    layout->addWidget(effects_);
    sent_ = new QPlainTextEdit(this);
    sent_->setObjectName(QStringLiteral("requests"));
    sent_->setReadOnly(true);
    sent_->setTabChangesFocus(true);
    sent_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    sent_->setFont(monoFont(Type::Small));
    sent_->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    sent_->setFixedHeight(kRequestsHeight);
    sent_->setAccessibleName(QStringLiteral("Will be sent"));
    sentLabel_ = caption(QStringLiteral("Will be sent"), sent_);
    reason_ = new QLineEdit(this);
    reason_->setObjectName(QStringLiteral("reason"));
    reason_->setMaxLength(kLongestReason);
    reason_->setPlaceholderText(QStringLiteral("Why? Goes into the audit and the incident's timeline."));
    reason_->setAccessibleName(QStringLiteral("Reason"));
    reasonLabel_ = caption(QStringLiteral("Reason"), reason_);
    override_ = new QCheckBox(QStringLiteral("Override, with my reason"), this);
    override_->setObjectName(QStringLiteral("override"));
    override_->hide();
    layout->addWidget(override_);
    hint_ = makeMutedLabel({}, Type::Small, this);
    hint_->setWordWrap(true);
    cancel_ = makeButton(QStringLiteral("Cancel"), ButtonKind::Plain, this);
    cancel_->setObjectName(QStringLiteral("cancel"));
    cancel_->setAutoDefault(false);
    submit_ = makeButton(question_.action, question_.kind, this);
    submit_->setObjectName(QStringLiteral("submit"));
    submit_->setDefault(question_.kind == ButtonKind::Primary);
    auto* foot = new QHBoxLayout;
    foot->addWidget(hint_, 1);
    foot->addWidget(cancel_);
    foot->addWidget(submit_);
    layout->addSpacing(space::sm);
    layout->addLayout(foot);

    timer_.setInterval(1'000);
    connect(&timer_, &QTimer::timeout, this, &RolloutActionDialog::tick);
    connect(cancel_, &QPushButton::clicked, this, &RolloutActionDialog::reject);
    connect(submit_, &QPushButton::clicked, this, &RolloutActionDialog::confirm);
    connect(override_, &QCheckBox::toggled, this, &RolloutActionDialog::refresh);
    connect(reason_, &QLineEdit::textChanged, this, [this] {
        if (versions_)
            readPreview();
        else
            refresh();
    });
    if (versions_)
        connect(versions_, &QComboBox::currentIndexChanged, this, &RolloutActionDialog::readPreview);
    if (scopes_) connect(scopes_, &QComboBox::currentIndexChanged, this, &RolloutActionDialog::readPreview);
    reason_->setFocus();
    readPreview();
}

void RolloutActionDialog::setCountdown(int ticks, int tickMs) {
    ticks_ = ticks;
    timer_.setInterval(tickMs);
}

RolloutAnswer RolloutActionDialog::answer() const {
    RolloutAnswer given;
    given.reason = reason_->text().trimmed();
    given.overrideFreeze = override_->isVisibleTo(this) && override_->isChecked();
    if (versions_) given.version = versions_->currentText();
    if (scopes_) given.scope = scopes_->currentIndex();
    if (preview_ && preview_->version > 0 && !question_.atOnce) given.expected = preview_->version;
    return given;
}

void RolloutActionDialog::readPreview() {
    stage_ = Stage::reading;
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
    if (stage_ != Stage::reading) return;
    if (!preview) {
        stage_ = Stage::unread;
        news_->setNotice({State::Bad, QStringLiteral("What this would send could not be read."),
                          str(preview.error().message), QStringLiteral("Nothing has been sent."),
                          QStringLiteral("Try again"), false});
        return refresh();
    }
    stage_ = Stage::ready;
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
    refresh();
}

QString RolloutActionDialog::missing() const {
    if (stage_ == Stage::reading) return QStringLiteral("What it would send is still being read");
    if (!preview_) return QStringLiteral("What it would send is not known");
    if (preview_->refusal) return str(*preview_->refusal);
    if (preview_->frozen && !override_->isChecked()) return str(*preview_->frozen);
    if ((question_.needsReason || preview_->frozen) && answer().reason.isEmpty())
        return QStringLiteral("A reason is needed: it goes into the audit");
    return {};
}

void RolloutActionDialog::refresh() {
    const bool known = preview_.has_value();
    const bool editing = stage_ <= Stage::ready;
    if (stage_ == Stage::ready && news_->notice().state == State::Info) news_->setNotice({});
    news_->setVisible(!news_->notice().what.isEmpty());
    standing_->setVisible(editing && known && (preview_->refusal || preview_->frozen));
    effects_->setVisible(known && !effects_->text().isEmpty());
    sent_->setVisible(known);
    sentLabel_->setVisible(known);
    override_->setVisible(known && preview_->frozen && !preview_->refusal && stage_ != Stage::done);
    reasonLabel_->setText(question_.needsReason || (known && preview_->frozen)
                              ? QStringLiteral("Reason")
                              : QStringLiteral("Reason (optional)"));
    reason_->setEnabled(editing);
    override_->setEnabled(editing);
    for (QComboBox* box : {versions_, scopes_})
        if (box) box->setEnabled(editing);
    submit_->setVisible(stage_ != Stage::done);
    cancel_->setText(stage_ == Stage::counting  ? QStringLiteral("Do not send")
                     : stage_ >= Stage::sending ? QStringLiteral("Close")
                                                : QStringLiteral("Cancel"));
    if (!editing) {
        hint_->clear();
        setDisabledReason(submit_, stage_ == Stage::counting
                                       ? QStringLiteral("It is sent when the countdown has run out")
                                       : QStringLiteral("It has been sent"));
        return;
    }
    submit_->setText(question_.action);
    const QString why = missing();
    hint_->setText(why);
    setDisabledReason(submit_, why);
}

void RolloutActionDialog::confirm() {
    if (stage_ != Stage::ready || !missing().isEmpty()) return;
    if (question_.atOnce || ticks_ <= 0) return send();
    stage_ = Stage::counting;
    left_ = ticks_;
    submit_->setText(QStringLiteral("Sent in %1 s").arg(left_));
    timer_.start();
    refresh();
    cancel_->setFocus();
}

void RolloutActionDialog::tick() {
    if (--left_ <= 0) return send();
    submit_->setText(QStringLiteral("Sent in %1 s").arg(left_));
}

void RolloutActionDialog::reject() {
    if (stage_ != Stage::counting) return QDialog::reject();
    timer_.stop();
    stage_ = Stage::ready;
    news_->setNotice({State::Neutral, QStringLiteral("Nothing has been sent."), {}, {}, {}, false});
    refresh();
}

void RolloutActionDialog::send() {
    timer_.stop();
    const RolloutAnswer given = answer();
    stage_ = Stage::sending;
    news_->setNotice({State::Info, QStringLiteral("Sent; waiting for the answer"), {}, {}, {}, false});
    submit_->setText(QStringLiteral("Sent"));
    refresh();
    question_.send(given, [self = QPointer(this)](const Outcome& outcome) {
        if (self) self->told(outcome);
    });
}

void RolloutActionDialog::told(const Outcome& outcome) {
    if (outcome) {
        stage_ = Stage::done;
        const QString message = outcome->value(QStringLiteral("message")).toString();
        const bool partial = outcome->value(QStringLiteral("partial")).toBool();
        news_->setNotice({partial ? State::Warn : State::Good,
                          (partial ? QStringLiteral("Done in part only: %1") : QStringLiteral("Done: %1"))
                              .arg(question_.action),
                          message,
                          {},
                          {},
                          false});
        return refresh();
    }
    const core::Error& error = outcome.error();
    const QString message = str(error.message);
    if (error.code != core::Errc::precondition_failed && error.code != core::Errc::conflict) {
        stage_ = Stage::ready;
        news_->setNotice({State::Bad, QStringLiteral("It did not happen."), message, {}, {}, false});
        return refresh();
    }
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
    news_->setNotice({State::Warn,
                      QStringLiteral("It did not happen: it was not as shown."),
                      message,
                      QStringLiteral("What is shown here now has been read afresh."),
                      {},
                      false});
    refresh();
}

RolloutActionDialog* RolloutActionDialog::ask(RolloutQuestion question, QWidget* parent) {
    auto* dialog = new RolloutActionDialog(std::move(question), parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
    return dialog;
}

}  // namespace qd::app
