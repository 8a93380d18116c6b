// Alerts on the desktop: which, when, and what really goes over D-Bus (to a peer in this process).

#include <QDBusConnection>
#include <QDBusServer>
#include <QSignalSpy>
#include <QTest>

#include "app/adapters/desktop_notifier.hpp"
#include "samples.hpp"

namespace qd::app {

/// A desktop's notification service, as the specification has it.
class Desktop : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    struct Shown {
        QString title, body;
        uchar urgency;
    };
    QVector<Shown> shown;
    QVector<uint> closed;

public slots:
    uint Notify(const QString&, uint, const QString&, const QString& title, const QString& body,
                const QStringList&, const QVariantMap& hints, int) {
        shown.append({title, body, hints.value("urgency").value<uchar>()});
        return uint(shown.size());
    }
    void CloseNotification(uint id) { closed.append(id); }
signals:
    void ActionInvoked(uint id, const QString& action);
    void NotificationClosed(uint id, uint reason);
};

class TestNotices : public QObject {
    Q_OBJECT

    static slo::Alert firing(const std::string& id, slo::Severity severity = slo::Severity::sev3) {
        slo::Alert alert = test::alert();
        alert.id = slo::AlertId(id);
        alert.severity = severity;
        return alert;
    }

private slots:
    void an_alert_is_told_once_and_taken_back_when_it_ends() {
        NoticePlan plan;
        const auto first = plan.update({firing("a")});
        QCOMPARE(first.show.size(), std::size_t(1));
        QVERIFY(first.show[0].title.contains(QStringLiteral("Playback availability")));
        QVERIFY(plan.update({firing("a")}).show.empty());
        slo::Alert ended = firing("a");
        ended.state = slo::AlertState::ended;
        QCOMPARE(plan.update({ended}).close, std::vector<QString>{QStringLiteral("a")});
        QVERIFY(plan.update({ended}).close.empty());
    }
    void what_ended_before_is_not_told() {
        slo::Alert ended = firing("a");
        ended.state = slo::AlertState::ended;
        NoticePlan plan;
        QVERIFY(plan.update({ended}).show.empty());
    }
    void a_storm_is_told_by_its_worst_and_a_number() {
        NoticePlan plan;
        const auto storm = plan.update(
            {firing("a"), firing("b"), firing("c", slo::Severity::sev1), firing("d"), firing("e")});
        QCOMPARE(storm.show.size(), std::size_t(4));
        QCOMPARE(storm.show[0].key, QStringLiteral("c"));
        QVERIFY(storm.show[0].urgent);
        QCOMPARE(storm.show[3].title, QStringLiteral("2 more alerts fire"));
        QVERIFY(plan.update({firing("a"), firing("b"), firing("c", slo::Severity::sev1), firing("d"),
                             firing("e")})
                    .show.empty());
    }
    void the_desktop_shows_closes_and_opens() {
        Desktop desktop;
        QDBusServer server(QStringLiteral("unix:tmpdir=/tmp"));
        QVERIFY(server.isConnected());
        server.setAnonymousAuthenticationAllowed(true);
        std::optional<QDBusConnection> side;
        connect(&server, &QDBusServer::newConnection, this, [&](const QDBusConnection& connection) {
            side = connection;
            side->registerObject(QStringLiteral("/org/freedesktop/Notifications"), &desktop,
                                 QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals);
        });
        QDBusConnection bus =
            QDBusConnection::connectToPeer(server.address(), QStringLiteral("notices-test"));
        QTRY_VERIFY(side.has_value());
        DesktopNotifier notifier(bus, {});
        QSignalSpy opened(&notifier, &DesktopNotifier::opened);

        NoticePlan plan;
        slo::Alert alert = firing("a", slo::Severity::sev2);
        alert.reason = "5 < 6 & rising";
        notifier.apply(plan.update({alert}));
        QTRY_COMPARE(desktop.shown.size(), 1);
        QCOMPARE(desktop.shown[0].body, QStringLiteral("5 &lt; 6 &amp; rising"));
        QCOMPARE(desktop.shown[0].urgency, uchar(2));
        // The answer with the id comes back through the event loop, before the click of a person can.
        QTRY_VERIFY_WITH_TIMEOUT(
            (emit desktop.ActionInvoked(1, QStringLiteral("default")), opened.size() > 0), 5'000);
        QCOMPARE(opened[0][0].toString(), QStringLiteral("playback-availability"));

        notifier.apply(plan.update({}));
        QTRY_COMPARE(desktop.closed, QVector<uint>{1});
        QDBusConnection::disconnectFromPeer(QStringLiteral("notices-test"));
    }
};

}  // namespace qd::app

QTEST_GUILESS_MAIN(qd::app::TestNotices)
#include "tst_notices.moc"
