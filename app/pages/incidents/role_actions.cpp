#include "app/pages/incidents/role_actions.hpp"

#include <QDateTime>
#include <algorithm>

#include "app/models/values.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"
#include "incidents/clocks.hpp"
#include "incidents/projection.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

using incidents::EventKind;
using incidents::Incident;

constexpr std::size_t kSummaryNotes = 5;

struct RoleActions {
    Session& session;
    DialogParent parent;

    const Incident* selected() const { return session.incidents().find(session.selection().incident()); }

    QString blocked() const {
        if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
        if (session.selection().incident().isEmpty()) return QStringLiteral("Choose an incident first");
        const Incident* incident = selected();
        if (incident && !incidents::is_open(incident->state))
            return QStringLiteral("The incident is %1").arg(stateName(incident->state).toLower());
        return {};
    }

    void post(const QVariantMap& parameters, EventKind kind, Done done) const {
        const QString given = parameters.value(QStringLiteral("incident")).toString();
        const QString id = given.isEmpty() ? session.selection().incident() : given;
        if (id.isEmpty()) return done(core::fail(core::Errc::invalid_argument, "no incident is chosen"));
        incidents::EventRequest event;
        event.kind = kind;
        event.source = "console";
        event.body.role =
            parameters.value(QStringLiteral("role"), QStringLiteral("commander")).toString().toStdString();
        event.body.person = parameters.value(QStringLiteral("person")).toString().toStdString();
        event.body.text = parameters.value(QStringLiteral("text")).toString().toStdString();
        if (const auto checked = incidents::check_body(kind, event.body); !checked)
            return done(tl::unexpected(checked.error()));
        session.incidents().post(id, std::move(event), std::move(done));
    }

    void ask(const QString& action, Form form) const {
        ActionRegistry* actions = &session.actions();
        FormDialog::ask(std::move(form), parent(),
                        [actions, action](const QVariantMap& values) { actions->invoke(action, values); });
    }

    FormField role() const {
        FormField field{"role", "Role", FormField::Kind::Choice, "commander", {}, true, {}, 0, 0};
        for (const std::string_view one : incidents::known_roles())
            field.choices.append(
                {one == "commander" ? QStringLiteral("incident commander") : str(one), str(one)});
        return field;
    }

    /// Those on call first, then whoever sits here; anybody else can be typed.
    FormField person(const QString& label, const Incident& incident, bool offerSelf) const {
        FormField field{"person", label, FormField::Kind::Suggestion, {}, "Name", true, {}, 0, 0};
        for (const oncall::Shift& shift : session.oncall().peopleFor(incident.service))
            field.choices.append(
                {QStringLiteral("%1 – on call, %2, until %3")
                     .arg(str(shift.person), str(shift.layer), widgets::formatClock(msOf(shift.to), false)),
                 str(shift.person)});
        const QString self = qEnvironmentVariable("USER");
        const bool listed = std::any_of(field.choices.begin(), field.choices.end(),
                                        [&](const auto& choice) { return choice.second == self; });
        if (offerSelf && !self.isEmpty() && !listed) field.choices.append({self, self});
        if (!field.choices.isEmpty()) field.initial = field.choices.first().second;
        return field;
    }
};

QString title(const Incident& incident) {
    return QStringLiteral("%1 %2").arg(str(incidents::to_string(incident.severity)), str(incident.title));
}

}  // namespace

