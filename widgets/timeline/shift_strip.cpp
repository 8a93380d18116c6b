#include "widgets/timeline/shift_strip.hpp"

#include <QDateTime>
#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QStringList>
#include <QToolTip>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int nameWidth = 96;
constexpr int dayHeight = 22;
constexpr int laneHeight = 30;
constexpr int laneGap = 4;
constexpr int mostSpoken = 20;

QString when(qint64 ms) {
    return QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(ms), QStringLiteral("ddd d MMM HH:mm"));
}

QString told(const ShiftLane& lane, const ShiftBar& bar) {
    return QStringLiteral("%1: %2, %3 to %4").arg(lane.name, bar.person, when(bar.fromMs), when(bar.toMs));
}

/// The order in which people first appear decides their tint.
QStringList peopleOf(const QVector<ShiftLane>& lanes) {
    QStringList people;
    for (const ShiftLane& lane : lanes)
        for (const ShiftBar& bar : lane.bars)
            if (!people.contains(bar.person)) people << bar.person;
    return people;
}

}  // namespace

ShiftStrip::ShiftStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ShiftStrip::setShifts(const QVector<ShiftLane>& lanes, qint64 fromMs, qint64 toMs) {
    lanes_ = lanes;
    fromMs_ = fromMs;
    toMs_ = qMax(fromMs + 1, toMs);
    updateGeometry();
    update();
    spokenChanged(this);
}

QSize ShiftStrip::sizeHint() const {
    return {760, dayHeight + int(lanes_.size()) * (laneHeight + laneGap)};
}
QSize ShiftStrip::minimumSizeHint() const {
    return {420, sizeHint().height()};
}

QString ShiftStrip::spokenText() const {
    QStringList lines;
    for (const ShiftLane& lane : lanes_)
        for (const ShiftBar& bar : lane.bars)
            if (lines.size() < mostSpoken) lines << told(lane, bar);
    return lines.isEmpty() ? QStringLiteral("Nobody is on call") : lines.join(QStringLiteral("; "));
}

QRectF ShiftStrip::plot() const {
    return QRectF(rect()).adjusted(nameWidth, dayHeight, 0, 0);
}

qreal ShiftStrip::xOf(qint64 ms) const {
    const QRectF area = plot();
    const double share = double(qBound(fromMs_, ms, toMs_) - fromMs_) / double(toMs_ - fromMs_);
    return area.left() + share * area.width();
}

void ShiftStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = plot();
    const QStringList people = peopleOf(lanes_);
    painter.setFont(textFont(Type::Micro));
    QDateTime day = QDateTime::fromMSecsSinceEpoch(fromMs_).date().startOfDay();
    for (; day.toMSecsSinceEpoch() < toMs_; day = day.date().addDays(1).startOfDay()) {
        const qreal left = xOf(day.toMSecsSinceEpoch());
        const qreal right = xOf(day.date().addDays(1).startOfDay().toMSecsSinceEpoch());
        painter.setPen(color(Token::Grid));
        if (left > area.left()) painter.drawLine(QPointF(left, 6), QPointF(left, area.bottom()));
        painter.setPen(color(day.date().dayOfWeek() > 5 ? Token::TextFaint : Token::TextMuted));
        if (right - left > 34)
            paintText(painter, QRectF(left + space::xs, 0, right - left - space::xs, dayHeight),
                      QLocale::c().toString(day.date(), QStringLiteral("ddd d")));
    }
    for (qsizetype i = 0; i < lanes_.size(); ++i) {
        const qreal top = area.top() + qreal(i) * (laneHeight + laneGap);
        painter.setFont(textFont(Type::Small));
        painter.setPen(color(Token::TextMuted));
        paintText(painter, QRectF(0, top, nameWidth - space::sm, laneHeight), lanes_[i].name);
        const QRectF lane(area.left(), top, area.width(), laneHeight);
        paintHatch(painter, lane, color(Token::Hatch));
        for (const ShiftBar& bar : lanes_[i].bars) {
            const QRectF box(xOf(bar.fromMs) + 0.5, top, xOf(bar.toMs) - xOf(bar.fromMs) - 1, laneHeight);
            if (box.width() < 1) continue;
            const Token tint = seriesToken(int(people.indexOf(bar.person)));
            paintPanel(painter, box, 4, color(Token::Surface));
            paintPanel(painter, box, 4, color(tint, 0.22), color(tint));
            painter.setPen(color(Token::Text));
            if (box.width() > 26) paintText(painter, box.adjusted(space::sm, 0, -space::xs, 0), bar.person);
        }
    }
}

const ShiftBar* ShiftStrip::barAt(const QPointF& at) const {
    const int lane = int((at.y() - plot().top()) / (laneHeight + laneGap));
    if (at.y() < plot().top() || lane < 0 || lane >= lanes_.size()) return nullptr;
    for (const ShiftBar& bar : lanes_[lane].bars)
        if (at.x() >= xOf(bar.fromMs) && at.x() < xOf(bar.toMs)) return &bar;
    return nullptr;
}

bool ShiftStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const ShiftBar* bar = barAt(help->pos());
    if (bar == nullptr) {
        QToolTip::hideText();
        event->ignore();
        return true;
    }
    const int lane = int((help->pos().y() - plot().top()) / (laneHeight + laneGap));
    QToolTip::showText(help->globalPos(), told(lanes_[lane], *bar), this);
    return true;
}

}  // namespace qd::widgets
