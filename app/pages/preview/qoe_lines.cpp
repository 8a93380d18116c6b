#include "app/pages/preview/qoe_lines.hpp"

#include <algorithm>
#include <cmath>

#include "app/models/values.hpp"
#include "app/pages/preview/preview_values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr std::size_t kEstimateRows = 8;  // three half-lives of the slower mean, at 3 to 4 s a segment

double qoeSeconds(const std::optional<core::Seconds>& value) {
    return value ? value->count() : qQNaN();
}

QString countedQoe(unsigned n, const char* one, const char* many) {
    return QStringLiteral("%1 %2").arg(n).arg(QString::fromUtf8(n == 1 ? one : many));
}

QString avText(const decode::PlaybackSnapshot& s) {
    if (!s.av_offset) return kUnknown;
    const double ms = s.av_offset->count() * 1000;
    return QStringLiteral("%1%2 ms")
        .arg(ms < 0 ? QStringLiteral("−") : QStringLiteral("+"))
        .arg(std::abs(ms), 0, 'f', 1);
}

QString codecs(const decode::PlaybackSnapshot& s) {
    QStringList parts;
    for (const std::string& codec : {s.video_codec, s.audio_codec})
        if (!codec.empty()) parts << str(codec);
    return parts.isEmpty() ? kUnknown : parts.join(QStringLiteral(" + "));
}

bool isSegment(const FetchRow& row) {
    return !row.skipped && row.record.kind == player::FetchKind::segment;
}

bool isLoaded(const FetchRow& row) {
    return isSegment(row) && row.record.ok() && row.record.track == player::Track::main;
}

bool mediaHolds(const player::FetchRecord& record, double positionS) {
    const double from = record.media_start.count();
    return positionS >= from && positionS < from + record.media_duration.count();
}

/// Pictures a second; nothing is shown, and nothing measured, while it does not play.
QString rateText(const decode::PlaybackSnapshot& s) {
    return s.state == decode::PlaybackState::playing ? QStringLiteral("%1 fps").arg(s.decoded_fps, 0, 'f', 1)
                                                     : QStringLiteral("not playing");
}

}  // namespace

