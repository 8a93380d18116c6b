#pragma once
// What happened beside an objective's curves (deploys, canary steps, incidents, alerts, chaos, flags,
// exclusions), and what each cost it. Pure.

#include <QString>
#include <optional>
#include <span>
#include <vector>

#include "chaos/fault.hpp"
#include "incidents/incident.hpp"
#include "opsclient/change.hpp"
#include "rollouts/rollout.hpp"
#include "slo/alert.hpp"
#include "slo/exclusion.hpp"
#include "slo/status.hpp"
#include "widgets/charts/series.hpp"

namespace qd::app {

/// Bad events while something lasted. They need not come from it: the curves tell what came first.
struct Cost {
    slo::Counts counts;
    std::optional<double> budgetShare;  // of what the window allows; nothing without a budget
    bool whole = true;                  // false: a part of the time lies outside of what was read

    bool operator==(const Cost&) const = default;
};

struct Happening {
    widgets::MarkKind kind = widgets::MarkKind::Note;
    QString key;   // unique
    QString what;  // "Canary v2: setWeight 10"
    QString who;   // operator or author; empty: nobody told
    QString link;  // "incident/ID", "rollout/ID", "exclusion/ID"; empty: leads nowhere
    qint64 fromMs = 0;
    std::optional<qint64> toMs;  // nothing: it lasts
    std::optional<Cost> cost;    // nothing: not known yet

    bool operator==(const Happening&) const = default;
};

/// What there is to lay over the curves; references live as long as the call.
struct Sources {
    const std::vector<slo::Alert>& alerts;
    const std::vector<incidents::Incident>& incidents;
    const std::vector<rollouts::Rollout>& rollouts;
    const std::vector<chaos::Fault>& faults;
    const std::vector<slo::Exclusion>& exclusions;
    std::span<const opsclient::Change> changes = {};  // of them flags: deploys are told by their rollouts
};

/// Of this objective (its alerts and exclusions) and of the site, the newest first. A canary step lasts until
/// the next one, a promoted version until the next start.
std::vector<Happening> happeningsOf(const Sources& sources, const slo::SloId& slo, qint64 nowMs);

/// Sums the points of `history` that begin within each; `allowed` is the window's budget in events.
void addCosts(std::vector<Happening>& happenings, const slo::History& history, double allowed, qint64 nowMs);

QVector<widgets::Mark> marksOf(const std::vector<Happening>& happenings);
/// Those that are times rather than moments: alerts, faults, exclusions.
QVector<widgets::Shade> shadesOf(const std::vector<Happening>& happenings, qint64 nowMs);

}  // namespace qd::app
