#pragma once
// F1 or ?: every key, by group.

#include <QDialog>

namespace qd::app {

class ActionRegistry;

class ShortcutSheet : public QDialog {
    Q_OBJECT

public:
    ShortcutSheet(const ActionRegistry& actions, QWidget* parent);
};

}  // namespace qd::app
