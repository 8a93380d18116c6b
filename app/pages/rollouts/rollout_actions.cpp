#include "app/pages/rollouts/rollout_actions.hpp"

#include <QJsonDocument>

#include "app/models/values.hpp"
#include "app/shell/form_dialog.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

using rollouts::Action;
using rollouts::Rollout;
using widgets::ButtonKind;

const QString kRolloutGroup = QStringLiteral("Rollout");
const QString kRolloutPage = QStringLiteral("rollouts");

struct Wanted {
    Action action;
    QString id;
    QString title;
    QKeySequence shortcut;
    ButtonKind kind;
    QString consequence;  // %1 the canary's version, %2 the stable one
};

// Single keys may be short, for none acts by itself: each asks for a reason first.
QVector<Wanted> wantedActions() {
    return {
        {Action::next, "rollout.next", "Next step", QKeySequence(Qt::Key_N), ButtonKind::Primary,
         "Ends the current step of %1 and goes on with the next one only. The steps after it still apply."},
        {Action::resume, "rollout.resume", "Resume", QKeySequence(Qt::Key_E), ButtonKind::Primary,
         "Lets %1 go on where it was held. No step is skipped."},
        {Action::pause, "rollout.pause", "Pause", QKeySequence(Qt::Key_P), ButtonKind::Plain,
         "Holds %1 at its present share until somebody resumes it."},
        {Action::back, "rollout.back", "Step back", QKeySequence(Qt::Key_B), ButtonKind::Plain,
         "Takes %1 back to the weight before this one and holds it there."},
        {Action::promote, "rollout.promote", "Promote fully", QKeySequence(Qt::SHIFT | Qt::Key_F),
         ButtonKind::Plain,
         "Skips every remaining step: all traffic goes to %1 and it becomes the stable version in place of "
         "%2."},
        {Action::ramp_down, "rollout.ramp_down", "Ramp down", QKeySequence(Qt::Key_D), ButtonKind::Plain,
         "Takes traffic away from %1 weight by weight, then ends the rollout. %2 stays stable."},
        {Action::abort, "rollout.abort", "Abort now", QKeySequence(Qt::SHIFT | Qt::Key_X), ButtonKind::Danger,
         "All traffic goes back to %2 at once and %1 is drained. It cannot be resumed."},
        {Action::undo, "rollout.undo", "Undo the promotion", QKeySequence(Qt::SHIFT | Qt::Key_Z),
         ButtonKind::Danger, "Makes %2 the stable version again in place of %1."},
    };
}

const Rollout* targetOf(Session& session, const QVariantMap& parameters) {
    const QString id =
        parameters.value(QStringLiteral("rollout"), parameters.value(QStringLiteral("id"))).toString();
    return id.isEmpty() ? session.rollouts().current() : session.rollouts().find(id);
}

QString whyNot(Session& session, Action action) {
    if (!session.link().isLive()) return QStringLiteral("There is no connection to the site");
    const Rollout* rollout = session.rollouts().current();
    if (!rollout) return QStringLiteral("No rollout has been started");
    const auto refused = rollout->refusals.find(std::string(rollouts::to_string(action)));
    return refused == rollout->refusals.end() ? QString() : str(refused->second);
}

void addAction(Session& session, const DialogParent& parent, const Wanted& wanted) {
    const Action action = wanted.action;
    session.actions().add(
        {.id = wanted.id,
         .title = wanted.title,
         .group = kRolloutGroup,
         .shortcut = wanted.shortcut,
         .run =
             [&session, action](const QVariantMap& parameters, Done done) {
                 const Rollout* rollout = targetOf(session, parameters);
                 if (!rollout) return done(core::fail(core::Errc::not_found, "there is no such rollout"));
                 const QString reason = parameters.value("reason").toString().trimmed();
                 if (reason.isEmpty())
                     return done(core::fail(core::Errc::invalid_argument,
                                            "a reason is needed: it goes into the audit"));
                 // Ending traffic to the canary must not fail because its numbers moved on meanwhile.
                 const bool urgent = action == Action::abort || action == Action::pause;
                 session.rollouts().act(str(rollout->id.value), urgent ? 0 : rollout->canary.version, action,
                                        reason, std::move(done));
             },
         .ask =
             [&session, parent, wanted] {
                 const Rollout* rollout = session.rollouts().current();
                 if (!rollout) return;
                 const QString id = str(rollout->id.value);
                 const QString canary = str(rollout->specification.target.label);
                 const QString stable = str(rollout->former_version);
                 FormDialog::ask(
                     {.title = QStringLiteral("%1: %2?").arg(wanted.title, canary),
                      .statement = wanted.consequence.contains("%2") ? wanted.consequence.arg(canary, stable)
                                                                     : wanted.consequence.arg(canary),
                      .fields = {{"reason",
                                  "Reason",
                                  FormField::Kind::Line,
                                  {},
                                  "Why? Goes into the audit and the incident's timeline.",
                                  true,
                                  {},
                                  0,
                                  0}},
                      .action = wanted.title,
                      .kind = wanted.kind == ButtonKind::Plain ? ButtonKind::Primary : wanted.kind,
                      .preview =
                          [id, action = wanted.action](const QVariantMap& values) {
                              return RolloutAdapter::preview(id, action, values.value("reason").toString());
                          },
                      .check = {}},
                     parent(), [&session, wanted, id](QVariantMap values) {
                         values["rollout"] = id;
                         session.actions().invoke(wanted.id, values);
                     });
             },
         .blocked = [&session, action] { return whyNot(session, action); },
         .page = kRolloutPage,
         .parameters = {"rollout", "reason"}});
}

