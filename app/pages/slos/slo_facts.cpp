#include "app/pages/slos/slo_facts.hpp"

#include <cmath>

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

/// "99.871 %" as number and unit.
void put(StatReading& reading, const QString& formatted) {
    const qsizetype gap = formatted.lastIndexOf(QLatin1Char(' '));
    reading.value = gap < 0 ? formatted : formatted.left(gap);
    reading.unit = gap < 0 ? QString() : formatted.mid(gap + 1);
}

StatReading sliFact(const slo::Status& status) {
    StatReading fact;
    const slo::Counts& counts = status.window.counts;
    if (status.sli) {
        put(fact, formatRatio(*status.sli));
        fact.sub = QStringLiteral("%1 of %2 · ≥ %3")
                       .arg(formatCount(double(counts.good)), formatCount(double(counts.total)),
                            formatRatio(status.objective.target));
        const bool met = *status.sli >= status.objective.target;
        fact.state = met ? State::Good : State::Bad;
        fact.stateText = met ? QStringLiteral("Met") : QStringLiteral("Missed");
    } else {
        const Wording word =
            wordOf(status.health == slo::Health::healthy ? slo::Health::no_traffic : status.health);
        fact.state = State::NoData;
        fact.stateText = word.text;
        fact.sub = QStringLiteral("objective %1").arg(formatRatio(status.objective.target));
    }
    return fact;
}

StatReading budgetFact(const slo::Status& status) {
    StatReading fact;
    const slo::ErrorBudget& budget = status.budget;
    if (!budget.remaining) {
        fact.state = State::NoData;
        fact.stateText = QStringLiteral("No events yet");
        return fact;
    }
    put(fact, formatPercent(*budget.remaining));
    fact.sub =
        QStringLiteral("%1 of %2 spent · %3")
            .arg(formatCount(double(budget.spent)), formatCount(budget.allowed), budgetOutlook(budget));
    fact.state = budget.exhausted ? State::Bad : *budget.remaining < 0.25 ? State::Warn : State::Good;
    fact.stateText = budget.exhausted                          ? QStringLiteral("Spent")
                     : status.objective.policy.freeze_rollouts ? QStringLiteral("Freezes rollouts at 0")
                                                               : QStringLiteral("Left");
    if (budget.exhausted && status.objective.policy.freeze_rollouts)
        fact.stateText = QStringLiteral("Rollouts are frozen");
    return fact;
}

StatReading slaFact(const slo::Status& status) {
    StatReading fact;
    const auto& sla = status.objective.sla;
    if (!sla) {
        fact.value = QStringLiteral("–");
        fact.sub = QStringLiteral("No contract");
        return fact;
    }
    const slo::Counts& counts = status.window.counts;
    if (counts.total == 0) {
        fact.state = State::NoData;
        fact.stateText = QStringLiteral("No events yet");
        fact.sub = QStringLiteral("SLA %1").arg(formatRatio(sla->target));
        return fact;
    }
    const double room = (1 - sla->target) * double(counts.total) - double(counts.bad());
    const bool kept = room >= 0;
    put(fact, QStringLiteral("%1 events").arg(formatCount(std::floor(std::abs(room)))));
    fact.sub =
        kept ? QStringLiteral("left of %1, then %2").arg(formatRatio(sla->target), str(sla->consequence))
             : QStringLiteral("too many for %1: %2").arg(formatRatio(sla->target), str(sla->consequence));
    fact.state = kept ? State::Good : State::Bad;
    fact.stateText = kept ? QStringLiteral("Kept") : QStringLiteral("Broken");
    return fact;
}

StatReading nextFact(const slo::Status& status) {
    StatReading fact;
    const slo::RowStatus* soonest = nullptr;
    for (const slo::RowStatus& row : status.rows) {
        if (!row.firing && !row.fires_in_s) continue;
        if (!soonest || (row.firing && !soonest->firing) ||
            (row.firing == soonest->firing && row.fires_in_s < soonest->fires_in_s))
            soonest = &row;
    }
    if (!soonest) {
        fact.value = QStringLiteral("none");
        fact.sub = QStringLiteral("at the present rates");
        fact.state = State::Good;
        fact.stateText = QStringLiteral("Quiet");
        return fact;
    }
    const QString row = QStringLiteral("%1 & %2 · SEV%3")
                            .arg(spanOf(double(soonest->row.short_s)), spanOf(double(soonest->row.long_s)))
                            .arg(int(soonest->row.severity));
    fact.sub = row;
    if (soonest->firing) {
        fact.value = QStringLiteral("now");
        fact.state = State::Bad;
        fact.stateText = QStringLiteral("Firing");
    } else {
        put(fact, spanOf(std::ceil(*soonest->fires_in_s)));
        fact.state = State::Warn;
        fact.stateText = QStringLiteral("Soon");
    }
    return fact;
}

}  // namespace

Facts factsOf(const slo::Status& status) {
    return {sliFact(status), budgetFact(status), slaFact(status), nextFact(status)};
}

QString windowText(const slo::Status& status) {
    const auto& calendar = status.objective.calendar;
    QString window = calendar ? QStringLiteral("this %1 (%2)")
                                    .arg(str(slo::to_string(calendar->period)), str(calendar->time_zone))
                              : QStringLiteral("rolling %1").arg(spanOf(double(status.objective.window_s)));
    if (const auto& slices = status.objective.timeslices)
        window += QStringLiteral(" in slices of %1").arg(spanOf(double(slices->slice_s)));
    return QStringLiteral("%1, %2 known").arg(window, str(slo::describe_coverage(status.window)));
}

}  // namespace qd::app
