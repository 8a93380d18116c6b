#include "app/pages/preview/qoe_lines.hpp"

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

QString levelText(const decode::PlaybackSnapshot& snapshot, int level) {
    const auto& levels = snapshot.session.presentation.levels;
    if (level < 0 || level >= int(levels.size())) return QStringLiteral("–");
    const player::LevelInfo& info = levels[std::size_t(level)];
    return info.height > 0 ? QStringLiteral("%1p, %2").arg(info.height).arg(formatBitrate(info.bandwidth_bps))
                           : formatBitrate(info.bandwidth_bps);
}

double seconds(const std::optional<core::Seconds>& value) {
    return value ? value->count() : qQNaN();
}

}  // namespace

QVector<QoeLine> qoeLines(const decode::PlaybackSnapshot& s) {
    const player::Qoe& qoe = s.qoe;
    const auto dropped = qoe.frames_dropped_early + qoe.frames_dropped_late;
    return {
        {QStringLiteral("Start-up"), formatSeconds(seconds(qoe.startup)),
         QStringLiteral("Playback request to first frame rendered (CTA-2066)")},
        {QStringLiteral("Stalled"),
         qoe.stalled_ratio()
             ? QStringLiteral("%1 · %2 in %3")
                   .arg(formatPercent(*qoe.stalled_ratio(), 2), formatSeconds(qoe.stalled.count()),
                        QString::number(qoe.stalls) +
                            (qoe.stalls == 1 ? QStringLiteral(" stall") : QStringLiteral(" stalls")))
             : QStringLiteral("–"),
         QStringLiteral("Stalled time of watched time; start-up and seeking are no stalls")},
        {QStringLiteral("Average bitrate"), formatBitrate(number(qoe.average_bps())),
         QStringLiteral("Sum of bitrate × media time of sum of media time")},
        {QStringLiteral("Picture"), levelText(s, s.shown_level),
         QStringLiteral("Level of the picture on the screen")},
        {QStringLiteral("Loading"), levelText(s, s.session.level),
         QStringLiteral("Level of the segment being loaded")},
        {QStringLiteral("Switches"),
         QStringLiteral("%1 up, %2 down").arg(qoe.switches_up).arg(qoe.switches_down),
         {}},
        {QStringLiteral("Buffer"), formatSeconds(s.session.buffered.count()),
         QStringLiteral("Media ahead of the picture")},
        {QStringLiteral("Throughput"),
         s.session.estimate_measured ? formatBitrate(s.session.estimate_bps)
                                     : QStringLiteral("not measured yet"),
         QStringLiteral("The lower of a 3 s and a 9 s mean, time to first byte taken out")},
        {QStringLiteral("First byte"), formatSeconds(s.session.ttfb.count()),
         QStringLiteral("Mean time to first byte")},
        {QStringLiteral("Frames"),
         QStringLiteral("%1 shown, %2 dropped · %3 fps")
             .arg(formatCount(double(qoe.frames_shown)), formatCount(double(dropped)))
             .arg(s.decoded_fps, 0, 'f', 1),
         QStringLiteral("Dropped: %1 late when decoded, %2 overtaken in the queue")
             .arg(qoe.frames_dropped_early)
             .arg(qoe.frames_dropped_late)},
        {QStringLiteral("Errors"),
         QStringLiteral("%1 · %2 skipped").arg(qoe.errors).arg(qoe.skipped_segments),
         QStringLiteral("Failed attempts and fatal errors; segments that could not be had")},
        {QStringLiteral("Received"), formatBytes(double(qoe.bytes)), {}},
        {QStringLiteral("Clock"), s.audio_clock ? QStringLiteral("sound device") : QStringLiteral("system"),
         QStringLiteral("What paces the pictures")},
    };
}

QVector<QPair<QString, QString>> overlayLines(const decode::PlaybackSnapshot& s) {
    return {{QStringLiteral("picture"), levelText(s, s.shown_level)},
            {QStringLiteral("loading"), levelText(s, s.session.level)},
            {QStringLiteral("buffer"), formatSeconds(s.session.buffered.count())},
            {QStringLiteral("throughput"),
             formatBitrate(s.session.estimate_measured ? s.session.estimate_bps : qQNaN())},
            {QStringLiteral("frames"), QStringLiteral("%1 fps, %2 dropped")
                                           .arg(s.decoded_fps, 0, 'f', 1)
                                           .arg(s.qoe.frames_dropped_early + s.qoe.frames_dropped_late)},
            {QStringLiteral("session"), str(s.session.session_id)}};
}

}  // namespace qd::app
