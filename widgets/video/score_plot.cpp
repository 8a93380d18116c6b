#include "widgets/video/score_plot.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/theme/format.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr qreal kLeft = 44, kRight = 44, kTop = 20, kBottom = 20;
constexpr double kBestDb = 60, kWorstDb = 10;  // beyond these nothing more is to be seen
constexpr int kTicks = 4;

QString positionText(double ms) {
    return QStringLiteral("%1.%2").arg(formatPosition(qint64(ms))).arg(int(ms) % 1000 / 100);
}

}  // namespace

ScorePlot::ScorePlot(QWidget* parent) : QWidget(parent), empty_(QStringLiteral("No pair of pictures yet")) {
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(QStringLiteral("Likeness of the pictures"));
}

void ScorePlot::setScores(const QVector<QPointF>& ssim, const QVector<QPointF>& psnrDb) {
    ssim_ = ssim;
    psnr_ = psnrDb;
    worst_ = 1;
    for (const QPointF& point : ssim_) worst_ = std::min(worst_, point.y());
    update();
    spokenChanged(this);
}

void ScorePlot::setShades(const QVector<Shade>& shades) {
    shades_ = shades;
    update();
}

void ScorePlot::setThreshold(double ssim) {
    threshold_ = ssim;
    update();
}

void ScorePlot::setRange(const TimeRange& range) {
    if (range_ == range) return;
    range_ = range;
    update();
}

void ScorePlot::setPosition(double ms) {
    if (std::lround(xOf(ms)) == std::lround(xOf(positionMs_))) {
        positionMs_ = ms;
        return;
    }
    positionMs_ = ms;
    update();
}

void ScorePlot::setEmptyText(const QString& text) {
    empty_ = text;
    update();
}

double ScorePlot::lowest() const {
    const double reach = qIsNaN(threshold_) ? worst_ : std::min(worst_, threshold_);
    return std::clamp(std::floor((reach - 0.02) * 20) / 20, -1.0, 0.95);
}

QRectF ScorePlot::plot() const {
    return QRectF(rect()).adjusted(kLeft, kTop, -kRight, -kBottom);
}

TimeRange ScorePlot::shown() const {
    if (range_.span() > 0) return range_;
    if (ssim_.size() < 2) return {0, 1};
    return {ssim_.first().x(), std::max(ssim_.first().x() + 1, ssim_.last().x())};
}

double ScorePlot::xOf(double ms) const {
    const TimeRange range = shown();
    return plot().left() + plot().width() * (ms - range.fromMs) / range.span();
}

QString ScorePlot::readout() const {
    const QRectF area = plot();
    if (ssim_.isEmpty() || hoverX_ < area.left() || hoverX_ > area.right()) return {};
    const TimeRange range = shown();
    const double at = range.fromMs + (hoverX_ - area.left()) / area.width() * range.span();
    const auto later = std::lower_bound(ssim_.begin(), ssim_.end(), at,
                                        [](const QPointF& point, double ms) { return point.x() < ms; });
    qsizetype index = later - ssim_.begin();
    if (index == ssim_.size() || (index > 0 && at - ssim_[index - 1].x() < ssim_[index].x() - at)) --index;
    // Far from any pair there is nothing to tell.
    if (std::abs(xOf(ssim_[index].x()) - hoverX_) > 12) return {};
    QString text =
        QStringLiteral("%1  SSIM %2").arg(positionText(ssim_[index].x())).arg(ssim_[index].y(), 0, 'f', 4);
    if (index < psnr_.size()) {
        const double db = psnr_[index].y();
        text += db >= 100 ? QStringLiteral("  identical") : QStringLiteral("  PSNR %1 dB").arg(db, 0, 'f', 1);
    }
    for (const Shade& shade : shades_)
        if (shade.range.contains(ssim_[index].x())) text += QStringLiteral("  ") + shade.label;
    return text;
}

QString ScorePlot::spokenText() const {
    if (ssim_.isEmpty()) return empty_;
    return QStringLiteral("%1 pairs, SSIM at worst %2").arg(ssim_.size()).arg(worst_, 0, 'f', 4);
}

void ScorePlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF area = plot();
    const QFont small = textFont(Type::Micro);
    const double low = lowest();
    const auto ySsim = [&](double value) {
        return area.bottom() - area.height() * (std::clamp(value, low, 1.0) - low) / (1 - low);
    };
    const auto yPsnr = [&](double db) {
        return area.bottom() -
               area.height() * (std::clamp(db, kWorstDb, kBestDb) - kWorstDb) / (kBestDb - kWorstDb);
    };
    painter.setFont(small);
    for (int i = 0; i <= kTicks; ++i) {
        const double share = double(i) / kTicks;
        const qreal y = area.bottom() - area.height() * share;
        painter.setPen(color(Token::Grid));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(color(Token::TextMuted));
        paintNumber(painter, {0, y - 8, kLeft - space::xs, 16},
                    QString::number(low + (1 - low) * share, 'f', 2), small);
        paintNumber(painter, {area.right() + space::xs, y - 8, kRight - space::xs, 16},
                    QString::number(kWorstDb + (kBestDb - kWorstDb) * share, 'f', 0), small, Qt::AlignLeft);
    }
    painter.setPen(color(Token::Series1));
    painter.drawText(QRectF(space::xs, 0, 200, 16), Qt::AlignLeft | Qt::AlignVCenter,
                     QStringLiteral("SSIM —"));
    painter.setPen(color(Token::Series2));
    painter.drawText(QRectF(width() - 204, 0, 200, 16), Qt::AlignRight | Qt::AlignVCenter,
                     QStringLiteral("PSNR, dB - -"));
    if (ssim_.isEmpty()) {
        painter.setPen(color(Token::TextMuted));
        painter.setFont(textFont(Type::Small));
        painter.drawText(area, Qt::AlignCenter, empty_);
        return;
    }
    const TimeRange range = shown();
    painter.setPen(color(Token::TextMuted));
    for (int i = 0; i <= kTicks; ++i) {
        const double share = double(i) / kTicks;
        const Qt::Alignment alignment = i == 0        ? Qt::AlignLeft
                                        : i == kTicks ? Qt::AlignRight
                                                      : Qt::AlignHCenter;
        const qreal x = area.left() + area.width() * share;
        const qreal left = i == 0 ? x : i == kTicks ? x - 80 : x - 40;
        paintNumber(painter, {left, area.bottom() + 2, 80, 16},
                    positionText(range.fromMs + range.span() * share), small, alignment);
    }
    painter.save();
    painter.setClipRect(area.adjusted(0, -2, 0, 2));  // a line on the edge is a line
    for (const Shade& shade : shades_) {
        const QRectF box(xOf(shade.range.fromMs), area.top(),
                         std::max(2.0, xOf(shade.range.toMs) - xOf(shade.range.fromMs)), area.height());
        painter.fillRect(box, color(shade.color, 0.16));
        paintHatch(painter, box, color(shade.color, 0.5));
        painter.setPen(color(shade.color));
        if (box.width() > 60) paintText(painter, box.adjusted(4, 2, -4, -area.height() + 18), shade.label);
    }
    if (!qIsNaN(threshold_)) {
        painter.setPen(QPen(color(Token::Bad), 1, Qt::DashLine));
        painter.drawLine(QPointF(area.left(), ySsim(threshold_)), QPointF(area.right(), ySsim(threshold_)));
        painter.drawText(QRectF(area.left() + 4, ySsim(threshold_) - 16, area.width() - 8, 14),
                         Qt::AlignRight, QStringLiteral("different below %1").arg(threshold_, 0, 'f', 2));
    }
    // The worst of each pixel column.
    const auto line = [&](const QVector<QPointF>& points, auto yOf, const QPen& pen) {
        QPolygonF path;
        int column = -1;
        for (const QPointF& point : points) {
            const double x = xOf(point.x());
            if (x < area.left() - 1 || x > area.right() + 1) continue;
            const double y = yOf(point.y());
            if (int(x) == column) {
                path.last().setY(std::max(path.last().y(), y));
            } else {
                path.append({x, y});
                column = int(x);
            }
        }
        painter.setPen(pen);
        painter.setRenderHint(QPainter::Antialiasing);
        if (path.size() == 1)
            painter.drawEllipse(path.first(), 1.5, 1.5);
        else
            painter.drawPolyline(path);
        painter.setRenderHint(QPainter::Antialiasing, false);
    };
    line(psnr_, yPsnr, QPen(color(Token::Series2), 1, Qt::DashLine));
    line(ssim_, ySsim, QPen(color(Token::Series1), 1.6));
    if (positionMs_ >= 0)
        painter.fillRect(QRectF(xOf(positionMs_), area.top(), 1, area.height()), color(Token::Accent));
    painter.restore();
    if (const QString text = readout(); !text.isEmpty()) {
        painter.fillRect(QRectF(hoverX_, area.top(), 1, area.height()), color(Token::Crosshair));
        const qreal wide = numberWidth(text, small) + 2 * space::sm;
        const QRectF chip(std::clamp(hoverX_ - wide / 2, 0.0, std::max(0.0, width() - wide)), area.top() + 2,
                          wide, 20);
        paintPanel(painter, chip, 4, color(Token::Raised), color(Token::LineStrong));
        painter.setPen(color(Token::Text));
        paintNumber(painter, chip.adjusted(space::sm, 0, -space::sm, 0), text, small, Qt::AlignLeft);
    }
}

void ScorePlot::mouseMoveEvent(QMouseEvent* event) {
    hoverX_ = event->position().x();
    update();
}

void ScorePlot::mouseReleaseEvent(QMouseEvent* event) {
    const QRectF area = plot();
    if (event->button() != Qt::LeftButton || ssim_.isEmpty() || !area.contains(event->position())) return;
    const TimeRange range = shown();
    emit positionChosen(range.fromMs + (event->position().x() - area.left()) / area.width() * range.span());
}

void ScorePlot::leaveEvent(QEvent*) {
    hoverX_ = -1;
    update();
}

}  // namespace qd::widgets
