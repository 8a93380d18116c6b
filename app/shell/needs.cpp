#include "app/shell/needs.hpp"

#include <QStringList>
#include <algorithm>
#include <set>

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

QString nextStep(const incidents::Incident& incident) {
    using incidents::State;
    switch (incident.state) {
        case State::triage:
            return QStringLiteral("Acknowledge it");
        case State::mitigated:
        case State::monitoring:
            return QStringLiteral("Watch, then resolve it");
        default:
            break;
    }
    return incident.roles.contains("commander") ? QStringLiteral("Mitigate it")
                                                : QStringLiteral("Assign an incident commander");
}

Need ofIncident(const incidents::Incident& incident) {
    Need need;
    need.state =
        incident.state == incidents::State::triage ? widgets::State::Bad : wordOf(incident.state).state;
    need.what =
        QStringLiteral("%1 %2").arg(str(incidents::to_string(incident.severity)), str(incident.title));
    need.next = nextStep(incident);
    need.page = QStringLiteral("incidents");
    need.id = str(incident.id.value);
    need.sinceMs = msOf(incident.detected_at);
    return need;
}

std::optional<Need> ofRollout(const rollouts::Rollout& rollout) {
    if (rollouts::is_finished(rollout.progress)) return std::nullopt;
    Need need;
    need.page = QStringLiteral("rollouts");
    need.id = str(rollout.id.value);
    need.sinceMs = msOf(rollout.updated_at);
    const QString name = str(rollout.specification.target.label);
    if (rollout.progress.course == rollouts::Course::stepping && rollout.verdict &&
        rollout.verdict->outcome == rollouts::Outcome::fail) {
        need.state = widgets::State::Bad;
        need.what = QStringLiteral("Canary %1 is worse than stable").arg(name);
        need.next = QStringLiteral("Abort, or step back");
        return need;
    }
    if (rollout.phase != rollouts::Phase::paused || rollout.remaining) return std::nullopt;
    need.state = widgets::State::Warn;
    need.what = QStringLiteral("The rollout of %1 waits for you").arg(name);
    need.next = QStringLiteral("Go on, or abort");
    return need;
}

/// The end of the day an item was due, UTC; 0: it has no date.
qint64 dueMs(const postmortems::Action& item) {
    const auto at = core::parse_rfc3339(item.due + "T23:59:59Z");
    return at ? msOf(*at) : 0;
}

std::optional<Need> ofDisk(const opsclient::Site& site) {
    if (!site.disk || site.disk->free_bytes >= site.disk->reserve_bytes) return std::nullopt;
    // The sentence names no figure that changes each second: the same need stays the same need.
    Need need;
    need.state = widgets::State::Bad;
    need.what = QStringLiteral("The disk is nearly full: uploads are refused while less than %1 are free")
                    .arg(widgets::formatBytes(double(site.disk->reserve_bytes)));
    need.next = QStringLiteral("Make room");
    need.page = QStringLiteral("overview");
    return need;
}

}  // namespace

std::vector<Need> needsNow(const std::vector<incidents::Incident>& incidents,
                           const std::vector<slo::Alert>& alerts,
                           const std::vector<rollouts::Rollout>& rollouts, const opsclient::Site& site) {
    std::vector<const incidents::Incident*> open;
    std::set<std::string> covered;
    for (const auto& incident : incidents) {
        if (!incidents::is_open(incident.state)) continue;
        open.push_back(&incident);
        covered.insert(incident.firing_alerts.begin(), incident.firing_alerts.end());
    }
    std::stable_sort(open.begin(), open.end(), [](const auto* a, const auto* b) {
        const bool newA = a->state == incidents::State::triage, newB = b->state == incidents::State::triage;
        return newA != newB ? newA : a->severity < b->severity;
    });
    std::vector<Need> needs;
    for (const auto* incident : open) needs.push_back(ofIncident(*incident));
    for (const auto& rollout : rollouts)
        if (auto need = ofRollout(rollout)) needs.push_back(*std::move(need));
    for (const auto& alert : alerts) {
        if (alert.state != slo::AlertState::firing || covered.contains(alert.id.value)) continue;
        needs.push_back({widgets::State::Bad, QStringLiteral("%1 burns its budget").arg(str(alert.slo_title)),
                         QStringLiteral("See the objective"), QStringLiteral("slos"), str(alert.slo_id.value),
                         msOf(alert.started_at)});
    }
    if (auto need = ofDisk(site)) needs.push_back(*std::move(need));
    return needs;
}

