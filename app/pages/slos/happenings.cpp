#include "app/pages/slos/happenings.hpp"

#include <algorithm>

#include "app/models/values.hpp"

namespace qd::app {

using widgets::MarkKind;

namespace {

/// What lasts is shaded beyond the right edge, so that it reaches it until it is told anew.
constexpr qint64 kOpenEndMs = 86'400'000;

/// What a person did, and why, in one line.
QString actionText(const QString& label, const rollouts::AuditEvent& event) {
    const QString action = str(rollouts::to_string(*event.action));
    return event.reason.empty() ? QStringLiteral("%1: %2").arg(label, action)
                                : QStringLiteral("%1: %2 – %3").arg(label, action, str(event.reason));
}

void addRollout(std::vector<Happening>& list, const rollouts::Rollout& rollout) {
    using rollouts::AuditKind;
    const QString label = str(rollout.specification.target.label);
    std::vector<Happening> steps;
    for (const rollouts::AuditEvent& event : rollout.audit) {
        const bool start = event.kind == AuditKind::start;
        const bool step = event.kind == AuditKind::step_done || event.action;
        if (!start && !step) continue;
        Happening happening;
        happening.kind = start ? MarkKind::Deploy : MarkKind::CanaryStep;
        happening.key = QStringLiteral("rollout-%1-%2").arg(str(rollout.id.value)).arg(event.seq);
        happening.what = start ? QStringLiteral("Rollout of %1 starts").arg(label)
                         : event.action
                             ? actionText(label, event)
                             : QStringLiteral("%1: %2").arg(label, str(event.reason));
        happening.who = str(event.actor);
        happening.link = QStringLiteral("rollout/%1").arg(str(rollout.id.value));
        happening.fromMs = msOf(event.at);
        if (!steps.empty()) steps.back().toMs = happening.fromMs;
        steps.push_back(std::move(happening));
    }
    const bool over = rollout.phase == rollouts::Phase::healthy || rollout.phase == rollouts::Phase::degraded;
    if (over && !steps.empty()) steps.back().toMs = std::max(steps.back().fromMs, msOf(rollout.updated_at));
    list.insert(list.end(), steps.begin(), steps.end());
}

QString faultText(const chaos::Fault& fault) {
    const auto& target = fault.target;
    QString where = str(!target.instance.empty()  ? target.instance
                        : !target.version.empty() ? target.version
                                                  : target.role);
    if (where.isEmpty()) where = QStringLiteral("all processes");
    if (!target.route.empty()) where += QLatin1Char(' ') + str(target.route);
    return QStringLiteral("Chaos: %1 on %2, %3 of the requests")
        .arg(str(chaos::to_string(fault.kind)), where, widgets::formatPercent(fault.ratio, 0));
}

}  // namespace

std::vector<Happening> happeningsOf(const Sources& sources, const slo::SloId& slo, qint64 nowMs) {
    std::vector<Happening> list;
    for (const slo::Alert& alert : sources.alerts) {
        if (alert.slo_id != slo) continue;
        Happening happening{
            MarkKind::Alert, str(alert.id.value), str(alert.reason), {}, {}, msOf(alert.started_at), {}, {}};
        if (alert.ended_at) happening.toMs = msOf(*alert.ended_at);
        list.push_back(std::move(happening));
    }
    for (const incidents::Incident& incident : sources.incidents) {
        Happening happening{
            MarkKind::Incident,
            str(incident.id.value),
            QStringLiteral("%1 %2").arg(str(incidents::to_string(incident.severity)), str(incident.title)),
            {},
            QStringLiteral("incident/%1").arg(str(incident.id.value)),
            msOf(incident.started_at),
            {},
            {}};
        if (const auto resolved =
                incident.episodes.empty() ? std::nullopt : incident.episodes.back().resolved_at)
            happening.toMs = msOf(*resolved);
        list.push_back(std::move(happening));
    }
    for (const rollouts::Rollout& rollout : sources.rollouts) addRollout(list, rollout);
    for (const chaos::Fault& fault : sources.faults) {
        Happening happening{
            MarkKind::Chaos, str(fault.id.value), faultText(fault), {}, {}, msOf(fault.started_at), {}, {}};
        if (msOf(fault.ends_at) <= nowMs) happening.toMs = msOf(fault.ends_at);
        list.push_back(std::move(happening));
    }
    for (const opsclient::Change& change : sources.changes) {
        if (change.kind != "flag") continue;
        Happening happening{MarkKind::Note,
                            QStringLiteral("change-%1").arg(change.seq),
                            str(change.text),
                            str(change.actor),
                            {},
                            msOf(change.at),
                            msOf(change.at),
                            {}};
        list.push_back(std::move(happening));
    }
    for (const slo::Exclusion& exclusion : sources.exclusions) {
        if (!exclusion.concerns(slo)) continue;
        Happening happening{MarkKind::Exclusion,
                            str(exclusion.id.value),
                            QStringLiteral("Left out: %1").arg(str(exclusion.reason)),
                            str(exclusion.author),
                            QStringLiteral("exclusion/%1").arg(str(exclusion.id.value)),
                            msOf(exclusion.from),
                            msOf(exclusion.to),
                            {}};
        list.push_back(std::move(happening));
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const Happening& a, const Happening& b) { return a.fromMs > b.fromMs; });
    return list;
}

void addCosts(std::vector<Happening>& happenings, const slo::History& history, double allowed, qint64 nowMs) {
    if (history.points.empty()) return;
    // Running sums, so that hundreds of happenings over thousands of points stay quick.
    std::vector<qint64> at;
    std::vector<slo::Counts> sum{{}};
    for (const slo::HistoryPoint& point : history.points) {
        at.push_back(msOf(point.at));
        sum.push_back(sum.back() + point.counts);
    }
    const qint64 step = history.step_s * 1000;
    for (Happening& happening : happenings) {
        const qint64 to = std::min(happening.toMs.value_or(nowMs), nowMs);
        // At least one point: a moment costs what its own step did.
        const qint64 from = happening.fromMs - happening.fromMs % step;
        if (to < at.front() || from > nowMs) continue;
        const auto first = std::size_t(std::lower_bound(at.begin(), at.end(), from) - at.begin());
        const auto last =
            std::size_t(std::lower_bound(at.begin(), at.end(), std::max(to, from + 1)) - at.begin());
        Cost cost;
        cost.counts = sum[std::max(first, last)];
        cost.counts -= sum[first];
        cost.whole = from >= at.front() - step;
        if (allowed > 0) cost.budgetShare = double(cost.counts.bad()) / allowed;
        happening.cost = cost;
    }
}

QVector<widgets::Mark> marksOf(const std::vector<Happening>& happenings) {
    QVector<widgets::Mark> marks;
    for (const Happening& happening : happenings)
        marks.append({double(happening.fromMs), happening.kind, happening.what, happening.key});
    return marks;
}

QVector<widgets::Shade> shadesOf(const std::vector<Happening>& happenings, qint64 nowMs) {
    QVector<widgets::Shade> shades;
    for (const Happening& happening : happenings) {
        const bool time = happening.kind == MarkKind::Alert || happening.kind == MarkKind::Chaos ||
                          happening.kind == MarkKind::Exclusion;
        if (!time) continue;
        const bool excluded = happening.kind == MarkKind::Exclusion;
        shades.append({{double(happening.fromMs), double(happening.toMs.value_or(nowMs + kOpenEndMs))},
                       widgets::markToken(happening.kind),
                       excluded ? QStringLiteral("left out") : QString()});
    }
    return shades;
}

}  // namespace qd::app
