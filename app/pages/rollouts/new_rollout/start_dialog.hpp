#pragma once
// The question before a rollout starts: why, and exactly what will be sent. Nothing is sent before the
// confirmation's countdown has run out.

#include <functional>

#include "app/pages/rollouts/new_rollout/start_request.hpp"
#include "app/pages/rollouts/send_dialog.hpp"

namespace qd::app {

struct StartQuestion {
    QString title;          // "Start the rollout of v2?"
    QString site;           // whose token says who did it
    QString specification;  // sent as it is
    QString frozen;         // why rollouts are frozen; empty: they are not, as far as is known
    std::function<void(const StartText&, Done)> send;
};

class StartDialog : public SendDialog {
    Q_OBJECT

public:
    StartDialog(StartQuestion question, QWidget* parent);

signals:
    void started();

private:
    StartText start() const;
    QString missing() const override;
    void refresh() override;
    void send() override;
    void told(const Outcome& outcome);

    StartQuestion question_;
};

}  // namespace qd::app
