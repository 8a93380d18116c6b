#pragma once
#include <QDialog>
#include <QFrame>
#include <QStringList>
#include <QTimer>

#include "widgets/theme/buttons.hpp"

class QLabel;
class QLineEdit;
class QPushButton;

namespace qd::widgets {

// What is about to be done, said exactly.
struct Confirmation {
    QString title;      // "Abort the rollout of v2?"
    QString statement;  // "All traffic goes back to stable (v1) at once; the canary's 2 processes drain."
    QStringList consequences;  // further lines, each one fact
    QString action = {};       // text of the button: "Abort rollout"
    ButtonKind kind = ButtonKind::Primary;
    bool reasonRequired = true;  // an empty reason keeps the button disabled and says so
    QString reasonHint = {};     // placeholder: "Why? Goes into the journal."
    QString typedPhrase = {};    // for what cannot be undone: must be typed exactly
    int countdownS = 0;          // 0..30; the action happens after so many seconds unless cancelled
};

// The question in the page itself. confirmed() comes once, after the countdown if there is one; Escape or
// Cancel gives cancelled() at any time before.
class ConfirmBar : public QFrame {
    Q_OBJECT
public:
    explicit ConfirmBar(const Confirmation& confirmation, QWidget* parent = nullptr);

    QString reason() const;
    bool isReady() const;  // all that is required has been entered
    bool isCounting() const { return left_ > 0; }
    int secondsLeft() const { return left_; }
    QPushButton* actionButton() const { return action_; }
    QPushButton* cancelButton() const { return cancel_; }
    QLineEdit* reasonField() const { return reason_; }
    QLineEdit* phraseField() const { return phrase_; }
    // Length of one "second" of the countdown; for tests.
    void setTickMs(int ms) { timer_.setInterval(ms); }
    // Without its own frame and title, as inside a dialog.
    void setBare(bool bare);

signals:
    void confirmed(const QString& reason);
    void cancelled();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void trigger();
    void cancel();
    void step();

    Confirmation what_;
    QLabel* title_;
    QLabel* hint_;
    QLineEdit* reason_ = nullptr;
    QLineEdit* phrase_ = nullptr;
    QPushButton* action_;
    QPushButton* cancel_;
    QTimer timer_;
    int left_ = 0;
    bool done_ = false;
    bool bare_ = false;
};

// The same as a modal window. exec() gives Accepted once confirmed; then reason() is what was entered.
//   auto* dialog = new ConfirmDialog({…}, this);
//   connect(dialog, &ConfirmDialog::confirmed, this, [this](const QString& reason) { … });
//   dialog->setAttribute(Qt::WA_DeleteOnClose); dialog->open();
class ConfirmDialog : public QDialog {
    Q_OBJECT
public:
    explicit ConfirmDialog(const Confirmation& confirmation, QWidget* parent = nullptr);
    QString reason() const { return bar_->reason(); }
    ConfirmBar* bar() const { return bar_; }

signals:
    void confirmed(const QString& reason);

private:
    ConfirmBar* bar_;
};

}  // namespace qd::widgets
