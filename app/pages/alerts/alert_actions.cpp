#include "app/pages/alerts/alert_actions.hpp"

#include "app/models/values.hpp"
#include "app/pages/alerts/silence_form.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

const QString kAlertGroup = QStringLiteral("Alerts and silences");
const QString kAlertPage = QStringLiteral("alerts");

struct AlertActions {
    Session& session;
    DialogParent parent;

    const silences::Alert* alert() const { return session.seenAlerts().find(session.seenAlerts().chosen()); }
    const silences::ListedSilence* silence() const {
        return session.silences().find(session.silences().chosen());
    }
    QString offline() const {
        return session.link().isLive() ? QString() : QStringLiteral("There is no connection to the site");
    }
    QString noAlert() const {
        if (const QString why = offline(); !why.isEmpty()) return why;
        return alert() ? QString() : QStringLiteral("Choose an alert first");
    }
    QString noSilence() const {
        if (const QString why = offline(); !why.isEmpty()) return why;
        const silences::ListedSilence* chosen = silence();
        if (!chosen) return QStringLiteral("Choose a silence first");
        return chosen->state == silences::SilenceState::expired ? QStringLiteral("The silence has expired")
                                                                : QString();
    }
    std::vector<std::string> alertmanagers() const {
        std::vector<std::string> names;
        for (const opsclient::Alertmanager& peer : session.silences().alertmanagers())
            names.push_back(peer.name);
        return names;
    }
    void ask(const QString& id, Form form, const QVariantMap& with = {}) const {
        ActionRegistry* actions = &session.actions();
        FormDialog::ask(std::move(form), parent(), [actions, id, with](QVariantMap values) {
            values.insert(with);
            actions->invoke(id, values);
        });
    }
};

QString keyIn(const AlertActions& shared, const QVariantMap& parameters) {
    return parameters.value(QStringLiteral("silence"), shared.session.silences().chosen()).toString();
}

void addSilenceActions(const AlertActions& shared, ActionRegistry& actions) {
    const auto create = [shared](const QVariantMap& values, Done done) {
        const auto silence = newSilenceOf(values);
        if (!silence) return done(core::Failure(silence.error()));
        shared.session.silences().create(*silence, std::move(done));
    };
    actions.add({.id = "alert.silence",
                 .title = "Silence this alert",
                 .group = kAlertGroup,
                 .shortcut = QKeySequence(Qt::Key_S),
                 .run = create,
                 .ask =
                     [shared] {
                         if (const silences::Alert* alert = shared.alert())
                             shared.ask("alert.silence", silenceForm(alert, shared.alertmanagers()));
                     },
                 .blocked = [shared]() -> QString {
                     if (const QString why = shared.noAlert(); !why.isEmpty()) return why;
                     return shared.alert()->labels.empty() ? QStringLiteral("The alert has no labels")
                                                           : QString();
                 },
                 .page = kAlertPage,
                 .parameters = {"matchers", "seconds", "source", "reason"}});
    actions.add(
        {.id = "silence.create",
         .title = "New silence",
         .group = kAlertGroup,
         .shortcut = QKeySequence(Qt::Key_N),
         .run = create,
         .ask = [shared] { shared.ask("silence.create", silenceForm(nullptr, shared.alertmanagers())); },
         .blocked = [shared] { return shared.offline(); },
         .page = kAlertPage,
         .parameters = {"matchers", "seconds", "source", "reason"}});
    actions.add({.id = "silence.extend",
                 .title = "Extend the silence",
                 .group = kAlertGroup,
                 .shortcut = QKeySequence(Qt::Key_E),
                 .run =
                     [shared](const QVariantMap& values, Done done) {
                         shared.session.silences().extend(
                             keyIn(shared, values),
                             std::chrono::seconds(values.value(QStringLiteral("seconds")).toLongLong()),
                             values.value(QStringLiteral("reason")).toString(), std::move(done));
                     },
                 .ask =
                     [shared] {
                         if (const auto* silence = shared.silence())
                             shared.ask("silence.extend", extendForm(*silence),
                                        {{"silence", keyOf(silence->silence)}});
                     },
                 .blocked = [shared] { return shared.noSilence(); },
                 .page = kAlertPage,
                 .parameters = {"silence", "seconds", "reason"}});
    actions.add({.id = "silence.expire",
                 .title = "End the silence",
                 .group = kAlertGroup,
                 .shortcut = QKeySequence(Qt::Key_X),
                 .run =
                     [shared](const QVariantMap& values, Done done) {
                         shared.session.silences().expire(keyIn(shared, values),
                                                          values.value(QStringLiteral("reason")).toString(),
                                                          std::move(done));
                     },
                 .ask =
                     [shared] {
                         if (const auto* silence = shared.silence())
                             shared.ask("silence.expire", expireForm(*silence),
                                        {{"silence", keyOf(silence->silence)}});
                     },
                 .blocked = [shared] { return shared.noSilence(); },
                 .page = kAlertPage,
                 .parameters = {"silence", "reason"}});
}

}  // namespace

void addAlertActions(Session& session, DialogParent parent) {
    const AlertActions shared{session, std::move(parent)};
    ActionRegistry& actions = session.actions();
    addSilenceActions(shared, actions);
    actions.add({.id = "alert.open_incident",
                 .title = "Open an incident for this alert",
                 .group = kAlertGroup,
                 .shortcut = QKeySequence(Qt::Key_O),
                 .run =
                     [shared](const QVariantMap&, Done done) {
                         const silences::Alert* alert = shared.alert();
                         if (!alert) return done(core::fail(core::Errc::not_found, "no alert is chosen"));
                         incidents::OpenRequest request;
                         request.title = alert->title;
                         request.service = alert->service;
                         request.severity = incidents::severity_from(alert->severity);
                         request.text = alert->reason;
                         request.started_at = alert->started_at;
                         shared.session.incidents().open(request, std::move(done));
                     },
                 .ask = {},
                 .blocked = [shared]() -> QString {
                     if (const QString why = shared.noAlert(); !why.isEmpty()) return why;
                     const silences::Alert* alert = shared.alert();
                     return alert->incident.empty()
                                ? QString()
                                : QStringLiteral("%1 has it already").arg(str(alert->incident));
                 },
                 .page = kAlertPage,
                 .parameters = {}});
    actions.add({.id = "alert.incident",
                 .title = "Go to the alert's incident",
                 .group = kAlertGroup,
                 .shortcut = QKeySequence(Qt::Key_I),
                 .run =
                     [shared](const QVariantMap&, Done done) {
                         const silences::Alert* alert = shared.alert();
                         if (!alert) return done(core::fail(core::Errc::not_found, "no alert is chosen"));
                         shared.session.actions().invoke(QStringLiteral("incidents.open"),
                                                         {{QStringLiteral("id"), str(alert->incident)}},
                                                         std::move(done));
                     },
                 .ask = {},
                 .blocked = [shared]() -> QString {
                     if (const silences::Alert* alert = shared.alert())
                         return alert->incident.empty() ? QStringLiteral("No incident has this alert")
                                                        : QString();
                     return QStringLiteral("Choose an alert first");
                 },
                 .page = kAlertPage,
                 .parameters = {}});
}

}  // namespace qd::app
