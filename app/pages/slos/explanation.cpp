#include "app/pages/slos/explanation.hpp"

#include <QLocale>

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

/// Whole numbers in full: a sum must be one that can be checked by hand.
QString whole(std::uint64_t count) {
    return QLocale(QLocale::English).toString(qulonglong(count)).replace(QLatin1Char(','), QChar(0x202F));
}

QString decimal(double value) {
    return QString::number(value, 'g', 6);
}

QString percentOf(double ratio) {
    return QStringLiteral("%1 %").arg(QString::number(ratio * 100, 'g', 6));
}

QString noneYet() {
    return QStringLiteral("not known: no events");
}

ExplainedSection sliSection(const slo::Status& status) {
    const slo::Counts& counts = status.window.counts;
    const QString unit = str(slo::unit_of(status.objective));
    ExplainedSection section{QStringLiteral("Service level indicator"), {}};
    section.figures.push_back({QStringLiteral("SLI"), QStringLiteral("good %1 / all %1").arg(unit),
                               QStringLiteral("%1 / %2").arg(whole(counts.good), whole(counts.total)),
                               status.sli ? percentOf(*status.sli) : noneYet(),
                               str(slo::describe(status.objective.indicator))});
    const QString window =
        status.period
            ? QStringLiteral("from %1 to %2")
                  .arg(formatClock(status.period->from_s * 1000), formatClock(status.period->to_s * 1000))
            : QStringLiteral("the last %1").arg(spanOf(double(status.objective.window_s)));
    section.figures.push_back({QStringLiteral("Window"), QStringLiteral("seconds with a reading / seconds"),
                               QStringLiteral("%1 / %2").arg(whole(std::uint64_t(status.window.covered_s)),
                                                             whole(std::uint64_t(status.window.window_s))),
                               QStringLiteral("%1 known").arg(str(slo::describe_coverage(status.window))),
                               QStringLiteral("%1; what was not read is a gap, not a zero").arg(window)});
    return section;
}

ExplainedSection budgetSection(const slo::Status& status) {
    const slo::Counts& counts = status.window.counts;
    const double target = status.objective.target;
    const slo::ErrorBudget& budget = status.budget;
    ExplainedSection section{QStringLiteral("Error budget"), {}};
    section.figures.push_back(
        {QStringLiteral("Allowed"),
         QStringLiteral("(1 - objective) × all"),
         QStringLiteral("(1 - %1) × %2").arg(decimal(target), whole(counts.total)),
         budget.remaining ? QStringLiteral("%1 may be bad").arg(decimal(budget.allowed)) : noneYet(),
         {}});
    section.figures.push_back({QStringLiteral("Spent"),
                               QStringLiteral("all - good"),
                               QStringLiteral("%1 - %2").arg(whole(counts.total), whole(counts.good)),
                               QStringLiteral("%1 bad").arg(whole(counts.bad())),
                               {}});
    section.figures.push_back(
        {QStringLiteral("Left"), QStringLiteral("1 - spent / allowed"),
         QStringLiteral("1 - %1 / %2").arg(whole(budget.spent), decimal(budget.allowed)),
         budget.remaining ? percentOf(*budget.remaining) : noneYet(),
         budget.remaining && *budget.remaining < 0 ? QStringLiteral("below 0: more was bad than allowed")
                                                   : QString()});
    if (budget.remaining)
        section.figures.push_back({QStringLiteral("Gone in"),
                                   QStringLiteral("left / (bad a second - what new traffic earns)"),
                                   QStringLiteral("at the rates of the last %1")
                                       .arg(spanOf(double(status.objective.fastest_row().short_s))),
                                   budgetOutlook(budget),
                                   {}});
    return section;
}

ExplainedFigure burnFigure(const QString& name, const slo::WindowReading& window, double target,
                           const std::optional<double>& burn) {
    return {name, QStringLiteral("(bad / all) / (1 - objective)"),
            QStringLiteral("(%1 / %2) / %3")
                .arg(whole(window.counts.bad()), whole(window.counts.total), decimal(1 - target)),
            burn ? formatFactor(*burn) : noneYet(),
            window.covered_s < window.window_s
                ? QStringLiteral("%1 of %2 known")
                      .arg(spanOf(double(window.covered_s)), spanOf(double(window.window_s)))
                : QString()};
}

