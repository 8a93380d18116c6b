#pragma once
// Post-mortems as they are read: the draft, with what its incident's journal and the objectives say now.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "incidents/engine/incident_desk.hpp"
#include "opsd/context.hpp"
#include "postmortems/engine/action_desk.hpp"
#include "postmortems/engine/draft_desk.hpp"
#include "postmortems/engine/figure_store.hpp"
#include "postmortems/export.hpp"

namespace qd::opsd {

/// Everything one post-mortem is made of, as values.
struct ReadPostmortem {
    incidents::Incident incident;
    postmortems::Figures figures;
    postmortems::Document document;
    postmortems::Draft draft;
    std::vector<postmortems::Action> actions;

    postmortems::Material material() const { return {draft, incident, document, actions}; }
};

/// Thread-safe. All that is passed outlives it.
class PostmortemReader {
public:
    static constexpr std::size_t max_listed = 500;

    PostmortemReader(const Context& context, const incidents::IncidentDesk& desk,
                     const postmortems::DraftDesk& drafts, const postmortems::ActionDesk& actions,
                     postmortems::FigureStore& figures)
        : context_(context), desk_(desk), drafts_(drafts), actions_(actions), figures_(figures) {}

    /// Errc::not_found.
    core::Result<ReadPostmortem> read(const incidents::IncidentId& id) const;
    /// Keeps what was measured: the counters will forget it.
    core::Result<> keep_figures(const ReadPostmortem& read) const;
    postmortems::View view(const ReadPostmortem& read) const;
    /// Of incidents that are over or that somebody has written about (cancelled and merged ones only then):
    /// overdue ones first, then the latest detected first, at most max_listed.
    core::Result<std::vector<postmortems::Listing>> list() const;
    std::size_t overdue() const;

private:
    /// Findings take a compilation: kept until the incident, the draft or an action changes.
    struct Counted {
        std::uint64_t incident = 0, draft = 0, actions = 0;
        std::size_t findings = 0, blocking = 0;
    };
    core::Result<Counted> count(const incidents::Incident& incident, std::uint64_t draft_version) const;

    const Context& context_;
    const incidents::IncidentDesk& desk_;
    const postmortems::DraftDesk& drafts_;
    const postmortems::ActionDesk& actions_;
    postmortems::FigureStore& figures_;
    mutable std::mutex mutex_;
    mutable std::map<std::string, Counted> counted_;
};

std::size_t blocking(const std::vector<postmortems::Finding>& findings);

}  // namespace qd::opsd
