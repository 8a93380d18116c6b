#pragma once
// What a person chose, kept in the config folder; layout is kept in the state folder.

#include <QByteArray>
#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>

class QSettings;

namespace qd::app {

struct TableSort {
    int column = 0;
    Qt::SortOrder order = Qt::AscendingOrder;
};

class Preferences : public QObject {
    Q_OBJECT

public:
    /// Empty paths: nothing is kept (tests, screenshots).
    Preferences(const QString& configFile, const QString& stateFile, QObject* parent = nullptr);
    ~Preferences() override;

    QString theme() const;  // "dark" or "light"
    void setTheme(const QString& theme);
    /// For this run only (--theme).
    void useTheme(const QString& theme);
    int viewers() const;  // 0..2000
    void setViewers(int count);
    int volume() const;  // percent
    void setVolume(int percent);

    /// Alerts on the desktop while the console is not the active window.
    bool desktopNotices() const { return desktopNotices_; }
    void setDesktopNotices(bool wanted);

    /// Lanes of the incidents' timeline that are not shown; a bit a lane.
    unsigned hiddenLanes() const { return hiddenLanes_; }
    void setHiddenLanes(unsigned lanes);

    /// How the table of this name is sorted; `otherwise` where nobody chose. The column is as it was kept.
    TableSort tableSort(const QString& table, TableSort otherwise) const;
    void setTableSort(const QString& table, TableSort sort);

    /// Titles of the columns that a person chose for the table of this name; empty: nobody did.
    QStringList shownColumns(const QString& table) const;
    void setShownColumns(const QString& table, const QStringList& titles);

    /// Where the console keeps what must outlive it; empty: nothing is kept.
    QString stateFolder() const;
    QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);

signals:
    void themeChanged(const QString& theme);
    void viewersChanged(int count);

private:
    std::unique_ptr<QSettings> config_;
    std::unique_ptr<QSettings> state_;
    QString stateFolder_;
    QString theme_ = QStringLiteral("dark");
    int viewers_ = 100;
    int volume_ = 80;
    bool desktopNotices_ = true;
    unsigned hiddenLanes_ = 0;
    QByteArray geometry_;
    QHash<QString, TableSort> sorts_;      // of this run
    QHash<QString, QStringList> columns_;  // of this run
};

}  // namespace qd::app
