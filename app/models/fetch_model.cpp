#include "app/models/fetch_model.hpp"

#include <algorithm>

#include "app/models/values.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

using FetchValue = std::function<QVariant(const FetchRow&, int)>;

const QString kNotKnown = QStringLiteral("–");

double phaseSeconds(std::chrono::microseconds us) {
    return us.count() > 0 ? double(us.count()) / 1e6 : qQNaN();
}

/// The part of a transfer that ends at `end`, after `begin`.
double phasePart(std::chrono::microseconds begin, std::chrono::microseconds end) {
    return end.count() > 0 && end >= begin ? double((end - begin).count()) / 1e6 : qQNaN();
}

/// Of requests only: a segment that was given up has no such figure.
FetchValue fetchMeasured(std::function<double(const player::FetchRecord&)> value, Formatter format) {
    return [value = std::move(value), format = std::move(format)](const FetchRow& row, int role) -> QVariant {
        const double number = row.skipped ? qQNaN() : value(row.record);
        if (role == Qt::DisplayRole) return format(number);
        if (role == SortRole) return qIsNaN(number) ? -1.0 : number;
        return {};
    };
}

FetchValue fetchText(std::function<QString(const player::FetchRecord&)> of) {
    return [of = std::move(of)](const FetchRow& row, int role) -> QVariant {
        if (role != Qt::DisplayRole) return {};
        const QString words = row.skipped ? QString() : of(row.record);
        return words.isEmpty() ? kNotKnown : words;
    };
}

QVariant fetchWhat(const FetchRow& row, int role) {
    if (row.skipped) {
        if (role == Qt::DisplayRole)
            return QStringLiteral("segment %1 left out").arg(row.skipped->segment.sequence);
        return role == Qt::ToolTipRole ? QVariant(str(row.skipped->segment.reason)) : QVariant();
    }
    if (role == Qt::DisplayRole) return fetchWord(row.record);
    if (role == Qt::ToolTipRole) return str(row.record.url);
    return {};
}

