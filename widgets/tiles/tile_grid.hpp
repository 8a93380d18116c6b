#pragma once
#include <QLayout>
#include <QList>

namespace qd::widgets {

// Lays tiles out in as many equal columns as fit, so that a page reads well from 1280 px up without
// breakpoints of its own. Rows are as high as their highest tile. Owned by the widget it is set on.
class TileGrid : public QLayout {
    Q_OBJECT
public:
    explicit TileGrid(int minColumnWidth = 220, QWidget* parent = nullptr);
    ~TileGrid() override;

    // 0: no limit.
    void setMaxColumns(int columns);
    int columnsFor(int width) const;

    void addItem(QLayoutItem* item) override;
    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int index) const override { return items_.value(index); }
    QLayoutItem* takeAt(int index) override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    void setGeometry(const QRect& rect) override;

private:
    int place(const QRect& rect, bool apply) const;
    QList<QLayoutItem*> items_;
    int minColumnWidth_;
    int maxColumns_ = 0;
};

}  // namespace qd::widgets
