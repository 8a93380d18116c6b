#pragma once
// Ctrl+,: theme, viewers of the local site, and where things are kept.

#include <QDialog>

namespace qd::app {

class Preferences;

class SettingsDialog : public QDialog {
    Q_OBJECT

public:
    /// `site` names the data folder or the connected address; viewers can be set on a local site only.
    SettingsDialog(Preferences& preferences, const QString& site, bool local, QWidget* parent);
};

}  // namespace qd::app
