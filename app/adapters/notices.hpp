#pragma once
// Which alerts and incidents a desktop is told about, and when that is taken back. Pure.

#include <QHash>
#include <QSet>
#include <QString>
#include <vector>

#include "incidents/incident.hpp"
#include "slo/alert.hpp"

namespace qd::app {

/// One notification of the desktop.
struct DesktopNotice {
    QString key;   // what it is about; "more" for the one that counts those beyond the first
    QString link;  // what a click opens, "incident/INC-1"; empty: the console
    QString title;
    QString text;
    bool urgent = false;
    QString acknowledges;  // the incident that its button acknowledges; empty: it has no such button

    bool operator==(const DesktopNotice&) const = default;
};

struct NoticeChanges {
    std::vector<DesktopNotice> show;  // one whose key is shown already takes its place
    std::vector<QString> close;
};

/// An incident is told once while nobody has acknowledged it, and again each time that it becomes more severe
/// while it is open. An alert is told once while it fires, unless an open incident has it. More than three
/// that begin together are told as a number. Not thread-safe.
class NoticePlan {
public:
    static constexpr std::size_t kMostAtOnce = 3;

    NoticeChanges update(const std::vector<slo::Alert>& alerts,
                         const std::vector<incidents::Incident>& incidents);
    /// A status update of this incident is overdue: told until one is written, or the incident ends.
    NoticeChanges remind(const QString& incident, const std::vector<incidents::Incident>& incidents);

private:
    std::vector<DesktopNotice> newOf(const std::vector<incidents::Incident>& incidents);
    std::vector<DesktopNotice> newOf(const std::vector<slo::Alert>& alerts, const QSet<QString>& covered);

    struct Told {
        int severity = 4;
        bool stands = false;  // its notice says what is still so
        bool worked = false;  // it was raised while somebody was at work on it: that stands until it ends
    };
    QHash<QString, Told> incidents_;   // that are open
    QSet<QString> alerts_;             // that fire and were told
    QHash<QString, qint64> reminded_;  // incident -> when it had told its status last, ms since the epoch
    QSet<QString> shown_;              // keys
};

}  // namespace qd::app
