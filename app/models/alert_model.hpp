#pragma once
#include "app/models/keyed_table_model.hpp"
#include "slo/alert.hpp"

namespace qd::app {

/// Alerts: those that fire, then the ended ones.
class AlertModel : public KeyedTableModel<slo::Alert> {
public:
    enum ColumnIndex : int { AlertState, Objective, Since, ColumnCount };
    explicit AlertModel(QObject* parent = nullptr);
};

}  // namespace qd::app
