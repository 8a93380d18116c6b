#pragma once
// Which columns of a wide table are shown: chosen in a menu (of the head line, or of a button), remembered by
// their titles, and fitted so that nothing scrolls sideways as long as there is room.

#include <QList>
#include <QObject>
#include <QVector>

class QMenu;

namespace qd::widgets {
class TableView;
}

namespace qd::app {

class Preferences;

struct ColumnPlan {
    QString name;           // of the table, for what is remembered
    QVector<int> widths;    // in pixels, one for each column
    int flexible = 0;       // takes what is left; always shown
    QList<int> shown;       // by default, `flexible` among them
    QList<int> never = {};  // neither shown nor offered
};

/// UI thread. The table has its model already, and outlives this.
class TableColumns : public QObject {
    Q_OBJECT

public:
    TableColumns(widgets::TableView& table, Preferences& preferences, ColumnPlan plan);

    /// A tick for each column, and back to how it was.
    void fillMenu(QMenu* menu);
    void setShown(int column, bool shown);
    void reset();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QString titleOf(int column) const;
    bool offered(int column) const;
    void apply(const QList<int>& shown);
    QList<int> shownNow() const;
    void remember();
    void fit();

    widgets::TableView& table_;
    Preferences& preferences_;
    ColumnPlan plan_;
};

}  // namespace qd::app
