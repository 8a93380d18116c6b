#include "app/pages/rollouts/new_rollout/start_dialog.hpp"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QVBoxLayout>

#include "app/models/values.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kStartWidth = 620;
constexpr int kStartLines = 18;           // of the request, before it scrolls
constexpr int kLongestStartReason = 500;  // the wire takes 2,000 bytes
}  // namespace

StartDialog::StartDialog(StartQuestion question, QWidget* parent)
    : QDialog(parent), question_(std::move(question)) {
    setWindowTitle(question_.title);
    setMinimumWidth(kStartWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    layout->setSpacing(space::sm);
    auto* title = makeLabel(question_.title, Type::Lead, Weight::Semibold, false, this);
    title->setWordWrap(true);
    layout->addWidget(title);
    layout->addWidget(makeMutedLabel(
        QStringLiteral("Recorded under the name that this console's token has at %1.").arg(question_.site),
        Type::Small, this));
    news_ = new InlineNotice(this);
    news_->setObjectName(QStringLiteral("news"));
    standing_ = new InlineNotice(this);
    standing_->setObjectName(QStringLiteral("standing"));
    layout->addWidget(news_);
    layout->addWidget(standing_);
    const auto caption = [&](const QString& text, QWidget* of) {
        auto* label = makeLabel(text, Type::Small, Weight::Medium, false, this);
        label->setBuddy(of);
        layout->addWidget(label);
        layout->addWidget(of);
    };
    reason_ = new QLineEdit(this);
    reason_->setObjectName(QStringLiteral("reason"));
    reason_->setMaxLength(kLongestStartReason);
    reason_->setPlaceholderText(QStringLiteral("Why now? Goes into the audit and the incident's timeline."));
    reason_->setAccessibleName(QStringLiteral("Reason"));
    caption(QStringLiteral("&Reason"), reason_);
    override_ = new QCheckBox(QStringLiteral("&Override the freeze, with my reason"), this);
    override_->setObjectName(QStringLiteral("override"));
    layout->addWidget(override_);
    sent_ = new QPlainTextEdit(this);
    sent_->setObjectName(QStringLiteral("requests"));
    sent_->setReadOnly(true);
    sent_->setTabChangesFocus(true);
    sent_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    sent_->setFont(monoFont(Type::Small));
    sent_->setLineWrapMode(QPlainTextEdit::NoWrap);
    sent_->setMinimumHeight(kStartLines * sent_->fontMetrics().lineSpacing());
    sent_->setAccessibleName(QStringLiteral("Will be sent"));
    caption(QStringLiteral("&Will be sent to opsd"), sent_);
    hint_ = makeMutedLabel({}, Type::Small, this);
    hint_->setWordWrap(true);
    cancel_ = makeButton({}, ButtonKind::Plain, this);
    cancel_->setObjectName(QStringLiteral("cancel"));
    cancel_->setAutoDefault(false);
    submit_ = makeButton({}, ButtonKind::Primary, this);
    submit_->setObjectName(QStringLiteral("submit"));
    submit_->setDefault(true);
    auto* foot = new QHBoxLayout;
    foot->addWidget(hint_, 1);
    foot->addWidget(cancel_);
    foot->addWidget(submit_);
    layout->addLayout(foot);

    timer_.setInterval(1'000);
    connect(&timer_, &QTimer::timeout, this, &StartDialog::tick);
    connect(cancel_, &QPushButton::clicked, this, &StartDialog::reject);
    connect(submit_, &QPushButton::clicked, this, &StartDialog::confirm);
    connect(reason_, &QLineEdit::textChanged, this, &StartDialog::refresh);
    connect(override_, &QCheckBox::toggled, this, &StartDialog::refresh);
    reason_->setFocus();
    refresh();
}

void StartDialog::setCountdown(int ticks, int tickMs) {
    ticks_ = ticks;
    timer_.setInterval(tickMs);
}

void StartDialog::makeRoom() {
    // A label that wraps needs more height than a dialog's hint says.
    layout()->activate();
    const int wanted = layout()->totalHeightForWidth(width());
    if (height() < wanted) resize(width(), wanted);
}

StartText StartDialog::start() const {
    return {question_.specification, reason_->text().trimmed(),
            !question_.frozen.isEmpty() && override_->isChecked()};
}

QString StartDialog::missing() const {
    if (!question_.frozen.isEmpty() && !override_->isChecked())
        return QStringLiteral("Override the freeze, or wait until it is over");
    if (start().reason.isEmpty()) return QStringLiteral("A reason is needed: it goes into the audit");
    return {};
}

void StartDialog::refresh() {
    const bool asking = stage_ == Stage::asking;
    const QString text = requestText(start());
    if (sent_->toPlainText() != text) sent_->setPlainText(text);
    if (asking && !question_.frozen.isEmpty())
        standing_->setNotice(
            {State::Warn, QStringLiteral("Rollouts are frozen."), question_.frozen, {}, {}, false});
    standing_->setVisible(asking && !question_.frozen.isEmpty());
    news_->setVisible(!news_->notice().what.isEmpty());
    override_->setVisible(!question_.frozen.isEmpty() && stage_ != Stage::done);
    override_->setEnabled(asking);
    reason_->setEnabled(asking);
    submit_->setVisible(stage_ != Stage::done);
    cancel_->setText(stage_ == Stage::counting ? QStringLiteral("&Do not send")
                     : asking                  ? QStringLiteral("&Cancel")
                                               : QStringLiteral("&Close"));
    submit_->setText(asking                      ? QStringLiteral("&Start rollout")
                     : stage_ == Stage::counting ? QStringLiteral("Sent in %1 s").arg(left_)
                                                 : QStringLiteral("Sent"));
    const QString why = asking ? missing()
                        : stage_ == Stage::counting
                            ? QStringLiteral("It is sent when the countdown has run out")
                            : QStringLiteral("It has been sent");
    hint_->setText(asking ? why : QString());
    setDisabledReason(submit_, why);
    makeRoom();
}

void StartDialog::confirm() {
    if (stage_ != Stage::asking || !missing().isEmpty()) return;
    if (ticks_ <= 0) return send();
    stage_ = Stage::counting;
    left_ = ticks_;
    timer_.start();
    refresh();
    cancel_->setFocus();
}

void StartDialog::tick() {
    if (--left_ <= 0) return send();
    refresh();
}

void StartDialog::reject() {
    if (stage_ != Stage::counting) return QDialog::reject();
    timer_.stop();
    stage_ = Stage::asking;
    news_->setNotice({State::Neutral, QStringLiteral("Nothing has been sent."), {}, {}, {}, false});
    refresh();
}

void StartDialog::send() {
    timer_.stop();
    stage_ = Stage::sending;
    news_->setNotice({State::Info, QStringLiteral("Sent; waiting for the answer"), {}, {}, {}, false});
    refresh();
    question_.send(start(), [self = QPointer(this)](const Outcome& outcome) {
        if (self) self->told(outcome);
    });
}

void StartDialog::told(const Outcome& outcome) {
    if (outcome) {
        stage_ = Stage::done;
        news_->setNotice({State::Good,
                          QStringLiteral("The rollout has begun."),
                          outcome->value(QStringLiteral("message")).toString(),
                          {},
                          {},
                          false});
        refresh();
        emit started();
        return accept();
    }
    stage_ = Stage::asking;
    const QString why = str(outcome.error().message);
    // Frozen since the dialog opened: opsd offers the override in its refusal.
    if (outcome.error().code == core::Errc::conflict && question_.frozen.isEmpty() &&
        why.contains(QStringLiteral("override")))
        question_.frozen = why;
    news_->setNotice({State::Bad, QStringLiteral("It did not start."), why, {}, {}, false});
    refresh();
}

}  // namespace qd::app
