#include "app/shell/alert_notices.hpp"

#include "app/shell/main_window.hpp"
#include "app/shell/preferences.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

AlertNotices::AlertNotices(Session& session, Preferences& preferences, MainWindow& window)
    : session_(session), preferences_(preferences), window_(window) {
    connect(&session.alerts(), &Domain::changed, this, &AlertNotices::update);
}

void AlertNotices::update() {
    NoticeChanges changes = plan_.update(session_.alerts().alerts());
    // Whoever looks at the console sees the alert there.
    if (!preferences_.desktopNotices() || window_.isActiveWindow()) changes.show.clear();
    if (changes.show.empty() && !notifier_) return;
    if (!notifier_) {
        notifier_ = std::make_unique<DesktopNotifier>(QDBusConnection::sessionBus());
        connect(notifier_.get(), &DesktopNotifier::opened, this, &AlertNotices::open);
    }
    notifier_->apply(changes);
}

void AlertNotices::open(const QString& slo) {
    window_.show();
    window_.raise();
    window_.activateWindow();
    session_.actions().invoke(QStringLiteral("slos.open"), {{QStringLiteral("id"), slo}});
}

}  // namespace qd::app
