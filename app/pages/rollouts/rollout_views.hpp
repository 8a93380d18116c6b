#pragma once
// A rollout as the widgets take it. Pure.

#include <QString>
#include <QVector>
#include <vector>

#include "app/models/rollout_models.hpp"
#include "opsclient/site.hpp"
#include "rollouts/rollout.hpp"
#include "widgets/tiles/split_bar.hpp"
#include "widgets/tiles/step_track.hpp"

namespace qd::app {

QString rolloutTitle(const rollouts::Rollout& rollout);
QVector<widgets::TrackStep> trackOf(const rollouts::Rollout& rollout);
widgets::Split splitOf(const rollouts::Rollout& rollout);

/// Stable against canary, with the baseline where there is one: counts and ratios as the judge took them, p95
/// and start-up and stalls as measured by opsd (the newest point of each series; null where it was never
/// read).
struct ArmSeries {
    const opsclient::Series* latencyP95 = nullptr;
    const opsclient::Series* startupP95 = nullptr;
    const opsclient::Series* stallRatio = nullptr;
};
std::vector<ArmLine> armLinesOf(const rollouts::Rollout& rollout, const ArmSeries& series);

}  // namespace qd::app
