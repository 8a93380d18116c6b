#include "widgets/theme/deck_style.hpp"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QSplitterHandle>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>

#include "widgets/theme/buttons.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::widgets {

DeckStyle::DeckStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void DeckStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
        qobject_cast<QAbstractSpinBox*>(widget) || qobject_cast<QLineEdit*>(widget) ||
        qobject_cast<QAbstractSlider*>(widget) || qobject_cast<QTabBar*>(widget) ||
        qobject_cast<QHeaderView*>(widget) || qobject_cast<QSplitterHandle*>(widget))
        widget->setAttribute(Qt::WA_Hover);
    // Rounded menus need corners that are not painted.
    if (qobject_cast<QMenu*>(widget)) widget->setAttribute(Qt::WA_TranslucentBackground);
}

QPalette DeckStyle::standardPalette() const {
    return Theme::instance().palette();
}

int DeckStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
        case PM_ButtonShiftHorizontal:
        case PM_ButtonShiftVertical:
        case PM_ScrollView_ScrollBarOverlap:
        case PM_ScrollView_ScrollBarSpacing:
        case PM_ToolBarFrameWidth:
            return 0;
        case PM_DefaultFrameWidth:
        case PM_MenuPanelWidth:
        case PM_TabBarBaseOverlap:
        case PM_TabBarBaseHeight:
            return 1;
        case PM_MenuHMargin:
        case PM_MenuVMargin:
            return space::xs;
        case PM_ScrollBarExtent:
            return 12;
        case PM_ScrollBarSliderMin:
            return 32;
        case PM_SplitterWidth:
            return 7;
        case PM_TabBarTabHSpace:
            return space::xl;
        case PM_TabBarTabVSpace:
            return space::lg;
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
        case PM_SmallIconSize:
        case PM_ButtonIconSize:
            return 16;
        case PM_ToolBarIconSize:
            return 18;
        case PM_SliderThickness:
        case PM_SliderControlThickness:
        case PM_SliderLength:
            return 14;
        case PM_HeaderMargin:
            return space::sm;
        case PM_HeaderMarkSize:
            return 8;
        case PM_ToolTipLabelFrameWidth:
            return 6;
        case PM_LayoutHorizontalSpacing:
        case PM_LayoutVerticalSpacing:
            return space::sm;
        case PM_LayoutLeftMargin:
        case PM_LayoutRightMargin:
        case PM_LayoutTopMargin:
        case PM_LayoutBottomMargin:
            return space::md;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int DeckStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                         QStyleHintReturn* data) const {
    switch (hint) {
        case SH_Widget_Animate:
        case SH_Widget_Animation_Duration:
        case SH_EtchDisabledText:
        case SH_DitherDisabledText:
        case SH_UnderlineShortcut:
        case SH_ComboBox_Popup:
        case SH_MessageBox_CenterButtons:
        case SH_Menu_FlashTriggeredItem:
        case SH_ItemView_ActivateItemOnSingleClick:
            return 0;
        case SH_ItemView_ShowDecorationSelected:
        case SH_MenuBar_MouseTracking:
        case SH_Menu_MouseTracking:
            return 1;
        case SH_TabBar_Alignment:
            return Qt::AlignLeft;
        case SH_ToolTip_WakeUpDelay:
            return 450;
        case SH_Slider_AbsoluteSetButtons:
            return Qt::LeftButton;
        case SH_Table_GridLineColor:
            return static_cast<int>(color(Token::Line).rgb());
        default:
            return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize DeckStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                  const QWidget* widget) const {
    QSize s = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
        case CT_PushButton: {
            const bool link = buttonKind(widget) == ButtonKind::Link;
            const int padding = link ? 0 : 2 * space::md;
            s = QSize(size.width() + padding, std::max(controlHeight, size.height() + 2));
            break;
        }
        case CT_LineEdit:
        case CT_SpinBox:
        case CT_ComboBox:
            if (type == CT_ComboBox) s.setWidth(size.width() + space::sm + 26 + space::xs);
            s.setHeight(std::max(size.height() + 6, controlHeight));
            break;
        case CT_ToolButton:
            s = s.expandedTo(QSize(controlHeight, controlHeight));
            break;
        case CT_HeaderSection:
            s.setHeight(std::max(s.height(), 32));
            break;
        case CT_MenuItem: {
            const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
            if (item && item->menuItemType == QStyleOptionMenuItem::Separator)
                s.setHeight(9);
            else
                s = QSize(s.width() + space::xl, std::max(s.height(), 28));
            break;
        }
        case CT_MenuBarItem:
            s += QSize(space::sm, 4);
            break;
        default:
            break;
    }
    return s;
}

QRect DeckStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    switch (element) {
        case SE_PushButtonFocusRect:
            return option->rect;
        case SE_LineEditContents:
            return QProxyStyle::subElementRect(element, option, widget).adjusted(space::xs, 0, -space::xs, 0);
        case SE_TabBarTabText:
            return option->rect;
        case SE_HeaderArrow: {
            const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
            if (!header) break;
            const QRect r = option->rect;
            const int x = header->textAlignment & Qt::AlignRight ? r.left() + 4 : r.right() - 14;
            return {x, r.center().y() - 3, 8, 8};
        }
        default:
            break;
    }
    return QProxyStyle::subElementRect(element, option, widget);
}

QRect DeckStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                const QWidget* widget) const {
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!bar) return {};
        const QRect r = bar->rect;
        const bool flat = bar->orientation == Qt::Horizontal;
        const int length = flat ? r.width() : r.height();
        const qint64 span = qint64(bar->maximum) - bar->minimum;
        int thumb = length;
        if (span > 0) {
            thumb = static_cast<int>(qint64(bar->pageStep) * length / (span + bar->pageStep));
            thumb = std::clamp(
                thumb, std::min(length, proxy()->pixelMetric(PM_ScrollBarSliderMin, bar, widget)), length);
        }
        const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                                  length - thumb, bar->upsideDown);
        const auto stretch = [&](int from, int to) {
            return flat ? QRect(r.left() + from, r.top(), to - from, r.height())
                        : QRect(r.left(), r.top() + from, r.width(), to - from);
        };
        QRect box;
        switch (part) {  // no arrow buttons: nobody misses them
            case SC_ScrollBarSlider:
                box = stretch(start, start + thumb);
                break;
            case SC_ScrollBarSubPage:
                box = stretch(0, start);
                break;
            case SC_ScrollBarAddPage:
                box = stretch(start + thumb, length);
                break;
            case SC_ScrollBarGroove:
                box = r;
                break;
            default:
                return {};
        }
        return visualRect(bar->direction, r, box);
    }
    if (control == CC_ComboBox) {
        const QRect r = option->rect;
        if (part == SC_ComboBoxArrow)
            return visualRect(option->direction, r, {r.right() - 26, r.top(), 26, r.height()});
        if (part == SC_ComboBoxEditField)
            return visualRect(option->direction, r, r.adjusted(space::sm, 1, -26, -1));
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

void DeckStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                   QPainter* painter, const QWidget* widget) const {
    switch (control) {
        case CC_ComboBox:
            return drawComboBox(*option, *painter, widget);
        case CC_ScrollBar:
            return drawScrollBar(*option, *painter, widget);
        case CC_Slider:
            return drawSlider(*option, *painter, widget);
        case CC_SpinBox:
            return drawSpinBox(*option, *painter, widget);
        default:
            QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

}  // namespace qd::widgets
