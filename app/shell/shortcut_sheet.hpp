#pragma once
// F1 or ?: every key, by group; those of the page that is shown come first.

#include <QDialog>

namespace qd::app {

class ActionRegistry;

class ShortcutSheet : public QDialog {
    Q_OBJECT

public:
    ShortcutSheet(const ActionRegistry& actions, const QString& page, QWidget* parent);
};

}  // namespace qd::app
