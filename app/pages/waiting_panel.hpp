#pragma once
// What stands on a page before there is data: how far the site is, or why it is not there and what to do.

#include <QWidget>

class QLabel;

namespace qd::widgets {
class EmptyState;
class InlineNotice;
}  // namespace qd::widgets

namespace qd::app {

class Session;

class WaitingPanel : public QWidget {
    Q_OBJECT

public:
    explicit WaitingPanel(Session& session, QWidget* parent);
    void setActive(bool active);

private:
    void refresh();

    Session& session_;
    widgets::EmptyState* state_;
    QLabel* lines_;
    bool active_ = false;
};

}  // namespace qd::app
