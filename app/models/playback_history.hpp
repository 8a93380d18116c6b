#pragma once
// What a player did over the last minutes, a point each quarter of a second: for the strip under the picture
// and for evidence. Pure; UI thread only.

#include <QByteArray>
#include <deque>

#include "decode/playback.hpp"
#include "widgets/charts/series.hpp"

namespace qd::app {

struct HistoryPoint {
    qint64 atMs = 0;  // ms since the epoch
    decode::PlaybackState state = decode::PlaybackState::idle;
    double positionS = 0;
    double bufferS = 0;
    int level = -1;            // of the picture on the screen
    double levelBps = 0;       // NaN: none yet
    double throughputBps = 0;  // NaN: not measured yet
    double avOffsetS = 0;      // NaN: no sound is heard

    bool isStalled() const { return state == decode::PlaybackState::stalled; }
};

HistoryPoint historyPoint(const decode::PlaybackSnapshot& snapshot, qint64 nowMs);

class PlaybackHistory {
public:
    static constexpr std::size_t kMostPoints = 4'800;  // 20 minutes at 4 a second

    void clear() { points_.clear(); }
    void add(const HistoryPoint& point);
    const std::deque<HistoryPoint>& points() const { return points_; }

    QVector<QPointF> series(double HistoryPoint::*value) const;
    /// Stretches of one state; the last one reaches to the last point.
    QVector<widgets::Shade> stalls() const;
    QVector<widgets::Shade> starts() const;
    /// With a head line; an empty cell is "not known".
    QByteArray toCsv() const;

private:
    QVector<widgets::Shade> stretches(decode::PlaybackState state, widgets::Token color,
                                      const QString& label) const;
    std::deque<HistoryPoint> points_;
};

}  // namespace qd::app
