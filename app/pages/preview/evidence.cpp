#include "app/pages/preview/evidence.hpp"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>
#include <cmath>

#include "app/models/event_words.hpp"
#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {
namespace {

constexpr int kShownIdLetters = 16;

QString stampOf(core::WallTime when) {
    return str(core::format_rfc3339(when));
}

QJsonValue jsonKnown(double value) {
    return qIsNaN(value) ? QJsonValue() : QJsonValue(value);
}

QJsonValue jsonKnown(const std::optional<core::Seconds>& value) {
    return value ? QJsonValue(value->count()) : QJsonValue();
}

/// Quoted where it must be; a cell never begins a formula.
QByteArray csvCell(QString text) {
    if (!text.isEmpty() && QStringLiteral("=+-@\t").contains(text.front())) text.prepend(QLatin1Char('\''));
    if (text.contains(QLatin1Char(',')) || text.contains(QLatin1Char('"')) ||
        text.contains(QLatin1Char('\n')))
        text = u'"' + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + u'"';
    return text.toUtf8();
}

QByteArray csvCell(double value, int digits = 6) {
    return qIsNaN(value) ? QByteArray() : QByteArray::number(value, 'f', digits);
}

QByteArray csvLine(const QList<QByteArray>& cells) {
    return cells.join(',') + '\n';
}

QByteArray requestsCsv(const EvidenceInput& input) {
    QByteArray text =
        "number,sent_at,kind,track,sequence,url,level_bps,attempt,status,error,abandoned,arm,version,"
        "instance,"
        "cache,dns_s,connect_s,tls_s,first_byte_s,transfer_s,total_s,bytes,reused,request_id,trace_id\n";
    const auto rows = fetchRows(input.fetches, input.skipped);
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        if (row->skipped) {
            const auto& skipped = row->skipped->segment;
            QList<QByteArray> cells(25);
            cells[1] = csvCell(stampOf(row->at()));
            cells[2] = "skipped segment";
            cells[3] = csvCell(str(player::to_string(skipped.track)));
            cells[4] = QByteArray::number(qulonglong(skipped.sequence));
            cells[9] = csvCell(str(skipped.reason));
            text += csvLine(cells);
            continue;
        }
        const player::FetchRecord& r = row->record;
        const FetchPhases phases = phasesOf(r);
        text += csvLine({QByteArray::number(qulonglong(r.number)),
                         csvCell(stampOf(r.at)),
                         csvCell(str(player::to_string(r.kind))),
                         csvCell(str(player::to_string(r.track))),
                         QByteArray::number(qulonglong(r.sequence)),
                         csvCell(withoutQuery(str(r.url))),
                         r.level_bps > 0 ? csvCell(r.level_bps, 0) : QByteArray(),
                         QByteArray::number(r.attempt),
                         r.status > 0 ? QByteArray::number(r.status) : QByteArray(),
                         csvCell(r.error ? str(r.error->message) : QString()),
                         r.abandoned ? "yes" : "no",
                         csvCell(str(r.served_by.arm)),
                         csvCell(str(r.served_by.version)),
                         csvCell(str(r.served_by.instance)),
                         csvCell(str(r.cache)),
                         csvCell(phases.dns),
                         csvCell(phases.connect),
                         csvCell(phases.tls),
                         csvCell(phases.firstByte),
                         csvCell(phases.transfer),
                         csvCell(phases.total),
                         QByteArray::number(qulonglong(r.bytes)),
                         r.timings.reused_connection ? "yes" : "no",
                         csvCell(str(r.request_id)),
                         csvCell(str(r.trace_id))});
    }
    return text;
}

