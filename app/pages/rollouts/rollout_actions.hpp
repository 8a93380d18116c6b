#pragma once
#include <QString>
#include <QVariantMap>

#include "app/pages/incidents/incident_actions.hpp"
#include "core/result.hpp"
#include "rollouts/specification.hpp"

namespace qd::app {

/// rollout.start, rollout.{resume,next,promote,approve,pause,back,ramp_down,abort,undo} and rollout.rollback.
/// The latter take `rollout` (default: the one under way), `reason`, `override` (a freeze, with a reason);
/// the actions `version` (If-Match; not for abort and pause), rollback `to_version`.
void addRolloutActions(Session& session, DialogParent parent);

/// "10, pause 1m, 50, analysis 30s, pause, 100": numbers are weights in percent, a pause without a time waits
/// for a person. Errc::invalid_argument names the part that is wrong.
core::Result<std::vector<rollouts::Step>> parseSteps(const QString& text);
QString stepsText(const std::vector<rollouts::Step>& steps);

/// From the parameters of rollout.start: `version`, `steps`, `instances`, `trust` (advise|pause|abort),
/// `window_s`, `min_sample`, `faults` (a list of {kind, amount, ratio, for_s}: what the version is born with,
/// to rehearse a bad release) or `rehearse` (slow|failing|both), or `specification` (YAML or JSON) alone.
core::Result<rollouts::Specification> specificationOf(const QVariantMap& parameters);

}  // namespace qd::app
