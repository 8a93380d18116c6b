#pragma once
#include <QStyledItemDelegate>

#include "widgets/theme/format.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

// What a model gives these delegates besides Qt::DisplayRole (always the full text, for copying and screen
// readers).
enum ItemRole {
    StateRole = Qt::UserRole + 0x500,  // int(State)
    NumberRole,                        // double; NaN is "–"
    UnitRole,                          // QString, painted muted after the number
    IdealRole,                         // double 0..1: marker of a budget
    TrendRole,                         // QVector<double> as QVariant::fromValue
    TintRole,                          // int(Token)
    SubRole,                           // QString: second, muted line
    IconRole,                          // int(Icon)
};

// Background, hover, selection and focus of a cell as all delegates below paint them; a base for further
// ones.
class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const final;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    // Tells the whole text where the cell had to elide it.
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;

protected:
    // `box` is the cell without its padding; the painter's pen is the text colour.
    virtual void paintContent(QPainter& painter, const QRectF& box, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const = 0;
    static QColor textColor(const QStyleOptionViewItem& option);
};

// Qt::DisplayRole with optional IconRole and SubRole. TableView uses it where no other is set.
class TextDelegate : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void paintContent(QPainter&, const QRectF&, const QStyleOptionViewItem&,
                      const QModelIndex&) const override;
};

// A StatusBadge from StateRole, worded by Qt::DisplayRole.
class StatusDelegate : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void paintContent(QPainter&, const QRectF&, const QStyleOptionViewItem&,
                      const QModelIndex&) const override;
};

// A BudgetBar from NumberRole (remaining, 0..1) and IdealRole.
class BudgetDelegate : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void paintContent(QPainter&, const QRectF&, const QStyleOptionViewItem&,
                      const QModelIndex&) const override;
};

// Right-aligned digits of equal width from NumberRole by the formatter, or Qt::DisplayRole as it is; the unit
// (UnitRole, or what follows the last space) muted.
class NumberDelegate : public CellDelegate {
    Q_OBJECT
public:
    explicit NumberDelegate(QObject* parent = nullptr) : CellDelegate(parent) {}
    explicit NumberDelegate(Formatter formatter, QObject* parent = nullptr)
        : CellDelegate(parent), formatter_(std::move(formatter)) {}

protected:
    void paintContent(QPainter&, const QRectF&, const QStyleOptionViewItem&,
                      const QModelIndex&) const override;

private:
    Formatter formatter_;
};

// A bar from NumberRole (0..1, NaN: under way) in TintRole's colour with Qt::DisplayRole beside it.
class ProgressDelegate : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void paintContent(QPainter&, const QRectF&, const QStyleOptionViewItem&,
                      const QModelIndex&) const override;
};

// A Sparkline from TrendRole in TintRole's colour.
class SparklineDelegate : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;

protected:
    void paintContent(QPainter&, const QRectF&, const QStyleOptionViewItem&,
                      const QModelIndex&) const override;
};

}  // namespace qd::widgets
