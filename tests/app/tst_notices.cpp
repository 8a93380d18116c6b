// Alerts and incidents on the desktop: which, when, and what really goes over D-Bus (to a peer in this
// process).

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
        uint replaces;
        QString title, body;
        QStringList actions;
        uchar urgency;
    };
    QStringList capabilities{"body", "body-markup", "actions"};
    QVector<Shown> shown;
    QVector<uint> closed;

public slots:
    QStringList GetCapabilities() { return capabilities; }
    uint Notify(const QString&, uint replaces, const QString&, const QString& title, const QString& body,
                const QStringList& actions, const QVariantMap& hints, int) {
        shown.append({replaces, title, body, actions, hints.value("urgency").value<uchar>()});
        return replaces != 0 ? replaces : uint(shown.size());
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
    static incidents::Incident open(const std::string& id, int severity = 3,
                                    incidents::State state = incidents::State::triage) {
        incidents::Incident incident = test::incident();
        incident.id = incidents::IncidentId(id);
        incident.severity = *incidents::severity_from(severity);
        incident.state = state;
        incident.firing_alerts.clear();
        return incident;
    }

    /// Connects a notifier to a desktop, both in this process.
    struct Bench {
        Desktop desktop;
        QDBusServer server{QStringLiteral("unix:tmpdir=/tmp")};
        std::optional<QDBusConnection> side;
        std::unique_ptr<DesktopNotifier> notifier;

        void appear() {
            side->registerObject(QStringLiteral("/org/freedesktop/Notifications"), &desktop,
                                 QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals);
        }
        void start(bool there = true) {
            server.setAnonymousAuthenticationAllowed(true);
            QObject::connect(&server, &QDBusServer::newConnection, &desktop,
                             [this, there](const QDBusConnection& connection) {
                                 side = connection;
                                 if (there) appear();
                             });
            const auto bus = QDBusConnection::connectToPeer(server.address(), QStringLiteral("notices-test"));
            QTRY_VERIFY(side.has_value());
            notifier = std::make_unique<DesktopNotifier>(bus, QString());
        }
        ~Bench() {
            notifier.reset();
            QDBusConnection::disconnectFromPeer(QStringLiteral("notices-test"));
        }
        /// The answer with the id comes back through the event loop, before the click of a person can.
        void click(uint id, const QString& action, const QSignalSpy& heard) {
            QTRY_VERIFY_WITH_TIMEOUT((emit desktop.ActionInvoked(id, action), !heard.isEmpty()), 5'000);
        }
    };

private slots:
    void an_alert_is_told_once_and_taken_back_when_it_ends() {
        NoticePlan plan;
        const auto first = plan.update({firing("a")}, {});
        QCOMPARE(first.show.size(), std::size_t(1));
        QVERIFY(first.show[0].title.contains(QStringLiteral("Playback availability")));
        QCOMPARE(first.show[0].link, QStringLiteral("slo/playback-availability"));
        QVERIFY(plan.update({firing("a")}, {}).show.empty());
        slo::Alert ended = firing("a");
        ended.state = slo::AlertState::ended;
        QCOMPARE(plan.update({ended}, {}).close, std::vector<QString>{first.show[0].key});
        QVERIFY(plan.update({ended}, {}).close.empty());
    }
    void what_ended_before_is_not_told() {
        slo::Alert ended = firing("a");
        ended.state = slo::AlertState::ended;
        NoticePlan plan;
        QVERIFY(plan.update({ended}, {open("INC-1", 2, incidents::State::resolved)}).show.empty());
    }
    void a_storm_is_told_by_its_worst_and_a_number() {
        const std::vector<slo::Alert> all{firing("a"), firing("b"), firing("c", slo::Severity::sev1),
                                          firing("d"), firing("e")};
        NoticePlan plan;
        const auto storm = plan.update(all, {});
        QCOMPARE(storm.show.size(), std::size_t(4));
        QCOMPARE(storm.show[0].key, QStringLiteral("alert/c"));
        QVERIFY(storm.show[0].urgent);
        QCOMPARE(storm.show[3].title, QStringLiteral("2 more alerts fire"));
        QVERIFY(plan.update(all, {}).show.empty());
    }
    void an_incident_stands_for_its_alerts_until_somebody_acknowledges_it() {
        NoticePlan plan;
        QCOMPARE(plan.update({firing("a")}, {}).show.size(), std::size_t(1));
        incidents::Incident incident = open("INC-7", 2);
        incident.firing_alerts = {"a"};
        const auto taken = plan.update({firing("a")}, {incident});
        QCOMPARE(taken.show.size(), std::size_t(1));
        QCOMPARE(taken.show[0].link, QStringLiteral("incident/INC-7"));
        QCOMPARE(taken.show[0].acknowledges, QStringLiteral("INC-7"));
        QVERIFY(taken.show[0].urgent);
        QCOMPARE(taken.close, std::vector<QString>{QStringLiteral("alert/a")});
        incident.state = incidents::State::acknowledged;
        const auto acknowledged = plan.update({firing("a")}, {incident});
        QVERIFY(acknowledged.show.empty());
        QCOMPARE(acknowledged.close, std::vector<QString>{QStringLiteral("incident/INC-7")});
    }
    void a_raise_is_told_even_while_somebody_works_on_it() {
        using incidents::State;
        NoticePlan plan;
        QVERIFY(plan.update({}, {open("INC-1", 3, State::investigating)}).show.empty());
        const auto raised = plan.update({}, {open("INC-1", 1, State::investigating)});
        QCOMPARE(raised.show.size(), std::size_t(1));
        QVERIFY(raised.show[0].title.startsWith(QStringLiteral("Raised to SEV1")));
        QVERIFY(raised.show[0].acknowledges.isEmpty());
        const auto later = plan.update({}, {open("INC-1", 1, State::identified)});
        QVERIFY(later.show.empty() && later.close.empty());
        QVERIFY(plan.update({}, {open("INC-1", 3, State::identified)}).show.empty());
        QCOMPARE(plan.update({}, {open("INC-1", 3, State::resolved)}).close,
                 std::vector<QString>{QStringLiteral("incident/INC-1")});
    }
    void an_overdue_status_update_is_told_until_it_is_written() {
        NoticePlan plan;
        incidents::Incident incident = open("INC-1", 2, incidents::State::investigating);
        QVERIFY(plan.remind("INC-2", {incident}).show.empty());
        const auto told = plan.remind("INC-1", {incident});
        QCOMPARE(told.show.size(), std::size_t(1));
        QCOMPARE(told.show[0].link, QStringLiteral("incident/INC-1"));
        QVERIFY(plan.update({}, {incident}).close.empty());
        incident.last_status_at = test::now();
        QCOMPARE(plan.update({}, {incident}).close, std::vector<QString>{told.show[0].key});
    }

    void the_desktop_shows_closes_and_opens() {
        Bench bench;
        bench.start();
        QSignalSpy opened(bench.notifier.get(), &DesktopNotifier::opened);
        NoticePlan plan;
        slo::Alert alert = firing("a", slo::Severity::sev2);
        alert.reason = "5 < 6 & rising";
        bench.notifier->apply(plan.update({alert}, {}));
        QTRY_COMPARE(bench.desktop.shown.size(), 1);
        QCOMPARE(bench.desktop.shown[0].body, QStringLiteral("5 &lt; 6 &amp; rising"));
        QCOMPARE(bench.desktop.shown[0].urgency, uchar(2));
        QVERIFY(!bench.desktop.shown[0].actions.contains(QStringLiteral("acknowledge")));
        bench.click(1, QStringLiteral("default"), opened);
        QCOMPARE(opened[0][0].toString(), QStringLiteral("slo/playback-availability"));
        bench.notifier->apply(plan.update({}, {}));
        QTRY_COMPARE(bench.desktop.closed, QVector<uint>{1});
    }
    void acknowledging_is_one_click_and_a_raise_takes_the_place_of_the_notice() {
        Bench bench;
        bench.start();
        QSignalSpy acknowledged(bench.notifier.get(), &DesktopNotifier::acknowledged);
        NoticePlan plan;
        bench.notifier->apply(plan.update({}, {open("INC-1", 3)}));
        QTRY_COMPARE(bench.desktop.shown.size(), 1);
        QVERIFY(bench.desktop.shown[0].actions.contains(QStringLiteral("Acknowledge")));
        QVERIFY(bench.desktop.shown[0].actions.contains(QStringLiteral("Open")));
        bench.click(1, QStringLiteral("acknowledge"), acknowledged);
        QCOMPARE(acknowledged[0][0].toString(), QStringLiteral("INC-1"));
        bench.notifier->apply(plan.update({}, {open("INC-1", 2)}));
        QTRY_COMPARE(bench.desktop.shown.size(), 2);
        QCOMPARE(bench.desktop.shown[1].replaces, 1u);
    }
    void two_notices_of_one_thing_at_once_are_one() {
        Bench bench;
        bench.start();
        NoticePlan plan;
        const incidents::Incident incident = open("INC-1");
        for (int audience = 0; audience < 2; ++audience)
            bench.notifier->apply(plan.remind("INC-1", {incident}));
        QTRY_COMPARE(bench.desktop.shown.size(), 2);
        QCOMPARE(bench.desktop.shown[1].replaces, 1u);
    }
    void a_desktop_that_comes_later_is_asked_what_it_can_do() {
        Bench bench;
        bench.start(false);
        NoticePlan plan;
        bench.notifier->apply(plan.update({}, {open("INC-1")}));
        QTest::qWait(50);
        bench.appear();
        bench.notifier->apply(plan.update({}, {open("INC-1"), open("INC-2")}));
        QTRY_COMPARE(bench.desktop.shown.size(), 1);
        QVERIFY(bench.desktop.shown[0].actions.contains(QStringLiteral("Acknowledge")));
    }
    void a_desktop_without_buttons_or_markup_is_sent_neither() {
        Bench bench;
        bench.desktop.capabilities = QStringList{QStringLiteral("body")};
        bench.start();
        NoticePlan plan;
        incidents::Incident incident = open("INC-1");
        incident.severity_reason = "5 < 6";
        bench.notifier->apply(plan.update({}, {incident}));
        QTRY_COMPARE(bench.desktop.shown.size(), 1);
        QVERIFY(bench.desktop.shown[0].actions.isEmpty());
        QCOMPARE(bench.desktop.shown[0].body, QStringLiteral("5 < 6"));
    }
};

}  // namespace qd::app

QTEST_GUILESS_MAIN(qd::app::TestNotices)
#include "tst_notices.moc"
