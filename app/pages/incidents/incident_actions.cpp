#include "app/pages/incidents/incident_actions.hpp"

#include <algorithm>

#include "app/models/values.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

using incidents::EventKind;
using incidents::Incident;
using IncidentState = incidents::State;

const QString kIncidentGroup = QStringLiteral("Incident");
const QString kIncidentPage = QStringLiteral("incidents");

/// What the actions share: whom they are about, and whether they may.
struct IncidentActions {
    Session& session;
    DialogParent parent;

    QString idOf(const QVariantMap& parameters) const {
        const QString given =
            parameters.value(QStringLiteral("incident"), parameters.value(QStringLiteral("id"))).toString();
        return given.isEmpty() ? session.selection().incident() : given;
    }
    const Incident* selected() const { return session.incidents().find(session.selection().incident()); }

    QString blocked(bool mayBeClosed) const {
        if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
        const Incident* incident = selected();
        if (!incident)
            return session.selection().incident().isEmpty() ? QStringLiteral("Choose an incident first")
                                                            : QString();
        if (!mayBeClosed && !incidents::is_open(incident->state))
            return QStringLiteral("The incident is %1").arg(stateName(incident->state).toLower());
        return {};
    }

    void post(const QVariantMap& parameters, EventKind kind, incidents::EventBody body, Done done) const {
        const QString id = idOf(parameters);
        if (id.isEmpty()) return done(core::fail(core::Errc::invalid_argument, "no incident is chosen"));
        incidents::EventRequest event;
        event.kind = kind;
        event.body = std::move(body);
        event.source = "console";
        if (const auto checked = incidents::check_body(kind, event.body); !checked)
            return done(tl::unexpected(checked.error()));
        session.incidents().post(id, std::move(event), std::move(done));
    }
    void toState(const QVariantMap& parameters, IncidentState state, Done done) const {
        incidents::EventBody body;
        body.state = state;
        body.text = textOf(parameters);
        post(parameters, EventKind::state, std::move(body), std::move(done));
    }
    static std::string textOf(const QVariantMap& parameters) {
        return parameters.value(QStringLiteral("text")).toString().toStdString();
    }
    void ask(const QString& id, Form form) const {
        ActionRegistry* actions = &session.actions();
        FormDialog::ask(std::move(form), parent(),
                        [actions, id](const QVariantMap& values) { actions->invoke(id, values); });
    }
    QString name() const {
        const Incident* incident = selected();
        return incident ? QStringLiteral("%1 %2").arg(str(incidents::to_string(incident->severity)),
                                                      str(incident->title))
                        : QString();
    }
};

FormField lines(const QString& key, const QString& label, const QString& hint, bool required) {
    return {key, label, FormField::Kind::Lines, {}, hint, required, {}, 0, 0};
}

/// With what is measured now; an opsd that cannot say it is no reason not to ask.
void askSeverity(const IncidentActions& shared) {
    const Incident* incident = shared.selected();
    if (!incident || !shared.session.link().client()) return;
    const QString id = str(incident->id.value);
    const auto ask = [shared, id](const core::Result<incidents::SeverityAdvice>& advice) {
        const Incident* asked = shared.session.incidents().find(id);
        if (!asked || shared.session.selection().incident() != id) return;
        FormField field{"severity",
                        "Severity",
                        FormField::Kind::Choice,
                        int(advice ? advice->severity : asked->severity),
                        {},
                        true,
                        {},
                        0,
                        0};
        for (int n = 1; n <= 4; ++n) {
            const auto severity = *incidents::severity_from(n);
            field.choices.append({QStringLiteral("%1 – %2").arg(str(incidents::to_string(severity)),
                                                                str(incidents::meaning(severity))),
                                  n});
        }
        const QString now = QStringLiteral("Now %1: %2")
                                .arg(str(incidents::to_string(asked->severity)), str(asked->severity_reason));
        const QString measured =
            advice
                ? QStringLiteral("Measured now, %1.").arg(str(advice->text()))
                : QStringLiteral("What is measured could not be read: %1").arg(str(advice.error().message));
        shared.ask("incident.severity",
                   {.title = "Severity of " + shared.name(),
                    .statement = now + QStringLiteral("\n") + measured,
                    .fields = {field, lines("text", "Reason", "Who is affected, and how much?", false)},
                    .action = "Set severity",
                    .kind = {},
                    .preview = {},
                    .check = {}});
    };
    shared.session.link().client()->severity_advice(incident->id,
                                                    deliver<incidents::SeverityAdvice>(&shared.session, ask));
}

