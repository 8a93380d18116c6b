#pragma once
// The tables of the learning page.

#include "app/models/keyed_table_model.hpp"
#include "learning/report.hpp"

namespace qd::app {

/// What opens when a row is chosen: an incident's id, with "#seq" the event. See TableRole.
inline constexpr int LinkRole = Qt::UserRole + 60;

/// The intervals behind one measure.
class SourceModel : public KeyedTableModel<learning::Source> {
public:
    enum ColumnIndex : int { At, Name, Severity, Value, Events, ColumnCount };
    explicit SourceModel(QObject* parent = nullptr);
};

class GroupModel : public KeyedTableModel<learning::Group> {
public:
    enum ColumnIndex : int { Service, Severity, Incidents, Mttd, Mtta, Mttm, Mttr, Mtbf, ColumnCount };
    explicit GroupModel(QObject* parent = nullptr);
};

class FactorModel : public KeyedTableModel<learning::Factor> {
public:
    enum ColumnIndex : int { Text, Origin, Count, Incidents, ColumnCount };
    explicit FactorModel(QObject* parent = nullptr);
};

class DeploymentModel : public KeyedTableModel<learning::Deployment> {
public:
    enum ColumnIndex : int { At, Rollout, Strategy, Who, Took, Verdict, Outcome, Counts, Incidents, ColumnCount };
    explicit DeploymentModel(QObject* parent = nullptr);
};

class CostModel : public KeyedTableModel<learning::Cost> {
public:
    enum ColumnIndex : int { Incident, Objective, Bad, Allowed, Spent, ColumnCount };
    explicit CostModel(QObject* parent = nullptr);
};

/// Seconds; NaN when there are none.
double secondsOf(const std::optional<std::chrono::milliseconds>& value);

}  // namespace qd::app
