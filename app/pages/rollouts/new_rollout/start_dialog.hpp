#pragma once
// The question before a rollout starts: why, and exactly what will be sent. Nothing is sent before the
// confirmation's countdown has run out.

#include <QDialog>
#include <QTimer>
#include <functional>

#include "app/pages/rollouts/new_rollout/start_request.hpp"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace qd::widgets {
class InlineNotice;
}

namespace qd::app {

struct StartQuestion {
    QString title;          // "Start the rollout of v2?"
    QString site;           // whose token says who did it
    QString specification;  // sent as it is
    QString frozen;         // why rollouts are frozen; empty: they are not, as far as is known
    std::function<void(const StartText&, Done)> send;
};

class StartDialog : public QDialog {
    Q_OBJECT

public:
    StartDialog(StartQuestion question, QWidget* parent);

    /// 5 of 1,000 ms unless told otherwise.
    void setCountdown(int ticks, int tickMs);
    void reject() override;  // while the countdown runs it only stops that

signals:
    void started();

private:
    enum class Stage { asking, counting, sending, done };

    StartText start() const;
    QString missing() const;
    void refresh();
    void makeRoom();
    void confirm();
    void tick();
    void send();
    void told(const Outcome& outcome);

    StartQuestion question_;
    Stage stage_ = Stage::asking;
    int ticks_ = 5, left_ = 0;
    QTimer timer_;
    widgets::InlineNotice* news_;
    widgets::InlineNotice* standing_;
    QPlainTextEdit* sent_;
    QLineEdit* reason_;
    QCheckBox* override_;
    QLabel* hint_;
    QPushButton* cancel_;
    QPushButton* submit_;
};

}  // namespace qd::app