QByteArray decisionsCsv(const EvidenceInput& input) {
    QByteArray text =
        "sequence,level,level_bps,reason,from_level,locked,estimate_bps,usable_bps,ttfb_s,buffered_s,up_"
        "guard_s,"
        "down_guard_s\n";
    for (const player::AbrDecision& d : input.decisions) {
        const auto& in = d.inputs;
        const bool valid = d.level >= 0 && std::size_t(d.level) < in.level_bps.size();
        text +=
            csvLine({QByteArray::number(qulonglong(d.sequence)), QByteArray::number(d.level),
                     valid ? csvCell(in.level_bps[std::size_t(d.level)], 0) : QByteArray(),
                     csvCell(str(player::to_string(d.reason))),
                     in.current < 0 ? QByteArray() : QByteArray::number(in.current),
                     in.locked ? QByteArray::number(*in.locked) : QByteArray(), csvCell(in.estimate_bps, 0),
                     csvCell(d.usable_bps, 0), csvCell(in.ttfb.count(), 4), csvCell(in.buffered.count(), 3),
                     csvCell(d.up_guard.count(), 3), csvCell(d.down_guard.count(), 3)});
    }
    return text;
}

QByteArray noticesCsv(const EvidenceInput& input) {
    QByteArray text = "at,code,message\n";
    for (const player::Notice& notice : input.notices)
        text +=
            csvLine({csvCell(stampOf(notice.at)), csvCell(str(notice.code)), csvCell(str(notice.message))});
    return text;
}

QJsonObject frameObject(const decode::FrameInfo& info) {
    return {{"at_s", info.at.count()},
            {"picture_type", QString(QLatin1Char(info.picture_type))},
            {"key", info.key},
            {"qp", jsonKnown(number(info.qp))},
            {"pts", double(info.pts)},
            {"dts", info.dts ? QJsonValue(double(*info.dts)) : QJsonValue()},
            {"segment", double(info.sequence)},
            {"frame_code", info.frame_number ? QJsonValue(double(*info.frame_number)) : QJsonValue()}};
}

QByteArray summaryJson(const EvidenceInput& input) {
    const decode::PlaybackSnapshot& s = input.snapshot;
    const player::Qoe& qoe = s.qoe;
    QJsonArray levels;
    for (const auto& level : s.session.presentation.levels)
        levels.append(QJsonObject{{"bandwidth_bps", level.bandwidth_bps},
                                  {"width", level.width},
                                  {"height", level.height},
                                  {"codecs", str(level.codecs)}});
    QJsonObject errors;
    for (const auto& [kind, count] : qoe.errors_by_kind) errors[str(kind)] = double(count);
    const QJsonObject qoeObject{{"outcome", str(player::to_string(qoe.outcome))},
                                {"startup_s", jsonKnown(qoe.startup)},
                                {"watched_s", qoe.watched.count()},
                                {"stalled_s", qoe.stalled.count()},
                                {"stalled_ratio", jsonKnown(number(qoe.stalled_ratio()))},
                                {"stalls", double(qoe.stalls)},
                                {"longest_stall_s", qoe.longest_stall.count()},
                                {"average_bps", jsonKnown(number(qoe.average_bps()))},
                                {"switches_up", double(qoe.switches_up)},
                                {"switches_down", double(qoe.switches_down)},
                                {"errors", double(qoe.errors)},
                                {"errors_by_kind", errors},
                                {"skipped_segments", double(qoe.skipped_segments)},
                                {"abandoned_segments", double(qoe.abandoned_segments)},
                                {"frames_shown", double(qoe.frames_shown)},
                                {"frames_dropped_early", double(qoe.frames_dropped_early)},
                                {"frames_dropped_late", double(qoe.frames_dropped_late)},
                                {"bytes", double(qoe.bytes)}};
    QJsonObject root{{"saved_at", stampOf(wallTime(input.nowMs))},
                     {"started_at", stampOf(wallTime(input.startedAtMs))},
                     {"session_id", str(s.session.session_id)},
                     {"title", input.title},
                     {"address", withoutQuery(input.address)},
                     {"path", input.path},
                     {"network", input.network.isEmpty() ? QStringLiteral("as it is") : input.network},
                     {"state", str(decode::to_string(s.state))},
                     {"position_s", s.position.count()},
                     {"rate", s.rate},
                     {"av_offset_s", jsonKnown(s.av_offset)},
                     {"video_codec", str(s.video_codec)},
                     {"audio_codec", str(s.audio_codec)},
                     {"decoder", str(s.decoder)},
                     {"levels", levels},
                     {"shown_level", s.shown_level},
                     {"qoe", qoeObject}};
    if (s.error) root["error"] = str(s.error->message);
    if (input.frame) root["frame"] = frameObject(*input.frame);
    return QJsonDocument(root).toJson();
}

}  // namespace

