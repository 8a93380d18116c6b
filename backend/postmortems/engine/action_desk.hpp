#pragma once
// The action items of all incidents, each with a journal of its own ("action/AI-7" in
// <data>/db/postmortems.sqlite): what it once said stays readable.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "postmortems/action.hpp"
#include "storage/event_log.hpp"
#include "telemetry/log.hpp"

namespace qd::postmortems {

inline constexpr std::size_t max_actions = 20'000;

/// Thread-safe.
class ActionDesk {
public:
    /// `log` and `clock` outlive it. An item whose journal makes no sense is logged and left out.
    static core::Result<std::unique_ptr<ActionDesk>> open(storage::EventLog& log, const core::Clock& clock,
                                                          telemetry::Log& messages);

    /// A proposal that somebody has accepted or declined already is that item again. Errors of changed();
    /// Errc::too_large beyond max_actions.
    core::Result<Action> add(const ActionRequest& request, const std::string& actor);
    /// Errc::not_found, Errc::precondition_failed, and those of changed(). What changes nothing is not
    /// written.
    core::Result<Action> change(const std::string& id, const ActionRequest& request, const std::string& actor,
                                std::optional<std::uint64_t> expected_version);
    core::Result<Action> get(const std::string& id) const;
    /// Overdue ones first, then by due date (none last), then the older first.
    ActionList list(const ActionFilter& filter) const;
    /// In the order in which they were made.
    std::vector<Action> of(const incidents::IncidentId& incident) const;
    ActionCounts counts() const;
    /// Rises with every change; revision_of() with those of one incident's items.
    std::uint64_t revision() const;
    std::uint64_t revision_of(const incidents::IncidentId& incident) const;

private:
    ActionDesk(storage::EventLog& log, const core::Clock& clock, telemetry::Log& messages)
        : log_(log), clock_(clock), messages_(messages) {}
    core::Result<> load();
    core::Result<Action> replay(const std::string& id) const;
    core::Result<Action> write(const Action& before, const ActionRequest& request, const std::string& actor,
                               std::string_view kind);

    storage::EventLog& log_;
    const core::Clock& clock_;
    telemetry::Log& messages_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Action> actions_;  // by number
    std::uint64_t last_number_ = 0;
    std::uint64_t revision_ = 0;
};

}  // namespace qd::postmortems
