#include "app/adapters/notices.hpp"

#include <algorithm>

#include "app/models/values.hpp"

namespace qd::app {

NoticeChanges NoticePlan::update(const std::vector<slo::Alert>& alerts) {
    NoticeChanges changes;
    QSet<QString> firing;
    std::vector<const slo::Alert*> begun;
    for (const slo::Alert& alert : alerts) {
        if (alert.state != slo::AlertState::firing) continue;
        const QString id = str(alert.id.value);
        firing.insert(id);
        if (!told_.contains(id)) begun.push_back(&alert);
    }
    for (const QString& id : std::as_const(told_))
        if (!firing.contains(id)) changes.close.push_back(id);
    std::stable_sort(begun.begin(), begun.end(), [](const slo::Alert* a, const slo::Alert* b) {
        return int(a->severity) < int(b->severity);
    });
    for (const slo::Alert* alert : begun) {
        if (changes.show.size() == kMostAtOnce) break;
        changes.show.push_back(
            {str(alert->id.value), str(alert->slo_id.value),
             QStringLiteral("SEV%1 %2").arg(int(alert->severity)).arg(str(alert->slo_title)),
             str(alert->reason), int(alert->severity) <= 2});
    }
    if (begun.size() > kMostAtOnce)
        changes.show.push_back({QStringLiteral("more"),
                                {},
                                QStringLiteral("%1 more alerts fire").arg(begun.size() - kMostAtOnce),
                                QStringLiteral("The console lists them all."),
                                false});
    told_ = firing;
    return changes;
}

}  // namespace qd::app