QString withoutQuery(const QString& address) {
    return QUrl(address).toString(QUrl::FullyEncoded | QUrl::RemoveQuery | QUrl::RemoveFragment |
                                  QUrl::RemoveUserInfo);
}

QString evidenceName(const EvidenceInput& input) {
    QString id;
    for (const QChar letter : str(input.snapshot.session.session_id).left(kShownIdLetters))
        id += letter.unicode() < 128 && letter.isLetterOrNumber() ? letter : QLatin1Char('-');
    const QString when =
        QDateTime::fromMSecsSinceEpoch(input.nowMs).toString(QStringLiteral("yyyy-MM-dd HH.mm.ss"));
    return QStringLiteral("playback %1 %2").arg(when, id).trimmed();
}

QVector<NamedBytes> evidenceFiles(const EvidenceInput& input) {
    QVector<NamedBytes> files{{QStringLiteral("summary.json"), summaryJson(input)}};
    if (!input.framePng.isEmpty()) files.append({QStringLiteral("frame.png"), input.framePng});
    files.append({QStringLiteral("history.csv"), input.history.toCsv()});
    files.append({QStringLiteral("requests.csv"), requestsCsv(input)});
    files.append({QStringLiteral("decisions.csv"), decisionsCsv(input)});
    files.append({QStringLiteral("notices.csv"), noticesCsv(input)});
    return files;
}

std::optional<incidents::EventRequest> stallEvidence(const EvidenceInput& input) {
    const auto& points = input.history.points();
    if (points.size() < 2) return std::nullopt;
    incidents::EventRequest request;
    request.kind = incidents::EventKind::evidence;
    incidents::EventBody& body = request.body;
    for (const HistoryPoint& point : points) {
        const double value = point.isStalled() ? 1 : 0;
        const bool last = &point == &points.back();
        if (!body.samples.empty() && body.samples.back().value == value && !last) continue;
        if (body.samples.size() < incidents::max_samples)
            body.samples.push_back({wallTime(point.atMs), value});
    }
    const player::Qoe& qoe = input.snapshot.qoe;
    body.subject = std::string(kPlaybackSubject) + input.snapshot.session.session_id;
    body.query = "player state";
    body.unit = "stalled";
    const QString what = input.title.isEmpty() ? withoutQuery(input.address) : input.title;
    QString stood = QStringLiteral("did not stall");
    if (qoe.stalls > 0)
        stood =
            QStringLiteral("stalled %1 for %2 in all, %3 at the longest")
                .arg(qoe.stalls == 1 ? QStringLiteral("once") : QStringLiteral("%1 times").arg(qoe.stalls),
                     widgets::formatSeconds(qoe.stalled.count()),
                     widgets::formatSeconds(qoe.longest_stall.count()));
    QString start = QStringLiteral("not started");
    if (qoe.startup) start = QStringLiteral("started in %1 ms").arg(std::lround(qoe.startup->count() * 1000));
    body.text = QStringLiteral("Playback of %1 (%2), session %3: %4, %5.")
                    .arg(what, input.path, str(input.snapshot.session.session_id), start, stood)
                    .toStdString();
    request.occurred_at = body.samples.front().at;
    request.source = "console";
    return request;
}

}  // namespace qd::app
