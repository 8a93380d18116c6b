#pragma once
#include <vector>

#include "app/models/keyed_table_model.hpp"
#include "slo/status.hpp"

namespace qd::app {

/// Objectives: health, SLI against objective, good of total, budget, fastest burn.
class SloModel : public KeyedTableModel<slo::Status> {
public:
    enum ColumnIndex : int { Health, Name, Objective, Sli, Events, Budget, Outlook, Burn, Sla, ColumnCount };
    explicit SloModel(QObject* parent = nullptr);
};

/// The burn rows of one objective.
struct BurnRowItem {
    slo::RowStatus status;
    double target = 0;

    bool operator==(const BurnRowItem&) const = default;
};

class BurnRowModel : public KeyedTableModel<BurnRowItem> {
public:
    enum ColumnIndex : int { Windows, Factor, Short, Long, Events, RowState, ColumnCount };
    explicit BurnRowModel(QObject* parent = nullptr);
    static std::vector<BurnRowItem> itemsOf(const slo::Status& status);
};

}  // namespace qd::app