QVariant fetchAnswer(const FetchRow& row, int role) {
    const player::FetchRecord& record = row.record;
    if (row.skipped) {
        if (role == Qt::DisplayRole) return QStringLiteral("skipped");
        if (role == StateRole) return int(State::Bad);
        if (role == Qt::ToolTipRole) return str(row.skipped->segment.reason);
        return role == SortRole ? QVariant(1'000) : QVariant();
    }
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

QVariant fetchServed(const FetchRow& row, int role) {
    const auto& by = row.record.served_by;
    const bool known = !row.skipped && !by.instance.empty();
    if (role == Qt::DisplayRole)
        return known ? QStringLiteral("%1 · %2 %3").arg(str(by.arm), str(by.instance), str(by.version))
                     : kNotKnown;
    if (role == TintRole && known && by.arm != "unknown")
        return int(by.arm == "canary" ? Token::Canary : Token::Stable);
    return {};
}

}  // namespace

QString FetchRow::key() const {
    const QString own =
        skipped ? QStringLiteral("skip.%1").arg(skipped->number) : QString::number(record.number);
    return side.isEmpty() ? own : side + u'.' + own;
}

FetchPhases phasesOf(const player::FetchRecord& record) {
    const http::Timings& t = record.timings;
    FetchPhases phases{qQNaN(),
                       qQNaN(),
                       qQNaN(),
                       phaseSeconds(t.first_byte),
                       t.first_byte.count() > 0 ? phasePart(t.first_byte, t.total) : qQNaN(),
                       phaseSeconds(record.elapsed.count() > 0 ? record.elapsed : t.total)};
    if (t.reused_connection) return phases;
    phases.dns = phaseSeconds(t.dns);
    phases.connect = phasePart(t.dns, t.connect);
    phases.tls = t.tls.count() > 0 ? phasePart(t.connect, t.tls) : qQNaN();
    return phases;
}

std::vector<FetchRow> fetchRows(const std::vector<player::FetchRecord>& fetches,
                                const std::vector<SkippedRow>& skipped) {
    std::vector<FetchRow> rows;
    rows.reserve(fetches.size() + skipped.size());
    for (const auto& record : fetches) rows.push_back({record, {}, {}});
    for (const auto& row : skipped) rows.push_back({{}, row, {}});
    // Requests have the time they were sent at: within it their own order stands.
    std::stable_sort(rows.begin(), rows.end(),
                     [](const FetchRow& a, const FetchRow& b) { return a.at() < b.at(); });
    std::reverse(rows.begin(), rows.end());
    return rows;
}

QString fetchWord(const player::FetchRecord& record) {
    const QString track =
        record.track == player::Track::main ? QString() : str(player::to_string(record.track)) + u' ';
    switch (record.kind) {
        case player::FetchKind::multivariant:
            return QStringLiteral("multivariant playlist");
        case player::FetchKind::media_playlist:
            return track + QStringLiteral("media playlist");
        case player::FetchKind::init:
            return track + QStringLiteral("init section");
        case player::FetchKind::segment:
            return track + QStringLiteral("segment %1").arg(record.sequence);
        default:
            return track + str(player::to_string(record.kind));
    }
}

FetchModel::FetchModel(QObject* parent)
    : KeyedTableModel(
          [] {
              constexpr Qt::Alignment kNumber = Qt::AlignRight | Qt::AlignVCenter;
              constexpr Qt::Alignment kText = Qt::AlignLeft | Qt::AlignVCenter;
              using Record = player::FetchRecord;
              const auto column = [](const char* title, FetchValue value, Qt::Alignment alignment,
                                     const char* explanation = "") {
                  return Column{QString::fromUtf8(title), std::move(value), alignment,
                                QString::fromUtf8(explanation)};
              };
              const auto phase = [](double FetchPhases::*which) {
                  return fetchMeasured([which](const Record& r) { return phasesOf(r).*which; },
                                       formatSeconds);
              };
              std::vector<Column> columns;
              columns.push_back(column(
                  "#",
                  [](const FetchRow& row, int role) -> QVariant {
                      if (role == Qt::DisplayRole)
                          return row.skipped ? QStringLiteral("–") : QString::number(row.record.number);
                      if (role == SortRole) return qlonglong(msOf(row.at()));
                      return {};
                  },
                  kNumber));
              columns.push_back(column(
                  "Sent",
                  [](const FetchRow& row, int role) -> QVariant {
                      if (role == Qt::DisplayRole) return formatClock(msOf(row.at()));
                      if (role == SortRole) return qlonglong(msOf(row.at()));
                      if (role == Qt::ToolTipRole) return str(core::format_rfc3339(row.at()));
                      return {};
                  },
                  kNumber));
              columns.push_back(column("What", fetchWhat, kText));
              columns.push_back(column(
                  "Level",
                  fetchMeasured([](const Record& r) { return r.level_bps > 0 ? r.level_bps : qQNaN(); },
                                formatBitrate),
                  kNumber));
              columns.push_back(column("Answer", fetchAnswer, kText));
              columns.push_back(column(
                  "Try",
                  fetchMeasured([](const Record& r) { return double(r.attempt); },
                                [](double n) { return qIsNaN(n) ? kNotKnown : QString::number(int(n)); }),
                  kNumber, "The first attempt is 1"));
              columns.push_back(
                  column("Served by", fetchServed, kText, "Arm, instance and version that answered"));
              columns.push_back(column("Cache",
                                       fetchText([](const Record& r) { return str(r.cache).toLower(); }),
                                       kText, "What the edge's cache said: hit, miss, stale, bypass"));
              columns.push_back(column("DNS", phase(&FetchPhases::dns), kNumber,
                                       "Looking the host up; none on a reused connection"));
              columns.push_back(column("Connect", phase(&FetchPhases::connect), kNumber,
                                       "Opening the connection; none on a reused one"));
              columns.push_back(column("TLS", phase(&FetchPhases::tls), kNumber,
                                       "The handshake; none without TLS or on a reused connection"));
              columns.push_back(column("First byte", phase(&FetchPhases::firstByte), kNumber,
                                       "From the request to the first byte of the answer"));
              columns.push_back(column("Transfer", phase(&FetchPhases::transfer), kNumber,
                                       "From the first byte to the last"));
              columns.push_back(column(
                  "Size",
                  fetchMeasured([](const Record& r) { return r.bytes > 0 ? double(r.bytes) : qQNaN(); },
                                formatBytes),
                  kNumber));
              columns.push_back(column("Rate",
                                       fetchMeasured(
                                           [](const Record& r) {
                                               const double transfer = phasesOf(r).transfer;
                                               return transfer > 0.001 ? double(r.bytes) * 8 / transfer
                                                                       : qQNaN();
                                           },
                                           formatBitrate),
                                       kNumber, "From the first byte to the last"));
              columns.push_back(column("Connection", fetchText([](const Record& r) {
                                           if (r.status == 0 && r.timings.total.count() == 0)
                                               return QString();
                                           return r.timings.reused_connection ? QStringLiteral("reused")
                                                                              : QStringLiteral("new");
                                       }),
                                       kText));
              columns.push_back(column("Trace",
                                       fetchText([](const Record& r) { return str(r.trace_id).left(12); }),
                                       kText, "Trace id; the whole of it stands in the details"));
              columns.push_back(column(
                  "Side",
                  [](const FetchRow& row, int role) -> QVariant {
                      return role == Qt::DisplayRole ? QVariant(row.side) : QVariant();
                  },
                  kText));
              return columns;
          }(),
          [](const FetchRow& row) { return row.key(); }, parent) {}

}  // namespace qd::app
