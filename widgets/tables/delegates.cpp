#include "widgets/tables/delegates.hpp"

#include <QFontMetricsF>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <cmath>

#include "widgets/charts/sparkline.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/theme/icons.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/painting.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/budget_bar.hpp"
#include "widgets/tiles/progress_strip.hpp"
#include "widgets/tiles/status_badge.hpp"

namespace qd::widgets {
namespace {

constexpr int cellPadding = space::sm;

double numberOf(const QModelIndex& index) {
    const QVariant value = index.data(NumberRole);
    return value.isValid() ? value.toDouble() : qQNaN();
}

Token tintOf(const QModelIndex& index, Token otherwise) {
    const QVariant value = index.data(TintRole);
    return value.isValid() ? static_cast<Token>(value.toInt()) : otherwise;
}

}  // namespace

QColor CellDelegate::textColor(const QStyleOptionViewItem& option) {
    return color(option.state & QStyle::State_Enabled ? Token::Text : Token::TextFaint);
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    return {QStyledItemDelegate::sizeHint(option, index).width() + cellPadding, tableRowHeight};
}

bool CellDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                             const QModelIndex& index) {
    if (!index.data(Qt::ToolTipRole).toString().isEmpty())
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    const QString text = index.data(Qt::DisplayRole).toString();
    const bool elided =
        QFontMetricsF(option.font).horizontalAdvance(text) > option.rect.width() - 2 * cellPadding;
    if (event->type() != QEvent::ToolTip || !elided) return false;
    QToolTip::showText(event->globalPos(), QStringLiteral("<p>%1</p>").arg(text.toHtmlEscaped()), view);
    return true;
}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
    painter->save();
    const QRect& r = option.rect;
    const auto* table = qobject_cast<const TableView*>(option.widget);
    const bool hovered = table ? table->hoveredRow() == index.row() : option.state & QStyle::State_MouseOver;
    const bool selected = option.state & QStyle::State_Selected;
    if (selected)
        painter->fillRect(r, color(Token::AccentSoft));
    else if (hovered)
        painter->fillRect(r, color(Token::Hover));
    painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), color(Token::Line));
    const bool current = table && table->hasFocus() && table->currentIndex().row() == index.row();
    if (current) {
        // A bar at the left end and, by keyboard, a ring around the whole row.
        if (index.column() == table->indexAt(QPoint(0, r.center().y())).column())
            painter->fillRect(QRect(r.left(), r.top(), 3, r.height() - 1), color(Token::Accent));
        if (table->window()->testAttribute(Qt::WA_KeyboardFocusChange)) {
            painter->fillRect(QRect(r.left(), r.top(), r.width(), 1), color(Token::Accent));
            painter->fillRect(QRect(r.left(), r.bottom() - 1, r.width(), 1), color(Token::Accent));
        }
    }
    painter->setFont(option.font);
    painter->setPen(textColor(option));
    painter->setClipRect(r);
    paintContent(*painter, QRectF(r).adjusted(cellPadding, 0, -cellPadding, -1), option, index);
    painter->restore();
}

void TextDelegate::paintContent(QPainter& painter, const QRectF& area, const QStyleOptionViewItem& option,
                                const QModelIndex& index) const {
    QRectF box = area;
    const QVariant picture = index.data(IconRole);
    if (picture.isValid()) {
        const QColor tint = color(tintOf(index, Token::TextMuted));
        paintIcon(painter, {box.left(), box.center().y() - 8, 16, 16}, static_cast<Icon>(picture.toInt()),
                  tint);
        box.setLeft(box.left() + 16 + space::sm);
    }
    const QString text = index.data(Qt::DisplayRole).toString();
    const QString sub = index.data(SubRole).toString();
    const QVariant aligned = index.data(Qt::TextAlignmentRole);
    const auto alignment =
        aligned.isValid() ? Qt::Alignment(aligned.toInt()) & Qt::AlignHorizontal_Mask : Qt::AlignLeft;
    const QVariant font = index.data(Qt::FontRole);
    if (font.isValid()) painter.setFont(font.value<QFont>());
    if (sub.isEmpty()) {
        paintText(painter, box, text, alignment);
        return;
    }
    // One line where rows are low: text, then the second rank muted.
    if (option.rect.height() < 40) {
        const qreal used = paintText(painter, box, text);
        painter.setPen(color(Token::TextMuted));
        painter.setFont(textFont(Type::Small));
        const QRectF rest = box.adjusted(used + space::sm, 0, 0, 0);
        if (rest.width() > 24) paintText(painter, rest, sub);
        return;
    }
    paintText(painter, {box.left(), box.center().y() - 17, box.width(), 18}, text, alignment);
    painter.setPen(color(Token::TextMuted));
    painter.setFont(textFont(Type::Small));
    paintText(painter, {box.left(), box.center().y() + 1, box.width(), 16}, sub, alignment);
}

