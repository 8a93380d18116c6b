#pragma once
// A question with a few fields, and a look at exactly what will be sent. The button stays disabled, with the
// reason, until everything that is required is there.

#include <QDialog>
#include <QString>
#include <QVariantMap>
#include <QVector>
#include <functional>

#include "widgets/theme/buttons.hpp"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace qd::app {

struct FormField {
    enum class Kind { Line, Lines, Choice, Suggestion, Number };

    QString key;
    QString label;
    Kind kind = Kind::Line;
    QVariant initial;
    QString hint;  // placeholder
    bool required = false;
    /// Choice: what is shown, what it means. Suggestion: the same, and anything else may be typed.
    QVector<QPair<QString, QVariant>> choices;
    int least = 0, most = 100;  // Number
};

struct Form {
    QString title;
    QString statement;  // what will happen, exactly
    QVector<FormField> fields;
    QString action;
    widgets::ButtonKind kind = widgets::ButtonKind::Primary;
    /// What will be sent, for these values; empty: not shown.
    std::function<QString(const QVariantMap&)> preview;
    /// What is wrong with these values; empty: nothing.
    std::function<QString(const QVariantMap&)> check;
};

class FormDialog : public QDialog {
    Q_OBJECT

public:
    FormDialog(Form form, QWidget* parent);

    QVariantMap values() const;
    /// The input of a field, by its key.
    QWidget* input(const QString& key) const;
    QPushButton* actionButton() const { return action_; }

    /// Opens it without blocking; `submit` gets the values.
    static FormDialog* ask(Form form, QWidget* parent, std::function<void(const QVariantMap&)> submit);

signals:
    void submitted(const QVariantMap& values);

private:
    QWidget* makeInput(const FormField& field);
    void refresh();

    Form form_;
    QVector<QWidget*> inputs_;
    QPlainTextEdit* preview_ = nullptr;
    QLabel* hint_;
    QPushButton* action_ = nullptr;
};

}  // namespace qd::app
