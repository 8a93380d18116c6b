#pragma once
// Role dashboards from YAML files: a tab each, their panels in a grid, one crosshair and one range for all
// charts. Only panels in sight are asked for.

#include "app/pages/dashboards/board_layout.hpp"
#include "app/pages/dashboards/panel_views.hpp"
#include "app/pages/data_page.hpp"

class QComboBox;
class QGridLayout;
class QScrollArea;
class QTabBar;

namespace qd::widgets {
class ChartGroup;
class EmptyState;
class InlineNotice;
}  // namespace qd::widgets

namespace qd::app {

/// The page's keys: next and previous dashboard, longer and shorter range.
void addDashboardActions(Session& session);

class DashboardsPage : public DataPage {
    Q_OBJECT

public:
    DashboardsPage(Session& session, QWidget* parent);
    QWidget* firstFocus() override;
    bool open(const QString& id) override;

protected:
    void showData() override;
    void shown() override;
    void hidden() override;

private:
    void showTabs();
    void showBoard();
    void showNotices(const opsclient::Dashboard& board);
    void build(const opsclient::Dashboard& board);
    void setRange();
    void ask();
    void ask(PanelView& view, qint64 nowMs);
    ShownRange range() const;

    QTabBar* tabs_;
    QComboBox* ranges_;
    widgets::InlineNotice* broken_;
    widgets::InlineNotice* leftOut_;
    widgets::EmptyState* empty_;
    QScrollArea* scroll_;
    QWidget* canvas_ = nullptr;
    widgets::ChartGroup* group_ = nullptr;
    QVector<PanelView*> views_;
    std::optional<opsclient::Dashboard> built_;
    QTimer askTimer_;
    QTimer soonTimer_;
};

}  // namespace qd::app