std::vector<slo::Alert> loudOnes(const std::vector<slo::Alert>& alerts,
                                 const std::vector<silences::Alert>& seen) {
    std::set<std::string> quiet;
    for (const silences::Alert& alert : seen)
        if (!alert.silenced_by.empty()) quiet.insert(alert.id);
    std::vector<slo::Alert> loud;
    for (const slo::Alert& alert : alerts)
        if (!quiet.contains(alert.id.value)) loud.push_back(alert);
    return loud;
}

std::vector<Need> lapsingNeeds(const std::vector<silences::ListedSilence>& listed) {
    std::vector<Need> needs;
    for (const silences::ListedSilence& one : listed)
        if (one.lapses)
            needs.push_back(
                {widgets::State::Warn,
                 QStringLiteral("The silence of %1 ends at %2, and what it keeps quiet still fires")
                     .arg(str(to_string(one.silence.matchers)),
                          widgets::formatClock(msOf(one.silence.ends_at))),
                 QStringLiteral("Extend it, or let it end"), QStringLiteral("alerts"),
                 str(one.silence.source + "/" + one.silence.id.value), msOf(one.silence.starts_at)});
    return needs;
}

void addFollowUps(std::vector<Need>& needs, const std::vector<postmortems::Listing>& postmortems,
                  const std::vector<postmortems::Action>& items, core::WallTime now) {
    const QString page = QStringLiteral("postmortems");
    for (const postmortems::Listing& listing : postmortems)
        if (postmortems::is_overdue(listing.due, listing.state, now))
            needs.push_back({widgets::State::Warn,
                             QStringLiteral("The post-mortem of \"%1\" is overdue").arg(str(listing.title)),
                             QStringLiteral("Finish its review"), page, str(listing.incident.value),
                             msOf(listing.due.at)});
    std::vector<const postmortems::Action*> late;
    for (const postmortems::Action& item : items)
        if (postmortems::is_overdue(item, now)) late.push_back(&item);
    if (late.empty()) return;
    needs.push_back({widgets::State::Warn,
                     late.size() == 1 ? QStringLiteral("Action item %1 is overdue").arg(str(late[0]->id))
                                      : QStringLiteral("%1 action items are overdue").arg(late.size()),
                     QStringLiteral("Do it, or move its date"), page, str(late[0]->id), dueMs(*late[0])});
}

QString phraseOf(const std::vector<Need>& needs) {
    int incidents = 0, alerts = 0, rollouts = 0, disks = 0, silences = 0, updates = 0, outboxes = 0,
        followUps = 0;
    for (const Need& need : needs) {
        if (need.page == QLatin1String("incidents"))
            ++incidents;
        else if (need.page == QLatin1String("rollouts"))
            ++rollouts;
        else if (need.page == QLatin1String("overview"))
            ++disks;
        else if (need.page == QLatin1String("alerts"))
            ++silences;
        else if (need.page == QLatin1String("status_update"))
            ++updates;
        else if (need.page == QLatin1String("outbox"))
            ++outboxes;
        else if (need.page == QLatin1String("postmortems"))
            ++followUps;
        else
            ++alerts;
    }
    QStringList parts;
    const auto add = [&parts](int n, const QString& word) {
        if (n > 0)
            parts << QStringLiteral("%1 %2%3").arg(n).arg(word, n == 1 ? QString() : QStringLiteral("s"));
    };
    add(incidents, QStringLiteral("incident"));
    add(rollouts, QStringLiteral("rollout"));
    add(alerts, QStringLiteral("alert"));
    add(silences, QStringLiteral("silence"));
    add(disks, QStringLiteral("full disk"));
    add(updates, QStringLiteral("overdue update"));
    if (outboxes > 0) parts << QStringLiteral("failed messages");
    add(followUps, QStringLiteral("follow-up"));
    return parts.join(QStringLiteral(", "));
}

}  // namespace qd::app
