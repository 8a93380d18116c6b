#include "app/adapters/desktop_notifier.hpp"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>

namespace qd::app {
namespace {

const QString kPath = QStringLiteral("/org/freedesktop/Notifications");
const QString kInterface = QStringLiteral("org.freedesktop.Notifications");
constexpr uchar kNormal = 1, kCritical = 2;  // the specification's "urgency"

}  // namespace

DesktopNotifier::DesktopNotifier(QDBusConnection bus, QString service, QObject* parent)
    : QObject(parent), bus_(std::move(bus)), service_(std::move(service)) {
    bus_.connect(service_, kPath, kInterface, QStringLiteral("ActionInvoked"), this,
                 SLOT(onAction(uint, QString)));
    bus_.connect(service_, kPath, kInterface, QStringLiteral("NotificationClosed"), this,
                 SLOT(onClosed(uint, uint)));
}

void DesktopNotifier::apply(const NoticeChanges& changes) {
    if (!bus_.isConnected()) return;
    for (const QString& key : changes.close) {
        if (const auto at = shown_.constFind(key); at != shown_.constEnd()) {
            if (at->id != 0)
                close(at->id);
            else
                unwanted_.insert(key);
        }
    }
    for (const DesktopNotice& notice : changes.show) show(notice);
}

void DesktopNotifier::show(const DesktopNotice& notice) {
    QDBusMessage call = QDBusMessage::createMethodCall(service_, kPath, kInterface, QStringLiteral("Notify"));
    // The body may be read as markup.
    call << QStringLiteral("Quarterdeck") << uint(0) << QStringLiteral("dialog-warning") << notice.title
         << notice.text.toHtmlEscaped() << QStringList{QStringLiteral("default"), QStringLiteral("Open")}
         << QVariantMap{{QStringLiteral("urgency"), QVariant::fromValue(notice.urgent ? kCritical : kNormal)},
                        {QStringLiteral("desktop-entry"), QStringLiteral("org.quarterdeck.Console")}}
         << -1;
    shown_.insert(notice.key, {0, notice.slo});
    auto* watcher = new QDBusPendingCallWatcher(bus_.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, key = notice.key] {
        watcher->deleteLater();
        const QDBusPendingReply<uint> reply = *watcher;
        const bool ended = unwanted_.remove(key);
        if (reply.isError() || ended) shown_.remove(key);
        if (reply.isError()) return;
        if (ended)
            close(reply.value());
        else
            shown_[key].id = reply.value();
    });
}

void DesktopNotifier::close(uint id) {
    QDBusMessage call =
        QDBusMessage::createMethodCall(service_, kPath, kInterface, QStringLiteral("CloseNotification"));
    call << id;
    bus_.asyncCall(call);
}

void DesktopNotifier::onAction(uint id, const QString& action) {
    Q_UNUSED(action);
    for (const Shown& shown : std::as_const(shown_))
        if (shown.id == id) return emit opened(shown.slo);
}

void DesktopNotifier::onClosed(uint id, uint reason) {
    Q_UNUSED(reason);
    shown_.removeIf([id](const auto& entry) { return entry.value().id == id; });
}

}  // namespace qd::app
