#pragma once
// Notifications of the desktop (org.freedesktop.Notifications, version 1.2). Where there is no desktop to
// tell, nothing happens: the console shows every alert itself.

#include <QDBusConnection>
#include <QHash>
#include <QObject>

#include "app/adapters/notices.hpp"

namespace qd::app {

/// UI thread only; no call waits for the desktop.
class DesktopNotifier : public QObject {
    Q_OBJECT

public:
    /// `service`: who shows notifications on that bus; empty where the peer itself does.
    explicit DesktopNotifier(QDBusConnection bus,
                             QString service = QStringLiteral("org.freedesktop.Notifications"),
                             QObject* parent = nullptr);

    void apply(const NoticeChanges& changes);

signals:
    /// Somebody clicked it.
    void opened(const QString& slo);

private slots:
    void onAction(uint id, const QString& action);
    void onClosed(uint id, uint reason);

private:
    void show(const DesktopNotice& notice);
    void close(uint id);

    struct Shown {
        uint id = 0;
        QString slo;
    };
    QDBusConnection bus_;
    QString service_;
    QHash<QString, Shown> shown_;  // by the notice's key
    QSet<QString> unwanted_;       // ended before the desktop answered
};

}  // namespace qd::app
