#pragma once
// Puts a session, its actions and the window together; main() and the tour start here.

#include <memory>

#include "app/shell/alert_notices.hpp"
#include "app/shell/main_window.hpp"
#include "app/shell/preferences.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

class Console {
public:
    /// `keepPreferences` false: nothing is read from or written to the config and state folders.
    Console(const LaunchOptions& options, bool keepPreferences);
    ~Console();

    Session& session() { return *session_; }
    MainWindow& window() { return *window_; }
    Preferences& preferences() { return *preferences_; }

private:
    std::unique_ptr<Preferences> preferences_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<MainWindow> window_;
    std::unique_ptr<AlertNotices> notices_;  // only where preferences are kept: no tour, no picture
};

/// Every domain's actions; the window adds its own.
void addDomainActions(Session& session, std::function<QWidget*()> dialogParent);

}  // namespace qd::app
