#pragma once
// The values that a timeline shows. Times are ms since the epoch.
#include <QString>
#include <QVector>
#include <QtNumeric>
#include <array>
#include <functional>

#include "widgets/charts/series.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::widgets {

// In the order in which they stand below each other.
enum class Lane { Sli, Alerts, Rollout, Chaos, Stalls, Logs, People, Updates };
inline constexpr std::array allLanes{Lane::Sli,    Lane::Alerts, Lane::Rollout, Lane::Chaos,
                                     Lane::Stalls, Lane::Logs,   Lane::People,  Lane::Updates};

QString laneName(Lane lane);
Icon laneIcon(Lane lane);

struct TimelineItem {
    QString id;
    Lane lane = Lane::People;
    Icon icon = Icon::Note;
    State state = State::Neutral;
    double fromMs = 0;
    double toMs = qQNaN();  // NaN: an instant; infinite: not over yet
    QString text;           // one line on the axis; empty: asked of TimelineTexts when it is to be seen
    QString detail;         // in the tooltip and for screen readers; likewise
    bool pinned = false;

    double endMs() const { return qIsNaN(toMs) ? fromMs : toMs; }
};

// Makes the texts of items that have none: only of those that are to be seen, so that a hundred thousand
// items cost no hundred thousand texts.
struct TimelineTexts {
    std::function<QString(const TimelineItem&)> line;
    std::function<QString(const TimelineItem&)> detail;
};

// A curve above the lanes, on an axis of values of its own.
struct TimelineCurve {
    Series series;
    Unit unit = Unit::Ratio;
    QVector<Threshold> thresholds;
    int height = 96;
};

// A moment that everything is measured from. A movable one can be dragged.
struct Milestone {
    QString id;
    QString label;
    double atMs = 0;
    bool movable = false;
    QString whyNot;  // why it cannot be moved
};

}  // namespace qd::widgets
