#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QPainter>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include "tests/widgets/support.hpp"
#include "widgets/tables/delegates.hpp"
#include "widgets/tables/filter_field.hpp"
#include "widgets/tables/table_view.hpp"
#include "widgets/tiles/empty_state.hpp"

using namespace qd::widgets;

class TablesTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useTheme(); }
    void keysMoveByRows();
    void enterActivates();
    void copiesARowAsText();
    void showsWhyItIsEmpty();
    void keepsTheCurrentRowOverAReset();
    void lettersAreLeftToThePage();
    void slashFocusesTheFilter();
    void filterComesOnceForAFastTypist();
    void delegatesPaintEveryKindOfCell();
    void manyRowsCostNothing();
};

namespace {
void fill(QStandardItemModel& model, int rows) {
    model.clear();
    for (int r = 0; r < rows; ++r)
        model.appendRow({new QStandardItem(QString("row %1").arg(r)), new QStandardItem(QString::number(r))});
}
}  // namespace

void TablesTest::keysMoveByRows() {
    QStandardItemModel model;
    fill(model, 50);
    TableView table;
    table.setModel(&model);
    QSignalSpy spy(&table, &TableView::currentRowChanged);
    QTest::keyClick(&table, Qt::Key_Down);
    QCOMPARE(table.currentIndex().row(), 0);
    QTest::keyClick(&table, Qt::Key_J);
    QCOMPARE(table.currentIndex().row(), 1);
    QTest::keyClick(&table, Qt::Key_K);
    QCOMPARE(table.currentIndex().row(), 0);
    QTest::keyClick(&table, Qt::Key_End);
    QCOMPARE(table.currentIndex().row(), 49);
    QTest::keyClick(&table, Qt::Key_J);
    QCOMPARE(table.currentIndex().row(), 49);
    QTest::keyClick(&table, Qt::Key_Home);
    QCOMPARE(table.currentIndex().row(), 0);
    QCOMPARE(spy.count(), 5);
    QCOMPARE(table.selectionModel()->selectedRows().size(), 1);
}

void TablesTest::enterActivates() {
    QStandardItemModel model;
    fill(model, 3);
    TableView table;
    table.setModel(&model);
    QSignalSpy spy(&table, &TableView::rowActivated);
    QTest::keyClick(&table, Qt::Key_Return);
    QCOMPARE(spy.count(), 0);
    table.setCurrentIndex(model.index(2, 1));
    QTest::keyClick(&table, Qt::Key_Return);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toModelIndex(), model.index(2, 0));
}

void TablesTest::copiesARowAsText() {
    QStandardItemModel model;
    fill(model, 3);
    TableView table;
    table.setModel(&model);
    table.selectRow(1);
    QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(qApp->clipboard()->text(), "row 1\t1");
}

void TablesTest::showsWhyItIsEmpty() {
    QStandardItemModel model;
    TableView table;
    table.setModel(&model);
    table.setEmptyContent(Icon::Incidents, "No incidents");
    QVERIFY(!table.emptyState()->isHidden());
    fill(model, 1);
    QVERIFY(table.emptyState()->isHidden());
    model.removeRow(0);
    QVERIFY(!table.emptyState()->isHidden());
}

void TablesTest::keepsTheCurrentRowOverAReset() {
    QStandardItemModel model;
    fill(model, 10);
    TableView table;
    table.setModel(&model);
    table.setKeyColumn(0);
    table.setCurrentIndex(model.index(7, 0));
    // A model that resets with the same rows in another order.
    class Reversed : public QStandardItemModel {
    public:
        void reverse() {
            beginResetModel();
            blockSignals(true);
            QList<QList<QStandardItem*>> rows;
            while (rowCount()) rows << takeRow(rowCount() - 1);
            for (const auto& row : rows) appendRow(row);
            blockSignals(false);
            endResetModel();
        }
    } other;
    fill(other, 10);
    table.setModel(&other);
    table.setCurrentIndex(other.index(7, 0));
    other.reverse();
    QCOMPARE(table.currentIndex().row(), 2);
    QCOMPARE(table.currentIndex().data().toString(), "row 7");
}

