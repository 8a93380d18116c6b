#pragma once
// The list of incidents: searched by the site, narrowed by state, severity and service, a page at a time.
// Choosing one opens it in the rest of the page; several can be chosen to be merged.

#include "app/pages/incidents/found_incidents.hpp"
#include "widgets/tiles/card.hpp"

class QComboBox;
class QLabel;

namespace qd::widgets {
class FilterField;
class TableView;
}  // namespace qd::widgets

namespace qd::app {

class Session;

class IncidentList : public widgets::Card {
    Q_OBJECT

public:
    IncidentList(Session& session, QWidget* parent);
    widgets::FilterField* filter() const { return filter_; }
    /// What narrows the list, in order, with how much is left; they stand in the page's header.
    QList<QWidget*> controls() const;
    QWidget* firstFocus() const;
    /// Shows what the session knows now.
    void showIncidents();
    void select(const QString& id);

private:
    void makeFilters();
    void addMenu();
    void ask();
    void showAnswer();
    void showServices();
    void tellSelection();

    Session& session_;
    FoundIncidents* model_;
    widgets::TableView* table_;
    widgets::FilterField* filter_;
    QComboBox* state_;
    QComboBox* severity_;
    QComboBox* service_;
    QLabel* count_;
};

}  // namespace qd::app
