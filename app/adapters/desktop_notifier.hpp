#pragma once
// Notifications of the desktop (org.freedesktop.Notifications, version 1.2). Where there is no desktop to
// tell, nothing happens: the console shows every alert and incident itself. A desktop that has no buttons is
// sent none.

#include <QDBusConnection>
#include <QHash>
#include <QObject>
#include <QSet>
#include <optional>
#include <vector>

#include "app/adapters/notices.hpp"

namespace qd::app {

/// UI thread only; no call waits for the desktop.
class DesktopNotifier : public QObject {
    Q_OBJECT

public:
    /// `service`: who shows notifications on that bus; empty where the peer itself does. Asks it at once what
    /// it can do; notices wait for the answer.
    explicit DesktopNotifier(QDBusConnection bus,
                             QString service = QStringLiteral("org.freedesktop.Notifications"),
                             QObject* parent = nullptr);

    void apply(const NoticeChanges& changes);

signals:
    /// Somebody clicked it, or its "Open".
    void opened(const QString& link);
    /// Somebody clicked its "Acknowledge".
    void acknowledged(const QString& incident);

private slots:
    void onAction(uint id, const QString& action);
    void onClosed(uint id, uint reason);

private:
    void askCapabilities();
    void send(const NoticeChanges& changes);
    void show(const DesktopNotice& notice);
    void close(uint id);

    struct Shown {
        uint id = 0;  // 0: the desktop has not answered yet
        QString link;
        QString acknowledges;
        bool underWay = false;              // the desktop has not answered the latest one
        std::optional<DesktopNotice> next;  // is to take its place then
    };
    QDBusConnection bus_;
    QString service_;
    bool asking_ = false;  // what it can do
    bool told_ = false;    // it has said so: one that was not there yet is asked again
    bool actions_ = false;
    bool markup_ = true;  // the body may be read as markup unless it says otherwise
    std::vector<NoticeChanges> waiting_;
    QHash<QString, Shown> shown_;  // by the notice's key
    QSet<QString> unwanted_;       // ended before the desktop answered
};

}  // namespace qd::app
