// The likeness of two pictures, painted.

#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "widgets/theme/format.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/video/score_plot.hpp"

namespace qd::widgets {
namespace {

constexpr int kScoreTicks = 4;
constexpr double kTopDb = 60, kBottomDb = 10;
constexpr qreal kSampleWidth = 22, kLabelHeight = 15;
constexpr int kLabelRows = 3;
constexpr double kLongestStepMs = 1'000;  // further apart, what is between was never compared: no line

QPen ssimPen() {
    return QPen(color(Token::Series1), 1.6);
}

QPen psnrPen() {
    return QPen(color(Token::Series2), 1.2, Qt::DashLine);
}

QString axisPosition(double ms) {
    return QStringLiteral("%1.%2").arg(formatPosition(qint64(ms))).arg(int(ms) % 1000 / 100);
}

/// On a ground of its own: lines and shades run below it.
void paintTag(QPainter& painter, const QRectF& box, const QString& text, const QColor& ink) {
    paintPanel(painter, box, 3, color(Token::Surface, 0.88));
    painter.setPen(ink);
    painter.drawText(box.adjusted(4, 0, -4, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
}

}  // namespace

void ScorePlot::paintLegend(QPainter& painter) const {
    const auto sample = [&](qreal left, const QPen& pen) {
        painter.setPen(pen);
        painter.drawLine(QPointF(left, 9), QPointF(left + kSampleWidth, 9));
    };
    painter.setFont(textFont(Type::Micro));
    const QFontMetricsF metrics(painter.font());
    const QString left = QStringLiteral("SSIM, 1 is alike");
    const QString right = QStringLiteral("PSNR in dB, 100 is identical");
    const qreal ssimLeft = space::xs;
    sample(ssimLeft, ssimPen());
    painter.setPen(color(Token::TextMuted));
    painter.drawText(QPointF(ssimLeft + kSampleWidth + 6, 9 + metrics.capHeight() / 2), left);
    const qreal psnrText = width() - space::xs - metrics.horizontalAdvance(right);
    sample(psnrText - kSampleWidth - 6, psnrPen());
    painter.setPen(color(Token::TextMuted));
    painter.drawText(QPointF(psnrText, 9 + metrics.capHeight() / 2), right);
}

void ScorePlot::paintAxes(QPainter& painter) const {
    const QRectF area = plot();
    const QFont small = textFont(Type::Micro);
    const double low = lowest();
    for (int i = 0; i <= kScoreTicks; ++i) {
        const double share = double(i) / kScoreTicks;
        const qreal y = area.bottom() - area.height() * share;
        painter.setPen(color(Token::Grid));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(color(Token::TextMuted));
        paintNumber(painter, {0, y - 8, area.left() - space::xs, 16},
                    QString::number(low + (1 - low) * share, 'f', 2), small);
        paintNumber(painter, {area.right() + space::xs, y - 8, width() - area.right() - space::xs, 16},
                    QString::number(kBottomDb + (kTopDb - kBottomDb) * share, 'f', 0), small, Qt::AlignLeft);
    }
    if (scores_.isEmpty()) return;
    const TimeRange range = shown();
    for (int i = 0; i <= kScoreTicks; ++i) {
        const double share = double(i) / kScoreTicks;
        const Qt::Alignment alignment = i == 0             ? Qt::AlignLeft
                                        : i == kScoreTicks ? Qt::AlignRight
                                                           : Qt::AlignHCenter;
        const qreal x = area.left() + area.width() * share;
        const qreal left = i == 0 ? x : i == kScoreTicks ? x - 80 : x - 40;
        paintNumber(painter, {left, area.bottom() + 2, 80, 16},
                    axisPosition(range.fromMs + range.span() * share), small, alignment);
    }
}

void ScorePlot::paintFindings(QPainter& painter) const {
    const QRectF area = plot();
    painter.setFont(textFont(Type::Micro));
    const QFontMetricsF metrics(painter.font());
    // Each label in the first row that has room; without any, the pointer and the keys still tell.
    std::array<qreal, kLabelRows> taken;
    taken.fill(area.left());
    for (const Shade& finding : findings_) {
        const qreal from = xOf(finding.range.fromMs), to = xOf(finding.range.toMs);
        if (to < area.left() || from > area.right()) continue;
        const QRectF box(from, area.top(), std::max(2.0, to - from), area.height());
        painter.fillRect(box, color(finding.color, 0.14));
        paintHatch(painter, box, color(finding.color, 0.45));
        const qreal wide = metrics.horizontalAdvance(finding.label) + 8;
        const qreal left = std::clamp(from + 3, area.left(), std::max(area.left(), area.right() - wide));
        for (std::size_t row = 0; row < taken.size(); ++row) {
            if (left < taken[row]) continue;
            taken[row] = left + wide + 4;
            paintTag(painter, {left, area.top() + 2 + double(row) * (kLabelHeight + 1), wide, kLabelHeight},
                     finding.label, color(finding.color));
            break;
        }
    }
}

void ScorePlot::paintBounds(QPainter& painter) const {
    const QRectF area = plot();
    painter.setFont(textFont(Type::Micro));
    const QFontMetricsF metrics(painter.font());
    const auto bound = [&](double y, Token token, Qt::PenStyle style, const QString& text, bool right) {
        painter.setPen(QPen(color(token), 1, style));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        const qreal wide = metrics.horizontalAdvance(text) + 8;
        const qreal top = std::min(y + 2, area.bottom() - kLabelHeight);
        paintTag(painter, {right ? area.right() - wide - 2 : area.left() + 2, top, wide, kLabelHeight}, text,
                 color(token));
    };
    if (!qIsNaN(ssimBound_))
        bound(ySsim(ssimBound_), Token::Series1, Qt::DashDotLine,
              QStringLiteral("SSIM below %1: different").arg(ssimBound_, 0, 'f', 2), false);
    if (!qIsNaN(psnrBound_))
        bound(yPsnr(psnrBound_), Token::Series2, Qt::DotLine,
              QStringLiteral("PSNR below %1 dB: different").arg(psnrBound_, 0, 'f', 0), true);
}

void ScorePlot::paintLine(QPainter& painter, double ScorePoint::*value,
                          double (ScorePlot::*yOf)(double) const, const QPen& pen) const {
    const QRectF area = plot();
    QPolygonF path;
    const auto draw = [&] {
        if (path.size() == 1)
            painter.drawEllipse(path.first(), 1.5, 1.5);
        else
            painter.drawPolyline(path);
        path.clear();
    };
    painter.setPen(pen);
    painter.setRenderHint(QPainter::Antialiasing);
    int column = -1;
    double before = qQNaN();
    for (const ScorePoint& point : scores_) {
        const double x = xOf(point.atMs);
        if (x < area.left() - 1 || x > area.right() + 1) continue;
        if (point.atMs - before > kLongestStepMs) draw(), column = -1;
        before = point.atMs;
        const double y = (this->*yOf)(point.*value);
        if (int(x) == column) {
            path.last().setY(std::max(path.last().y(), y));
        } else {
            path.append({x, y});
            column = int(x);
        }
    }
    draw();
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void ScorePlot::paintReadout(QPainter& painter) const {
    const QString text = readout();
    if (text.isEmpty()) return;
    const QRectF area = plot();
    const QFont small = textFont(Type::Micro);
    const double x = hoverX_ >= 0 ? hoverX_ : xOf(scores_[chosen_].atMs);
    painter.fillRect(QRectF(x, area.top(), 1, area.height()), color(Token::Crosshair));
    const qreal wide = std::min(numberWidth(text, small) + 2 * space::sm, double(width()));
    const QRectF chip(std::clamp(x - wide / 2, 0.0, std::max(0.0, width() - wide)), area.top() + 2, wide, 20);
    paintPanel(painter, chip, 4, color(Token::Raised), color(Token::LineStrong));
    painter.setPen(color(Token::Text));
    paintNumber(painter, chip.adjusted(space::sm, 0, -space::sm, 0), text, small, Qt::AlignLeft);
}

void ScorePlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF area = plot();
    paintLegend(painter);
    paintAxes(painter);
    if (scores_.isEmpty()) {
        painter.setPen(color(Token::TextMuted));
        painter.setFont(textFont(Type::Small));
        painter.drawText(area, Qt::AlignCenter, empty_);
    } else {
        painter.save();
        painter.setClipRect(area.adjusted(0, -2, 0, 2));  // a line on the edge is a line
        paintBounds(painter);
        paintFindings(painter);  // what was found is never covered by a bound's label
        paintLine(painter, &ScorePoint::psnrDb, &ScorePlot::yPsnr, psnrPen());
        paintLine(painter, &ScorePoint::ssim, &ScorePlot::ySsim, ssimPen());
        if (positionMs_ >= 0)
            painter.fillRect(QRectF(xOf(positionMs_), area.top(), 1, area.height()), color(Token::Accent));
        painter.restore();
        paintReadout(painter);
    }
    if (wantsFocusRing(this)) paintFocusRing(painter, QRectF(rect()).adjusted(0, 1, 0, -1), controlRadius);
}

}  // namespace qd::widgets
