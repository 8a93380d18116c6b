#pragma once
// The one window: rail, top bar, notices, pages. Thin: what it shows is the session's, what it does are
// actions.

#include <QHash>
#include <QMainWindow>
#include <QString>
#include <functional>
#include <optional>

#include "app/shell/page.hpp"

class QStackedWidget;
class QVBoxLayout;

namespace qd::widgets {
class InlineNotice;
class TimeSeriesChart;
enum class ChartFormat;
}  // namespace qd::widgets

namespace qd::app {

class CommandPalette;
class NavigationRail;
class Session;
class TopBar;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Session& session, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// overview, slos, incidents, rollouts, preview, catalog, postmortems, dashboards; unknown names are
    /// ignored. Builds the page when it is first shown.
    void showPage(const QString& name);
    Page* page(const QString& name);
    const QString& currentPage() const { return current_; }
    Session& session() { return session_; }

    /// The window as it looks now, as PNG. False when the file cannot be written.
    bool grabTo(const QString& file);
    CommandPalette* palette() const { return palette_; }
    /// One line at the top until dismissed; errors of actions come here.
    void notify(const QString& what, const QString& why, bool bad);

signals:
    /// The first frame is on screen.
    void painted();

protected:
    bool event(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void addWindowActions();
    void addNavigation();
    void showLink();
    void showNeeds();
    void applyTheme(const QString& theme);
    void playTour();
    void exportChart(widgets::TimeSeriesChart& chart, std::optional<widgets::ChartFormat> format);

    Session& session_;
    NavigationRail* rail_;
    TopBar* bar_;
    QStackedWidget* stack_;
    widgets::InlineNotice* link_;
    widgets::InlineNotice* outcome_;
    CommandPalette* palette_;
    QHash<QString, Page*> pages_;
    QString current_;
    bool painted_ = false;
};

/// Every page: its name, in the order of the rail.
QStringList pageNames();

}  // namespace qd::app
