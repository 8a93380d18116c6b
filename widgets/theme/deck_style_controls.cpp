// Buttons, fields, indicators, sliders and scroll bars.
#include <QComboBox>
#include <QPainter>
#include <QSpinBox>
#include <QStyleOption>

#include "widgets/theme/buttons.hpp"
#include "widgets/theme/deck_style.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto mix = [share](int x, int y) { return static_cast<int>(x + (y - x) * share); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

void chevron(QPainter& painter, const QPointF& centre, qreal size, bool up, const QColor& tint) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tint, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    const qreal dy = up ? -size / 2 : size / 2;
    painter.drawPolyline(
        QPolygonF{centre + QPointF(-size, -dy), centre + QPointF(0, dy), centre + QPointF(size, -dy)});
    painter.restore();
}

}  // namespace

void DeckStyle::drawButton(const QStyleOption& option, QPainter& painter, const QWidget* widget) const {
    const bool enabled = option.state & State_Enabled;
    const bool over = enabled && (option.state & State_MouseOver);
    const bool down = option.state & (State_Sunken | State_On);
    const QColor text = color(Token::Text);
    QColor fill, line;
    switch (buttonKind(widget)) {
        case ButtonKind::Primary:
            fill = color(Token::Accent);
            if (over) fill = mixed(fill, text, 0.12);
            if (down) fill = mixed(color(Token::Accent), color(Token::Background), 0.2);
            break;
        case ButtonKind::Danger:
            fill = color(Token::BadSoft);
            line = color(Token::Bad, 0.55);
            if (over) line = color(Token::Bad);
            if (down) fill = mixed(fill, color(Token::Bad), 0.15);
            break;
        case ButtonKind::Quiet:
            if (over || down) fill = color(down ? Token::NeutralSoft : Token::Hover);
            break;
        case ButtonKind::Link:
            break;
        case ButtonKind::Plain:
            fill = color(Token::Raised);
            line = color(Token::LineStrong);
            if (over) fill = mixed(fill, text, 0.06);
            if (down) fill = color(Token::Sunken);
            break;
    }
    if (!enabled && buttonKind(widget) != ButtonKind::Link && buttonKind(widget) != ButtonKind::Quiet) {
        fill = color(Token::Surface);
        line = color(Token::Line);
    }
    if (fill.isValid() || line.isValid()) paintPanel(painter, QRectF(option.rect), controlRadius, fill, line);
}

void DeckStyle::drawToolButton(const QStyleOption& option, QPainter& painter, const QWidget*) const {
    const bool enabled = option.state & State_Enabled;
    const bool over = enabled && (option.state & State_MouseOver);
    const bool checked = option.state & State_On;
    const bool down = option.state & State_Sunken;
    QColor fill, line;
    if (!(option.state & State_AutoRaise)) {
        fill = color(Token::Raised);
        line = color(Token::LineStrong);
    }
    if (over) fill = color(Token::Hover);
    if (checked) fill = color(Token::AccentSoft);
    if (down) fill = color(Token::NeutralSoft);
    if (fill.isValid()) paintPanel(painter, QRectF(option.rect), controlRadius, fill, line);
}

void DeckStyle::drawField(const QStyleOption& option, QPainter& painter, const QWidget*) const {
    const bool enabled = option.state & State_Enabled;
    const bool focused = option.state & State_HasFocus;
    const bool over = option.state & State_MouseOver;
    QColor line = color(focused ? Token::Accent : over && enabled ? Token::TextFaint : Token::LineStrong);
    if (!enabled) line = color(Token::Line);
    const QRectF box(option.rect);
    paintPanel(painter, box, controlRadius, color(enabled ? Token::Field : Token::Surface), line);
    if (focused)
        paintPanel(painter, box.adjusted(1, 1, -1, -1), controlRadius - 1, {}, color(Token::Accent, 0.45));
}

