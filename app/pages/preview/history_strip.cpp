#include "app/pages/preview/history_strip.hpp"

#include <QHBoxLayout>

#include "app/adapters/player_adapter.hpp"
#include "widgets/charts/time_series_chart.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr double kStripWindowMs = 3 * 60 * 1000;
constexpr double kStripGapMs = 2'000;

}  // namespace

HistoryStrip::HistoryStrip(QWidget* parent)
    : Card(parent),
      buffer_(new TimeSeriesChart(QStringLiteral("Buffer"), this)),
      rates_(new TimeSeriesChart(QStringLiteral("Level and throughput"), this)) {
    body()->setContentsMargins(space::md, space::sm, space::md, space::sm);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::lg);
    row->addWidget(buffer_, 1);
    row->addWidget(rates_, 1);
    body()->addLayout(row, 1);
    Series buffer;
    buffer.id = buffer.name = QStringLiteral("Buffer");
    buffer.color = Token::Series1;
    buffer.filled = true;
    buffer_->setUnit(Unit::Seconds);
    buffer_->setSeries({buffer});
    Series level, throughput;
    level.id = level.name = QStringLiteral("Level on the screen");
    level.color = Token::Series3;
    level.stepped = true;
    throughput.id = throughput.name = QStringLiteral("Throughput");
    throughput.color = Token::Series2;
    throughput.dashed = true;
    rates_->setUnit(Unit::BitsPerSecond);
    rates_->setSeries({level, throughput});
    rates_->setLegendVisible(true);
    buffer_->setLegendVisible(false);
    for (TimeSeriesChart* chart : {buffer_, rates_}) {
        chart->setGapAfter(kStripGapMs);
        chart->setYFitted(0.0);
        chart->setEmptyText(QStringLiteral("Nothing has played in these minutes"));
        chart->setSource(QStringLiteral("This console's player, four readings a second"));
        chart->setMinimumHeight(96);
        group_.add(chart);
    }
    group_.setLive(kStripWindowMs);
}

void HistoryStrip::showPlayer(const PlayerAdapter& player) {
    const PlaybackHistory& history = player.history();
    const qint64 newest = history.points().empty() ? 0 : history.points().back().atMs;
    // Twice a second is often enough for an eye, and half the work.
    if (newest != 0 && newest - shownMs_ >= 0 && newest - shownMs_ < 450) return;
    shownMs_ = newest;
    buffer_->setPoints(QStringLiteral("Buffer"), history.series(&HistoryPoint::bufferS));
    rates_->setPoints(QStringLiteral("Level on the screen"), history.series(&HistoryPoint::levelBps));
    rates_->setPoints(QStringLiteral("Throughput"), history.series(&HistoryPoint::throughputBps));
    group_.setShades(history.stalls() + history.starts());
}

}  // namespace qd::app
