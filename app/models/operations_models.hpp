#pragma once
#include <vector>

#include "app/models/keyed_table_model.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"
#include "player/fetch_record.hpp"
#include "rollouts/rollout.hpp"

namespace qd::app {

class IncidentModel : public KeyedTableModel<incidents::Incident> {
public:
    enum ColumnIndex : int { Severity, Name, State, Commander, Detected, Duration, ColumnCount };
    explicit IncidentModel(QObject* parent = nullptr);
};

/// The journal, the newest first.
class JournalModel : public KeyedTableModel<incidents::Event> {
public:
    enum ColumnIndex : int { At, Kind, What, Actor, ColumnCount };
    explicit JournalModel(QObject* parent = nullptr);
};

class RolloutModel : public KeyedTableModel<rollouts::Rollout> {
public:
    enum ColumnIndex : int { Name, State, Weight, By, Started, ColumnCount };
    explicit RolloutModel(QObject* parent = nullptr);
};

/// One line of the comparison of the arms, already in words.
struct ArmLine {
    QString measure;
    QString stable;
    QString canary;
    QString difference;
    int state = -1;  // widgets::State of the difference; -1: none
    QString explanation;

    bool operator==(const ArmLine&) const = default;
};

class ArmModel : public KeyedTableModel<ArmLine> {
public:
    enum ColumnIndex : int { Measure, Stable, Canary, Difference, ColumnCount };
    explicit ArmModel(QObject* parent = nullptr);
};

/// What people and the engine did to a rollout, the newest first.
class AuditModel : public KeyedTableModel<rollouts::AuditEvent> {
public:
    enum ColumnIndex : int { At, What, Reason, Actor, ColumnCount };
    explicit AuditModel(QObject* parent = nullptr);
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
