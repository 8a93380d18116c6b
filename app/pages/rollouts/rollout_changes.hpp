#pragma once
// What is done to a rollout that is there: each action shows first what it would send, to it alone or, where
// it is of a group, to all of that.

#include <QString>
#include <QVariantMap>

#include "app/pages/incidents/incident_actions.hpp"
#include "app/pages/rollouts/rollout_action_dialog.hpp"
#include "rollouts/rollout.hpp"

namespace qd::app {

inline const QString kRolloutActions = QStringLiteral("Rollout");  // their heading
inline const QString kRolloutPage = QStringLiteral("rollouts");    // where their keys work

/// rollout.{resume,next,promote,approve,pause,back,ramp_down,abort,undo}.
void addRolloutChanges(Session& session, const DialogParent& parent);
/// rollout.rollback.
void addRollback(Session& session, const DialogParent& parent);

/// The one that `rollout` or `id` names, else RolloutAdapter::target(); null when there is none.
const rollouts::Rollout* rolloutMeant(Session& session, const QVariantMap& parameters);
/// An answer as the parameters of the action.
QVariantMap parametersOf(const QString& rollout, const RolloutAnswer& given);
core::Failure noReason();
/// Who an action is recorded as: the token says so, and that of a local site is its user's, who runs this
/// console too. Empty where only the other end knows.
QString actorAt(Session& session);

}  // namespace qd::app
