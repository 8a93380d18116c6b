#pragma once
// Rollouts, their arms side by side, and their history as tables.

#include <QStringList>
#include <optional>

#include "app/models/keyed_table_model.hpp"
#include "rollouts/rollout.hpp"

namespace qd::app {

/// Of every cell of a rollout: whether it is over.
enum RolloutRole : int { PastRole = Qt::UserRole + 0x600 };

class RolloutModel : public KeyedTableModel<rollouts::Rollout> {
public:
    enum ColumnIndex : int {
        Id,
        Name,
        Version,
        Strategy,
        State,
        By,
        Reason,
        Started,
        Lasted,
        Judged,
        ColumnCount
    };
    explicit RolloutModel(QObject* parent = nullptr);
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
};

/// "canary", "blue-green", "rolling".
QString strategyWord(rollouts::Strategy strategy);
/// Why it was started; empty when its first audit row is no longer told.
QString startReason(const rollouts::Rollout& rollout);
/// From its start to its end, or to `now` while it is under way.
std::chrono::milliseconds lastedUntil(const rollouts::Rollout& rollout, core::WallTime now);
/// Whether each word is found in its id, name, versions, strategy, state, group or the name of who started
/// it.
bool rolloutMatches(const rollouts::Rollout& rollout, const QStringList& words);

/// One line of the comparison of the arms, already in words.
struct ArmLine {
    QString measure;
    QString stable;
    QString canary;
    QString difference;
    int state = -1;  // widgets::State of the difference; -1: none
    QString explanation;
    QString baseline = {};  // of an experiment

    bool operator==(const ArmLine&) const = default;
};

class ArmModel : public KeyedTableModel<ArmLine> {
public:
    enum ColumnIndex : int { Measure, Stable, Baseline, Canary, Difference, ColumnCount };
    explicit ArmModel(QObject* parent = nullptr);
};

/// A row of a rollout's audit, with what it ended.
struct AuditLine {
    rollouts::AuditEvent event;
    std::optional<std::chrono::milliseconds> took;  // the step that it ended
    QString ended;                                  // that step: "step 2, pause 1 min"

    bool operator==(const AuditLine&) const = default;
};
/// The newest first. Of an audit that does not begin with the start no durations are known.
std::vector<AuditLine> auditLinesOf(const rollouts::Rollout& rollout);

/// What people and the engine did to a rollout.
class AuditModel : public KeyedTableModel<AuditLine> {
public:
    enum ColumnIndex : int { At, What, Actor, Reason, Took, ColumnCount };
    explicit AuditModel(QObject* parent = nullptr);
};

}  // namespace qd::app
