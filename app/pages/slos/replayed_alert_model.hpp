#pragma once
#include "app/models/keyed_table_model.hpp"
#include "slo/replay.hpp"

namespace qd::app {

/// Alerts that would have fired, with what each would have cost.
class ReplayedAlertModel : public KeyedTableModel<slo::ReplayedAlert> {
public:
    enum ColumnIndex : int { Began, Lasted, Row, Bad, Share, ColumnCount };
    explicit ReplayedAlertModel(QObject* parent = nullptr);
};

}  // namespace qd::app
