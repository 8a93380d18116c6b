#include "app/adapters/desktop_notifier.hpp"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>

namespace qd::app {
namespace {

const QString kPath = QStringLiteral("/org/freedesktop/Notifications");
const QString kInterface = QStringLiteral("org.freedesktop.Notifications");
const QString kOpen = QStringLiteral("open");
const QString kAcknowledge = QStringLiteral("acknowledge");
constexpr uchar kNormal = 1, kCritical = 2;  // the specification's "urgency"

QDBusMessage methodCall(const QString& service, const QString& method) {
    return QDBusMessage::createMethodCall(service, kPath, kInterface, method);
}

}  // namespace

DesktopNotifier::DesktopNotifier(QDBusConnection bus, QString service, QObject* parent)
    : QObject(parent), bus_(std::move(bus)), service_(std::move(service)) {
    bus_.connect(service_, kPath, kInterface, QStringLiteral("ActionInvoked"), this,
                 SLOT(onAction(uint, QString)));
    bus_.connect(service_, kPath, kInterface, QStringLiteral("NotificationClosed"), this,
                 SLOT(onClosed(uint, uint)));
    askCapabilities();
}

void DesktopNotifier::askCapabilities() {
    if (!bus_.isConnected() || asking_) return;
    asking_ = true;
    auto* watcher = new QDBusPendingCallWatcher(
        bus_.asyncCall(methodCall(service_, QStringLiteral("GetCapabilities"))), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        watcher->deleteLater();
        const QDBusPendingReply<QStringList> reply = *watcher;
        asking_ = false;
        told_ = !reply.isError();
        if (told_) {
            actions_ = reply.value().contains(QStringLiteral("actions"));
            markup_ = reply.value().contains(QStringLiteral("body-markup"));
        }
        for (const NoticeChanges& changes : std::exchange(waiting_, {})) send(changes);
    });
}

void DesktopNotifier::apply(const NoticeChanges& changes) {
    if (!bus_.isConnected()) return;
    if (told_) return send(changes);
    waiting_.push_back(changes);
    askCapabilities();
}

void DesktopNotifier::send(const NoticeChanges& changes) {
    for (const QString& key : changes.close) {
        if (const auto at = shown_.find(key); at != shown_.end()) {
            at->next.reset();
            if (at->id != 0)
                close(at->id);
            else
                unwanted_.insert(key);
        }
    }
    for (const DesktopNotice& notice : changes.show) show(notice);
}

void DesktopNotifier::show(const DesktopNotice& notice) {
    QStringList actions;
    if (actions_) {
        // "default" is a click on the notice itself, and has no button of its own.
        actions << QStringLiteral("default") << QStringLiteral("Open") << kOpen << QStringLiteral("Open");
        if (!notice.acknowledges.isEmpty()) actions << kAcknowledge << QStringLiteral("Acknowledge");
    }
    Shown& shown = shown_[notice.key];
    shown.link = notice.link;
    shown.acknowledges = notice.acknowledges;
    unwanted_.remove(notice.key);
    // Without its id nothing can take its place: it would stand there twice.
    if (shown.underWay) {
        shown.next = notice;
        return;
    }
    shown.underWay = true;
    QDBusMessage call = methodCall(service_, QStringLiteral("Notify"));
    call << QStringLiteral("Quarterdeck") << shown.id << QStringLiteral("dialog-warning") << notice.title
         << (markup_ ? notice.text.toHtmlEscaped() : notice.text) << actions
         << QVariantMap{{QStringLiteral("urgency"), QVariant::fromValue(notice.urgent ? kCritical : kNormal)},
                        {QStringLiteral("desktop-entry"), QStringLiteral("org.quarterdeck.Quarterdeck")}}
         << -1;
    auto* watcher = new QDBusPendingCallWatcher(bus_.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, key = notice.key] {
        watcher->deleteLater();
        const QDBusPendingReply<uint> reply = *watcher;
        const bool ended = unwanted_.remove(key);
        if (ended && !reply.isError()) close(reply.value());
        if (reply.isError() || ended) {
            shown_.remove(key);
        } else if (const auto at = shown_.find(key); at != shown_.end()) {
            at->id = reply.value();
            at->underWay = false;
            if (const auto newer = std::exchange(at->next, std::nullopt)) show(*newer);
        }
    });
}

void DesktopNotifier::close(uint id) {
    QDBusMessage call = methodCall(service_, QStringLiteral("CloseNotification"));
    call << id;
    bus_.asyncCall(call);
}

void DesktopNotifier::onAction(uint id, const QString& action) {
    for (const Shown& shown : std::as_const(shown_)) {
        if (shown.id != id) continue;
        // A copy: who hears of it may show the next one.
        const Shown about = shown;
        if (action == kAcknowledge) {
            if (!about.acknowledges.isEmpty()) emit acknowledged(about.acknowledges);
        } else {
            emit opened(about.link);
        }
        return;
    }
}

void DesktopNotifier::onClosed(uint id, uint reason) {
    Q_UNUSED(reason);
    shown_.removeIf([id](const auto& entry) { return entry.value().id == id; });
}

}  // namespace qd::app
