#pragma once
// A playback's quality of experience in words, and which segments each number comes from. Pure.

#include <QPair>
#include <QString>
#include <QVector>
#include <vector>

#include "app/models/fetch_model.hpp"
#include "decode/playback.hpp"

namespace qd::app {

enum class QoeMetric {
    Startup,
    Stalled,
    Bitrate,
    Picture,
    Loading,
    Switches,
    Buffer,
    Throughput,
    FirstByte,
    Frames,
    Failures,
    Received,
    Sync,
    Decoder,
};

struct QoeLine {
    QoeMetric metric;
    QString name;
    QString value;
    QString formula;    // what the number is made of
    bool known = true;  // false: nothing is there to be counted yet
};

QVector<QoeLine> qoeLines(const decode::PlaybackSnapshot& snapshot);
/// The few that go over the picture.
QVector<QPair<QString, QString>> overlayLines(const decode::PlaybackSnapshot& snapshot,
                                              const QString& network);

/// What the rows have to be judged by.
struct QoeContext {
    decode::PlaybackSnapshot snapshot;
    std::vector<player::StallInterval> stalls;
};
/// The rows a number comes from, in their order; for `Startup` all that was asked for until the first frame.
std::vector<FetchRow> contributing(QoeMetric metric, const std::vector<FetchRow>& rows,
                                   const QoeContext& context);
QString metricName(QoeMetric metric);

}  // namespace qd::app
