#pragma once
// What is known of a rollout's traffic, and what stands in its way, as sentences. Pure; what is not known
// is said or left out, never written as 0.

#include <QStringList>

#include "rollouts/rollout.hpp"

namespace qd::app {

/// The observed split with its interval and what it rests on, the cohort, the time to zero after an abort,
/// who started it.
QStringList trafficFacts(const rollouts::Rollout& rollout);

/// A lost connection and its age at `now`, a driver's note, a freeze, read-only, approvals that are missing.
/// Empty: nothing stands in the way.
QStringList standingNotes(const rollouts::Rollout& rollout, core::WallTime now);

}  // namespace qd::app
