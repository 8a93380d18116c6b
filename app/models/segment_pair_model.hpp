#pragma once
// The same segment on both sides of a comparison: when its first byte came, and by how much later on one.

#include "app/models/keyed_table_model.hpp"
#include "compare/lockstep.hpp"

namespace qd::app {

struct SegmentPair {
    compare::SegmentRow row;

    bool operator==(const SegmentPair& other) const {
        return row.sequence == other.row.sequence && row.first_byte == other.row.first_byte &&
               row.elapsed == other.row.elapsed;
    }
};

class SegmentPairModel : public KeyedTableModel<SegmentPair> {
public:
    enum ColumnIndex : int { Number, FirstA, FirstB, Difference, ColumnCount };
    explicit SegmentPairModel(QObject* parent = nullptr);
};

}  // namespace qd::app
