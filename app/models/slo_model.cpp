#include "app/models/slo_model.hpp"

#include <algorithm>
#include <cmath>

#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr Qt::Alignment kSloRight = Qt::AlignRight | Qt::AlignVCenter;

/// How far the budget may be spent by now if it were spent evenly: what is left of the window.
double fastestBurn(const slo::Status& status) {
    double worst = qQNaN();
    for (const slo::RowStatus& row : status.rows)
        if (row.short_burn && !(worst >= *row.short_burn)) worst = *row.short_burn;
    return worst;
}

QVariant health(const slo::Status& status, int role) {
    const Wording word = wordOf(status.health);
    if (role == Qt::DisplayRole) return word.text;
    if (role == StateRole) return int(word.state);
    if (role == SortRole) return int(status.health == slo::Health::burning ? -1 : int(status.health));
    return {};
}

QVariant name(const slo::Status& status, int role) {
    if (role == Qt::DisplayRole) return str(status.objective.title);
    if (role == SubRole)
        return QStringLiteral("%1 · %2").arg(
            str(status.objective.service),
            status.objective.route.empty() ? QStringLiteral("all routes") : str(status.objective.route));
    if (role == Qt::ToolTipRole) return str(slo::describe(status.objective.indicator));
    return {};
}

QVariant sli(const slo::Status& status, int role) {
    if (role == Qt::DisplayRole)
        return status.sli
                   ? formatRatio(*status.sli)
                   : wordOf(status.health == slo::Health::healthy ? slo::Health::no_traffic : status.health)
                         .text;
    if (role == SortRole) return number(status.sli);
    if (role == TintRole && status.sli && *status.sli < status.objective.target) return int(Token::Bad);
    return {};
}

QVariant events(const slo::Status& status, int role) {
    const slo::Counts& counts = status.window.counts;
    if (role == Qt::DisplayRole)
        return counts.total == 0
                   ? QStringLiteral("–")
                   : QStringLiteral("%1 bad of %2")
                         .arg(formatCount(double(counts.bad())), formatCount(double(counts.total)));
    if (role == SortRole) return qulonglong(counts.total);
    if (role == Qt::ToolTipRole)
        return QStringLiteral("%1 of %2 good, over %3 of %4")
            .arg(counts.good)
            .arg(counts.total)
            .arg(spanOf(double(status.window.covered_s)), spanOf(double(status.window.window_s)));
    return {};
}

QVariant contract(const slo::Status& status, int role) {
    const auto& sla = status.objective.sla;
    if (!sla || status.window.counts.total == 0)
        return role == Qt::DisplayRole ? QVariant(sla ? formatRatio(sla->target) : QStringLiteral("–"))
                                       : QVariant();
    const double room =
        (1 - sla->target) * double(status.window.counts.total) - double(status.window.counts.bad());
    if (role == Qt::DisplayRole)
        return room >= 0 ? QStringLiteral("%1 left").arg(formatCount(std::floor(room)))
                         : QStringLiteral("broken");
    if (role == SortRole) return room;
    if (role == TintRole && room < 0) return int(Token::Bad);
    if (role == Qt::ToolTipRole)
        return QStringLiteral("SLA %1: %2").arg(formatRatio(sla->target), str(sla->consequence));
    return {};
}

}  // namespace

