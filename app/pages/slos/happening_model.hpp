#pragma once
#include "app/models/keyed_table_model.hpp"
#include "app/pages/slos/happenings.hpp"

namespace qd::app {

/// What happened beside the curves, with what it cost.
class HappeningModel : public KeyedTableModel<Happening> {
public:
    enum ColumnIndex : int { At, What, Lasted, Bad, Share, Who, ColumnCount };
    explicit HappeningModel(QObject* parent = nullptr);
};

}  // namespace qd::app
