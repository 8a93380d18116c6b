#include "app/models/alert_model.hpp"

#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

QVariant alertState(const slo::Alert& alert, int role) {
    const bool firing = alert.state == slo::AlertState::firing;
    if (role == Qt::DisplayRole)
        return firing ? QStringLiteral("Firing, SEV%1").arg(int(alert.severity)) : QStringLiteral("Ended");
    if (role == widgets::StateRole) return int(firing ? widgets::State::Bad : widgets::State::Neutral);
    return {};
}

QVariant alertObjective(const slo::Alert& alert, int role) {
    if (role == Qt::DisplayRole) return str(alert.slo_title);
    if (role == widgets::SubRole)
        return alert.kind == slo::AlertKind::burn
                   ? QStringLiteral("%1 & %2").arg(spanOf(double(alert.row.short_s)),
                                                   spanOf(double(alert.row.long_s)))
                   : str(slo::to_string(alert.kind));
    if (role == Qt::ToolTipRole) return str(alert.reason);
    return {};
}

QVariant alertSince(const slo::Alert& alert, int role) {
    if (role == Qt::DisplayRole) return widgets::formatClock(msOf(alert.started_at));
    if (role == SortRole) return msOf(alert.started_at);
    return {};
}

}  // namespace

AlertModel::AlertModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("State"), alertState},
           {QStringLiteral("Objective"), alertObjective},
           {QStringLiteral("Since"), alertSince}},
          [](const slo::Alert& alert) { return str(alert.id.value); }, parent) {}

}  // namespace qd::app
