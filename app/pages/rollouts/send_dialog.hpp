#pragma once
// The question before something is sent to opsd: exactly what, why, and a countdown within which it can be
// taken back. What is asked besides is the derived dialogs'.

#include <QDialog>
#include <QTimer>

#include "widgets/theme/buttons.hpp"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace qd::widgets {
class InlineNotice;
struct Notice;
}  // namespace qd::widgets

namespace qd::app {

class SendDialog : public QDialog {
    Q_OBJECT

public:
    /// 5 of 1,000 ms unless told otherwise.
    void setCountdown(int ticks, int tickMs);
    void reject() override;  // while the countdown runs it only stops that

protected:
    enum class Stage { asking, counting, sending, done };

    struct Words {
        QString title;
        QString recorded;  // under whose name
        QString action;    // on the button
        widgets::ButtonKind kind = widgets::ButtonKind::Primary;
        QString askReason;
        QString override;
    };
    SendDialog(const Words& words, QWidget* parent);

    /// Adds a captioned entry below what is there; the caption.
    QLabel* add(const QString& caption, QWidget* of);
    void addFoot();
    QVBoxLayout* column() const { return column_; }

    /// Why it cannot be sent as it stands; empty: it can.
    virtual QString missing() const = 0;
    virtual bool atOnce() const { return false; }  // without a countdown
    virtual void send() = 0;                       // it has been confirmed, and `stage` is sending
    virtual void refresh();

    Stage stage() const { return stage_; }
    /// With what is to be told: again a question, or over.
    void goTo(Stage stage, const widgets::Notice& news);
    QString reason() const;

    widgets::InlineNotice* news_;      // what has happened: an error, the outcome
    widgets::InlineNotice* standing_;  // what holds whatever is entered: a refusal, a freeze
    QPlainTextEdit* sent_;
    QLineEdit* reason_;
    QCheckBox* override_;

private:
    void confirm();
    void tick();
    void sendNow();
    void makeRoom();

    const QString action_;
    Stage stage_ = Stage::asking;
    int ticks_ = 5, left_ = 0;
    QTimer timer_;
    QVBoxLayout* column_;
    QLabel* hint_;
    QPushButton* cancel_;
    QPushButton* submit_;
};

}  // namespace qd::app
