#pragma once
// The list of incidents; of the chosen one its clocks, its timeline with the SLI on the same axis, and what
// to do.

#include "app/models/operations_models.hpp"
#include "app/pages/data_page.hpp"

class QLabel;
class QSortFilterProxyModel;
class QStackedWidget;

namespace qd::widgets {
class Card;
class EmptyState;
class FilterField;
class IncidentTimeline;
class StatusBadge;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class ResponseClocks;

class IncidentsPage : public DataPage {
    Q_OBJECT

public:
    IncidentsPage(Session& session, QWidget* parent);
    QWidget* filterField() override;
    QWidget* firstFocus() override;
    bool open(const QString& id) override;

protected:
    void showData() override;
    void shown() override;
    void hidden() override;

private:
    QWidget* makeList();
    QWidget* makeDetail();
    QWidget* makeActions();
    QWidget* makeFacts();
    void select(const QString& id);
    void showDetail();
    void showTimeline();
    void readSli();
    void tick();

    IncidentModel* model_;
    QSortFilterProxyModel* proxy_;
    JournalModel* journal_;
    widgets::TableView* table_;
    widgets::TableView* journalTable_;
    widgets::FilterField* filter_;
    QStackedWidget* stack_;
    widgets::Card* detail_;
    QLabel* title_;
    QLabel* facts_;
    QLabel* reason_;
    widgets::StatusBadge* severity_;
    widgets::StatusBadge* state_;
    ResponseClocks* clocks_;
    widgets::IncidentTimeline* timeline_;
    Latest latest_;
    QTimer sliTimer_;
    QString sliOf_;
};

}  // namespace qd::app
