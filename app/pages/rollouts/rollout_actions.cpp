#include "app/pages/rollouts/rollout_actions.hpp"

#include "app/models/values.hpp"
#include "app/pages/rollouts/new_rollout/new_rollout.hpp"
#include "app/pages/rollouts/new_rollout/start_request.hpp"
#include "app/pages/rollouts/rollout_changes.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

using rollouts::Rollout;

void addRolloutActions(Session& session, DialogParent parent) {
    session.actions().add(
        {.id = "rollout.start",
         .title = "Start a rollout",
         .group = kRolloutActions,
         .shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R),
         .run =
             [&session](const QVariantMap& parameters, Done done) {
                 // A whole specification goes as it was shown.
                 if (const QString whole = parameters.value("specification").toString(); !whole.isEmpty())
                     return sendStart(session,
                                      {whole, parameters.value("reason").toString().trimmed(),
                                       parameters.value("override").toBool()},
                                      std::move(done));
                 auto specification = specificationOf(parameters);
                 if (!specification) return done(tl::unexpected(specification.error()));
                 session.rollouts().start(*specification, parameters.value("reason").toString().trimmed(),
                                          parameters.value("override").toBool(), std::move(done));
             },
         .ask = [&session, parent] { askNewRollout(session, parent()); },
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
    addRolloutChanges(session, parent);
    addRollback(session, parent);
}

}  // namespace qd::app
