#include "app/pages/rollouts/send_dialog.hpp"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/inline_notice.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kSendWidth = 620;
constexpr int kLongestReason = 500;  // the wire takes 2,000 bytes
}  // namespace

SendDialog::SendDialog(const Words& words, QWidget* parent) : QDialog(parent), action_(words.action) {
    setWindowTitle(words.title);
    setMinimumWidth(kSendWidth);
    column_ = new QVBoxLayout(this);
    column_->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    column_->setSpacing(space::sm);
    auto* title = makeLabel(words.title, Type::Lead, Weight::Semibold, false, this);
    title->setWordWrap(true);
    column_->addWidget(title);
    column_->addWidget(makeMutedLabel(words.recorded, Type::Small, this));
    news_ = new InlineNotice(this);
    news_->setObjectName(QStringLiteral("news"));
    standing_ = new InlineNotice(this);
    standing_->setObjectName(QStringLiteral("standing"));
    standing_->hide();
    column_->addWidget(news_);
    column_->addWidget(standing_);

    sent_ = new QPlainTextEdit(this);
    sent_->setObjectName(QStringLiteral("requests"));
    sent_->setReadOnly(true);
    sent_->setTabChangesFocus(true);
    sent_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    sent_->setFont(monoFont(Type::Small));
    sent_->setAccessibleName(QStringLiteral("Will be sent"));
    reason_ = new QLineEdit(this);
    reason_->setObjectName(QStringLiteral("reason"));
    reason_->setMaxLength(kLongestReason);
    reason_->setPlaceholderText(words.askReason);
    reason_->setAccessibleName(QStringLiteral("Reason"));
    override_ = new QCheckBox(words.override, this);
    override_->setObjectName(QStringLiteral("override"));
    override_->hide();
    hint_ = makeMutedLabel({}, Type::Small, this);
    hint_->setWordWrap(true);
    cancel_ = makeButton({}, ButtonKind::Plain, this);
    cancel_->setObjectName(QStringLiteral("cancel"));
    cancel_->setAutoDefault(false);
    submit_ = makeButton(action_, words.kind, this);
    submit_->setObjectName(QStringLiteral("submit"));
    submit_->setDefault(words.kind == ButtonKind::Primary);

    timer_.setInterval(1'000);
    connect(&timer_, &QTimer::timeout, this, &SendDialog::tick);
    connect(cancel_, &QPushButton::clicked, this, &SendDialog::reject);
    connect(submit_, &QPushButton::clicked, this, &SendDialog::confirm);
    connect(override_, &QCheckBox::toggled, this, [this] { refresh(); });
}

QLabel* SendDialog::add(const QString& caption, QWidget* of) {
    auto* label = makeLabel(caption, Type::Small, Weight::Medium, false, this);
    label->setBuddy(of);
    column_->addWidget(label);
    column_->addWidget(of);
    return label;
}

void SendDialog::addFoot() {
    auto* foot = new QHBoxLayout;
    foot->addWidget(hint_, 1);
    foot->addWidget(cancel_);
    foot->addWidget(submit_);
    column_->addSpacing(space::sm);
    column_->addLayout(foot);
    // As it is read, not as it was made.
    QWidget* last = nullptr;
    const auto next = [&](QWidget* widget) {
        if (last) QWidget::setTabOrder(last, widget);
        last = widget;
    };
    for (int i = 0; i < column_->count(); ++i)
        if (QWidget* widget = column_->itemAt(i)->widget(); widget && (widget->focusPolicy() & Qt::TabFocus))
            next(widget);
    next(cancel_);
    next(submit_);
}

void SendDialog::setCountdown(int ticks, int tickMs) {
    ticks_ = ticks;
    timer_.setInterval(tickMs);
}

QString SendDialog::reason() const {
    return reason_->text().trimmed();
}

void SendDialog::makeRoom() {
    // A label that wraps needs more height than a dialog's hint says.
    layout()->activate();
    const int wanted = layout()->totalHeightForWidth(width());
    if (height() < wanted) resize(width(), wanted);
}

void SendDialog::refresh() {
    const bool asking = stage_ == Stage::asking, counting = stage_ == Stage::counting;
    news_->setVisible(!news_->notice().what.isEmpty());
    override_->setEnabled(asking);
    reason_->setEnabled(asking);
    submit_->setVisible(stage_ != Stage::done);
    cancel_->setText(counting ? QStringLiteral("&Do not send")
                     : asking ? QStringLiteral("&Cancel")
                              : QStringLiteral("&Close"));
    submit_->setText(asking     ? action_
                     : counting ? QStringLiteral("Sent in %1 s").arg(left_)
                                : QStringLiteral("Sent"));
    const QString why = asking     ? missing()
                        : counting ? QStringLiteral("It is sent when the countdown has run out")
                                   : QStringLiteral("It has been sent");
    hint_->setText(asking ? why : QString());
    setDisabledReason(submit_, why);
    makeRoom();
}

void SendDialog::goTo(Stage stage, const Notice& news) {
    stage_ = stage;
    news_->setNotice(news);
    refresh();
}

void SendDialog::confirm() {
    if (stage_ != Stage::asking || !missing().isEmpty()) return;
    if (atOnce() || ticks_ <= 0) return sendNow();
    stage_ = Stage::counting;
    left_ = ticks_;
    timer_.start();
    refresh();
    cancel_->setFocus();
}

void SendDialog::tick() {
    if (--left_ <= 0) return sendNow();
    refresh();
}

void SendDialog::reject() {
    if (stage_ != Stage::counting) return QDialog::reject();
    timer_.stop();
    goTo(Stage::asking, {State::Neutral, QStringLiteral("Nothing has been sent."), {}, {}, {}, false});
}

void SendDialog::sendNow() {
    timer_.stop();
    goTo(Stage::sending, {State::Info, QStringLiteral("Sent; waiting for the answer"), {}, {}, {}, false});
    send();
}

}  // namespace qd::app
