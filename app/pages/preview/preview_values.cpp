#include "app/pages/preview/preview_values.hpp"

#include <QUrl>
#include <algorithm>
#include <cmath>

#include "app/models/values.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr qsizetype kLongestAddress = 4'000;
constexpr double kLeastLoopS = 0.1;
constexpr double kTargetsFromLive = 3;

core::Failure badAddress(const char* message) {
    return core::fail(core::Errc::invalid_argument, "{}", message);
}

QString reasonWord(player::AbrReason reason) {
    using player::AbrReason;
    switch (reason) {
        case AbrReason::initial:
            return QStringLiteral("the first choice, nothing is measured yet");
        case AbrReason::locked:
            return QStringLiteral("the level is locked");
        case AbrReason::keep:
            return QStringLiteral("the best level is the present one");
        case AbrReason::up:
            return QStringLiteral("more bandwidth than it needs, and buffer enough to try");
        case AbrReason::surplus:
            return QStringLiteral("the long buffer pays for what the bandwidth lacks");
        case AbrReason::up_deferred:
            return QStringLiteral("a higher one would fit, the buffer is too short to try");
        case AbrReason::down:
            return QStringLiteral("the bandwidth does not carry the present one");
        case AbrReason::down_deferred:
            return QStringLiteral("the bandwidth is short, the buffer outlasts it for now");
        case AbrReason::emergency:
            return QStringLiteral("nothing loads before the buffer runs dry");
        case AbrReason::abandon:
            return QStringLiteral("the segment would have come too late");
        case AbrReason::failed:
            return QStringLiteral("the present level cannot be had");
    }
    return {};
}

}  // namespace

bool isRunning(decode::PlaybackState state) {
    using decode::PlaybackState;
    return state == PlaybackState::starting || state == PlaybackState::playing ||
           state == PlaybackState::stalled || state == PlaybackState::seeking;
}

core::Result<QString> hlsAddress(const QString& typed) {
    const QString text = typed.trimmed();
    if (text.isEmpty())
        return badAddress("Type the address of a playlist, such as https://host/path/master.m3u8");
    if (text.size() > kLongestAddress) return badAddress("The address is longer than 4,000 characters");
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid())
        return core::fail(core::Errc::invalid_argument, "This is no address: {}",
                          url.errorString().toStdString());
    if (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https"))
        return badAddress("An address begins with http:// or https://");
    if (url.host().isEmpty()) return badAddress("The address names no host");
    if (!url.userInfo().isEmpty())
        return badAddress("Addresses with a name and password in them are not opened");
    return url.toString(QUrl::FullyEncoded | QUrl::RemoveFragment);
}

Advice adviceFor(const core::Error& error, bool ofSite) {
    Advice advice{str(error.message), {}};
    switch (error.code) {
        case core::Errc::unauthenticated:
        case core::Errc::permission_denied:
            advice.next =
                ofSite ? QStringLiteral("Play it again for fresh signatures, or look at the gateway's log.")
                       : QStringLiteral("The address may have expired: get a fresh one.");
            break;
        case core::Errc::not_found:
            advice.next = ofSite ? QStringLiteral("Look in the catalog whether the title is ready.")
                                 : QStringLiteral("Check the address, or open it in a browser.");
            break;
        case core::Errc::unavailable:
        case core::Errc::timeout:
            advice.next = ofSite ? QStringLiteral("Look at the processes on the overview; K tries again.")
                                 : QStringLiteral("Check that the host can be reached; K tries again.");
            break;
        case core::Errc::corrupt:
        case core::Errc::unprocessable:
        case core::Errc::invalid_argument:
            advice.next = QStringLiteral("The requests below show what came instead.");
            break;
        default:
            advice.next = QStringLiteral("The requests below show how far it came; K tries again.");
    }
    return advice;
}

const QVector<double>& playbackRates() {
    static const QVector<double> rates{0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4};
    return rates;
}

double nextRate(double rate, int direction) {
    const auto& rates = playbackRates();
    if (direction > 0) {
        for (const double next : rates)
            if (next > rate + 1e-9) return next;
        return rates.last();
    }
    for (auto at = rates.crbegin(); at != rates.crend(); ++at)
        if (*at < rate - 1e-9) return *at;
    return rates.first();
}

