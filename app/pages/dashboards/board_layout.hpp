#pragma once
// Where the panels of a dashboard stand, and which stretches of time it can show. Pure.

#include <QString>
#include <QVector>

#include "opsclient/dashboards.hpp"

namespace qd::app {

struct PanelPlace {
    int row = 0;
    int column = 0;
    int rows = 1;
    int columns = 1;

    bool operator==(const PanelPlace&) const = default;
};

/// From left to right in the order of the file, a panel never above or before an earlier one.
QVector<PanelPlace> placesOf(const opsclient::Dashboard& board);

struct BoardRange {
    QString title;  // "15 min"
    int seconds;
    int periodMs;  // how often what is visible is asked for
};

/// The shortest first.
const QVector<BoardRange>& boardRanges();
inline constexpr int kUsualRange = 1;  // index

}  // namespace qd::app
