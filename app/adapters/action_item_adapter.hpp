#pragma once
// The action items of all incidents.

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "postmortems/action.hpp"

namespace qd::app {

class ActionItemAdapter : public Domain {
    Q_OBJECT

public:
    ActionItemAdapter(OpsLink& link, QObject* parent = nullptr);

    /// Overdue first, then by due date.
    const std::vector<postmortems::Action>& items() const { return list_.items; }
    const postmortems::ActionCounts& counts() const { return list_.counts; }
    const postmortems::Action* find(const QString& id) const;

    /// `done` gets {"action": id}.
    void add(const postmortems::ActionRequest& request, Done done);
    /// Refused (precondition_failed) when another hand changed the item after what is on screen.
    void change(const QString& id, const postmortems::ActionRequest& request, Done done);
    /// As opsd writes it: no cell can be taken for a formula.
    void csv(const postmortems::ActionFilter& filter, QObject* context,
             std::function<void(core::Result<std::string>)> done);

protected:
    void fetch() override;

private:
    std::function<void(core::Result<postmortems::Action>)> tells(Done done);

    OpsLink& link_;
    postmortems::ActionList list_;
};

}  // namespace qd::app
