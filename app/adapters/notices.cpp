#include "app/adapters/notices.hpp"

#include <algorithm>

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

QString incidentKey(const QString& id) {
    return QStringLiteral("incident/") + id;
}
QString reminderKey(const QString& id) {
    return QStringLiteral("reminder/") + id;
}
QString alertKey(const QString& id) {
    return QStringLiteral("alert/") + id;
}

QString severityName(int severity) {
    return QStringLiteral("SEV%1").arg(severity);
}

DesktopNotice noticeOf(const incidents::Incident& incident, bool raised) {
    const QString id = str(incident.id.value), severity = severityName(int(incident.severity));
    DesktopNotice notice;
    notice.key = notice.link = incidentKey(id);
    notice.title = raised ? QStringLiteral("Raised to %1: %2").arg(severity, str(incident.title))
                          : QStringLiteral("%1 %2: %3").arg(severity, id, str(incident.title));
    notice.text = incident.severity_reason.empty()
                      ? QStringLiteral("%1, of %2.").arg(stateName(incident.state), str(incident.service))
                      : str(incident.severity_reason);
    notice.urgent = int(incident.severity) <= 2;
    if (incident.state == incidents::State::triage) notice.acknowledges = id;
    return notice;
}

DesktopNotice noticeOf(const slo::Alert& alert) {
    return {alertKey(str(alert.id.value)),
            QStringLiteral("slo/") + str(alert.slo_id.value),
            QStringLiteral("%1 %2").arg(severityName(int(alert.severity)), str(alert.slo_title)),
            str(alert.reason),
            int(alert.severity) <= 2,
            {}};
}

/// The first few, and how many there are beside them.
void limit(std::vector<DesktopNotice>& notices, const QString& many, const QString& key) {
    std::ranges::stable_sort(notices, std::ranges::greater{}, &DesktopNotice::urgent);
    if (notices.size() <= NoticePlan::kMostAtOnce) return;
    const auto beyond = notices.size() - NoticePlan::kMostAtOnce;
    notices.resize(NoticePlan::kMostAtOnce);
    notices.push_back({key, {}, many.arg(beyond), QStringLiteral("The console lists them all."), false, {}});
}

}  // namespace

std::vector<DesktopNotice> NoticePlan::newOf(const std::vector<incidents::Incident>& incidents) {
    std::vector<const incidents::Incident*> worstFirst;
    for (const auto& incident : incidents)
        if (incidents::is_open(incident.state)) worstFirst.push_back(&incident);
    std::ranges::stable_sort(worstFirst, {}, [](const auto* one) { return int(one->severity); });
    std::vector<DesktopNotice> fresh;
    QHash<QString, Told> open;
    for (const incidents::Incident* incident : worstFirst) {
        const QString id = str(incident->id.value);
        const int severity = int(incident->severity);
        const auto known = incidents_.constFind(id);
        const bool raised = known != incidents_.constEnd() && severity < known->severity;
        const bool isNew = known == incidents_.constEnd() && incident->state == incidents::State::triage;
        if (raised || isNew) fresh.push_back(noticeOf(*incident, raised));
        const bool triage = incident->state == incidents::State::triage;
        const bool stood = known != incidents_.constEnd() && known->stands && known->worked;
        // Back to less is no news, but from there it may be raised again.
        open.insert(id, {severity, triage || raised || stood, !triage && (raised || stood)});
    }
    incidents_ = open;
    return fresh;
}

std::vector<DesktopNotice> NoticePlan::newOf(const std::vector<slo::Alert>& alerts,
                                             const QSet<QString>& covered) {
    std::vector<const slo::Alert*> worstFirst;
    QSet<QString> firing;
    for (const slo::Alert& alert : alerts) {
        const QString id = str(alert.id.value);
        if (alert.state != slo::AlertState::firing || covered.contains(id)) continue;
        firing.insert(id);
        if (!alerts_.contains(id)) worstFirst.push_back(&alert);
    }
    std::ranges::stable_sort(worstFirst, {}, [](const auto* one) { return int(one->severity); });
    std::vector<DesktopNotice> fresh;
    for (const slo::Alert* alert : worstFirst) fresh.push_back(noticeOf(*alert));
    alerts_ = firing;
    return fresh;
}

NoticeChanges NoticePlan::remind(const QString& id, const std::vector<incidents::Incident>& incidents) {
    const auto incident = std::ranges::find(incidents, id, [](const auto& one) { return str(one.id.value); });
    if (incident == incidents.end() || !incidents::is_open(incident->state)) return {};
    reminded_.insert(id, msOf(incident->last_status_at));
    shown_.insert(reminderKey(id));
    return {{{reminderKey(id),
              incidentKey(id),
              QStringLiteral("A status update of %1 is overdue").arg(id),
              incident->last_status_at ? QStringLiteral("%1. The last one was written at %2.")
                                             .arg(str(incident->title),
                                                  widgets::formatClock(msOf(incident->last_status_at), false))
                                       : QStringLiteral("%1. Nobody outside the response has been told yet.")
                                             .arg(str(incident->title)),
              false,
              {}}},
            {}};
}

NoticeChanges NoticePlan::update(const std::vector<slo::Alert>& alerts,
                                 const std::vector<incidents::Incident>& incidents) {
    NoticeChanges changes;
    QSet<QString> covered;
    for (const auto& incident : incidents)
        if (incidents::is_open(incident.state))
            for (const std::string& alert : incident.firing_alerts) covered.insert(str(alert));
    std::vector<DesktopNotice> ofIncidents = newOf(incidents), ofAlerts = newOf(alerts, covered);
    limit(ofIncidents, QStringLiteral("%1 more incidents are open"), QStringLiteral("more incidents"));
    limit(ofAlerts, QStringLiteral("%1 more alerts fire"), QStringLiteral("more"));

    QSet<QString> holds;
    for (const QString& id : std::as_const(alerts_)) holds.insert(alertKey(id));
    for (auto it = incidents_.constBegin(); it != incidents_.constEnd(); ++it)
        if (it->stands) holds.insert(incidentKey(it.key()));
    for (const incidents::Incident& incident : incidents) {
        const QString id = str(incident.id.value);
        const auto told = reminded_.constFind(id);
        if (told == reminded_.constEnd()) continue;
        if (incidents::is_open(incident.state) && msOf(incident.last_status_at) <= *told)
            holds.insert(reminderKey(id));
        else
            reminded_.remove(id);
    }
    for (auto* fresh : {&ofIncidents, &ofAlerts})
        for (DesktopNotice& notice : *fresh) {
            if (notice.key.contains(QLatin1Char('/'))) shown_.insert(notice.key);
            holds.insert(notice.key);
            changes.show.push_back(std::move(notice));
        }
    for (const QString& key : std::as_const(shown_))
        if (!holds.contains(key)) changes.close.push_back(key);
    for (const QString& key : changes.close) shown_.remove(key);
    return changes;
}

}  // namespace qd::app