ExplainedFigure rowVerdict(const slo::RowStatus& row) {
    const auto why = [&]() -> QString {
        const slo::BurnRow& r = row.row;
        if (row.firing && !(row.short_burn && *row.short_burn > r.factor))
            return QStringLiteral("it started before and ends once the short window stays below %1 for %2")
                .arg(formatFactor(r.factor * r.clear_share), spanOf(double(r.clears_after_s())));
        if (row.firing) return QStringLiteral("both windows burn faster than its factor");
        if (row.short_window.counts.total < r.min_events)
            return QStringLiteral("%1 events in the short window, it wants at least %2")
                .arg(whole(row.short_window.counts.total), whole(r.min_events));
        if (row.long_window.counts.bad() < r.min_bad)
            return QStringLiteral("%1 bad events in the long window, it wants at least %2")
                .arg(whole(row.long_window.counts.bad()), whole(r.min_bad));
        return QStringLiteral("a window burns slower than its factor");
    };
    return {QStringLiteral("Fires"), QStringLiteral("short and long burn above its factor"),
            QStringLiteral("%1, %2 above %3")
                .arg(formatFactor(number(row.short_burn)), formatFactor(number(row.long_burn)),
                     formatFactor(row.row.factor)),
            row.firing ? QStringLiteral("yes") : QStringLiteral("no"), why()};
}

}  // namespace

std::vector<ExplainedSection> explanationOf(const slo::Status& status,
                                            const std::vector<slo::Exclusion>& exclusions) {
    std::vector<ExplainedSection> sections{sliSection(status), budgetSection(status)};
    if (const auto& sla = status.objective.sla) {
        const double allowed = (1 - sla->target) * double(status.window.counts.total);
        sections.push_back(
            {QStringLiteral("Service level agreement"),
             {{QStringLiteral("Room before it is broken"), QStringLiteral("(1 - SLA) × all - bad"),
               QStringLiteral("(1 - %1) × %2 - %3")
                   .arg(decimal(sla->target), whole(status.window.counts.total),
                        whole(status.window.counts.bad())),
               status.sli ? QStringLiteral("%1 bad events")
                                .arg(decimal(allowed - double(status.window.counts.bad())))
                          : noneYet(),
               QStringLiteral("then: %1").arg(str(sla->consequence))}}});
    }
    for (const slo::RowStatus& row : status.rows)
        sections.push_back({row.row.outage
                                ? QStringLiteral("Outage row")
                                : QStringLiteral("Burn row %1 & %2")
                                      .arg(spanOf(double(row.row.short_s)), spanOf(double(row.row.long_s))),
                            {burnFigure(QStringLiteral("Short burn"), row.short_window,
                                        status.objective.target, row.short_burn),
                             burnFigure(QStringLiteral("Long burn"), row.long_window, status.objective.target,
                                        row.long_burn),
                             rowVerdict(row)}});
    ExplainedSection left{QStringLiteral("Left out"), {}};
    for (const slo::Exclusion& exclusion : exclusions)
        if (exclusion.concerns(status.objective.id))
            left.figures.push_back(
                {str(exclusion.reason),
                 QStringLiteral("by %1").arg(str(exclusion.author)),
                 QStringLiteral("%1 to %2")
                     .arg(formatClock(msOf(exclusion.from)), formatClock(msOf(exclusion.to))),
                 {},
                 {}});
    if (!left.figures.empty() || status.excluded.counts.total > 0) {
        left.figures.push_back(
            {QStringLiteral("Not counted above"),
             QStringLiteral("good of all"),
             QStringLiteral("%1 of %2")
                 .arg(whole(status.excluded.counts.good), whole(status.excluded.counts.total)),
             QStringLiteral("%1 left out").arg(spanOf(double(status.excluded.covered_s))),
             {}});
        sections.push_back(std::move(left));
    }
    sections.push_back(
        {QStringLiteral("Where it comes from"),
         {{QStringLiteral("Read"),
           status.objective.source.empty()
               ? QStringLiteral("the site's counters, once a second")
               : QStringLiteral("the Prometheus \"%1\"").arg(str(status.objective.source)),
           status.as_of ? formatClock(msOf(*status.as_of)) : QStringLiteral("never"),
           status.targets_missing == 0
               ? QStringLiteral("every process answered")
               : QStringLiteral("%1 processes do not answer").arg(status.targets_missing),
           QStringLiteral("whole numbers; a counter that starts anew is not a negative step")}}});
    for (const std::string& reason : status.reasons)
        sections.back().figures.push_back({QStringLiteral("Not whole"), str(reason), {}, {}, {}});
    return sections;
}

}  // namespace qd::app