void addTextActions(const IncidentActions& shared, ActionRegistry& actions) {
    actions.add({.id = "incident.note",
                 .title = "Add a note",
                 .group = kIncidentGroup,
                 .shortcut = QKeySequence(Qt::Key_N),
                 .run =
                     [shared](const QVariantMap& p, Done done) {
                         incidents::EventBody body;
                         body.text = IncidentActions::textOf(p);
                         shared.post(p, EventKind::note, std::move(body), std::move(done));
                     },
                 .ask =
                     [shared] {
                         shared.ask("incident.note",
                                    {.title = "Note on " + shared.name(),
                                     .statement = "Goes into the journal with your name and the time.",
                                     .fields = {lines("text", "Note", "What did you see or do?", true)},
                                     .action = "Add note",
                                     .kind = {},
                                     .preview = {},
                                     .check = {}});
                     },
                 .blocked = [shared] { return shared.blocked(true); },
                 .page = kIncidentPage,
                 .parameters = {"incident", "text"}});
    actions.add(
        {.id = "incident.link",
         .title = "Link a channel or document",
         .group = kIncidentGroup,
         .shortcut = QKeySequence(Qt::Key_L),
         .run =
             [shared](const QVariantMap& p, Done done) {
                 incidents::EventBody body;
                 body.url = p.value("url").toString().toStdString();
                 body.purpose = p.value("purpose", "channel").toString().toStdString();
                 body.text = IncidentActions::textOf(p);
                 shared.post(p, EventKind::link, std::move(body), std::move(done));
             },
         .ask =
             [shared] {
                 shared.ask(
                     "incident.link",
                     {.title = "Link for " + shared.name(),
                      .statement = {},
                      .fields =
                          {{"url", "Address", FormField::Kind::Line, {}, "https://…", true, {}, 0, 0},
                           {"purpose",
                            "What it is",
                            FormField::Kind::Choice,
                            "channel",
                            {},
                            true,
                            {{"The incident's channel", "channel"}, {"A document", "document"}},
                            0,
                            0},
                           {"text", "Name", FormField::Kind::Line, {}, "#incident-42", false, {}, 0, 0}},
                      .action = "Add link",
                      .kind = {},
                      .preview = {},
                      .check = {}});
             },
         .blocked = [shared] { return shared.blocked(true); },
         .page = kIncidentPage,
         .parameters = {"incident", "url", "purpose", "text"}});
}

void addResponseActions(const IncidentActions& shared, ActionRegistry& actions) {
    actions.add({.id = "incident.acknowledge",
                 .title = "Acknowledge",
                 .group = kIncidentGroup,
                 .shortcut = QKeySequence(Qt::Key_A),
                 .run =
                     [shared](const QVariantMap& p, Done done) {
                         incidents::EventBody body;
                         body.text = IncidentActions::textOf(p);
                         shared.post(p, EventKind::acknowledge, std::move(body), std::move(done));
                     },
                 .ask = {},
                 .blocked = [shared]() -> QString {
                     if (const QString why = shared.blocked(false); !why.isEmpty()) return why;
                     const Incident* incident = shared.selected();
                     return incident && incident->state != IncidentState::triage ? "It has been acknowledged"
                                                                                 : QString();
                 },
                 .page = kIncidentPage,
                 .parameters = {"incident", "text"}});
    actions.add({.id = "incident.severity",
                 .title = "Set the severity",
                 .group = kIncidentGroup,
                 .shortcut = QKeySequence(Qt::Key_S),
                 .run =
                     [shared](const QVariantMap& p, Done done) {
                         const auto severity = incidents::severity_from(p.value("severity").toInt());
                         if (!severity)
                             return done(core::fail(core::Errc::invalid_argument, "a severity is 1 to 4"));
                         incidents::EventBody body;
                         body.severity = severity;
                         body.text = IncidentActions::textOf(p);
                         shared.post(p, EventKind::severity, std::move(body), std::move(done));
                     },
                 .ask = [shared] { askSeverity(shared); },
                 .blocked = [shared] { return shared.blocked(false); },
                 .page = kIncidentPage,
                 .parameters = {"incident", "severity", "text"}});
}

/// What speaks against an end that is about to be told.
QString stillFiring(const Incident* incident) {
    const std::size_t count = incident ? incident->firing_alerts.size() : 0;
    if (count == 0) return {};
    return count == 1 ? QStringLiteral(" One of its alerts is still firing.")
                      : QStringLiteral(" %1 of its alerts are still firing.").arg(count);
}

