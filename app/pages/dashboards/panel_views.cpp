#include "app/pages/dashboards/panel_views.hpp"

#include <QDateTime>
#include <QHelpEvent>
#include <QLabel>
#include <QVBoxLayout>

#include "app/pages/dashboards/panel_curves.hpp"
#include "app/pages/dashboards/site_panels.hpp"
#include "widgets/charts/time_series_chart.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/tiles/card.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kLeastPoints = 120;
constexpr int kMostPoints = 600;
constexpr qint64 kTileStaleMs = 15'000;
constexpr double kLeastShare =
    0.01;  // that an axis of shares spans, so that nothing wrong looks like nothing

qint64 nowOf(const ShownRange& range) {
    return range.live ? QDateTime::currentMSecsSinceEpoch() : 0;
}

QVBoxLayout* filling(QWidget* widget) {
    auto* layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, 0, 0, 0);
    return layout;
}

class TextPanel : public PanelView {
public:
    TextPanel(const opsclient::Panel& panel, int number, QWidget* parent) : PanelView(panel, number, parent) {
        auto* card = new Card(str(panel.title), this);
        auto* text = makeLabel(str(panel.text), Type::Body, Weight::Regular, false, card);
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        card->body()->addWidget(text);
        card->body()->addStretch();
        filling(this)->addWidget(card);
    }
};

}  // namespace

PanelView::PanelView(const opsclient::Panel& panel, int number, QWidget* parent)
    : QWidget(parent), panel_(panel), number_(number) {
    setAccessibleName(str(panel.title));
}

ChartPanel::ChartPanel(const opsclient::Panel& panel, int number, const QString& source, QWidget* parent)
    : PanelView(panel, number, parent) {
    auto* card = new Card(this);
    card->body()->setContentsMargins(space::lg, space::md, space::md, space::md);
    card->body()->setSpacing(space::xs);
    chart_ = new TimeSeriesChart(str(panel.title), card);
    if (const auto unit = chartUnitOf(panel.unit))
        chart_->setUnit(*unit);
    else
        chart_->setFormatter(formatterOf(panel.unit));
    const bool share = panel.unit == dashboards::Unit::ratio || panel.unit == dashboards::Unit::percent;
    chart_->setYFitted(0.0, std::nullopt, share ? kLeastShare : 0);
    chart_->setEmptyText(QStringLiteral("Reading"));
    chart_->setToolTip(sourcesOf(panel));
    chart_->setAccessibleDescription(sourcesOf(panel));
    chart_->installEventFilter(this);
    chart_->setUnitText(unitWord(panel.unit));
    chart_->setSource(QStringLiteral("Dashboard %1\n%2").arg(source, sourcesOf(panel)));
    state_ = makeElidedLabel(Type::Small, card);
    state_->hide();
    card->body()->addWidget(chart_, 1);
    card->body()->addWidget(state_);
    filling(this)->addWidget(card);
}

bool ChartPanel::eventFilter(QObject* watched, QEvent* event) {
    // What the lines are made of is told at the title; over the plot it would cover the read-out.
    if (watched == chart_ && event->type() == QEvent::ToolTip &&
        static_cast<QHelpEvent*>(event)->pos().y() > chart_->plotArea().top())
        return true;
    return PanelView::eventFilter(watched, event);
}

int ChartPanel::points() const {
    // A step is two pixels: what lies within it is in the band.
    return std::clamp(chart_->width() / 2, kLeastPoints, kMostPoints);
}

void ChartPanel::showState(const QString& text) {
    if (state_->text() != text) state_->setText(text);
    state_->setVisible(!text.isEmpty());
}

void ChartPanel::showCurves(const opsclient::PanelCurves& curves, const ShownRange& range) {
    const Wording state = stateOf(curves, nowOf(range));
    // An empty plot says why in its middle, one with curves below them.
    const bool empty = state.state == State::NoData;
    showState(empty ? QString() : state.text);
    if (shown_ && *shown_ == curves) return;
    shown_ = curves;
    if (empty) chart_->setEmptyText(state.text);
    const double gap = gapAfterMs(curves);
    chart_->setGapAfter(gap);
    chart_->setSeries(seriesOf(curves));
}

void ChartPanel::showProblem(const QString& why) {
    showState(QStringLiteral("Not read: %1").arg(why));
}

StatPanel::StatPanel(const opsclient::Panel& panel, int number, QWidget* parent)
    : PanelView(panel, number, parent) {
    tile_ = new StatTile(str(panel.title), this);
    tile_->setStaleAfter(kTileStaleMs);
    tile_->setToolTip(sourcesOf(panel));
    tile_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    filling(this)->addWidget(tile_);
}

void StatPanel::showCurves(const opsclient::PanelCurves& curves, const ShownRange& range) {
    StatReading reading = readingOf(curves, panel(), range.title, nowOf(range));
    if (!range.live) reading.atMs = 0;
    tile_->setReading(reading);
    tile_->setTrend(trendOf(curves), seriesToken(number() % 8));
}

void StatPanel::showProblem(const QString& why) {
    StatReading reading = tile_->reading();
    reading.state = State::Stale;
    reading.sub = QStringLiteral("Not read: %1").arg(why);
    tile_->setReading(reading);
}

PanelView* makePanel(Session& session, const opsclient::Panel& panel, int number, const QString& source,
                     QWidget* parent) {
    using dashboards::PanelKind;
    switch (panel.kind) {
        case PanelKind::chart:
            return new ChartPanel(panel, number, source, parent);
        case PanelKind::stat:
            return new StatPanel(panel, number, parent);
        case PanelKind::slo:
            return new SloPanel(session, panel, number, parent);
        case PanelKind::slos:
            return new SlosPanel(session, panel, number, parent);
        case PanelKind::alerts:
            return new AlertsPanel(session, panel, number, parent);
        case PanelKind::rollouts:
            return new RolloutsPanel(session, panel, number, parent);
        case PanelKind::text:
            break;
    }
    return new TextPanel(panel, number, parent);
}

}  // namespace qd::app
