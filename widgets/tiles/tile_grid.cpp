#include "widgets/tiles/tile_grid.hpp"

#include <QWidget>

#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

TileGrid::TileGrid(int minColumnWidth, QWidget* parent)
    : QLayout(parent), minColumnWidth_(std::max(1, minColumnWidth)) {
    setContentsMargins(0, 0, 0, 0);
    setSpacing(space::md);
}

TileGrid::~TileGrid() {
    qDeleteAll(items_);
}

void TileGrid::setMaxColumns(int columns) {
    maxColumns_ = columns;
    invalidate();
}

int TileGrid::columnsFor(int width) const {
    int visible = 0;
    for (const QLayoutItem* item : items_) visible += item->isEmpty() ? 0 : 1;
    int columns = (width + spacing()) / (minColumnWidth_ + spacing());
    if (maxColumns_ > 0) columns = std::min(columns, maxColumns_);
    columns = std::clamp(columns, 1, std::max(1, visible));
    // Five tiles in four columns leave one alone; three and two look better: the same rows, evenly filled.
    const int rows = (visible + columns - 1) / columns;
    return rows > 0 ? (visible + rows - 1) / rows : columns;
}

void TileGrid::addItem(QLayoutItem* item) {
    items_.append(item);
    invalidate();
}

QLayoutItem* TileGrid::takeAt(int index) {
    if (index < 0 || index >= items_.size()) return nullptr;
    return items_.takeAt(index);
}

QSize TileGrid::sizeHint() const {
    const int width = 4 * minColumnWidth_ + 3 * spacing();
    return {width, heightForWidth(width)};
}

QSize TileGrid::minimumSize() const {
    QSize least(0, 0);
    for (const QLayoutItem* item : items_)
        if (!item->isEmpty()) least = least.expandedTo(item->minimumSize());
    const QMargins m = contentsMargins();
    return least + QSize(m.left() + m.right(), m.top() + m.bottom());
}

int TileGrid::heightForWidth(int width) const {
    return place({0, 0, width, 0}, false);
}

void TileGrid::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    place(rect, true);
}

int TileGrid::place(const QRect& rect, bool apply) const {
    const QMargins margins = contentsMargins();
    const QRect area = rect.marginsRemoved(margins);
    const int columns = columnsFor(area.width());
    const double width = (area.width() - spacing() * (columns - 1)) / static_cast<double>(columns);
    QList<QLayoutItem*> shown;
    for (QLayoutItem* item : items_)
        if (!item->isEmpty()) shown.append(item);
    int y = area.top();
    for (qsizetype first = 0; first < shown.size(); first += columns) {
        const qsizetype end = std::min<qsizetype>(first + columns, shown.size());
        int height = 0;
        for (qsizetype i = first; i < end; ++i) {
            QLayoutItem* item = shown[i];
            const int w = static_cast<int>(width);
            height = std::max(
                height, item->hasHeightForWidth() ? item->heightForWidth(w) : item->sizeHint().height());
        }
        for (qsizetype i = first; apply && i < end; ++i) {
            const int left = area.left() + qRound((i - first) * (width + spacing()));
            const int right = area.left() + qRound((i - first) * (width + spacing()) + width);
            shown[i]->setGeometry({left, y, right - left, height});
        }
        y += height + spacing();
    }
    if (!shown.isEmpty()) y -= spacing();
    return y - rect.top() + margins.bottom();
}

}  // namespace qd::widgets
