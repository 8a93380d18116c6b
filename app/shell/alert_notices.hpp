#pragma once
// Alerts on the desktop while nobody looks at the console.

#include <QObject>
#include <memory>

#include "app/adapters/desktop_notifier.hpp"

namespace qd::app {

class MainWindow;
class Preferences;
class Session;

class AlertNotices : public QObject {
    Q_OBJECT

public:
    AlertNotices(Session& session, Preferences& preferences, MainWindow& window);

private:
    void update();
    void open(const QString& slo);

    Session& session_;
    Preferences& preferences_;
    MainWindow& window_;
    NoticePlan plan_;
    std::unique_ptr<DesktopNotifier> notifier_;  // made for the first notice
};

}  // namespace qd::app
