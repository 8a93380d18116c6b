#pragma once
// What a person chose, kept in the config folder; layout is kept in the state folder.

#include <QByteArray>
#include <QObject>
#include <QString>
#include <memory>

class QSettings;

namespace qd::app {

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

    QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);

signals:
    void themeChanged(const QString& theme);
    void viewersChanged(int count);

private:
    std::unique_ptr<QSettings> config_;
    std::unique_ptr<QSettings> state_;
    QString theme_ = QStringLiteral("dark");
    int viewers_ = 100;
    int volume_ = 80;
    bool desktopNotices_ = true;
    QByteArray geometry_;
};

}  // namespace qd::app
