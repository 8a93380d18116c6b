#pragma once
// Turns, and runbooks, as tables.

#include <vector>

#include "app/models/keyed_table_model.hpp"
#include "app/models/values.hpp"
#include "oncall/schedule.hpp"
#include "opsclient/runbooks.hpp"
#include "runbooks/guide.hpp"

namespace qd::app {

Wording wordOf(runbooks::StepState state);

/// A turn of the coming days.
struct ShiftRow {
    QString rota;
    oncall::Shift shift;

    bool operator==(const ShiftRow&) const = default;
};

class ShiftModel : public KeyedTableModel<ShiftRow> {
public:
    enum ColumnIndex : int { Person, Layer, Rota, From, Until, Length, ColumnCount };
    explicit ShiftModel(QObject* parent = nullptr);
};

/// The library.
class RunbookModel : public KeyedTableModel<opsclient::RunbookEntry> {
public:
    enum ColumnIndex : int { Name, Steps, Source, ColumnCount };
    explicit RunbookModel(QObject* parent = nullptr);
};

/// Those of one incident.
class GuideModel : public KeyedTableModel<runbooks::Guide> {
public:
    enum ColumnIndex : int { Name, Applies, ColumnCount };
    explicit GuideModel(QObject* parent = nullptr);
};

}  // namespace qd::app