QString rateText(double rate) {
    return QString::number(rate, 'g', 3) + QStringLiteral("×");
}

QString levelText(const player::PresentationInfo& presentation, int level) {
    if (level < 0 || level >= int(presentation.levels.size())) return kUnknown;
    const player::LevelInfo& info = presentation.levels[std::size_t(level)];
    const QString rate = info.bandwidth_bps > 0 ? formatBitrate(info.bandwidth_bps) : QString();
    if (info.height <= 0) return rate.isEmpty() ? QStringLiteral("level %1").arg(level + 1) : rate;
    const QString lines = QStringLiteral("%1p").arg(info.height);
    return rate.isEmpty() ? lines : lines + QStringLiteral(" · ") + rate;
}

QString trackText(const player::TrackInfo& track, int index) {
    QString text = !track.name.empty()       ? str(track.name)
                   : !track.language.empty() ? str(track.language)
                                             : QStringLiteral("Track %1").arg(index + 1);
    if (!track.name.empty() && !track.language.empty())
        text += QStringLiteral(" (%1)").arg(str(track.language));
    if (track.forced) text += QStringLiteral(", forced");
    if (!track.channels.empty())
        text += QStringLiteral(", %1 ch").arg(str(track.channels).section(QLatin1Char('/'), 0, 0));
    return text;
}

int nextTrack(int current, int count, bool off) {
    if (count <= 0) return -1;
    if (current + 1 < count) return std::max(0, current + 1);
    return off ? -1 : 0;
}

int nextLevel(std::optional<int> locked, int count) {
    const int next = locked ? *locked + 1 : 0;
    return next < count ? next : -1;
}

QString timecode(double seconds) {
    const qint64 ms = std::max<qint64>(0, std::llround(seconds * 1000));
    const qint64 s = ms / 1000;
    const auto two = [](qint64 n) { return QStringLiteral("%1").arg(n, 2, 10, QLatin1Char('0')); };
    const QString tail =
        two(s / 60 % 60) + u':' + two(s % 60) + QStringLiteral(".%1").arg(ms % 1000, 3, 10, QLatin1Char('0'));
    return s >= 3600 ? QString::number(s / 3600) + u':' + tail : tail;
}

QStringList subtitleLines(const std::vector<player::Cue>& cues) {
    QStringList lines;
    for (const player::Cue& cue : cues)
        for (const QString& line : str(cue.text).split(QLatin1Char('\n')))
            if (!line.trimmed().isEmpty() && lines.size() < 6) lines << line.trimmed();
    return lines;
}

core::Seconds liveEdge(core::Seconds end, core::Seconds target) {
    return std::max(core::Seconds(0), end - kTargetsFromLive * target);
}

LiveDistance liveDistance(core::Seconds position, core::Seconds end, core::Seconds target) {
    const core::Seconds behind = std::max(core::Seconds(0), end - position);
    // The end moves by a segment at a time, and is heard of up to one later.
    return {behind.count(), behind <= (kTargetsFromLive + 1) * target};
}

LoopPress pressLoop(const LoopPress& before, double positionS) {
    if (before.range) return {};
    if (!before.markS) return {positionS, {}};
    double from = std::min(*before.markS, positionS), to = std::max(*before.markS, positionS);
    to = std::max(to, from + kLeastLoopS);
    return {{}, decode::LoopRange{core::Seconds(from), core::Seconds(to)}};
}