QVector<QoeLine> qoeLines(const decode::PlaybackSnapshot& s) {
    const player::Qoe& qoe = s.qoe;
    const bool open = s.state != decode::PlaybackState::idle || qoe.startup || qoe.bytes > 0;
    const auto& presentation = s.session.presentation;
    QVector<QoeLine> lines;
    const auto add = [&](QoeMetric metric, const QString& value, const char* formula, bool known = true) {
        lines.append({metric, metricName(metric), open && known ? value : kUnknown,
                      QString::fromUtf8(formula), open && known});
    };
    const bool failedToStart = qoe.outcome == player::Outcome::start_failure;
    add(QoeMetric::Startup,
        qoe.startup     ? formatSeconds(qoeSeconds(qoe.startup))
        : failedToStart ? QStringLiteral("never started")
                        : QStringLiteral("not started yet"),
        "Playback request to first frame rendered (CTA-2066). Sessions without one are left out, never zero");
    add(QoeMetric::Stalled,
        qoe.stalled_ratio()
            ? QStringLiteral("%1 · %2 in %3")
                  .arg(formatPercent(*qoe.stalled_ratio(), 2), formatSeconds(qoe.stalled.count()),
                       countedQoe(qoe.stalls, "stall", "stalls"))
            : kUnknown,
        "Stalled time of watched time, by the wall clock; start-up and seeking are no stalls",
        qoe.stalled_ratio().has_value());
    add(QoeMetric::Bitrate, formatBitrate(number(qoe.average_bps())),
        "Sum of bitrate × media time, by the sum of media time", qoe.average_bps().has_value());
    add(QoeMetric::Picture, levelText(presentation, s.shown_level), "Level of the picture on the screen",
        s.shown_level >= 0);
    add(QoeMetric::Loading, levelText(presentation, s.session.level), "Level of the segment being loaded",
        s.session.level >= 0);
    add(QoeMetric::Switches, QStringLiteral("%1 up, %2 down").arg(qoe.switches_up).arg(qoe.switches_down),
        "Changes of the level that was rendered", qoe.startup.has_value());
    add(QoeMetric::Buffer, formatSeconds(s.session.buffered.count()), "Media ahead of the picture");
    add(QoeMetric::Throughput,
        s.session.estimate_measured ? formatBitrate(s.session.estimate_bps)
                                    : QStringLiteral("not measured yet"),
        "The lower of a 3 s and a 9 s mean, time to first byte taken out");
    add(QoeMetric::FirstByte, formatSeconds(s.session.ttfb.count()), "Mean time to first byte",
        s.session.estimate_measured);
    add(QoeMetric::Frames,
        QStringLiteral("%1, dropped %2 early, %3 late")
            .arg(formatCount(double(qoe.frames_shown)))
            .arg(qoe.frames_dropped_early)
            .arg(qoe.frames_dropped_late),
        "Shown. Dropped early: late when they left the decoder. Dropped late: overtaken in the queue",
        qoe.startup.has_value());
    add(QoeMetric::Failures,
        QStringLiteral("%1, %2 skipped")
            .arg(countedQoe(qoe.errors, "error", "errors"))
            .arg(qoe.skipped_segments),
        "Failed attempts and fatal errors; segments that could not be had");
    add(QoeMetric::Received, formatBytes(double(qoe.bytes)), "Bodies of all answers, playlists included",
        qoe.bytes > 0);
    add(QoeMetric::Sync,
        s.audio_clock ? QStringLiteral("%1, by the sound").arg(avText(s))
                      : QStringLiteral("by the system clock"),
        "Picture minus sound when the last picture was shown, and what paces the pictures",
        qoe.startup.has_value());
    add(QoeMetric::Decoder,
        QStringLiteral("%1 · %2").arg(s.decoder.empty() ? kUnknown : str(s.decoder), rateText(s)),
        "What decodes, and the frames shown over the last second", !s.decoder.empty());
    return lines;
}

QString metricName(QoeMetric metric) {
    switch (metric) {
        case QoeMetric::Startup:
            return QStringLiteral("Start-up");
        case QoeMetric::Stalled:
            return QStringLiteral("Stalled");
        case QoeMetric::Bitrate:
            return QStringLiteral("Average bitrate");
        case QoeMetric::Picture:
            return QStringLiteral("Picture");
        case QoeMetric::Loading:
            return QStringLiteral("Loading");
        case QoeMetric::Switches:
            return QStringLiteral("Switches");
        case QoeMetric::Buffer:
            return QStringLiteral("Buffer");
        case QoeMetric::Throughput:
            return QStringLiteral("Throughput");
        case QoeMetric::FirstByte:
            return QStringLiteral("First byte");
        case QoeMetric::Frames:
            return QStringLiteral("Frames");
        case QoeMetric::Failures:
            return QStringLiteral("Failures");
        case QoeMetric::Received:
            return QStringLiteral("Received");
        case QoeMetric::Sync:
            return QStringLiteral("A–V");
        case QoeMetric::Decoder:
            return QStringLiteral("Decoder");
    }
    return {};
}