QString nextVersion(Session& session) {
    const Rollout* last = session.rollouts().current();
    QString base = last ? str(last->stable_version) : QStringLiteral("v1");
    qsizetype at = base.size();
    while (at > 0 && base[at - 1].isDigit()) --at;
    const int n = base.mid(at).toInt();
    return n > 0 ? base.left(at) + QString::number(n + 1) : base + QStringLiteral("-next");
}

FormField choice(const QString& key, const QString& label, QVector<QPair<QString, QVariant>> choices) {
    FormField field;
    field.key = key;
    field.label = label;
    field.kind = FormField::Kind::Choice;
    field.initial = choices.first().second;
    field.required = true;
    field.choices = std::move(choices);
    return field;
}

FormField line(const QString& key, const QString& label, const QString& initial, const QString& hint,
               bool required) {
    FormField field;
    field.key = key;
    field.label = label;
    field.initial = initial;
    field.hint = hint;
    field.required = required;
    return field;
}

Form startForm(Session& session) {
    Form form;
    form.title = "Start a rollout";
    form.statement =
        "Starts the new version beside the stable one and gives it traffic step by step. Sessions stay on "
        "the version they began with.";
    FormField instances = line("instances", "Instances", {}, {}, true);
    instances.kind = FormField::Kind::Number;
    instances.initial = 1;
    instances.least = 1;
    instances.most = 8;
    form.fields = {
        line("version", "Version", nextVersion(session), "v2", true),
        line("steps", "Steps", "10, pause 1m, 50, pause 1m, 100", "10, pause 1m, 50, pause, 100", true),
        instances,
        choice("trust", "When the canary is judged worse",
               {{"Hold it and tell me", "pause"}, {"Abort by itself", "abort"}, {"Only tell me", "advise"}}),
        choice("rehearse", "Version's behaviour",
               {{"As built", "none"},
                {"Rehearsal: born slow (half of its answers 0.6 s late)", "slow"},
                {"Rehearsal: born failing (half of its answers are 503)", "failing"},
                {"Rehearsal: slow and failing", "both"}}),
        line("reason", "Reason", {}, "Why now? Goes into the audit.", true),
    };
    const auto& incidents = session.incidents().incidents();
    const bool frozen =
        std::any_of(incidents.begin(), incidents.end(), [](const incidents::Incident& incident) {
            return incidents::is_open(incident.state) && incident.severity <= incidents::Severity::sev2;
        });
    if (frozen)
        form.fields.append(
            choice("override", "A SEV1 or SEV2 incident is open: rollouts are frozen",
                   {{"Respect the freeze (it will be refused)", false}, {"Start it all the same", true}}));
    form.action = "Start rollout";
    form.preview = [](const QVariantMap& values) {
        const auto specification = specificationOf(values);
        if (!specification) return QStringLiteral("–");
        const QByteArray json = QByteArray::fromStdString(rollouts::to_json_text(*specification));
        return QStringLiteral("POST /api/v1/rollouts\n") +
               QString::fromUtf8(QJsonDocument::fromJson(json).toJson(QJsonDocument::Compact));
    };
    form.check = [](const QVariantMap& values) {
        const auto specification = specificationOf(values);
        return specification ? QString() : str(specification.error().message);
    };
    return form;
}

}  // namespace

void addRolloutActions(Session& session, DialogParent parent) {
    session.actions().add(
        {.id = "rollout.start",
         .title = "Start a rollout",
         .group = kRolloutGroup,
         .shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R),
         .run =
             [&session](const QVariantMap& parameters, Done done) {
                 auto specification = specificationOf(parameters);
                 if (!specification) return done(tl::unexpected(specification.error()));
                 session.rollouts().start(*specification, parameters.value("reason").toString().trimmed(),
                                          parameters.value("override").toBool(), std::move(done));
             },
         .ask =
             [&session, parent] {
                 FormDialog::ask(startForm(session), parent(), [&session](const QVariantMap& values) {
                     session.actions().invoke("rollout.start", values);
                 });
             },
         .blocked = [&session]() -> QString {
             if (!session.link().isLive()) return "There is no connection to the site";
             const Rollout* rollout = session.rollouts().current();
             return rollout && RolloutAdapter::isActive(*rollout)
                        ? QStringLiteral("The rollout of %1 is still under way")
                              .arg(str(rollout->specification.target.label))
                        : QString();
         },
         .page = {},
         .parameters = {"version", "steps", "instances", "trust", "window_s", "min_sample", "faults",
                        "specification"}});
    for (const Wanted& wanted : wantedActions()) addAction(session, parent, wanted);
}

}  // namespace qd::app
