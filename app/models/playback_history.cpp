#include "app/models/playback_history.hpp"

#include "app/models/values.hpp"

namespace qd::app {

using namespace widgets;
using decode::PlaybackState;

HistoryPoint historyPoint(const decode::PlaybackSnapshot& snapshot, qint64 nowMs) {
    const auto& levels = snapshot.session.presentation.levels;
    const int level = snapshot.shown_level;
    const bool known = level >= 0 && level < int(levels.size());
    HistoryPoint point;
    point.atMs = nowMs;
    point.state = snapshot.state;
    point.positionS = snapshot.position.count();
    const bool over = snapshot.state == PlaybackState::idle || snapshot.state == PlaybackState::ended ||
                      snapshot.state == PlaybackState::failed;
    point.bufferS = over ? qQNaN() : snapshot.session.buffered.count();
    point.level = known ? level : -1;
    // A media playlist alone declares no rate.
    const double declared = known ? levels[std::size_t(level)].bandwidth_bps : 0;
    point.levelBps = declared > 0 ? declared : qQNaN();
    point.throughputBps = snapshot.session.estimate_measured ? snapshot.session.estimate_bps : qQNaN();
    point.avOffsetS = snapshot.av_offset ? snapshot.av_offset->count() : qQNaN();
    return point;
}

void PlaybackHistory::add(const HistoryPoint& point) {
    // A clock that was set back would turn the axis around.
    if (!points_.empty() && point.atMs <= points_.back().atMs) return;
    points_.push_back(point);
    while (points_.size() > kMostPoints) points_.pop_front();
}

QVector<QPointF> PlaybackHistory::series(double HistoryPoint::*value) const {
    QVector<QPointF> points;
    points.reserve(qsizetype(points_.size()));
    for (const HistoryPoint& point : points_) points.append({double(point.atMs), point.*value});
    return points;
}

QVector<Shade> PlaybackHistory::stretches(PlaybackState state, Token color, const QString& label) const {
    QVector<Shade> shades;
    bool open = false;
    for (const HistoryPoint& point : points_) {
        if (point.state == state && !open)
            shades.append({{double(point.atMs), double(point.atMs)}, color, label});
        open = open ? open : point.state == state;
        if (open) shades.last().range.toMs = double(point.atMs);
        if (point.state != state) open = false;
    }
    return shades;
}

QVector<Shade> PlaybackHistory::stalls() const {
    return stretches(PlaybackState::stalled, Token::Bad, QStringLiteral("Stalled"));
}

QVector<Shade> PlaybackHistory::starts() const {
    return stretches(PlaybackState::starting, Token::Info, QStringLiteral("Starting"));
}

QByteArray PlaybackHistory::toCsv() const {
    QByteArray text = "at,state,position_s,buffer_s,level,level_bps,throughput_bps,av_offset_s\n";
    const auto cell = [](double value, int digits) {
        return qIsNaN(value) ? QByteArray() : QByteArray::number(value, 'f', digits);
    };
    for (const HistoryPoint& point : points_) {
        text += QByteArray::fromStdString(core::format_rfc3339(wallTime(point.atMs))) + ',';
        text += QByteArray::fromStdString(std::string(decode::to_string(point.state))) + ',';
        text += cell(point.positionS, 3) + ',' + cell(point.bufferS, 3) + ',';
        text += (point.level < 0 ? QByteArray() : QByteArray::number(point.level)) + ',';
        text += cell(point.levelBps, 0) + ',' + cell(point.throughputBps, 0) + ',';
        text += cell(point.avOffsetS, 4) + '\n';
    }
    return text;
}

}  // namespace qd::app
