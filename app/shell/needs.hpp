#pragma once
// What needs a person now, most urgent first. Pure.

#include <QString>
#include <vector>

#include "incidents/incident.hpp"
#include "opsclient/site.hpp"
#include "postmortems/view.hpp"
#include "rollouts/rollout.hpp"
#include "silences/alert.hpp"
#include "slo/alert.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::app {

struct Need {
    widgets::State state = widgets::State::Warn;
    QString what;  // "SEV2 Playback availability burns"
    QString next;  // "Acknowledge it"
    QString page;  // where to do so: the action `<page>.open` goes there
    QString id;    // of the incident, objective, rollout or action item
    qint64 sinceMs = 0;

    bool operator==(const Need&) const = default;
};

/// Open incidents (unacknowledged ones first, then by severity); firing alerts that no open incident has; a
/// rollout that waits for a person or whose canary is judged worse; a disk without room.
std::vector<Need> needsNow(const std::vector<incidents::Incident>& incidents,
                           const std::vector<slo::Alert>& alerts,
                           const std::vector<rollouts::Rollout>& rollouts, const opsclient::Site& site);

/// Those of ours that no silence keeps quiet.
std::vector<slo::Alert> loudOnes(const std::vector<slo::Alert>& alerts,
                                 const std::vector<silences::Alert>& seen);
/// Silences that end soon while alerts that they match still fire.
std::vector<Need> lapsingNeeds(const std::vector<silences::ListedSilence>& silences);

/// After those: reviews that are overdue, and action items, as one need.
void addFollowUps(std::vector<Need>& needs, const std::vector<postmortems::Listing>& postmortems,
                  const std::vector<postmortems::Action>& items, core::WallTime now);

/// "1 incident, 2 alerts".
QString phraseOf(const std::vector<Need>& needs);

}  // namespace qd::app
