#include "app/shell/form_dialog.hpp"

#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QSpinBox>
#include <QVBoxLayout>

#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kFormWidth = 560;
constexpr int kMaxFieldLength = 2'000;
constexpr int kPreviewHeight = 84;
}  // namespace

FormDialog::FormDialog(Form form, QWidget* parent) : QDialog(parent), form_(std::move(form)) {
    setWindowTitle(form_.title);
    setMinimumWidth(kFormWidth);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::xl, space::xl, space::xl, space::lg);
    layout->setSpacing(space::sm);

    auto* title = new QLabel(form_.title, this);
    title->setFont(widgets::textFont(Type::Lead, Weight::Semibold));
    title->setWordWrap(true);
    layout->addWidget(title);
    if (!form_.statement.isEmpty()) {
        auto* statement = new QLabel(form_.statement, this);
        statement->setFont(widgets::textFont(Type::Body));
        statement->setWordWrap(true);
        layout->addWidget(statement);
    }
    layout->addSpacing(space::sm);
    for (const FormField& field : form_.fields) {
        auto* label =
            new QLabel(field.required ? field.label : field.label + QStringLiteral(" (optional)"), this);
        label->setFont(widgets::textFont(Type::Small, Weight::Medium));
        QWidget* made = makeInput(field);
        made->setObjectName(field.key);
        made->setAccessibleName(field.label);
        label->setBuddy(made);
        inputs_.append(made);
        layout->addWidget(label);
        layout->addWidget(made);
        layout->addSpacing(space::xs);
    }
    if (form_.preview) {
        auto* label = new QLabel(QStringLiteral("Will be sent"), this);
        label->setFont(widgets::textFont(Type::Small, Weight::Medium));
        preview_ = new QPlainTextEdit(this);
        preview_->setReadOnly(true);
        preview_->setTabChangesFocus(true);
        preview_->setFont(monoFont(Type::Small));
        preview_->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        preview_->setFixedHeight(kPreviewHeight);
        preview_->setAccessibleName(label->text());
        label->setBuddy(preview_);
        layout->addWidget(label);
        layout->addWidget(preview_);
    }
    hint_ = new QLabel(this);
    hint_->setFont(widgets::textFont(Type::Small));
    hint_->setWordWrap(true);

    action_ = makeButton(form_.action, form_.kind, this);
    action_->setObjectName(QStringLiteral("submit"));
    action_->setDefault(form_.kind == ButtonKind::Primary);
    auto* cancel = makeButton(QStringLiteral("Cancel"), ButtonKind::Plain, this);
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(action_, &QPushButton::clicked, this, [this] {
        const QVariantMap entered = values();
        accept();
        emit submitted(entered);
    });
    auto* send = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    connect(send, &QShortcut::activated, action_, &QPushButton::click);
    auto* foot = new QHBoxLayout;
    foot->addWidget(hint_, 1);
    foot->addWidget(cancel);
    foot->addWidget(action_);
    layout->addSpacing(space::sm);
    layout->addLayout(foot);
    if (!inputs_.isEmpty()) inputs_.first()->setFocus();
    refresh();
}

QWidget* FormDialog::makeInput(const FormField& field) {
    switch (field.kind) {
        case FormField::Kind::Choice: {
            auto* box = new QComboBox(this);
            for (const auto& [shown, value] : field.choices) box->addItem(shown, value);
            box->setCurrentIndex(std::max(0, box->findData(field.initial)));
            connect(box, &QComboBox::currentIndexChanged, this, &FormDialog::refresh);
            return box;
        }
        case FormField::Kind::Suggestion: {
            auto* box = new QComboBox(this);
            box->setEditable(true);
            box->setInsertPolicy(QComboBox::NoInsert);
            for (const auto& [shown, value] : field.choices) box->addItem(shown, value);
            box->lineEdit()->setObjectName(field.key);
            box->lineEdit()->setPlaceholderText(field.hint);
            box->lineEdit()->setMaxLength(kMaxFieldLength);
            const int known = box->findData(field.initial);
            box->setCurrentIndex(known);
            if (known < 0) box->setEditText(field.initial.toString());
            connect(box, &QComboBox::currentTextChanged, this, &FormDialog::refresh);
            return box;
        }
        case FormField::Kind::Number: {
            auto* box = new QSpinBox(this);
            box->setRange(field.least, field.most);
            box->setValue(field.initial.toInt());
            connect(box, &QSpinBox::valueChanged, this, &FormDialog::refresh);
            return box;
        }
        case FormField::Kind::Lines: {
            auto* text = new QPlainTextEdit(field.initial.toString(), this);
            text->setPlaceholderText(field.hint);
            text->setTabChangesFocus(true);
            text->setFixedHeight(96);
            connect(text, &QPlainTextEdit::textChanged, this, &FormDialog::refresh);
            return text;
        }
        case FormField::Kind::Line:
            break;
    }
    auto* line = new QLineEdit(field.initial.toString(), this);
    line->setPlaceholderText(field.hint);
    line->setMaxLength(kMaxFieldLength);
    connect(line, &QLineEdit::textChanged, this, &FormDialog::refresh);
    return line;
}

QWidget* FormDialog::input(const QString& key) const {
    return findChild<QWidget*>(key);
}

QVariantMap FormDialog::values() const {
    QVariantMap all;
    for (qsizetype i = 0; i < inputs_.size(); ++i) {
        const QString& key = form_.fields[i].key;
        if (auto* box = qobject_cast<QComboBox*>(inputs_[i])) {
            const int known = box->isEditable() ? box->findText(box->currentText()) : box->currentIndex();
            all[key] = known >= 0 ? box->itemData(known) : QVariant(box->currentText().trimmed());
        } else if (auto* number = qobject_cast<QSpinBox*>(inputs_[i]))
            all[key] = number->value();
        else if (auto* text = qobject_cast<QPlainTextEdit*>(inputs_[i]))
            all[key] = text->toPlainText().trimmed();
        else if (auto* line = qobject_cast<QLineEdit*>(inputs_[i]))
            all[key] = line->text().trimmed();
    }
    return all;
}

void FormDialog::refresh() {
    if (!action_ || inputs_.size() < form_.fields.size()) return;
    const QVariantMap entered = values();
    QString missing;
    for (const FormField& field : form_.fields)
        if (field.required && entered[field.key].toString().isEmpty() && missing.isEmpty())
            missing = QStringLiteral("%1 is needed").arg(field.label);
    if (missing.isEmpty() && form_.check) missing = form_.check(entered);
    setDisabledReason(action_, missing);
    hint_->setText(missing);
    if (preview_) preview_->setPlainText(form_.preview(entered));
}

FormDialog* FormDialog::ask(Form form, QWidget* parent, std::function<void(const QVariantMap&)> submit) {
    auto* dialog = new FormDialog(std::move(form), parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &FormDialog::submitted, parent ? static_cast<QObject*>(parent) : qApp, std::move(submit));
    dialog->open();
    return dialog;
}

}  // namespace qd::app
