#include "app/pages/slos/replayed_alert_model.hpp"

#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr Qt::Alignment kReplayRight = Qt::AlignRight | Qt::AlignVCenter;

QString rowText(const slo::Alert& alert) {
    switch (alert.kind) {
        case slo::AlertKind::absent:
            return QStringLiteral("Nothing was read");
        case slo::AlertKind::outage:
            return QStringLiteral("Outage, SEV%1").arg(int(alert.severity));
        case slo::AlertKind::burn:
            break;
    }
    return QStringLiteral("%1 & %2 above %3, SEV%4")
        .arg(spanOf(double(alert.row.short_s)), spanOf(double(alert.row.long_s)),
             formatFactor(alert.row.factor))
        .arg(int(alert.severity));
}

}  // namespace

ReplayedAlertModel::ReplayedAlertModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Would have begun"),
               [](const slo::ReplayedAlert& one, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatClock(msOf(one.alert.started_at));
                   if (role == SortRole) return msOf(one.alert.started_at);
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter,
               {}},
              {QStringLiteral("Lasted"),
               [](const slo::ReplayedAlert& one, int role) -> QVariant {
                   if (role != Qt::DisplayRole) return {};
                   return one.alert.ended_at ? qd::app::span(*one.alert.ended_at - one.alert.started_at)
                                             : QStringLiteral("ongoing");
               },
               kReplayRight,
               {}},
              {QStringLiteral("Row"),
               [](const slo::ReplayedAlert& one, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return rowText(one.alert);
                   if (role == Qt::ToolTipRole) return str(one.alert.reason);
                   return {};
               },
               Qt::AlignLeft | Qt::AlignVCenter,
               {}},
              {QStringLiteral("Bad events"),
               [](const slo::ReplayedAlert& one, int role) -> QVariant {
                   if (role == Qt::DisplayRole)
                       return QStringLiteral("%1 of %2")
                           .arg(formatCount(double(one.counts.bad())), formatCount(double(one.counts.total)));
                   return {};
               },
               kReplayRight,
               {}},
              {QStringLiteral("Of budget"),
               [](const slo::ReplayedAlert& one, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return formatPercent(number(one.budget_share));
                   return {};
               },
               kReplayRight,
               {}},
          },
          [](const slo::ReplayedAlert& one) { return str(one.alert.id.value); }, parent) {}

}  // namespace qd::app
