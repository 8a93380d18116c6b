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

QString fetchWord(const player::FetchRecord& record) {
    switch (record.kind) {
        case player::FetchKind::multivariant:
            return QStringLiteral("multivariant playlist");
        case player::FetchKind::media_playlist:
            return QStringLiteral("media playlist");
        case player::FetchKind::init:
            return QStringLiteral("init section");
        case player::FetchKind::segment:
            return QStringLiteral("segment %1").arg(record.sequence);
        case player::FetchKind::key:
            return QStringLiteral("key");
    }
    return {};
}

QVariant fetchStatus(const FetchRow& row, int role) {
    const player::FetchRecord& record = row.record;
    if (role == Qt::DisplayRole) {
        if (record.abandoned) return QStringLiteral("abandoned");
        if (record.error && record.status == 0) return str(player::error_kind(record));
        return QString::number(record.status);
    }
    if (role == StateRole)
        return int(record.ok() ? State::Good : record.abandoned ? State::Neutral : State::Bad);
    if (role == SortRole) return record.status;
    if (role == Qt::ToolTipRole && record.error) return str(record.error->message);
    return {};
}

double micros(std::chrono::microseconds us) {
    return double(us.count()) / 1e6;
}

template <class Row>
std::function<QVariant(const Row&, int)> plain(std::function<QString(const Row&)> text) {
    return [text = std::move(text)](const Row& row, int role) -> QVariant {
        return role == Qt::DisplayRole ? QVariant(text(row)) : QVariant();
    };
}

template <class Row>
std::function<QVariant(const Row&, int)> measured(std::function<double(const Row&)> value, Formatter format) {
    return [value = std::move(value), format = std::move(format)](const Row& row, int role) -> QVariant {
        if (role == Qt::DisplayRole) return format(value(row));
        if (role == SortRole) return value(row);
        return {};
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

FetchModel::FetchModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("#"),
               measured<FetchRow>([](const FetchRow& row) { return double(row.record.number); },
                                  [](double n) { return QString::number(qint64(n)); }),
               kAlignNumber,
               {}},
              {QStringLiteral("What"),
               [](const FetchRow& row, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return fetchWord(row.record);
                   if (role == Qt::ToolTipRole)
                       return QStringLiteral("%1\nrequest %2\ntrace %3")
                           .arg(str(row.record.url), str(row.record.request_id), str(row.record.trace_id));
                   return {};
               },
               kAlignText,
               {}},
              {QStringLiteral("Level"),
               plain<FetchRow>([](const FetchRow& row) {
                   return row.record.level_bps > 0 ? formatBitrate(row.record.level_bps)
                                                   : QStringLiteral("–");
               }),
               kAlignNumber,
               {}},
              {QStringLiteral("Answer"), fetchStatus, kAlignText, {}},
              {QStringLiteral("Served by"),
               [](const FetchRow& row, int role) -> QVariant {
                   const auto& by = row.record.served_by;
                   if (role == Qt::DisplayRole)
                       return by.instance.empty()
                                  ? QStringLiteral("–")
                                  : QStringLiteral("%1 %2%3").arg(
                                        str(by.instance), str(by.version),
                                        row.record.cache.empty()
                                            ? QString()
                                            : QStringLiteral(" · ") + str(row.record.cache).toLower());
                   if (role == TintRole && by.arm != "unknown")
                       return int(by.arm == "canary" ? Token::Canary : Token::Stable);
                   return {};
               },
               kAlignText,
               {}},
              {QStringLiteral("First byte"),
               measured<FetchRow>([](const FetchRow& row) { return micros(row.record.timings.first_byte); },
                                  formatSeconds),
               kAlignNumber,
               {}},
              {QStringLiteral("Total"),
               measured<FetchRow>([](const FetchRow& row) { return micros(row.record.elapsed); },
                                  formatSeconds),
               kAlignNumber,
               {}},
              {QStringLiteral("Size"),
               measured<FetchRow>([](const FetchRow& row) { return double(row.record.bytes); }, formatBytes),
               kAlignNumber,
               {}},
              {QStringLiteral("Rate"),
               measured<FetchRow>(
                   [](const FetchRow& row) {
                       const double transfer =
                           micros(row.record.timings.total - row.record.timings.first_byte);
                       return transfer > 0.001 ? double(row.record.bytes) * 8 / transfer : qQNaN();
                   },
                   formatBitrate),
               kAlignNumber, QStringLiteral("From the first byte to the last")},
          },
          [](const FetchRow& row) { return QString::number(row.record.number); }, parent) {}

}  // namespace qd::app
