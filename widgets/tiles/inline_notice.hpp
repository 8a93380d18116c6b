#pragma once
#include <QFrame>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

class QLabel;
class QPushButton;
class QToolButton;

namespace qd::widgets {

// Says in the place itself what happened, why, and what to do, with at most one button.
struct Notice {
    State state = State::Info;
    QString what;    // "The connection to opsd was lost."
    QString why;     // "127.0.0.1:7410 refused the connection."
    QString next;    // "Reconnecting in 4 s. Values below are from 14:03."
    QString action;  // text of the button; empty: none
    bool dismissable = false;
};

class InlineNotice : public QFrame, public Spoken {
    Q_OBJECT
public:
    explicit InlineNotice(QWidget* parent = nullptr);
    explicit InlineNotice(const Notice& notice, QWidget* parent = nullptr);

    void setNotice(const Notice& notice);
    const Notice& notice() const { return notice_; }
    QAccessible::Role spokenRole() const override { return QAccessible::AlertMessage; }
    QString spokenText() const override;

signals:
    void actionTriggered();
    void dismissed();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Notice notice_;
    QLabel* what_;
    QLabel* text_;
    QPushButton* action_;
    QToolButton* close_;
};

}  // namespace qd::widgets
