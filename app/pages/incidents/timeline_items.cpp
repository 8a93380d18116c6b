#include "app/pages/incidents/timeline_items.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "app/models/event_words.hpp"
#include "app/models/values.hpp"
#include "app/pages/incidents/retime.hpp"

namespace qd::app {

using namespace widgets;
using incidents::Event;
using incidents::EventKind;

namespace {

constexpr double kLeadMs = 60'000;
constexpr double kTailMs = 20'000;

Lane laneOf(EventKind kind) {
    switch (kind) {
        case EventKind::alert:
        case EventKind::silence:
            return Lane::Alerts;
        case EventKind::rollout:
        case EventKind::deploy:
        case EventKind::config:
        case EventKind::flag:
            return Lane::Rollout;
        case EventKind::chaos:
            return Lane::Chaos;
        case EventKind::evidence:
            return Lane::Sli;
        case EventKind::status_update:
        case EventKind::delivery:
            return Lane::Updates;
        default:
            return Lane::People;
    }
}

State stateOf(const Event& event) {
    switch (event.kind) {
        case EventKind::opened:
        case EventKind::alert:
            return State::Bad;
        case EventKind::severity:
        case EventKind::chaos:
        case EventKind::overtaken:
            return State::Warn;
        case EventKind::state:
            return State::Good;
        case EventKind::delivery:
        case EventKind::runbook:
            return event.body.phase == "failed" ? State::Bad : State::Info;
        case EventKind::acknowledge:
        case EventKind::assign:
        case EventKind::handover:
        case EventKind::status_update:
        case EventKind::rollout:
        case EventKind::deploy:
        case EventKind::config:
        case EventKind::flag:
            return State::Info;
        default:
            return State::Neutral;
    }
}

/// A player's own stalls, as evidence has them: 1 while its picture stood.
void addPlayerStalls(QVector<TimelineItem>& items, const QString& id,
                     const std::vector<incidents::Sample>& samples) {
    int number = 0;
    for (std::size_t i = 0; i + 1 < samples.size(); ++i) {
        if (samples[i].value < 0.5) continue;
        TimelineItem stall;
        stall.id = QStringLiteral("%1.stall%2").arg(id).arg(++number);
        stall.lane = Lane::Stalls;
        stall.icon = Icon::Pause;
        stall.state = State::Bad;
        stall.fromMs = double(msOf(samples[i].at));
        stall.toMs = double(msOf(samples[i + 1].at));
        stall.text =
            QStringLiteral("The player stood %1").arg(formatSeconds((stall.toMs - stall.fromMs) / 1000));
        stall.detail = QStringLiteral("a stall of one playback, kept as evidence");
        items.append(stall);
    }
}

bool begins(const Event& event) {
    const std::string& phase = event.body.phase;
    return (event.kind == EventKind::alert && phase == "firing") ||
           // A fault that was there before the incident is told of as a suspect.
           (event.kind == EventKind::chaos && (phase == "applied" || phase == "suspect")) ||
           (event.kind == EventKind::silence && phase == "created") ||
           (event.kind == EventKind::runbook && phase == "started");
}

bool ends(const Event& event) {
    const std::string& phase = event.body.phase;
    return ((event.kind == EventKind::alert || event.kind == EventKind::chaos) && phase == "ended") ||
           (event.kind == EventKind::silence && phase == "expired") ||
           (event.kind == EventKind::runbook && (phase == "done" || phase == "failed" || phase == "skipped"));
}

}  // namespace

QVector<TimelineItem> timelineItems(const IncidentJournal& journal, const std::vector<std::uint64_t>& pinned,
                                    double openEndMs) {
    QVector<TimelineItem> items;
    items.reserve(qsizetype(journal.size()) + 1);
    QSet<int> pinnedRows;
    for (const std::uint64_t seq : pinned) pinnedRows.insert(journal.rowOf(seq));
    std::map<std::pair<EventKind, std::string>, qsizetype> open;  // -> the span that has not ended
    for (std::size_t row = 0; row < journal.size(); ++row) {
        if (journal.isRetracted(row)) continue;
        const Event& event = journal.current(row);
        if (event.kind == EventKind::pin) continue;  // shown on what it pins
        const double at = double(msOf(event.occurred_at));
        const bool starts = begins(event);
        if (starts || ends(event)) {
            const auto found = open.find({event.kind, event.body.subject});
            if (found != open.end() && !starts) {
                TimelineItem& began = items[found->second];
                began.toMs = std::max(at, began.fromMs);
                if (event.kind != EventKind::runbook) began.state = State::Neutral;
                if (event.body.phase == "failed") began.state = State::Bad;
                open.erase(found);
                continue;
            }
            if (found != open.end()) {
                items[found->second].id = QString::number(journal.key(row));
                continue;
            }
        }
        if (event.kind == EventKind::opened && !event.body.subject.empty()) {
            // What fired and opened the incident has no event of its own: its bar begins here.
            TimelineItem bar;
            bar.id = QStringLiteral("%1.alert").arg(journal.key(row));
            bar.lane = Lane::Alerts;
            bar.icon = Icon::Warning;
            bar.state = State::Bad;
            bar.fromMs = at;
            bar.toMs = std::max(at, openEndMs);
            open[{EventKind::alert, event.body.subject}] = items.size();
            items.append(bar);
        }
        TimelineItem item;
        item.id = QString::number(journal.key(row));
        item.lane = laneOf(event.kind);
        item.icon = iconOf(event.kind);
        item.state = stateOf(event);
        item.pinned = !pinnedRows.isEmpty() && pinnedRows.contains(int(row));
        item.fromMs = at;
        if (starts) {
            item.toMs = std::max(at, openEndMs);
            open[{event.kind, event.body.subject}] = items.size();
        } else if (event.kind == EventKind::evidence && event.body.samples.size() > 1) {
            item.fromMs = double(msOf(event.body.samples.front().at));
            item.toMs = double(msOf(event.body.samples.back().at));
        }
        if (event.kind == EventKind::evidence && event.body.subject.starts_with(kPlaybackSubject)) {
            item.lane = Lane::Stalls;
            addPlayerStalls(items, item.id, event.body.samples);
        }
        items.append(item);
    }
    return items;
}

QVector<TimelineItem> logItems(const std::vector<opsclient::LogLine>& lines) {
    QVector<TimelineItem> items;
    items.reserve(qsizetype(lines.size()));
    for (const opsclient::LogLine& line : lines) {
        TimelineItem item;
        item.id = QStringLiteral("log.%1").arg(items.size());
        item.lane = Lane::Logs;
        item.icon = line.error ? Icon::Error : Icon::Warning;
        item.state = line.error ? State::Bad : State::Warn;
        item.fromMs = double(msOf(line.at));
        item.text = QStringLiteral("%1: %2").arg(str(line.instance), str(line.message).simplified());
        item.detail =
            QStringLiteral("%1 of %2")
                .arg(line.error ? QStringLiteral("error") : QStringLiteral("warning"), str(line.service));
        items.append(item);
    }
    return items;
}

QVector<TimelineItem> stallItems(const opsclient::Series& stallRatio, double least) {
    QVector<TimelineItem> items;
    const double bridge = double(std::max<std::int64_t>(1, stallRatio.step_s)) * 2'500;
    for (const opsclient::SeriesLine& line : stallRatio.lines) {
        double worst = 0, last = 0;
        qsizetype open = -1;
        const auto close = [&] {
            if (open < 0) return;
            items[open].text =
                QStringLiteral("%1: up to %2 of the time").arg(str(line.label), formatPercent(worst));
            items[open].detail = QStringLiteral("viewers stood still");
            if (worst > 0.02) items[open].state = State::Bad;
            open = -1;
        };
        for (const opsclient::SeriesPoint& point : line.points) {
            const double at = double(msOf(point.at));
            if (open >= 0 && (point.value < least || at - last > bridge)) close();
            if (point.value >= least) {
                if (open < 0) {
                    TimelineItem item;
                    item.id = QStringLiteral("stall.%1").arg(items.size());
                    item.lane = Lane::Stalls;
                    item.icon = Icon::Pause;
                    item.state = State::Warn;
                    item.fromMs = at;
                    open = items.size();
                    worst = 0;
                    items.append(item);
                }
                items[open].toMs = at + double(stallRatio.step_s) * 1'000;
                worst = std::max(worst, point.value);
            }
            last = at;
        }
        close();
    }
    return items;
}

TimelineTexts timelineTexts(const IncidentJournal& journal) {
    const auto eventOf = [journal](const TimelineItem& item) -> const Event* {
        const int row = journal.rowOf(journalKey(item.id));
        return row < 0 ? nullptr : &journal.current(std::size_t(row));
    };
    TimelineTexts texts;
    texts.line = [eventOf](const TimelineItem& item) {
        const Event* event = eventOf(item);
        if (!event) return QString();
        return item.id.endsWith(QLatin1String(".alert")) ? str(event->body.title) : lineOf(*event);
    };
    texts.detail = [eventOf](const TimelineItem& item) {
        const Event* event = eventOf(item);
        if (!event) return QString();
        return QStringLiteral("%1\nby %2 through %3")
            .arg(str(event->body.text), str(event->actor), str(event->source));
    };
    return texts;
}

std::uint64_t journalKey(const QString& itemId) {
    return itemId.section(QLatin1Char('.'), 0, 0).toULongLong();
}

TimeRange timelineRange(const incidents::Incident& incident, const IncidentJournal& journal, qint64 nowMs) {
    double first = double(msOf(incident.started_at));
    double last = double(msOf(incident.detected_at));
    if (journal.size() > 0) {
        first = std::min(first, double(msOf(journal.current(0).occurred_at)));
        last = std::max(last, double(msOf(journal.current(journal.size() - 1).occurred_at)));
    }
    if (incidents::is_open(incident.state)) last = double(nowMs);
    return {first - kLeadMs, last + kTailMs};
}

QVector<TimelineCurve> timelineCurves(const slo::History& history, const slo::Objective& objective) {
    TimelineCurve sli;
    sli.series.name = str(objective.title);
    sli.series.color = Token::Series1;
    sli.unit = Unit::Ratio;
    sli.height = 56;
    sli.thresholds = {
        {objective.target, QStringLiteral("Objective %1").arg(formatRatio(objective.target)), Token::Warn}};
    for (const slo::HistoryPoint& point : history.points)
        if (const auto ratio = point.counts.good_ratio())
            sli.series.points.append({double(msOf(point.at)), *ratio});
    QVector<TimelineCurve> curves{sli};
    if (objective.rows.empty() || objective.target >= 1) return curves;
    const slo::BurnRow& row = objective.rows.front();
    const auto over = std::chrono::seconds(std::max<std::int64_t>(row.long_s, history.step_s));
    TimelineCurve burn;
    burn.series.name = QStringLiteral("Burn over %1").arg(spanOf(double(over.count())));
    burn.series.color = Token::Series2;
    burn.unit = Unit::Factor;
    burn.height = 34;
    burn.thresholds = {{row.factor, QStringLiteral("Fires at %1").arg(formatFactor(row.factor)), Token::Bad}};
    std::deque<const slo::HistoryPoint*> window;
    std::uint64_t bad = 0, total = 0;
    for (const slo::HistoryPoint& point : history.points) {
        window.push_back(&point);
        bad += point.counts.bad();
        total += point.counts.total;
        while (window.front()->at <= point.at - over) {
            bad -= window.front()->counts.bad();
            total -= window.front()->counts.total;
            window.pop_front();
        }
        if (total > 0)
            burn.series.points.append(
                {double(msOf(point.at)), double(bad) / double(total) / (1 - objective.target)});
    }
    curves.append(burn);
    return curves;
}

QVector<Milestone> timelineMilestones(const incidents::Incident& incident, const IncidentJournal& journal) {
    QVector<Milestone> milestones;
    for (const MilestoneKind kind :
         {MilestoneKind::started, MilestoneKind::detected, MilestoneKind::acknowledged,
          MilestoneKind::mitigated, MilestoneKind::resolved}) {
        const auto at = milestoneAt(incident, kind);
        if (!at) continue;
        const auto request = retimeRequest(journal, incident, kind, *at, {});
        milestones.append({milestoneId(kind), milestoneLabel(kind), double(msOf(*at)), request.has_value(),
                           request ? QString() : str(request.error().message)});
    }
    return milestones;
}

}  // namespace qd::app
