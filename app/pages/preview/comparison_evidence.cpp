#include "app/pages/preview/comparison_evidence.hpp"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/models/values.hpp"

namespace qd::app {

using compare::Side;

namespace {

constexpr int kNameLetters = 16;

template <class T>
QJsonValue knownOrNull(const std::optional<T>& value) {
    if (!value) return {};
    if constexpr (std::is_same_v<T, core::Seconds>)
        return value->count();
    else
        return double(*value);
}

QString plainLetters(const std::string& name) {
    QString plain;
    for (const QChar letter : str(name).left(kNameLetters))
        plain += letter.unicode() < 128 && letter.isLetterOrNumber() ? letter : QLatin1Char('-');
    return plain;
}

QString sideFolder(const ComparisonEvidence& input, Side side) {
    const QString letter = side == Side::a ? QStringLiteral("a") : QStringLiteral("b");
    const QString name = plainLetters(input.snapshot.side[side].name);
    return name.isEmpty() ? letter : letter + u' ' + name;
}

const std::string& sessionId(const ComparisonEvidence& input, Side side) {
    return input.snapshot.side[side].session.session_id;
}

QJsonObject sideObject(const ComparisonEvidence& input, Side side) {
    const compare::SideSnapshot& s = input.snapshot.side[side];
    QJsonObject object{{"name", str(s.name)},
                       {"session_id", str(s.session.session_id)},
                       {"address", withoutQuery(str(s.url))},
                       {"position_s", s.position.count()},
                       {"level", s.level},
                       {"width", s.source_width},
                       {"height", s.source_height},
                       {"fps", knownOrNull(s.fps)},
                       {"first_byte_s", knownOrNull(s.first_byte)},
                       {"folder", sideFolder(input, side)}};
    if (s.error) object["error"] = str(s.error->message);
    return object;
}

QByteArray comparisonJson(const ComparisonEvidence& input) {
    const compare::LockstepSnapshot& s = input.snapshot;
    const compare::Deltas& d = s.delta;
    QJsonObject root{{"saved_at", str(core::format_rfc3339(wallTime(input.nowMs)))},
                     {"state", str(decode::to_string(s.state))},
                     {"position_s", s.position.count()},
                     {"end_s", s.end.count()},
                     {"live", s.live},
                     {"a", sideObject(input, Side::a)},
                     {"b", sideObject(input, Side::b)},
                     {"b_minus_a", QJsonObject{{"startup_s", knownOrNull(d.startup)},
                                               {"stalled_ratio", knownOrNull(d.stalled_ratio)},
                                               {"average_bps", knownOrNull(d.average_bps)},
                                               {"dropped_frames", knownOrNull(d.dropped_frames)},
                                               {"first_byte_s", knownOrNull(d.first_byte)}}},
                     {"offset", s.offset ? QJsonValue(str(s.offset->text())) : QJsonValue()},
                     {"pairs_scored", double(s.pairs_scored)},
                     {"pairs_skipped", double(s.pairs_skipped)}};
    if (s.last_score)
        root["last_score"] = QJsonObject{{"at_s", s.last_score->at.count()},
                                         {"ssim", s.last_score->ssim},
                                         {"psnr_db", s.last_score->psnr_db},
                                         {"identical", s.last_score->identical}};
    return QJsonDocument(root).toJson();
}

QByteArray scoresCsv(const std::vector<compare::PairScore>& scores) {
    QByteArray text =
        "number,a_s,b_s,segment_a,segment_b,frame_code_a,frame_code_b,ssim,psnr_db,patch_levels,identical,"
        "frozen,black\n";
    const auto code = [](const std::optional<std::uint32_t>& frame) {
        return frame ? QByteArray::number(*frame) : QByteArray();
    };
    const auto which = [](const compare::Both<bool>& flag) { return flag.a ? "a" : flag.b ? "b" : ""; };
    for (const compare::PairScore& s : scores)
        text += QList<QByteArray>{QByteArray::number(qulonglong(s.number)),
                                  QByteArray::number(s.position.a.count(), 'f', 4),
                                  QByteArray::number(s.position.b.count(), 'f', 4),
                                  QByteArray::number(qulonglong(s.segment.a)),
                                  QByteArray::number(qulonglong(s.segment.b)),
                                  code(s.frame_number.a),
                                  code(s.frame_number.b),
                                  QByteArray::number(s.ssim, 'f', 5),
                                  QByteArray::number(s.psnr_db, 'f', 2),
                                  QByteArray::number(s.patch, 'f', 1),
                                  s.identical ? "yes" : "no",
                                  which(s.frozen),
                                  which(s.black)}
                    .join(',') +
                '\n';
    return text;
}

QByteArray segmentsCsv(const std::vector<compare::SegmentRow>& segments) {
    QByteArray text = "sequence,start_s,first_byte_a_s,first_byte_b_s,total_a_s,total_b_s,bytes_a,bytes_b\n";
    const auto seconds = [](const std::optional<core::Seconds>& value) {
        return value ? QByteArray::number(value->count(), 'f', 6) : QByteArray();
    };
    for (const compare::SegmentRow& row : segments)
        text += QList<QByteArray>{QByteArray::number(qulonglong(row.sequence)),
                                  QByteArray::number(row.start.count(), 'f', 3),
                                  seconds(row.first_byte.a),
                                  seconds(row.first_byte.b),
                                  seconds(row.elapsed.a),
                                  seconds(row.elapsed.b),
                                  row.elapsed.a ? QByteArray::number(qulonglong(row.bytes.a)) : QByteArray(),
                                  row.elapsed.b ? QByteArray::number(qulonglong(row.bytes.b)) : QByteArray()}
                    .join(',') +
                '\n';
    return text;
}

}  // namespace

QString comparisonEvidenceName(const ComparisonEvidence& input) {
    const QString when =
        QDateTime::fromMSecsSinceEpoch(input.nowMs).toString(QStringLiteral("yyyy-MM-dd HH.mm.ss"));
    return QStringLiteral("comparison %1 %2 %3")
        .arg(when, plainLetters(sessionId(input, Side::a)), plainLetters(sessionId(input, Side::b)))
        .trimmed();
}

QVector<NamedBytes> comparisonEvidenceFiles(const ComparisonEvidence& input) {
    QVector<NamedBytes> files{
        {QStringLiteral("comparison.json"), comparisonJson(input)},
        {QStringLiteral("verdict.json"), QByteArray::fromStdString(compare::to_json(input.verdict))}};
    if (!input.picturePng.isEmpty()) files.append({QStringLiteral("pictures.png"), input.picturePng});
    files.append({QStringLiteral("scores.csv"), scoresCsv(input.scores)});
    files.append({QStringLiteral("segments.csv"), segmentsCsv(input.segments)});
    for (const Side side : compare::sides)
        for (NamedBytes& file : evidenceFiles(input.side[side]))
            files.append({sideFolder(input, side) + u'/' + file.name, std::move(file.bytes)});
    return files;
}

QString comparisonEvidenceText(const ComparisonEvidence& input) {
    const auto& s = input.snapshot;
    return QStringLiteral("%1 against %2: %3. Sessions %4, %5.")
        .arg(str(s.side.a.name), str(s.side.b.name),
             input.verdict.text.empty() ? QStringLiteral("nothing is known yet") : str(input.verdict.text),
             str(sessionId(input, Side::a)), str(sessionId(input, Side::b)));
}

}  // namespace qd::app
