#pragma once
// Tables of action items, and of what the journal proposes to do.

#include <vector>

#include "app/models/keyed_table_model.hpp"
#include "app/models/postmortem_models.hpp"

namespace qd::app {

struct ActionRow {
    postmortems::Action action;
    Wording due;

    bool operator==(const ActionRow&) const = default;
};

class ActionItemModel : public KeyedTableModel<ActionRow> {
public:
    enum ColumnIndex : int { Id, Due, Text, Owner, State, Incident, Tracker, ColumnCount };
    explicit ActionItemModel(QObject* parent = nullptr);
    void show(const std::vector<postmortems::Action>& actions, core::WallTime now);
};

/// What the compiler proposes, and nobody has taken up.
class ProposalModel : public KeyedTableModel<postmortems::Proposal> {
public:
    enum ColumnIndex : int { Kind, Text, Evidence, ColumnCount };
    explicit ProposalModel(QObject* parent = nullptr);
};

}  // namespace qd::app