void StatusDelegate::paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem&,
                                  const QModelIndex& index) const {
    const QVariant state = index.data(StateRole);
    if (!state.isValid()) {
        paintText(painter, box, index.data(Qt::DisplayRole).toString());
        return;
    }
    StatusBadge::paint(painter, box, static_cast<State>(state.toInt()),
                       index.data(Qt::DisplayRole).toString());
}

void BudgetDelegate::paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem&,
                                  const QModelIndex& index) const {
    const QVariant ideal = index.data(IdealRole);
    BudgetBar::paint(painter, box, {numberOf(index), ideal.isValid() ? ideal.toDouble() : -1},
                     box.width() > 130);
}

void NumberDelegate::paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem& option,
                                  const QModelIndex& index) const {
    QString text = formatter_ && index.data(NumberRole).isValid() ? formatter_(numberOf(index))
                                                                  : index.data(Qt::DisplayRole).toString();
    QString unit = index.data(UnitRole).toString();
    const qsizetype cut = text.lastIndexOf(QLatin1Char(' '));
    // "1 min 35 s" stays whole; "4.2 ms" is split.
    if (unit.isEmpty() && cut > 0 && text.count(QLatin1Char(' ')) == 1) {
        unit = text.mid(cut + 1);
        text.truncate(cut);
    }
    QRectF line = box;
    if (!unit.isEmpty()) {
        painter.setPen(color(Token::TextMuted));
        const qreal width = QFontMetricsF(option.font).horizontalAdvance(unit);
        painter.setFont(option.font);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, unit);
        line.setRight(line.right() - width - 4);
    }
    const QVariant tint = index.data(TintRole);
    painter.setPen(tint.isValid() ? color(static_cast<Token>(tint.toInt())) : textColor(option));
    paintNumber(painter, line, text, option.font, Qt::AlignRight);
}

void ProgressDelegate::paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem& option,
                                    const QModelIndex& index) const {
    const QString text = index.data(Qt::DisplayRole).toString();
    const QVariant number = index.data(NumberRole);
    if (!number.isValid()) {
        paintText(painter, box, text);
        return;
    }
    const qreal barWidth = text.isEmpty() ? box.width() : std::min(96.0, box.width() * 0.5);
    ProgressStrip::paintBar(painter, {box.left(), std::round(box.center().y() - 3), barWidth, 6},
                            number.toDouble(), tintOf(index, Token::Accent));
    if (text.isEmpty()) return;
    painter.setPen(color(Token::TextMuted));
    paintNumber(painter, box.adjusted(barWidth + space::sm, 0, 0, 0), text, option.font, Qt::AlignLeft);
}

void SparklineDelegate::paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem&,
                                     const QModelIndex& index) const {
    const auto values = index.data(TrendRole).value<QVector<double>>();
    if (values.size() < 2) {
        painter.setPen(color(Token::TextMuted));
        paintText(painter, box, QStringLiteral("–"));
        return;
    }
    Sparkline::paint(painter, box.adjusted(0, 5, 0, -5), values, tintOf(index, Token::Accent));
}

}  // namespace qd::widgets
