#include "widgets/charts/distribution_strip.hpp"

#include <QPainter>
#include <algorithm>

#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {
constexpr int kLane = 26;    // of the dots and the box
constexpr int kLabels = 16;  // below it
constexpr qreal kDot = 2.6;
}  // namespace

DistributionStrip::DistributionStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void DistributionStrip::setValues(const std::optional<SpreadOfValues>& spread, const QVector<double>& dots) {
    if (spread == spread_ && dots == dots_) return;
    spread_ = spread;
    dots_ = dots;
    setToolTip(spread_ ? spokenText() : QString());
    update();
    spokenChanged(this);
}

void DistributionStrip::setFormatter(Formatter formatter) {
    formatter_ = std::move(formatter);
    update();
}

void DistributionStrip::setEmptyText(const QString& text) {
    empty_ = text;
    update();
    spokenChanged(this);
}

QSize DistributionStrip::sizeHint() const {
    return {180, kLane + kLabels};
}

QSize DistributionStrip::minimumSizeHint() const {
    return {120, kLane + kLabels};
}

QString DistributionStrip::spokenText() const {
    if (!spread_) return empty_;
    return QStringLiteral(
               "From %1 to %2; half of them between %3 and %4, the median %5, nine of ten at most %6")
        .arg(formatter_(spread_->least), formatter_(spread_->most), formatter_(spread_->quarter),
             formatter_(spread_->threeQuarters), formatter_(spread_->median), formatter_(spread_->p90));
}

void DistributionStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF lane(kDot, 0, width() - 2 * kDot, kLane);
    painter.setFont(textFont(Type::Micro));
    if (!spread_) {
        paintHatch(painter, lane, color(Token::Hatch));
        painter.setPen(color(Token::TextMuted));
        paintText(painter, QRectF(0, kLane, width(), kLabels), empty_);
        return;
    }
    // Corrections may make a time negative; the scale then begins there.
    const double low = std::min(0.0, spread_->least), high = std::max(spread_->most, low + 1e-9);
    const auto x = [&](double value) { return lane.left() + lane.width() * (value - low) / (high - low); };
    const qreal middle = lane.center().y();
    painter.setPen(QPen(color(Token::LineStrong), 1));
    painter.drawLine(QPointF(lane.left(), middle), QPointF(lane.right(), middle));
    const QRectF box(QPointF(x(spread_->quarter), middle - 8),
                     QPointF(x(spread_->threeQuarters), middle + 8));
    paintPanel(painter, box.adjusted(-1, 0, 1, 0), 3, color(Token::AccentSoft), color(Token::Accent));
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Text, 0.55));
    for (qsizetype i = 0; i < dots_.size(); ++i) {
        // Spread a little in height, always the same way, so that equal ones do not hide each other.
        const qreal jitter = qreal((i * 7) % 11 - 5) * 0.9;
        painter.drawEllipse(QPointF(x(dots_[i]), middle + jitter), kDot, kDot);
    }
    painter.setPen(QPen(color(Token::Accent), 2.5, Qt::SolidLine, Qt::FlatCap));
    painter.drawLine(QPointF(x(spread_->median), middle - 11), QPointF(x(spread_->median), middle + 11));
    painter.setPen(QPen(color(Token::TextMuted), 1.5, Qt::DotLine));
    painter.drawLine(QPointF(x(spread_->p90), middle - 10), QPointF(x(spread_->p90), middle + 10));
    painter.setPen(color(Token::TextMuted));
    const QRectF labels(0, kLane, width(), kLabels);
    paintText(painter, labels, low < 0 ? formatter_(low) : QStringLiteral("0"));
    paintText(painter, labels, formatter_(spread_->most), Qt::AlignRight);
}

}  // namespace qd::widgets
