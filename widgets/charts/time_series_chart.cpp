#include "widgets/charts/time_series_chart.hpp"

#include <QPainter>
#include <QResizeEvent>
#include <cmath>

#include "widgets/charts/chart_impl.hpp"

namespace qd::widgets {
namespace {
constexpr qsizetype maxPoints = 100'000;
constexpr double defaultSpanMs = 10 * 60e3;
}  // namespace

TimeSeriesChart::TimeSeriesChart(QWidget* parent) : QWidget(parent), d_(std::make_unique<Impl>(this)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAttribute(Qt::WA_OpaquePaintEvent, false);
    connect(&Ticker::instance(), &Ticker::tick, this, [this] { d_->onTick(); });
}

TimeSeriesChart::TimeSeriesChart(const QString& title, QWidget* parent) : TimeSeriesChart(parent) {
    setTitle(title);
}

TimeSeriesChart::~TimeSeriesChart() = default;

void TimeSeriesChart::Impl::invalidate() {
    dirty = true;
    // Nothing is computed for what nobody sees; update() on a hidden widget is free.
    q->update();
}

void TimeSeriesChart::Impl::onTick() {
    // New data moves the edge by itself. The tick is for when none comes, so that the gap is seen to grow.
    const bool overdue = !sinceRender.isValid() || sinceRender.elapsed() > 1500;
    if (liveWindowMs > 0 && !zoom && q->isVisible() && overdue && currentRange() != range) invalidate();
}

Series* TimeSeriesChart::Impl::find(const QString& id) {
    for (Series& s : series)
        if ((s.id.isEmpty() ? s.name : s.id) == id) return &s;
    return nullptr;
}

TimeRange TimeSeriesChart::Impl::baseRange() const {
    if (liveWindowMs > 0) {
        // The edge moves by whole pixels (at least a second), which keeps the picture from shimmering.
        const double quantum = plot.isEmpty() ? 1000.0 : std::max(1000.0, liveWindowMs / plot.width());
        const double edge = std::ceil(static_cast<double>(now()) / quantum) * quantum;
        return {edge - liveWindowMs, edge};
    }
    if (fixedRange) return *fixedRange;
    double from = qInf(), to = -qInf();
    for (const Series& s : series) {
        if (s.points.isEmpty()) continue;
        from = std::min(from, s.points.first().x());
        to = std::max(to, s.points.last().x());
    }
    if (from < to) return {from, to};
    const double edge = std::isfinite(to) ? to : static_cast<double>(now());
    return {edge - defaultSpanMs, edge};
}

TimeRange TimeSeriesChart::Impl::currentRange() const {
    return zoom ? *zoom : baseRange();
}

void TimeSeriesChart::setTitle(const QString& title) {
    d_->title = title;
    setAccessibleName(title);
    d_->invalidate();
}

void TimeSeriesChart::setUnit(Unit unit) {
    setFormatter(formatterFor(unit));
    d_->unit = unit;
    d_->unitText = unitText(unit);
}

void TimeSeriesChart::setFormatter(Formatter formatter) {
    d_->formatter = std::move(formatter);
    d_->unit.reset();
    d_->fittedWidth = 0;
    d_->invalidate();
}

void TimeSeriesChart::setUnitText(const QString& unit) {
    d_->unitText = unit;
}

void TimeSeriesChart::setSource(const QString& source) {
    d_->source = source;
}

const QString& TimeSeriesChart::source() const {
    return d_->source;
}

void TimeSeriesChart::setSeries(const QVector<Series>& series) {
    d_->series = series;
    d_->invalidate();
    spokenChanged(this);
}

const QVector<Series>& TimeSeriesChart::series() const {
    return d_->series;
}

void TimeSeriesChart::setPoints(const QString& id, const QVector<QPointF>& points) {
    Series* s = d_->find(id);
    if (!s) return;
    s->points = points;
    d_->invalidate();
    spokenChanged(this);
}

void TimeSeriesChart::appendPoint(const QString& id, double atMs, double value) {
    Series* s = d_->find(id);
    if (!s) return;
    auto& points = s->points;
    if (!points.isEmpty() && atMs < points.last().x()) return;  // a late reading would break the order
    points.append({atMs, value});
    const double keepMs = std::max(d_->longestMs, defaultSpanMs);
    qsizetype old = std::max<qsizetype>(0, points.size() - maxPoints);
    while (old < points.size() - 2 && points[old + 1].x() < atMs - keepMs) ++old;
    // In batches: removing from the front moves everything.
    if (old > 256 || points.size() > maxPoints) points.remove(0, old);
    d_->invalidate();
}

void TimeSeriesChart::setThresholds(const QVector<Threshold>& thresholds) {
    d_->thresholds = thresholds;
    d_->invalidate();
}

void TimeSeriesChart::setMarks(const QVector<Mark>& marks) {
    d_->marks = marks;
    d_->invalidate();
}

void TimeSeriesChart::setShades(const QVector<Shade>& shades) {
    d_->shades = shades;
    d_->invalidate();
}

void TimeSeriesChart::setMarkIconsVisible(bool visible) {
    d_->markIcons = visible;
    d_->invalidate();
}

void TimeSeriesChart::setHeat(const Heat& heat) {
    d_->heat = heat;
    d_->invalidate();
}

void TimeSeriesChart::setHeatThreshold(double bound, const QString& label) {
    d_->heatThreshold = bound;
    d_->heatLabel = label;
    d_->invalidate();
}

void TimeSeriesChart::setGapAfter(double ms) {
    d_->gapAfterMs = ms;
    d_->invalidate();
}

void TimeSeriesChart::setYRange(double low, double high) {
    d_->yFixed = high > low;
    d_->yFixedLow = low;
    d_->yFixedHigh = high;
    d_->invalidate();
}

void TimeSeriesChart::setYFitted(std::optional<double> floor, std::optional<double> ceiling, double minSpan,
                                 bool withThresholds) {
    d_->yFixed = false;
    d_->yFloor = floor;
    d_->yCeiling = ceiling;
    d_->yMinSpan = minSpan;
    d_->yWithThresholds = withThresholds;
    d_->invalidate();
}

void TimeSeriesChart::setLive(double windowMs) {
    if (!(windowMs > 0)) return;
    d_->liveWindowMs = windowMs;
    d_->longestMs = std::max(d_->longestMs, windowMs);
    d_->invalidate();
}

void TimeSeriesChart::setFixedRange(double fromMs, double toMs) {
    if (!(toMs > fromMs)) return;
    d_->liveWindowMs = 0;
    d_->fixedRange = TimeRange{fromMs, toMs};
    d_->longestMs = std::max(d_->longestMs, toMs - fromMs);
    d_->invalidate();
}

bool TimeSeriesChart::isLive() const {
    return d_->liveWindowMs > 0 && !d_->zoom;
}
bool TimeSeriesChart::isZoomed() const {
    return d_->zoom.has_value();
}
TimeRange TimeSeriesChart::visibleRange() const {
    return d_->currentRange();
}

void TimeSeriesChart::zoomTo(const TimeRange& range) {
    if (!(range.span() >= 100)) return;
    d_->zoom = range;
    d_->invalidate();
}

void TimeSeriesChart::resetZoom() {
    if (!d_->zoom) return;
    d_->zoom.reset();
    d_->invalidate();
}

void TimeSeriesChart::setCrosshair(double atMs) {
    if (d_->crosshairMs == atMs || (std::isnan(atMs) && std::isnan(d_->crosshairMs))) return;
    d_->crosshairMs = atMs;
    update();
}

double TimeSeriesChart::crosshair() const {
    return d_->crosshairMs;
}

void TimeSeriesChart::setLegendVisible(bool visible) {
    d_->legendVisible = visible;
    d_->invalidate();
}

void TimeSeriesChart::setTimeAxisVisible(bool visible) {
    d_->timeAxisVisible = visible;
    d_->invalidate();
}

void TimeSeriesChart::setAxisWidth(int pixels) {
    if (d_->axisWidth == pixels) return;
    d_->axisWidth = pixels;
    d_->invalidate();
}

int TimeSeriesChart::fittedAxisWidth() const {
    if (d_->dirty) {
        d_->prepare();
        d_->dirty = true;  // measured, not painted
    }
    return d_->fittedWidth;
}

void TimeSeriesChart::setEmptyText(const QString& text) {
    if (text == d_->emptyText) return;
    d_->emptyText = text;
    d_->invalidate();
}

void TimeSeriesChart::setClock(NowMs now) {
    d_->now = std::move(now);
    d_->invalidate();
}

QRectF TimeSeriesChart::plotArea() const {
    if (d_->dirty) {
        d_->prepare();
        d_->dirty = true;  // laid out, not painted
    }
    return d_->plot;
}

int TimeSeriesChart::renderCount() const {
    return d_->renders;
}
double TimeSeriesChart::lastRenderMs() const {
    return d_->renderMs;
}
QSize TimeSeriesChart::sizeHint() const {
    return {520, 220};
}
QSize TimeSeriesChart::minimumSizeHint() const {
    return {220, 120};
}

QString TimeSeriesChart::spokenText() const {
    QStringList parts{d_->title.isEmpty() ? QStringLiteral("Chart") : d_->title};
    const TimeRange range = d_->currentRange();
    for (const Series& s : d_->series) {
        double low = qQNaN(), high = qQNaN(), last = qQNaN();
        for (const QPointF& p : s.points) {
            if (!range.contains(p.x()) || std::isnan(p.y())) continue;
            low = std::fmin(low, p.y());
            high = std::fmax(high, p.y());
            last = p.y();
        }
        if (std::isnan(last))
            parts << QStringLiteral("%1: no data").arg(s.name);
        else
            parts << QStringLiteral("%1: %2, between %3 and %4")
                         .arg(s.name, d_->formatter(last), d_->formatter(low), d_->formatter(high));
    }
    for (const Threshold& t : d_->thresholds) parts << t.label;
    for (const Mark& m : d_->marks)
        if (range.contains(m.atMs))
            parts
                << QStringLiteral("%1 %2 at %3").arg(markWord(m.kind), m.label, formatClock(qint64(m.atMs)));
    return parts.join(QStringLiteral(". "));
}

void TimeSeriesChart::paintEvent(QPaintEvent*) {
    const qreal ratio = devicePixelRatioF();
    if (d_->dirty || d_->picture.size() != size() * ratio) d_->render();
    QPainter painter(this);
    painter.drawPixmap(0, 0, d_->picture);
    if (d_->legendVisible) d_->paintLegend(painter);
    d_->paintCrosshair(painter);
}

void TimeSeriesChart::resizeEvent(QResizeEvent* event) {
    d_->dirty = d_->dirty || event->size() != event->oldSize();
    QWidget::resizeEvent(event);
}

void TimeSeriesChart::showEvent(QShowEvent* event) {
    // While it was hidden the live edge went on.
    d_->dirty = d_->dirty || d_->currentRange() != d_->range;
    QWidget::showEvent(event);
}

void TimeSeriesChart::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) d_->invalidate();
    QWidget::changeEvent(event);
}

}  // namespace qd::widgets
