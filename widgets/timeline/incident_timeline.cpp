#include "widgets/timeline/incident_timeline.hpp"

#include <cmath>

#include "widgets/theme/status.hpp"
#include "widgets/timeline/timeline_impl.hpp"

namespace qd::widgets {

IncidentTimeline::IncidentTimeline(QWidget* parent) : QWidget(parent), d_(std::make_unique<Impl>(this)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    setAccessibleName(QStringLiteral("Timeline"));
}

IncidentTimeline::~IncidentTimeline() = default;

int IncidentTimeline::Impl::indexOf(const QString& id) const {
    if (id.isEmpty()) return -1;
    for (qsizetype i = 0; i < items.size(); ++i)
        if (items[i].id == id) return static_cast<int>(i);
    return -1;
}

void IncidentTimeline::Impl::invalidate() {
    dirty = true;
    q->update();
}

void IncidentTimeline::setItems(const QVector<TimelineItem>& items) {
    d_->items = items;
    d_->sorted = TimelineIndex(items);
    d_->lineCache.clear();
    d_->hovered = -1;
    d_->chosen = d_->indexOf(d_->selected);
    if (d_->chosen < 0) d_->selected.clear();
    d_->layOut();
    d_->invalidate();
    spokenChanged(this);
}

const QVector<TimelineItem>& IncidentTimeline::items() const {
    return d_->items;
}

void IncidentTimeline::setTexts(TimelineTexts texts) {
    d_->texts = std::move(texts);
    d_->lineCache.clear();
    d_->invalidate();
}

void IncidentTimeline::setCurves(const QVector<TimelineCurve>& curves) {
    std::vector<Impl::Plot> plots;
    for (const TimelineCurve& curve : curves) {
        if (curve.series.points.isEmpty()) continue;
        Impl::Plot plot;
        plot.curve = curve;
        plot.formatter = formatterFor(curve.unit);
        plots.push_back(std::move(plot));
    }
    d_->plots = std::move(plots);
    d_->layOut();
    d_->invalidate();
}

void IncidentTimeline::setShades(const QVector<Shade>& shades) {
    d_->shades = shades;
    d_->invalidate();
}

void IncidentTimeline::setGapAfter(double ms) {
    d_->gapAfterMs = ms;
    d_->invalidate();
}

void IncidentTimeline::setRange(double fromMs, double toMs) {
    if (!(toMs > fromMs)) return;
    if (d_->base == TimeRange{fromMs, toMs}) return;
    d_->base = {fromMs, toMs};
    d_->layOut();
    d_->invalidate();
}

TimeRange IncidentTimeline::visibleRange() const {
    return d_->range();
}

void IncidentTimeline::zoomTo(const TimeRange& range) {
    if (!(range.span() >= 1000)) return;
    d_->zoom = range;
    d_->invalidate();
}

void IncidentTimeline::resetZoom() {
    d_->zoom.reset();
    d_->invalidate();
}

void IncidentTimeline::selectItem(const QString& id) {
    d_->select(d_->indexOf(id), true);
}

QString IncidentTimeline::selectedItem() const {
    return d_->selected;
}

void IncidentTimeline::setEmptyLanesVisible(bool visible) {
    d_->emptyLanes = visible;
    d_->layOut();
    d_->invalidate();
}

void IncidentTimeline::setLaneVisible(Lane lane, bool visible) {
    const unsigned bit = laneBit(lane);
    d_->hiddenLanes = visible ? d_->hiddenLanes & ~bit : d_->hiddenLanes | bit;
    d_->layOut();
    d_->invalidate();
    spokenChanged(this);
}

bool IncidentTimeline::isLaneVisible(Lane lane) const {
    return !(d_->hiddenLanes & laneBit(lane));
}

void IncidentTimeline::setPlayhead(double ms) {
    if (d_->playheadMs == ms || (qIsNaN(ms) && qIsNaN(d_->playheadMs))) return;
    d_->playheadMs = ms;
    d_->invalidate();
}

void IncidentTimeline::setMilestones(const QVector<Milestone>& milestones) {
    d_->milestones = milestones;
    if (d_->milestoneIndex(d_->chosenMilestone) < 0) {
        d_->chosenMilestone.clear();
        d_->moving = false;
    }
    d_->layOut();
    d_->invalidate();
}

QString IncidentTimeline::movedMilestone() const {
    return d_->moving ? d_->chosenMilestone : QString();
}

double IncidentTimeline::movedTo() const {
    return d_->moving ? d_->movedMs : qQNaN();
}

void IncidentTimeline::endMove() {
    d_->moving = false;
    d_->pressedFlag = -1;
    d_->layOut();
    d_->invalidate();
}

QString IncidentTimeline::spokenText() const {
    if (d_->moving) {
        const int at = d_->milestoneIndex(d_->chosenMilestone);
        if (at >= 0)
            return QStringLiteral("%1 moved to %2")
                .arg(d_->milestones[at].label, formatClock(qint64(d_->movedMs)));
    }
    if (d_->chosen < 0) {
        QStringList lanes;
        for (const Lane lane : allLanes)
            if (d_->sorted.count(lane) > 0)
                lanes << QStringLiteral("%1 %2%3")
                             .arg(laneName(lane))
                             .arg(d_->sorted.count(lane))
                             .arg(isLaneVisible(lane) ? QString() : QStringLiteral(" (hidden)"));
        QString text = QStringLiteral("Timeline with %1 entries").arg(d_->items.size());
        if (!lanes.isEmpty()) text += QStringLiteral(": ") + lanes.join(QStringLiteral(", "));
        return text;
    }
    const TimelineItem& item = d_->items[d_->chosen];
    const QString when = formatClock(static_cast<qint64>(item.fromMs));
    QStringList parts{when, laneName(item.lane), stateWord(item.state), d_->lineOf(d_->chosen).line,
                      d_->detailOf(d_->chosen)};
    if (item.pinned) parts.insert(1, QStringLiteral("pinned"));
    return parts.join(QStringLiteral(", "));
}

void IncidentTimeline::Impl::select(int index, bool reveal) {
    const QString id = index >= 0 ? items[index].id : QString();
    if (id == selected) return;
    selected = id;
    chosen = index;
    if (reveal && index >= 0 && !range().contains(items[index].fromMs)) {
        const double half = range().span() / 2;
        userZoom({items[index].fromMs - half, items[index].fromMs + half});
    }
    q->update();
    spokenChanged(q);
    emit q->itemSelected(id);
}

void IncidentTimeline::Impl::step(int by) {
    const auto& order = sorted.byTime();
    int place = sorted.placeOf(chosen);
    if (place < 0) place = by > 0 ? -1 : int(order.size());
    for (place += by; place >= 0 && place < order.size(); place += by)
        if (!(hiddenLanes & laneBit(items[order[place]].lane))) return select(order[place], true);
}

void IncidentTimeline::Impl::stepLane(int by) {
    if (chosen < 0) return step(by);
    const double at = items[chosen].fromMs;
    for (int lane = int(items[chosen].lane) + by; lane >= 0 && lane < int(allLanes.size()); lane += by) {
        if (hiddenLanes & laneBit(Lane(lane))) continue;
        if (const int best = sorted.nearest(Lane(lane), at); best >= 0) return select(best, true);
    }
}

void IncidentTimeline::Impl::userZoom(const TimeRange& wanted) {
    zoom = wanted;
    hovered = -1;
    invalidate();
    emit q->rangeZoomed(wanted);
}

void IncidentTimeline::Impl::zoomAround(double ms, double factor) {
    const TimeRange now = range();
    const double span = now.span() * factor;
    if (span >= base.span() && factor > 1) {
        zoom.reset();
        invalidate();
        emit q->rangeZoomed(base);
        return;
    }
    if (span < 2000) return;
    const double share = (ms - now.fromMs) / now.span();
    userZoom({ms - share * span, ms + (1 - share) * span});
}

int IncidentTimeline::Impl::placedAt(const QPointF& position) const {
    // The last one painted lies on top.
    for (qsizetype i = lanes.placed.size() - 1; i >= 0; --i) {
        const PlacedItem& placed = lanes.placed[i];
        const QRectF hit =
            placed.gathered ? placed.box.adjusted(-1, 0, 1, 0) : placed.box.adjusted(-4, -2, 2, 2);
        if (hit.contains(position)) return int(i);
    }
    return -1;
}

bool IncidentTimeline::Impl::holds(const PlacedItem& placed, int item) const {
    if (item < 0) return false;
    if (!placed.gathered || placed.count == 1) return placed.item == item;
    const TimelineItem& one = items[item];
    return one.lane == items[placed.item].lane && one.fromMs >= placed.cell.fromMs &&
           one.fromMs < placed.cell.toMs;
}

const IncidentTimeline::Impl::Text& IncidentTimeline::Impl::lineOf(int item) {
    const auto known = lineCache.constFind(item);
    if (known != lineCache.constEnd()) return *known;
    if (lineCache.size() > 20'000) lineCache.clear();
    Text text;
    text.line = items[item].text;
    if (text.line.isEmpty() && texts.line) text.line = texts.line(items[item]);
    text.width = -1;
    return *lineCache.insert(item, text);
}

QString IncidentTimeline::Impl::detailOf(int item) const {
    const TimelineItem& one = items[item];
    return one.detail.isEmpty() && texts.detail ? texts.detail(one) : one.detail;
}

}  // namespace qd::widgets
