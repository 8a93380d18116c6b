#include "rollouts/rollback.hpp"

#include "app/models/values.hpp"
#include "app/pages/rollouts/rollout_changes.hpp"
#include "app/shell/session.hpp"

namespace qd::app {
namespace {

using rollouts::Rollout;
using widgets::ButtonKind;

rollouts::RollbackRequest rollbackOf(const QString& version, const QString& reason, bool override) {
    return {version.toStdString(), reason.toStdString(), override};
}

QStringList earlierVersions(Session& session) {
    QStringList versions;
    for (const std::string& version : rollouts::earlier_versions(session.rollouts().rollouts()))
        versions << str(version);
    return versions;
}

// opsd has no preview of a rollback: it is a rollout that begins. What is shown is the request to opsd
// itself.
rollouts::ActionPreview rollbackPreview(Session& session, const Rollout& from, const RolloutAnswer& given) {
    rollouts::ActionPreview preview;
    preview.action = "rollback";
    preview.requests = {{"opsd", "POST",
                         "/api/v1/rollouts/" + http::percent_encode(from.id.value) + "/rollback",
                         "application/json",
                         rollouts::encode(rollbackOf(given.version, given.reason, given.overrideFreeze))}};
    const auto specification =
        rollouts::rollback_to(session.rollouts().rollouts(), from, given.version.toStdString());
    if (!specification) {
        preview.refusal = specification.error().message;
        return preview;
    }
    preview.effects.push_back("A rollout begins that makes " + given.version.toStdString() +
                              " the stable version in place of " + from.stable_version + ".");
    std::string steps;
    for (const rollouts::Step& step : specification->steps)
        steps += (steps.empty() ? "" : ", ") + rollouts::describe(step);
    if (!steps.empty()) preview.effects.push_back("Its steps: " + steps + ".");
    return preview;
}

}  // namespace

void addRollback(Session& session, const DialogParent& parent) {
    session.actions().add(
        {.id = "rollout.rollback",
         .title = "Roll back to version…",
         .group = kRolloutActions,
         .shortcut = QKeySequence(Qt::SHIFT | Qt::Key_R),
         .run =
             [&session](const QVariantMap& parameters, Done done) {
                 const Rollout* rollout = rolloutMeant(session, parameters);
                 if (!rollout) return done(core::fail(core::Errc::not_found, "there is no such rollout"));
                 const QString reason = parameters.value("reason").toString().trimmed();
                 if (reason.isEmpty()) return done(noReason());
                 session.rollouts().rollBack(str(rollout->id.value),
                                             rollbackOf(parameters.value("to_version").toString(), reason,
                                                        parameters.value("override").toBool()),
                                             std::move(done));
             },
         .ask =
             [&session, parent] {
                 const Rollout* rollout = session.rollouts().current();
                 if (!rollout) return;
                 RolloutQuestion question;
                 const QString id = str(rollout->id.value);
                 question.title = QStringLiteral("Roll back from %1?").arg(str(rollout->stable_version));
                 question.action = QStringLiteral("Roll back");
                 question.kind = ButtonKind::Danger;
                 question.site = session.siteName();
                 question.actor = actorAt(session);
                 question.needsReason = true;
                 question.versions = earlierVersions(session);
                 question.read = [&session, id](const RolloutAnswer& given,
                                                const RolloutQuestion::Read& read) {
                     const Rollout* from = session.rollouts().find(id);
                     if (!from) return read(core::fail(core::Errc::not_found, "there is no such rollout"));
                     read(rollbackPreview(session, *from, given));
                 };
                 question.send = [&session, id](const RolloutAnswer& given, Done done) {
                     session.actions().invoke("rollout.rollback", parametersOf(id, given), std::move(done));
                 };
                 RolloutActionDialog::ask(std::move(question), parent());
             },
         .blocked = [&session]() -> QString {
             if (!session.link().isLive()) return "There is no connection to the site";
             const Rollout* rollout = session.rollouts().current();
             if (!rollout) return "No rollout has been started";
             if (rollout->read_only) return "Read-only: nobody may act on it from here";
             if (RolloutAdapter::isActive(*rollout)) return "It is under way: abort it instead";
             if (earlierVersions(session).isEmpty()) return "No earlier version is known here";
             return {};
         },
         .page = kRolloutPage,
         .parameters = {"rollout", "to_version", "reason", "override"}});
}

}  // namespace qd::app