const QVector<NetworkChoice>& networkChoices() {
    const auto shape = [](double kbit, double ms, double loss = 0) {
        return player::NetworkShape{kbit * 1000, core::Seconds(ms / 1000), loss};
    };
    // Rates and delays as browsers' developer tools have them, so that figures can be told beside theirs.
    static const QVector<NetworkChoice> choices{
        {QStringLiteral("none"), QStringLiteral("As it is"), {}, {}},
        {QStringLiteral("3g-slow"), QStringLiteral("Slow 3G (400 kbit/s, 400 ms)"), shape(400, 400), {}},
        {QStringLiteral("3g"), QStringLiteral("3G (1.6 Mbit/s, 150 ms)"), shape(1600, 150), {}},
        {QStringLiteral("lte"), QStringLiteral("LTE (12 Mbit/s, 50 ms)"), shape(12'000, 50), {}},
        {QStringLiteral("dsl"), QStringLiteral("DSL (2 Mbit/s, 30 ms)"), shape(2000, 30), {}},
        {QStringLiteral("lossy"),
         QStringLiteral("Lossy (4 Mbit/s, 80 ms, 5 % lost)"),
         shape(4000, 80, 0.05),
         {}},
    };
    return choices;
}

QString networkText(const player::NetworkShape& shape) {
    QStringList parts;
    if (shape.rate_bps > 0) parts << formatBitrate(shape.rate_bps);
    if (shape.latency.count() > 0)
        parts << QStringLiteral("%1 ms").arg(std::lround(shape.latency.count() * 1000));
    if (shape.loss > 0) parts << QStringLiteral("%1 % lost").arg(shape.loss * 100, 0, 'g', 3);
    return parts.join(QStringLiteral(", "));
}

QVector<QPair<QString, QString>> frameLines(const decode::FrameInfo& info,
                                            const player::PresentationInfo& presentation) {
    const auto stamp = [&](std::int64_t value) {
        if (info.time_base_num <= 0 || info.time_base_den <= 0) return QString::number(value);
        return QStringLiteral("%1 × %2/%3 s").arg(value).arg(info.time_base_num).arg(info.time_base_den);
    };
    QString type = QStringLiteral("not told");
    if (info.picture_type != '?') type = QString(QLatin1Char(info.picture_type));
    if (info.key) type += QStringLiteral(", key picture");
    return {
        {QStringLiteral("Position"), timecode(info.at.count())},
        {QStringLiteral("Lasts"), info.duration.count() > 0
                                      ? QStringLiteral("%1 ms").arg(info.duration.count() * 1000, 0, 'f', 2)
                                      : QStringLiteral("not told")},
        {QStringLiteral("Frame code"),
         info.frame_number ? QString::number(*info.frame_number) : QStringLiteral("none in the picture")},
        {QStringLiteral("Picture type"), type},
        {QStringLiteral("QP, mean"),
         info.qp ? QString::number(*info.qp, 'f', 1) : QStringLiteral("not exported by this codec")},
        {QStringLiteral("PTS"), stamp(info.pts)},
        {QStringLiteral("DTS"), info.dts ? stamp(*info.dts) : QStringLiteral("not told")},
        {QStringLiteral("Packet"), info.packet_bytes > 0 ? formatBytes(double(info.packet_bytes)) : kUnknown},
        {QStringLiteral("Segment"), QString::number(info.sequence)},
        {QStringLiteral("Level"), levelText(presentation, info.level)},
        {QStringLiteral("Codec"), info.codec.empty() ? kUnknown : str(info.codec)},
        {QStringLiteral("Coded as"),
         info.width > 0
             ? QStringLiteral("%1×%2, %3").arg(info.width).arg(info.height).arg(str(info.pixel_format))
             : kUnknown},
    };
}

QString decisionText(const player::AbrDecision& decision) {
    const auto& inputs = decision.inputs;
    const std::size_t level = std::size_t(std::max(0, decision.level));
    if (inputs.level_bps.size() <= 1)
        return QStringLiteral("the only one there is, for segment %1 (estimate %2, buffer %3)")
            .arg(decision.sequence)
            .arg(formatBitrate(inputs.estimate_bps), formatSeconds(inputs.buffered.count()));
    const QString rate =
        level < inputs.level_bps.size() ? formatBitrate(inputs.level_bps[level]) : QStringLiteral("–");
    return QStringLiteral("%1 for segment %2: %3 (estimate %4, buffer %5)")
        .arg(rate)
        .arg(decision.sequence)
        .arg(reasonWord(decision.reason), formatBitrate(inputs.estimate_bps),
             formatSeconds(inputs.buffered.count()));
}

}  // namespace qd::app
