#include "widgets/tiles/split_bar.hpp"

#include <QPainter>
#include <cmath>

#include "widgets/theme/format.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

constexpr int labelWidth = 84;
constexpr int rowGap = 8;
constexpr int thick = 18;

QString share(double value) {
    const double percent = value * 100;
    return formatPercent(value, std::abs(percent - std::round(percent)) < 0.05 ? 0 : 1);
}

void paintRow(QPainter& painter, const QRectF& bar, double canary) {
    const qreal width = bar.width() * std::clamp(canary, 0.0, 1.0);
    const qreal seam = bar.right() - width;
    painter.save();
    if (width < bar.width() - 0.5) {
        painter.setClipRect(
            QRectF(bar.left(), bar.top(), seam - bar.left() - (width > 0 ? 1 : 0), bar.height()));
        paintPanel(painter, bar, 4, color(Token::Stable));
    }
    if (width > 0.5) {
        painter.setClipRect(QRectF(seam + (width < bar.width() ? 1 : 0), bar.top(), width, bar.height()));
        paintPanel(painter, bar, 4, color(Token::Canary));
        // Strokes, so that the arms differ without colour as well.
        paintHatch(painter, QRectF(seam + 1, bar.top(), width, bar.height()), color(Token::Surface, 0.35), 6);
    }
    painter.restore();
}

}  // namespace

SplitBar::SplitBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SplitBar::setSplit(const Split& split) {
    split_ = split;
    update();
    spokenChanged(this);
}

QSize SplitBar::sizeHint() const {
    return {420, 2 * thick + rowGap + 26};
}
QSize SplitBar::minimumSizeHint() const {
    return {260, sizeHint().height()};
}

QString SplitBar::spokenText() const {
    const QString observed = std::isnan(split_.observedCanary)
                                 ? QStringLiteral("no requests observed")
                                 : share(split_.observedCanary) + QStringLiteral(" observed");
    return QStringLiteral("Canary traffic: %1 requested, %2 %3")
        .arg(share(split_.requestedCanary), observed, split_.observedOver);
}

void SplitBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFont f = textFont(Type::Small);
    const qreal valueWidth = numberWidth(QStringLiteral("100.0 %"), f) + space::sm;
    const QRectF box(rect());
    const auto row = [&](int index) {
        return QRectF(box.left() + labelWidth, box.top() + index * (thick + rowGap),
                      box.width() - labelWidth - valueWidth, thick);
    };
    const auto caption = [&](const QRectF& bar, const QString& label, const QString& value) {
        painter.setFont(f);
        painter.setPen(color(Token::TextMuted));
        paintText(painter, {box.left(), bar.top(), labelWidth - space::sm, bar.height()}, label);
        painter.setPen(color(Token::Text));
        paintNumber(painter, {bar.right(), bar.top(), valueWidth, bar.height()}, value, f, Qt::AlignRight);
    };
    const QRectF requested = row(0);
    caption(requested, QStringLiteral("Requested"), share(split_.requestedCanary));
    paintRow(painter, requested, split_.requestedCanary);

    const QRectF observed = row(1);
    const bool known = !std::isnan(split_.observedCanary);
    caption(observed, QStringLiteral("Observed"), known ? share(split_.observedCanary) : QStringLiteral("–"));
    if (known) {
        paintRow(painter, observed, split_.observedCanary);
    } else {
        paintPanel(painter, observed, 4, color(Token::NeutralSoft));
        paintHatch(painter, observed.adjusted(2, 1, -2, -1), color(Token::Hatch));
    }

    // Legend below: swatch, arm, version.
    QRectF legend(box.left() + labelWidth, observed.bottom() + 8, observed.width(), 16);
    const auto entry = [&](Token tint, const QString& arm, const QString& version) {
        const QRectF swatch(legend.left(), legend.center().y() - 5, 10, 10);
        paintPanel(painter, swatch, 2, color(tint));
        if (tint == Token::Canary) paintHatch(painter, swatch, color(Token::Surface, 0.35), 4);
        legend.setLeft(legend.left() + 16);
        painter.setPen(color(Token::TextMuted));
        const QString text = version.isEmpty() ? arm : arm + QLatin1Char(' ') + version;
        legend.setLeft(legend.left() + paintText(painter, legend, text) + space::lg);
    };
    painter.setFont(f);
    entry(Token::Stable, QStringLiteral("Stable"), split_.stableVersion);
    entry(Token::Canary, QStringLiteral("Canary"), split_.canaryVersion);
    painter.setPen(color(Token::TextMuted));
    const QRectF note(legend.left(), legend.top(), box.right() - legend.left(), legend.height());
    paintText(painter, note, known ? split_.observedOver : QStringLiteral("no requests observed"),
              Qt::AlignRight);
}

}  // namespace qd::widgets
