#pragma once
// Alerts and incidents on the desktop while nobody looks at the console, and what people do there.

#include <QObject>
#include <QTimer>
#include <memory>

#include "app/adapters/desktop_notifier.hpp"
#include "app/shell/actions.hpp"

namespace qd::app {

class LinkOpener;
class MainWindow;
class Preferences;
class Session;

class AlertNotices : public QObject {
    Q_OBJECT

public:
    AlertNotices(Session& session, Preferences& preferences, MainWindow& window);
    ~AlertNotices() override;

private:
    void update();
    void tell(NoticeChanges changes);
    void open(const QString& link);
    void acknowledge(const QString& incident);
    void tellOutcome(const QString& incident, const Outcome& outcome);

    Session& session_;
    Preferences& preferences_;
    MainWindow& window_;
    NoticePlan plan_;
    QTimer soon_;  // an alert and the incident that it opens arrive one after the other, and are told as one
    std::unique_ptr<DesktopNotifier> notifier_;  // made for the first notice
    std::unique_ptr<LinkOpener> opener_;
};

}  // namespace qd::app