QString handoverSummary(const Incident& incident, std::span<const incidents::Event> journal,
                        core::WallTime now) {
    QStringList lines;
    lines << QStringLiteral("%1, %2, for %3.")
                 .arg(str(incidents::to_string(incident.severity)), stateName(incident.state).toLower(),
                      span(now - incident.started_at));
    const incidents::Clocks clocks = incidents::clocks(incident, now);
    QStringList open;
    for (const incidents::ResponseStep& step : clocks.steps)
        if (!step.done_at) open << str(step.label).toLower();
    lines << (open.isEmpty() ? QStringLiteral("The response steps are all done.")
                             : QStringLiteral("Not done yet: %1.").arg(open.join(QStringLiteral("; "))));
    QStringList roles;
    for (const auto& [role, person] : incident.roles)
        roles << QStringLiteral("%1 %2").arg(str(role), str(person));
    if (!roles.isEmpty()) lines << QStringLiteral("Roles: %1.").arg(roles.join(QStringLiteral(", ")));
    if (!incident.firing_alerts.empty())
        lines << QStringLiteral("%1 alert%2 still firing.")
                     .arg(incident.firing_alerts.size())
                     .arg(incident.firing_alerts.size() == 1 ? " is" : "s are");
    for (const incidents::Suspect& suspect : incident.suspects)
        lines << QStringLiteral("Suspected: %1").arg(str(suspect.reasoning));
    if (!incident.last_status.empty())
        lines << QStringLiteral("Last told (%1): %2")
                     .arg(widgets::formatClock(msOf(incident.last_status_at), false),
                          str(incident.last_status));
    std::vector<QString> notes;
    const auto shown = incidents::effective(journal);
    for (auto event = shown.rbegin(); event != shown.rend() && notes.size() < kSummaryNotes; ++event)
        if (event->kind == EventKind::note && !incidents::is_machine_source(event->source))
            notes.push_back(QStringLiteral("%1 %2: %3")
                                .arg(widgets::formatClock(msOf(event->occurred_at), false), str(event->actor),
                                     str(event->body.text)));
    if (!notes.empty()) lines << QStringLiteral("Latest notes:");
    for (auto note = notes.rbegin(); note != notes.rend(); ++note) lines << "- " + *note;
    lines << QStringLiteral("Open questions: ");
    return lines.join('\n');
}

void addRoleActions(Session& session, DialogParent parent) {
    const RoleActions shared{session, std::move(parent)};
    const QString group = QStringLiteral("Incident"), page = QStringLiteral("incidents");
    session.actions().add(
        {.id = "incident.assign",
         .title = "Assign the commander or a role",
         .group = group,
         .shortcut = QKeySequence(Qt::Key_C),
         .run = [shared](const QVariantMap& p,
                         Done done) { shared.post(p, EventKind::assign, std::move(done)); },
         .ask =
             [shared] {
                 const Incident* incident = shared.selected();
                 if (!incident) return;
                 shared.ask("incident.assign",
                            {.title = "Assign for " + title(*incident),
                             .statement = "The commander decides; everybody else tells the commander.",
                             .fields = {shared.person("Person", *incident, true), shared.role()},
                             .action = "Assign",
                             .kind = {},
                             .preview = {},
                             .check = {}});
             },
         .blocked = [shared] { return shared.blocked(); },
         .page = page,
         .parameters = {"incident", "role", "person"}});
    session.actions().add(
        {.id = "incident.handover",
         .title = "Hand a role over",
         .group = group,
         .shortcut = QKeySequence(Qt::Key_H),
         .run = [shared](const QVariantMap& p,
                         Done done) { shared.post(p, EventKind::handover, std::move(done)); },
         .ask =
             [shared] {
                 const Incident* incident = shared.selected();
                 if (!incident) return;
                 const auto& timeline = shared.session.timeline();
                 const bool read = timeline.incident().toStdString() == incident->id.value;
                 const QString summary = handoverSummary(
                     *incident, read ? timeline.journal().recorded() : std::span<const incidents::Event>(),
                     wallTime(QDateTime::currentMSecsSinceEpoch()));
                 shared.ask("incident.handover",
                            {.title = "Hand over: " + title(*incident),
                             .statement = "Say it to each other as well: whoever takes over says yes first.",
                             .fields = {shared.role(),
                                        shared.person("To whom", *incident, false),
                                        {"text",
                                         "What they must know",
                                         FormField::Kind::Lines,
                                         summary,
                                         {},
                                         true,
                                         {},
                                         0,
                                         0}},
                             .action = "Hand over",
                             .kind = {},
                             .preview = {},
                             .check = {}});
             },
         .blocked = [shared] { return shared.blocked(); },
         .page = page,
         .parameters = {"incident", "role", "person", "text"}});
}

}  // namespace qd::app
