// Primitives, menus, tabs, headers: what drawPrimitive() and drawControl() spread out to.
#include <QPainter>
#include <QStyleOption>
#include <QTabBar>

#include "widgets/theme/buttons.hpp"
#include "widgets/theme/deck_style.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {

void DeckStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    const QRectF box(option->rect);
    switch (element) {
        case PE_PanelButtonCommand:
            return drawButton(*option, *painter, widget);
        case PE_PanelButtonTool:
            return drawToolButton(*option, *painter, widget);
        case PE_PanelLineEdit: {
            const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            if (frame && frame->lineWidth > 0) drawField(*option, *painter, widget);
            return;
        }
        case PE_IndicatorCheckBox:
        case PE_IndicatorItemViewItemCheck:
            return drawIndicator(*option, *painter, false);
        case PE_IndicatorRadioButton:
            return drawIndicator(*option, *painter, true);
        case PE_FrameLineEdit:
        case PE_FrameDefaultButton:
        case PE_FrameStatusBarItem:
        case PE_FrameTabBarBase:
        case PE_PanelScrollAreaCorner:
        case PE_FrameMenu:
            if (element == PE_FrameTabBarBase) painter->fillRect(option->rect, color(Token::Line));
            return;
        case PE_FrameFocusRect:
            // Items of views show the focus by their own delegates.
            if (option->state & State_KeyboardFocusChange && !(option->state & State_Item))
                paintFocusRing(*painter, box, controlRadius);
            return;
        case PE_PanelMenu:
            paintPanel(*painter, box, cornerRadius, color(Token::Raised), color(Token::LineStrong));
            return;
        case PE_PanelTipLabel:
            painter->fillRect(option->rect, color(Token::Raised));
            painter->setPen(color(Token::LineStrong));
            painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
            return;
        case PE_Frame:
        case PE_FrameGroupBox:
        case PE_FrameTabWidget:
        case PE_FrameDockWidget:
            painter->save();
            painter->setPen(color(Token::Line));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
            painter->restore();
            return;
        case PE_PanelItemViewItem:
        case PE_PanelItemViewRow: {
            const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
            if (!item) return;
            if (option->state & State_Selected)
                painter->fillRect(option->rect, color(Token::AccentSoft));
            else if (element == PE_PanelItemViewItem && option->state & State_MouseOver)
                painter->fillRect(option->rect, color(Token::Hover));
            else if (item->backgroundBrush.style() != Qt::NoBrush)
                painter->fillRect(option->rect, item->backgroundBrush);
            return;
        }
        case PE_IndicatorHeaderArrow: {
            const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
            if (!header || header->sortIndicator == QStyleOptionHeader::None) return;
            const bool up = header->sortIndicator == QStyleOptionHeader::SortUp;
            const QPointF c = box.center();
            const qreal dy = up ? 2 : -2;
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(QPen(color(Token::Text), 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter->drawPolyline(
                QPolygonF{c + QPointF(-3.5, dy), c + QPointF(0, -dy), c + QPointF(3.5, dy)});
            painter->restore();
            return;
        }
        default:
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void DeckStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                            const QWidget* widget) const {
    switch (element) {
        case CE_PushButtonLabel: {
            const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
            if (!button) return;
            QStyleOptionButton copy = *button;
            const ButtonKind kind = buttonKind(widget);
            QColor text = color(Token::Text);
            if (kind == ButtonKind::Primary) text = color(Token::OnAccent);
            if (kind == ButtonKind::Danger) text = color(Token::Bad);
            if (kind == ButtonKind::Link) text = color(Token::Accent);
            if (!(option->state & State_Enabled)) text = color(Token::TextFaint);
            copy.palette.setColor(QPalette::ButtonText, text);
            painter->save();
            if (kind == ButtonKind::Primary || kind == ButtonKind::Danger)
                painter->setFont(textFont(Type::Body, Weight::Medium));
            QProxyStyle::drawControl(element, &copy, painter, widget);
            painter->restore();
            return;
        }
        case CE_MenuItem:
            return drawMenuItem(*option, *painter, widget);
        case CE_MenuBarItem:
            return drawMenuBarItem(*option, *painter);
        case CE_MenuBarEmptyArea:
            return;
        case CE_TabBarTabShape:
            return drawTabShape(*option, *painter);
        case CE_TabBarTabLabel:
            return drawTabLabel(*option, *painter, widget);
        case CE_HeaderSection:
        case CE_HeaderEmptyArea:
            return drawHeaderSection(*option, *painter);
        case CE_HeaderLabel:
            return drawHeaderLabel(*option, *painter);
        case CE_ProgressBarGroove:
        case CE_ProgressBarLabel:
            return;
        case CE_ProgressBarContents:
            return drawProgress(*option, *painter);
        case CE_Splitter: {
            const bool over = option->state & (State_MouseOver | State_Sunken);
            const QRect r = option->rect;
            const bool upright = r.height() > r.width();
            const QRect line = upright ? QRect(r.center().x(), r.top(), over ? 2 : 1, r.height())
                                       : QRect(r.left(), r.center().y(), r.width(), over ? 2 : 1);
            painter->fillRect(line, color(over ? Token::Accent : Token::Line));
            return;
        }
        case CE_ToolBar:
            return;
        default:
            QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void DeckStyle::drawMenuItem(const QStyleOption& option, QPainter& painter, const QWidget*) const {
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(&option);
    if (!item) return;
    const QRectF box(option.rect);
    if (item->menuItemType == QStyleOptionMenuItem::Separator) {
        painter.fillRect(QRectF(box.left() + space::sm, box.center().y(), box.width() - 2 * space::sm, 1),
                         color(Token::Line));
        return;
    }
    const bool enabled = option.state & State_Enabled;
    if (enabled && option.state & State_Selected)
        paintPanel(painter, box.adjusted(2, 1, -2, -1), controlRadius - 1, color(Token::AccentSoft));
    const QColor text = color(enabled ? Token::Text : Token::TextFaint);
    qreal x = box.left() + space::sm;
    if (item->checkType != QStyleOptionMenuItem::NotCheckable) {
        if (item->checked)
            paintIcon(painter, {x, box.center().y() - 8, 16, 16}, Icon::Ok, color(Token::Accent));
    } else if (!item->icon.isNull()) {
        item->icon.paint(&painter, QRect(int(x), int(box.center().y()) - 8, 16, 16), Qt::AlignCenter,
                         enabled ? QIcon::Normal : QIcon::Disabled);
    }
    if (item->maxIconWidth > 0 || item->menuHasCheckableItems) x += 16 + space::sm;
    const QStringList parts = item->text.split(QLatin1Char('\t'));
    const QRectF line(x, box.top(), box.right() - x - space::md, box.height());
    painter.setFont(item->font);
    painter.setPen(text);
    painter.drawText(line, Qt::AlignVCenter | Qt::TextHideMnemonic | Qt::TextSingleLine, parts.first());
    if (parts.size() > 1) {
        painter.setPen(color(Token::TextMuted));
        painter.setFont(textFont(Type::Small));
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, parts.last());
    }
    if (item->menuItemType == QStyleOptionMenuItem::SubMenu)
        paintIcon(painter, {box.right() - 18, box.center().y() - 7, 14, 14}, Icon::Chevron,
                  color(Token::TextMuted));
}

void DeckStyle::drawMenuBarItem(const QStyleOption& option, QPainter& painter) const {
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(&option);
    if (!item) return;
    if (option.state & (State_Selected | State_Sunken))
        paintPanel(painter, QRectF(option.rect).adjusted(1, 2, -1, -2), controlRadius, color(Token::Hover));
    painter.setPen(color(option.state & State_Enabled ? Token::Text : Token::TextFaint));
    painter.drawText(option.rect, Qt::AlignCenter | Qt::TextHideMnemonic | Qt::TextSingleLine, item->text);
}

void DeckStyle::drawTabShape(const QStyleOption& option, QPainter& painter) const {
    const QRect r = option.rect;
    if (option.state & State_Selected)
        painter.fillRect(QRect(r.left() + space::md, r.bottom() - 1, r.width() - 2 * space::md, 2),
                         color(Token::Accent));
}

void DeckStyle::drawTabLabel(const QStyleOption& option, QPainter& painter, const QWidget* widget) const {
    const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(&option);
    if (!tab) return;
    const bool chosen = option.state & State_Selected;
    Token tint = chosen ? Token::Text : option.state & State_MouseOver ? Token::Text : Token::TextMuted;
    if (!(option.state & State_Enabled)) tint = Token::TextFaint;
    QRectF box(option.rect);
    painter.save();
    // The width was reserved for the regular face; medium is hardly wider.
    painter.setFont(textFont(Type::Body, chosen ? Weight::Medium : Weight::Regular));
    painter.setPen(color(tint));
    if (!tab->icon.isNull()) {
        tab->icon.paint(&painter, QRect(int(box.left()) + space::md, int(box.center().y()) - 8, 16, 16));
        box.setLeft(box.left() + space::md + 16);
    }
    painter.drawText(box, Qt::AlignCenter | Qt::TextHideMnemonic | Qt::TextSingleLine, tab->text);
    painter.restore();
    if (chosen && widget && wantsFocusRing(widget))
        paintFocusRing(painter, QRectF(option.rect).adjusted(3, 3, -3, -5), controlRadius);
}

void DeckStyle::drawHeaderSection(const QStyleOption& option, QPainter& painter) const {
    painter.fillRect(option.rect, color(Token::Surface));
    const QRect r = option.rect;
    painter.fillRect(QRect(r.left(), r.bottom(), r.width(), 1), color(Token::Line));
}

void DeckStyle::drawHeaderLabel(const QStyleOption& option, QPainter& painter) const {
    const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(&option);
    if (!header) return;
    const bool sorted = header->sortIndicator != QStyleOptionHeader::None;
    QRectF box = QRectF(option.rect).adjusted(0, 0, 0, -1);
    if (sorted) {
        if (header->textAlignment & Qt::AlignRight)
            box.setLeft(box.left() + 8);
        else
            box.setRight(box.right() - 8);
    }
    painter.save();
    painter.setFont(textFont(Type::Small, Weight::Medium));
    const bool over = option.state & State_MouseOver;
    painter.setPen(color(sorted || over ? Token::Text : Token::TextMuted));
    paintText(painter, box, header->text, header->textAlignment & Qt::AlignHorizontal_Mask);
    painter.restore();
}

void DeckStyle::drawProgress(const QStyleOption& option, QPainter& painter) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(&option);
    if (!bar) return;
    const QRectF box(option.rect);
    const QRectF track(box.left(), box.center().y() - 3, box.width(), 6);
    paintPanel(painter, track, 3, color(Token::NeutralSoft));
    const double span = double(bar->maximum) - bar->minimum;
    if (span <= 0) {
        paintHatch(painter, track, color(Token::Accent));
        return;
    }
    const double share = std::clamp((bar->progress - bar->minimum) / span, 0.0, 1.0);
    if (share > 0)
        paintPanel(painter, QRectF(track.topLeft(), QSizeF(std::max(6.0, track.width() * share), 6)), 3,
                   color(Token::Accent));
}

}  // namespace qd::widgets
