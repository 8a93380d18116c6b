#include "app/models/action_models.hpp"

#include "app/models/wording_data.hpp"

#include "widgets/tables/delegates.hpp"

namespace qd::app {

using namespace widgets;

namespace {

/// "event 12", "events 3, 7; error ratio …": what it rests on.
QString evidenceOf(const postmortems::Evidence& evidence) {
    QStringList events;
    for (const std::uint64_t seq : evidence.events) events << QString::number(seq);
    QStringList shown;
    if (!events.isEmpty())
        shown << (events.size() == 1 ? QStringLiteral("event %1") : QStringLiteral("events %1"))
                     .arg(events.join(QStringLiteral(", ")));
    if (!evidence.measured.empty()) shown << str(evidence.measured);
    return shown.join(QStringLiteral("; "));
}

}  // namespace

ActionItemModel::ActionItemModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Item"),
            [](const ActionRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(str(row.action.id)) : QVariant();
            }},
           {QStringLiteral("Due"),
            [](const ActionRow& row, int role) -> QVariant {
                return dueData(row.due, row.action.due.empty() ? QStringLiteral("9999") : str(row.action.due),
                               str(row.action.due), role);
            }},
           {QStringLiteral("What is to be done"),
            [](const ActionRow& row, int role) -> QVariant {
                if (role == Qt::DisplayRole) return str(row.action.text);
                if (role == Qt::ToolTipRole)
                    return QStringLiteral("%1\nDone when: %2")
                        .arg(str(row.action.text), row.action.done_when.empty()
                                                       ? QStringLiteral("not said yet")
                                                       : str(row.action.done_when));
                return {};
            }},
           {QStringLiteral("Owner"),
            [](const ActionRow& row, int role) -> QVariant {
                if (role != Qt::DisplayRole) return {};
                return row.action.owner.empty() ? QStringLiteral("nobody yet") : str(row.action.owner);
            }},
           {QStringLiteral("State"),
            [](const ActionRow& row, int role) -> QVariant {
                if (role == SortRole) return int(row.action.state);
                if (role == Qt::ToolTipRole && !row.action.reason.empty()) return str(row.action.reason);
                return wordingData(wordOf(row.action.state), role);
            }},
           {QStringLiteral("Incident"),
            [](const ActionRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(str(row.action.incident.value)) : QVariant();
            }},
           {QStringLiteral("Tracker"),
            [](const ActionRow& row, int role) -> QVariant {
                if (role != Qt::DisplayRole) return {};
                return row.action.tracker_url.empty() ? QStringLiteral("–") : str(row.action.tracker_url);
            }}},
          [](const ActionRow& row) { return str(row.action.id); }, parent) {}

void ActionItemModel::show(const std::vector<postmortems::Action>& actions, core::WallTime now) {
    std::vector<ActionRow> rows;
    rows.reserve(actions.size());
    for (const postmortems::Action& action : actions) rows.push_back({action, dueWord(action, now)});
    update(std::move(rows));
}

ProposalModel::ProposalModel(QObject* parent)
    : KeyedTableModel(
          {{QStringLiteral("Kind"),
            [](const postmortems::Proposal& proposal, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(str(proposal.item.kind)) : QVariant();
            }},
           {QStringLiteral("The journal proposes"),
            [](const postmortems::Proposal& proposal, int role) -> QVariant {
                if (role == Qt::DisplayRole) return str(proposal.item.text);
                if (role == Qt::ToolTipRole && !proposal.item.done_when.empty())
                    return QStringLiteral("%1\nDone when: %2")
                        .arg(str(proposal.item.text), str(proposal.item.done_when));
                return {};
            }},
           {QStringLiteral("Because of"),
            [](const postmortems::Proposal& proposal, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(evidenceOf(proposal.item.evidence)) : QVariant();
            }}},
          [](const postmortems::Proposal& proposal) { return str(proposal.key); }, parent) {}

}  // namespace qd::app
