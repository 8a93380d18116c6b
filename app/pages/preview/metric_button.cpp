#include "app/pages/preview/metric_button.hpp"

#include <QPainter>

#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kMetricHeight = 22;
constexpr int kMetricNameWidth = 108;

}  // namespace

MetricButton::MetricButton(const QString& name, QWidget* parent) : QAbstractButton(parent) {
    setText(name);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setValue(QStringLiteral("–"), false);
}

void MetricButton::setValue(const QString& value, bool known) {
    if (value_ == value && known_ == known) return;
    value_ = value;
    known_ = known;
    setAccessibleName(QStringLiteral("%1: %2").arg(text(), known ? value : QStringLiteral("not known")));
    update();
}

QSize MetricButton::sizeHint() const {
    return {240, kMetricHeight};
}

void MetricButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF box(rect());
    if (isChecked())
        paintPanel(painter, box, controlRadius, color(Token::AccentSoft));
    else if (underMouse())
        paintPanel(painter, box, controlRadius, color(Token::Hover));
    painter.setFont(textFont(Type::Small));
    painter.setPen(color(Token::TextMuted));
    paintText(painter, {space::sm, 0, kMetricNameWidth - space::sm, box.height()}, text());
    painter.setPen(color(known_ ? Token::Text : Token::TextMuted));
    paintNumber(painter, {kMetricNameWidth, 0, box.width() - kMetricNameWidth - space::sm, box.height()},
                value_, textFont(Type::Small, Weight::Medium), Qt::AlignRight);
    if (wantsFocusRing(this)) paintFocusRing(painter, box, controlRadius);
}

void MetricButton::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    update();
}

void MetricButton::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    update();
}

}  // namespace qd::app
