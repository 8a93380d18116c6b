#pragma once
// The left column of an incident: its clocks, who has which role, its times, what it belongs to, where hands
// crossed, and what is suspected for which reason.

#include <QScrollArea>

#include "incidents/clocks.hpp"
#include "incidents/incident.hpp"

class QLabel;

namespace qd::app {

class ResponseClocks;

class IncidentFacts : public QScrollArea {
    Q_OBJECT

public:
    explicit IncidentFacts(QWidget* parent);
    void setIncident(const incidents::Incident& incident);
    void setClocks(const incidents::Clocks& clocks);

signals:
    /// A related incident, or the seq of an event ("event/12"), was clicked.
    void linkActivated(const QString& link);

protected:
    void changeEvent(QEvent* event) override;

private:
    ResponseClocks* clocks_;
    QLabel* facts_ = nullptr;
    QLabel* related_ = nullptr;
    QLabel* reason_ = nullptr;  // made last
};

}  // namespace qd::app
