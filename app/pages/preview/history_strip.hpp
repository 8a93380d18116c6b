#pragma once
// The last minutes of the player below the picture: buffer on the left, level and throughput on the right,
// stalls as bands through both. Before anything plays it says so.

#include "widgets/charts/chart_group.hpp"
#include "widgets/tiles/card.hpp"

namespace qd::widgets {
class TimeSeriesChart;
}

namespace qd::app {

class PlayerAdapter;

class HistoryStrip : public widgets::Card {
    Q_OBJECT

public:
    explicit HistoryStrip(QWidget* parent);

    void showPlayer(const PlayerAdapter& player);
    widgets::TimeSeriesChart* buffer() const { return buffer_; }
    widgets::TimeSeriesChart* rates() const { return rates_; }

private:
    widgets::TimeSeriesChart* buffer_;
    widgets::TimeSeriesChart* rates_;
    widgets::ChartGroup group_;
    qint64 shownMs_ = -1;
};

}  // namespace qd::app