SloModel::SloModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Health"), health, Qt::AlignLeft | Qt::AlignVCenter,
               QStringLiteral("On target: the short window meets the objective and no burn row fires")},
              {QStringLiteral("Objective"), name, Qt::AlignLeft | Qt::AlignVCenter, {}},
              {QStringLiteral("Target"),
               [](const slo::Status& status, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatRatio(status.objective.target);
                   if (role == SortRole) return status.objective.target;
                   if (role == Qt::ToolTipRole && status.objective.sla)
                       return QStringLiteral("SLA %1: %2")
                           .arg(formatRatio(status.objective.sla->target),
                                str(status.objective.sla->consequence));
                   return {};
               },
               kSloRight, QStringLiteral("Share of events that must be good over the window")},
              {QStringLiteral("SLI"), sli, kSloRight, QStringLiteral("Good of all events over the window")},
              {QStringLiteral("Events"), events, kSloRight,
               QStringLiteral("Bad and all events over the window")},
              {QStringLiteral("Budget left"),
               [](const slo::Status& status, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatPercent(number(status.budget.remaining));
                   if (role == NumberRole || role == SortRole) return number(status.budget.remaining);
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter,
               QStringLiteral("What is left of the events that may be bad")},
              {QStringLiteral("Outlook"),
               [](const slo::Status& status, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return budgetOutlook(status.budget);
                   if (role == SortRole) return status.budget.exhausted_in_s.value_or(1e12);
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter,
               QStringLiteral("When the budget is gone at the present rate")},
              {QStringLiteral("Burn"),
               [](const slo::Status& status, int role) -> QVariant {
                   const double burn = fastestBurn(status);
                   if (role == Qt::DisplayRole) return formatFactor(burn);
                   if (role == SortRole) return burn;
                   return {};
               },
               kSloRight,
               QStringLiteral("How many times too fast the budget burns in the fastest short window")},
              {QStringLiteral("SLA"), contract, kSloRight,
               QStringLiteral("Bad events until the contract is broken")},
          },
          [](const slo::Status& status) { return str(status.objective.id.value); }, parent) {}

std::vector<BurnRowItem> BurnRowModel::itemsOf(const slo::Status& status) {
    std::vector<BurnRowItem> items;
    for (const slo::RowStatus& row : status.rows) items.push_back({row, status.objective.target});
    return items;
}

BurnRowModel::BurnRowModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Windows"),
               [](const BurnRowItem& item, int role) -> QVariant {
                   if (role == Qt::DisplayRole)
                       return QStringLiteral("%1 & %2").arg(spanOf(double(item.status.row.short_s)),
                                                            spanOf(double(item.status.row.long_s)));
                   if (role == SortRole) return qlonglong(item.status.row.short_s);
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("Both must burn faster than the bound")},
              {QStringLiteral("Fires above"),
               [](const BurnRowItem& item, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatFactor(item.status.row.factor);
                   if (role == SortRole) return item.status.row.factor;
                   return {};
               },
               kSloRight,
               {}},
              {QStringLiteral("Short burn"),
               [](const BurnRowItem& item, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatFactor(number(item.status.short_burn));
                   if (role == SortRole) return number(item.status.short_burn);
                   return {};
               },
               kSloRight,
               {}},
              {QStringLiteral("Long burn"),
               [](const BurnRowItem& item, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatFactor(number(item.status.long_burn));
                   if (role == SortRole) return number(item.status.long_burn);
                   return {};
               },
               kSloRight,
               {}},
              {QStringLiteral("Events"),
               [](const BurnRowItem& item, int role) -> QVariant {
                   const slo::Counts& counts = item.status.short_window.counts;
                   if (role == Qt::DisplayRole)
                       return QStringLiteral("%1 bad of %2 (min. %3)")
                           .arg(counts.bad())
                           .arg(counts.total)
                           .arg(item.status.row.min_events);
                   if (role == SortRole) return qulonglong(counts.total);
                   return {};
               },
               kSloRight, QStringLiteral("In the short window; fewer than the minimum say nothing")},
              {QStringLiteral("State"),
               [](const BurnRowItem& item, int role) -> QVariant {
                   const bool soon = item.status.fires_in_s.has_value();
                   if (role == Qt::DisplayRole) {
                       const QString text = firesIn(item.status);
                       return text == QStringLiteral("–") ? QStringLiteral("quiet") : text;
                   }
                   if (role == StateRole)
                       return int(item.status.firing ? State::Bad : soon ? State::Warn : State::Good);
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter,
               {}},
          },
          [](const BurnRowItem& item) {
              return QStringLiteral("%1-%2").arg(item.status.row.short_s).arg(item.status.row.long_s);
          },
          parent) {}

}  // namespace qd::app
