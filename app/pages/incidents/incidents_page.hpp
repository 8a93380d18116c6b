#pragma once
// The list of incidents; of the chosen one its clocks, its course on one axis of time, and what to do.

#include "app/adapters/incident_journal.hpp"
#include "app/pages/data_page.hpp"
#include "incidents/incident.hpp"

class QLabel;
class QStackedWidget;

namespace qd::widgets {
class Card;
class InlineNotice;
class StatusBadge;
}  // namespace qd::widgets

namespace qd::app {

class IncidentCourse;
class IncidentFacts;
class IncidentList;

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
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeDetail();
    QWidget* makeActions();
    QWidget* makeMore(QWidget* parent);
    void showDetail();
    void showIncident(const incidents::Incident& incident, const IncidentJournal& journal, double playheadMs);
    void tick();
    void togglePlayback();
    void endPlayback();
    void follow(const QString& link);
    using DataPage::follow;

    IncidentList* list_;
    QStackedWidget* stack_;
    widgets::Card* detail_;
    QLabel* title_;
    widgets::StatusBadge* severity_;
    widgets::StatusBadge* state_;
    widgets::InlineNotice* notice_;
    IncidentFacts* facts_;
    IncidentCourse* course_;
    std::uint64_t wantedEvent_ = 0;  // to be chosen once the journal is there
};

}  // namespace qd::app
