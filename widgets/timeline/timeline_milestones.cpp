// The flags of an IncidentTimeline's milestones, and the playhead.
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/timeline/timeline_impl.hpp"

namespace qd::widgets {
namespace {

constexpr int flagHeight = 18;
constexpr int flagPitch = 20;
constexpr int mostFlagRows = 3;

}  // namespace

int IncidentTimeline::Impl::milestoneIndex(const QString& id) const {
    if (id.isEmpty()) return -1;
    for (qsizetype i = 0; i < milestones.size(); ++i)
        if (milestones[i].id == id) return int(i);
    return -1;
}

double IncidentTimeline::Impl::milestoneMs(int index) const {
    const Milestone& milestone = milestones[index];
    return moving && milestone.id == chosenMilestone ? movedMs : milestone.atMs;
}

int IncidentTimeline::Impl::flagAt(const QPointF& position) const {
    for (auto it = flags.crbegin(); it != flags.crend(); ++it)
        if (it->box.adjusted(-3, -1, 1, 1).contains(position)) return it->milestone;
    return -1;
}

void IncidentTimeline::Impl::layOutMilestones() {
    flags.clear();
    top = 2;
    if (milestones.isEmpty()) return;
    QVector<int> order(milestones.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [this](int a, int b) { return milestoneMs(a) < milestoneMs(b); });
    const QFontMetricsF metrics(textFont(Type::Micro, Weight::Medium));
    QVector<qreal> ends;
    for (const int i : order) {
        const double x = std::round(xOf(milestoneMs(i)));
        if (x < left - 1 || x > right + 1) continue;
        const qreal wide = metrics.horizontalAdvance(milestones[i].label) + 12;
        // At the right end the flag hangs to the other side.
        const qreal begin = x + wide > right + 8 ? x - wide : x;
        qsizetype row = 0;
        while (row < ends.size() && row + 1 < mostFlagRows && ends[row] > begin) ++row;
        if (row == ends.size()) ends.append(0);
        ends[row] = begin + wide + 2;
        flags.append({i, QRectF(begin, 2 + qreal(row) * flagPitch, wide, flagHeight)});
    }
    // Never less high while a flag is dragged past another: nothing jumps under the pointer.
    flagRows = std::max<int>({1, int(ends.size()), moving ? flagRows : 0});
    top = 4 + flagRows * flagPitch;
}

void IncidentTimeline::Impl::paintMilestones(QPainter& painter) const {
    painter.setFont(textFont(Type::Micro, Weight::Medium));
    for (const MilestoneFlag& flag : flags) {
        const Milestone& milestone = milestones[flag.milestone];
        const bool isChosen = milestone.id == chosenMilestone;
        const double x = std::round(xOf(milestoneMs(flag.milestone)));
        QPen pen(color(isChosen ? Token::Accent : Token::LineStrong), 1);
        pen.setDashPattern({3, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x + 0.5, flag.box.top()), QPointF(x + 0.5, lanes.bottom));
        paintPanel(painter, flag.box, 3, color(isChosen ? Token::AccentSoft : Token::Raised),
                   color(isChosen ? Token::Accent : Token::LineStrong));
        painter.setPen(color(milestone.movable || isChosen ? Token::Text : Token::TextMuted));
        paintText(painter, flag.box, milestone.label, Qt::AlignHCenter);
        if (moving && isChosen && milestone.atMs != movedMs) {
            // Where it stands until the move is kept.
            const double was = std::round(xOf(milestone.atMs));
            painter.setPen(QPen(color(Token::TextMuted), 1));
            painter.drawLine(QPointF(was + 0.5, top), QPointF(was + 0.5, lanes.bottom));
        }
    }
}

void IncidentTimeline::Impl::paintPlayhead(QPainter& painter) const {
    if (qIsNaN(playheadMs)) return;
    const double x = std::clamp(std::round(xOf(playheadMs)), left, right);
    painter.fillRect(QRectF(x, 0, right - x, lanes.bottom), color(Token::Surface, 0.9));
    if (range().contains(playheadMs))
        painter.fillRect(QRectF(x - 1, 0, 2, lanes.bottom), color(Token::Accent));
}

}  // namespace qd::widgets