void addStateAction(const IncidentActions& shared, ActionRegistry& actions, const QString& id,
                    const QString& title, Qt::Key key, IncidentState state, const QString& statement,
                    const QString& hint) {
    actions.add(
        {.id = id,
         .title = title,
         .group = kIncidentGroup,
         .shortcut = QKeySequence(key),
         .run = [shared, state](const QVariantMap& p,
                                Done done) { shared.toState(p, state, std::move(done)); },
         .ask =
             [shared, id, title, statement, hint] {
                 shared.ask(id, {.title = title + ": " + shared.name(),
                                 .statement = statement + stillFiring(shared.selected()),
                                 .fields = {lines("text", "What was done, and the proof for it", hint, true)},
                                 .action = title,
                                 .kind = {},
                                 .preview = {},
                                 .check = {}});
             },
         .blocked = [shared, state]() -> QString {
             if (const QString why = shared.blocked(false); !why.isEmpty()) return why;
             const Incident* incident = shared.selected();
             if (!incident) return {};
             const auto possible = incidents::successors(incident->state);
             if (std::find(possible.begin(), possible.end(), state) != possible.end()) return {};
             return incident->state == IncidentState::triage
                        ? QStringLiteral("Acknowledge it first")
                        : QStringLiteral("Not from %1").arg(stateName(incident->state).toLower());
         },
         .page = kIncidentPage,
         .parameters = {"incident", "text"}});
}

}  // namespace

void addIncidentActions(Session& session, DialogParent parent) {
    const IncidentActions shared{session, std::move(parent)};
    ActionRegistry& actions = session.actions();
    addResponseActions(shared, actions);
    addTextActions(shared, actions);
    addStateAction(shared, actions, "incident.mitigate", "Mitigated", Qt::Key_M, IncidentState::mitigated,
                   "Users are no longer affected. Watch the objectives before you resolve.",
                   "Canary aborted; error ratio back to 0.1 %");
    addStateAction(shared, actions, "incident.resolve", "Resolve", Qt::Key_R, IncidentState::resolved,
                   "The incident is over and the clocks stop. The post-mortem is compiled from the journal.",
                   "Objectives on target for 10 minutes");
    actions.add(
        {.id = "incident.state",
         .title = "Change the state",
         .group = kIncidentGroup,
         .shortcut = {},
         .run =
             [shared](const QVariantMap& p, Done done) {
                 const auto state = incidents::parse_state(p.value("state").toString().toStdString());
                 if (!state) return done(core::fail(core::Errc::invalid_argument, "there is no such state"));
                 shared.toState(p, *state, std::move(done));
             },
         .ask =
             [shared] {
                 const Incident* incident = shared.selected();
                 if (!incident) return;
                 FormField field{"state", "New state", FormField::Kind::Choice, {}, {}, true, {}, 0, 0};
                 for (const IncidentState state : incidents::successors(incident->state))
                     field.choices.append({stateName(state), str(incidents::to_string(state))});
                 shared.ask("incident.state",
                            {.title = "State of " + shared.name(),
                             .statement = QStringLiteral("Now: %1").arg(stateName(incident->state).toLower()),
                             .fields = {field, lines("text", "Why", {}, false)},
                             .action = "Change state",
                             .kind = {},
                             .preview = {},
                             .check = {}});
             },
         .blocked = [shared] { return shared.blocked(true); },
         .page = kIncidentPage,
         .parameters = {"incident", "state", "text"}});
    actions.add(
        {.id = "incident.open",
         .title = "Declare an incident",
         .group = kIncidentGroup,
         .shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I),
         .run =
             [&session](const QVariantMap& p, Done done) {
                 incidents::OpenRequest request;
                 request.title = p.value("title").toString().toStdString();
                 request.service = p.value("service", "gateway").toString().toStdString();
                 request.severity = incidents::severity_from(p.value("severity", 3).toInt());
                 request.text = IncidentActions::textOf(p);
                 session.incidents().open(request, std::move(done));
             },
         .ask =
             [shared] {
                 FormField severity{"severity", "Severity", FormField::Kind::Choice, 3, {}, true, {}, 0, 0};
                 for (int n = 1; n <= 4; ++n) {
                     const auto one = *incidents::severity_from(n);
                     severity.choices.append({QStringLiteral("%1 – %2").arg(str(incidents::to_string(one)),
                                                                            str(incidents::meaning(one))),
                                              n});
                 }
                 shared.ask(
                     "incident.open",
                     {.title = "Declare an incident",
                      .statement = "For what no alert has seen: a report from users, say.",
                      .fields =
                          {{"title", "Title", FormField::Kind::Line, {}, "What users feel", true, {}, 0, 0},
                           {"service", "Service", FormField::Kind::Line, "gateway", {}, true, {}, 0, 0},
                           severity,
                           lines("text", "What is known", {}, true)},
                      .action = "Declare",
                      .kind = {},
                      .preview = {},
                      .check = {}});
             },
         .blocked =
             [shared] {
                 return shared.session.link().isLive() ? QString()
                                                       : QStringLiteral("There is no connection to the site");
             },
         .page = {},
         .parameters = {"title", "service", "severity", "text"}});
}

}  // namespace qd::app
