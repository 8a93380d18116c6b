#pragma once
// A playback's quality of experience in words. Pure.

#include <QPair>
#include <QString>
#include <QVector>

#include "decode/playback.hpp"

namespace qd::app {

struct QoeLine {
    QString name;
    QString value;
    QString formula;  // what the number is made of
};

QVector<QoeLine> qoeLines(const decode::PlaybackSnapshot& snapshot);
/// The few that go over the picture.
QVector<QPair<QString, QString>> overlayLines(const decode::PlaybackSnapshot& snapshot);

}  // namespace qd::app
