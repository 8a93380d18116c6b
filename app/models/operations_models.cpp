#include "app/models/operations_models.hpp"

#include <QDateTime>

#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr Qt::Alignment kAlignNumber = Qt::AlignRight | Qt::AlignVCenter;
constexpr Qt::Alignment kAlignText = Qt::AlignLeft | Qt::AlignVCenter;

QVariant severity(const incidents::Incident& incident, int role) {
    const Wording word = wordOf(incident.severity);
    if (role == Qt::DisplayRole) return word.text;
    if (role == StateRole) return int(incidents::is_open(incident.state) ? word.state : State::Neutral);
    if (role == SortRole) return int(incident.severity);
    if (role == Qt::ToolTipRole) return str(incidents::meaning(incident.severity));
    return {};
}

QVariant lasted(const incidents::Incident& incident, int role) {
    const auto end = incident.resolved_at;
    if (role == Qt::DisplayRole) return end ? span(*end - incident.started_at) : QStringLiteral("still open");
    if (role == SortRole) return end ? qlonglong((*end - incident.started_at).count()) : qlonglong(1) << 60;
    return {};
}

/// " · part of INC-3 · 2 parts · merged into INC-4"; empty for one that stands alone.
QString relationMarks(const incidents::Incident& incident) {
    QString marks;
    int parts = 0;
    for (const incidents::Relation& relation : incident.relations) {
        if (relation.kind == "child") ++parts;
        if (relation.kind == "parent") marks += QStringLiteral(" · part of %1").arg(str(relation.other));
        if (relation.kind == "split_from")
            marks += QStringLiteral(" · split from %1").arg(str(relation.other));
    }
    if (parts > 0)
        marks += parts == 1 ? QStringLiteral(" · 1 part") : QStringLiteral(" · %1 parts").arg(parts);
    if (incident.merged_into)
        marks += QStringLiteral(" · merged into %1").arg(str(incident.merged_into->value));
    return marks;
}

template <class Row>
std::function<QVariant(const Row&, int)> plain(std::function<QString(const Row&)> text) {
    return [text = std::move(text)](const Row& row, int role) -> QVariant {
        return role == Qt::DisplayRole ? QVariant(text(row)) : QVariant();
    };
}

template <class Row>
std::function<QVariant(const Row&, int)> moment(std::function<core::WallTime(const Row&)> at) {
    return [at = std::move(at)](const Row& row, int role) -> QVariant {
        if (role == Qt::DisplayRole) return formatClock(msOf(at(row)));
        if (role == SortRole) return msOf(at(row));
        if (role == Qt::ToolTipRole) return str(core::format_rfc3339(at(row)));
        return {};
    };
}

}  // namespace

IncidentModel::IncidentModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Severity"), severity, kAlignText, {}},
              {QStringLiteral("Incident"),
               [](const incidents::Incident& incident, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return str(incident.title);
                   if (role == SubRole)
                       return QStringLiteral("%1 · %2%3")
                           .arg(str(incident.id.value), str(incident.service), relationMarks(incident));
                   return {};
               },
               kAlignText,
               {}},
              {QStringLiteral("State"),
               [](const incidents::Incident& incident, int role) -> QVariant {
                   const Wording word = wordOf(incident.state);
                   if (role == Qt::DisplayRole) return word.text;
                   if (role == StateRole) return int(word.state);
                   if (role == SortRole) return int(incident.state);
                   return {};
               },
               kAlignText,
               {}},
              {QStringLiteral("Commander"),
               plain<incidents::Incident>([](const incidents::Incident& incident) {
                   const auto at = incident.roles.find("commander");
                   return at == incident.roles.end() ? QStringLiteral("nobody yet") : str(at->second);
               }),
               kAlignText,
               {}},
              {QStringLiteral("Detected"),
               [at = moment<incidents::Incident>([](const incidents::Incident& incident) {
                    return incident.detected_at;
                })](const incidents::Incident& incident, int role) -> QVariant {
                   if (role == SubRole)
                       return formatAge(QDateTime::currentMSecsSinceEpoch() - msOf(incident.detected_at));
                   return at(incident, role);
               },
               kAlignNumber,
               {}},
              {QStringLiteral("Lasted"), lasted, kAlignNumber,
               QStringLiteral("From first impact to resolved")},
          },
          [](const incidents::Incident& incident) { return str(incident.id.value); }, parent) {}

}  // namespace qd::app