void DeckStyle::drawIndicator(const QStyleOption& option, QPainter& painter, bool round) const {
    const bool on = option.state & State_On;
    const bool partly = option.state & State_NoChange;
    const bool enabled = option.state & State_Enabled;
    const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const qreal radius = round ? box.height() / 2 : 4;
    const bool filled = on || partly;
    QColor fill = color(filled ? Token::Accent : Token::Field);
    QColor line = color(filled ? Token::Accent : Token::LineStrong);
    if (!enabled) {
        fill = color(Token::NeutralSoft);
        line = color(Token::Line);
    }
    paintPanel(painter, box, radius, fill, line);
    if (!filled) return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF c = box.center();
    const QColor mark = color(enabled ? Token::OnAccent : Token::TextFaint);
    if (round) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(mark);
        painter.drawEllipse(c, 3, 3);
    } else {
        painter.setPen(QPen(mark, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        if (partly)
            painter.drawLine(c + QPointF(-3.5, 0), c + QPointF(3.5, 0));
        else
            painter.drawPolyline(
                QPolygonF{c + QPointF(-3.6, 0.2), c + QPointF(-1, 2.9), c + QPointF(3.9, -2.7)});
    }
    painter.restore();
}

void DeckStyle::drawComboBox(const QStyleOptionComplex& option, QPainter& painter,
                             const QWidget* widget) const {
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(&option);
    if (!combo) return;
    const bool enabled = option.state & State_Enabled;
    QColor fill = color(combo->editable ? Token::Field : Token::Raised);
    QColor line = color(Token::LineStrong);
    if (enabled && option.state & State_MouseOver) line = color(Token::TextFaint);
    if (combo->editable && option.state & State_HasFocus) line = color(Token::Accent);
    if (!enabled) {
        fill = color(Token::Surface);
        line = color(Token::Line);
    }
    const QRectF box(option.rect);
    paintPanel(painter, box, controlRadius, fill, line);
    const QRect arrow = subControlRect(CC_ComboBox, &option, SC_ComboBoxArrow, widget);
    chevron(painter, QRectF(arrow).center(), 3.8, false,
            color(enabled ? Token::TextMuted : Token::TextFaint));
    if (widget && wantsFocusRing(widget)) paintFocusRing(painter, box, controlRadius);
}

void DeckStyle::drawSpinBox(const QStyleOptionComplex& option, QPainter& painter,
                            const QWidget* widget) const {
    const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(&option);
    if (!spin) return;
    if (spin->frame) drawField(option, painter, widget);
    if (spin->buttonSymbols == QAbstractSpinBox::NoButtons) return;
    const auto arrow = [&](SubControl part, QAbstractSpinBox::StepEnabledFlag flag, bool up) {
        const bool can = (spin->stepEnabled & flag) && (option.state & State_Enabled);
        const bool over = can && (option.activeSubControls & part) && (option.state & State_MouseOver);
        const QRectF box(subControlRect(CC_SpinBox, &option, part, widget));
        const Token tint = !can ? Token::TextFaint : over ? Token::Text : Token::TextMuted;
        chevron(painter, box.center(), 3, up, color(tint));
    };
    arrow(SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, true);
    arrow(SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, false);
}

void DeckStyle::drawScrollBar(const QStyleOptionComplex& option, QPainter& painter,
                              const QWidget* widget) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(&option);
    if (!bar || bar->maximum <= bar->minimum) return;
    const bool flat = bar->orientation == Qt::Horizontal;
    const bool over = (option.state & State_MouseOver) || (option.state & State_Sunken);
    QRectF thumb(subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, widget));
    const qreal inset = over ? 3 : 4;
    thumb = flat ? thumb.adjusted(2, inset, -2, -inset) : thumb.adjusted(inset, 2, -inset, -2);
    const qreal radius = (flat ? thumb.height() : thumb.width()) / 2;
    paintPanel(painter, thumb, radius, color(over ? Token::TextFaint : Token::LineStrong));
}

void DeckStyle::drawSlider(const QStyleOptionComplex& option, QPainter& painter,
                           const QWidget* widget) const {
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(&option);
    if (!slider) return;
    const bool enabled = option.state & State_Enabled;
    const bool flat = slider->orientation == Qt::Horizontal;
    const QRectF all(option.rect);
    const QPointF knob = QRectF(subControlRect(CC_Slider, &option, SC_SliderHandle, widget)).center();
    const QRectF track = flat ? QRectF(all.left() + 2, all.center().y() - 2, all.width() - 4, 4)
                              : QRectF(all.center().x() - 2, all.top() + 2, 4, all.height() - 4);
    paintPanel(painter, track, 2, color(Token::LineStrong));
    QRectF done = track;
    if (flat)
        slider->upsideDown ? done.setLeft(knob.x()) : done.setRight(knob.x());
    else
        slider->upsideDown ? done.setBottom(knob.y()) : done.setTop(knob.y());
    if (enabled) paintPanel(painter, done, 2, color(Token::Accent));
    const qreal r = option.state & (State_MouseOver | State_Sunken) ? 6.5 : 5.5;
    const QRectF disc(knob.x() - r, knob.y() - r, 2 * r, 2 * r);
    paintPanel(painter, disc, r, color(enabled ? Token::Accent : Token::TextFaint), color(Token::Surface));
    if (widget && wantsFocusRing(widget)) paintFocusRing(painter, disc.adjusted(-3, -3, 3, 3), r + 3);
}

}  // namespace qd::widgets
