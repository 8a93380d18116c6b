#pragma once
#include <vector>

#include "app/models/keyed_table_model.hpp"
#include "incidents/incident.hpp"
#include "player/fetch_record.hpp"

namespace qd::app {

class IncidentModel : public KeyedTableModel<incidents::Incident> {
public:
    enum ColumnIndex : int { Severity, Name, State, Commander, Detected, Duration, ColumnCount };
    explicit IncidentModel(QObject* parent = nullptr);
};

/// The player's requests, the newest first.
struct FetchRow {
    player::FetchRecord record;

    bool operator==(const FetchRow& other) const { return record.number == other.record.number; }
};

class FetchModel : public KeyedTableModel<FetchRow> {
public:
    enum ColumnIndex : int { Number, What, Level, Status, Served, FirstByte, Total, Size, Rate, ColumnCount };
    explicit FetchModel(QObject* parent = nullptr);
};

}  // namespace qd::app
