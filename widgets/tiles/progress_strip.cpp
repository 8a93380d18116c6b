#include "widgets/tiles/progress_strip.hpp"

#include <QFontMetrics>
#include <QPainter>
#include <cmath>

#include "widgets/theme/format.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/status.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {

ProgressStrip::ProgressStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ProgressStrip::setProgress(double progress) {
    // Steps below a pixel are not worth a repaint.
    const bool same = std::isnan(progress) ? std::isnan(progress_) : std::abs(progress - progress_) < 5e-4;
    if (same) return;
    progress_ = progress;
    update();
    spokenChanged(this);
}

void ProgressStrip::setText(const QString& text) {
    if (text_ == text) return;
    text_ = text;
    updateGeometry();
    update();
}

void ProgressStrip::setState(State state) {
    state_ = state;
    update();
}

QSize ProgressStrip::sizeHint() const {
    return {200, text_.isEmpty() ? 8 : 28};
}
QSize ProgressStrip::minimumSizeHint() const {
    return {60, sizeHint().height()};
}

QString ProgressStrip::spokenText() const {
    const QString amount = std::isnan(progress_) ? QStringLiteral("under way") : formatPercent(progress_, 0);
    return text_.isEmpty() ? amount : text_ + QStringLiteral(", ") + amount;
}

void ProgressStrip::paintBar(QPainter& painter, const QRectF& bar, double progress, Token tint) {
    const qreal radius = bar.height() / 2;
    paintPanel(painter, bar, radius, color(Token::NeutralSoft));
    if (std::isnan(progress)) {
        paintHatch(painter, bar.adjusted(radius, 0, -radius, 0), color(tint), 6);
        return;
    }
    const double share = std::clamp(progress, 0.0, 1.0);
    if (share > 0)
        paintPanel(painter,
                   {bar.left(), bar.top(), std::max(bar.height(), bar.width() * share), bar.height()}, radius,
                   color(tint));
}

void ProgressStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QRectF box(rect());
    if (!text_.isEmpty()) {
        const QFont f = textFont(Type::Small);
        const QRectF line(box.left(), box.top(), box.width(), 18);
        painter.setPen(color(Token::TextMuted));
        const QString amount = std::isnan(progress_) ? QString() : formatPercent(progress_, 0);
        paintNumber(painter, line, amount, f, Qt::AlignRight);
        painter.setFont(f);
        painter.setPen(color(Token::Text));
        paintText(painter, line.adjusted(0, 0, -numberWidth(QStringLiteral("100 %  "), f), 0), text_);
        box.setTop(box.top() + 20);
    }
    const QRectF bar(box.left(), box.center().y() - 3, box.width(), 6);
    paintBar(painter, bar, progress_, state_ == State::Info ? Token::Accent : stateFillToken(state_));
}

}  // namespace qd::widgets
