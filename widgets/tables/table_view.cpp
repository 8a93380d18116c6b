#include "widgets/tables/table_view.hpp"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QScrollBar>

#include "widgets/tables/delegates.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/theme/tokens.hpp"
#include "widgets/tiles/empty_state.hpp"

namespace qd::widgets {

TableView::TableView(QWidget* parent)
    : QTableView(parent),
      empty_(new EmptyState(Icon::Search, QStringLiteral("Nothing here yet"), {}, viewport())) {
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setShowGrid(false);
    setAlternatingRowColors(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false);  // Tab leaves the table: pages are walked by keyboard
    setFrameShape(NoFrame);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setMouseTracking(true);
    setItemDelegate(new TextDelegate(this));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);  // fixed heights keep 50,000 rows cheap
    verticalHeader()->setMinimumSectionSize(tableRowHeight);
    verticalHeader()->setDefaultSectionSize(tableRowHeight);
    QHeaderView* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setMinimumSectionSize(40);
    header->setSortIndicatorShown(false);
    empty_->hide();
    connect(this, &QAbstractItemView::doubleClicked, this,
            [this](const QModelIndex& index) { emit rowActivated(index.siblingAtColumn(0)); });
}

void TableView::setModel(QAbstractItemModel* next) {
    if (model()) disconnect(model(), nullptr, this, nullptr);
    QTableView::setModel(next);
    if (next) {
        const auto changed = [this] { refreshEmpty(); };
        connect(next, &QAbstractItemModel::modelAboutToBeReset, this, &TableView::rememberKey);
        connect(next, &QAbstractItemModel::modelReset, this, &TableView::restoreKey);
        connect(next, &QAbstractItemModel::modelReset, this, changed);
        connect(next, &QAbstractItemModel::rowsInserted, this, changed);
        connect(next, &QAbstractItemModel::rowsRemoved, this, changed);
        connect(next, &QAbstractItemModel::layoutChanged, this, changed);
    }
    refreshEmpty();
}

void TableView::setColumnLayout(const QVector<int>& widths) {
    widths_ = widths;
    QHeaderView* header = horizontalHeader();
    header->setStretchLastSection(false);
    for (int c = 0; model() && c < widths.size() && c < model()->columnCount(); ++c) {
        header->setSectionResizeMode(c, widths[c] == 0 ? QHeaderView::Stretch : QHeaderView::Interactive);
        if (widths[c] > 0) header->resizeSection(c, widths[c]);
    }
}

EmptyState* TableView::setEmptyContent(Icon icon, const QString& title, const QString& text) {
    empty_->setContent(icon, title, text);
    refreshEmpty();
    return empty_;
}

void TableView::setKeyColumn(int column) {
    keyColumn_ = column;
}

void TableView::setFitRows(int maxRows) {
    fitRows_ = maxRows;
    if (maxRows > 0) {
        setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    updateGeometry();
}

QSize TableView::sizeHint() const {
    if (fitRows_ <= 0) return QTableView::sizeHint();
    const int rows = model() ? model()->rowCount(rootIndex()) : 0;
    const int shown = rows == 0 ? 4 : std::min(rows, fitRows_);  // room for the empty state
    const int header = horizontalHeader()->isHidden() ? 0 : horizontalHeader()->sizeHint().height();
    return {400, header + shown * tableRowHeight + 2};
}

QSize TableView::minimumSizeHint() const {
    return fitRows_ > 0 ? QSize(120, sizeHint().height()) : QSize(120, 120);
}

void TableView::refreshEmpty() {
    const bool empty = !model() || model()->rowCount(rootIndex()) == 0;
    empty_->setVisible(empty);
    if (empty) placeEmpty();
    if (fitRows_ > 0) updateGeometry();
}

void TableView::placeEmpty() {
    empty_->setGeometry(viewport()->rect());
}

void TableView::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    placeEmpty();
}

void TableView::rememberKey() {
    if (keyColumn_ < 0 || !currentIndex().isValid()) return;
    const QModelIndex index = currentIndex().siblingAtColumn(keyColumn_);
    key_ = index.data(Qt::UserRole);
    if (!key_.isValid()) key_ = index.data(Qt::DisplayRole);
}

void TableView::restoreKey() {
    if (keyColumn_ < 0 || !key_.isValid() || !model()) return;
    const int rows = model()->rowCount(rootIndex());
    for (int r = 0; r < rows; ++r) {
        const QModelIndex index = model()->index(r, keyColumn_, rootIndex());
        const QVariant own = index.data(Qt::UserRole);
        if ((own.isValid() ? own : index.data(Qt::DisplayRole)) != key_) continue;
        setCurrentIndex(index.siblingAtColumn(0));
        return;
    }
}

void TableView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (current.row() != previous.row()) {
        // The focus ring spans the row, so the row is repainted and not the cell alone.
        viewport()->update();
        emit currentRowChanged(current.isValid() ? current.siblingAtColumn(0) : current);
    }
}

void TableView::copySelection() const {
    if (!selectionModel()) return;
    QStringList lines;
    for (const QModelIndex& row : selectionModel()->selectedRows()) {
        QStringList cells;
        for (int c = 0; c < model()->columnCount(rootIndex()); ++c)
            if (!isColumnHidden(c)) cells << row.siblingAtColumn(c).data().toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    if (!lines.isEmpty()) QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void TableView::keyPressEvent(QKeyEvent* event) {
    if (!model()) return QTableView::keyPressEvent(event);
    const int rows = model()->rowCount(rootIndex());
    const int row = currentIndex().isValid() ? currentIndex().row() : -1;
    const auto go = [&](int to) {
        if (rows == 0) return;
        const QModelIndex index = model()->index(std::clamp(to, 0, rows - 1), 0, rootIndex());
        setCurrentIndex(index);
        // Keeps the horizontal position: scrollTo() would jump to the first column.
        const int x = horizontalScrollBar()->value();
        scrollTo(index);
        horizontalScrollBar()->setValue(x);
    };
    if (event->matches(QKeySequence::Copy)) return copySelection();
    switch (event->key()) {
        case Qt::Key_Home:
            return go(0);
        case Qt::Key_End:
            return go(rows - 1);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (row >= 0) emit rowActivated(model()->index(row, 0, rootIndex()));
            return;
        case Qt::Key_J:
        case Qt::Key_Down:
            if (event->modifiers() & ~(Qt::KeypadModifier)) break;
            return go(row + 1);
        case Qt::Key_K:
        case Qt::Key_Up:
            if (event->modifiers() & ~(Qt::KeypadModifier)) break;
            return go(row < 0 ? 0 : row - 1);
        default:
            break;
    }
    // No search by typing: letters are the pages' shortcuts, and the filter field is one key away.
    if (!event->text().isEmpty() && event->text().at(0).isPrint() &&
        !(event->modifiers() & Qt::ControlModifier))
        return event->ignore();
    QTableView::keyPressEvent(event);
}

void TableView::mouseMoveEvent(QMouseEvent* event) {
    const int row = rowAt(event->pos().y());
    if (row != hoveredRow_) {
        hoveredRow_ = row;
        viewport()->update();
    }
    QTableView::mouseMoveEvent(event);
}

void TableView::leaveEvent(QEvent* event) {
    hoveredRow_ = -1;
    viewport()->update();
    QTableView::leaveEvent(event);
}

}  // namespace qd::widgets
