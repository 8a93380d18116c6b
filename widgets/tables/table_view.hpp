#pragma once
#include <QTableView>

#include "widgets/theme/icons.hpp"

namespace qd::widgets {

class EmptyState;

// QTableView as the console uses it: whole rows, quiet horizontal lines only, one row height, header that
// sorts, elided text with the full one as tooltip, a focus ring on the row, an EmptyState while the model has
// no rows.
//
// Keys: Up/Down or K/J, PageUp/Down, Home/End = first/last row, Enter = activated, Ctrl+C = copy the selected
// rows as tab-separated text.
class TableView : public QTableView {
    Q_OBJECT
public:
    explicit TableView(QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model) override;
    // Width in pixels; 0: takes what is left (one column should). Call after setModel().
    void setColumnLayout(const QVector<int>& widths);
    // Shown instead of rows while there are none. May be changed at any time (loading, nothing found,
    // unreachable).
    EmptyState* setEmptyContent(Icon icon, const QString& title, const QString& text = {});
    EmptyState* emptyState() const { return empty_; }
    // Keeps the current row (by this column's Qt::UserRole + Qt::DisplayRole) over resets of the model; -1:
    // off.
    void setKeyColumn(int column);
    // The row under the pointer, -1: none. For delegates.
    int hoveredRow() const { return hoveredRow_; }
    // As many rows high as it has, at most `maxRows`; for short tables inside a page that scrolls.
    void setFitRows(int maxRows);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    // Enter or double click. The index is of column 0.
    void rowActivated(const QModelIndex& index);
    void currentRowChanged(const QModelIndex& index);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void refreshEmpty();
    void placeEmpty();
    void copySelection() const;
    void rememberKey();
    void restoreKey();

    EmptyState* empty_;
    QVector<int> widths_;
    QVariant key_;
    int keyColumn_ = -1;
    int hoveredRow_ = -1;
    int fitRows_ = 0;
};

}  // namespace qd::widgets