void TablesTest::lettersAreLeftToThePage() {
    QStandardItemModel model;
    fill(model, 3);
    TableView table;
    table.setModel(&model);
    table.selectRow(0);
    QTest::keyClick(&table, Qt::Key_R);
    QCOMPARE(table.currentIndex().row(), 0);
}

void TablesTest::slashFocusesTheFilter() {
    QStandardItemModel model;
    fill(model, 3);
    QWidget page;
    QVBoxLayout column(&page);
    auto* field = new FilterField("Filter");
    auto* table = new TableView;
    column.addWidget(field);
    column.addWidget(table);
    table->setModel(&model);
    field->attach(&page, table);
    page.show();
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Slash);
    QVERIFY(field->hasFocus());
    QTest::keyClicks(field, "abc");
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(field->text().isEmpty());
    QVERIFY(field->hasFocus());
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(table->hasFocus());
    QTest::keyClick(table, Qt::Key_Slash);
    QTest::keyClick(field, Qt::Key_Down);
    QVERIFY(table->hasFocus());
    QCOMPARE(table->currentIndex().row(), 0);
}

void TablesTest::filterComesOnceForAFastTypist() {
    FilterField field("Filter");
    QSignalSpy spy(&field, &FilterField::filterChanged);
    field.setText("a");
    field.setText("ab");
    field.setText("abc");
    QVERIFY(spy.wait(1000));
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].toString(), "abc");
}

void TablesTest::delegatesPaintEveryKindOfCell() {
    QStandardItemModel model(1, 6);
    model.setData(model.index(0, 0), "Playback");
    model.setData(model.index(0, 0), "gateway", SubRole);
    model.setData(model.index(0, 0), int(Icon::Slos), IconRole);
    model.setData(model.index(0, 1), int(State::Bad), StateRole);
    model.setData(model.index(0, 2), 0.4, NumberRole);
    model.setData(model.index(0, 2), 0.6, IdealRole);
    model.setData(model.index(0, 3), 0.0042, NumberRole);
    model.setData(model.index(0, 4), qQNaN(), NumberRole);
    model.setData(model.index(0, 5), QVariant::fromValue(QVector<double>{1, 3, qQNaN(), 2, 4}), TrendRole);
    TextDelegate text;
    StatusDelegate status;
    BudgetDelegate budget;
    NumberDelegate number(formatSeconds);
    ProgressDelegate progress;
    SparklineDelegate spark;
    const QAbstractItemDelegate* delegates[] = {&text, &status, &budget, &number, &progress, &spark};
    for (int c = 0; c < 6; ++c) {
        QImage image(160, tableRowHeight, QImage::Format_ARGB32_Premultiplied);
        image.fill(color(Token::Surface));
        const QImage blank = image;
        QPainter painter(&image);
        QStyleOptionViewItem option;
        option.rect = image.rect();
        option.font = textFont(Type::Body);
        option.state = QStyle::State_Enabled;
        delegates[c]->paint(&painter, option, model.index(0, c));
        painter.end();
        // More than the line at the bottom.
        QVERIFY2(image.copy(0, 0, 160, tableRowHeight - 2) != blank.copy(0, 0, 160, tableRowHeight - 2),
                 qPrintable(QString::number(c)));
    }
}

void TablesTest::manyRowsCostNothing() {
    class Big : public QAbstractTableModel {
    public:
        int rowCount(const QModelIndex& parent) const override { return parent.isValid() ? 0 : 50'000; }
        int columnCount(const QModelIndex&) const override { return 5; }
        QVariant data(const QModelIndex& index, int role) const override {
            if (role == Qt::DisplayRole) ++asked;
            return role == Qt::DisplayRole ? QVariant(index.row()) : QVariant();
        }
        mutable int asked = 0;
    } model;
    TableView table;
    table.resize(900, 600);
    table.setModel(&model);
    table.setColumnLayout({0, 100, 100, 100, 100});
    table.grab();
    table.scrollToBottom();
    table.grab();
    // Only what is seen is asked for.
    QVERIFY2(model.asked < 1000, qPrintable(QString::number(model.asked)));
}

QTEST_MAIN(TablesTest)
#include "tst_tables.moc"
