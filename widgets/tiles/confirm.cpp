#include "widgets/tiles/confirm.hpp"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

QLabel* paragraph(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

}  // namespace

ConfirmBar::ConfirmBar(const Confirmation& confirmation, QWidget* parent)
    : QFrame(parent),
      what_(confirmation),
      title_(paragraph(confirmation.title, this)),
      hint_(paragraph({}, this)),
      action_(makeButton(confirmation.action, confirmation.kind, this)),
      cancel_(makeButton(QStringLiteral("Cancel"), ButtonKind::Plain, this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::lg, space::lg, space::lg, space::lg);
    column->setSpacing(space::sm);
    title_->setFont(textFont(Type::Lead, Weight::Semibold));
    column->addWidget(title_);
    column->addWidget(paragraph(what_.statement, this));
    for (const QString& fact : what_.consequences)
        column->addWidget(paragraph(QStringLiteral("•  ") + fact, this));
    column->addSpacing(space::xs);
    if (what_.reasonRequired || !what_.reasonHint.isEmpty()) {
        reason_ = new QLineEdit(this);
        reason_->setMaxLength(500);
        reason_->setAccessibleName(QStringLiteral("Reason"));
        const QString hint = what_.reasonHint.isEmpty() ? QStringLiteral("Why? This goes into the journal.")
                                                        : what_.reasonHint;
        reason_->setPlaceholderText(hint);
        column->addWidget(reason_);
    }
    if (!what_.typedPhrase.isEmpty()) {
        column->addWidget(paragraph(
            QStringLiteral("This cannot be undone. Type “%1” to go on:").arg(what_.typedPhrase), this));
        phrase_ = new QLineEdit(this);
        phrase_->setAccessibleName(QStringLiteral("Type %1").arg(what_.typedPhrase));
        column->addWidget(phrase_);
    }
    for (QLineEdit* field : {reason_, phrase_}) {
        if (!field) continue;
        connect(field, &QLineEdit::textChanged, this, &ConfirmBar::refresh);
        connect(field, &QLineEdit::returnPressed, this, [this] {
            if (action_->isEnabled()) trigger();
        });
    }
    // Room to spare goes above the buttons and not between the lines.
    column->addStretch(1);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::sm);
    hint_->setForegroundRole(QPalette::PlaceholderText);
    hint_->setFont(textFont(Type::Small));
    row->addWidget(hint_, 1);
    row->addWidget(cancel_);
    row->addWidget(action_);
    column->addSpacing(space::xs);
    column->addLayout(row);

    timer_.setInterval(1000);
    connect(&timer_, &QTimer::timeout, this, &ConfirmBar::step);
    connect(action_, &QPushButton::clicked, this, &ConfirmBar::trigger);
    connect(cancel_, &QPushButton::clicked, this, &ConfirmBar::cancel);
    setAccessibleName(what_.title);
    setAccessibleDescription(what_.statement);
    refresh();
}

QString ConfirmBar::reason() const {
    return reason_ ? reason_->text().trimmed() : QString();
}

bool ConfirmBar::isReady() const {
    if (what_.reasonRequired && reason().isEmpty()) return false;
    return !phrase_ || phrase_->text() == what_.typedPhrase;
}

void ConfirmBar::setBare(bool bare) {
    bare_ = bare;
    update();
}

void ConfirmBar::refresh() {
    if (isCounting()) {
        hint_->setText(QStringLiteral("Happens in %1 s. Escape cancels.").arg(left_));
        action_->setText(QStringLiteral("%1 in %2 s").arg(what_.action).arg(left_));
        action_->setEnabled(false);
        return;
    }
    action_->setText(what_.action);
    QString missing;
    if (what_.reasonRequired && reason().isEmpty())
        missing = QStringLiteral("A reason is required.");
    else if (!isReady())
        missing = QStringLiteral("Type “%1” exactly.").arg(what_.typedPhrase);
    hint_->setText(missing);
    setDisabledReason(action_, missing);
}

void ConfirmBar::trigger() {
    if (done_ || isCounting() || !isReady()) return;
    if (what_.countdownS > 0) {
        left_ = std::min(what_.countdownS, 30);
        for (QLineEdit* field : {reason_, phrase_})
            if (field) field->setReadOnly(true);
        // So that Space or Enter now mean: do not.
        cancel_->setFocus();
        timer_.start();
        refresh();
        return;
    }
    done_ = true;
    emit confirmed(reason());
}

void ConfirmBar::step() {
    if (--left_ > 0) return refresh();
    timer_.stop();
    left_ = 0;
    done_ = true;
    action_->setText(what_.action);
    hint_->clear();
    emit confirmed(reason());
}

void ConfirmBar::cancel() {
    if (done_) return;
    timer_.stop();
    left_ = 0;
    done_ = true;
    emit cancelled();
}

void ConfirmBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        cancel();
    else
        QFrame::keyPressEvent(event);
}

void ConfirmBar::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    if (reason_)
        reason_->setFocus();
    else if (phrase_)
        phrase_->setFocus();
    else
        cancel_->setFocus();
}

void ConfirmBar::paintEvent(QPaintEvent*) {
    if (bare_) return;
    QPainter painter(this);
    const bool danger = what_.kind == ButtonKind::Danger;
    paintPanel(painter, QRectF(rect()), cornerRadius, color(Token::Surface),
               color(danger ? Token::Bad : Token::Accent, 0.6));
}

ConfirmDialog::ConfirmDialog(const Confirmation& confirmation, QWidget* parent)
    : QDialog(parent), bar_(new ConfirmBar(confirmation, this)) {
    setWindowTitle(confirmation.title);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::sm, space::sm, space::sm, space::sm);
    column->addWidget(bar_);
    bar_->setBare(true);
    setMinimumWidth(460);
    connect(bar_, &ConfirmBar::confirmed, this, [this](const QString& reason) {
        emit confirmed(reason);
        accept();
    });
    connect(bar_, &ConfirmBar::cancelled, this, &QDialog::reject);
}

}  // namespace qd::widgets
