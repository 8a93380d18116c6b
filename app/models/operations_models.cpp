#include "app/models/operations_models.hpp"

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

Icon iconOf(incidents::EventKind kind) {
    using incidents::EventKind;
    switch (kind) {
        case EventKind::opened:
            return Icon::Incidents;
        case EventKind::acknowledge:
            return Icon::Ok;
        case EventKind::assign:
            return Icon::Person;
        case EventKind::severity:
            return Icon::Flag;
        case EventKind::state:
            return Icon::Next;
        case EventKind::note:
            return Icon::Note;
        case EventKind::status_update:
            return Icon::Bell;
        case EventKind::link:
            return Icon::Link;
        case EventKind::alert:
            return Icon::Warning;
        case EventKind::rollout:
            return Icon::Deploy;
        case EventKind::chaos:
            return Icon::Bolt;
        case EventKind::evidence:
            return Icon::Statistics;
    }
    return Icon::Info;
}

QString kindWord(incidents::EventKind kind) {
    return str(incidents::to_string(kind)).replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString auditWord(const rollouts::AuditEvent& event) {
    if (event.action)
        return str(rollouts::to_string(*event.action)).replace(QLatin1Char('-'), QLatin1Char(' '));
    QString word = str(rollouts::to_string(event.kind)).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (event.weight) word += QStringLiteral(" %1 %").arg(*event.weight);
    return word;
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
                       return QStringLiteral("%1 · %2").arg(str(incident.id.value), str(incident.service));
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
               moment<incidents::Incident>(
                   [](const incidents::Incident& incident) { return incident.detected_at; }),
               kAlignNumber,
               {}},
              {QStringLiteral("Lasted"), lasted, kAlignNumber,
               QStringLiteral("From first impact to resolved")},
          },
          [](const incidents::Incident& incident) { return str(incident.id.value); }, parent) {}

JournalModel::JournalModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Time"),
               moment<incidents::Event>([](const incidents::Event& event) { return event.occurred_at; }),
               kAlignText, QStringLiteral("When it happened")},
              {QStringLiteral("Kind"),
               [](const incidents::Event& event, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return kindWord(event.kind);
                   if (role == IconRole) return int(iconOf(event.kind));
                   return {};
               },
               kAlignText,
               {}},
              {QStringLiteral("What"),
               plain<incidents::Event>([](const incidents::Event& event) {
                   return str(incidents::describe(event)).simplified();
               }),
               kAlignText,
               {}},
              {QStringLiteral("By"),
               plain<incidents::Event>([](const incidents::Event& event) { return str(event.actor); }),
               kAlignText,
               {}},
          },
          [](const incidents::Event& event) { return QString::number(event.seq); }, parent) {}

RolloutModel::RolloutModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Rollout"),
               [](const rollouts::Rollout& rollout, int role) -> QVariant {
                   const auto& specification = rollout.specification;
                   if (role == Qt::DisplayRole)
                       return QStringLiteral("%1 → %2").arg(str(rollout.former_version),
                                                            str(specification.target.label));
                   if (role == SubRole) return str(rollout.id.value);
                   return {};
               },
               kAlignText,
               {}},
              {QStringLiteral("State"),
               [](const rollouts::Rollout& rollout, int role) -> QVariant {
                   const Wording word = wordOf(rollout);
                   if (role == Qt::DisplayRole) return word.text;
                   if (role == StateRole) return int(word.state);
                   return {};
               },
               kAlignText,
               {}},
              {QStringLiteral("Canary"),
               measured<rollouts::Rollout>(
                   [](const rollouts::Rollout& rollout) { return double(rollout.weight_requested) / 100; },
                   [](double share) { return formatPercent(share, 0); }),
               kAlignNumber, QStringLiteral("Requested share of the canary")},
              {QStringLiteral("By"),
               plain<rollouts::Rollout>([](const rollouts::Rollout& rollout) { return str(rollout.actor); }),
               kAlignText,
               {}},
              {QStringLiteral("Started"),
               moment<rollouts::Rollout>([](const rollouts::Rollout& rollout) { return rollout.created_at; }),
               kAlignNumber,
               {}},
          },
          [](const rollouts::Rollout& rollout) { return str(rollout.id.value); }, parent) {}

ArmModel::ArmModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Measure"),
               [](const ArmLine& line, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return line.measure;
                   if (role == Qt::ToolTipRole) return line.explanation;
                   return {};
               },
               kAlignText,
               {}},
              {QStringLiteral("Stable"),
               plain<ArmLine>([](const ArmLine& line) { return line.stable; }),
               kAlignNumber,
               {}},
              {QStringLiteral("Canary"),
               plain<ArmLine>([](const ArmLine& line) { return line.canary; }),
               kAlignNumber,
               {}},
              {QStringLiteral("Difference"),
               [](const ArmLine& line, int role) -> QVariant {
                   if (role == Qt::DisplayRole) return line.difference;
                   if (role == StateRole && line.state >= 0) return line.state;
                   return {};
               },
               kAlignText,
               {}},
          },
          [](const ArmLine& line) { return line.measure; }, parent) {}

AuditModel::AuditModel(QObject* parent)
    : KeyedTableModel(
          {
              {QStringLiteral("Time"),
               moment<rollouts::AuditEvent>([](const rollouts::AuditEvent& event) { return event.at; }),
               kAlignText,
               {}},
              {QStringLiteral("What"), plain<rollouts::AuditEvent>(auditWord), kAlignText, {}},
              {QStringLiteral("Reason"),
               plain<rollouts::AuditEvent>(
                   [](const rollouts::AuditEvent& event) { return str(event.reason).simplified(); }),
               kAlignText,
               {}},
              {QStringLiteral("By"),
               plain<rollouts::AuditEvent>(
                   [](const rollouts::AuditEvent& event) { return str(event.actor); }),
               kAlignText,
               {}},
          },
          [](const rollouts::AuditEvent& event) { return QString::number(event.seq); }, parent) {}

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