QVector<QPair<QString, QString>> overlayLines(const decode::PlaybackSnapshot& s, const QString& network) {
    const auto& presentation = s.session.presentation;
    QVector<QPair<QString, QString>> lines{
        {QStringLiteral("picture"), levelText(presentation, s.shown_level)},
        {QStringLiteral("loading"), levelText(presentation, s.session.level)},
        {QStringLiteral("buffer"), formatSeconds(s.session.buffered.count())},
        {QStringLiteral("throughput"), s.session.estimate_measured ? formatBitrate(s.session.estimate_bps)
                                                                   : QStringLiteral("not measured yet")},
        {QStringLiteral("start-up"),
         s.qoe.startup ? formatSeconds(s.qoe.startup->count()) : QStringLiteral("not started yet")},
        {QStringLiteral("stalled"),
         s.qoe.stalled_ratio() ? formatPercent(*s.qoe.stalled_ratio(), 2) : kUnknown},
        {QStringLiteral("frames"), QStringLiteral("%1, %2 dropped")
                                       .arg(rateText(s))
                                       .arg(s.qoe.frames_dropped_early + s.qoe.frames_dropped_late)},
        {QStringLiteral("A–V"), avText(s)},
        {QStringLiteral("codecs"), codecs(s)},
        {QStringLiteral("decoder"), s.decoder.empty() ? kUnknown : str(s.decoder)},
        {QStringLiteral("decision"),
         s.last_decision ? str(player::to_string(s.last_decision->reason)) : kUnknown},
        {QStringLiteral("session"), str(s.session.session_id)},
    };
    if (!network.isEmpty()) lines.append({QStringLiteral("network"), network});
    return lines;
}

std::vector<FetchRow> contributing(QoeMetric metric, const std::vector<FetchRow>& rows,
                                   const QoeContext& context) {
    std::vector<FetchRow> chosen;
    const auto take = [&](auto fits) {
        for (const FetchRow& row : rows)
            if (fits(row)) chosen.push_back(row);
    };
    const decode::PlaybackSnapshot& now = context.snapshot;
    switch (metric) {
        case QoeMetric::Startup: {
            // Rows come newest first: the oldest was sent when playback was asked for.
            if (rows.empty() || !now.qoe.startup) break;
            const auto until =
                rows.back().at() + std::chrono::duration_cast<std::chrono::milliseconds>(*now.qoe.startup);
            take([&](const FetchRow& row) { return row.at() <= until; });
            break;
        }
        case QoeMetric::Stalled:
            take([&](const FetchRow& row) {
                return std::any_of(context.stalls.begin(), context.stalls.end(), [&](const auto& stall) {
                    // The picture stood at the end of what there was: the segment that had to come begins
                    // there, give or take the rounding of its boundary.
                    const double at = stall.media_at.count();
                    if (row.skipped) {
                        const auto& segment = row.skipped->segment;
                        return std::abs(segment.start.count() - at) < 0.5;
                    }
                    return isSegment(row) && (mediaHolds(row.record, at) || mediaHolds(row.record, at + 0.1));
                });
            });
            break;
        case QoeMetric::Picture:
            take([&](const FetchRow& row) {
                return isLoaded(row) && row.record.level == now.shown_level &&
                       mediaHolds(row.record, now.position.count());
            });
            break;
        case QoeMetric::Loading:
            for (const FetchRow& row : rows)
                if (isSegment(row)) {
                    chosen.push_back(row);
                    break;
                }
            break;
        case QoeMetric::Switches: {
            int last = -1;
            for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
                if (!isLoaded(*row)) continue;
                if (last >= 0 && row->record.level != last) chosen.insert(chosen.begin(), *row);
                last = row->record.level;
            }
            break;
        }
        case QoeMetric::Buffer:
            take([&](const FetchRow& row) {
                return isLoaded(row) && (row.record.media_start + row.record.media_duration) > now.position &&
                       row.record.media_start < now.position + now.session.buffered;
            });
            break;
        case QoeMetric::Throughput:
        case QoeMetric::FirstByte:
            for (const FetchRow& row : rows)
                if (isLoaded(row) && chosen.size() < kEstimateRows) chosen.push_back(row);
            break;
        case QoeMetric::Failures:
            take([](const FetchRow& row) {
                return row.skipped || (!row.record.ok() && !row.record.abandoned);
            });
            break;
        case QoeMetric::Received:
            take([](const FetchRow& row) { return !row.skipped && row.record.bytes > 0; });
            break;
        case QoeMetric::Bitrate:
        case QoeMetric::Frames:
        case QoeMetric::Sync:
        case QoeMetric::Decoder:
            take(isLoaded);
            break;
    }
    return chosen;
}

}  // namespace qd::app
