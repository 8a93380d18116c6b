#include "app/pages/incidents/timeline_items.hpp"

#include <QHash>
#include <algorithm>

#include "app/models/values.hpp"

namespace qd::app {

using namespace widgets;
using incidents::Event;
using incidents::EventKind;

namespace {

constexpr double kLeadMs = 60'000;
constexpr double kTailMs = 20'000;

struct Look {
    Lane lane;
    Icon icon;
    State state;
};

Look lookOf(const Event& event) {
    switch (event.kind) {
        case EventKind::opened:
            return {Lane::People, Icon::Incidents, State::Bad};
        case EventKind::acknowledge:
            return {Lane::People, Icon::Ok, State::Info};
        case EventKind::assign:
            return {Lane::People, Icon::Person, State::Info};
        case EventKind::severity:
            return {Lane::People, Icon::Flag, State::Warn};
        case EventKind::state:
            return {Lane::People, Icon::Next, State::Good};
        case EventKind::note:
            return {Lane::People, Icon::Note, State::Neutral};
        case EventKind::status_update:
            return {Lane::People, Icon::Bell, State::Info};
        case EventKind::link:
            return {Lane::People, Icon::Link, State::Neutral};
        case EventKind::alert:
            return {Lane::Alerts, Icon::Warning, State::Bad};
        case EventKind::rollout:
            return {Lane::Rollout, Icon::Deploy, State::Info};
        case EventKind::chaos:
            return {Lane::Chaos, Icon::Bolt, State::Warn};
        case EventKind::evidence:
            return {Lane::Sli, Icon::Statistics, State::Neutral};
    }
    return {Lane::People, Icon::Info, State::Neutral};
}

bool begins(const Event& event) {
    return (event.kind == EventKind::alert && event.body.phase == "firing") ||
           (event.kind == EventKind::chaos && event.body.phase == "applied");
}

bool ends(const Event& event) {
    return (event.kind == EventKind::alert || event.kind == EventKind::chaos) && event.body.phase == "ended";
}

}  // namespace

QVector<TimelineItem> timelineItems(const std::vector<Event>& events, double openEndMs) {
    QVector<TimelineItem> items;
    QHash<QString, qsizetype> open;  // kind and subject -> the span that has not ended
    for (const Event& event : events) {
        const QString key = QStringLiteral("%1/%2").arg(int(event.kind)).arg(str(event.body.subject));
        const double at = double(msOf(event.occurred_at));
        if (ends(event) && open.contains(key)) {
            TimelineItem& began = items[open.take(key)];
            began.toMs = std::max(at, began.fromMs);
            began.state = State::Neutral;
            began.detail += QStringLiteral("\nEnded: %1").arg(str(event.body.text));
            continue;
        }
        if (begins(event) && open.contains(key)) {
            items[open.value(key)].id = QString::number(event.seq);
            continue;
        }
        if (event.kind == EventKind::opened && !event.body.subject.empty()) {
            // What fired and opened the incident has no event of its own: its bar begins here.
            const QString alert =
                QStringLiteral("%1/%2").arg(int(EventKind::alert)).arg(str(event.body.subject));
            items.append({QStringLiteral("%1.alert").arg(event.seq), Lane::Alerts, Icon::Warning, State::Bad,
                          at, std::max(at, openEndMs), str(event.body.title), str(event.body.text)});
            open.insert(alert, items.size() - 1);
        }
        const Look look = lookOf(event);
        TimelineItem item;
        item.id = QString::number(event.seq);
        item.lane = look.lane;
        item.icon = look.icon;
        item.state = look.state;
        item.fromMs = at;
        item.toMs = at;
        item.text = str(incidents::describe(event)).simplified();
        item.detail = QStringLiteral("%1\nby %2 through %3")
                          .arg(str(event.body.text), str(event.actor), str(event.source));
        if (begins(event)) {
            item.toMs = std::max(at, openEndMs);
            open.insert(key, items.size());
        } else {
            item.toMs = qQNaN();
        }
        items.append(item);
    }
    return items;
}

QString journalId(const QString& itemId) {
    return itemId.section(QLatin1Char('.'), 0, 0);
}

TimeRange timelineRange(const incidents::Incident& incident, const std::vector<Event>& events, qint64 nowMs) {
    double first = double(msOf(incident.started_at));
    double last = double(msOf(incident.detected_at));
    for (const Event& event : events) {
        first = std::min(first, double(msOf(event.occurred_at)));
        last = std::max(last, double(msOf(event.occurred_at)));
    }
    if (incidents::is_open(incident.state)) last = double(nowMs);
    return {first - kLeadMs, last + kTailMs};
}

}  // namespace qd::app
