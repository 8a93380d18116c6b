#include "widgets/charts/interval_plot.hpp"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int kIntervalLane = 26;    // of the interval
constexpr int kIntervalLabels = 16;  // of zero and the limit, below it
constexpr qreal kCap = 5, kMark = 14;

bool sameValue(double left, double right) {
    return left == right || (std::isnan(left) && std::isnan(right));
}

}  // namespace

bool IntervalReading::isKnown() const {
    return std::isfinite(estimate) && std::isfinite(low) && std::isfinite(high) && low <= high;
}

bool operator==(const IntervalReading& left, const IntervalReading& right) {
    return sameValue(left.estimate, right.estimate) && sameValue(left.low, right.low) &&
           sameValue(left.high, right.high) && sameValue(left.limit, right.limit) &&
           left.state == right.state && left.word == right.word;
}

IntervalPlot::IntervalPlot(QWidget* parent)
    : QWidget(parent), formatter_([](double value) { return QString::number(value); }) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void IntervalPlot::setReading(const IntervalReading& reading) {
    if (reading == reading_) return;
    reading_ = reading;
    setToolTip(spokenText());
    update();
    spokenChanged(this);
}

void IntervalPlot::setFormatter(Formatter formatter) {
    formatter_ = std::move(formatter);
    setToolTip(spokenText());
    update();
}

void IntervalPlot::setEmptyText(const QString& text) {
    if (text == empty_) return;
    empty_ = text;
    setToolTip(spokenText());
    update();
    spokenChanged(this);
}

QSize IntervalPlot::sizeHint() const {
    return {260, kIntervalLane + kIntervalLabels};
}

QSize IntervalPlot::minimumSizeHint() const {
    return {140, kIntervalLane + kIntervalLabels};
}

QString IntervalPlot::spokenText() const {
    if (!reading_.isKnown()) return empty_;
    QString text =
        QStringLiteral("%1: %2, between %3 and %4")
            .arg(reading_.word.isEmpty() ? stateWord(reading_.state) : reading_.word,
                 formatter_(reading_.estimate), formatter_(reading_.low), formatter_(reading_.high));
    text += reading_.low > 0    ? QStringLiteral("; all of it above zero")
            : reading_.high < 0 ? QStringLiteral("; all of it below zero")
                                : QStringLiteral("; zero is within it");
    if (std::isfinite(reading_.limit))
        text += QStringLiteral("; up to %1 is borne").arg(formatter_(reading_.limit));
    return text;
}

void IntervalPlot::paintLabels(QPainter& painter, qreal zeroX, qreal limitX) const {
    painter.setFont(textFont(Type::Micro));
    painter.setPen(color(Token::TextMuted));
    const QFontMetricsF metrics(painter.font());
    const auto place = [&](const QString& text, qreal left) {
        const qreal wide = metrics.horizontalAdvance(text) + 1;
        return QRectF(std::clamp(left, 0.0, std::max(0.0, width() - wide)), kIntervalLane, wide,
                      kIntervalLabels);
    };
    const QString zero = QStringLiteral("0");
    QRectF atZero = place(zero, zeroX - metrics.horizontalAdvance(zero) / 2);
    if (std::isfinite(limitX)) {
        const QString text = QStringLiteral("borne %1").arg(formatter_(reading_.limit));
        const QRectF atLimit = place(text, limitX - 2);
        // What is borne is often close to nothing: zero then steps aside.
        if (atZero.right() + space::xs > atLimit.left())
            atZero.moveRight(std::min(atZero.right(), atLimit.left() - space::xs));
        paintText(painter, atLimit, text);
    }
    paintText(painter, atZero, zero);
}

void IntervalPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF lane(kMark / 2, 0, width() - kMark, kIntervalLane);
    if (!reading_.isKnown()) {
        paintHatch(painter, QRectF(0, 4, width(), kIntervalLane - 8), color(Token::Hatch));
        painter.setFont(textFont(Type::Micro));
        painter.setPen(color(Token::TextMuted));
        paintText(painter, QRectF(0, kIntervalLane, width(), kIntervalLabels), empty_);
        return;
    }
    const bool limited = std::isfinite(reading_.limit);
    double least = std::min({0.0, reading_.low, reading_.estimate});
    double most = std::max({0.0, reading_.high, reading_.estimate});
    if (limited) least = std::min(least, reading_.limit), most = std::max(most, reading_.limit);
    const double room = std::max((most - least) * 0.06, 1e-12);
    least -= room, most += room;
    const auto x = [&](double value) {
        return lane.left() + lane.width() * (value - least) / (most - least);
    };
    const qreal middle = lane.center().y();
    if (limited)
        paintHatch(painter, QRectF(QPointF(x(reading_.limit), 1), QPointF(width(), kIntervalLane - 1)),
                   color(Token::Hatch));
    painter.setPen(QPen(color(Token::Line), 1));
    painter.drawLine(QPointF(0, middle), QPointF(width(), middle));
    painter.setPen(QPen(color(Token::TextMuted), 1));
    painter.drawLine(QPointF(x(0), 0), QPointF(x(0), kIntervalLane));
    if (limited) {
        painter.setPen(QPen(color(Token::TextMuted), 1.5, Qt::DashLine, Qt::FlatCap));
        painter.drawLine(QPointF(x(reading_.limit), 0), QPointF(x(reading_.limit), kIntervalLane));
    }
    painter.setPen(QPen(color(stateFillToken(reading_.state)), 2.5, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(QPointF(x(reading_.low), middle), QPointF(x(reading_.high), middle));
    for (const double end : {reading_.low, reading_.high})
        painter.drawLine(QPointF(x(end), middle - kCap), QPointF(x(end), middle + kCap));
    const QRectF mark(x(reading_.estimate) - kMark / 2, middle - kMark / 2, kMark, kMark);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Surface));
    painter.drawEllipse(mark.adjusted(-1, -1, 1, 1));
    paintStatusShape(painter, mark, reading_.state);
    paintLabels(painter, x(0), limited ? x(reading_.limit) : qQNaN());
}

}  // namespace qd::widgets
