#include "app/pages/preview/table_columns.hpp"

#include <QEvent>
#include <QHeaderView>
#include <QMenu>
#include <algorithm>

#include "app/shell/preferences.hpp"
#include "widgets/tables/table_view.hpp"

namespace qd::app {

TableColumns::TableColumns(widgets::TableView& table, Preferences& preferences, ColumnPlan plan)
    : QObject(&table), table_(table), preferences_(preferences), plan_(std::move(plan)) {
    table_.setColumnLayout(plan_.widths);
    const QStringList kept = preferences_.shownColumns(plan_.name);
    QList<int> shown;
    for (int column = 0; column < plan_.widths.size(); ++column)
        if (kept.contains(titleOf(column))) shown << column;
    apply(shown.isEmpty() ? plan_.shown : shown);
    table_.viewport()->installEventFilter(this);
    QHeaderView* header = table_.horizontalHeader();
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QWidget::customContextMenuRequested, this, [this, header](const QPoint& at) {
        QMenu menu(header);
        fillMenu(&menu);
        menu.exec(header->mapToGlobal(at));
    });
}

QString TableColumns::titleOf(int column) const {
    return table_.model()->headerData(column, Qt::Horizontal).toString();
}

bool TableColumns::offered(int column) const {
    return column != plan_.flexible && !plan_.never.contains(column);
}

void TableColumns::fillMenu(QMenu* menu) {
    menu->clear();
    for (int column = 0; column < plan_.widths.size(); ++column) {
        if (!offered(column)) continue;
        QAction* item = menu->addAction(titleOf(column));
        item->setCheckable(true);
        item->setChecked(!table_.isColumnHidden(column));
        connect(item, &QAction::toggled, this, [this, column](bool shown) { setShown(column, shown); });
    }
    menu->addSeparator();
    connect(menu->addAction(QStringLiteral("The usual columns")), &QAction::triggered, this,
            &TableColumns::reset);
}

void TableColumns::setShown(int column, bool shown) {
    if (column < 0 || column >= plan_.widths.size() || !offered(column)) return;
    table_.setColumnHidden(column, !shown);
    remember();
    fit();
}

void TableColumns::reset() {
    apply(plan_.shown);
    remember();
}

void TableColumns::apply(const QList<int>& shown) {
    for (int column = 0; column < plan_.widths.size(); ++column)
        table_.setColumnHidden(
            column, plan_.never.contains(column) || (column != plan_.flexible && !shown.contains(column)));
    fit();
}

QList<int> TableColumns::shownNow() const {
    QList<int> shown;
    for (int column = 0; column < plan_.widths.size(); ++column)
        if (!table_.isColumnHidden(column)) shown << column;
    return shown;
}

void TableColumns::remember() {
    QStringList titles;
    for (const int column : shownNow()) titles << titleOf(column);
    preferences_.setShownColumns(plan_.name, titles);
}

void TableColumns::fit() {
    int others = 0;
    for (const int column : shownNow())
        if (column != plan_.flexible) others += table_.columnWidth(column);
    const int least = plan_.widths[plan_.flexible];
    table_.setColumnWidth(plan_.flexible, std::max(least, table_.viewport()->width() - others));
}

bool TableColumns::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) fit();
    return QObject::eventFilter(watched, event);
}

}  // namespace qd::app
