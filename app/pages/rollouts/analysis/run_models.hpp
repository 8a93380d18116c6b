#pragma once
// Runs of analysis templates as tables.

#include "app/models/keyed_table_model.hpp"
#include "rollouts/analysis_run.hpp"

namespace qd::app {

/// One metric of a run; of a run without metrics the run itself, with an empty metric.
struct RunRow {
    QString key;  // run and metric
    QString run;
    std::string purpose;
    rollouts::RunPhase runPhase = rollouts::RunPhase::pending;
    std::optional<rollouts::MetricRun> metric;

    bool operator==(const RunRow&) const = default;
};
/// In the order of the runs; those under way first, those that have not begun last.
std::vector<RunRow> runRowsOf(const std::vector<rollouts::AnalysisRun>& runs);

class RunModel : public KeyedTableModel<RunRow> {
public:
    enum ColumnIndex : int {
        Run,
        Metric,
        MetricState,
        Successful,
        Failed,
        Inconclusive,
        Errors,
        Trend,
        Newest,
        ColumnCount
    };
    explicit RunModel(QObject* parent = nullptr);
};

/// The measurements of one metric, the newest first.
struct MeasurementRow {
    qint64 number = 0;  // of those that were kept, from the oldest
    rollouts::Measurement measurement;

    bool operator==(const MeasurementRow&) const = default;
};
std::vector<MeasurementRow> measurementRowsOf(const rollouts::MetricRun& metric);

class MeasurementModel : public KeyedTableModel<MeasurementRow> {
public:
    enum ColumnIndex : int { At, Age, Outcome, Value, Message, ColumnCount };
    explicit MeasurementModel(QObject* parent = nullptr);
};

}  // namespace qd::app
