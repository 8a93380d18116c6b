#pragma once
// A button for a named action: its shortcut is on it, and when it is disabled it says why.

#include <QPushButton>

#include "app/shell/actions.hpp"
#include "widgets/theme/buttons.hpp"

namespace qd::app {

class ActionButton : public QPushButton {
    Q_OBJECT

public:
    /// `text` empty: the action's title.
    ActionButton(ActionRegistry& actions, const QString& id, widgets::ButtonKind kind, QWidget* parent,
                 const QString& text = {});
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void follow();

    ActionRegistry& actions_;
    QString id_;
    QString keys_;
};

}  // namespace qd::app
