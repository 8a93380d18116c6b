#include "app/shell/comms_needs.hpp"

#include <QStringList>
#include <algorithm>

#include "app/models/values.hpp"

namespace qd::app {
namespace {

std::optional<Need> ofUpdates(const incidents::Incident& incident,
                              const std::vector<opsclient::StatusOwed>& owed, qint64 nowMs) {
    QStringList audiences;
    Need need;
    for (const opsclient::StatusOwed& one : owed) {
        const qint64 due = msOf(one.next_update_due);
        if (one.incident != incident.id.value || due > nowMs) continue;
        audiences << str(one.audience);
        need.sinceMs = need.sinceMs == 0 ? due : std::min(need.sinceMs, due);
    }
    if (audiences.isEmpty() || !incidents::is_open(incident.state)) return std::nullopt;
    need.state = widgets::State::Warn;
    need.what = QStringLiteral("%1: a status update is overdue for %2")
                    .arg(str(incident.id.value), audiences.join(QStringLiteral(", ")));
    need.next = QStringLiteral("Write the update");
    need.page = QStringLiteral("status_update");
    need.id = str(incident.id.value);
    return need;
}

std::optional<Need> ofOutbox(const opsclient::Outbox& outbox) {
    if (outbox.failed == 0) return std::nullopt;
    Need need;
    need.state = widgets::State::Warn;
    need.what = outbox.failed == 1 ? QStringLiteral("A message could not be delivered")
                                   : QStringLiteral("%1 messages could not be delivered").arg(outbox.failed);
    need.next = QStringLiteral("See the outbox");
    need.page = QStringLiteral("outbox");
    for (const opsclient::OutboxEntry& entry : outbox.entries)
        if (entry.state == "failed") need.sinceMs = msOf(entry.ended_at);  // at last of the oldest
    return need;
}

}  // namespace

std::vector<Need> commsNeeds(const std::vector<incidents::Incident>& incidents,
                             const std::vector<opsclient::StatusOwed>& owed, const opsclient::Outbox& outbox,
                             qint64 nowMs) {
    std::vector<Need> needs;
    for (const incidents::Incident& incident : incidents)
        if (auto need = ofUpdates(incident, owed, nowMs)) needs.push_back(*std::move(need));
    if (auto need = ofOutbox(outbox)) needs.push_back(*std::move(need));
    return needs;
}

}  // namespace qd::app
