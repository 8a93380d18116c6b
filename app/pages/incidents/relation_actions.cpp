#include "app/pages/incidents/relation_actions.hpp"

#include <algorithm>

#include "app/models/values.hpp"
#include "app/pages/incidents/incident_picker.hpp"
#include "app/pages/incidents/split_dialog.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"
#include "incidents/projection.hpp"

namespace qd::app {
namespace {

using incidents::Incident;
using IncidentState = incidents::State;

const QString kRelationGroup = QStringLiteral("Incident");
const QString kRelationPage = QStringLiteral("incidents");

struct Relating {
    Session& session;
    DialogParent parent;

    const Incident* selected() const { return session.incidents().find(session.selection().incident()); }
    QString idOf(const QVariantMap& parameters) const {
        const QString given = parameters.value(QStringLiteral("incident")).toString();
        return given.isEmpty() ? session.selection().incident() : given;
    }
    /// Those that are chosen in the list; the one on screen when there are not several.
    QStringList chosen() const {
        const QStringList& several = session.selection().incidents();
        return several.size() > 1 ? several : QStringList{session.selection().incident()};
    }
    QString offline() const {
        if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
        return selected() ? QString() : QStringLiteral("Choose an incident first");
    }
    QString blocked() const {
        if (const QString why = offline(); !why.isEmpty()) return why;
        return selected()->state == IncidentState::merged
                   ? QStringLiteral("It is merged into %1").arg(str(selected()->merged_into->value))
                   : QString();
    }
    void invoke(const QString& id, const QVariantMap& parameters) const {
        session.actions().invoke(id, parameters);
    }
};

QString nameOf(const Incident& incident) {
    return QStringLiteral("%1 \"%2\"").arg(str(incident.id.value), str(incident.title));
}

bool canGo(const Incident& incident, IncidentState to) {
    return std::ranges::count(incidents::successors(incident.state), to) > 0;
}

/// One after the other: each is a write of its own, and the first refusal ends it.
void mergeAll(Session& session, QStringList ids, const incidents::MergeRequest& request, Done done,
              int merged = 0) {
    if (ids.isEmpty())
        return done(
            QVariantMap{{"incident", QString::fromStdString(request.into.value)}, {"merged", merged}});
    const QString id = ids.takeFirst();
    session.incidents().merge(
        id, request, [&session, ids, request, done, merged, id](const Outcome& outcome) {
            if (!outcome && merged > 0)
                return done(core::fail(outcome.error().code, "{} merged; {} was not: {}", merged,
                                       id.toStdString(), outcome.error().message));
            if (!outcome) return done(outcome);
            mergeAll(session, ids, request, done, merged + 1);
        });
}

void addMerge(const Relating& shared, ActionRegistry& actions) {
    actions.add(
        {.id = "incident.merge",
         .title = "Merge into another incident",
         .group = kRelationGroup,
         .shortcut = QKeySequence(Qt::SHIFT | Qt::Key_M),
         .run =
             [shared](const QVariantMap& p, Done done) {
                 incidents::MergeRequest request;
                 request.into = incidents::IncidentId(p.value("into").toString().toStdString());
                 request.reason = p.value("reason").toString().toStdString();
                 QStringList ids = p.value("incidents").toStringList();
                 if (ids.isEmpty()) ids << shared.idOf(p);
                 ids.removeAll(QString());
                 if (ids.isEmpty() || request.into.empty())
                     return done(core::fail(core::Errc::invalid_argument, "two incidents are needed"));
                 Session& session = shared.session;
                 mergeAll(session, ids, request, [&session, done = std::move(done)](const Outcome& outcome) {
                     if (outcome) session.selection().setIncident(outcome->value("incident").toString());
                     if (done) done(outcome);
                 });
             },
         .ask =
             [shared] {
                 const QStringList ids = shared.chosen();
                 const QString what = ids.size() > 1 ? QStringLiteral("%1 incidents").arg(ids.size())
                                                     : nameOf(*shared.selected());
                 PickQuestion question;
                 question.title = QStringLiteral("Merge %1 into which?").arg(what);
                 question.action = QStringLiteral("Merge");
                 question.without = ids;
                 question.effect = [ids](const Incident& into) {
                     const bool one = ids.size() == 1;
                     return QStringLiteral(
                                "%1 %2 the state Merged: alerts and the response go on in %3. The journals "
                                "stay "
                                "and name each other; merged incidents are left out of every MTTx. This "
                                "cannot "
                                "be taken back.")
                         .arg(ids.join(QStringLiteral(", ")),
                              one ? QStringLiteral("gets") : QStringLiteral("get"), nameOf(into));
                 };
                 question.refusal = [](const Incident& into) {
                     return incidents::is_open(into.state)
                                ? QString()
                                : QStringLiteral("It is %1: only an open one takes others in")
                                      .arg(stateName(into.state).toLower());
                 };
                 auto* dialog = new IncidentPicker(shared.session, question, shared.parent());
                 dialog->setAttribute(Qt::WA_DeleteOnClose);
                 QObject::connect(dialog, &IncidentPicker::picked, &shared.session,
                                  [shared, ids](const QString& id, const QString& reason) {
                                      shared.invoke("incident.merge",
                                                    {{"incidents", ids}, {"into", id}, {"reason", reason}});
                                  });
                 dialog->open();
             },
         .blocked = [shared] { return shared.blocked(); },
         .page = kRelationPage,
         .parameters = {"incident", "incidents", "into", "reason"}});
}

void addSplit(const Relating& shared, ActionRegistry& actions) {
    actions.add(
        {.id = "incident.split",
         .title = "Split into two incidents",
         .group = kRelationGroup,
         .shortcut = QKeySequence(Qt::SHIFT | Qt::Key_S),
         .run =
             [shared](const QVariantMap& p, Done done) {
                 incidents::SplitRequest request;
                 request.title = p.value("title").toString().toStdString();
                 request.service = p.value("service").toString().toStdString();
                 request.reason = p.value("reason").toString().toStdString();
                 for (const QString& alert : p.value("alerts").toStringList())
                     request.alerts.push_back(alert.toStdString());
                 for (const QVariant& seq : p.value("events").toList())
                     request.events.push_back(seq.toULongLong());
                 Session& session = shared.session;
                 session.incidents().split(
                     shared.idOf(p), request, [&session, done = std::move(done)](const Outcome& outcome) {
                         if (outcome) session.selection().setIncident(outcome->value("incident").toString());
                         if (done) done(outcome);
                     });
             },
         .ask =
             [shared] {
                 const Incident* incident = shared.selected();
                 const QString id = str(incident->id.value);
                 auto* dialog = new SplitDialog(
                     *incident, incidents::effective(shared.session.timeline().journal().recorded()),
                     shared.parent());
                 dialog->setAttribute(Qt::WA_DeleteOnClose);
                 QObject::connect(dialog, &SplitDialog::submitted, &shared.session,
                                  [shared, id](const incidents::SplitRequest& request) {
                                      QStringList alerts;
                                      QVariantList events;
                                      for (const auto& alert : request.alerts) alerts << str(alert);
                                      for (const auto seq : request.events) events << qulonglong(seq);
                                      shared.invoke("incident.split", {{"incident", id},
                                                                       {"title", str(request.title)},
                                                                       {"service", str(request.service)},
                                                                       {"reason", str(request.reason)},
                                                                       {"alerts", alerts},
                                                                       {"events", events}});
                                  });
                 dialog->open();
             },
         .blocked = [shared]() -> QString {
             if (const QString why = shared.blocked(); !why.isEmpty()) return why;
             return shared.session.timeline().incident() == shared.session.selection().incident() &&
                            shared.session.timeline().hasData()
                        ? QString()
                        : QStringLiteral("Its journal has not been read yet");
         },
         .page = kRelationPage,
         .parameters = {"incident", "title", "service", "alerts", "events", "reason"}});
}

void addRelation(const Relating& shared, ActionRegistry& actions, const QString& kind, const QString& title,
                 Qt::Key key) {
    const QString action = QStringLiteral("incident.") + kind;
    actions.add(
        {.id = action,
         .title = title,
         .group = kRelationGroup,
         .shortcut = QKeySequence(Qt::SHIFT | key),
         .run =
             [shared, kind](const QVariantMap& p, Done done) {
                 incidents::RelationRequest request;
                 request.kind = kind.toStdString();
                 request.other = incidents::IncidentId(p.value("other").toString().toStdString());
                 request.reason = p.value("reason").toString().toStdString();
                 if (request.other.empty())
                     return done(core::fail(core::Errc::invalid_argument, "two incidents are needed"));
                 shared.session.incidents().relate(shared.idOf(p), request, std::move(done));
             },
         .ask =
             [shared, kind, action] {
                 const QString id = str(shared.selected()->id.value);
                 const bool parent = kind == QLatin1String("parent");
                 PickQuestion question;
                 question.title = parent ? QStringLiteral("%1 is a part of which incident?").arg(id)
                                         : QStringLiteral("Which incident is a part of %1?").arg(id);
                 question.action = parent ? QStringLiteral("Set the parent") : QStringLiteral("Add the part");
                 question.without = QStringList{id};
                 question.effect = [id, parent](const Incident& other) {
                     const QString part = parent ? id : nameOf(other), whole = parent ? nameOf(other) : id;
                     return QStringLiteral(
                                "Both journals say that %1 is a part of %2. Each keeps its own clocks, roles "
                                "and state.")
                         .arg(part, whole);
                 };
                 auto* dialog = new IncidentPicker(shared.session, question, shared.parent());
                 dialog->setAttribute(Qt::WA_DeleteOnClose);
                 QObject::connect(
                     dialog, &IncidentPicker::picked, &shared.session,
                     [shared, action, id](const QString& other, const QString& reason) {
                         shared.invoke(action, {{"incident", id}, {"other", other}, {"reason", reason}});
                     });
                 dialog->open();
             },
         .blocked = [shared] { return shared.blocked(); },
         .page = kRelationPage,
         .parameters = {"incident", "other", "reason"}});
}

struct Ending {
    QString id, title, effect, button, refused;
    QKeySequence key;
    widgets::ButtonKind kind;
    std::function<std::optional<IncidentState>(const Incident&)> to;  // nothing: not from where it is
};

void addEnding(const Relating& shared, ActionRegistry& actions, const Ending& ending) {
    actions.add(
        {.id = ending.id,
         .title = ending.title,
         .group = kRelationGroup,
         .shortcut = ending.key,
         .run =
             [shared, ending](const QVariantMap& p, Done done) {
                 const QString id = shared.idOf(p);
                 const Incident* incident = shared.session.incidents().find(id);
                 if (!incident)
                     return done(
                         core::fail(core::Errc::not_found, "there is no incident {}", id.toStdString()));
                 const auto to = ending.to(*incident);
                 if (!to)
                     return done(core::fail(core::Errc::conflict, "{} is {}: {}", id.toStdString(),
                                            to_string(incident->state), ending.refused.toStdString()));
                 incidents::EventRequest event;
                 event.kind = incidents::EventKind::state;
                 event.body.state = to;
                 event.body.text = p.value("text").toString().toStdString();
                 event.source = "console";
                 shared.session.incidents().post(id, event, std::move(done));
             },
         .ask =
             [shared, ending] {
                 const QString id = str(shared.selected()->id.value);
                 FormDialog::ask(
                     {.title = QStringLiteral("%1: %2").arg(ending.title, nameOf(*shared.selected())),
                      .statement = ending.effect,
                      .fields = {{"text", "Why", FormField::Kind::Lines, {}, {}, true, {}, 0, 0}},
                      .action = ending.button,
                      .kind = ending.kind,
                      .preview = {},
                      .check = {}},
                     shared.parent(), [shared, ending, id](const QVariantMap& values) {
                         shared.invoke(ending.id, {{"incident", id}, {"text", values.value("text")}});
                     });
             },
         .blocked = [shared, ending]() -> QString {
             if (const QString why = shared.offline(); !why.isEmpty()) return why;
             const Incident& incident = *shared.selected();
             if (ending.to(incident)) return {};
             return QStringLiteral("It is %1: %2").arg(stateName(incident.state).toLower(), ending.refused);
         },
         .page = kRelationPage,
         .parameters = {"incident", "text"}});
}

std::function<std::optional<IncidentState>(const Incident&)> straightTo(IncidentState state) {
    return [state](const Incident& incident) {
        return canGo(incident, state) ? std::optional(state) : std::nullopt;
    };
}

}  // namespace

void addRelationActions(Session& session, DialogParent parent) {
    const Relating shared{session, std::move(parent)};
    ActionRegistry& actions = session.actions();
    addMerge(shared, actions);
    addSplit(shared, actions);
    addRelation(shared, actions, QStringLiteral("parent"),
                QStringLiteral("Make it a part of another incident"), Qt::Key_P);
    addRelation(shared, actions, QStringLiteral("child"), QStringLiteral("Add an incident as its part"),
                Qt::Key_C);
    addEnding(
        shared, actions,
        {QStringLiteral("incident.cancel"),
         QStringLiteral("Cancel: it was no incident"),
         QStringLiteral("Its state becomes Cancelled and its clocks stop. It is left out of every MTTx; "
                        "its journal stays, and it can be reopened."),
         QStringLiteral("Cancel the incident"),
         QStringLiteral("only an incident that is still open can be cancelled"),
         {},
         widgets::ButtonKind::Danger,
         straightTo(IncidentState::cancelled)});
    addEnding(
        shared, actions,
        {QStringLiteral("incident.reopen"), QStringLiteral("Reopen"),
         QStringLiteral("Its state becomes Investigating. Once resolved, the time from now on counts as "
                        "an interval of its own in MTTM, MTTR and MTBF."),
         QStringLiteral("Reopen"), QStringLiteral("only what has ended can be reopened"),
         QKeySequence(Qt::SHIFT | Qt::Key_R), widgets::ButtonKind::Primary,
         [](const Incident& incident) -> std::optional<IncidentState> {
             for (const IncidentState to : incidents::successors(incident.state))
                 if (incidents::is_reopening(incident.state, to)) return to;
             return std::nullopt;
         }});
    addEnding(shared, actions,
              {QStringLiteral("incident.close"), QStringLiteral("Close"),
               QStringLiteral("Its state becomes Closed: the response is over and the post-mortem is agreed. "
                              "It can be reopened."),
               QStringLiteral("Close the incident"), QStringLiteral("resolve it first"),
               QKeySequence(Qt::SHIFT | Qt::Key_X), widgets::ButtonKind::Primary,
               straightTo(IncidentState::closed)});
}

}  // namespace qd::app
