#pragma once
#include <vector>

#include "app/models/keyed_table_model.hpp"
#include "incidents/incident.hpp"

namespace qd::app {

class IncidentModel : public KeyedTableModel<incidents::Incident> {
public:
    enum ColumnIndex : int { Severity, Name, State, Commander, Detected, Duration, ColumnCount };
    explicit IncidentModel(QObject* parent = nullptr);
};

}  // namespace qd::app
