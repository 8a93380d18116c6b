#pragma once
// Runbooks at work: which apply to an incident, how far it is with them, and the running of their steps.
// Every run is in the incident's journal before anything is sent, and once more with what came back.

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "incidents/engine/incident_desk.hpp"
#include "opsd/runbook_actions.hpp"
#include "opsd/runbook_library.hpp"
#include "runbooks/guide.hpp"

namespace qd::opsd {

struct StepOrder {
    incidents::IncidentId incident;
    runbooks::RunbookId runbook;
    std::string step;
    runbooks::RunRequest request;
};

/// Thread-safe.
class RunbookDesk {
public:
    RunbookDesk(Context& context, incidents::IncidentDesk& desk, RunbookLibrary& library,
                RunbookActions actions)
        : context_(context), desk_(desk), library_(library), actions_(std::move(actions)) {}

    /// Those that apply first, the most particular one before the others. Errc::not_found.
    core::Result<std::vector<runbooks::Guide>> guides(const incidents::IncidentId& id) const;

    /// What would be done, without doing it. Errc::not_found, Errc::invalid_argument.
    core::Result<runbooks::RunAnswer> preview(const StepOrder& order, const security::Actor& actor) const;
    /// Does it. Beside preview()'s errors: Errc::permission_denied below the action's role, Errc::conflict
    /// when it does not apply now, or is at work. What was tried and failed is an answer, not an error.
    core::Result<runbooks::RunAnswer> run(const StepOrder& order, const security::Actor& actor);

    /// Once a second: tells everybody of changed files, by an event `runbook`.
    void tick();

private:
    class AtWork;
    struct Planned {
        runbooks::Runbook runbook;
        runbooks::Step step;
        std::optional<runbooks::Action> action;
        runbooks::RunAnswer answer;
        security::Role role = security::Role::responder;
    };
    core::Result<Planned> plan(const StepOrder& order, const security::Actor& actor) const;
    core::Result<> record(const StepOrder& order, const std::string& phase, const std::string& text,
                          const std::string& actor);
    core::Result<runbooks::RunAnswer> tick_off(const StepOrder& order, Planned planned,
                                               const security::Actor& actor);

    Context& context_;
    incidents::IncidentDesk& desk_;
    RunbookLibrary& library_;
    RunbookActions actions_;
    mutable std::mutex mutex_;
    std::map<std::string, std::set<std::string>> running_;  // incident -> subjects at work
};

/// GET /runbooks, /runbooks/{id}, /incidents/{id}/runbooks;
/// POST /incidents/{id}/runbooks/{runbook}/steps/{step}/run.
void add_runbook_routes(http::Server& server, Context& context, const RunbookLibrary& library,
                        RunbookDesk& desk);

}  // namespace qd::opsd
